"""The twelve months that count, whose file tells of each, and how a fact finds its source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.steps.facts.tables import window_months_sql
from doudi.hub.steps.facts.words import Fact, Source, Window, picked, sources_sql
from doudi.hub.steps.inputs import Column, empty_sql, input_sql


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=1, scratch=tmp_path)
    yield opened
    opened.close()


def window(day: date, *arrived: str) -> Window:
    return Window(day, frozenset(arrived))


class TestWindow:
    @pytest.mark.parametrize(
        "day, first, last",
        [
            (date(2025, 10, 31), date(2024, 11, 1), date(2025, 10, 1)),
            (date(2025, 10, 15), date(2024, 11, 1), date(2025, 10, 1)),
            (date(2024, 2, 29), date(2023, 3, 1), date(2024, 2, 1)),
            (date(2024, 2, 28), date(2023, 3, 1), date(2024, 2, 1)),
            (date(2025, 1, 1), date(2024, 2, 1), date(2025, 1, 1)),
        ],
    )
    def test_twelve_months_and_all_of_them_count(self, day: date, first: date, last: date, engine: DuckDBEngine) -> None:
        told = window(day)
        months = told.months()
        assert (len(months), months[0], months[-1]) == (12, first, last)
        for month in months:
            inside = told.within(f"date '{month.isoformat()}'")
            assert engine.rows(f"select {inside}") == [(True,)]

    def test_the_leap_day_looks_back_to_the_28th(self) -> None:
        assert window(date(2024, 2, 29)).start_sql == "date '2023-02-28'"

    def test_silence_speaks_only_of_what_arrived(self) -> None:
        assert window(date(2025, 1, 1), "custody").silent("custody", "false").told == "false"
        assert window(date(2025, 1, 1)).silent("custody", "false").told == "null"
        assert window(date(2025, 1, 1), "a", "b").has("a", "b") == "true"
        assert window(date(2025, 1, 1), "a").has("a", "b") == "false"


def test_a_month_without_a_file_is_told_by_the_next_that_has_one(engine: DuckDBEngine) -> None:
    select = window_months_sql(window(date(2025, 10, 31)), {"pensions": ["2025-03", "2025-08"]})
    told = {str(row[0])[:7]: row[1] for row in engine.rows(f"select month_first, told_in from ({select})")}
    assert (told["2024-11"], told["2025-03"], told["2025-04"], told["2025-10"]) == ("2025-03", "2025-03", "2025-08", "2025-08")


def test_the_first_source_that_is_not_silent_is_believed(engine: DuckDBEngine) -> None:
    facts = [Fact("level", [Source("certificates", "a"), Source("survey", "b")])]
    rows = "select * from (values (1, '1', '2'), (2, null, '3'), (3, null, null)) as t(id, a, b)"
    engine.build("told", f"select id, {picked(facts)} from ({rows})")
    assert engine.rows("select id, level from told order by id") == [(1, "1"), (2, "3"), (3, None)]
    sources = sources_sql("told", "person", "id", facts)
    assert engine.rows(f"select id, fact, dataset from ({sources}) order by id") == [(1, "level", "certificates"), (2, "level", "survey")]


class TestInputs:
    def test_what_a_file_lacks_is_unknown_and_what_nobody_asked_is_not_asked(self, engine: DuckDBEngine) -> None:
        engine.build("file", "select 1 as person_id, cast(5 as integer) as amount")
        columns = [
            Column("person_id", "BIGINT", "INTEGER"),
            Column("amount", "BIGINT", "INTEGER"),
            Column("married", "BOOLEAN", None),
            Column("incomes_asked", "BOOLEAN", None, absent="false"),
        ]
        assert engine.rows(input_sql("file", columns)) == [(1, 5, None, False)]

    def test_a_table_of_nothing_has_the_columns_all_the_same(self, engine: DuckDBEngine) -> None:
        engine.build("nothing_at_all", empty_sql([Column("person_id", "BIGINT", None), Column("born", "DATE", None)]))
        assert engine.rows("select count(*), count(person_id), count(born) from nothing_at_all") == [(0, 0, 0)]
