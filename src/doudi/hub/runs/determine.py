"""The county run: everyone determined, and what that changes against what is enrolled now.

    OUT/households/<part>.parquet   category, amount, which step decided, measures (fen; see the pack for units)
    OUT/persons/<part>.parquet      the same for every person
    OUT/changes/<part>.parquet      every household once, with its outcome against what is enrolled now
    OUT/unsettled.parquet           what is missing where nothing can be told yet, in words
    OUT/townships/<township>.xlsx   sheets 家庭, 人员, 变动, 待核实
    OUT/facts/<entity>/<part>.parquet  the facts that were judged (links, not copies, where the disk allows), names.parquet
    OUT/summary.json, OUT/run.json  the counts, and from what they were computed

All of it appears at once, when everything is there; until then the last good results stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import doudi
from doudi.hub.engines import plan as plans
from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.engines.engine import Engine
from doudi.hub.runs import asking, evaluate_parts, parts, township_sheets, unsettled, whole
from doudi.hub.runs.evaluate_parts import PartDone
from doudi.hub.runs.fact_set import ENROLLED, NAMES, FactSet
from doudi.hub.steps import difference
from doudi.hub.tables.store import write_json
from doudi.policy.api import LoadedPack

_REUSED = ("households", "persons", "parts")


class HouseholdsLost(AssertionError):
    """A household has no outcome, or two: a fault of the program, never of the data."""


@dataclass(frozen=True)
class Wanted:
    """What a run is asked for: the pack and day, where results go, how many open families are looked into."""

    pack: LoadedPack
    day: date
    out: Path
    explain: int = unsettled.DEFAULT_LIMIT
    sheets: bool = True


@dataclass
class Watched:
    """Who is told how far a run is: `step` in Chinese words, `part` after each part (done, of how many)."""

    step: Callable[[str], None] = lambda _: None
    part: Callable[[int, int], None] = lambda _, __: None


@dataclass(frozen=True)
class Determined:
    """The county in numbers: rows of (township, outcome, categories, households, persons, fen a month)."""

    out: Path
    households: int
    persons: int
    not_ready: int
    rows: Sequence[Mapping[str, Any]]
    reused: int = 0
    unsettled: int = 0
    sheets: Sequence[str] = field(default_factory=list)

    def by_outcome(self) -> dict[str, dict[str, int]]:
        """Return households, people and fen a month (now and before) by outcome."""
        found: dict[str, dict[str, int]] = {}
        for row in self.rows:
            kept = found.setdefault(row["outcome"], {"households": 0, "people": 0, "amount": 0, "amount_before": 0})
            for key in kept:
                kept[key] += row[key] or 0
        if self.not_ready:
            found["not_ready"] = {"households": self.not_ready, "people": 0, "amount": 0, "amount_before": 0}
        return {name: found[name] for name in asking.OUTCOMES if name in found}


def determine(engine: Engine, sql: DuckDBEngine, facts: FactSet, wanted: Wanted, watched: Watched | None = None) -> Determined:
    """Determine everyone of a fact set and compare with what is enrolled now.

    `engine` runs the pack, `sql` the comparison. This will refuse incomplete facts, and fail rather than lose a household.
    """
    watched = watched or Watched()
    coming = whole.begin(wanted.out, reuse=_REUSED)
    plan = asking.plan(wanted.pack, day=wanted.day, dialect=engine.name)
    watched.step("逐户认定")
    done = _evaluate(engine, plan, facts.tables, coming, watched)
    watched.step("与在册名单对比")
    name_answers(sql, coming, facts)
    rows = _compare(sql, wanted, facts, done[0], coming)
    _check_sums(done[0], rows)
    watched.step("查找还缺的情况")
    open_count = unsettled.write_unsettled(sql, facts, wanted.pack, wanted.day, coming / "unsettled.parquet", limit=wanted.explain)
    names: list[str] = []
    if wanted.sheets:
        watched.step("写乡镇表格")
        names = township_sheets.write_townships(sql, coming / "townships", asking.words(wanted.pack), knows_names=facts.names is not None)
    found = _determined(wanted.out, done, rows, facts, open_count, names)
    _keep_facts(facts, coming)
    write_json(coming / "summary.json", as_json(found))
    write_json(coming / "run.json", _told(wanted, engine, plan, facts))
    whole.finish(wanted.out)
    return found


def name_answers(sql: DuckDBEngine, folder: Path, facts: FactSet) -> None:
    """Name what a run made `household_answers` and `person_answers`, and what is known beside: `names`, `enrolled`."""
    for table, entity in (("household_answers", "household"), ("person_answers", "person")):
        sql.read(table, sorted((folder / evaluate_parts.RESULTS[entity]).glob("*.parquet")))
    for table, file in (("names", facts.names), ("enrolled", facts.enrolled)):
        if file is not None:
            sql.read(table, [file])


def as_json(found: Determined) -> dict[str, Any]:
    """Return the numbers of a run as a machine reads them; amounts in fen a month."""
    return {
        "out": str(found.out),
        "households": found.households,
        "persons": found.persons,
        "not_ready": found.not_ready,
        "unsettled": found.unsettled,
        "outcomes": found.by_outcome(),
        "rows": list(found.rows),
        "sheets": list(found.sheets),
    }


def _evaluate(engine: Engine, plan: Any, tables: Path, coming: Path, watched: Watched) -> tuple[list[PartDone], int]:
    total = len(parts.parts(tables))
    seen = {"done": 0, "reused": 0}

    def told(_: PartDone, reused: bool) -> None:
        seen["done"] += 1
        seen["reused"] += reused
        watched.part(seen["done"], total)

    watched.part(0, total)
    return evaluate_parts.evaluate(engine, plan, tables, coming, progress=told), seen["reused"]


def _compare(sql: DuckDBEngine, wanted: Wanted, facts: FactSet, done: Sequence[PartDone], coming: Path) -> list[dict[str, Any]]:
    table = asking.standard(wanted.pack, wanted.day)
    standard = difference.standard_sql(table, asking.standard_by(wanted.pack))
    tags = list(asking.words(wanted.pack).tags)
    knows = facts.enrolled is not None and facts.names is not None
    sql.define("enrolled_before", difference.enrolled_before_sql(knows))
    files = []
    for part in done:
        # A part at a time: what is compared must fit in memory as what was determined did.
        for name, entity in (("household_answers", "household"), ("person_answers", "person")):
            sql.read(name, [coming / evaluate_parts.RESULTS[entity] / f"{part.part}.parquet"])
        target = coming / "changes" / f"{part.part}.parquet"
        sql.write(difference.changes_sql(standard, tags=tags, knows_persons=knows), target)
        files.append(target)
    name_answers(sql, coming, facts)
    sql.read("changes", files)
    names = ("township", "outcome", "previous_category", "category", "households", "people", "amount", "amount_before", "own_count")
    return [dict(zip(names, row, strict=True)) for row in sql.rows(difference.summary_sql("changes"))]


def _check_sums(done: Sequence[PartDone], rows: Sequence[Mapping[str, Any]]) -> None:
    for entity, column in (("household", "households"), ("person", "people")):
        given = sum(part.rows[entity] for part in done)
        told = sum(row[column] for row in rows)
        if given != told:
            raise HouseholdsLost(f"{given} rows of {entity} were determined, {told} have an outcome")


def _determined(
    out: Path,
    done: tuple[Sequence[PartDone], int],
    rows: Sequence[Mapping[str, Any]],
    facts: FactSet,
    unsettled_count: int,
    names: Sequence[str],
) -> Determined:
    return Determined(
        out=out,
        households=sum(part.rows["household"] for part in done[0]),
        persons=sum(part.rows["person"] for part in done[0]),
        not_ready=facts.waiting,
        rows=rows,
        reused=done[1],
        unsettled=unsettled_count,
        sheets=names,
    )


def _keep_facts(facts: FactSet, coming: Path) -> None:
    # A result can be questioned later only when the facts it was drawn from are kept with it.
    for part in parts.parts(facts.tables):
        for entity, file in part.files.items():
            whole.link(file, coming / "facts" / entity / f"{part.name}.parquet")
    for name, kept in ((NAMES, facts.names), (ENROLLED, facts.enrolled)):
        if kept is not None:
            whole.link(kept, coming / name)


def _told(wanted: Wanted, engine: Engine, plan: Any, facts: FactSet) -> dict[str, Any]:
    pack = wanted.pack.pack
    return {
        "doudi": doudi.__version__,
        "pack": pack.name,
        "pack_version": pack.version,
        "pack_digest": pack.digest,
        "plan_digest": plans.digest(plan, engine=engine.name),
        "day": wanted.day.isoformat(),
        "engine": engine.name,
        "facts": str(facts.tables),
        "arrived": list(facts.arrived),
    }
