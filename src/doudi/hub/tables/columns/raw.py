"""A column of cells as a file gives them: texts, and where a spreadsheet has them, numbers and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from doudi.hub.tables.cells.cell import type_of_raw
from doudi.hub.tables.columns.arrays import blank_array, text_array, type_of_ints, type_of_mask

UNIX_DAY_ZERO = dt.date(1970, 1, 1).toordinal()
NUMBERS = (float, int)
KNOWN = {str, float, int, dt.date, dt.datetime, type(None)}


@dataclass(frozen=True)
class RawColumn:
    """The cells of one column. `texts` is "" wherever a cell is blank or no text.

    `numbers` and `days` (days since 1970) hold what a spreadsheet typed as such, `number_at` and `day_at` say where.
    `others` are the few cells that are neither: booleans, times of day.
    """

    texts: pa.StringArray
    numbers: npt.NDArray[np.float64] | None = None
    number_at: type_of_mask | None = None
    days: type_of_ints | None = None
    day_at: type_of_mask | None = None
    others: dict[int, type_of_raw] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def cell(self, row: int) -> type_of_raw:
        """Return one cell as the file gave it."""
        if row in self.others:
            return self.others[row]
        if self.number_at is not None and self.numbers is not None and self.number_at[row]:
            return float(self.numbers[row])
        if self.day_at is not None and self.days is not None and self.day_at[row]:
            return dt.date.fromordinal(int(self.days[row]) + UNIX_DAY_ZERO)
        text: str = self.texts[row].as_py()
        return text

    def text_at(self) -> type_of_mask:
        """Return where a cell is text or blank."""
        here = np.ones(len(self), dtype=np.bool_)
        for elsewhere in (self.number_at, self.day_at):
            if elsewhere is not None:
                here &= ~elsewhere
        here[list(self.others)] = False
        return here


def raw_column(cells: Sequence[type_of_raw]) -> RawColumn:
    """Return the column of these cells, which may be of any type."""
    types = set(map(type, cells))
    if types <= {str}:
        return RawColumn(text_array(cast("Sequence[str]", cells)))
    if types <= {float, int}:
        everywhere = np.ones(len(cells), dtype=np.bool_)
        return RawColumn(blank_array(len(cells)), np.array(cells, dtype=np.float64), everywhere)
    texts = text_array([cell if type(cell) is str else "" for cell in cells]) if str in types else blank_array(len(cells))
    numbers = number_at = days = day_at = None
    if types & {float, int}:
        number_at = np.array([type(cell) is float or type(cell) is int for cell in cells], dtype=np.bool_)
        numbers = np.array([cell if type(cell) in NUMBERS else 0.0 for cell in cells], dtype=np.float64)
    if types & {dt.date, dt.datetime}:
        day_at = np.array([isinstance(cell, dt.date) for cell in cells], dtype=np.bool_)
        days = np.array(
            [cell.toordinal() - UNIX_DAY_ZERO if isinstance(cell, dt.date) else 0 for cell in cells], dtype=np.int64
        )
    others = {row: cell for row, cell in enumerate(cells) if type(cell) not in KNOWN} if types - KNOWN else {}
    return RawColumn(texts, numbers, number_at, days, day_at, others)
