"""Write sheets as .xlsx, .xls, .et, .ods, .csv in three encodings, and the HTML that web systems call .xls."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from html import escape
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from doudi.demo.files.biff import write_biff
from doudi.demo.files.sheet import Cell, Sheet

# Fixed, so that the same seed gives the same bytes.
_WRITTEN = (2025, 11, 1, 0, 0, 0)


class Format(NamedTuple):
    """A way to write sheets: the ending of the file, whether it holds several sheets, dates as dates, and the writer."""

    ending: str
    sheets: bool
    dates: bool
    write: Callable[[Path, Sequence[Sheet]], None]


def _csv(encoding: str) -> Callable[[Path, Sequence[Sheet]], None]:
    def write(path: Path, sheets: Sequence[Sheet]) -> None:
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        for sheet in sheets:
            writer.writerows(sheet.rows)
        path.write_bytes(text.getvalue().encode(encoding))

    return write


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook of today. Text stays text: an identity number is never turned into a number here."""
    options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(*_WRITTEN, tzinfo=UTC), "comments": "虚构数据"})
        day_format = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            widest = max((len(row) for row in sheet.rows), default=1)
            for number, row in enumerate(sheet.rows):
                if number in sheet.merged and widest > 1:
                    page.merge_range(number, 0, number, widest - 1, row[0])
                    continue
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        if cell:
                            page.write_string(number, column, cell)
                    elif isinstance(cell, date):
                        page.write_datetime(number, column, cell, day_format)
                    elif cell is not None:
                        page.write_number(number, column, cell)


def write_html(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write an HTML table, which old web systems hand out as .xls."""
    parts = ['<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>']
    for sheet in sheets:
        widest = max((len(row) for row in sheet.rows), default=1)
        parts.append("<table border=1>")
        for number, row in enumerate(sheet.rows):
            if number in sheet.merged:
                parts.append(f'<tr><td colspan="{widest}">{escape(str(row[0]))}</td></tr>')
            else:
                parts.append("<tr>" + "".join(f"<td>{_shown(cell)}</td>" for cell in row) + "</tr>")
        parts.append("</table>")
    parts.append("</body></html>")
    path.write_bytes("\n".join(parts).encode("gb18030"))


def _shown(cell: Cell) -> str:
    return "" if cell is None else escape(str(cell))


_ODS = "urn:oasis:names:tc:opendocument:xmlns:"
_CONTENT = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{_ODS}office:1.0" '
    f'xmlns:table="{_ODS}table:1.0" xmlns:text="{_ODS}text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
_MANIFEST = (
    f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_ODS}manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def write_ods(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write an OpenDocument spreadsheet."""
    parts = [_CONTENT]
    for sheet in sheets:
        parts.append(f'<table:table table:name="{escape(sheet.name)}">')
        parts += ["<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in sheet.rows]
        parts.append("</table:table>")
    parts.append("</office:spreadsheet></office:body></office:document-content>")
    with zipfile.ZipFile(path, "w") as packed:
        kind = zipfile.ZipInfo("mimetype", _WRITTEN)
        packed.writestr(kind, "application/vnd.oasis.opendocument.spreadsheet")
        for name, text in (("content.xml", "".join(parts)), ("META-INF/manifest.xml", _MANIFEST)):
            entry = zipfile.ZipInfo(name, _WRITTEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, text)


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


FORMATS: dict[str, Format] = {
    "xlsx": Format(".xlsx", sheets=True, dates=True, write=write_xlsx),
    "xls": Format(".xls", sheets=True, dates=False, write=write_biff),
    "et": Format(".et", sheets=True, dates=False, write=write_biff),
    "ods": Format(".ods", sheets=True, dates=False, write=write_ods),
    "html": Format(".xls", sheets=False, dates=False, write=write_html),
    # GB18030 writes what GBK holds in the same bytes, and the rare characters of names as well.
    "csv_gbk": Format(".csv", sheets=False, dates=False, write=_csv("gb18030")),
    "csv_utf8": Format(".csv", sheets=False, dates=False, write=_csv("utf-8")),
    "csv_mark": Format(".csv", sheets=False, dates=False, write=_csv("utf-8-sig")),
}
