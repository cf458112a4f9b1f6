"""Write the old binary workbook (.xls of Excel 97, also what WPS calls .et) with text and numbers.

Only what a reader needs: a compound file with one stream, the globals with the fonts and formats that Excel insists on,
and for each sheet its cells. Nothing in this project depends on a library that can write it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from doudi.demo.files.sheet import Cell, Sheet
from doudi.refusal import Refusal

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST_STREAM = 4096
LARGEST_TABLE = 109
MOST_ROWS = 65_536

_BOF, _EOF, _CODEPAGE, _FONT, _XF, _STYLE, _BOUNDSHEET = 0x0809, 0x000A, 0x0042, 0x0031, 0x00E0, 0x0293, 0x0085
_WINDOW1, _DIMENSION, _LABEL, _NUMBER, _WINDOW2 = 0x003D, 0x0200, 0x0204, 0x0203, 0x023E
_GLOBALS, _WORKSHEET = 0x0005, 0x0010
_CELL_FORMAT = 15
_STYLE_FORMATS = 15


class TooLargeForXls(Refusal):
    """The old format holds 65,536 rows a sheet and about seven megabytes in this writer."""


def write_biff(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets as a binary workbook. This will refuse more rows than the format holds."""
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise TooLargeForXls(f"{path.name}: {len(sheet.rows)} rows", to_do="Write it as .xlsx or .csv.")
    bodies = [_worksheet(sheet.rows) for sheet in sheets]
    path.write_bytes(_compound(_globals([sheet.name for sheet in sheets], bodies)))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _bof(kind: int) -> bytes:
    return _record(_BOF, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _text(text: str, length: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack(f"<{length}B", len(encoded) // 2, 1) + encoded


def _globals(names: Sequence[str], bodies: Sequence[bytes]) -> bytes:
    font = struct.pack("<HHHHHBBBB", 220, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + _text("宋体", "B")
    style_format = struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0x20C0)
    cell_format = struct.pack("<HHHBBBBIIH", 0, 0, 0x0001, 0x20, 0, 0, 0, 0, 0, 0x20C0)
    first = _bof(_GLOBALS) + _record(_CODEPAGE, struct.pack("<H", 1200))
    first += _record(_WINDOW1, struct.pack("<HHHHHHHHH", 0, 0, 16000, 9000, 0x38, 0, 0, 1, 600))
    first += _record(_FONT, font) * 5 + _record(_XF, style_format) * _STYLE_FORMATS + _record(_XF, cell_format)
    first += _record(_STYLE, struct.pack("<HBB", 0x8000, 0, 0xFF))
    size = len(first) + sum(len(_record(_BOUNDSHEET, b"\0" * 6 + _text(name, "B"))) for name in names) + 4
    entries, start = b"", size
    for name, body in zip(names, bodies, strict=True):
        entries += _record(_BOUNDSHEET, struct.pack("<IH", start, 0) + _text(name, "B"))
        start += len(body)
    return first + entries + _record(_EOF) + b"".join(bodies)


def _worksheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    widest = max((len(row) for row in rows), default=0)
    parts = [_bof(_WORKSHEET), _record(_DIMENSION, struct.pack("<IIHHH", 0, len(rows), 0, widest, 0))]
    for number, row in enumerate(rows):
        parts += _cells(number, row)
    parts += [_record(_WINDOW2, struct.pack("<HHHIHHI", 0x06B6, 0, 0, 64, 0, 0, 0)), _record(_EOF)]
    return b"".join(parts)


def _cells(number: int, row: Sequence[Cell]) -> Iterable[bytes]:
    for column, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        at = struct.pack("<HHH", number, column, _CELL_FORMAT)
        if isinstance(cell, int | float):
            yield _record(_NUMBER, at + struct.pack("<d", float(cell)))
        else:
            yield _record(_LABEL, at + _text(str(cell), "H"))


def _compound(stream: bytes) -> bytes:
    """Return a compound file (OLE2) that holds one stream named Workbook."""
    stream = stream.ljust(max(SMALLEST_STREAM, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    data = len(stream) // SECTOR
    tables = 1
    while tables * (SECTOR // 4) < data + tables + 1:
        tables += 1
    if tables > LARGEST_TABLE:
        raise TooLargeForXls(f"{len(stream)} bytes", to_do="Write it as .xlsx or .csv.")
    # Order of sectors: the allocation table, the directory, the stream.
    table = [FAT] * tables + [END] + [tables + 1 + n + 1 for n in range(data - 1)] + [END]
    table += [FREE] * (tables * (SECTOR // 4) - len(table))
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, tables + 1, len(stream))
    directory += _entry("", 0, 0, 0) * 2
    return _header(tables) + struct.pack(f"<{len(table)}I", *table) + directory + stream


def _header(tables: int) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, SMALLEST_STREAM, END, 0, END, 0)
    places = list(range(tables)) + [FREE] * (LARGEST_TABLE - tables)
    return head + struct.pack(f"<{LARGEST_TABLE}I", *places)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE) -> bytes:
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, FREE, child)
    return entry + b"\0" * 36 + struct.pack("<IQ", start, size)
