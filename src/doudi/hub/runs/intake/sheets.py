"""Sheets of cells: held in memory (spreadsheets, HTML) or streamed from disk (CSV), read the same way.

Row numbers count from 1, as a spreadsheet shows them; in a CSV file a record with line breaks inside is one row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from doudi.hub.tables.cells.cell import type_of_raw
from doudi.hub.tables.columns.raw import RawColumn, raw_column
from doudi.refusal import Refusal

# Small enough for a processor to keep a batch of cells at hand, large enough for whole-column work to pay.
ROWS_A_BATCH = 16_384
BYTES_A_BLOCK = 8 << 20
MARK = "\ufeff"
type_of_rows = npt.NDArray[np.int64]


class BrokenTable(Refusal):
    """A file begins like a table and cannot be read to its end."""


@dataclass(frozen=True)
class Batch:
    """Some rows of a sheet: their numbers, the columns asked for, and any row again as the file has it.

    `too_wide` are the rows (by place in the batch) that hold more cells than the heading, `merged` those that took a
    cell from a merged cell above them.
    """

    numbers: type_of_rows
    columns: dict[int, RawColumn]
    cells: Callable[[int], list[type_of_raw]]
    too_wide: frozenset[int] = frozenset()
    merged: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.numbers)


class Sheet(Protocol):
    """A table as it came: no row has been left out, none has been understood."""

    name: str

    def head(self, rows: int) -> list[list[type_of_raw]]:
        """Return the first rows."""

    def batches(self, *, after: int, width: int, places: Sequence[int], fill: Set[int]) -> Iterator[Batch]:
        """Yield the rows after the heading, with these columns; every row exactly once.

        In the columns of `fill`, cells that were merged downwards take the value of the topmost.
        """

    def height(self) -> int:
        """Return the number of rows. For a streamed sheet it is known only after all batches were read."""

    def portion(self) -> float:
        """Return how much of the sheet has been read, from 0 to 1."""


@dataclass
class MemorySheet:
    """A sheet whose rows are in memory. `merged` says for a column and a row from which row its cell was merged."""

    name: str
    rows: list[list[type_of_raw]]
    merged: dict[int, dict[int, int]] = field(default_factory=dict)
    _read: int = 0

    def head(self, rows: int) -> list[list[type_of_raw]]:
        """Return the first rows, merged headings filled downwards."""
        filled = [list(row) for row in self.rows[:rows]]
        for place, tops in self.merged.items():
            for row, top in tops.items():
                if row < len(filled):
                    filled[row][place] = self.rows[top][place]
        return filled

    def batches(self, *, after: int, width: int, places: Sequence[int], fill: Set[int]) -> Iterator[Batch]:
        """Yield the rows after the heading, with these columns."""
        for start in range(after, len(self.rows), ROWS_A_BATCH):
            rows = self.rows[start : start + ROWS_A_BATCH]
            self._read = start + len(rows)
            merged: set[int] = set()
            columns = {}
            for place in places:
                cells = [row[place] for row in rows]
                tops = self._tops(place, start, cells) if place in fill else {}
                merged |= set(tops)
                columns[place] = raw_column([tops.get(row, cell) for row, cell in enumerate(cells)] if tops else cells)
            numbers = np.arange(start + 1, start + len(rows) + 1, dtype=np.int64)
            yield Batch(numbers, columns, rows.__getitem__, merged=frozenset(merged))

    def _tops(self, place: int, start: int, cells: Sequence[type_of_raw]) -> dict[int, type_of_raw]:
        """Return for the blank cells of a batch's column that were merged downwards what the topmost says."""
        merged = self.merged.get(place, {})
        return {
            row - start: self.rows[top][place] for row, top in merged.items() if 0 <= row - start < len(cells) and cells[row - start] == ""
        }

    def height(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def portion(self) -> float:
        """Return how much has been read."""
        return self._read / len(self.rows) if self.rows else 1.0


def even(rows: list[list[type_of_raw]]) -> list[list[type_of_raw]]:
    """Return rows of one length, with blanks added at their ends."""
    width = max((len(row) for row in rows), default=0)
    return [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]


@dataclass
class CsvSheet:
    """A text file of separated cells, streamed block by block so that its size does not matter."""

    name: str
    path: Path
    encoding: str
    separator: str
    _height: int = 0
    _portion: float = 0.0
    _stray: list[tuple[int, list[type_of_raw]]] = field(default_factory=list)

    def head(self, rows: int) -> list[list[type_of_raw]]:
        """Return the first rows."""
        with open(self.path, encoding=self.encoding, errors="replace", newline="") as file:
            if self.encoding == "utf-8" and file.read(1) != MARK:
                file.seek(0)
            try:
                return [[*row] for row in islice(csv.reader(file, delimiter=self.separator), rows)]
            except csv.Error as error:
                raise self._broken(error) from error

    def batches(self, *, after: int, width: int, places: Sequence[int], fill: Set[int]) -> Iterator[Batch]:
        """Yield the rows after the heading, with these columns; rows of another width come last."""
        del fill  # a text file has no merged cells
        self._stray = []
        number = 0
        size = max(self.path.stat().st_size, 1)
        with pa.OSFile(str(self.path)) as file:
            for block in _ahead(self._blocks(file, width)):
                numbers, number = self._numbers(number, block.num_rows)
                keep = int(np.searchsorted(numbers, after, side="right"))
                self._portion = min(file.tell() / size, 1.0)
                if keep == block.num_rows:
                    continue
                block = block.slice(keep)
                columns = {place: RawColumn(_whole(block.column(place))) for place in places}
                yield Batch(numbers[keep:], columns, _row_of(block))
        self._height, self._portion = max([number, *(row for row, _ in self._stray)]), 1.0
        stray = [(row, cells) for row, cells in self._stray if row > after]
        if stray:
            yield _stray_batch(stray, width, places)

    def _blocks(self, file: pa.NativeFile, width: int) -> Iterator[pa.RecordBatch]:
        names = [str(place) for place in range(width)]
        # Arrow reads utf8 as it is, and has anything else, even "utf-8", decoded and encoded again.
        encoding = "utf8" if self.encoding == "utf-8" else self.encoding
        try:
            yield from arrow_csv.open_csv(
                file,
                read_options=arrow_csv.ReadOptions(
                    column_names=names, encoding=encoding, use_threads=False, block_size=BYTES_A_BLOCK
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self.separator, newlines_in_values=True, ignore_empty_lines=False,
                    invalid_row_handler=self._keep_stray,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
                ),
            )  # fmt: skip
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> BrokenTable:
        return BrokenTable(f"{self.name} 读到一半读不下去了: {error}", to_do="请在 WPS 或 Excel 里打开，另存为 .xlsx 后重新报送。")

    def _keep_stray(self, row: arrow_csv.InvalidRow) -> str:
        cells: list[type_of_raw] = [*next(csv.reader(io.StringIO(row.text, newline=""), delimiter=self.separator), [])]
        self._stray.append((row.number, cells))
        return "skip"

    def _numbers(self, number: int, count: int) -> tuple[type_of_rows, int]:
        """Return the numbers of the next `count` rows, leaving out those of another width, and the last one."""
        stray = {row for row, _ in self._stray if row > number}
        if not stray:
            return np.arange(number + 1, number + count + 1, dtype=np.int64), number + count
        numbers: list[int] = []
        while len(numbers) < count:
            number += 1
            if number not in stray:
                numbers.append(number)
        return np.array(numbers, dtype=np.int64), number

    def height(self) -> int:
        """Return the number of rows, once all batches were read."""
        return self._height

    def portion(self) -> float:
        """Return how much of the file has been read."""
        return self._portion


def _ahead(blocks: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield blocks, the next one being parsed (Arrow leaves the lock free) while this one is looked at."""
    with ThreadPoolExecutor(max_workers=1) as behind:
        coming = behind.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = behind.submit(next, blocks, None)
            yield block


def _stray_batch(stray: list[tuple[int, list[type_of_raw]]], width: int, places: Sequence[int]) -> Batch:
    too_wide = frozenset(place for place, (_, cells) in enumerate(stray) if any(_is_filled(c) for c in cells[width:]))
    rows = [[*cells[:width], *[""] * (width - len(cells))] for _, cells in stray]
    columns = {place: raw_column([row[place] for row in rows]) for place in places}
    numbers = np.array([number for number, _ in stray], dtype=np.int64)
    return Batch(numbers, columns, lambda place: stray[place][1], too_wide)


def _is_filled(cell: type_of_raw) -> bool:
    return cell is not None and str(cell).strip() != ""


def _row_of(block: pa.RecordBatch) -> Callable[[int], list[type_of_raw]]:
    return lambda place: [column[place].as_py() for column in block.columns]


def _whole(column: pa.StringArray) -> pa.StringArray:
    # The fast path reads buffers, which a slice shares with what it was cut from.
    return column if column.offset == 0 else pa.concat_arrays([column])
