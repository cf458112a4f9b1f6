"""The first rows of a sheet, read once for all data sets: their plain text, and which of them may be the heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from doudi.hub.tables.cells.cell import plain_text, type_of_raw
from doudi.hub.tables.contract import Column, Contract
from doudi.hub.tables.headings import Heading, plain_heading

HEAD_ROWS = 30
BLANKS = re.compile(r"\s+")
NO_HEADING = Heading("", "")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading means in one data set: a column, and its rank among that column's headings."""

    dataset: str
    rank: int
    column: Column


@dataclass(frozen=True)
class Known:
    """Every heading of every contract by its plain text, and with what a heading in two rows may begin."""

    contracts: Mapping[str, Contract]
    meanings: Mapping[str, Sequence[Meaning]]
    beginnings: frozenset[str]


def known_headings(contracts: Mapping[str, Contract]) -> Known:
    """Return the headings of these contracts, to be asked for all of them at once."""
    meanings: dict[str, list[Meaning]] = {}
    for name, contract in contracts.items():
        for text, (rank, column) in contract.headings.items():
            meanings.setdefault(text, []).append(Meaning(name, rank, column))
    beginnings = {text[:end] for text in meanings for end in range(1, len(text) + 1)}
    return Known(contracts, meanings, frozenset(beginnings))


@dataclass(frozen=True)
class HeadingRow:
    """A row, or two, that may be the heading: for each column the names it may go by, the most exact first."""

    row: int
    depth: int
    names: tuple[tuple[Heading, ...], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """Return one name a column, "" where it has none."""
        return tuple(names[0].text if names else "" for names in self.names)


@dataclass(frozen=True)
class Head:
    """The first rows of a sheet, and one more that may be the second of a heading in two rows."""

    rows: Sequence[Sequence[type_of_raw]]

    @cached_property
    def texts(self) -> list[list[str]]:
        """Return the cells as plain text."""
        return [[plain_text(cell) for cell in row] for row in self.rows]

    @cached_property
    def _plain(self) -> list[list[Heading]]:
        return [[plain_heading(BLANKS.sub("", text)) if text else NO_HEADING for text in row] for row in self.texts]

    def is_blank(self) -> bool:
        """Return whether nothing is written in these rows."""
        return not any(text for row in self.texts for text in row)

    def title(self, row: int) -> tuple[str, ...]:
        """Return what stands above a row, each text once."""
        return tuple(dict.fromkeys(text for line in self.texts[:row] for text in line if text))

    def words(self, heading: HeadingRow) -> tuple[frozenset[str], ...]:
        """Return all the words that stand in the heading of each column, row by row."""
        rows = self._plain[heading.row : heading.row + heading.depth]
        return tuple(
            frozenset(row[at].text for row in rows if at < len(row) and row[at].text) for at in range(len(heading.names))
        )

    def heading_rows(self, known: Known) -> Iterator[HeadingRow]:
        """Yield the rows, one by one and two by two, that hold a heading which some data set has."""
        for row, cells in enumerate(self._plain[:HEAD_ROWS]):
            if any(cell.text in known.meanings for cell in cells):
                yield HeadingRow(row, 1, tuple((cell,) if cell.text else () for cell in cells))
            # An upper row with which no heading begins adds nothing to what the lower row says alone.
            if row + 1 < len(self.rows) and any(cell.text in known.beginnings for cell in cells):
                yield HeadingRow(row, 2, self._two_rows(row))

    def _two_rows(self, row: int) -> tuple[tuple[Heading, ...], ...]:
        upper, lower = ([BLANKS.sub("", text) for text in self.texts[at]] for at in (row, row + 1))
        names: list[list[str]] = []
        over = ""
        for top, sub in zip(upper, lower, strict=False):
            # A heading over several columns stands in the first of them only.
            over = top or (over if sub else "")
            if sub and over and sub != over:
                names.append([f"{over}/{sub}", f"{over}{sub}", sub])
            else:
                names.append([sub or over] if sub or over else [])
        return tuple(tuple(plain_heading(name) for name in forms) for forms in names)
