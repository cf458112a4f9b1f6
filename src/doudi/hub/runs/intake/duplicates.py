"""Rows of one file that say the same key twice: the same row again is ignored, two different rows are both refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.hub.tables.columns.arrays import mask_array
from doudi.hub.tables.columns.fast import mask_indices
from doudi.hub.tables.columns.hashes import row_hashes, type_of_hashes
from doudi.hub.tables.contract import Contract
from doudi.hub.tables.schema import REMARKS, SOURCE_ROW, SOURCE_SHEET

SAME_ROW = "与前面的行完全相同"
CONFLICT = "与第{row}行的{key}相同，内容不同，不知道哪一行对"


@dataclass
class Duplicates:
    """What to take out of a part again: which rows, how many were the same row again, and which conflict.

    `remarks` are those on the rows taken out, which then count no more.
    """

    keep: npt.NDArray[np.bool_]
    same: int = 0
    conflicts: list[tuple[str, int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def found(self) -> bool:
        """Return whether any row is to be taken out."""
        return not bool(self.keep.all())


def key_hashes(table: pa.Table, contract: Contract) -> type_of_hashes:
    """Return the number of each row's key. A row whose key has a blank is known by all it says."""
    columns = {name: _one(table.column(name)) for name in contract.by_name}
    keys = [columns[name] for name in contract.key]
    hashes = row_hashes(keys)
    blank = np.zeros(table.num_rows, dtype=np.bool_)
    for key in keys:
        if key.null_count:
            blank |= np.array([not known for known in key.is_valid().to_pylist()], dtype=np.bool_)
    if blank.any():
        hashes[blank] = row_hashes([column.filter(mask_array(blank)) for column in columns.values()])
    return hashes


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.nulls(0, column.type)])


def find_duplicates(part: Path, contract: Contract, hashes: type_of_hashes) -> Duplicates:
    """Return which rows of a written part share a key, `hashes` being those of its rows in order."""
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    duplicates = Duplicates(np.ones(len(hashes), dtype=np.bool_))
    if not len(twice):
        return duplicates
    suspects = np.flatnonzero(np.isin(hashes, twice))
    groups: dict[tuple[Any, ...], list[tuple[int, dict[str, Any]]]] = {}
    for ordinal, row in zip(suspects, _rows(part, suspects), strict=True):
        key = tuple(row[name] for name in contract.key)
        if None in key:
            key = tuple(row[name] for name in contract.by_name)
        groups.setdefault(key, []).append((int(ordinal), row))
    for rows in groups.values():
        if len(rows) > 1:
            _judge(rows, contract, duplicates)
    return duplicates


def _judge(rows: list[tuple[int, dict[str, Any]]], contract: Contract, duplicates: Duplicates) -> None:
    def take_out(ordinal: int, row: dict[str, Any]) -> None:
        duplicates.keep[ordinal] = False
        duplicates.remarks += [row[REMARKS]] if row[REMARKS] else []

    said = {tuple(row[name] for name in contract.by_name) for _, row in rows}
    if len(said) == 1:
        duplicates.same += len(rows) - 1
        for ordinal, row in rows[1:]:
            take_out(ordinal, row)
        return
    labels = "、".join(contract.by_name[name].label for name in contract.key)
    for ordinal, row in rows:
        other = next(one[SOURCE_ROW] for at, one in rows if at != ordinal)
        take_out(ordinal, row)
        duplicates.conflicts.append((row[SOURCE_SHEET], row[SOURCE_ROW], CONFLICT.format(row=other, key=labels)))


def _rows(part: Path, ordinals: npt.NDArray[np.intp]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start = 0
    with pq.ParquetFile(part) as file:
        for batch in file.iter_batches():
            here = ordinals[(ordinals >= start) & (ordinals < start + batch.num_rows)] - start
            if len(here):
                found += batch.take(mask_indices(here)).to_pylist()
            start += batch.num_rows
    return found
