"""What if a value of the policy were another: everyone determined twice, and what differs.

OUT/before/, OUT/after/               both answers (see runs.determine)
OUT/weighed/<part>.parquet            every household before and after
OUT/simulate.xlsx, OUT/simulate.png   the same in sheets and in a picture
OUT/summary.json
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.engines.engine import Engine
from doudi.hub.runs import asking, evaluate_parts, parts, whole
from doudi.hub.runs.determine import Watched
from doudi.hub.runs.evaluate_parts import RESULTS, PartDone
from doudi.hub.runs.fact_set import FactSet
from doudi.hub.runs.sheets import Column, workbook
from doudi.hub.runs.what_if_plot import draw
from doudi.hub.steps import what_if
from doudi.hub.tables.store import write_json
from doudi.policy import api
from doudi.policy.api import LoadedPack
from doudi.refusal import Refusal

MOVES = {
    "enter": "新纳入",
    "leave": "退出",
    "category": "转类",
    "amount": "金额变化",
    "told": "变为能断定或不能断定",
    "same": "不变",
    "open": "前后都不能断定",
}
_SIDES = ("before", "after")


class NothingSet(Refusal):
    """No value was given another amount, or one was written without an amount."""


@dataclass(frozen=True)
class Trial:
    """What is tried: the pack on a day with other values (as the pack holds them), and where results go."""

    pack: LoadedPack
    day: date
    values: Mapping[str, Any]
    said: Sequence[str]
    out: Path


@dataclass(frozen=True)
class Simulated:
    """What the change does: rows by move and by category; money in fen a year; `plot` is None without a Chinese font."""

    out: Path
    set: Sequence[str]
    households: int
    persons: int
    moves: Sequence[Mapping[str, Any]]
    categories: Sequence[Mapping[str, Any]]
    plot: str | None

    def by_move(self) -> dict[str, dict[str, int]]:
        """Return households, persons entering and leaving, and fen a year more, by move."""
        found: dict[str, dict[str, int]] = {}
        for row in self.moves:
            kept = found.setdefault(row["move"], {"households": 0, "entering": 0, "leaving": 0, "money": 0})
            for key in ("households", "entering", "leaving"):
                kept[key] += row[key]
            kept["money"] += row["money_after"] - row["money_before"]
        return {name: found[name] for name in MOVES if name in found}


def trial_values(pack: LoadedPack, said: Sequence[str], day: date) -> Mapping[str, Any]:
    """Return values written as NAME=VALUE or NAME.KEY=VALUE. This will refuse unknown names, with suggestions."""
    told = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise NothingSet(
                f"看不懂 --set {one}。(Not understood: --set {one}.)",
                to_do="写成 NAME=VALUE，金额用整数分，例如 --set dibao_standard.rural=75000",
            )
        told[name.strip()] = value.strip()
    if not told:
        raise NothingSet("没有要试的值。(No --set was given.)", to_do="例如 --set dibao_standard.rural=75000")
    return api.trial_values(pack.pack, told, day)


def simulate(engine: Engine, sql: DuckDBEngine, facts: FactSet, trial: Trial, watched: Watched | None = None) -> Simulated:
    """Determine everyone before and after a change of values, and weigh the difference."""
    watched = watched or Watched()
    coming = whole.begin(trial.out)
    done: list[PartDone] = []
    for side, values in zip(_SIDES, (None, trial.values), strict=True):
        watched.step("按现行标准认定" if values is None else "按试算标准认定")
        plan = asking.plan(trial.pack, day=trial.day, dialect=engine.name, values=values)
        done = _evaluate(engine, plan, facts.tables, coming / side, watched)
    watched.step("对比前后")
    sql.read("weighed", [_weigh(sql, coming, part.part) for part in done])
    found = _simulated(sql, trial, done)
    watched.step("写表格和图")
    words = asking.words(trial.pack)
    _write_book(sql, coming / "simulate.xlsx", found, words)
    title = "；".join(asking.trial_words(trial.pack, one) for one in trial.said)
    drawn = draw(coming / "simulate.png", found.categories, words, title=title)
    told = Simulated(**{**vars(found), "plot": str(trial.out / "simulate.png") if drawn else None})
    write_json(coming / "summary.json", as_json(told))
    whole.finish(trial.out)
    return told


def as_json(found: Simulated) -> dict[str, Any]:
    """Return the result as a machine reads it; money in fen a year."""
    return {**vars(found), "out": str(found.out), "set": list(found.set), "by_move": found.by_move()}


def _evaluate(engine: Engine, plan: Any, tables: Path, out: Path, watched: Watched) -> list[PartDone]:
    total = len(parts.parts(tables))
    seen: list[PartDone] = []

    def told(one: PartDone, _: bool) -> None:
        seen.append(one)
        watched.part(len(seen), total)

    watched.part(0, total)
    return evaluate_parts.evaluate(engine, plan, tables, out, progress=told)


def _weigh(sql: DuckDBEngine, coming: Path, part: str) -> Path:
    for side in _SIDES:
        for entity, folder in RESULTS.items():
            sql.read(f"{entity}_{side}", [coming / side / folder / f"{part}.parquet"])
    target = coming / "weighed" / f"{part}.parquet"
    sql.write(what_if.weighed_sql(), target)
    return target


def _simulated(sql: DuckDBEngine, trial: Trial, done: Sequence[PartDone]) -> Simulated:
    households = sum(part.rows["household"] for part in done)
    moves = _named(sql, what_if.moves_sql(), "township move before after households entering leaving money_before money_after")
    told = sum(row["households"] for row in moves)
    if told != households:
        raise AssertionError(f"{households} households were determined twice, {told} were weighed")
    columns = "place category households_before households_after people_before people_after money_before money_after"
    return Simulated(
        out=trial.out,
        set=tuple(trial.said),
        households=households,
        persons=sum(part.rows["person"] for part in done),
        moves=moves,
        categories=_in_order(trial.pack, _named(sql, what_if.categories_sql("all"), columns)),
        plot=None,
    )


def _in_order(pack: LoadedPack, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = {one.name: place for place, one in enumerate(pack.pack.results.categories)}
    return sorted(rows, key=lambda row: (row["category"] is None, order.get(row["category"], len(order))))


def _named(sql: DuckDBEngine, select: str, names: str) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), row, strict=True)) for row in sql.rows(select)]


_COUNTS = (
    Column("户数（前）", "int"), Column("户数（后）", "int"), Column("户数增减", "int"), Column("人数（前）", "int"),
    Column("人数（后）", "int"), Column("人数增减", "int"), Column("年金额（前，元）", "yuan", 18),
    Column("年金额（后，元）", "yuan", 18), Column("年金额增减（元）", "yuan", 18),
)  # fmt: skip
_AFFECTED = (
    Column("户编号", width=16), Column("乡镇", width=16), Column("变化", width=10), Column("原类别", width=20),
    Column("新类别", width=20), Column("人数", "int", 6), Column("新增人数", "int", 8), Column("退出人数", "int", 8),
    Column("原月金额（元）", "yuan", 14), Column("新月金额（元）", "yuan", 14), Column("增减（元/月）", "yuan", 14),
)  # fmt: skip


def _write_book(sql: DuckDBEngine, target: Path, found: Simulated, words: asking.Words) -> None:
    moves = [(MOVES[name], one["households"], one["entering"], one["leaving"], one["money"]) for name, one in found.by_move().items()]
    columns = (Column("变化", width=20), Column("户数", "int"), Column("新增人数", "int"), Column("退出人数", "int"))
    note = f"试算：{'；'.join(found.set)}。只用于测算，不改变任何认定结果。"
    with workbook(target) as book:
        book.sheet("汇总", (*columns, Column("年金额增减（元）", "yuan", 18)), moves, note=note)
        book.sheet("按类别", (Column("类别", width=24), *_COUNTS), [_counts(words, row)[1:] for row in found.categories])
        each = _named(sql, what_if.categories_sql("township"), " ".join(found.categories[0]) if found.categories else "")
        book.sheet("按乡镇和类别", (Column("乡镇", width=16), Column("类别", width=24), *_COUNTS), [_counts(words, row) for row in each])
        book.sheet("受影响的户", _AFFECTED, [_affected(words, row) for row in sql.rows(what_if.affected_sql())])


def _counts(words: asking.Words, row: Mapping[str, Any]) -> list[object]:
    told: list[object] = [row["place"] or None, words.category(row["category"])]
    for what in ("households", "people", "money"):
        before, after = row[f"{what}_before"], row[f"{what}_after"]
        told += [before, after, after - before]
    return told


def _affected(words: asking.Words, row: Sequence[object]) -> list[object]:
    home, township, _, move, before, after, people, entering, leaving, paid, amount = row
    change = amount - paid if isinstance(amount, int) and isinstance(paid, int) else None
    return [
        home, township, MOVES[str(move)], words.category(before), words.category(after), people, entering, leaving,
        paid, amount, change,
    ]  # fmt: skip
