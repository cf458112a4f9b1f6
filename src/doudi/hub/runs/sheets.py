"""Workbooks that people open in Excel or WPS: sticky headings, filters, yuan with two decimals, masked numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from doudi.hub.engines.engine import half_written
from doudi.hub.runs.people import masked

Kind = Literal["text", "yuan", "int", "share", "identity", "date"]
LARGEST_SHEET = 1_000_000
_WIDEST = 60
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its heading, what its cells are, its width in characters.

    `yuan` takes whole fen; `share` a probability; `identity` an identity number, which is masked.
    """

    heading: str
    kind: Kind = "text"
    width: int = 12


class Workbook:
    """A workbook being written."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._heading = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter"})
        self._formats = {
            "yuan": book.add_format({"num_format": "#,##0.00"}),
            "int": book.add_format({"num_format": "0"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "text": book.add_format({"text_wrap": False}),
        }

    def sheet(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], *, note: str = "") -> int:
        """Add a sheet and return how many rows it holds. A note is written below the last row.

        Rows past what a sheet can hold are not written, and the note says how many.
        """
        sheet = self._book.add_worksheet(name)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, min(column.width, _WIDEST))
            sheet.write_string(0, place, column.heading, self._heading)
        sheet.freeze_panes(1, 0)
        written = left_out = 0
        for row in rows:
            if written == LARGEST_SHEET:
                left_out += 1
                continue
            written += 1
            self._row(sheet, written, columns, row)
        sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
        told = note + (f"另有{left_out}行未列出，见 Parquet 文件。" if left_out else "")
        if told:
            sheet.write_string(written + 2, 0, told)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return written

    def _row(self, sheet: Any, number: int, columns: Sequence[Column], row: Sequence[object]) -> None:
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is None:
                continue
            if column.kind == "identity":
                sheet.write_string(number, place, masked(str(value)))
            elif column.kind == "text":
                sheet.write_string(number, place, str(value))
            elif column.kind == "date" and isinstance(value, date):
                sheet.write_datetime(number, place, value, self._formats["date"])
            elif isinstance(value, (int, float)):
                sheet.write_number(number, place, value / 100 if column.kind == "yuan" else value, self._formats[column.kind])


@contextmanager
def workbook(target: Path) -> Iterator[Workbook]:
    """Write a workbook that appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = half_written(target)
    book = xlsxwriter.Workbook(str(half), {"strings_to_formulas": False, "strings_to_urls": False})
    # The same rows give the same bytes: the moment of writing is no part of a result.
    book.set_properties({"author": "Doudi 兜底", "created": _LONG_AGO})
    try:
        yield Workbook(book)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    book.close()
    half.replace(target)
