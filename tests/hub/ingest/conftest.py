"""A small county's files, written as departments write them, and the command that takes them in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from doudi.hub.runs.ingest import Outcome, Request, ingest
from doudi.hub.tables.cells.identity import check_character
from doudi.hub.tables.contract import Contract
from doudi.hub.tables.store import Store

RECEIVED = dt.datetime(2025, 11, 5, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
Rows = Sequence[Sequence[Any]]
Person = Callable[[int], str]
WriteXlsx = Callable[..., Path]
WriteCsv = Callable[..., Path]
Take = Callable[..., Outcome]
TakeAll = Callable[..., list[Outcome]]
RowsOf = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def person() -> Person:
    """Return a function that gives the identity number of made-up person 1, 2, 3 …"""

    def number(which: int) -> str:
        seventeen = f"999281194001{which % 28 + 1:02d}{which:03d}"
        return seventeen + check_character(seventeen)

    return number


@pytest.fixture
def store(tmp_path: Path, contracts: dict[str, Contract]) -> Store:
    return Store(tmp_path / "store", contracts)


@pytest.fixture
def write_xlsx(tmp_path: Path) -> WriteXlsx:
    """Return a function that writes rows, or sheets of rows, to an .xlsx file and gives its path."""

    def write(name: str, rows: Rows | dict[str, Rows], merge: Sequence[tuple[int, int, int, int]] = ()) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
            for sheet_name, lines in (rows if isinstance(rows, dict) else {"Sheet1": rows}).items():
                sheet = book.add_worksheet(sheet_name)
                for at, line in enumerate(lines):
                    sheet.write_row(at, 0, line)
                for top, left, bottom, right in merge:
                    sheet.merge_range(top, left, bottom, right, lines[top][left])
        return path

    return write


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Return a function that writes rows to a text file in an encoding and gives its path."""

    def write(name: str, rows: Rows, encoding: str = "utf-8", separator: str = ",") -> Path:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=separator).writerows(rows)
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def take_all(store: Store) -> TakeAll:
    """Return a function that takes files in and gives what became of each."""

    def take(*paths: Path, **asked: Any) -> list[Outcome]:
        asked.setdefault("received_at", RECEIVED)
        return ingest(store, Request(tuple(paths), **asked))

    return take


@pytest.fixture
def take(take_all: TakeAll) -> Take:
    """Return a function that takes one file in and gives what became of it."""

    def one(path: Path, **asked: Any) -> Outcome:
        (outcome,) = take_all(path, **asked)
        return outcome

    return one


@pytest.fixture
def rows_of(store: Store) -> RowsOf:
    """Return a function that gives the accepted rows of a data set's month that hold now."""

    def rows(dataset: str, month: str = "2025-10") -> list[dict[str, Any]]:
        tables = [pq.read_table(path) for path in store.paths(dataset, month)]
        found: list[dict[str, Any]] = pa.concat_tables(tables).to_pylist() if tables else []
        return found

    return rows


@pytest.fixture
def deaths(person: Person) -> Rows:
    """A list of two deaths, as the health commission sends it: title, heading, rows, total, footer."""
    return [
        ["2025年10月死亡人员名单"],
        ["序号", "姓名", "身份证号码", "死亡日期"],
        [1, "赵甲", person(1), "2025-10-03"],
        [2, "钱乙", person(2), "2025年10月4日"],
        ["合计", 2, "", ""],
        ["制表人：虚构", "", "", ""],
    ]
