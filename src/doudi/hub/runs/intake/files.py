"""Files told apart by what is in them, never by their ending: .et is an .xls or an .xlsx, an .xls may be a web page."""

from __future__ import annotations

import codecs
import contextlib
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine
from lxml import etree, html

from doudi.hub.runs.intake.sheets import CsvSheet, MemorySheet, Sheet, even
from doudi.hub.tables.cells.cell import type_of_raw
from doudi.refusal import Refusal

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
NOT_TABLES = {
    b"%PDF": "PDF", b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"Rar!": "RAR 压缩包", b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包", b"{\\rtf": "RTF 文档",
}  # fmt: skip
LARGEST_ARCHIVE = 20 << 30
MOST_IN_ARCHIVE = 5_000
CHUNK = 1 << 22
# What reading a damaged archive may raise: besides its own errors those of what it is built on.
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, struct.error)
LOOKS_LIKE_HTML = re.compile(rb"^\s*(<!doctype html|<html|<head|<meta|<table|<\?xml[^>]*>\s*<html)", re.IGNORECASE)


class WrongFile(Refusal):
    """This is no table, or one that cannot be read."""


@dataclass(frozen=True)
class Received:
    """A file handed over: where it lies now, the name it came under (inside its archive, too), or why it is refused."""

    path: Path
    name: str
    refusal: WrongFile | None = None


@dataclass(frozen=True)
class Opened:
    """What kind of table a file is, the usual ending of that kind, and its sheets."""

    kind: str
    ending: str
    sheets: list[Sheet]
    encoding: str = ""


@contextlib.contextmanager
def unpacked(paths: list[Path]) -> Iterator[list[Received]]:
    """Give every file of these paths: files, folders with all below them, and what archives hold.

    A file that is broken is given with its refusal, and stops no other. This will refuse a path that is not there, and a
    folder without files. What archives held is gone when the block ends.
    """
    with tempfile.TemporaryDirectory(prefix="doudi-") as folder:
        yield [one for path in paths for one in _files_of(path, Path(folder))]


def _files_of(path: Path, scratch: Path) -> list[Received]:
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*") if one.is_file() and not _is_hidden(one.relative_to(path)))
        if not inside:
            raise WrongFile(f"文件夹 {path} 里没有文件。", to_do="请指明要收的文件。")
        return [found for one in inside for found in _files_of(one, scratch)]
    if not path.is_file():
        raise WrongFile(f"找不到文件 {path}。", to_do="请检查文件名和路径。Check the name and the path.")
    try:
        return _unpack(path, scratch) if _is_archive(path) else [Received(path, path.name)]
    except WrongFile as refusal:
        return [Received(path, path.name, refusal)]
    except OSError as error:
        return [Received(path, path.name, WrongFile(f"{path.name} 读不出来: {error.strerror}。", to_do="请检查文件和权限。"))]


def _is_archive(path: Path) -> bool:
    return _begins(path, len(ZIP)) == ZIP and _archive_kind(path) == "archive"


def _is_hidden(path: Path) -> bool:
    # ~$… is what Office leaves beside a file that is open; __MACOSX is what a Mac puts into archives.
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in path.parts)


def _archive_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and "content.xml" in names:
                return "ods" if b"spreadsheet" in archive.read("mimetype") else "document"
    except (*DAMAGE, RuntimeError) as error:
        raise _broken(path.name) from error
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "document" if any(name.startswith(("word/", "ppt/")) for name in names) else "archive"


def _unpack(path: Path, scratch: Path) -> list[Received]:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    found = []
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(Path(one.filename))]
        if sum(one.file_size for one in members) > LARGEST_ARCHIVE or len(members) > MOST_IN_ARCHIVE:
            raise WrongFile(f"压缩包 {path.name} 太大。", to_do="请解压后分批报送。")
        for place, member in enumerate(members):
            name, target = Path(_member_name(member)).name, folder / str(place)
            try:
                with archive.open(member) as source, open(target, "wb") as copy:
                    while chunk := source.read(CHUNK):
                        copy.write(chunk)
            except DAMAGE:
                found.append(Received(target, name, _broken(name)))
            except RuntimeError as error:
                raise WrongFile(f"压缩包 {path.name} 有密码。", to_do="请解压后报送。") from error
            else:
                found.append(Received(target, name))
    if not found:
        raise WrongFile(f"压缩包 {path.name} 里没有文件。", to_do="请检查后重新报送。")
    return found


def _broken(name: str) -> WrongFile:
    return WrongFile(f"{name} 已损坏，打不开。", to_do="请让报送单位重新发送。Ask for the file again.")


def _member_name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 0x800:
        return member.filename
    with contextlib.suppress(UnicodeError):
        return member.filename.encode("cp437").decode("gb18030")
    return member.filename


def open_file(received: Received) -> Opened:
    """Open a table and return its sheets. This will refuse what is no table, is broken, empty or locked."""
    begun = _begins(received.path, 2048)
    name = received.name
    if not begun.strip():
        raise WrongFile(f"{name} 是空文件。", to_do="请检查后重新报送。")
    for magic, what in NOT_TABLES.items():
        if begun.startswith(magic):
            raise WrongFile(f"{name} 是{what}，不是表格。", to_do="请报送 .xlsx、.xls、.et、.ods 或 .csv。")
    if begun.startswith(OLE):
        return _spreadsheet(received, ".xls")
    if begun.startswith(ZIP):
        kind = _archive_kind(received.path)
        if kind not in {"xlsx", "ods"}:
            raise WrongFile(f"{name} 是文档，不是表格。", to_do="请报送 .xlsx、.xls、.et、.ods 或 .csv。")
        return _spreadsheet(received, f".{kind}")
    return _text_file(received, begun)


def _spreadsheet(received: Received, ending: str) -> Opened:
    with open(received.path, "rb") as file:
        if ending == ".xls" and b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in file.read():
            raise WrongFile(f"{received.name} 加了密码，打不开。", to_do="请取消密码后重新报送。")
        file.seek(0)
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
            names = [one.name for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
            sheets: list[Sheet] = [_memory_sheet(book.get_sheet_by_name(name)) for name in names]
        except python_calamine.PasswordError as error:
            raise WrongFile(f"{received.name} 加了密码，打不开。", to_do="请取消密码后重新报送。") from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise _unreadable(received.name, error) from error
        except BaseException as error:
            # On some damaged .xls calamine panics: what comes is no Exception, and its class cannot be imported.
            if type(error).__name__ != "PanicException":
                raise
            raise _unreadable(received.name, error) from None
    return Opened("电子表格", ending, sheets)


def _unreadable(name: str, error: BaseException) -> WrongFile:
    return WrongFile(f"{name} 已损坏或不是表格: {error}", to_do="请在 WPS 或 Excel 里打开，另存为 .xlsx 后重新报送。")


def _memory_sheet(sheet: Any) -> MemorySheet:
    rows = sheet.to_python(skip_empty_area=False)
    merged: dict[int, dict[int, int]] = {}
    for (top, left), (bottom, right) in getattr(sheet, "merged_cell_ranges", None) or []:
        for place in range(left, right + 1) if bottom > top else ():
            merged.setdefault(place, {}).update(dict.fromkeys(range(top + 1, bottom + 1), top))
    return MemorySheet(sheet.name, rows, merged)


def _text_file(received: Received, begun: bytes) -> Opened:
    encoding = encoding_of(received.path)
    if encoding is None:
        raise WrongFile(f"{received.name} 不是表格，或者文字编码认不出来。", to_do="请另存为 .xlsx 后重新报送。")
    start = begun.decode(encoding, "ignore").encode()
    if LOOKS_LIKE_HTML.match(start) or b"<table" in start.lower():
        return Opened("网页表格", ".html", _html_sheets(received, encoding), encoding)
    if start.lstrip().startswith(b"<?xml"):
        raise WrongFile(f"{received.name} 是 XML，不是表格。", to_do="请另存为 .xlsx 后重新报送。")
    sheet = CsvSheet(Path(received.name).stem, received.path, encoding, "")
    lines = begun.decode(encoding, "ignore").splitlines()[:-1] or begun.decode(encoding, "ignore").splitlines()
    sheet.separator = max(",\t;|", key=lambda one: (sum(line.count(one) for line in lines), -",\t;|".index(one)))
    return Opened("文本表格", ".tsv" if sheet.separator == "\t" else ".csv", [sheet], encoding)


def encoding_of(path: Path) -> str | None:
    """Return the encoding in which the whole file can be read: utf-8, utf-16 or gb18030; None when in none of them."""
    begun = _begins(path, 4)
    if begun.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _decodes(path, "utf-16") else None
    if b"\0" in _begins(path, 4096):
        return None
    return next((one for one in ("utf-8", "gb18030") if _decodes(path, one)), None)


def _decodes(path: Path, encoding: str) -> bool:
    if encoding == "utf-8":
        return _is_utf8(path)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(path: Path) -> bool:
    """Return whether a file is UTF-8, by Arrow, which is three times as fast at it as a Python decoder."""
    cut = b""
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                lines, newline, cut = (cut + chunk).rpartition(b"\n")
                _check_utf8(lines + newline)
        _check_utf8(cut)
    except pa.ArrowInvalid:
        return False
    return True


def _check_utf8(text: bytes) -> None:
    offsets = np.array([0, len(text)], dtype=np.int32)
    pa.BinaryArray.from_buffers(pa.binary(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(text)]).cast(pa.string())


def _html_sheets(received: Received, encoding: str) -> list[Sheet]:
    text = received.path.read_text(encoding=encoding)
    try:
        tree = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (etree.ParserError, ValueError) as error:
        raise WrongFile(f"{received.name} 已损坏，打不开。", to_do="请另存为 .xlsx 后重新报送。") from error
    tables = [one for one in tree.iter("table") if not list(one.iterdescendants("table"))]
    if not tables:
        raise WrongFile(f"{received.name} 是网页，里面没有表格。", to_do="请报送表格文件。")
    return [MemorySheet(f"表{place}", even(_table_rows(one))) for place, one in enumerate(tables, 1)]


def _table_rows(table: Any) -> list[list[type_of_raw]]:
    rows: list[list[type_of_raw]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for line in table.iter("tr"):
        row: list[type_of_raw] = []
        for cell in line.iterchildren("td", "th"):
            _hang(row, hanging)
            text = " ".join(cell.text_content().split())
            down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            for place in range(across):
                if down > 1:
                    hanging[len(row)] = (down - 1, text if place == 0 else "")
                row.append(text if place == 0 else "")
        _hang(row, hanging)
        rows.append(row)
    return rows


def _hang(row: list[type_of_raw], hanging: dict[int, tuple[int, str]]) -> None:
    """Add the cells that reach down into this row from rows above."""
    while len(row) in hanging:
        left, text = hanging.pop(len(row))
        if left > 1:
            hanging[len(row)] = (left - 1, text)
        row.append(text)


def _span(written: str | None) -> int:
    return max(1, min(int(written), 1000)) if written and written.isdigit() else 1


def _begins(path: Path, count: int) -> bytes:
    with open(path, "rb") as file:
        return file.read(count)
