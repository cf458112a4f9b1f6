"""The names of areas: the table `areas.csv` of a store, code and name, as the statistics office publishes it."""

from __future__ import annotations

import csv

from doudi.hub.engines.duckdb_engine import quoted
from doudi.hub.tables.store import Store

AREAS = "areas.csv"


def area_names(store: Store) -> dict[str, str]:
    """Return the name of each area code that the store has a name for; nothing when it has no such table."""
    table = store.folder / AREAS
    if not table.is_file():
        return {}
    with open(table, encoding="utf-8-sig", newline="") as lines:
        return {row[0].strip(): row[1].strip() for row in csv.reader(lines) if len(row) > 1 and row[0].strip().isdigit()}


def area_names_sql(store: Store) -> str:
    """Return SQL of the table of areas: (code, name)."""
    known = area_names(store)
    if not known:
        return "select cast(null as varchar) as code, cast(null as varchar) as name where false"
    return f"select * from (values {', '.join(f'({quoted(code)}, {quoted(name)})' for code, name in known.items())}) as t(code, name)"
