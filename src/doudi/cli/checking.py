"""The report of `doudi packs check`: problems, cases, and what is assumed."""

from __future__ import annotations

from typing import Any

from doudi import home
from doudi.policy import api, verify
from doudi.policy.terms.errors import PolicyError


def report(name: str) -> dict[str, Any]:
    """Check one pack, run its cases, and list its assumed values and its readings of unclear clauses."""
    found: dict[str, Any] = {"pack": name, "problems": [], "failed": [], "passed": 0, "assumed": [], "readings": [], "counts": {}}
    try:
        pack = api.load_pack(home.policies(), name)
        verdicts = [*verify.good(pack), *verify.bad(pack)]
    except PolicyError as error:
        found["problems"] = [str(item) for item in error.problems]
        return found
    found["failed"] = [{"case": item.title, "where": str(item.where), "faults": list(item.faults)} for item in verdicts if item.faults]
    found["passed"] = sum(not item.faults for item in verdicts)
    items = pack.pack
    found["counts"] = {"rules": len(items.rules), "values": len(items.values), "clauses": len(items.clauses),
                       "readings": len(items.readings), "process": len(items.process), "alerts": len(items.alerts)}
    found["assumed"] = [{"name": value.name, "label": value.label, "from": str(change.start), "note": change.note}
                        for value in items.values.values() for change in value.changes if change.confidence == "assumed"]
    found["assumed"] += [{"name": f"{item.section}.{item.name}", "label": item.label, "from": str(items.start), "note": item.note}
                         for item in items.process.values() if item.confidence == "assumed"]
    found["readings"] = [{"id": item.id, "question": item.question, "readings": list(item.readings), "chosen": item.chosen, "why": item.why}
                         for item in items.readings.values()]
    return found


def show(found: dict[str, Any]) -> None:
    """Print a report in Chinese."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    good = not found["problems"] and not found["failed"]
    console.print(f"[bold]{found['pack']}[/bold] {'[green]通过[/green]' if good else '[red]未通过[/red]'}")
    for text in found["problems"]:
        console.print(f"  {escape(text)}")
    for item in found["failed"]:
        console.print(f"  {item['where']} 用例“{escape(item['case'])}”：")
        for fault in item["faults"]:
            console.print(f"    {escape(fault)}")
    if found["counts"]:
        words = {"rules": "规则", "values": "值", "clauses": "条款", "readings": "读法", "process": "流程项", "alerts": "预警"}
        totals = "，".join(f"{word} {found['counts'][key]}" for key, word in words.items())
        console.print(f"  {totals}；用例通过 {found['passed']}，不符 {len(found['failed'])}")
    for item in found["assumed"]:
        console.print(f"  [yellow]暂定[/yellow] {item['name']}（{item['label']}，自 {item['from']}）：{escape(item['note'])}")
    for item in found["readings"]:
        console.print(f"  [cyan]读法[/cyan] {item['id']} {escape(item['question'])} → {escape(item['chosen'])}")
