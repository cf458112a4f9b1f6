"""Take files in: `ingest` tells each file's data set and month, checks its rows, and puts them in the store.

What is wrong with one file does not stop the others: each gets an outcome, and the refusal is in it. A file is put in
as a whole or not at all. A table with a heading and no rows is taken in: its department was asked and has nobody.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from doudi.hub.runs.intake.files import Opened, Received, WrongFile, open_file, unpacked
from doudi.hub.runs.intake.foreign import refuse_foreign
from doudi.hub.runs.intake.head import HEAD_ROWS, Head, Known, known_headings
from doudi.hub.runs.intake.part import Part
from doudi.hub.runs.intake.recognise import Layout, NotRecognised, lay_out, recognise
from doudi.hub.runs.intake.sheets import Sheet
from doudi.hub.runs.intake.titles import Found, find_month, reporter_in
from doudi.hub.tables.contract import Contract, find_contract
from doudi.hub.tables.manifest import Manifest, manifest_id
from doudi.hub.tables.store import Store, file_digest
from doudi.refusal import Refusal

A_MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
NOT_IN_FILE_NAMES = re.compile(r"[^\w\-.·（）()]+")

type_of_progress = Callable[[str, float], None]

TAKEN, UNCHANGED, REFUSED = "taken", "unchanged", "refused"


class MonthNotSaid(Refusal):
    """Neither the title nor the file name says which month a file is about."""


class NothingUsable(Refusal):
    """Every row of a file was refused."""


@dataclass(frozen=True)
class Request:
    """What the command was asked: files, and what the files themselves may not say.

    `received_at` is the moment of the command. `area` is a division code; rows with the code of another county are
    refused. With `add`, rows are put beside what the same sender sent before, and replace nothing.
    """

    paths: tuple[Path, ...]
    received_at: dt.datetime
    dataset: str = ""
    month: str = ""
    area: str = ""
    sender: str = ""
    add: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one file (of one data set and month in it)."""

    file: str
    state: str
    manifest: Manifest | None = None
    refusal: Refusal | None = None
    not_taken: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """The sheets of a file that belong to one data set and month, and where the month was found."""

    month: Found
    layouts: list[tuple[Sheet, Layout]] = field(default_factory=list)

    @property
    def contract(self) -> Contract:
        return self.layouts[0][1].contract


@dataclass(frozen=True)
class _File:
    """A file that was opened: its digest, its sheets, those of them that are no data set, and who sent it."""

    received: Received
    opened: Opened
    digest: str
    not_taken: tuple[str, ...]


@dataclass(frozen=True)
class _Run:
    """One command: the store, what was asked, the headings it knows, and the manifests that it has put in so far."""

    store: Store
    request: Request
    known: Known
    progress: type_of_progress
    taken: set[str] = field(default_factory=set)


def ingest(store: Store, request: Request, progress: type_of_progress = lambda name, portion: None) -> list[Outcome]:
    """Take files in and return what became of each. This will refuse a request that makes no sense as a whole."""
    if request.month and not A_MONTH.fullmatch(request.month):
        raise MonthNotSaid(f"--month {request.month} 不是月份。", to_do="请写成 --month 2025-10。")
    if request.dataset:
        find_contract(store.contracts, request.dataset)
    if request.area and not re.fullmatch(r"\d{6}|\d{9}|\d{12}", request.area):
        raise WrongFile(f"--area {request.area} 不是区划代码。", to_do="请写 6 位或 12 位代码，例如 --area 420281。")
    run = _Run(store, request, known_headings(store.contracts), progress)
    with unpacked(list(request.paths)) as files, store.locked():
        return [outcome for one in files for outcome in _ingest_file(run, one)]


def _ingest_file(run: _Run, received: Received) -> Iterator[Outcome]:
    try:
        if received.refusal:
            raise received.refusal
        opened = open_file(received)
        pieces, not_taken = _pieces(run, received, opened)
    except Refusal as refusal:
        yield Outcome(received.name, REFUSED, refusal=refusal)
        return
    file = _File(received, opened, file_digest(received.path), not_taken)
    for piece in pieces:
        try:
            yield _ingest_piece(run, file, piece)
        except Refusal as refusal:
            yield Outcome(received.name, REFUSED, refusal=refusal)


def _pieces(run: _Run, received: Received, opened: Opened) -> tuple[list[_Piece], tuple[str, ...]]:
    """Return the sheets of a file by data set and month, and the names of sheets that are none of them."""
    pieces: dict[tuple[str, str], _Piece] = {}
    strangers: list[tuple[str, Refusal]] = []
    heads = [(sheet, Head(sheet.head(HEAD_ROWS + 1))) for sheet in opened.sheets]
    filled = [(sheet, head) for sheet, head in heads if not head.is_blank()]
    if not filled:
        raise WrongFile(f"{received.name} 里没有内容。", to_do="请检查后重新报送。")
    for sheet, head in filled:
        try:
            layout = _layout(run, received, sheet, head)
        except NotRecognised as refusal:
            strangers.append((sheet.name, refusal))
            continue
        refuse_foreign(run.request.area, (*layout.title, received.name), received.name)
        month = _month(run.request, received, sheet, layout)
        pieces.setdefault((layout.contract.name, month.text), _Piece(month)).layouts.append((sheet, layout))
    if not pieces:
        raise strangers[0][1]
    return list(pieces.values()), tuple(name for name, _ in strangers)


def _layout(run: _Run, received: Received, sheet: Sheet, head: Head) -> Layout:
    if run.request.dataset:
        contract = find_contract(run.store.contracts, run.request.dataset)
        return lay_out(head, run.known, contract, file_name=received.name, sheet_name=sheet.name)
    return recognise(head, run.known, file_name=received.name, sheet_name=sheet.name)


def _month(request: Request, received: Received, sheet: Sheet, layout: Layout) -> Found:
    if request.month:
        return Found(request.month, "--month")
    places = [*(Found(text, "标题") for text in layout.title), Found(sheet.name, "工作表名"), Found(received.name, "文件名")]
    month = find_month(places, yearly=layout.contract.rhythm["every"] == "year")
    if month is None:
        raise MonthNotSaid(
            f"{received.name} 没有说是哪个月的（标题、工作表名和文件名里都没有）。",
            to_do="请用 --month 指明，例如 --month 2025-10。",
        )
    return month


def _ingest_piece(run: _Run, file: _File, piece: _Piece) -> Outcome:
    store, request, contract, month = run.store, run.request, piece.contract, piece.month.text
    sender = request.sender or reporter_in(piece.layouts[0][1].title) or contract.department
    name = manifest_id(source_digest=file.digest, dataset=contract.name, month=month, sender=sender, contract_digest=contract.digest)
    if name in store.current(contract.name, month):
        run.taken.add(name)
        return Outcome(file.received.name, UNCHANGED, store.manifest(contract.name, month, name), not_taken=file.not_taken)
    with _scratch(store, name) as scratch:
        part = Part(contract, scratch, request.received_at.date(), request.area[:6])
        for sheet, layout in piece.layouts:
            part.take(sheet, layout, lambda _, portion: run.progress(file.received.name, portion))
        part.close()
        manifest = _superseding(run, _manifest(request, file, piece, part, name, sender))
        if part.returned.count:
            with store.written_whole(store.folder / manifest.returned_as) as target:
                part.returned.write(target)
        if part.counts.refused and not part.counts.accepted:
            raise _nothing_usable(store, file.received, manifest)
        store.keep_original(file.received.path, file.digest, file.opened.ending)
        holds = [one for one in store.current(contract.name, month) if one not in manifest.supersedes]
        store.commit(manifest, part.path, holds=[*holds, name])
    run.taken.add(name)
    return Outcome(file.received.name, TAKEN, manifest, not_taken=file.not_taken)


def _manifest(request: Request, file: _File, piece: _Piece, part: Part, name: str, sender: str) -> Manifest:
    contract, month = part.contract, piece.month.text
    returned = f"refused/{contract.name}/month={month}/{name}-{_file_name(file.received.name)}_退回.xlsx"
    return Manifest(
        id=name,
        dataset=contract.name,
        month=month,
        sender=sender,
        received_at=request.received_at.isoformat(timespec="seconds"),
        source_name=file.received.name,
        source_digest=file.digest,
        received_as=f"received/{file.digest}{file.opened.ending}",
        contract_digest=contract.digest,
        counts=part.counts,
        ignored_for=dict(part.ignored),
        refused_for=dict(part.returned.reasons),
        remarked_for=dict(part.remarked),
        read_as={
            "kind": file.opened.kind,
            "encoding": file.opened.encoding,
            "month_from": piece.month.where,
            "units": part.units,
            "sheets": {sheet.name: _read_as(layout) for sheet, layout in piece.layouts},
            "sheets_not_taken": list(file.not_taken),
        },
        returned_as=returned if part.returned.count else "",
    )


def _read_as(layout: Layout) -> dict[str, object]:
    return {
        "heading_rows": layout.first_row,
        "columns": {place.column.name: place.heading for place in layout.places},
        "columns_not_taken": layout.not_taken,
        "columns_unclear": list(layout.unclear),
    }


def _superseding(run: _Run, manifest: Manifest) -> Manifest:
    """Return the manifest with those it replaces: what the same sender sent before for the same month.

    What came in the same command is another part of the same delivery, and is not replaced.
    """
    if run.request.add:
        return manifest
    earlier = run.store.manifests(manifest.dataset, manifest.month)
    same = tuple(one.id for one in earlier if one.sender == manifest.sender and one.id not in run.taken)
    return replace(manifest, supersedes=same)


def _nothing_usable(store: Store, received: Received, manifest: Manifest) -> NothingUsable:
    most = max(manifest.refused_for, key=lambda reason: manifest.refused_for[reason])
    return NothingUsable(
        f"{received.name} 的 {manifest.counts.refused} 行全部退回，没有一行可用。最多的原因是：{most}。",
        where=f"退回表: {store.folder / manifest.returned_as}",
        to_do="请按原因改好后重新报送；如果数据集认错了，请用 --dataset 指明。",
    )


def _file_name(name: str) -> str:
    return NOT_IN_FILE_NAMES.sub("_", Path(name).stem)[:60]


@contextmanager
def _scratch(store: Store, name: str) -> Iterator[Path]:
    folder = store.folder / f".work-{name}-{os.getpid()}"
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
