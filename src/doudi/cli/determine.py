"""`doudi link`, `doudi determine`, `doudi simulate`: a whole county at once."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doudi.cli.days import parse_day
from doudi.refusal import Refusal

if TYPE_CHECKING:
    from doudi.hub.engines.duckdb_engine import DuckDBEngine
    from doudi.hub.engines.engine import Engine
    from doudi.hub.runs.determine import Watched
    from doudi.hub.runs.fact_set import FactSet
    from doudi.hub.tables.store import Store
    from doudi.policy.api import LoadedPack

DEFAULT_PACK = "hubei/daye"

PACK = Annotated[str, typer.Option("--pack", help="政策包 The policy pack. Example: shaanxi/hanzhong")]
DAY = Annotated[str, typer.Option("--day", help="按哪一天认定, 不写用库里最新月份的最后一天 The day asked about. Example: 2025-10-31")]
ENGINE = Annotated[str, typer.Option("--engine", help="计算引擎 duckdb or spark.")]
STORE = Annotated[Path, typer.Option("--store", help="库的位置 The store that `doudi ingest` fills.")]
FACTS = Annotated[Path | None, typer.Option("--facts", help="现成的事实表, 不用库 Ready fact tables instead of a store.")]
MEMORY = Annotated[str, typer.Option("--memory", help="内存上限 Memory to use at most. Example: 3GB")]
THREADS = Annotated[int | None, typer.Option("--threads", help="线程数, 不写用全部 Threads; all cores when left out.", min=1)]
AS_JSON = Annotated[bool, typer.Option("--json", help="输出 JSON Print JSON.")]


class NoStore(Refusal):
    """The store holds nothing."""


class NoDay(Refusal):
    """The day asked about cannot be told."""


def register(app: typer.Typer) -> None:
    """Add `link`, `determine` and `simulate`."""
    for name, command in (("link", link), ("determine", determine), ("simulate", simulate)):
        app.command(name)(command)


def link(
    store: STORE = Path("store"),
    day: DAY = "",
    accept: Annotated[float, typer.Option(help="可能性达到多少自动认定 Accept from this likelihood on.", min=0.5, max=1)] = 0.98,
    review: Annotated[float, typer.Option(help="可能性达到多少列入人工核实 Ask a person from here on.", min=0.01, max=1)] = 0.3,
    memory: MEMORY = "3GB",
    threads: THREADS = None,
    as_json: AS_JSON = False,
) -> None:
    """认人: 没有可用身份证号的行是谁; 拿不准的列表等人核实, 什么都不合并。Find out who the rows without a number are.

    Example: doudi link --store store --day 2025-10-31
    """
    from doudi.hub.runs import link as linking

    held = _store(store)
    with _duckdb(memory, threads) as sql:
        found = linking.link(sql, held, day=_day(day, held), accept=accept, look=review)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    typer.echo(f"有身份证号的人 {found.people:,}；没有可用身份证号的行 {found.told:,}：")
    typer.echo(f"  认出 {found.accepted:,}，待人工核实 {found.review:,}，认不出 {found.unlinked:,}")
    typer.echo(f"  其中人口名册里暂编号的 {found.provisional:,} 人")
    typer.echo(f"待核实名单：{Path(found.folder) / 'review.xlsx'}")


def determine(
    pack: PACK = DEFAULT_PACK,
    day: DAY = "",
    engine: ENGINE = "duckdb",
    store: STORE = Path("store"),
    facts: FACTS = None,
    out: Annotated[Path, typer.Option("--out", help="结果写到哪里 Where results go.")] = Path("build/determine"),
    explain: Annotated[int, typer.Option(help="最多逐户查清多少户还缺什么 Open families looked into at most.", min=0)] = 2_000,
    sheets: Annotated[bool, typer.Option("--sheets/--no-sheets", help="写各乡镇表格 Write a workbook a township.")] = True,
    memory: MEMORY = "3GB",
    threads: THREADS = None,
    as_json: AS_JSON = False,
) -> None:
    """全县逐户逐人认定, 与在册名单对比: 谁该进、谁该退、谁该转类或调整、谁还不能断定以及缺什么。Determine everyone.

    Results appear all at once; a run that was interrupted goes on where it stopped.

    Example: doudi determine --pack hubei/daye --day 2025-10-31 --out build/determine
    """
    from doudi.cli import determine_shown
    from doudi.hub.runs import determine as determining

    with _prepared(pack, day, engine, store, facts, memory, threads, quiet=as_json) as ready:
        wanted = determining.Wanted(ready.pack, ready.day, out, explain=explain, sheets=sheets)
        found = determining.determine(ready.engine, ready.sql, ready.facts, wanted, ready.watched)
    if as_json:
        typer.echo(json.dumps(determining.as_json(found), ensure_ascii=False))
    else:
        determine_shown.show_determined(found, ready.pack, ready.day, ready.facts)


def simulate(
    values: Annotated[
        list[str], typer.Option("--set", help="试的值, 金额用分 A value to try, money in fen. Example: dibao_standard.rural=75000")
    ],
    pack: PACK = DEFAULT_PACK,
    day: DAY = "",
    engine: ENGINE = "duckdb",
    store: STORE = Path("store"),
    facts: FACTS = None,
    out: Annotated[Path, typer.Option("--out", help="结果写到哪里 Where results go.")] = Path("build/simulate"),
    memory: MEMORY = "3GB",
    threads: THREADS = None,
    as_json: AS_JSON = False,
) -> None:
    """试算: 换一个标准, 谁进谁退, 多少户多少人, 一年多花多少钱。What if a value were another.

    Example: doudi simulate --set dibao_standard.rural=75000 --pack hubei/daye --day 2025-10-31
    """
    from doudi.cli import determine_shown
    from doudi.hub.runs import simulate as simulating

    with _prepared(pack, day, engine, store, facts, memory, threads, quiet=as_json, values=values) as ready:
        tried = simulating.trial_values(ready.pack, values, ready.day)
        trial = simulating.Trial(ready.pack, ready.day, tried, tuple(values), out)
        found = simulating.simulate(ready.engine, ready.sql, ready.facts, trial, ready.watched)
    if as_json:
        typer.echo(json.dumps(simulating.as_json(found), ensure_ascii=False))
    else:
        determine_shown.show_simulated(found, ready.pack)


@dataclass(frozen=True)
class Ready:
    """What a county run needs: the pack, the day, the engine of the pack, the engine of the rest, the facts."""

    pack: LoadedPack
    day: dt.date
    engine: Engine
    sql: DuckDBEngine
    facts: FactSet
    watched: Watched


@contextmanager
def _prepared(
    pack: str, day: str, engine: str, store: Path, facts: Path | None, memory: str, threads: int | None, *,
    quiet: bool, values: list[str] | None = None,
) -> Iterator[Ready]:  # fmt: skip
    """Load the pack, build or find the facts, start the engines; all of it is let go at the end."""
    from doudi import home
    from doudi.hub.engines.engine import open_engine
    from doudi.hub.runs.fact_set import fact_set
    from doudi.hub.runs.facts import build_facts
    from doudi.hub.runs.simulate import trial_values
    from doudi.policy import api

    loaded = api.load_pack(home.policies(), pack)
    held = None if facts else _store(store)
    asked = _day(day, held) if held else _day_of_facts(day, facts or store)
    if values is not None:
        trial_values(loaded, values, asked)  # a wrong name is told before the county is read
    with _progress(quiet) as watched, _duckdb(memory, threads) as sql:
        found = build_facts(sql, held, day=asked, said=watched.step) if held else fact_set(facts or store)
        scratch = Path(tempfile.mkdtemp(prefix="doudi-spark-"))
        runner = sql if engine == "duckdb" else open_engine(engine, memory=memory, threads=threads, scratch=scratch)
        try:
            yield Ready(loaded, asked, runner, sql, found, watched)
        finally:
            if runner is not sql:
                runner.close()
            shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _duckdb(memory: str, threads: int | None) -> Iterator[DuckDBEngine]:
    from doudi.hub.engines.duckdb_engine import DuckDBEngine

    with tempfile.TemporaryDirectory(prefix="doudi-") as scratch:
        engine = DuckDBEngine(memory=memory, threads=threads, scratch=Path(scratch))
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def _progress(quiet: bool) -> Iterator[Watched]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from doudi.hub.runs.determine import Watched

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("准备", total=None)
        yield Watched(
            step=lambda words: bar.update(task, description=words, total=None, completed=0),
            part=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _store(folder: Path) -> Store:
    from doudi import home
    from doudi.hub.tables.contract import read_contracts
    from doudi.hub.tables.store import Store

    held = Store(folder, read_contracts(home.datasets()))
    if not held.datasets():
        raise NoStore(
            f"{folder} 里还没有数据。(Nothing has been ingested into {folder}.)",
            to_do="先收文件：doudi ingest 文件夹/ --store " + str(folder) + "；或用 --facts 指出现成的事实表",
        )
    return held


def _day(said: str, store: Store) -> dt.date:
    from doudi.hub.runs.opened import newest_month

    told = parse_day(said)
    if told:
        return told
    month = newest_month(store)
    assert month is not None, "an empty store was refused before"
    year, number = (int(part) for part in month.split("-"))
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def _day_of_facts(said: str, facts: Path) -> dt.date:
    told = parse_day(said)
    if told is None:
        # Facts are of a day: judged by another, every income would fall out of the twelve months that count.
        raise NoDay(f"请用 --day 说明 {facts} 是哪一天的情况。(Say the day of these facts.)", to_do="例如 --day 2025-10-31")
    return told
