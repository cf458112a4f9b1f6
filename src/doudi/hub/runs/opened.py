"""The store's tables, opened for SQL: every data set has a table, whether or not anything of it has arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as arrow

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.steps import linking
from doudi.hub.tables.store import Store

_MONTHS = 12
_SQL_TYPES = {"int64": "bigint", "bool": "boolean", "date32[day]": "date", "string": "varchar"}


@dataclass(frozen=True)
class Arrival:
    """A data set that has arrived: the months held up to the day, oldest first, and the files of the newest."""

    dataset: str
    months: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The newest month, as `2025-10`."""
        return self.months[-1]


@dataclass(frozen=True)
class Opened:
    """What was opened: the columns of every data set, and what has arrived in the twelve months before the day."""

    columns: Mapping[str, tuple[str, ...]]
    arrivals: Mapping[str, Arrival]

    @property
    def arrived(self) -> frozenset[str]:
        """The data sets that have arrived."""
        return frozenset(self.arrivals)


def open_tables(engine: DuckDBEngine, store: Store, day: date, *, prefix: str) -> Opened:
    """Name the rows of every data set `<prefix>_<dataset>`: all months up to the day's, in the columns of the contract.

    A data set of which nothing came in the last twelve months has a table without rows and has not arrived.
    """
    columns, arrivals = {}, {}
    for dataset in sorted(store.contracts):
        schema = store.schema(dataset)
        columns[dataset] = tuple(schema.names)
        months = _months(store, dataset, day)
        if months:
            paths = {month: [str(path) for path in store.paths(dataset, month)] for month in months}
            engine.define(f"{prefix}_{dataset}", linking.table_sql(paths))
            newest = store.manifests(dataset, months[-1])
            arrivals[dataset] = Arrival(dataset, tuple(months), tuple(one.source_name for one in newest))
        else:
            engine.define(f"{prefix}_{dataset}", linking.empty_table_sql(_types(schema)))
    return Opened(columns, arrivals)


def newest_month(store: Store) -> str | None:
    """Return the newest month of any data set in the store, as `2025-10`, or None for an empty store."""
    return max((month for dataset in store.datasets() for month in store.months(dataset)), default=None)


def _months(store: Store, dataset: str, day: date) -> list[str]:
    last = f"{day:%Y-%m}"
    held = [month for month in store.months(dataset) if month <= last]
    # A register told of once, years ago, says nothing of today.
    return held if held and held[-1] > f"{day.year - 1}-{day.month:02}" else []


def _types(schema: arrow.Schema) -> dict[str, str]:
    return {field.name: _SQL_TYPES[str(field.type)] for field in schema}
