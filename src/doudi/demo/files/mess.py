"""Spoil a few rows as they are spoilt in life, and say which of them a right reader must refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from doudi.demo.chance import Bools, Chance
from doudi.demo.files.dress import Dressed
from doudi.demo.files.sheet import Cell
from doudi.demo.numbers import old_number, with_wrong_birth, with_wrong_check_digit
from doudi.demo.shape import Array

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
OLDEST_FIRST = "19"


@dataclass
class Spoilt:
    """What was done to the rows of one file: which must be refused and why, how many are untidy, how many said twice."""

    refused: dict[str, list[int]] = field(default_factory=dict)
    untidy: int = 0
    repeated: int = 0

    @property
    def bad(self) -> int:
        """Return how many rows must be refused."""
        return len({row for rows in self.refused.values() for row in rows})


# Share of the rows, and what becomes of the identity number. None of these makes the row bad.
UNTIDY: tuple[tuple[float, Callable[[str], str]], ...] = (
    (0.010, lambda number: f"{number[:6]} {number[6:14]} {number[14:]}"),
    (0.006, lambda number: "G" + number),
    (0.004, lambda number: number.translate(FULL_WIDTH)),
    (0.004, lambda number: f" {number}　"),
)
LOWER_X_SHARE = 0.4
FIFTEEN_SHARE = 0.25
FIFTEEN_BORN_BEFORE = "1942"

# Share of the rows, and what becomes of the identity number: each of these must be refused.
RUINED: tuple[tuple[str, float, Callable[[str], str]], ...] = (
    ("ruined_by_excel", 0.0012, lambda number: f"{float(number[:17] + '0'):.5E}"),
    ("wrong_check_digit", 0.0012, with_wrong_check_digit),
    ("wrong_birth_date", 0.0008, with_wrong_birth),
)
NO_NAME_SHARE = 0.0008
REPEATED_SHARE = 0.002
NO_NUMBER_SHARE = 0.008
FEWEST_ROWS = 40


def spoil(chance: Chance, dressed: Dressed, protected: Bools) -> Spoilt:
    """Spoil some rows of a list, never those of protected people. This changes the list; the same row may not be bad twice."""
    spoilt = Spoilt()
    number, name = dressed.at("identity_number"), dressed.at("name")
    if number is None or dressed.rows == 0:
        return spoilt
    cells = dressed.columns[number]
    free = ~protected & np.array([isinstance(cell, str) and len(cell) == 18 for cell in cells])
    spoilt.untidy = _untidy(chance, cells, free)
    if dressed.rows < FEWEST_ROWS:
        return spoilt
    for reason, share, change in RUINED:
        rows = _take(chance, free, share)
        for row in rows.tolist():
            cells[row] = change(str(cells[row]).strip().lstrip("G").replace(" ", "").upper()[:18])
        spoilt.refused[reason] = rows.tolist()
    _leave_out(chance, dressed, free, spoilt, number=number, name=name)
    spoilt.repeated = _repeat(chance, dressed, free)
    return spoilt


def _repeat(chance: Chance, dressed: Dressed, free: Bools) -> int:
    """Say a few rows a second time at the end of the list, to the letter."""
    rows = _take(chance, free, REPEATED_SHARE).tolist()
    for column in dressed.columns:
        column += [column[row] for row in rows]
    return len(rows)


def _untidy(chance: Chance, cells: list[Cell], free: Bools) -> int:
    done = 0
    for row in np.flatnonzero(chance.happens(LOWER_X_SHARE, len(cells))).tolist():
        text = cells[row]
        if isinstance(text, str) and text.endswith("X"):
            cells[row], done = text.lower(), done + 1
    for row in np.flatnonzero(free & chance.happens(FIFTEEN_SHARE, len(cells))).tolist():
        text = str(cells[row])
        if text[6:8] == OLDEST_FIRST and text[6:10] < FIFTEEN_BORN_BEFORE:
            cells[row], done = old_number(text), done + 1
            free[row] = False
    for share, change in UNTIDY:
        for row in _take(chance, free, share).tolist():
            cells[row], done = change(str(cells[row])), done + 1
    return done


def _take(chance: Chance, free: Bools, share: float) -> Array:
    """Return some of the free rows (in a long list at least one) and make them free no longer."""
    rows = np.flatnonzero(free & chance.happens(share, len(free)))
    free[rows] = False
    return rows


def _leave_out(chance: Chance, dressed: Dressed, free: Bools, spoilt: Spoilt, *, number: int, name: int | None) -> None:
    """Leave out a few names, and a few identity numbers where a row may do without."""
    if name is not None:
        rows = _take(chance, free, NO_NAME_SHARE)
        for row in rows.tolist():
            dressed.columns[name][row] = None
        if dressed.contract[name].required:
            spoilt.refused["name_missing"] = rows.tolist()
    born = dressed.at("birth_date")
    if not dressed.contract[number].required and born is not None:
        for row in _take(chance, free, NO_NUMBER_SHARE).tolist():
            dressed.columns[number][row] = None
