"""The fact tables of a made-up nation: whole, the same for the same seed, and no larger in memory for more areas."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from doudi.demo import areas, facts, shape

DAY = np.datetime64("2025-10-31")
TABLES = ("household", "person", "supporter", "income", "expense", "asset")


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[facts.Written]]:
    """Two areas, the second one smaller."""
    folder = tmp_path_factory.mktemp("nation")
    written = list(facts.write_facts(folder, households=3_500, day=DAY, largest_area=2_000))
    return folder / "facts", written


def _count(sql: str) -> int:
    return int(duckdb.sql(sql).fetchall()[0][0])


def test_each_area_is_one_file_a_table(nation: tuple[Path, list[facts.Written]]) -> None:
    folder, written = nation
    assert [area.area for area in written] == [990181, 990182]
    for table in TABLES:
        assert sorted(file.name for file in (folder / table).iterdir()) == ["990181.parquet", "990182.parquet"]


def test_no_area_has_more_households_than_allowed(nation: tuple[Path, list[facts.Written]]) -> None:
    assert [area.rows["household"] for area in nation[1]] == [2_000, 1_500]


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_pack(nation: tuple[Path, list[facts.Written]], table: str) -> None:
    entity = shape.entities()[table]
    names = pq.read_schema(nation[0] / table / "990181.parquet").names
    assert names == [*entity.keys, *(fact.name for fact in entity.facts), *entity.asked]


@pytest.mark.parametrize("table", TABLES)
def test_what_must_be_known_is_known_and_choices_are_kept(nation: tuple[Path, list[facts.Written]], table: str) -> None:
    for fact in shape.entities()[table].facts:
        source = f"'{nation[0]}/{table}/*.parquet'"
        if not fact.optional:
            assert _count(f"select count(*) from {source} where {fact.name} is null") == 0, fact.name
        if fact.choices:
            wrong = f"select count(*) from {source} where {fact.name} not in {(*fact.choices, '')}"
            assert _count(wrong) == 0, fact.name


def test_everyone_belongs_to_a_household_and_every_row_to_someone(nation: tuple[Path, list[facts.Written]]) -> None:
    folder = nation[0]
    person, household = f"'{folder}/person/*.parquet'", f"'{folder}/household/*.parquet'"
    assert _count(f"select count(distinct person_id) - count(*) from {person}") == 0
    assert _count(f"select count(*) from {household} anti join {person} using (household_id)") == 0
    assert _count(f"select count(*) from {person} anti join {household} using (household_id)") == 0
    for record in TABLES[2:]:
        rows = f"'{folder}/{record}/*.parquet'"
        assert _count(f"select count(*) from {rows} anti join {person} using (person_id, household_id)") == 0
        assert _count(f"select count(distinct (person_id, {record}_seq)) - count(*) from {rows}") == 0


def test_a_list_that_was_not_asked_for_has_no_rows(nation: tuple[Path, list[facts.Written]]) -> None:
    person, income = (f"'{nation[0]}/{table}/*.parquet'" for table in ("person", "income"))
    assert _count(f"select count(*) from {person} where not incomes_asked") > 0
    assert _count(f"select count(*) from {income} join {person} using (person_id) where not incomes_asked") == 0


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        list(facts.write_facts(tmp_path / name, households=300, seed=seed, day=DAY))
    for table in TABLES:
        one, again, other = (pq.read_table(tmp_path / name / "facts" / table) for name in ("one", "again", "other"))
        assert one.equals(again)
        assert not one.equals(other)


def test_the_share_of_households_with_something_unknown_is_asked_for(tmp_path: Path) -> None:
    list(facts.write_facts(tmp_path, households=500, day=DAY, unknown_share=0))
    person = f"'{tmp_path}/facts/person/*.parquet'"
    household = f"'{tmp_path}/facts/household/*.parquet'"
    assert _count(f"select count(*) from {person} where labour_capacity is null or not incomes_asked") == 0
    assert _count(f"select count(*) from {household} where housing_safe is null") == 0


def test_the_number_of_people_is_about_what_was_asked(tmp_path: Path) -> None:
    (area,) = facts.write_facts(tmp_path, households=facts.households_for(6_000), day=DAY)
    assert area.rows["person"] == pytest.approx(6_000, rel=0.04)


def test_memory_does_not_grow_with_the_number_of_areas(tmp_path: Path) -> None:
    assert _peak(tmp_path / "many", areas_written=8) < 1.3 * _peak(tmp_path / "few", areas_written=2)


def _peak(folder: Path, *, areas_written: int) -> int:
    tracemalloc.start()
    for _ in facts.write_facts(folder, households=400 * areas_written, day=DAY, largest_area=400):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_refuses_no_households(tmp_path: Path) -> None:
    with pytest.raises(facts.NothingToGenerate):
        next(facts.write_facts(tmp_path, households=0, day=DAY))


def test_every_made_up_county_begins_with_99() -> None:
    codes = {areas.county_code(number) for number in range(9_000)}
    assert len(codes) == 9_000
    assert all(str(code).startswith("99") and len(str(code)) == 6 for code in codes)
