"""Spark, for a province or the nation: the same SELECTs, printed in its dialect. ANSI on, or not at all."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doudi.hub.engines.engine import EngineMissing, EngineName, Row, half_written
from doudi.refusal import Refusal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ANSI = "spark.sql.ansi.enabled"
QUIET = """rootLogger.level = error
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n
"""


class AnsiOff(Refusal):
    """Spark without ANSI wraps overflows and turns wrong casts into NULL: people would get wrong answers."""


class SparkEngine:
    """Run SELECTs in a Spark session. The session given must have ANSI on."""

    name: EngineName = "spark"

    def __init__(self, session: SparkSession) -> None:
        self._session: Any = session
        self._made: dict[str, Any] = {}
        self._owns_session = False
        self._refuse_without_ansi()

    @classmethod
    def local(cls, *, memory: str, threads: int | None, scratch: Path) -> SparkEngine:
        """Start Spark inside this process on `threads` cores (all of them when None), with its files in `scratch`."""
        session, is_new = _local_session(memory, threads, scratch)
        engine = cls(session)
        # Somebody else's session is used and left running.
        engine._owns_session = is_new
        return engine

    def read(self, table: str, files: Sequence[Path]) -> None:
        self._name(table, self._session.read.parquet(*[str(file) for file in files]))

    def define(self, table: str, select: str) -> None:
        self._name(table, self._select(select))

    def build(self, table: str, select: str) -> None:
        # A checkpoint cuts the plan: without it the plan of stage n holds those of all stages before it, many times.
        self._name(table, self._select(select).localCheckpoint(eager=True))

    def drop(self, *tables: str) -> None:
        for table in tables:
            frame = self._made.pop(table, None)
            if frame is not None:
                self._session.catalog.dropTempView(table)
                frame.unpersist()

    def write(self, select: str, target: Path) -> int:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = half_written(target)
        shutil.rmtree(half, ignore_errors=True)
        self._select(select).coalesce(1).write.parquet(str(half), compression="zstd")
        part = next(half.glob("part-*.parquet"))
        part.replace(target)
        shutil.rmtree(half)
        return _count(target)

    def rows(self, select: str) -> list[Row]:
        return [tuple(row) for row in self._select(select).collect()]

    def close(self) -> None:
        self.drop(*list(self._made))
        if self._owns_session:
            self._session.stop()

    def _name(self, table: str, frame: Any) -> None:
        self.drop(table)
        frame.createOrReplaceTempView(table)
        self._made[table] = frame

    def _select(self, select: str) -> Any:
        # Asked every time: a session can be changed by a SET between two statements.
        self._refuse_without_ansi()
        return self._session.sql(select)

    def _refuse_without_ansi(self) -> None:
        if str(self._session.conf.get(ANSI)).lower() != "true":
            raise AnsiOff(
                "Spark 未开启 ANSI 模式，溢出和错误转换会变成错误答案，拒绝运行。"
                "(Spark runs without ANSI: overflows would wrap and wrong casts become NULL.)",
                where=f"{ANSI} = {self._session.conf.get(ANSI)}",
                to_do=f"Set {ANSI}=true in the Spark configuration.",
            )


def _local_session(memory: str, threads: int | None, scratch: Path) -> tuple[Any, bool]:
    _refuse_without_spark()
    from pyspark.sql import SparkSession

    is_new = SparkSession.getActiveSession() is None
    scratch.mkdir(parents=True, exist_ok=True)
    quiet = scratch / "log4j2.properties"
    quiet.write_text(QUIET, encoding="utf-8")
    # The workers must run this Python: another one has none of our packages.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{threads or '*'}]").appName("doudi")
    for key, value in _settings(memory, scratch, quiet).items():
        builder = builder.config(key, value)
    with _stderr_to(scratch / "spark.log"):
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session, is_new


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    # Java greets with warnings that no setting turns off, and it keeps the error channel that it was born with.
    sys.stderr.flush()
    kept = os.dup(2)
    with log.open("ab") as opened:
        os.dup2(opened.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _settings(memory: str, scratch: Path, quiet: Path) -> dict[str, str]:
    return {
        ANSI: "true",
        "spark.driver.memory": memory.lower().removesuffix("b"),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{quiet.resolve()}",
        "spark.local.dir": str(scratch.resolve()),
        "spark.sql.warehouse.dir": str((scratch / "warehouse").resolve()),
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.sql.shuffle.partitions": "8",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def _refuse_without_spark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        raise EngineMissing(
            "没有安装 Spark。(pyspark is not installed.)",
            to_do='Install it with `pip install "doudi[spark]"`, or use --engine duckdb.',
        )
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise EngineMissing(
            "没有找到 Java，Spark 不能启动。(Spark needs Java 17, which was not found.)",
            to_do="Install Java 17 (on Debian: apt-get install openjdk-17-jre-headless), or use --engine duckdb.",
        )


def _count(file: Path) -> int:
    import pyarrow.parquet as parquet

    return int(parquet.read_metadata(file).num_rows)
