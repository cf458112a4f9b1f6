"""What every engine can do: read Parquet, build named tables, write Parquet. Nothing else of an engine is used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from doudi.refusal import Refusal

EngineName = Literal["duckdb", "spark"]
Row = tuple[object, ...]


class EngineMissing(Refusal):
    """An engine was asked for that is not installed here."""


class UnknownEngine(Refusal):
    """There is no engine of this name."""


class Engine(Protocol):
    """Run SELECT texts over named tables.

    Table names come from the program and never from a person. Every method lets the engine's own errors through: an
    overflow or a wrong cast is a fault, never a NULL.
    """

    @property
    def name(self) -> EngineName:
        """The name of the engine, which is also the dialect that it reads."""

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Give Parquet files of one shape a table name. Nothing is read yet."""

    def define(self, table: str, select: str) -> None:
        """Give a SELECT a table name. Nothing is computed yet."""

    def build(self, table: str, select: str) -> None:
        """Compute a SELECT now and keep its rows under a table name until they are dropped."""

    def drop(self, *tables: str) -> None:
        """Forget tables that `read`, `define` or `build` made; one that is not there is no error."""

    def write(self, select: str, target: Path) -> int:
        """Write the rows of a SELECT to one Parquet file and return how many there are.

        The file appears whole or not at all; an older file of this name is replaced only then.
        """

    def rows(self, select: str) -> list[Row]:
        """Return the rows of a SELECT. For answers that are small."""

    def close(self) -> None:
        """Let go of memory and temporary files."""


def half_written(target: Path) -> Path:
    """Return the name under which `target` is written before it is whole."""
    return target.with_name(f".{target.name}.half")


def open_engine(name: str, *, memory: str, threads: int | None, scratch: Path) -> Engine:
    """Return an engine by its name, `duckdb` or `spark`. This will refuse a name that is neither, and a missing Spark.

    `memory` is a size as DuckDB writes it, such as `3GB`; `scratch` is a folder for what does not fit in memory.
    """
    if name == "duckdb":
        from doudi.hub.engines.duckdb_engine import DuckDBEngine

        return DuckDBEngine(memory=memory, threads=threads, scratch=scratch)
    if name == "spark":
        from doudi.hub.engines.spark_engine import SparkEngine

        return SparkEngine.local(memory=memory, threads=threads, scratch=scratch)
    raise UnknownEngine(
        f"没有名为 {name} 的计算引擎。(There is no engine named {name}.)",
        to_do="Use --engine duckdb or --engine spark.",
    )
