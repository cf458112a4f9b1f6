"""One meaning: closures, DuckDB and Spark answer alike, for generated families and for the good cases of every pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi import home
from doudi.hub.engines.engine import Engine, open_engine
from doudi.policy import api
from doudi.policy.run.cases import Case, good_cases
from same_answer.compare import assert_same
from same_answer.families import FamilyMaker

DAY = date(2025, 10, 31)
PACKS = api.pack_names(home.policies())
RUNNABLE = [name for name in PACKS if name != "national"]
ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(request.param, memory="2GB", threads=2, scratch=tmp_path_factory.mktemp("engine"))
    if request.param == "spark":
        _suit_small_tables()
    yield opened
    opened.close()


def _suit_small_tables() -> None:
    """Spend no time on compiling and shuffling for tables of a few rows; ANSI and all meanings stay."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    assert session is not None
    for key, value in (("codegen.wholeStage", "false"), ("shuffle.partitions", "1"), ("adaptive.enabled", "false")):
        session.conf.set(f"spark.sql.{key}", value)


@pytest.fixture(scope="session")
def duckdb_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine("duckdb", memory="2GB", threads=2, scratch=tmp_path_factory.mktemp("engine"))
    yield opened
    opened.close()


def day_of(pack: api.LoadedPack) -> date:
    """Return a day on which the pack is in force."""
    return max(DAY, pack.pack.start)


@pytest.mark.parametrize("name", RUNNABLE)
def test_generated_families_answer_alike(engine: Engine, name: str, tmp_path: Path) -> None:
    pack = api.load_pack(home.policies(), name)
    maker = FamilyMaker(pack.pack, day_of(pack))
    assert_same(engine, pack, day_of(pack), [maker.family(seed) for seed in range(1500)], tmp_path)


@pytest.mark.parametrize("name", RUNNABLE)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 10**9), min_size=1, max_size=60, unique=True), shift=st.integers(0, 900))
def test_any_families_on_any_day_answer_alike(duckdb_engine: Engine, name: str, tmp_path: Path, seeds: list[int], shift: int) -> None:
    pack = api.load_pack(home.policies(), name)
    day = date.fromordinal(pack.pack.start.toordinal() + shift)
    maker = FamilyMaker(pack.pack, day)
    assert_same(duckdb_engine, pack, day, [maker.family(seed) for seed in seeds], tmp_path)


@pytest.mark.parametrize("name", PACKS)
def test_the_good_cases_answer_alike(engine: Engine, name: str, tmp_path: Path) -> None:
    pack = api.load_pack(home.policies(), name)
    groups: dict[tuple[date, str], list[Case]] = defaultdict(list)
    for case in good_cases(home.policies(), list(pack.layers)):
        groups[case.day, repr(sorted(case.values.items()))].append(case)
    for (day, _), cases in groups.items():
        assert_same(engine, pack, day, [_renamed(case, number) for number, case in enumerate(cases)], tmp_path, values=cases[0].values)


def _renamed(case: Case, number: int) -> dict[str, object]:
    """Give the family and its persons ids that no other case of the batch has."""
    persons = [{**person, "id": f"{number}-{person['id']}"} for person in case.family["persons"]]
    return {**case.family, "household": {**case.family["household"], "id": f"{number}"}, "persons": persons}


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_generated_families_reach_the_categories(name: str) -> None:
    """A comparison of families that all get nothing would prove little."""
    pack = api.load_pack(home.policies(), name)
    maker, program, reader = FamilyMaker(pack.pack, day_of(pack)), pack.program(day_of(pack)), pack.reader()
    seen = {program.value(reader.read(maker.family(seed)), "category") for seed in range(4000)}
    assert {"tekun", "dibao", "edge", "rigid_expenditure", "other_difficulty", "none", None} <= seen
