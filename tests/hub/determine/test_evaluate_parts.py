"""A plan is run over parts of whole households: nobody is lost, a part that is done is not done again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.engines.engine import Engine, open_engine
from doudi.hub.runs import evaluate_parts, parts
from doudi.hub.runs.evaluate_parts import FactsIncomplete, RowsLost, evaluate
from doudi.hub.runs.parts import NoFacts, PartsDiffer

BORN = date(1950, 1, 1)
FIRST = {
    "household": {"household_id": [1, 2], "township": ["x", None], "area_kind": ["rural", "urban"]},
    "person": {"person_id": [11, 12, 21], "household_id": [1, 1, 2], "birth": [BORN] * 3, "incomes_asked": [True, True, False]},
    "income": {"person_id": [11, 11], "income_seq": [1, 2], "amount": [90, 60]},
}
SECOND = {
    "household": {"household_id": [3], "township": ["y"], "area_kind": ["rural"]},
    "person": {"person_id": [31], "household_id": [3], "birth": [BORN], "incomes_asked": [True]},
}


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(request.param, memory="1GB", threads=2, scratch=tmp_path / "scratch")
    yield opened
    opened.close()


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=1, scratch=tmp_path / "scratch")
    yield opened
    opened.close()


def categories(out: Path) -> dict[object, object]:
    table = pq.read_table(out / "households")
    return dict(zip(table["household_id"].to_pylist(), table["category"].to_pylist(), strict=True))


class TestEvaluate:
    def test_answers_every_household_of_every_part(self, engine: Engine, tmp_path: Path, made: Any) -> None:
        done = evaluate(engine, made.HandmadePlan(), made.facts(tmp_path / "facts", FIRST, SECOND), tmp_path / "out")
        assert [(one.part, one.rows) for one in done] == [
            ("part-00000", {"household": 2, "person": 3}),
            ("part-00001", {"household": 1, "person": 1}),
        ]
        # 1: 150 fen for two heads; 2: never asked; 3: asked, nothing found (the part has no income file at all).
        assert categories(tmp_path / "out") == {1: "dibao", 2: None, 3: "dibao"}

    def test_a_file_an_entity_is_one_part(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        for entity, columns in FIRST.items():
            pq.write_table(pa.table(columns), tmp_path / f"{entity}.parquet")
        done = evaluate(duck, made.HandmadePlan(), tmp_path, tmp_path / "out")
        assert [one.part for one in done] == ["all"]

    def test_a_part_that_is_done_is_not_done_again(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        facts = made.facts(tmp_path / "facts", FIRST, SECOND)
        evaluate(duck, made.HandmadePlan(), facts, tmp_path / "out")
        evaluate_parts.manifest(tmp_path / "out", "part-00001").unlink()
        told: list[tuple[str, bool]] = []
        evaluate(duck, made.HandmadePlan(), facts, tmp_path / "out", progress=lambda one, kept: told.append((one.part, kept)))
        assert told == [("part-00000", True), ("part-00001", False)]

    def test_other_rules_are_computed_anew(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        facts = made.facts(tmp_path / "facts", FIRST)
        evaluate(duck, made.HandmadePlan(), facts, tmp_path / "out")
        evaluate(duck, made.HandmadePlan(line=50), facts, tmp_path / "out")
        assert categories(tmp_path / "out") == {1: "none", 2: None}

    def test_other_facts_are_computed_anew(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        evaluate(duck, made.HandmadePlan(), made.facts(tmp_path / "facts", FIRST), tmp_path / "out")
        richer = FIRST | {"income": {"person_id": [11], "income_seq": [1], "amount": [900]}}
        evaluate(duck, made.HandmadePlan(), made.facts(tmp_path / "facts", richer), tmp_path / "out")
        assert categories(tmp_path / "out")[1] == "none"

    def test_a_part_that_is_gone_leaves_nobody_behind(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        evaluate(duck, made.HandmadePlan(), made.facts(tmp_path / "two", FIRST, SECOND), tmp_path / "out")
        evaluate(duck, made.HandmadePlan(), made.facts(tmp_path / "one", FIRST), tmp_path / "out")
        assert categories(tmp_path / "out").keys() == {1, 2}

    def test_a_run_that_dies_leaves_the_last_good_part(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        facts = made.facts(tmp_path / "facts", FIRST)
        evaluate(duck, made.HandmadePlan(), facts, tmp_path / "out")
        broken = made.HandmadePlan(line=9_223_372_036_854_775_807)
        with pytest.raises(Exception, match=r"(?i)overflow"):
            evaluate(duck, broken, facts, tmp_path / "out")
        assert categories(tmp_path / "out")[1] == "dibao"
        assert json.loads(evaluate_parts.manifest(tmp_path / "out", "part-00000").read_text())["rows"]["household"] == 2


class TestRefusals:
    def refused(self, made: Any, duck: DuckDBEngine, tmp_path: Path, **changed: object) -> str:
        with pytest.raises(FactsIncomplete) as refusal:
            evaluate(duck, made.HandmadePlan(), made.facts(tmp_path / "facts", FIRST | changed), tmp_path / "out")
        assert not (tmp_path / "out" / "households").exists()
        return str(refusal.value)

    def test_a_required_column_that_is_not_there(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        assert "area_kind" in self.refused(made, duck, tmp_path, household={"household_id": [1, 2]})

    def test_a_required_fact_that_is_unknown(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        household = {"household_id": [1, 2], "area_kind": ["rural", None]}
        assert "area_kind" in self.refused(made, duck, tmp_path, household=household)

    def test_a_household_that_is_there_twice(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        household = {"household_id": [1, 2, 2], "area_kind": ["rural", "rural", "urban"]}
        assert "household_id" in self.refused(made, duck, tmp_path, household=household)

    def test_an_income_of_nobody(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        income = {"person_id": [99], "income_seq": [1], "amount": [5]}
        assert "income" in self.refused(made, duck, tmp_path, income=income)

    def test_a_result_that_lost_a_household(self, duck: DuckDBEngine, tmp_path: Path, made: Any) -> None:
        kept = "select household_id, 'none' as category, 0 as annual_income from household where household_id = 1"
        losing = [made.OneStage("household_done", kept)]

        class Losing(made.HandmadePlan):
            stages = losing

        with pytest.raises(RowsLost, match="household"):
            evaluate(duck, Losing(results={"household": "household_done"}), made.facts(tmp_path / "facts", FIRST), tmp_path)

    def test_a_folder_without_facts(self, tmp_path: Path) -> None:
        with pytest.raises(NoFacts, match="household"):
            parts.parts(tmp_path)

    def test_parts_that_do_not_belong_together(self, tmp_path: Path, made: Any) -> None:
        made.facts(tmp_path, FIRST)
        pq.write_table(pa.table(SECOND["person"]), tmp_path / "person" / "part-00009.parquet")
        with pytest.raises(PartsDiffer, match="part-00009"):
            parts.parts(tmp_path)
