"""DuckDB, embedded: the engine of a county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as arrow

from doudi.hub.engines.engine import EngineName, Row, half_written

DEFAULT_MEMORY = "3GB"


class DuckDBEngine:
    """Run SELECTs in one DuckDB connection of bounded memory; what does not fit is spilled to `scratch`."""

    name: EngineName = "duckdb"

    def __init__(self, *, memory: str = DEFAULT_MEMORY, threads: int | None = None, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        config: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": str(scratch),
            # A county's server has no way out; an extension that is missing must be an error, not a wait.
            "autoinstall_known_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        self._connection: Any = duckdb.connect(":memory:", config=config)
        self._made: dict[str, str] = {}

    @property
    def connection(self) -> Any:
        """The connection itself, for Splink, which brings its own SQL."""
        return self._connection

    def read(self, table: str, files: Sequence[Path]) -> None:
        listed = ", ".join(quoted(str(file)) for file in files)
        self.define(table, f"select * from read_parquet([{listed}])")

    def define(self, table: str, select: str) -> None:
        self.drop(table)
        self._connection.execute(f"create temp view {identifier(table)} as {select}")
        self._made[table] = "view"

    def build(self, table: str, select: str) -> None:
        if self._made.get(table) == "view":
            self.drop(table)
        self._connection.execute(f"create or replace temp table {identifier(table)} as {select}")
        self._made[table] = "table"

    def take(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Keep columns that were made in Python under a table name. For what SQL cannot say, such as a sound."""
        held = arrow.table({name: arrow.array(values) for name, values in columns.items()})
        self._connection.register("handed_over", held)
        self.build(table, "select * from handed_over")
        self._connection.unregister("handed_over")

    def drop(self, *tables: str) -> None:
        for table in tables:
            kind = self._made.pop(table, None)
            if kind:
                self._connection.execute(f"drop {kind} if exists {identifier(table)}")

    def write(self, select: str, target: Path) -> int:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = half_written(target)
        copied = self.rows(f"copy ({select}) to {quoted(str(half))} (format parquet, compression zstd)")
        half.replace(target)
        return int(str(copied[0][0]))

    def rows(self, select: str) -> list[Row]:
        found: list[Row] = self._connection.execute(select).fetchall()
        return found

    def close(self) -> None:
        self._connection.close()


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'
