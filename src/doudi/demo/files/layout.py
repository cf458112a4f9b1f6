"""Lay a dressed list out as a sheet: title, heading in one row or two, headings again, subtotals, footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doudi.demo import areas
from doudi.demo.chance import Chance
from doudi.demo.files.dress import Dressed
from doudi.demo.files.formats import Format
from doudi.demo.files.sheet import Cell, Sheet
from doudi.hub.tables.contract import Contract

MADE_UP = "虚构数据"
ROWS_A_PAGE = 180
GROUPED = 3
MOST_FOR_SHEETS = 2_500


@dataclass(frozen=True)
class Layout:
    """How one file is laid out: which of the usual additions it has."""

    two_rows: bool
    pages: bool
    total: bool
    footer: bool
    serial: bool
    note: bool
    by_township: bool


def draw_layout(chance: Chance, form: Format, rows: int) -> Layout:
    """Return the layout of one file."""
    drawn = chance.draw.integers(0, 100, 7)
    return Layout(
        two_rows=bool(drawn[0] < 22),
        pages=bool(drawn[1] < 30) and rows > ROWS_A_PAGE,
        total=bool(drawn[2] < 45),
        footer=bool(drawn[3] < 60),
        serial=bool(drawn[4] < 40),
        note=bool(drawn[5] < 50),
        by_township=form.sheets and bool(drawn[6] < 15) and 60 < rows < MOST_FOR_SHEETS,
    )


def lay_out(contract: Contract, dressed: Dressed, towns: Sequence[int], month: str, layout: Layout) -> tuple[list[Sheet], int]:
    """Return the sheets of a list, and how many of their rows are none of the list (titles, headings, totals, footers).

    `towns` says for each row to which township it belongs, for a sheet each where the layout has that.
    """
    rows = [list(row) for row in zip(*dressed.columns, strict=True)]
    if not layout.by_township:
        sheet = _sheet(contract, dressed, rows, month, layout, name="Sheet1")
        return [sheet], len(sheet.rows) - len(rows)
    sheets = []
    for number, town in enumerate(areas.townships(areas.FIRST_COUNTY)):
        own = [row for row, place in zip(rows, towns, strict=True) if place == number]
        if own:
            sheets.append(_sheet(contract, dressed, own, month, layout, name=town.name))
    return sheets, sum(len(sheet.rows) for sheet in sheets) - len(rows)


def _sheet(contract: Contract, dressed: Dressed, rows: list[list[Cell]], month: str, layout: Layout, *, name: str) -> Sheet:
    headings = ["序号", *dressed.headings] if layout.serial else list(dressed.headings)
    over = any("/" in column.label for column in dressed.contract)
    heading = _stroked(headings) if over else _heading_rows(headings, two_rows=layout.two_rows)
    width = len(headings)
    laid: list[list[Cell]] = [_padded([title(contract, month)], width)]
    if layout.note:
        laid.append(_padded([f"填报单位：{areas.COUNTY_NAME}{contract.department}", None, "单位：元"], width))
    laid += heading
    for number, row in enumerate(rows):
        if layout.pages and number and number % ROWS_A_PAGE == 0:
            laid += [_padded(["小计", f"{ROWS_A_PAGE}人"], width), *heading]
        laid.append([str(number + 1), *row] if layout.serial else row)
    if layout.total:
        laid.append(_padded(["合计", f"{len(rows)}人" if width > 1 else None], width))
    if layout.footer:
        laid.append(_padded(["制表人：虚某", None, "审核人：拟某", None, f"制表时间：{month.replace('-', '年')}月28日"], width))
    return Sheet(name, laid, merged=(0,))


def title(contract: Contract, month: str) -> str:
    """Return the title of a list, which says that it is made up."""
    return f"{areas.COUNTY_NAME}{int(month[:4])}年{int(month[5:])}月{contract.label}（{MADE_UP}）"


def _padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells, *[None] * (width - len(cells))][: max(width, 1)]


def _heading_rows(headings: list[str], *, two_rows: bool) -> list[list[Cell]]:
    """Return the heading as one row, or as two with a word over the first columns."""
    if two_rows and len(headings) > GROUPED:
        over: list[Cell] = ["基本信息", *[None] * (GROUPED - 1), *headings[GROUPED:]]
        return [over, [*headings[:GROUPED], *[None] * (len(headings) - GROUPED)]]
    return [list(headings)]


def _stroked(headings: list[str]) -> list[list[Cell]]:
    """Return headings such as 新增/户 as two rows: what stands over several columns, and what stands under it."""
    parts = [heading.split("/", 1) for heading in headings]
    upper: list[Cell] = []
    for number, part in enumerate(parts):
        repeated = number > 0 and len(part) > 1 and parts[number - 1][0] == part[0]
        upper.append(None if repeated else part[0])
    return [upper, [part[1] if len(part) > 1 else None for part in parts]]
