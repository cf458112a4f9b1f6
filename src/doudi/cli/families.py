"""`doudi explain` and `doudi schema`: one family, why, and what a family file holds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.cli.days import parse_day
from doudi.refusal import Refusal

if TYPE_CHECKING:
    from doudi.policy.api import LoadedPack
    from doudi.policy.run.answer import Answer
    from doudi.policy.run.reasons import Reason

DEFAULT_PACK = "hubei/daye"


def register(app: typer.Typer) -> None:
    """Add `explain` and `schema`."""
    app.command("explain")(explain)
    app.command("schema")(schema)


def schema(name: Annotated[str, typer.Argument(help="政策包名称 (pack name)")] = DEFAULT_PACK) -> None:
    """家庭文件的 JSON Schema (what a family file may hold).

    Example: doudi schema hubei/daye
    """
    from doudi import home
    from doudi.policy import api

    typer.echo(json.dumps(api.family_schema(api.load_pack(home.policies(), name)), ensure_ascii=False, indent=2))


def explain(
    who: Annotated[str, typer.Argument(help="家庭文件 FAMILY.json，或批量认定里的编号 (a family file, or an ID of a county run)")],
    pack: Annotated[str, typer.Option("--pack", help="政策包；不写用家庭文件里的，再不然用 hubei/daye (pack)")] = "",
    day: Annotated[str, typer.Option("--day", help="哪一天，如 2025-10-31 (the day asked about)")] = "",
    facts: Annotated[Path, typer.Option("--facts", help="按编号查询时的事实表 (folder of fact tables)")] = Path("build/demo/out/facts"),
    full: Annotated[bool, typer.Option("--full", help="列出完整的理由树 (the whole reason tree)")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON (for machines)")] = False,
) -> None:
    """一户为什么符合、为什么不符合，依据哪一条，还缺什么 (why, by which clause, what is missing).

    Example: doudi explain examples/family.json --pack hubei/daye --day 2025-10-31
    """
    from doudi import home
    from doudi.cli.family_files import day_of
    from doudi.policy import api

    family = _family(who, facts)
    loaded = api.load_pack(home.policies(), pack or str(family.get("pack") or DEFAULT_PACK))
    answer = api.evaluate(loaded, family, day=parse_day(day) or day_of(family) or _newest(loaded))
    if as_json:
        typer.echo(json.dumps(answer.to_json(full=full), ensure_ascii=False, indent=2))
    else:
        _show(answer, full)


def _family(who: str, facts: Path) -> dict[str, Any]:
    from doudi.cli.family_files import read_family

    if who.endswith(".json"):
        return read_family(Path(who))
    if not facts.is_dir():
        raise Refusal(f"找不到事实表文件夹 {facts} (no fact tables)", to_do="先运行 doudi determine，或用 --facts 指出，或给出 FAMILY.json")
    from doudi.hub.runs.families import family_of

    return family_of(facts, who)


def _newest(pack: LoadedPack) -> date:
    return max([pack.pack.start, *(change.start for value in pack.pack.values.values() for change in value.changes)])


def _show(answer: Answer, full: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.tree import Tree

    console = Console(highlight=False, soft_wrap=True)
    results = answer.pack.pack.results
    amount = "" if not answer.household.amount else f"，建议月保障金 {answer.household.amount / 100:,.2f} 元"
    console.print(f"[bold]家庭：{answer.household.label}[/bold]{amount}（{answer.pack.pack.title}，{answer.pack.day}）")
    for reason in answer.reasons(answer.household, results.household)[: None if full else 3]:
        console.print(f"  {escape(reason.words())}")
        if not full:
            _show_because(console, reason, "    ")
    for outcome in answer.persons.values():
        reason = answer.reasons(outcome, results.person)[0]
        amount = "" if not outcome.amount else f"，月保障金 {outcome.amount / 100:,.2f} 元"
        console.print(f"[bold]{escape(outcome.row.name or outcome.row.id)}：{outcome.label}[/bold]{amount}")
        console.print(f"  {escape(reason.words())}")
    for tag in results.tags:
        marks = {True: "有", False: "没有", None: "还不能确定"}
        for key, value in answer.tags.items():
            if key.split(":")[0] == tag.name:
                console.print(f"标识“{tag.label}”：{marks[value]}")
    for line in answer.lines:
        console.print(f"  {line.words()}")
    _show_open(console, answer)
    if full:
        for reason in answer.tree():
            tree = Tree(escape(reason.words()))
            _grow(tree, reason)
            console.print(tree)


def _show_because(console: Any, reason: Reason, indent: str) -> None:
    """Print what decided: for a yes its parts, for a no or an open answer the chain down to the single fact."""
    from rich.markup import escape

    for inner in reason.because:
        console.print(f"{indent}因为：{escape(inner.words())}")
        if reason.value is not True and (inner.value is False or inner.value is None) and len(indent) < 12:
            _show_because(console, inner, indent + "  ")


def _show_open(console: Any, answer: Answer) -> None:
    if answer.unsettled.settles:
        console.print("[yellow]还缺这些情况，补齐就能确定：[/yellow]" + "、".join(item.words for item in answer.unsettled.settles))
    if answer.unsettled.quickest and answer.unsettled.quickest != answer.unsettled.settles:
        console.print("  先问这些，可能就够了：" + "、".join(item.words for item in answer.unsettled.quickest))
    if answer.assumed:
        console.print("[yellow]用到的暂定值（待核实）：[/yellow]" + "、".join(answer.assumed))


def _grow(tree: Any, reason: Reason) -> None:
    from rich.markup import escape

    for inner in reason.because:
        _grow(tree.add(escape(inner.words())), inner)
