"""One file's rows of one data set and month, on their way into the store: written beside it, counted, then moved in."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.hub.runs.intake.check import Checked, Checker, Refused
from doudi.hub.runs.intake.duplicates import SAME_ROW, find_duplicates, key_hashes
from doudi.hub.runs.intake.recognise import Layout
from doudi.hub.runs.intake.returned import Returned
from doudi.hub.runs.intake.sheets import Sheet
from doudi.hub.runs.intake.titles import unit_in
from doudi.hub.tables.cells.cell import type_of_raw
from doudi.hub.tables.columns.arrays import mask_array
from doudi.hub.tables.columns.hashes import type_of_hashes
from doudi.hub.tables.contract import Contract
from doudi.hub.tables.manifest import Counts
from doudi.hub.tables.remarks import BETWEEN
from doudi.hub.tables.schema import REMARKS, SOURCE_SHEET, arrow_schema
from doudi.refusal import Refusal

OFTEN_THE_SAME = {"choice", "area", "date", "month", "bool", "name", "text"}
WRITES_WAITING = 2
FOREIGN_FROM = 2


class ForeignFile(Refusal):
    """Most rows of a file belong to another county."""


type_of_progress = Callable[[str, float], None]


@dataclass
class Part:
    """The rows of one data set and month that one file holds, over all its sheets."""

    contract: Contract
    scratch: Path
    on: dt.date
    area: str = ""
    counts: Counts = field(default_factory=Counts)
    ignored: Counter[str] = field(default_factory=Counter)
    remarked: Counter[str] = field(default_factory=Counter)
    units: dict[str, str] = field(default_factory=dict)
    _hashes: list[type_of_hashes] = field(default_factory=list)
    _sheets: dict[str, tuple[Sheet, Layout]] = field(default_factory=dict)
    _areas: list[int] = field(default_factory=lambda: [0, 0])
    _waiting: deque[Future[None]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = self.scratch / "part.parquet"
        self.returned = Returned(self.scratch / "refused.jsonl")
        self._writer = _writer(self.path, self.contract)
        # Parquet is written, and keys are hashed, while the next batch is checked: Arrow and NumPy leave the lock free.
        self._behind = ThreadPoolExecutor(max_workers=1)

    def take(self, sheet: Sheet, layout: Layout, progress: type_of_progress) -> None:
        """Check every row of a sheet and write the accepted ones."""
        checker = Checker(layout, sheet.name, self.on, self.area, unit_in(layout.title))
        self.units |= {name: rule.unit for name, rule in checker.rules.items() if rule.unit}
        head = sheet.head(layout.first_row)
        self.returned.begin_sheet(sheet.name, head, len(layout.headings))
        self._sheets[sheet.name] = (sheet, layout)
        width = len(layout.headings)
        for batch in sheet.batches(after=layout.first_row, width=width, places=checker.places, fill=checker.fill()):
            self._add(sheet.name, checker.check(batch))
            progress(sheet.name, sheet.portion())
        self.counts += Counts(read=sheet.height(), heading=layout.first_row)

    def _add(self, sheet: str, checked: Checked) -> None:
        self.returned.add(sheet, checked.refused)
        self.ignored += checked.ignored
        self.remarked += checked.remarked
        self._areas = [self._areas[0] + checked.coded_areas, self._areas[1] + checked.foreign_areas]
        self.counts += Counts(
            accepted=checked.table.num_rows,
            refused=len(checked.refused),
            ignored=checked.ignored.total(),
            remarked=checked.with_remarks,
        )
        if checked.table.num_rows:
            self._waiting.append(self._behind.submit(self._write, checked.table))
        while len(self._waiting) > WRITES_WAITING:
            self._waiting.popleft().result()

    def _write(self, table: pa.Table) -> None:
        self._writer.write_table(table)
        self._hashes.append(key_hashes(table, self.contract))

    def close(self) -> None:
        """Finish the part: duplicates out, counts checked. This will refuse a file of another county."""
        self._behind.shutdown(wait=True)
        for waiting in self._waiting:
            waiting.result()
        self._writer.close()
        coded, foreign = self._areas
        if foreign >= FOREIGN_FROM and foreign * 2 > coded:
            raise ForeignFile(
                f"{coded} 行里有 {foreign} 行的地区编码不属于 {self.area}，像是别的县的文件。",
                to_do="请核对文件，或用 --area 指明正确的区划代码。",
            )
        self._take_out_duplicates()
        self.counts.check()

    def _take_out_duplicates(self) -> None:
        hashes = np.concatenate(self._hashes) if self._hashes else np.zeros(0, dtype=np.uint64)
        duplicates = find_duplicates(self.path, self.contract, hashes)
        if not duplicates.found():
            return
        self._rewrite(duplicates.keep)
        wanted: dict[str, dict[int, str]] = {}
        for sheet, number, reason in duplicates.conflicts:
            wanted.setdefault(sheet, {})[number] = reason
        for sheet, reasons in wanted.items():
            cells = self._cells(sheet, set(reasons))
            self.returned.add(sheet, [Refused(one, cells[one], [reasons[one]]) for one in sorted(reasons)])
        if duplicates.same:
            self.ignored[SAME_ROW] += duplicates.same
        for remarks in duplicates.remarks:
            self.remarked.subtract(remarks.split(BETWEEN))
        self.remarked = +self.remarked
        conflicts = len(duplicates.conflicts)
        self.counts += Counts(
            accepted=-conflicts - duplicates.same,
            refused=conflicts,
            ignored=duplicates.same,
            remarked=-len(duplicates.remarks),
        )

    def _cells(self, sheet: str, numbers: set[int]) -> dict[int, list[type_of_raw]]:
        """Return rows as they came. A streamed sheet is read once more for them."""
        source, layout = self._sheets[sheet]
        found: dict[int, list[type_of_raw]] = {}
        for batch in source.batches(after=layout.first_row, width=len(layout.headings), places=[], fill=frozenset()):
            for place in np.flatnonzero(np.isin(batch.numbers, list(numbers))):
                found[int(batch.numbers[place])] = batch.cells(int(place))
        return found

    def _rewrite(self, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        whole = self.path.with_name("with-duplicates.parquet")
        self.path.rename(whole)
        start = 0
        with pq.ParquetFile(whole) as source, _writer(self.path, self.contract) as target:
            for batch in source.iter_batches():
                target.write_batch(batch.filter(mask_array(keep[start : start + batch.num_rows])))
                start += batch.num_rows
        whole.unlink()


def _writer(path: Path, contract: Contract) -> pq.ParquetWriter:
    same = [one.name for one in contract.columns if one.kind in OFTEN_THE_SAME and one.name not in contract.key]
    return pq.ParquetWriter(
        path, arrow_schema(contract), compression="snappy", use_dictionary=[*same, SOURCE_SHEET, REMARKS]
    )
