"""Arrow arrays from Python lists and NumPy arrays, without `pa.array`.

`pa.array` imports pandas, a second and a half on a small machine, before it looks at anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

type_of_mask = npt.NDArray[np.bool_]
type_of_bytes = npt.NDArray[np.uint8]
type_of_ints = npt.NDArray[np.int64]
type_of_rows = npt.NDArray[np.intp]

NUL = "\0"


def text_array(texts: Sequence[str]) -> pa.StringArray:
    """Return an Arrow array of texts, none of them null."""
    joined = NUL.join(texts)
    if not texts or joined.count(NUL) != len(texts) - 1:  # a cell that holds a NUL character, or no cell at all
        builder = pa.lib.StringBuilder()
        builder.append_values(list(texts))
        return builder.finish()
    data = np.frombuffer(joined.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    ends = np.append(np.flatnonzero(data == 0), len(data))
    offsets = np.zeros(len(texts) + 1, dtype=np.int32)
    offsets[1:] = ends - np.arange(len(texts))
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(data[data != 0]))


def blank_array(count: int) -> pa.StringArray:
    """Return an Arrow array of so many empty texts."""
    return pa.StringArray.from_buffers(count, pa.py_buffer(np.zeros(count + 1, dtype=np.int32)), pa.py_buffer(b""))


def optional_text_array(texts: Sequence[str | None]) -> pa.StringArray:
    """Return an Arrow array of texts in which None is null."""
    builder = pa.lib.StringBuilder()
    builder.append_values(list(texts))
    return builder.finish()


def mask_array(mask: type_of_mask) -> pa.BooleanArray:
    """Return an Arrow array of a NumPy mask."""
    return pa.BooleanArray.from_buffers(pa.bool_(), len(mask), [None, _bits(mask)])


def mask_of(array: pa.BooleanArray) -> type_of_mask:
    """Return the NumPy mask of an Arrow array; null is False."""
    def bits(buffer: pa.Buffer) -> type_of_mask:
        whole = np.unpackbits(np.frombuffer(buffer, dtype=np.uint8), bitorder="little", count=end)
        return whole[array.offset :].astype(np.bool_)

    end = array.offset + len(array)
    known, values = array.buffers()
    return bits(values) & bits(known) if known is not None else bits(values)


def int_array(values: type_of_ints, valid: type_of_mask, kind: pa.DataType) -> pa.Array:
    """Return an Arrow array of whole numbers or days; null where not valid."""
    narrow = np.ascontiguousarray(values, dtype=np.int32 if kind == pa.date32() else np.int64)
    known = None if valid.all() else _bits(valid)
    return pa.Array.from_buffers(kind, len(narrow), [known, pa.py_buffer(narrow)])


def bool_array(values: type_of_mask, valid: type_of_mask) -> pa.BooleanArray:
    """Return an Arrow array of booleans; null where not valid."""
    known = None if valid.all() else _bits(valid)
    return pa.BooleanArray.from_buffers(pa.bool_(), len(values), [known, _bits(values)])


def lengths(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    """Return the number of bytes of each text."""
    return np.diff(offsets_of(texts))


def offsets_of(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    """Return where each text begins in the bytes of the array, and where the last one ends."""
    buffer = texts.buffers()[1]
    whole = np.frombuffer(buffer, dtype=np.int32, count=len(texts) + texts.offset + 1)
    return whole[texts.offset :]


def bytes_of(texts: pa.StringArray) -> type_of_bytes:
    """Return the bytes of all texts, one after the other."""
    offsets, data = offsets_of(texts), texts.buffers()[2]
    if data is None or len(texts) == 0:
        return np.zeros(0, dtype=np.uint8)
    return np.frombuffer(data, dtype=np.uint8, count=int(offsets[-1]))[int(offsets[0]) :]


def matrix_of(texts: pa.StringArray, length: int) -> type_of_bytes:
    """Return the bytes of texts that all have this length, one row a text."""
    return bytes_of(texts).reshape(len(texts), length)


def rows_with(texts: pa.StringArray, suspects: type_of_mask) -> type_of_rows:
    """Return the rows (some more than once) that hold one of these bytes; `suspects` has 256 entries."""
    found = np.flatnonzero(suspects[bytes_of(texts)])
    if not len(found):
        return found
    starts = offsets_of(texts)
    return np.searchsorted(starts - starts[0], found, side="right") - 1


def _bits(mask: type_of_mask) -> pa.Buffer:
    return pa.py_buffer(np.packbits(mask, bitorder="little"))
