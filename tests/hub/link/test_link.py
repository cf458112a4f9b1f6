"""People are known by their number; a row without one is linked, looked at, or left alone, and never merged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs.link import Linked, NobodyKnown, is_stale, link
from doudi.hub.runs.people import masked, shown_number, sound
from doudi.hub.tables.store import Store

DAY = date(2025, 10, 31)
ZHANG = "990181195003074217"
LI = "990181195203074226"
TWIN = "990181195003074233"


def person(number: str | None, name: str, **more: object) -> dict[str, object]:
    return {"identity_number": number, "name": name, "area": "石桥村", **more}


def bill(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "bill_number": "B1", "settled_on": date(2025, 9, 1), "total_cost": 100, "self_paid": 50} | more


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=2, scratch=tmp_path / "scratch")
    yield opened
    opened.close()


Run = Callable[[list[dict[str, object]], list[dict[str, object]]], tuple[Store, Linked]]


@pytest.fixture
def run(engine: DuckDBEngine, fill_store: Any) -> Run:
    def ran(people: list[dict[str, object]], bills: list[dict[str, object]]) -> tuple[Store, Linked]:
        store = fill_store({"population": {"2025-10": people}, "medical_settlements": {"2025-09": bills}})
        return store, link(engine, store, day=DAY)

    return ran


def links(store: Store) -> list[dict[str, Any]]:
    return pq.read_table(store.folder / "link" / "links.parquet").to_pylist()


class TestLink:
    def test_same_name_and_birth_is_accepted_with_its_reasons(self, run: Run) -> None:
        store, linked = run([person(ZHANG, "张德厚"), person(LI, "李秀兰")], [bill("张德厚", birth_date=date(1950, 3, 7))])
        assert (linked.told, linked.accepted) == (1, 1)
        found = links(store)[0]
        assert (found["person_id"], found["status"], found["rule"]) == (ZHANG, "accepted", "splink")
        assert "姓名相同" in found["because"]
        assert "出生日期相同" in found["because"]
        assert found["source_row"] == 2

    def test_a_name_that_only_sounds_alike_is_looked_at(self, run: Run) -> None:
        people = [person(ZHANG, "张德厚"), person(LI, "李秀兰")]
        store, linked = run(people, [bill("章德厚", birth_date=date(1950, 3, 17))])
        assert linked.accepted == 0
        assert linked.review + linked.unlinked == 1
        assert links(store)[0]["person_id"] is None

    def test_two_people_alike_are_never_chosen_between(self, run: Run) -> None:
        people = [person(ZHANG, "张德厚"), person(TWIN, "张德厚")]
        store, linked = run(people, [bill("张德厚", birth_date=date(1950, 3, 7))])
        assert (linked.accepted, linked.review) == (0, 1)
        review = pq.read_table(store.folder / "link" / "review.parquet").to_pylist()
        assert {row["candidate"] for row in review} == {ZHANG, TWIN}

    def test_the_review_list_is_in_words_and_masks_numbers(self, run: Run) -> None:
        store, _ = run([person(ZHANG, "张德厚"), person(TWIN, "张德厚")], [bill("张德厚", birth_date=date(1950, 3, 7))])
        sheet = openpyxl.load_workbook(store.folder / "link" / "review.xlsx").active
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0][:5] == ("数据来源", "月份", "原表工作表", "原表行号", "姓名")
        assert rows[1][9] == "9901**********4217"
        assert "姓名相同" in rows[1][13]

    def test_a_row_of_the_register_without_a_number_is_somebody_for_the_time_being(self, run: Run) -> None:
        nobody = person(None, "王小满", birth_date=date(2020, 1, 1), sex="female", household_number="7")
        store, linked = run([person(ZHANG, "张德厚"), nobody], [])
        assert (linked.provisional, linked.told) == (1, 1)
        people = pq.read_table(store.folder / "link" / "people.parquet").to_pylist()
        assert [one["name"] for one in people if one["identity_number"] is None] == ["王小满"]
        assert links(store)[0]["rule"] == "provisional"

    def test_nothing_without_a_number_is_no_error(self, run: Run) -> None:
        store, linked = run([person(ZHANG, "张德厚")], [])
        assert (linked.people, linked.told) == (1, 0)
        assert links(store) == []

    def test_the_same_store_gives_the_same_links(self, run: Run, engine: DuckDBEngine) -> None:
        store, first = run([person(ZHANG, "张德厚"), person(LI, "李秀兰")], [bill("张德厚", birth_date=date(1950, 3, 7))])
        before = {file.name: file.read_bytes() for file in (store.folder / "link").iterdir()}
        assert asdict(link(DuckDBEngine(threads=1, scratch=store.folder / "s"), store, day=DAY)) == asdict(first)
        after = {file.name: file.read_bytes() for file in (store.folder / "link").iterdir()}
        assert before == after

    def test_links_are_stale_after_new_rows(self, run: Run) -> None:
        store, _ = run([person(ZHANG, "张德厚")], [])
        assert not is_stale(store, DAY)
        assert is_stale(store, date(2025, 11, 30))
        assert json.loads((store.folder / "link" / "summary.json").read_text())["day"] == "2025-10-31"

    def test_an_empty_store_is_refused(self, engine: DuckDBEngine, fill_store: Any) -> None:
        with pytest.raises(NobodyKnown, match="人口"):
            link(engine, fill_store({}), day=DAY)


def test_surnames_are_read_as_surnames() -> None:
    assert sound("曾单区") == "zengdanqu"
    assert sound("张三") == sound("章三")


def test_short_texts_are_hidden_whole() -> None:
    assert masked("12345") == "*****"
    assert masked("42990019900101123X") == "4299**********123X"
    assert shown_number("990181195003074217") == "9901**********4217"
    assert shown_number("U738E5BE2475364151") == "U738E5BE2475364151"
    assert masked("990181195003074217") == "9901**********4217"
