"""Refused rows on their way back to the sender: a copy of the sheet, with the row number and the reasons added."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from doudi.hub.runs.intake.check import Refused
from doudi.hub.tables.cells.cell import type_of_raw

ROW_NUMBER, REASON = "原行号", "原因"
ROWS_A_SHEET = 1_000_000
ROWS_IN_MEMORY = 5_000
BETWEEN_REASONS = "；"
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


@dataclass
class Returned:
    """Collects refused rows on disk, so that a file of nothing but refused rows costs no memory."""

    scratch: Path
    heads: dict[str, tuple[list[list[type_of_raw]], int]] = field(default_factory=dict)
    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def begin_sheet(self, name: str, head: list[list[type_of_raw]], width: int) -> None:
        """Say what stands above the rows of a sheet, so that the copy has it too."""
        self.heads[name] = (head, width)

    def add(self, sheet: str, rows: Sequence[Refused]) -> None:
        """Add refused rows of a sheet."""
        if not rows:
            return
        with open(self.scratch, "a", encoding="utf-8") as lines:
            for row in rows:
                lines.write(json.dumps([sheet, row.number, row.cells, row.reasons], ensure_ascii=False, default=str))
                lines.write("\n")
                self.reasons.update(set(row.reasons))
        self.count += len(rows)

    def _rows(self) -> Iterator[tuple[str, int, list[Any], list[str]]]:
        with open(self.scratch, encoding="utf-8") as lines:
            yield from (tuple(json.loads(line)) for line in lines)

    def write(self, target: Path) -> None:
        """Write the copy, rows in the order in which they were found. Only for when there are refused rows."""
        # A few rows are put together in memory: a workbook that grows on disk goes through a dozen files of its own.
        held = {"in_memory": True} if self.count <= ROWS_IN_MEMORY else {"constant_memory": True}
        book = xlsxwriter.Workbook(str(target), {**held, "strings_to_formulas": False})
        bold = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1})
        red = book.add_format({"font_color": "#C00000"})
        text = book.add_format({"num_format": "@"})
        sheet, at, width, current, part = None, 0, 0, "", 1
        for name, number, cells, reasons in self._rows():
            if sheet is None or name != current or at >= ROWS_A_SHEET:
                part = part + 1 if name == current else 1
                head, width = self.heads[name]
                sheet = book.add_worksheet(_sheet_name(book, name, part))
                at = _write_head(sheet, head, width, bold)
                current = name
            _write_cells(sheet, at, cells, text)
            place = max(width, len(cells))
            sheet.write_number(at, place, number)
            sheet.write_string(at, place + 1, BETWEEN_REASONS.join(reasons), red)
            at += 1
        book.close()


def _sheet_name(book: Any, name: str, part: int) -> str:
    plain = name.translate(NOT_IN_SHEET_NAMES)[:24] or "表"
    wanted = plain if part == 1 else f"{plain}_{part}"
    taken = {one.get_name().lower() for one in book.worksheets()}
    while wanted.lower() in taken:
        wanted += "_"
    return wanted


def _write_head(sheet: Any, head: list[list[type_of_raw]], width: int, bold: Any) -> int:
    for at, cells in enumerate(head):
        _write_cells(sheet, at, cells, bold)
    sheet.set_column(0, max(width - 1, 0), 16)
    sheet.set_column(width, width, 8)
    sheet.set_column(width + 1, width + 1, 70)
    sheet.write_string(len(head) - 1, width, ROW_NUMBER, bold)
    sheet.write_string(len(head) - 1, width + 1, REASON, bold)
    return len(head)


def _write_cells(sheet: Any, at: int, cells: Sequence[Any], style: Any) -> None:
    for place, cell in enumerate(cells):
        if cell is None or cell == "":
            continue
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            sheet.write_string(at, place, str(cell), style)
        else:
            sheet.write_number(at, place, cell)
