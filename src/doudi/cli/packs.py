"""`doudi packs`: check, show, coverage, review and compare policy packs."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

NAME = Annotated[str, typer.Argument(help="政策包名称，如 hubei/daye (pack name)")]
AS_JSON = Annotated[bool, typer.Option("--json", help="输出 JSON (for machines)")]


def register(app: typer.Typer) -> None:
    """Add the `packs` commands."""
    packs = typer.Typer(name="packs", help="政策包 (policy packs)\n\nExample: doudi packs check hubei/daye", no_args_is_help=True)
    packs.command("check")(check)
    app.add_typer(packs)


def check(names: Annotated[list[str] | None, typer.Argument(help="政策包名称，不写则检查全部 (names, all when left out)")] = None,
          as_json: AS_JSON = False) -> None:
    """检查政策包：类型、单位、依据、覆盖、用例；列出暂定值 (check packs and run their cases).

    Example: doudi packs check hubei/daye
    """
    from doudi import home
    from doudi.policy import api

    wanted = names or api.pack_names(home.policies())
    reports = [_report(name) for name in wanted]
    if as_json:
        typer.echo(json.dumps(reports, ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _print(report)
    if any(report["problems"] or report["failed"] for report in reports):
        raise typer.Exit(1)


def _report(name: str) -> dict[str, Any]:
    from doudi import home
    from doudi.policy import api, verify
    from doudi.policy.terms.errors import PolicyError

    report: dict[str, Any] = {"pack": name, "problems": [], "failed": [], "passed": 0, "assumed": [], "counts": {}}
    try:
        pack = api.load_pack(home.policies(), name)
        verdicts = [*verify.good(pack), *verify.bad(pack)]
    except PolicyError as error:
        report["problems"] = [str(item) for item in error.problems]
        return report
    report["failed"] = [{"case": item.title, "where": str(item.where), "faults": list(item.faults)} for item in verdicts if item.faults]
    report["passed"] = sum(not item.faults for item in verdicts)
    items = pack.pack
    report["counts"] = {"clauses": len(items.clauses), "values": len(items.values), "rules": len(items.rules),
                        "readings": len(items.readings), "process": len(items.process), "alerts": len(items.alerts)}
    report["assumed"] = [{"name": value.name, "label": value.label, "from": str(change.start), "note": change.note}
                         for value in items.values.values() for change in value.changes if change.confidence == "assumed"]
    report["assumed"] += [{"name": f"{item.section}.{item.name}", "label": item.label, "from": str(items.start), "note": item.note}
                          for item in items.process.values() if item.confidence == "assumed"]
    report["readings"] = [{"id": item.id, "question": item.question, "chosen": item.chosen, "why": item.why}
                          for item in items.readings.values()]
    return report


def _print(report: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    good = not report["problems"] and not report["failed"]
    console.print(f"[bold]{report['pack']}[/bold] {'[green]通过[/green]' if good else '[red]未通过[/red]'}")
    for text in report["problems"]:
        console.print(f"  {text}", markup=False)
    for item in report["failed"]:
        console.print(f"  {item['where']} 用例“{item['case']}”：", markup=False)
        for fault in item["faults"]:
            console.print(f"    {fault}", markup=False)
    if report["counts"]:
        counts = report["counts"]
        console.print(f"  规则 {counts['rules']}，值 {counts['values']}，条款 {counts['clauses']}，读法 {counts['readings']}，"
                      f"流程项 {counts['process']}，预警 {counts['alerts']}；用例通过 {report['passed']}，不符 {len(report['failed'])}")
    for item in report["assumed"]:
        console.print(f"  [yellow]暂定[/yellow] {item['name']}（{item['label']}，自 {item['from']}）：{item['note']}")
    for item in report.get("readings", []):
        console.print(f"  [cyan]读法[/cyan] {item['id']} {item['question']} → {item['chosen']}")
