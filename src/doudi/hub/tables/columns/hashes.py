"""A 64-bit number for each row of a table, so that rows of one key can be found among millions in little memory.

Equal rows have equal numbers. Different rows may, very rarely, share one: whoever finds equals looks at the rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from doudi.hub.tables.columns.arrays import lengths, mask_array, matrix_of

type_of_hashes = npt.NDArray[np.uint64]
ODD = np.uint64(0x9E3779B97F4A7C15)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
EMPTY = np.uint64(0x2545F4914F6CDD1D)


def row_hashes(columns: Sequence[pa.Array]) -> type_of_hashes:
    """Return the number of each row over these columns, null being a value of its own."""
    total = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        total = _mixed(total * MIX_2 + _column_hashes(column))
    return total


def _column_hashes(column: pa.Array) -> type_of_hashes:
    if column.null_count:
        known = column.is_valid()
        found = np.full(len(column), EMPTY, dtype=np.uint64)
        here = np.flatnonzero(np.unpackbits(_packed(known), bitorder="little", count=len(column)))
        found[here] = _column_hashes(column.filter(known))
        return found
    if column.type == pa.string():
        return _text_hashes(column)
    if column.type == pa.bool_():
        return _text_hashes(column.cast(pa.string()))
    width = np.int32 if column.type == pa.date32() else np.int64
    numbers = np.frombuffer(column.buffers()[1], dtype=width)[column.offset : column.offset + len(column)]
    return _mixed(numbers.astype(np.int64).view(np.uint64) + ODD)


def _packed(mask: pa.BooleanArray) -> npt.NDArray[np.uint8]:
    return np.frombuffer(mask.buffers()[1], dtype=np.uint8)


def _text_hashes(texts: pa.StringArray) -> type_of_hashes:
    found = np.zeros(len(texts), dtype=np.uint64)
    size = lengths(texts)
    for length in np.unique(size):
        here = size == length
        same = texts if here.all() else texts.filter(mask_array(here))
        blocks = np.zeros((len(same), -(-int(length) // 8) * 8), dtype=np.uint8)
        blocks[:, :length] = matrix_of(same, int(length))
        total = np.full(len(same), length, dtype=np.uint64) * ODD
        for block in blocks.view(np.uint64).T:
            total = _mixed(total ^ block)
        found[here] = total
    return found


def _mixed(numbers: type_of_hashes) -> type_of_hashes:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * MIX_1
    numbers = (numbers ^ (numbers >> np.uint64(27))) * MIX_2
    return numbers ^ (numbers >> np.uint64(31))
