"""Spoil a few rows as they are spoilt in life, and say which of them a right reader must refuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    """What was done to the rows of one file: which must be refused and why, how many are untidy, how many said twice.

    `untouched` are the rows that nothing was done to and something may be; None in a list too short to spoil.
    """

    refused: dict[str, list[int]] = field(default_factory=dict)
    untidy: int = 0
    repeated: int = 0
    untouched: Bools | None = None

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
CONTRADICTED_SHARE = 0.0012
CONTRADICTED_KINDS = {"money", "int", "date", "month", "choice"}
LOOKED_AT = 200
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
    spoilt.untouched = free
    return spoilt


def contradict(chance: Chance, dressed: Dressed, spoilt: Spoilt, key: Sequence[str]) -> None:
    """Say a few rows a second time with another amount, date or word: of the same key, so both must be refused."""
    keys, told = [dressed.at(name) for name in key], _may_differ(dressed, key)
    if spoilt.untouched is None or None in keys or not told:
        return
    free = spoilt.untouched.copy()
    for place in keys:
        free &= np.array([cell not in (None, "") for cell in dressed.columns[place or 0][: len(free)]])
    both: list[int] = []
    for row in _take(chance, free, CONTRADICTED_SHARE).tolist():
        # In one hand another value is written otherwise, and the same value never is.
        other = [(place, cell) for place in told if (cell := _other_cell(dressed.columns[place], row)) is not None]
        if other:
            both += [row, dressed.rows]
            place, cell = other[row % len(other)]
            for at, column in enumerate(dressed.columns):
                column.append(cell if at == place else column[row])
    spoilt.refused["contradicted"] = both


def _may_differ(dressed: Dressed, key: Sequence[str]) -> list[int]:
    return [at for at, column in enumerate(dressed.contract) if column.kind in CONTRADICTED_KINDS and column.name not in key]


def _other_cell(column: list[Cell], row: int) -> Cell:
    """Return a cell of the rows that follow which says something else; None where there is none, or nothing is said."""
    if column[row] in (None, ""):
        return None
    return next((cell for cell in column[row + 1 : row + 1 + LOOKED_AT] if cell not in (None, "", column[row])), None)


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
