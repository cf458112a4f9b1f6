"""What a writer is given: sheets of rows of cells, blank, text, number or day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its rows, and the rows (by number) whose first cell is merged over the width, as titles are."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[int, ...] = ()
