"""The whole way once, on the made-up county: files made, taken in, people linked, everyone determined, truth compared.

OUT/county/      the made-up county: files, broken files, the planted truth
OUT/store/       what was taken in
OUT/determine/   the results
OUT/demo.json    what was asked for; without it nothing in OUT is ever removed
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from doudi import home
from doudi.demo import areas, truth
from doudi.demo.folder import MANIFEST, write_county
from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import link
from doudi.hub.runs.areas import AREAS
from doudi.hub.runs.determine import Determined, Wanted, determine
from doudi.hub.runs.fact_set import FactSet
from doudi.hub.runs.facts import build_facts
from doudi.hub.runs.ingest import Outcome, Request, ingest
from doudi.hub.tables.contract import read_contracts
from doudi.hub.tables.store import Store
from doudi.policy import api
from doudi.policy.api import LoadedPack
from doudi.refusal import Refusal

MARK = "demo.json"
# The files came in on the fifth of the month after; whoever runs the demo again finds the same manifests.
RECEIVED_DAYS_LATER = 5
EXPLAINED = 150

Said = Callable[[str], None]


class NotADemoFolder(Refusal):
    """The folder holds something that the demo did not make."""


@dataclass(frozen=True)
class Asked:
    """What is shown: how many people, from which seed, up to which month, under which pack."""

    people: int = 20_000
    seed: int = 1
    months: int = 12
    until: str = "2025-10"
    pack: str = truth.PACK

    @property
    def day(self) -> dt.date:
        """Return the day asked about: the last day of the last month."""
        return dt.date.fromisoformat(truth.day_of(self.until))


@dataclass
class Shown:
    """What came of it: files, links, determinations, planted families found, and the seconds of each step."""

    out: Path
    asked: Asked
    pack: LoadedPack
    seconds: dict[str, float] = field(default_factory=dict)
    taken: list[Outcome] = field(default_factory=list)
    turned_away: list[Outcome] = field(default_factory=list)
    linked: link.Linked | None = None
    facts: FactSet | None = None
    determined: Determined | None = None
    truth: list[truth.Checked] = field(default_factory=list)


def show(out: Path, asked: Asked, said: Said = lambda _: None) -> Shown:
    """Run the whole way and return what came of it. What is already there is used again.

    This will refuse a folder that holds something the demo did not make.
    """
    shown = Shown(out, asked, api.load_pack(home.policies(), asked.pack))
    _make_room(out, asked)
    with _timed(shown, "造县", said):
        _generate(out, asked)
    store = Store(out / "store", read_contracts(home.datasets()))
    with _timed(shown, "收文件", said):
        outcomes = _ingest(store, out / "county", asked)
        with store.written_whole(store.folder / AREAS) as target:
            shutil.copyfile(out / "county" / AREAS, target)
        shown.taken = [one for one in outcomes if not one.refusal]
        shown.turned_away = [one for one in outcomes if one.refusal]
    with _engine() as engine:
        with _timed(shown, "认人", said):
            shown.linked = link.link(engine, store, day=asked.day)
        with _timed(shown, "整理情况", said):
            shown.facts = build_facts(engine, store, day=asked.day)
        with _timed(shown, "逐户认定", said):
            wanted = Wanted(shown.pack, asked.day, out / "determine", explain=EXPLAINED)
            shown.determined = determine(engine, engine, shown.facts, wanted)
    if asked.pack == truth.PACK:
        shown.truth = truth.compare(out / "county" / "truth", out / "determine")
    return shown


def _make_room(out: Path, asked: Asked) -> None:
    """Make the folder ready: one made for something else is emptied of what the demo made, and of nothing more."""
    mark = out / MARK
    if not mark.is_file() and out.is_dir() and any(out.iterdir()):
        raise NotADemoFolder(
            f"{out} 不是演示文件夹，里面有别的东西。(This folder holds something that the demo did not make.)",
            to_do="Choose another one: doudi demo --out build/demo",
        )
    told = json.dumps(asdict(asked), ensure_ascii=False)
    if mark.is_file() and mark.read_text(encoding="utf-8") != told:
        for made in ("county", "store", "determine"):
            shutil.rmtree(out / made, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    mark.write_text(told, encoding="utf-8")


def _generate(out: Path, asked: Asked) -> None:
    """Make the county unless it is there; half a county is never left under its name."""
    county, coming = out / "county", out / "county.part"
    if (county / MANIFEST).is_file():
        return
    shutil.rmtree(coming, ignore_errors=True)
    write_county(coming, people=asked.people, seed=asked.seed, months=asked.months, until=asked.until)
    coming.replace(county)


def _ingest(store: Store, county: Path, asked: Asked) -> list[Outcome]:
    """Hand everything over at once, the good files and those that must be turned away."""
    later = dt.datetime.combine(asked.day, dt.time(9), dt.timezone(dt.timedelta(hours=8)))
    received = later + dt.timedelta(days=RECEIVED_DAYS_LATER)
    return ingest(store, Request((county / "files", county / "broken"), received, area=str(areas.FIRST_COUNTY)))


@contextmanager
def _engine() -> Iterator[DuckDBEngine]:
    with tempfile.TemporaryDirectory(prefix="doudi-") as scratch:
        engine = DuckDBEngine(scratch=Path(scratch))
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def _timed(shown: Shown, step: str, said: Said) -> Iterator[None]:
    said(step)
    started = time.perf_counter()
    yield
    shown.seconds[step] = round(time.perf_counter() - started, 2)


def as_json(shown: Shown) -> dict[str, Any]:
    """Return what came of it as a machine reads it."""
    counts = [one.manifest.counts for one in shown.taken if one.manifest]
    return {
        "out": str(shown.out),
        "asked": asdict(shown.asked),
        "seconds": shown.seconds,
        "files": {"taken": len(counts), "turned_away": len(shown.turned_away)},
        "rows": {name: sum(getattr(one, name) for one in counts) for name in ("accepted", "refused", "ignored", "heading")},
        "linked": asdict(shown.linked) if shown.linked else None,
        "outcomes": shown.determined.by_outcome() if shown.determined else None,
        "truth": [asdict(one) for one in shown.truth],
    }
