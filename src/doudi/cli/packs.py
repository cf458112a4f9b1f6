"""`doudi packs`: check, show, coverage, review and compare policy packs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.cli.days import parse_day

if TYPE_CHECKING:
    from doudi.policy.api import LoadedPack

NAME = Annotated[str, typer.Argument(help="政策包名称，如 hubei/daye (pack name)")]
AS_JSON = Annotated[bool, typer.Option("--json", help="输出 JSON (for machines)")]
DAY = Annotated[str, typer.Option("--day", help="按哪一天的规则，如 2025-10-31；不写则用政策包施行之日 (the day asked about)")]
KIND_WORDS = {"computable": "可计算", "procedural": "流程", "organisational": "组织"}


def register(app: typer.Typer) -> None:
    """Add the `packs` commands."""
    packs = typer.Typer(name="packs", help="政策包 (policy packs)\n\nExample: doudi packs check hubei/daye", no_args_is_help=True)
    for name, command in (("check", check), ("coverage", coverage), ("show", show), ("review", review), ("compare", compare)):
        packs.command(name)(command)
    app.add_typer(packs)


def load(name: str) -> LoadedPack:
    """Load a pack from the policies folder."""
    from doudi import home
    from doudi.policy import api

    return api.load_pack(home.policies(), name)


def check(names: Annotated[list[str] | None, typer.Argument(help="政策包名称，不写则检查全部 (names, all when left out)")] = None,
          as_json: AS_JSON = False) -> None:
    """检查政策包：类型、单位、依据、覆盖、用例；列出暂定值 (check packs and run their cases).

    Example: doudi packs check hubei/daye
    """
    from doudi import home
    from doudi.cli import checking
    from doudi.policy import api

    wanted = names or api.pack_names(home.policies())
    reports = [checking.report(name) for name in wanted]
    if as_json:
        typer.echo(json.dumps(reports, ensure_ascii=False, indent=2))
    else:
        for report in reports:
            checking.show(report)
    if any(report["problems"] or report["failed"] for report in reports):
        raise typer.Exit(1)


def coverage(name: NAME, as_json: AS_JSON = False) -> None:
    """逐条列出文件条款由哪条规则、值、流程项或预警落实 (which rule serves each clause).

    Example: doudi packs coverage hubei/daye
    """
    from rich.console import Console

    from doudi.cli.showing import served_by
    from doudi.cli.tables import grid
    from doudi.policy import api

    pack = load(name)
    rows = api.coverage(pack)
    if as_json:
        found = [{"id": row.clause.id, "article": row.clause.article, "kind": row.clause.kind, "says": row.clause.says,
                  "why": row.clause.why, "by": [list(item) for item in row.by]} for row in rows]
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    table = grid("条款", "位置", "类别", "内容", "由谁落实（组织类写原因）", lines=True)
    for row in rows:
        served = "\n".join(dict.fromkeys(served_by(pack.pack, sort, item) for sort, item, _ in row.by)) or row.clause.why
        table.add_row(row.clause.id, row.clause.article, KIND_WORDS[row.clause.kind], row.clause.says, served)
    console = Console()
    console.print(table)
    kinds = [row.clause.kind for row in rows]
    console.print(f"共 {len(rows)} 条：" + "，".join(f"{word} {kinds.count(kind)}" for kind, word in KIND_WORDS.items()))


def show(name: NAME, as_json: AS_JSON = False, day: DAY = "") -> None:
    """列出某日施行的值、规则和结果 (values, rules and results in force on a day).

    Example: doudi packs show hubei/daye --day 2025-10-31
    """
    from doudi.cli import showing

    pack = load(name)
    found = showing.contents(pack, parse_day(day) or pack.pack.start)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        showing.show(found)


def review(name: NAME, out: Annotated[Path | None, typer.Option("--out", help="报告文件 (report file)")] = None,
           day: DAY = "", as_json: AS_JSON = False) -> None:
    """政策体检：空档、断崖、互斥、进不去的类别，写成带图的 HTML (where does the policy itself misbehave?).

    Example: doudi packs review hubei/daye --out build/review.html
    """
    from rich.console import Console

    from doudi.cli import review as report
    from doudi.policy import api

    pack = load(name)
    asked = parse_day(day) or _latest(pack)
    found = api.review(pack, day=asked)
    file = out or Path("build") / "review" / f"{name.replace('/', '-')}.html"
    report.write(found, pack.pack.title, file)
    if as_json:
        typer.echo(json.dumps({"report": str(file), "counts": report.counts(found), "findings": [vars(item) for item in found.findings]},
                              ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    for sort, number in report.counts(found).items():
        console.print(f"{report.SORTS[sort]}：{number}")
    console.print(f"报告：{file}")


def _latest(pack: LoadedPack) -> date:
    """Return the newest day on which any value of the pack changes, or the pack's start."""
    return max([pack.pack.start, *(change.start for value in pack.pack.values.values() for change in value.changes)])


def compare(family: Annotated[Path, typer.Argument(help="家庭文件 FAMILY.json (family file)")], day: DAY = "",
            as_json: AS_JSON = False) -> None:
    """同一家庭在各地政策下的结果，差在哪里、为什么 (the same family under every pack).

    Example: doudi packs compare examples/family.json --day 2025-10-31
    """
    from doudi.cli import comparing

    found: list[dict[str, Any]] = comparing.compare(family, parse_day(day))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        comparing.show(found)
