"""Check a batch of rows against the contract: which are accepted, which refused and why, which are no rows at all."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doudi.hub.runs.intake.recognise import Layout
from doudi.hub.runs.intake.sheets import Batch
from doudi.hub.runs.intake.titles import furniture, line_of, type_of_line
from doudi.hub.tables import remarks
from doudi.hub.tables.cells.cell import CellRule, type_of_raw
from doudi.hub.tables.columns.arrays import int_array, mask_array, mask_of, optional_text_array
from doudi.hub.tables.columns.fast import mask_indices
from doudi.hub.tables.columns.read import read_column
from doudi.hub.tables.contract import Contract
from doudi.hub.tables.schema import arrow_schema

TOTAL_WORDS = (
    r"^\s*(小\s*计|合\s*计|总\s*计|累\s*计|共\s*计|本页|制表|填表|填报|审核|复核|经办|单位负责人|负责人|备注|说明|注[:：])"
    r"|[合小总]\s*计\s*$"
)
FIRST_COLUMNS = 3
OUTSIDE = "地区不属于本县（{prefix}）"
TOO_WIDE = "这一行的格数多于表头"
NO_TOTAL_HAS = {"identity", "date", "month", "choice", "bool"}
MERGED_KINDS = {"identity", "text", "name", "area", "choice", "date", "month", "bool", "account", "phone"}


@dataclass(frozen=True)
class Refused:
    """A row that was refused: its number, its cells as they came, and why."""

    number: int
    cells: list[type_of_raw]
    reasons: list[str]


@dataclass
class Checked:
    """What became of the rows of a batch: accepted + refused + ignored are all of them."""

    table: pa.Table
    refused: list[Refused] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    remarked: Counter[str] = field(default_factory=Counter)
    with_remarks: int = 0
    coded_areas: int = 0
    foreign_areas: int = 0


@dataclass(frozen=True)
class Checker:
    """Checks the batches of one sheet. `area` is the six-digit code of the county, "" to take every area.

    `unit` is the unit that the title says money is in, "" when it says none.
    """

    layout: Layout
    sheet: str
    on: dt.date
    area: str = ""
    unit: str = ""

    @property
    def contract(self) -> Contract:
        """Return the contract that the rows are checked against."""
        return self.layout.contract

    @cached_property
    def rules(self) -> dict[str, CellRule]:
        """Return how each column of the file is read."""
        return {
            place.column.name: CellRule(place.column, self.on, self._unit(place.column.kind, place.unit)) for place in self.layout.places
        }

    def _unit(self, kind: str, in_heading: str) -> str:
        return in_heading or (self.unit if kind == "money" and self.unit.endswith("元") else "")

    def fill(self) -> frozenset[int]:
        """Return the columns in which a merged cell stands for every row it covers; amounts are not repeated."""
        return frozenset(place.at for place in self.layout.places if place.column.kind in MERGED_KINDS)

    def check(self, batch: Batch) -> Checked:
        """Check every row of a batch."""
        values: dict[str, pa.Array] = {}
        flags = np.zeros(len(batch), dtype=np.uint16)
        flags[list(batch.merged)] |= int(remarks.Remark.MERGED)
        reasons: dict[int, list[str]] = {row: [TOO_WIDE] for row in batch.too_wide}
        for place in self.layout.places:
            name = place.column.name
            read = read_column(self.rules[name], batch.columns[place.at])
            values[name] = read.values
            flags |= read.remarks
            for row, problem in read.problems.items():
                reasons.setdefault(row, []).append(f"{place.column.label}：{problem}")
        coded, foreign = self._foreign(values, reasons, len(batch))
        for row in self._may_be_furniture(batch):
            reasons.setdefault(int(row), [])
        return self._sorted_out(batch, values, flags, reasons, coded, foreign)

    def _foreign(self, values: dict[str, pa.Array], reasons: dict[int, list[str]], count: int) -> tuple[int, int]:
        """Refuse rows whose area code is another county's. Return how many rows have codes, and how many foreign ones."""
        if not self.area:
            return 0, 0
        coded, foreign = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        for place in self.layout.places:
            if place.column.kind == "area" and "scope" in place.column.need:
                codes = values[place.column.name]
                here = mask_of(pc.match_substring_regex(codes, pattern=r"^\d{12}$"))
                coded |= here
                foreign |= here & ~mask_of(pc.starts_with(codes, pattern=self.area))
        for row in np.flatnonzero(foreign):
            reasons.setdefault(int(row), []).append(OUTSIDE.format(prefix=self.area))
        return int(coded.sum()), int(foreign.sum())

    @cached_property
    def _where_totals_stand(self) -> list[int]:
        """Return the columns that may say 合计 in a row that reads well: none where a row needs a date or the like.

        A column that is taken as an amount has no words, unless it is among the first.
        """
        if any(column.kind in NO_TOTAL_HAS for column in self.contract.required):
            return []
        amounts = {place.at for place in self.layout.places if place.column.kind not in {"text", "name", "area"}}
        return [at for at in range(len(self.layout.headings)) if at < FIRST_COLUMNS or at not in amounts]

    @property
    def places(self) -> list[int]:
        """Return the columns of the sheet that are looked at."""
        return sorted({place.at for place in self.layout.places} | set(self._where_totals_stand))

    @cached_property
    def _above(self) -> frozenset[type_of_line]:
        return frozenset(line_of(row) for row in self.layout.above)

    def _may_be_furniture(self, batch: Batch) -> npt.NDArray[np.intp]:
        """Return rows that may be a total, a footer or the heading again although they read well."""
        found = np.zeros(len(batch), dtype=np.bool_)
        for at in self._where_totals_stand:
            texts = batch.columns[at].texts
            found |= mask_of(pc.match_substring_regex(texts, pattern=TOTAL_WORDS))
            above = {cell for row in self.layout.above for cell in row[at : at + 1] if isinstance(cell, str) and cell}
            found |= mask_of(pc.is_in(texts, value_set=optional_text_array(sorted(above))))
        return np.flatnonzero(found)

    def _sorted_out(
        self,
        batch: Batch,
        values: dict[str, pa.Array],
        flags: npt.NDArray[np.uint16],
        reasons: dict[int, list[str]],
        coded: int,
        foreign: int,
    ) -> Checked:
        accepted = np.ones(len(batch), dtype=np.bool_)
        checked = Checked(pa.table({}), coded_areas=coded, foreign_areas=foreign)
        for row, why in sorted(reasons.items()):
            cells = batch.cells(row)
            no_row = furniture(cells, self.layout.cells, self._above)
            if no_row:
                checked.ignored[no_row] += 1
            elif why:
                checked.refused.append(Refused(int(batch.numbers[row]), cells, why))
            accepted[row] = not (no_row or why)
        for flag, count in zip(*np.unique(flags[accepted], return_counts=True), strict=True):
            checked.remarked.update({says: int(count) for says in remarks.says(int(flag)).split(remarks.BETWEEN) if flag})
            checked.with_remarks += int(count) if flag else 0
        checked.table = self._table(batch, values, flags, accepted)
        return checked

    def _table(self, batch: Batch, values: dict[str, pa.Array], flags: npt.NDArray[np.uint16], accepted: npt.NDArray[np.bool_]) -> pa.Table:
        schema = arrow_schema(self.contract)
        everyone, keep = bool(accepted.all()), mask_array(accepted)
        numbers, flags = batch.numbers[accepted], flags[accepted]
        count = len(numbers)
        sheet = optional_text_array([self.sheet]).take(mask_indices(np.zeros(count, dtype=np.intp)))
        different, which = np.unique(flags, return_inverse=True)
        said = optional_text_array([remarks.says(int(flag)) or None for flag in different]).take(mask_indices(which))
        own: Sequence[pa.Array] = [sheet, int_array(numbers, np.ones(count, dtype=np.bool_), pa.int64()), said]
        columns = [
            (values[one.name] if everyone else values[one.name].filter(keep))
            if one.name in values
            else pa.nulls(count, schema.field(one.name).type)
            for one in self.contract.columns
        ]
        return pa.Table.from_arrays([*columns, *own], schema=schema)
