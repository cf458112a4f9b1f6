"""A whole (small) county is determined: nobody is lost, results appear at once, lists can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from doudi import home
from doudi.cli import main
from doudi.demo.facts import write_facts
from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import asking, township_sheets, whole
from doudi.hub.runs.determine import Determined, Wanted, determine
from doudi.hub.runs.fact_set import FactSet, fact_set
from doudi.hub.runs.families import NoSuchFamily, family_of
from doudi.policy import api
from doudi.policy.api import LoadedPack

DAY = date(2025, 10, 31)
HOUSEHOLDS = 400


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> FactSet:
    folder = tmp_path_factory.mktemp("county")
    day = np.datetime64(DAY.isoformat())
    list(write_facts(folder, households=HOUSEHOLDS, seed=3, day=day, unknown_share=0.2, largest_area=250))
    return fact_set(folder)


@pytest.fixture(scope="module")
def pack() -> LoadedPack:
    return api.load_pack(home.policies(), "hubei/daye")


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=2, scratch=tmp_path / "scratch")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def found(facts: FactSet, pack: LoadedPack, tmp_path_factory: pytest.TempPathFactory) -> Determined:
    engine = DuckDBEngine(threads=2, scratch=tmp_path_factory.mktemp("scratch"))
    done = determine(engine, engine, facts, Wanted(pack, DAY, tmp_path_factory.mktemp("out") / "run", explain=40))
    engine.close()
    return done


def changes(out: Path) -> list[dict[str, Any]]:
    return pq.read_table(out / "changes").to_pylist()


class TestEverybody:
    def test_every_household_has_exactly_one_outcome(self, found: Determined) -> None:
        rows = changes(found.out)
        assert len({row["household_id"] for row in rows}) == len(rows) == found.households == HOUSEHOLDS
        assert {row["outcome"] for row in rows} <= asking.OUTCOMES.keys()

    def test_the_summary_adds_up(self, found: Determined) -> None:
        told = found.by_outcome()
        assert sum(one["households"] for one in told.values()) == HOUSEHOLDS
        assert sum(one["people"] for one in told.values()) == found.persons
        amounts = pq.read_table(found.out / "households")["category_amount"].to_pylist()
        own = [row["own_amount"] for row in changes(found.out)]
        assert sum(one["amount"] for one in told.values()) == sum(amount or 0 for amount in amounts) + sum(own)

    def test_the_closures_say_the_same(self, found: Determined, pack: LoadedPack) -> None:
        rows = changes(found.out)
        for row in rows[:: len(rows) // 12]:
            family = family_of(found.out, str(row["household_id"]))
            answer = api.evaluate(pack, family, day=DAY)
            assert answer.household.category == (row["category"] or "undetermined")
            assert answer.household.amount == row["category_amount"]

    def test_open_households_say_what_is_missing(self, found: Determined) -> None:
        told = pq.read_table(found.out / "unsettled.parquet").to_pylist()
        opened = {row["household_id"] for row in changes(found.out) if row["category"] is None}
        assert 0 < len(told) == found.unsettled <= 40
        assert {row["household_id"] for row in told} <= opened
        assert all(row["settles"] and "；" in row["possible"] for row in told)

    def test_the_run_says_from_what_it_was_made(self, found: Determined, pack: LoadedPack) -> None:
        told = json.loads((found.out / "run.json").read_text())
        assert (told["pack"], told["pack_digest"], told["day"]) == ("hubei/daye", pack.pack.digest, "2025-10-31")


class TestLists:
    def test_a_workbook_a_township(self, found: Determined) -> None:
        towns = {row["township"] for row in changes(found.out) if row["outcome"] != "none"}
        names = {f"{town}.xlsx" if town else f"{township_sheets.UNPLACED}.xlsx" for town in towns}
        assert set(found.sheets) == names == {file.name for file in (found.out / "townships").iterdir()}

    def test_every_listed_household_is_on_one_sheet_and_amounts_are_yuan(self, found: Determined) -> None:
        shown: dict[str, float | None] = {}
        for name in found.sheets:
            book = openpyxl.load_workbook(found.out / "townships" / name)
            assert book.sheetnames == ["家庭", "人员", "变动", "待核实"]
            assert book["家庭"].freeze_panes == "A2"
            amount = [cell.value for cell in book["家庭"][1]].index("月保障金（元）")
            for row in book["家庭"].iter_rows(min_row=2, values_only=True):
                if row[1:] != (None,) * (len(row) - 1):
                    shown[row[0]] = row[amount]
        listed = {str(row["household_id"]): row for row in changes(found.out) if row["outcome"] not in ("none", "undetermined", "unasked")}
        assert shown.keys() == listed.keys()
        assert all(shown[one] == row["category_amount"] / 100 for one, row in listed.items())

    def test_no_column_is_empty_and_no_identity_number_in_clear(self, found: Determined) -> None:
        for name in found.sheets:
            people = openpyxl.load_workbook(found.out / "townships" / name)["人员"]
            table = list(people.iter_rows(min_row=1, max_row=people.max_row - 2, values_only=True))
            assert {"人员编号", "身份证号"} & set(table[0]) in ({"人员编号"}, {"身份证号"})
            for heading in ("人员编号", "身份证号"):
                if heading in table[0]:
                    cells = [row[table[0].index(heading)] for row in table[1:]]
                    assert any(cells)
                    assert not [cell for cell in cells if cell and re.fullmatch(r"\d{17}[\dX]", cell)]

    def test_the_ground_of_a_category_names_its_document(self, pack: LoadedPack) -> None:
        assert "冶政办函〔2025〕7号" in asking.words(pack).ground("household", "dibao", "")

    def test_a_township_may_have_any_name(self) -> None:
        assert township_sheets.file_name("../石桥/镇 ") == "石桥_镇"
        assert township_sheets.file_name("..") == township_sheets.UNPLACED


class TestAgain:
    def test_the_same_run_computes_nothing_and_changes_nothing(
        self, sql: DuckDBEngine, facts: FactSet, pack: LoadedPack, tmp_path: Path
    ) -> None:
        wanted = Wanted(pack, DAY, tmp_path / "out", explain=5)
        first = determine(sql, sql, facts, wanted)
        before = {file.relative_to(tmp_path): file.read_bytes() for file in (tmp_path / "out").rglob("*.*") if file.is_file()}
        second = determine(sql, sql, facts, wanted)
        after = {file.relative_to(tmp_path): file.read_bytes() for file in (tmp_path / "out").rglob("*.*") if file.is_file()}
        assert (first.reused, second.reused) == (0, 2)
        assert before == after

    def test_a_run_that_dies_leaves_the_last_good_results_and_goes_on_where_it_stopped(
        self, sql: DuckDBEngine, facts: FactSet, pack: LoadedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wanted = Wanted(pack, DAY, tmp_path / "out", explain=0)
        determine(sql, sql, facts, wanted)
        told = (tmp_path / "out" / "run.json").read_text()
        other = Wanted(api.load_pack(home.policies(), "jiangxi/longnan"), DAY, tmp_path / "out", explain=0)
        with monkeypatch.context() as broken:
            broken.setattr(township_sheets, "write_townships", _dies)
            with pytest.raises(KeyboardInterrupt):
                determine(sql, sql, facts, other)
        assert (tmp_path / "out" / "run.json").read_text() == told
        assert determine(sql, sql, facts, other).reused == 2
        assert json.loads((tmp_path / "out" / "run.json").read_text())["pack"] == "jiangxi/longnan"
        assert not (tmp_path / "out" / whole.NEXT).exists()


def _dies(*_: object, **__: object) -> list[str]:
    raise KeyboardInterrupt


class TestWhole:
    def test_a_move_that_was_interrupted_is_finished_first(self, tmp_path: Path) -> None:
        (tmp_path / "kept.txt").write_text("theirs")
        coming = whole.begin(tmp_path)
        (coming / "run.json").write_text("new")
        (coming / whole.COMPLETE).touch()
        whole.begin(tmp_path)
        assert (tmp_path / "run.json").read_text() == "new"
        assert (tmp_path / "kept.txt").read_text() == "theirs"

    def test_a_file_is_no_place_for_results(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(whole.NotAFolder):
            whole.begin(tmp_path / "file")


class TestFamilies:
    def test_a_person_leads_to_the_family(self, found: Determined) -> None:
        person = pq.read_table(found.out / "persons").to_pylist()[-1]
        family = family_of(found.out, str(person["person_id"]))
        assert str(person["person_id"]) in {one["id"] for one in family["persons"]}

    def test_a_number_nobody_has_is_refused(self, found: Determined) -> None:
        with pytest.raises(NoSuchFamily, match="nobody"):
            family_of(found.out, "nobody")


class TestCommand:
    def test_prints_json_and_ends_well(self, facts: FactSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        asked = ["determine", "--facts", str(facts.tables), "--day", "2025-10-31", "--out", str(tmp_path), "--json", "--explain", "0"]
        assert main.run(asked) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["households"] == HOUSEHOLDS
        assert sum(one["households"] for one in told["outcomes"].values()) == HOUSEHOLDS

    @pytest.mark.parametrize(
        "wrong, said",
        [
            (["--facts", "nowhere", "--day", "2025-10-31"], "household"),
            (["--facts", "nowhere"], "--day"),
            (["--store", "nowhere"], "doudi ingest"),
            (["--store", "nowhere", "--engine", "oracle"], "doudi ingest"),
        ],
    )
    def test_refuses_with_what_to_do(self, wrong: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.run(["determine", "--out", str(tmp_path / "out"), *wrong]) == main.REFUSED
        assert said in capsys.readouterr().err
        assert not (tmp_path / "out" / "run.json").exists()
