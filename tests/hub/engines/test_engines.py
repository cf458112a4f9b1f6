"""Both engines do the same: name files, build tables, write whole files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.engines.engine import Engine, UnknownEngine, half_written, open_engine


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(request.param, memory="1GB", threads=2, scratch=tmp_path / "scratch")
    yield opened
    opened.close()


@pytest.fixture
def incomes(tmp_path: Path) -> Path:
    table = pa.table({"person_id": ["a", "a", "b"], "amount": pa.array([100, 250, None], pa.int64())})
    pq.write_table(table, tmp_path / "income.parquet")
    return tmp_path / "income.parquet"


class TestEngine:
    def test_reads_builds_and_answers(self, engine: Engine, incomes: Path) -> None:
        engine.read("income", [incomes])
        engine.build("total", "select person_id, cast(sum(amount) as bigint) as total from income group by person_id")
        assert sorted(engine.rows("select person_id, total from total")) == [("a", 350), ("b", None)]

    def test_a_name_may_be_used_again(self, engine: Engine) -> None:
        engine.build("one", "select 1 as x")
        engine.build("one", "select 2 as x")
        assert engine.rows("select x from one") == [(2,)]

    def test_dropping_what_is_not_there_is_no_error(self, engine: Engine) -> None:
        engine.drop("nothing")

    def test_writes_one_whole_file(self, engine: Engine, incomes: Path, tmp_path: Path) -> None:
        engine.read("income", [incomes])
        target = tmp_path / "out" / "kept.parquet"
        assert engine.write("select * from income where amount is not null order by amount", target) == 2
        assert pq.read_table(target).column("amount").to_pylist() == [100, 250]
        assert not half_written(target).exists()

    def test_a_failed_write_leaves_the_last_good_file(self, engine: Engine, tmp_path: Path) -> None:
        target = tmp_path / "out" / "kept.parquet"
        engine.write("select 1 as x", target)
        with pytest.raises(Exception, match=r"(?i)overflow"):
            engine.write("select cast(9223372036854775807 as bigint) + x as x from (select cast(1 as bigint) as x)", target)
        assert pq.read_table(target).column("x").to_pylist() == [1]


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="oracle"):
        open_engine("oracle", memory="1GB", threads=1, scratch=tmp_path)


def test_a_path_with_a_quote_is_only_a_path(tmp_path: Path) -> None:
    engine = DuckDBEngine(scratch=tmp_path / "scratch")
    target = tmp_path / "it's here" / "x.parquet"
    engine.write("select 1 as x", target)
    engine.read("x", [target])
    assert engine.rows("select x from x") == [(1,)]


@pytest.mark.spark
def test_spark_without_ansi_is_refused(tmp_path: Path) -> None:
    from doudi.hub.engines.spark_engine import ANSI, AnsiOff, SparkEngine

    engine = SparkEngine.local(memory="1GB", threads=1, scratch=tmp_path)
    try:
        engine._session.conf.set(ANSI, "false")
        with pytest.raises(AnsiOff, match="ANSI"):
            engine.rows("select 1")
        with pytest.raises(AnsiOff, match="ANSI"):
            SparkEngine(engine._session)
    finally:
        engine._session.conf.set(ANSI, "true")
        engine.close()
