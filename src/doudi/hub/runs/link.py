"""Who is who: a register of people by valid identity number, and links for the rows that came without one.

    STORE/link/people.parquet    everyone with a number, as the population list (or else another list) spells them
    STORE/link/links.parquet     every row without a number: to whom it was linked, by which rule, how surely, why
    STORE/link/review.parquet    the candidates of rows that a person must look at; review.xlsx says the same in words

Nothing is merged: a link is a row beside the data, and without this folder the data are as they came. The same store
gives the same links.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from doudi.hub.engines import linking as splinked
from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import review
from doudi.hub.runs.opened import Opened, open_tables
from doudi.hub.runs.people import sound
from doudi.hub.steps import linking
from doudi.hub.steps import linking_decisions as decisions
from doudi.hub.tables.store import Store, private_folder, write_json
from doudi.refusal import Refusal

ACCEPT, REVIEW, RIVAL = 0.98, 0.30, 0.30
"""A link is accepted from ACCEPT on when no other person reaches RIVAL; from REVIEW on a person looks at it."""


class NobodyKnown(Refusal):
    """The store names no person with an identity number: there is nobody to link to."""


@dataclass(frozen=True)
class Linked:
    """What linking found: people with a number, rows without one, and what became of these (they add up)."""

    people: int
    told: int
    accepted: int
    review: int
    unlinked: int
    provisional: int
    folder: str


def link(engine: DuckDBEngine, store: Store, *, day: date, accept: float = ACCEPT, look: float = REVIEW) -> Linked:
    """Link the rows without a usable identity number to people, and write the links beside the store's tables.

    Rows of all months up to the day's are looked at. This will refuse a store in which nobody has a number.
    """
    opened = open_tables(engine, store, day, prefix="all")
    _build_people(engine, opened)
    _build_told(engine, opened)
    engine.build("pairs", _pairs_sql(engine))
    engine.build("decided", decisions.decided_sql(accept=accept, look=look, rival=RIVAL))
    _name_provisional(engine)
    folder = store.folder / "link"
    private_folder(folder, store.folder)
    engine.write(decisions.people_file_sql(), folder / "people.parquet")
    engine.write(decisions.links_file_sql(), folder / "links.parquet")
    engine.write(decisions.review_file_sql(look=look), folder / "review.parquet")
    review.write_review(engine, folder / "review.xlsx", {name: one.label for name, one in store.contracts.items()}, look=look)
    summary = _summary(engine, folder)
    write_json(folder / "summary.json", asdict(summary) | {"day": day.isoformat(), "accept": accept, "review": look})
    return summary


def folder_of(store: Store) -> Path:
    """Return where the links of a store lie, made or not."""
    return store.folder / "link"


def is_stale(store: Store, day: date) -> bool:
    """Return whether the store has links for this day that are as new as its newest rows."""
    file = folder_of(store) / "summary.json"
    if not file.is_file() or json.loads(file.read_text(encoding="utf-8"))["day"] != day.isoformat():
        return True
    changed = (path.stat().st_mtime for path in (store.folder / "tables").glob("*/month=*/versions.json"))
    return max(changed, default=0.0) > file.stat().st_mtime


def _build_people(engine: DuckDBEngine, opened: Opened) -> None:
    told = {name: columns for name, columns in opened.columns.items() if name in opened.arrivals}
    if not told.keys() & set(linking.NAMED_IN):
        raise NobodyKnown(
            "库里还没有人口名册或任何带身份证号的名单。(Nothing that names people has been ingested.)",
            to_do="先收入全员人口名册：doudi ingest 全员人口.xlsx",
        )
    engine.build("people_spelled", linking.people_sql(told))
    names = [str(row[0]) for row in engine.rows("select distinct name from people_spelled order by name")]
    engine.take("sounds", {"name": names, "sound": [sound(name) for name in names]})
    engine.build("people", decisions.described_people_sql())


def _build_told(engine: DuckDBEngine, opened: Opened) -> None:
    datasets = [name for name in opened.arrivals if {"identity_number", "name"} <= set(opened.columns[name])]
    each = [linking.unnumbered_sql(name, opened.columns[name]) for name in datasets]
    engine.build("told_rows", " union all by name ".join(each) if each else decisions.nothing_told_sql())
    names = [str(row[0]) for row in engine.rows("select distinct name from told_rows order by name")]
    engine.take("told_sounds", {"name": names, "sound": [sound(name) for name in names]} if names else _no_sounds())
    engine.build("told", decisions.described_rows_sql())


def _no_sounds() -> dict[str, Sequence[object]]:
    return {"name": [""], "sound": [""]}


def _pairs_sql(engine: DuckDBEngine) -> str:
    people = int(str(engine.rows("select count(*) from people")[0][0]))
    if people == 0 or not engine.rows("select 1 from told limit 1"):
        return decisions.no_pairs_sql()
    accident = dict(splinked.ACCIDENT)
    if people >= splinked.LEAST_REGISTER:
        for feature, column in [("name", "name"), ("sound", "sound"), ("birth_date", "birth"), ("area", "area")]:
            counted = engine.rows(linking.agreement_sql(column))[0][0]
            # Nobody agrees with anybody in a small register: that is no proof that nobody ever does.
            accident[feature] = max(float(str(counted or 0)), splinked.ACCIDENT[feature] / 10)
    found = splinked.candidates(engine, "told", "people", accident, people)
    return decisions.pairs_sql(found, splinked.levels(accident))


def _name_provisional(engine: DuckDBEngine) -> None:
    rows = engine.rows("select unique_id from decided where dataset = 'population' and status <> 'accepted' order by 1")
    numbers = [str(row[0]) for row in rows]
    named = ["U" + hashlib.sha256(number.encode()).hexdigest()[:17].upper() for number in numbers]
    engine.take("provisional", {"unique_id": numbers or [""], "person_id": named or [""]})


def _summary(engine: DuckDBEngine, folder: Path) -> Linked:
    counts = {str(status): int(str(count)) for status, count in engine.rows("select status, count(*) from decided group by 1")}
    people = int(str(engine.rows("select count(*) from people")[0][0]))
    told = int(str(engine.rows("select count(*) from told")[0][0]))
    provisional = int(str(engine.rows("select count(*) from provisional where unique_id <> ''")[0][0]))
    accepted, looked = counts.get("accepted", 0), counts.get("review", 0)
    unlinked = counts.get("none", 0)
    if accepted + looked + unlinked != told:
        raise AssertionError(f"rows without a number do not add up: {counts} of {told}")
    return Linked(people, told, accepted, looked, unlinked, provisional, str(folder))
