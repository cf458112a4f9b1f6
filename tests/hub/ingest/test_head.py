"""The first rows of a sheet are read once, whatever the number of data sets that they are held against."""

from __future__ import annotations

from typing import Any

import pytest

from doudi.hub.runs.intake import head as reading
from doudi.hub.runs.intake.head import Head, known_headings
from doudi.hub.runs.intake.recognise import recognise
from doudi.hub.tables.contract import Contract


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every cell whose text was read."""
    cells: list[Any] = []

    def counted(cell: Any) -> str:
        cells.append(cell)
        return "" if cell is None else str(cell)

    monkeypatch.setattr(reading, "plain_text", counted)
    return cells


def test_each_cell_is_read_once_for_all_data_sets(read: list[Any], deaths: Any, contracts: dict[str, Contract]) -> None:
    layout = recognise(Head(deaths), known_headings(contracts), file_name="死亡.xlsx", sheet_name="表一")
    assert (layout.contract.name, layout.first_row, layout.title) == ("deaths", 2, ("2025年10月死亡人员名单",))
    assert len(read) == sum(len(row) for row in deaths)


def test_rows_without_any_known_heading_are_no_candidates(contracts: dict[str, Contract], deaths: Any) -> None:
    known = known_headings(contracts)
    assert {one.row for one in Head(deaths).heading_rows(known)} == {1, 4}  # 合计 is a heading of bank totals


def test_the_lower_row_counts_when_the_upper_one_only_begins_a_heading(contracts: dict[str, Contract]) -> None:
    rows = [["单位", "新增", ""], ["", "户", "人"], ["大桥镇", 2, 5]]
    layout = recognise(Head(rows), known_headings(contracts), file_name="月变动.xlsx", sheet_name="表一")
    assert [place.heading for place in layout.places] == ["单位", "新增/户", "新增/人"]
    assert layout.cells == ({"单位"}, {"新增", "户"}, {"人"})
