"""The fast path: clean cells of a column read with NumPy and Arrow, all at once.

Each reader answers for the cells it is sure of and leaves the others; `tests/hub/tables/test_same_answers.py` holds it
to the cell readers. `done` says which cells were read; the others go to `doudi.hub.tables.cells`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doudi.hub.tables.cells import amount
from doudi.hub.tables.cells.cell import BLANKS, NONE_WORDS, CellRule
from doudi.hub.tables.cells.day import EARLIEST, LATEST
from doudi.hub.tables.cells.identity import CHECK_CHARACTERS, EARLIEST_YEAR, WEIGHTS, known_areas
from doudi.hub.tables.columns.arrays import (
    lengths,
    mask_array,
    mask_of,
    matrix_of,
    rows_with,
    text_array,
    type_of_bytes,
    type_of_ints,
    type_of_mask,
)
from doudi.hub.tables.columns.raw import RawColumn
from doudi.hub.tables.remarks import Remark

DAYS_IN_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
LONGEST_SAFE_TEXT = 1500
LONGEST_SAFE_NAME = 60
LONGEST_SAFE_NUMBER = 15
LARGEST_SAFE_FLOAT = 10.0**15


@dataclass(frozen=True)
class Fast:
    """What the fast path read: values (an Arrow text array, or whole numbers), where, and what was remarked."""

    values: Any
    done: type_of_mask
    remarks: npt.NDArray[np.uint16] | None = None


def fast_identity(rule: CellRule, column: RawColumn) -> Fast:
    """Read identity numbers of 18 clean characters, and those that only have blanks or a G before them."""
    texts, remarks = column.texts, np.zeros(len(column), dtype=np.uint16)
    done = _sound_identities(rule, texts, remarks)
    left = np.flatnonzero(~done & (lengths(texts) >= 18))
    if not len(left):
        return Fast(texts, done, remarks)
    written = texts.take(mask_indices(left))
    upper = pc.utf8_upper(written)
    cleaned = pc.replace_substring_regex(upper, pattern=r"^\s*G?\s*|\s+", replacement="")
    found = np.zeros(len(left), dtype=np.uint16)
    sound = _sound_identities(rule, cleaned, found)
    found[~mask_of(pc.equal(cleaned, upper))] |= int(Remark.CLEANED)
    rows = left[sound]
    if len(rows):
        changed = np.zeros(len(column), dtype=np.bool_)
        changed[rows] = True
        texts = pc.replace_with_mask(texts, mask_array(changed), cleaned.filter(mask_array(sound)))
        done |= changed
        remarks[rows] = found[sound]
    return Fast(texts, done, remarks)


def _sound_identities(rule: CellRule, texts: pa.StringArray, remarks: npt.NDArray[np.uint16]) -> type_of_mask:
    right_length = lengths(texts) == 18
    every = bool(right_length.all())
    matrix = matrix_of(texts if every else texts.filter(mask_array(right_length)), 18)
    places = np.ascontiguousarray(matrix.T)
    digits = places - np.uint8(48)
    sound = digits[:17].max(axis=0, initial=0) <= 9
    total = np.zeros(len(matrix), dtype=np.uint16)
    for weight, place in zip(WEIGHTS, digits[:17], strict=True):
        total += place * np.uint16(weight)
    sound &= np.frombuffer(CHECK_CHARACTERS.encode(), dtype=np.uint8)[total % 11] == places[17]
    year, month, day = _number(digits[6:10]), _number(digits[10:12]), _number(digits[12:14])
    sound &= _is_day(year, month, day) & (year >= EARLIEST_YEAR)
    sound &= (year * 10000 + month * 100 + day) <= rule.on.year * 10000 + rule.on.month * 100 + rule.on.day
    areas = np.where(sound, _number(digits[:6]), 0)
    unknown = ~_known_area_table()[areas] & sound
    rows = np.arange(len(texts)) if every else np.flatnonzero(right_length)
    remarks[rows[unknown]] |= int(Remark.AREA_UNKNOWN)
    done = np.zeros(len(texts), dtype=np.bool_)
    done[rows[sound]] = True
    return done


@cache
def _known_area_table() -> type_of_mask:
    table = np.zeros(1_000_000, dtype=np.bool_)
    table[list(known_areas())] = True
    return table


def _number(places: type_of_bytes) -> npt.NDArray[np.int32]:
    """Return the numbers whose digits these rows are, the first row the highest."""
    number: npt.NDArray[np.int32] = places[0].astype(np.int32)
    for place in places[1:]:
        number = number * 10 + place
    return number


def _is_day(
    year: npt.NDArray[np.int32], month: npt.NDArray[np.int32], day: npt.NDArray[np.int32]
) -> type_of_mask:
    known_month = (month >= 1) & (month <= 12)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = DAYS_IN_MONTH[np.where(known_month, month, 0)] + ((month == 2) & leap)
    sound: type_of_mask = known_month & (day >= 1) & (day <= last)
    return sound


def fast_date(rule: CellRule, column: RawColumn) -> Fast:
    """Read 2025-10-31, 2025/10/31, 2025.10.31, 20251031, and days a spreadsheet typed as such."""
    values, done = np.zeros(len(column), dtype=np.int64), np.zeros(len(column), dtype=np.bool_)
    size = lengths(column.texts)
    for length, places in ((10, (0, 5, 8)), (8, (0, 4, 6))):
        here = size == length
        if not here.any():
            continue
        matrix = matrix_of(column.texts if here.all() else column.texts.filter(mask_array(here)), length)
        days, sound = _days(matrix, places)
        rows = np.flatnonzero(here)
        values[rows[sound]] = days[sound]
        done[rows[sound]] = True
    if column.days is not None and column.day_at is not None:
        years = column.days.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
        sound = column.day_at & (years >= EARLIEST) & (years <= LATEST)
        values[sound] = column.days[sound]
        done |= sound
    return Fast(values, done)


def _days(matrix: type_of_bytes, places: tuple[int, int, int]) -> tuple[type_of_ints, type_of_mask]:
    year_at, month_at, day_at = places
    digits = np.ascontiguousarray(matrix.T) - np.uint8(48)
    figures = [*range(year_at, year_at + 4), month_at, month_at + 1, day_at, day_at + 1]
    sound = digits[figures].max(axis=0, initial=0) <= 9
    for between in set(range(matrix.shape[1])) - set(figures):
        sound &= _BETWEEN[digits[between]]
    year, month = _number(digits[year_at : year_at + 4]), _number(digits[month_at : month_at + 2])
    day = _number(digits[day_at : day_at + 2])
    sound &= _is_day(year, month, day) & (year >= EARLIEST) & (year <= LATEST)
    months = np.where(sound, (year - 1970) * 12 + month - 1, 0).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return months + np.where(sound, day - 1, 0), sound


def fast_amount(rule: CellRule, column: RawColumn) -> Fast:
    """Read plain figures with at most as many decimals as the stored unit has, as text or as a spreadsheet's number."""
    places = _places(amount.per_unit(rule))
    values, done = np.zeros(len(column), dtype=np.int64), np.zeros(len(column), dtype=np.bool_)
    if places is None:
        return Fast(values, done)
    _figures(column.texts, places, values, done)
    if column.numbers is not None and column.number_at is not None:
        per_unit = 10.0**places
        small = column.number_at & (np.abs(column.numbers) * per_unit < LARGEST_SAFE_FLOAT)
        whole = np.rint(np.where(small, column.numbers, 0.0) * per_unit)
        # A double equals whole / per_unit only if that is the decimal it was written as: both have under 16 figures.
        exact = small & (whole / per_unit == column.numbers)
        values[exact] = whole[exact].astype(np.int64)
        done |= exact
    done &= np.abs(values) < amount.LARGEST
    if rule.column.min is not None:
        done &= values >= rule.column.min
    if rule.column.max is not None:
        done &= values <= rule.column.max
    return Fast(values, done)


def _places(per_unit: int) -> int | None:
    places = len(str(per_unit)) - 1
    return places if 10**places == per_unit else None


def _figures(texts: pa.StringArray, places: int, values: type_of_ints, done: type_of_mask) -> None:
    size = lengths(texts)
    here = (size > 0) & (size <= LONGEST_SAFE_NUMBER)
    if not here.any():
        return
    here[rows_with(texts, _NO_FIGURES)] = False
    candidates = texts if here.all() else texts.filter(mask_array(here))
    rows = np.flatnonzero(here)
    read = _decimals(candidates, places)
    if read is None:
        pattern = r"^-?\d+$" if places == 0 else rf"^-?\d+(\.\d{{1,{places}}})?$"
        sound = mask_of(pc.match_substring_regex(candidates, pattern=pattern))
        rows = rows[sound]
        read = _decimals(candidates.filter(mask_array(sound)), places)
    if read is not None and len(rows):
        values[rows] = read
        done[rows] = True


def _decimals(texts: pa.StringArray, places: int) -> type_of_ints | None:
    """Return figures, points and signs in stored units, or None when one of the texts is no number of that kind."""
    try:
        # A decimal of scale n is held as its whole number of n-th parts, in sixteen bytes: fen, as they stand.
        decimals = texts.cast(pa.decimal128(24, places))
    except pa.ArrowInvalid:
        return None
    return np.frombuffer(decimals.buffers()[1], dtype=np.int64)[::2][: len(texts)]


def fast_text(rule: CellRule, column: RawColumn) -> Fast:
    """Read text in which no character needs cleaning."""
    del rule
    return Fast(column.texts, _plain(column.texts, _TEXT_SUSPECTS, LONGEST_SAFE_TEXT))


def fast_name(rule: CellRule, column: RawColumn) -> Fast:
    """Read names of plain Chinese or Latin letters."""
    del rule
    return Fast(column.texts, _plain(column.texts, _NAME_SUSPECTS, LONGEST_SAFE_NAME))


def _suspects(more: bytes) -> type_of_mask:
    """Return which bytes may belong to a blank, a quotation mark, a full-width or an invisible character."""
    table = np.zeros(256, dtype=np.bool_)
    table[:0x21] = True
    table[list(b"\"'=\x7f\xc2\xe2\xe3\xef" + more)] = True
    return table


# Which bytes, 48 less, may stand between year, month and day.
_BETWEEN = np.isin(np.arange(256), [(byte - 48) % 256 for byte in b"-/."])
_NO_FIGURES = ~np.isin(np.arange(256), list(b"-.0123456789"))
_TEXT_SUSPECTS = _suspects(b"")
_NAME_SUSPECTS = _suspects(b".0123456789")


def _plain(texts: pa.StringArray, suspects: type_of_mask, longest: int) -> type_of_mask:
    size = lengths(texts)
    done = (size > 0) & (size <= longest)
    done[rows_with(texts, suspects)] = False
    short = size <= _longest_blank_word()
    if short.any():
        some = texts if short.all() else texts.filter(mask_array(short))
        done[np.flatnonzero(short)[mask_of(pc.is_in(some, value_set=_blank_words()))]] = False
    return done


@cache
def _longest_blank_word() -> int:
    return max(len(word.encode()) for word in BLANKS | NONE_WORDS)


@cache
def _blank_words() -> pa.StringArray:
    return text_array(sorted(BLANKS | NONE_WORDS))


def fast_account(rule: CellRule, column: RawColumn) -> Fast:
    """Read account numbers of plain digits."""
    del rule
    return Fast(column.texts, mask_of(pc.match_substring_regex(column.texts, pattern=r"^\d{6,34}$")))


def fast_phone(rule: CellRule, column: RawColumn) -> Fast:
    """Read mobile numbers of eleven plain digits."""
    del rule
    return Fast(column.texts, mask_of(pc.match_substring_regex(column.texts, pattern=r"^1[3-9]\d{9}$")))


def mask_indices(rows: npt.NDArray[np.intp]) -> pa.Array:
    """Return row numbers as an Arrow array, for `take`."""
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows, dtype=np.int64))])


FAST = {
    "identity": fast_identity,
    "date": fast_date,
    "money": fast_amount,
    "number": fast_amount,
    "int": fast_amount,
    "text": fast_text,
    "name": fast_name,
    "account": fast_account,
    "phone": fast_phone,
}
