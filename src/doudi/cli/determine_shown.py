"""The results of a county run as tables on the screen. Yuan, from whole fen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from doudi.hub.runs.determine import Determined
    from doudi.hub.runs.fact_set import FactSet
    from doudi.hub.runs.simulate import Simulated
    from doudi.policy.api import LoadedPack

_MUST_HAVE = ("tekun_enrolment", "dibao_enrolment", "edge_enrolment", "rigid_enrolment")


def yuan(fen: int) -> str:
    """Return whole fen as yuan with two decimals and thousands, exactly."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def show_determined(found: Determined, pack: LoadedPack, day: dt.date, facts: FactSet) -> None:
    """Print who should enter, leave or change, how many are in each category, and where the results lie."""
    from doudi.hub.runs import asking

    words = asking.words(pack)
    console = _console()
    console.print(f"[bold]{words.title}[/] {day}：{found.households:,} 户 {found.persons:,} 人")
    outcomes = _table("与在册名单对比", "结果", "户", "人", "现每月（元）", "认定后每月（元）")
    for outcome, one in found.by_outcome().items():
        outcomes.add_row(
            asking.OUTCOMES[outcome], f"{one['households']:,}", f"{one['people']:,}", yuan(one["amount_before"]), yuan(one["amount"])
        )
    console.print(outcomes)
    categories = _table("认定类别", "类别", "户", "人（含家庭全部人口）", "每月（元）")
    order: list[str | None] = [*words.categories, "none", None]
    for name in order:
        rows = [row for row in found.rows if row["category"] == name]
        if rows:
            told = (sum(row[key] for row in rows) for key in ("households", "people", "amount"))
            households, people, amount = told
            categories.add_row(words.category(name), f"{households:,}", f"{people:,}", yuan(amount))
    console.print(categories)
    _show_missing(found, facts)
    typer.echo(f"结果：{found.out}" + (f"（{len(found.sheets)} 个乡镇表格在 {found.out / 'townships'}）" if found.sheets else ""))


def _show_missing(found: Determined, facts: FactSet) -> None:
    lacking = [name for name in _MUST_HAVE if facts.arrived and name not in facts.arrived]
    if lacking:
        typer.echo(f"注意：在册名单 {'、'.join(lacking)} 没有收到，“目前类别”按不在册算。")
    if found.not_ready:
        typer.echo(f"另有 {found.not_ready:,} 户缺必填情况，没有认定，见 not_ready.parquet。")
    if found.unsettled:
        typer.echo(f"已逐户查清 {found.unsettled:,} 户还缺什么，见各乡镇表格的“待核实”。")


def show_simulated(found: Simulated, pack: LoadedPack) -> None:
    """Print what a change of values does to households, persons and money a year."""
    from doudi.hub.runs import asking, simulate

    words = asking.words(pack)
    console = _console()
    trial = "；".join(asking.trial_words(pack, text) for text in found.set)
    console.print(f"[bold]试算[/] {trial}（{words.title}，{found.households:,} 户 {found.persons:,} 人）")
    moves = _table("谁受影响", "变化", "户", "新增人数", "退出人数", "年金额增减（元）")
    for name, one in found.by_move().items():
        moves.add_row(simulate.MOVES[name], f"{one['households']:,}", f"{one['entering']:,}", f"{one['leaving']:,}", yuan(one["money"]))
    console.print(moves)
    categories = _table("各类别前后", "类别", "户（前）", "户（后）", "人（前）", "人（后）", "年金额（前，元）", "年金额（后，元）")
    for row in found.categories:
        counts = (f"{row[f'{what}_{side}']:,}" for what in ("households", "people") for side in ("before", "after"))
        categories.add_row(words.category(row["category"]), *counts, yuan(row["money_before"]), yuan(row["money_after"]))
    console.print(categories)
    _show_townships(console, found)
    typer.echo(f"结果：{found.out / 'simulate.xlsx'}")
    if found.plot:
        typer.echo(f"图：{found.plot}")
    else:
        typer.echo("没有画图：这台机器没有中文字体。(No plot: no Chinese font here; on Debian: apt-get install fonts-noto-cjk)")


def _show_townships(console: Console, found: Simulated) -> None:
    townships = _table("各乡镇", "乡镇", "新纳入（户）", "退出（户）", "新增人数", "退出人数", "年金额增减（元）")
    for place in sorted({row["township"] for row in found.moves}):
        rows = [row for row in found.moves if row["township"] == place]
        enter, leave = (sum(row["households"] for row in rows if row["move"] == move) for move in ("enter", "leave"))
        entering, leaving = (sum(row[key] for row in rows) for key in ("entering", "leaving"))
        money = sum(row["money_after"] - row["money_before"] for row in rows)
        townships.add_row(place or "未标明", f"{enter:,}", f"{leave:,}", f"{entering:,}", f"{leaving:,}", yuan(money))
    console.print(townships)


def _console() -> Console:
    # Into a file or a pipe there is no width to keep to.
    console = Console()
    return console if console.is_terminal else Console(width=160)


def _table(title: str, first: str, *numbers: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right")
    return table
