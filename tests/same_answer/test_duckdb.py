"""Closures and DuckDB give the same answers to the same families: generated ones and the good cases of every pack."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi import home
from doudi.policy import api
from doudi.policy.run.cases import good_cases
from doudi.policy.run.closures import Program
from doudi.policy.run.plan import Plan
from doudi.policy.run.rows import Row
from same_answer.families import FamilyMaker
from same_answer.tables import expected, tables

COUNTIES = ("hubei/daye", "shaanxi/hanzhong", "hunan/miluo", "xinjiang/dabancheng", "jiangxi/longnan")
DAY = date(2025, 10, 31)


def every_rule(program: Program) -> dict[str, list[str]]:
    """Name every rule of households and persons, so that all are compared and not only the results."""
    return {entity: [name for owner, name in program.pack.nodes if owner == entity] for entity in ("household", "person")}


def run_on_duckdb(plan: Plan, households: list[Row]) -> dict[str, dict[str, tuple[object, ...]]]:
    """Run the stages and return the output columns by entity and id."""
    connection = duckdb.connect()
    for name, table in tables(plan, households).items():
        connection.register(name, table)
    for stage in plan.stages:
        connection.execute(f'create temp table "{stage.name}" as {stage.sql}')
        for name in stage.drops:
            connection.execute(f'drop table "{name}"')
    found = {}
    for entity, table_name in plan.results.items():
        columns = ", ".join(f'"{column.name}"' for column in plan.outputs[entity])
        rows = connection.execute(f'select {entity}_id, {columns} from "{table_name}"').fetchall()
        found[entity] = {row[0]: tuple(row[1:]) for row in rows}
    return found


def assert_same(pack: api.LoadedPack, day: date, families: list[dict[str, object]], changes: dict[str, object] | None = None) -> None:
    """Answer the families both ways and compare every rule."""
    set_values = api.trial_values(pack.pack, changes or {}, day)
    program = pack.program(day, set_values)
    plan = api.sql_plan(pack, day=day, outputs=every_rule(program), set_values=set_values)
    households = [pack.reader().read(family) for family in families]
    got = run_on_duckdb(plan, households)
    for entity in ("household", "person"):
        wanted = expected(program, plan, households, entity)
        names = [column.name for column in plan.outputs[entity]]
        assert set(got[entity]) == set(wanted)
        for key, values in wanted.items():
            differing = {name: (a, b) for name, a, b in zip(names, values, got[entity][key], strict=True) if a != b}
            assert not differing, f"{pack.pack.name} {entity} {key}: closures, DuckDB = {differing}"


@pytest.fixture(scope="module", params=COUNTIES)
def pack(request: pytest.FixtureRequest) -> api.LoadedPack:
    return api.load_pack(home.policies(), request.param)


def test_a_thousand_generated_families_answer_alike(pack: api.LoadedPack) -> None:
    maker = FamilyMaker(pack.pack, DAY)
    assert_same(pack, DAY, [maker.family(seed) for seed in range(1000)])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 10**9), min_size=1, max_size=60, unique=True), shift=st.integers(0, 900))
def test_any_families_on_any_day_answer_alike(pack: api.LoadedPack, seeds: list[int], shift: int) -> None:
    day = date.fromordinal(max(DAY, pack.pack.start).toordinal() + shift)
    maker = FamilyMaker(pack.pack, day)
    assert_same(pack, day, [maker.family(seed) for seed in seeds])


@pytest.mark.parametrize("name", ["national", *COUNTIES])
def test_the_good_cases_answer_alike(name: str) -> None:
    loaded = api.load_pack(home.policies(), name)
    for number, case in enumerate(good_cases(home.policies(), list(loaded.layers))):
        family = case.family
        family["household"]["id"] = f"h{number}"
        assert_same(loaded, case.day, [family], case.values)


def test_the_generated_families_reach_every_category(pack: api.LoadedPack) -> None:
    """A comparison of families that all get nothing would prove little."""
    maker, program, reader = FamilyMaker(pack.pack, DAY), pack.program(DAY), pack.reader()
    seen = {program.value(reader.read(maker.family(seed)), "category") for seed in range(3000)}
    assert {"tekun", "dibao", "edge", "none", None} <= seen
