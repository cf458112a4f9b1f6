"""Count the answers in which two results differ, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

KEYS = {"household": "household_id", "person": "person_id"}


@dataclass(frozen=True)
class Difference:
    """A column in which results differ: in how many rows, and one of them with both values."""

    entity: str
    column: str
    rows: int
    example: str


def differences(one: Path, other: Path, columns: dict[str, list[str]]) -> list[Difference]:
    """Compare two folders of results. Rows that only one of them holds are told as a difference in the key."""
    return [found for entity, names in columns.items() for found in _of_entity(one, other, entity, names)]


def _of_entity(one: Path, other: Path, entity: str, names: list[str]) -> list[Difference]:
    key = KEYS[entity]
    connection = duckdb.connect()
    for name, folder in (("a", one), ("b", other)):
        connection.execute(f"create view {name} as select * from read_parquet('{folder / entity}.parquet')")
    joined = f"from a full join b on a.{key} = b.{key}"
    counts = ", ".join(f"count(*) filter (where a.{name} is distinct from b.{name})" for name in (key, *names))
    found = []
    for name, count in zip((key, *names), connection.execute(f"select {counts} {joined}").fetchall()[0], strict=True):
        if count:
            example = connection.execute(f"select coalesce(a.{key}, b.{key}), a.{name}, b.{name} {joined} "
                                         f"where a.{name} is distinct from b.{name} limit 1").fetchall()[0]
            found.append(Difference(entity, name, count, f"{example[0]}: {example[1]} / {example[2]}"))
    return found
