"""What becomes of a household against what it has now: each case once, on three small tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.steps import difference

HOME = {
    "household_id": "h", "township": "t", "area_kind": "rural", "previous_category": "none", "previous_amount": 0,
    "category": "none", "category_as": "", "category_amount": 0, "member_count": 1, "annual_income": 0, "income_per_head": 0,
}  # fmt: skip
PERSON = {"household_id": "h", "person_id": "p", "category": "none", "category_as": "", "category_amount": 0}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=1, scratch=tmp_path)
    yield opened
    opened.close()


def outcome(engine: DuckDBEngine, home: dict[str, Any], *persons: dict[str, Any], before: tuple[int, int] | None = None) -> str:
    """Return the outcome of one household; `before` is how many of it were enrolled alone, and for how much."""
    engine.take("household_answers", {name: [value] for name, value in (HOME | home).items()})
    if home.get("category", "") is None:
        engine.build("household_answers", "select * replace (cast(null as varchar) as category) from household_answers")
    rows = [PERSON | {"person_id": str(number)} | one for number, one in enumerate(persons or ({},))]
    engine.take("person_answers", {name: [row[name] for row in rows] for name in PERSON})
    counted = before or (0, 0)
    engine.take("enrolled_before", {"household_id": ["h"], "own_before": [counted[0]], "own_amount_before": [counted[1]]})
    select = difference.changes_sql("71100", tags=[], knows_persons=before is not None)
    return str(engine.rows(f"select outcome from ({select})")[0][0])


DIBAO = {"category": "dibao", "category_amount": 50_000}
HAD = {"previous_category": "dibao", "previous_amount": 50_000}
ALONE = {"category": "dibao", "category_as": "single_person", "category_amount": 71_100}


class TestOutcome:
    def test_nothing_before_and_nothing_now(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, {}) == "none"

    def test_enters(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, DIBAO) == "enter"

    def test_leaves(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, HAD) == "leave"

    def test_changes_category(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, HAD | {"category": "edge"}) == "change_category"

    def test_changes_amount_by_a_single_fen(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, HAD | DIBAO | {"category_amount": 50_001}) == "change_amount"

    def test_stays(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, HAD | DIBAO) == "same"

    def test_an_amount_nobody_knows_is_not_a_change(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, HAD | DIBAO | {"previous_amount": None}) == "same"

    def test_enrolled_and_open(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, HAD | {"category": None}) == "undetermined"

    def test_in_no_list_and_open(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, {"category": None}) == "unasked"

    def test_a_person_taken_alone_brings_the_household_in(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, {}, ALONE) == "enter"

    def test_a_person_taken_alone_as_before_changes_nothing(self, engine: DuckDBEngine) -> None:
        edge = {"previous_category": "edge", "category": "edge"}
        assert outcome(engine, edge, ALONE, before=(1, 71_100)) == "same"
        assert outcome(engine, edge, ALONE, before=(0, 0)) == "change_amount"
        assert outcome(engine, edge, ALONE, before=None) == "same"

    def test_who_was_taken_alone_and_is_nothing_now_leaves(self, engine: DuckDBEngine) -> None:
        assert outcome(engine, {}, before=(1, 71_100)) == "leave"

    def test_members_of_the_family_category_are_not_counted_apart(self, engine: DuckDBEngine) -> None:
        family = {"category": "tekun", "category_amount": 180_000, "previous_category": "tekun", "previous_amount": 180_000}
        member = {"category": "tekun", "category_amount": 90_000}
        assert outcome(engine, family, member, member, before=(0, 0)) == "same"


class TestStandard:
    def test_a_plain_amount(self) -> None:
        assert difference.standard_sql(71_100, ()) == "cast(71100 as bigint)"

    def test_by_kind_of_area_and_township(self, engine: DuckDBEngine) -> None:
        table = {"urban": 81_500, "rural": {"990181101000": 70_000, "other": 71_100}}
        select = difference.standard_sql(table, ("area_kind", "township"))
        homes = [("urban", "x", 81_500), ("rural", "990181101000", 70_000), ("rural", "x", 71_100), ("other", "x", None)]
        for kind, town, amount in homes:
            assert engine.rows(f"select {select} from (select '{kind}' as area_kind, '{town}' as township) as h") == [(amount,)]

    def test_no_standard_is_unknown(self) -> None:
        assert difference.standard_sql(None, ()) == "cast(null as bigint)"
