"""Whole columns and single cells are read alike: the fast path may be fast, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.hub.tables.cells.cell import CellRule
from doudi.hub.tables.cells.identity import check_character
from doudi.hub.tables.cells.read import read_cell
from doudi.hub.tables.columns.hashes import row_hashes
from doudi.hub.tables.columns.raw import raw_column
from doudi.hub.tables.columns.read import read_column
from doudi.hub.tables.contract import Column

ON = dt.date(2025, 11, 5)
CHOICES = {"a": ("甲", "1"), "b": ("乙",)}


def with_check(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


identity_numbers = st.builds(
    lambda area, born, serial: with_check(f"{area}{born:%Y%m%d}{serial:03d}"),
    st.sampled_from(["420281", "999281", "110101", "000000"]), st.dates(dt.date(1840, 1, 1), dt.date(2030, 1, 1)),
    st.integers(0, 999),
)  # fmt: skip
spoilt = st.builds(
    lambda number, place, other: number[:place] + other + number[place + 1 :],
    identity_numbers, st.integers(0, 17), st.sampled_from([" ", "x", "X", "０", "9", "-", "", "\t", "G", "\n"]),
)  # fmt: skip
figures = st.from_regex(r"[-+(]?[0-9]{0,16}[.,]?[0-9]{0,4}(元|万|\)|e3)?", fullmatch=True)
dates = st.dates(dt.date(1800, 1, 1), dt.date(2300, 1, 1))
written_dates = st.builds(
    lambda day, form: day.strftime(form), dates,
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m", "%m/%d/%Y", "%Y-%m/%d", "%Y%m"]),
)  # fmt: skip
near_dates = st.from_regex(r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{8}|[0-9]{4}x[0-9]{2}-[0-9]{2}", fullmatch=True)
words = st.sampled_from(
    ["", " ", "/", "无", "张三", "张 三", "阿·買", "甲", " 甲", "乙", "丙", "是", "否", "√", "NULL", "无数据", "13912345678",
     "6217000012345678901", "6217 0000", "420281", "（东院）", "A　B", '="1"', "'12", "１２", "\u200b", "x" * 70, "长期", "大桥村"]
)  # fmt: skip
# A spreadsheet's moments have no zone.
moments = st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2300, 1, 1))  # noqa: DTZ001
cells = st.one_of(
    identity_numbers, spoilt, figures, written_dates, near_dates, words, st.text(max_size=20),
    st.floats(allow_nan=False), st.integers(-(10**6), 10**6).map(float), st.integers(-(10**9), 10**9).map(lambda n: n / 100),
    st.integers(18000101, 22010101).map(float), dates, moments,
    st.booleans(), st.none(), st.times(),
)  # fmt: skip
columns = st.sampled_from(
    [
        {"kind": "identity"},
        {"kind": "identity", "required": True},
        {"kind": "money", "unit": "fen"},
        {"kind": "money", "unit": "fen per month", "min": 0, "required": True},
        {"kind": "number", "unit": "milli mu", "min": 0},
        {"kind": "int", "min": 0, "max": 100},
        {"kind": "date"},
        {"kind": "month"},
        {"kind": "bool"},
        {"kind": "choice", "choices": CHOICES},
        {"kind": "choice", "choices": CHOICES, "unlisted": "other"},
        {"kind": "text", "required": True},
        {"kind": "text"},
        {"kind": "name"},
        {"kind": "area"},
        {"kind": "phone"},
        {"kind": "account"},
    ]
)


def assert_same(column: dict[str, Any], raw: list[Any], unit: str = "") -> None:
    rule = CellRule(Column(name="x", label="列", headers=("列",), need="test", **column), ON, unit)
    one_by_one = [read_cell(rule, cell) for cell in raw]
    together = read_column(CellRule(rule.column, ON, unit), raw_column(raw))
    assert together.values.to_pylist() == [cell.value for cell in one_by_one]
    assert together.remarks.tolist() == [int(cell.remark) for cell in one_by_one]
    assert together.problems == {row: cell.problem for row, cell in enumerate(one_by_one) if cell.problem}


class TestAColumnIsReadAsItsCells:
    @settings(max_examples=600)
    @given(columns, st.lists(cells, min_size=1, max_size=12), st.sampled_from(["", "万元", "公顷"]))
    def test_for_any_mixture_of_cells(self, column: dict[str, Any], raw: list[Any], unit: str) -> None:
        assert_same(column, raw, unit)

    @given(st.lists(st.one_of(identity_numbers, spoilt), min_size=1, max_size=30))
    def test_for_identity_numbers_and_near_ones(self, raw: list[Any]) -> None:
        assert_same({"kind": "identity"}, raw)

    @given(st.lists(st.one_of(figures, st.floats(-1e12, 1e12)), min_size=1, max_size=30))
    def test_for_amounts_and_near_ones(self, raw: list[Any]) -> None:
        assert_same({"kind": "money", "unit": "fen"}, raw)

    @given(st.lists(st.one_of(written_dates, near_dates), min_size=1, max_size=30))
    def test_for_dates_and_near_ones(self, raw: list[Any]) -> None:
        assert_same({"kind": "date"}, raw)

    @pytest.mark.parametrize("kind", ["text", "name"])
    @given(raw=st.lists(st.one_of(words, st.text(max_size=15)), min_size=1, max_size=30))
    def test_for_words(self, kind: str, raw: list[Any]) -> None:
        assert_same({"kind": kind}, raw)

    def test_for_a_day_that_is_only_there_in_leap_years(self) -> None:
        assert_same({"kind": "date"}, ["1900-02-29", "2000-02-29", "2024-02-29", "2100-02-29", "2023-02-29"])


class TestHashes:
    @given(st.lists(st.tuples(st.text(max_size=20), st.none() | st.text(max_size=3)), min_size=1, max_size=40))
    def test_equal_rows_have_equal_numbers_and_different_rows_different_ones(self, rows: list[Any]) -> None:
        from doudi.hub.tables.columns.arrays import optional_text_array

        hashes = row_hashes([optional_text_array([r[0] for r in rows]), optional_text_array([r[1] for r in rows])])
        assert len(set(hashes.tolist())) == len(set(rows))
        for at, row in enumerate(rows):
            assert hashes[at] == hashes[rows.index(row)]

    def test_a_part_of_a_column_has_the_numbers_of_the_whole(self) -> None:
        from doudi.hub.tables.columns.arrays import optional_text_array

        whole = optional_text_array(["甲", None, "丙丁", "", "戊"])
        assert np.array_equal(row_hashes([whole.slice(2)]), row_hashes([whole])[2:])
