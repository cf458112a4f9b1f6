"""Numbers that look right and can belong to nobody: identity numbers, telephone numbers, bank accounts.

Identity numbers carry an area code that is not assigned, the right birth date and the right check digit, so that every
check of the hub but the one on the area passes. Telephone numbers begin with 154, which no operator was ever given;
bank accounts fail the Luhn check.
"""

from __future__ import annotations

import numpy as np

from doudi.demo.shape import Array

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_DIGITS = np.array(list("10X98765432"))
_LARGEST_SEQUENCE = 499


def identity_numbers(areas: Array, births: Array, male: Array, rank: Array) -> Array:
    """Return identity numbers (18 characters). `rank` counts from 0 those of one sex born on one day in one area."""
    days = births.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    sequence = (rank % _LARGEST_SEQUENCE) * 2 + np.where(male, 1, 2)
    digits = areas.astype(np.int64) * 10**11 + (years * 10_000 + months * 100 + day) * 1_000 + sequence
    return _with_check_digit(digits)


def _with_check_digit(seventeen: Array) -> Array:
    powers = 10 ** np.arange(16, -1, -1, dtype=np.int64)
    sums = ((seventeen[:, None] // powers) % 10) @ _WEIGHTS
    text = seventeen.astype(np.int64).astype("U17")
    return np.char.add(text, _CHECK_DIGITS[sums % 11]).astype(object)


def ranks(births: Array, male: Array) -> Array:
    """Return for each person how many of the same birth date and sex come before, counted from 0."""
    key = births.astype("datetime64[D]").astype(np.int64) * 2 + male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    rows = np.arange(len(key))
    starts = np.ones(len(key), bool)
    starts[1:] = ordered[1:] != ordered[:-1]
    place = np.empty(len(key), np.int64)
    place[order] = rows - np.maximum.accumulate(np.where(starts, rows, 0))
    return place


def phones(count: int, offset: int = 0) -> Array:
    """Return telephone numbers of 11 digits beginning with 154, a prefix that no operator was given."""
    return (15_400_000_000 + (np.arange(count) + offset) * 7_919 % 100_000_000).astype("U11").astype(object)


def accounts(count: int, offset: int = 0) -> Array:
    """Return bank accounts of 19 digits beginning with 9990 whose Luhn check digit is wrong."""
    eighteen = 999_000_000_000_000_000 + (np.arange(count) + offset) * 104_729
    powers = 10 ** np.arange(17, -1, -1, dtype=np.int64)
    digits = (eighteen[:, None] // powers) % 10
    doubled = digits[:, ::-1].copy()
    doubled[:, ::2] *= 2
    sums = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)
    right = (10 - sums % 10) % 10
    wrong = (right + 1) % 10
    return np.char.add(eighteen.astype("U18"), wrong.astype("U1")).astype(object)


def old_number(number: str) -> str:
    """Return the 15-digit form, as it was before 1999, of the number of someone born in the twentieth century."""
    return number[:6] + number[8:17]


def with_wrong_check_digit(number: str) -> str:
    """Return the number with another check digit."""
    return number[:17] + ("0" if number[17] != "0" else "1")


def with_wrong_birth(number: str) -> str:
    """Return a number whose birth date is no date (month 13), with the check digit that fits it."""
    digits = np.array([int(number[:10] + "13" + number[12:17])])
    return str(_with_check_digit(digits)[0])
