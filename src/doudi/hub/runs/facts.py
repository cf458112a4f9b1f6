"""The fact tables of a day, built from the store's newest department tables and twelve months of records.

    STORE/facts/2025-10-31/tables/<entity>/part-00000.parquet   what `doudi determine` reads, in parts of whole households
    STORE/facts/2025-10-31/names.parquet       person_id, household_id, name, identity_number, village
    STORE/facts/2025-10-31/enrolled.parquet    who is enrolled now, person by person
    STORE/facts/2025-10-31/sources.parquet     entity, id, fact, dataset: who told each fact that is known
    STORE/facts/2025-10-31/arrivals.json       the months and files of each data set that answered
    STORE/facts/2025-10-31/not_ready.parquet   households that lack a fact that must be known, and which one

docs/decisions/0020-facts-from-department-data.md says who is believed about what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import link
from doudi.hub.runs.areas import area_names, area_names_sql
from doudi.hub.runs.fact_set import BUILT, ENROLLED, NAMES, NOT_READY, FactSet, fact_set
from doudi.hub.runs.opened import Opened, open_tables
from doudi.hub.steps import linking
from doudi.hub.steps.facts import belongings, household, incomes, people, person, tables
from doudi.hub.steps.facts.words import Window, sources_sql
from doudi.hub.tables.contract import UNKNOWN_ABSENCE
from doudi.hub.tables.store import Store, private_folder, write_json
from doudi.refusal import Refusal

LARGEST_PART = 200_000
_FORMAT = 6


class NoPopulation(Refusal):
    """The store holds no population register: there are no households to determine."""


Said = Callable[[str], None]
"""Told in Chinese what is being done now."""


def build_facts(engine: DuckDBEngine, store: Store, *, day: date, said: Said = lambda _: None) -> FactSet:
    """Build the fact tables of a day, unless they are there already from the same rows, and return where they lie.

    People are linked first when the store has changed. This will refuse a store without a population register.
    """
    folder = store.folder / "facts" / day.isoformat()
    told = _digest(store, day)
    done = folder / BUILT
    if done.is_file() and json.loads(done.read_text(encoding="utf-8"))["from"] == told:
        return fact_set(folder)
    if link.is_stale(store, day):
        said("认人")
        link.link(engine, store, day=day)
    said("读入各部门表格")
    opened = _open(engine, store, day)
    window = Window(day, opened.arrived)
    for what, build in [("成员", _build_roster), ("情况", _build_facts), ("收支财产", _build_records)]:
        said(f"整理{what}")
        build(engine, opened, window)
    said("写出事实表")
    private_folder(folder, store.folder)
    waiting = _write(engine, store, folder, opened, window)
    write_json(done, {"from": told, "waiting": waiting, "arrived": sorted(opened.arrivals)})
    return fact_set(folder)


def _digest(store: Store, day: date) -> str:
    held = [(one, month, store.current(one, month)) for one in store.datasets() for month in store.months(one)]
    contracts = sorted((name, one.digest) for name, one in store.contracts.items())
    return hashlib.sha256(json.dumps([_FORMAT, day.isoformat(), held, contracts, area_names(store)]).encode()).hexdigest()


def _open(engine: DuckDBEngine, store: Store, day: date) -> Opened:
    opened = open_tables(engine, store, day, prefix="raw")
    if "population" not in opened.arrivals:
        raise NoPopulation(
            f"库里没有 {day:%Y-%m} 以前十二个月内的全员人口名册。(No population register in the twelve months before the day.)",
            where=str(store.folder),
            to_do="先收入全员人口名册：doudi ingest 全员人口.xlsx；或者用 --day 指定名册所在的月份",
        )
    engine.read("links_file", [link.folder_of(store) / "links.parquet"])
    engine.build("accepted_links", "select * from links_file where person_id is not null")
    engine.read("people", [link.folder_of(store) / "people.parquet"])
    for dataset, columns in opened.columns.items():
        engine.define(f"all_{dataset}", linking.linked_sql(dataset, columns))
        arrival = opened.arrivals.get(dataset)
        if arrival is None:
            engine.define(f"d_{dataset}", f"select * from all_{dataset}")
        elif store.contracts[dataset].absence_means == UNKNOWN_ABSENCE:
            # A ledger of visits or declarations holds those of its month: of each family the newest stands.
            engine.build(f"d_{dataset}", linking.newest_of_each_sql(dataset, columns, since=_year_before(day)))
        else:
            engine.build(f"d_{dataset}", f"select * from all_{dataset} where month = '{arrival.newest}'")
    return opened


def _year_before(day: date) -> str:
    return f"{day.year - 1}-{day.month:02}"


def _build_roster(engine: DuckDBEngine, opened: Opened, window: Window) -> None:
    engine.build("registered", people.registered_sql())
    engine.build("places", people.places_sql())
    engine.build("members", people.members_sql())
    engine.build("roster", people.roster_sql())
    engine.build("window_months", tables.window_months_sql(window, {name: one.months for name, one in opened.arrivals.items()}))


def _build_facts(engine: DuckDBEngine, opened: Opened, window: Window) -> None:
    for name, select in {**person.one_row_sql(), **person.dated_sql(window)}.items():
        engine.build(name, select)
    engine.build("person_told", person.person_sql(window))
    engine.build("enrolled", household.enrolled_sql())
    engine.build("h_area", household.area_sql())
    for name, select in household.helpers_sql(window).items():
        engine.build(name, select)
    engine.build("household_told", household.household_sql(window))
    engine.drop(*household.helpers_sql(window), "h_area")


def _build_records(engine: DuckDBEngine, opened: Opened, window: Window) -> None:
    told = " union all by name ".join(
        [incomes.monthly_sql(), incomes.once_sql(window), incomes.taxed_sql(window), incomes.declared_sql(window)]
    )
    engine.build("incomes_told", tables.of_members_sql(told))
    engine.build("incomes", incomes.settled_sql())
    engine.build("incomes_asked", incomes.asked_sql(window))
    engine.build("expenses_told", tables.of_members_sql(belongings.expenses_sql(window)))
    engine.build("expenses", belongings.settled_expenses_sql())
    engine.build("assets_told", tables.of_members_sql(belongings.assets_sql(window)))
    engine.build("assets", belongings.settled_assets_sql(window))
    engine.build("supporters", tables.of_members_sql(belongings.supporters_sql(window)))
    engine.build("lists_asked", belongings.asked_sql(window))


def _write(engine: DuckDBEngine, store: Store, folder: Path, opened: Opened, window: Window) -> int:
    engine.build("not_ready", tables.not_ready_sql())
    engine.build("parts", tables.parts_sql(LARGEST_PART))
    named = [int(str(row[0])) for row in engine.rows("select distinct part from parts order by part")]
    selects = tables.entities_sql([one.name for one in household.facts(window)], [one.name for one in person.facts(window)])
    for number in named or [0]:
        for entity, select in selects.items():
            engine.write(tables.of_part_sql(select, number), folder / "tables" / entity / f"part-{number:05}.parquet")
    _forget_other_parts(folder, len(named or [0]))
    engine.build("areas", area_names_sql(store))
    engine.write(tables.names_sql(), folder / NAMES)
    engine.write("select * from enrolled order by all", folder / ENROLLED)
    engine.write("select * from not_ready order by all", folder / NOT_READY)
    engine.write(
        f"select * from ({sources_sql('household_told', 'household', 'household_id', household.facts(window))} union all "
        f"{sources_sql('person_told', 'person', 'person_id', person.facts(window))}) order by entity, fact, id",
        folder / "sources.parquet",
    )
    write_json(folder / "arrivals.json", {name: asdict(one) for name, one in sorted(opened.arrivals.items())})
    return int(str(engine.rows("select count(distinct household_id) from not_ready")[0][0]))


def _forget_other_parts(folder: Path, parts: int) -> None:
    # Facts built from fewer households than before leave no old part behind.
    for file in (folder / "tables").glob("*/part-*.parquet"):
        if int(file.stem.removeprefix("part-")) >= parts:
            file.unlink()
