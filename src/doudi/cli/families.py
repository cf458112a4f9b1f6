"""`doudi explain` and `doudi schema`: one family, why, and what a family file holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.cli.days import parse_day
from doudi.refusal import Refusal

if TYPE_CHECKING:
    from rich.console import Console

    from doudi.policy.api import LoadedPack
    from doudi.policy.run.answer import Answer
    from doudi.policy.run.reasons import Reason

DEFAULT_PACK = "hubei/daye"
# Where `doudi determine` and `doudi demo` leave a county run when nothing else is said.
RUNS = (Path("build/determine"), Path("build/demo/determine"))
# How many reasons are printed without --full, and how deep.
SHOWN_REASONS = 3
DEPTH = 8


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
    facts: Annotated[
        Path | None, typer.Option("--facts", help="按编号查询时的事实表；不写用最近一次认定的 (fact tables, those of the last county run)")
    ] = None,
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


def _family(who: str, facts: Path | None) -> dict[str, Any]:
    """Read a family file, or a family of a county run, which is asked about the run's pack and day."""
    from doudi.cli.family_files import read_family

    if who.endswith(".json"):
        return read_family(Path(who))
    found = facts or next((folder / "facts" for folder in RUNS if (folder / "facts").is_dir()), RUNS[0] / "facts")
    if not found.is_dir():
        raise Refusal(f"找不到事实表文件夹 {found} (no fact tables)", to_do="先运行 doudi determine，或用 --facts 指出，或给出 FAMILY.json")
    from doudi.hub.runs.families import family_of

    run = found.parent / "run.json"
    told = json.loads(run.read_text(encoding="utf-8")) if run.is_file() else {}
    return {**family_of(found, who), **{key: told[key] for key in ("pack", "day") if key in told}}


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
    _show_missing(console, answer)
    reasons = answer.reasons(answer.household, results.household)[: None if full else SHOWN_REASONS]
    told = {reason.sentence for reason in reasons}
    for reason in reasons:
        console.print(f"  {escape(reason.words())}")
        if not full:
            # With a category, its parts and in short why not an earlier one; without, the chain down to the single fact.
            _show_because(console, reason, "    ", 1 if reasons[0].value else DEPTH, told)
    _show_amount(console, answer.amount_reason(answer.household, results.household))
    for outcome in answer.persons.values():
        reason = answer.decisive(outcome, results.person)
        amount = "" if not outcome.amount else f"，月保障金 {outcome.amount / 100:,.2f} 元"
        console.print(f"[bold]{escape(outcome.row.name or outcome.row.id)}：{outcome.label}[/bold]{amount}")
        console.print(f"  {escape(reason.words())}")
        if not full and outcome.category != answer.household.category:
            _show_because(console, reason, "    ", 1, set())
        _show_amount(console, answer.amount_reason(outcome, results.person))
    for tag in results.tags:
        marks = {True: "有", False: "没有", None: "还不能确定"}
        for key, value in answer.tags.items():
            if key.split(":")[0] == tag.name:
                console.print(f"标识“{tag.label}”：{marks[value]}")
    for line in answer.lines:
        if line.distance is not None:  # nothing to measure where nobody is counted or an amount is open
            console.print(f"  {line.words()}")
    if answer.assumed:
        console.print("[yellow]这套政策里的暂定值（待核实）：[/yellow]" + "、".join(answer.assumed))
    if full:
        for reason in answer.tree():
            tree = Tree(escape(reason.words()))
            _grow(tree, reason)
            Console(highlight=False).print(tree)  # this one folds its lines inside the branches


def _show_because(console: Console, reason: Reason, indent: str, levels: int, told: set[str]) -> None:
    """Print what decided: for a yes its parts, for a no or an open answer the chain down to the single fact; nothing twice."""
    from rich.markup import escape

    for inner in reason.because:
        if inner.sentence in told or _said(inner, reason):
            continue
        told.add(inner.sentence)
        console.print(f"{indent}因为：{escape(inner.words())}")
        if levels > 1:
            _show_because(console, inner, indent + "  ", levels - 1, told)


def _said(inner: Reason, outer: Reason) -> bool:
    """Tell whether a fact or amount need not be said: the sentence above has given it, or it is known and something else is open."""
    if inner.value is None or isinstance(inner.value, bool):
        return False
    if outer.value is None:
        return True
    words = inner.sentence.rpartition("：")[2]
    return words in outer.sentence or (words.endswith("人") and f"{words[:-1]}口人" in outer.sentence)


def _show_amount(console: Console, reason: Reason | None) -> None:
    """Print how an amount was worked out: the amounts and numbers that it rests on."""
    from rich.markup import escape

    if reason is None:
        return
    parts = [f"{inner.label}{inner.sentence.rpartition('：')[2]}" for inner in reason.because
             if isinstance(inner.value, int) and not isinstance(inner.value, bool)]
    sentence = f"{reason.label}{reason.sentence.rpartition('：')[2]}" + (f"：{'，'.join(parts)}" if parts else "")
    console.print(f"  怎么算：{escape(replace(reason, sentence=sentence).words())}")


def _show_missing(console: Console, answer: Answer) -> None:
    if answer.unsettled.settles:
        console.print("[yellow]还缺这些情况，补齐就能确定：[/yellow]" + "、".join(item.words for item in answer.unsettled.settles))
    if answer.unsettled.quickest and answer.unsettled.quickest != answer.unsettled.settles:
        console.print("  先问这些，可能就够了：" + "、".join(item.words for item in answer.unsettled.quickest))


def _grow(tree: Any, reason: Reason) -> None:
    from rich.markup import escape

    for inner in reason.because:
        _grow(tree.add(escape(inner.words())), inner)
