"""From a fact table as it was written to the columns that a compiled pack reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Column(NamedTuple):
    """One column that a plan reads. `source` is the SQL type found in the file, None when the file lacks it."""

    name: str
    wanted: str
    source: str | None
    absent: str = "null"


def input_sql(table: str, columns: Sequence[Column]) -> str:
    """Return SQL that gives a fact table exactly the columns of a plan.

    A fact that the file does not hold is unknown (NULL); a list that it does not hold was never asked for (false).
    """
    return f"select {', '.join(_selected(column) for column in columns)} from {table}"


def _selected(column: Column) -> str:
    if column.source is None:
        return f"cast({column.absent} as {column.wanted}) as {column.name}"
    if column.source == column.wanted:
        return column.name
    return f"cast({column.name} as {column.wanted}) as {column.name}"


def empty_sql(columns: Sequence[Column]) -> str:
    """Return SQL of a table with the columns of a plan and no row: a list that nobody was ever asked for."""
    selected = ", ".join(f"cast(null as {column.wanted}) as {column.name}" for column in columns)
    return f"select * from (select {selected}) as nothing where false"


def orphans_sql(child: str, parent: str, key: str) -> str:
    """Return SQL that counts the rows of a table whose parent is not there."""
    return f"select count(*) from {child} as c left join {parent} as p on c.{key} = p.{key} where p.{key} is null"


def missing_sql(table: str, columns: Sequence[str]) -> str:
    """Return SQL that counts, for each column, the rows in which it is NULL."""
    counts = ", ".join(f"count(*) - count({column})" for column in columns)
    return f"select count(*), {counts} from {table}"


def repeats_sql(table: str, key: str) -> str:
    """Return SQL that counts the rows of a table that repeat a key."""
    return f"select count(*) - count(distinct {key}) from {table}"
