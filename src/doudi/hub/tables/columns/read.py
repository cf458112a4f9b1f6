"""Read a whole column: the fast path first, then the cell readers once for each different cell that is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doudi.hub.tables.cells.cell import Cell, CellRule
from doudi.hub.tables.cells.read import read_cell
from doudi.hub.tables.columns.arrays import (
    bool_array,
    int_array,
    mask_array,
    optional_text_array,
    type_of_ints,
    type_of_mask,
)
from doudi.hub.tables.columns.fast import FAST, mask_indices
from doudi.hub.tables.columns.raw import UNIX_DAY_ZERO, RawColumn
from doudi.hub.tables.schema import arrow_type

MOST_REMEMBERED = 100_000


@dataclass(frozen=True)
class ReadColumn:
    """The values of a column, the remarks on each row, and the problems by row."""

    values: pa.Array
    remarks: npt.NDArray[np.uint16]
    problems: dict[int, str]


def read_column(rule: CellRule, column: RawColumn) -> ReadColumn:
    """Read every cell of a column. A row with a problem has null for a value."""
    fast = FAST[rule.column.kind](rule, column) if rule.column.kind in FAST else None
    done = fast.done if fast is not None else np.zeros(len(column), dtype=np.bool_)
    remarks = np.zeros(len(column), dtype=np.uint16)
    if fast is not None and fast.remarks is not None:
        remarks |= np.where(done, fast.remarks, 0).astype(np.uint16)
    slow = list(_read_slowly(rule, column, done))
    problems: dict[int, str] = {}
    for rows, which, cells in slow:
        flags = np.array([cell.remark for cell in cells], dtype=np.uint16)
        remarks[rows] |= flags[which]
        wrong = np.array([bool(cell.problem) for cell in cells], dtype=np.bool_)[which]
        problems |= {int(row): cells[place].problem for row, place in zip(rows[wrong], which[wrong], strict=True)}
    kind = arrow_type(rule.column)
    values = fast.values if fast is not None else None
    if kind == pa.string():
        return ReadColumn(_texts(column, values, done, slow), remarks, problems)
    return ReadColumn(_numbers(column, values, done, slow, kind), remarks, problems)


type_of_slow = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], list[Cell]]


def _read_slowly(rule: CellRule, column: RawColumn, done: type_of_mask) -> Iterator[type_of_slow]:
    """Yield the rows that were left, for each which of the cells read it is, and the cells read."""
    texts = np.flatnonzero(~done & column.text_at())
    if len(texts):
        left = column.texts if len(texts) == len(column) else column.texts.take(mask_indices(texts))
        different = left.dictionary_encode()
        cells = [_remembered(rule, text) for text in different.dictionary.to_pylist()]
        yield texts, np.frombuffer(different.indices.buffers()[1], dtype=np.int32)[: len(texts)].astype(np.intp), cells
    if column.numbers is not None and column.number_at is not None:
        rows = np.flatnonzero(~done & column.number_at)
        numbers, which = np.unique(column.numbers[rows], return_inverse=True)
        yield rows, which, [read_cell(rule, float(number)) for number in numbers]
    if column.days is not None and column.day_at is not None:
        rows = np.flatnonzero(~done & column.day_at)
        days, which = np.unique(column.days[rows], return_inverse=True)
        yield rows, which, [read_cell(rule, dt.date.fromordinal(int(day) + UNIX_DAY_ZERO)) for day in days]
    if column.others:
        rows = np.array(sorted(column.others), dtype=np.intp)
        yield rows, np.arange(len(rows)), [read_cell(rule, column.others[int(row)]) for row in rows]


def _remembered(rule: CellRule, text: str) -> Cell:
    cell = rule.memory.get(text)
    if cell is None:
        if len(rule.memory) >= MOST_REMEMBERED:
            rule.memory.clear()
        cell = rule.memory[text] = read_cell(rule, text)
    return cell


def _texts(column: RawColumn, fast: Any, done: type_of_mask, slow: list[type_of_slow]) -> pa.StringArray:
    values = fast if fast is not None else column.texts
    for rows, which, cells in slow:
        if not len(rows):
            continue
        read = optional_text_array([cell.value if isinstance(cell.value, str) else None for cell in cells])
        here = np.zeros(len(column), dtype=np.bool_)
        here[rows] = True
        spread = read.take(mask_indices(which))
        values = spread if here.all() else pc.replace_with_mask(values, mask_array(here), spread)
    return values


def _numbers(
    column: RawColumn, fast: Any, done: type_of_mask, slow: list[type_of_slow], kind: pa.DataType
) -> pa.Array:
    values: type_of_ints = fast if fast is not None else np.zeros(len(column), dtype=np.int64)
    valid = done.copy()
    for rows, which, cells in slow:
        if not len(rows):
            continue
        read = np.array([_whole(cell) for cell in cells], dtype=np.int64)
        known = np.array([cell.value is not None for cell in cells], dtype=np.bool_)
        values[rows] = read[which]
        valid[rows] = known[which]
    if kind == pa.bool_():
        return bool_array(values.astype(np.bool_), valid)
    return int_array(values, valid, kind)


def _whole(cell: Cell) -> int:
    if isinstance(cell.value, dt.date):
        return cell.value.toordinal() - UNIX_DAY_ZERO
    return int(cell.value) if cell.value is not None else 0
