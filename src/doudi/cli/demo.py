"""`doudi demo`: the whole way on a made-up county, in one command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from doudi.demo.showcase import Shown

TOWNSHIPS = "townships"


def register(app: typer.Typer) -> None:
    """Add the command `demo`."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹 Folder for everything. Example: build/demo")] = Path("build/demo"),
    people: Annotated[int, typer.Option(help="虚构县的人数 About how many people.", min=500)] = 20_000,
    seed: Annotated[int, typer.Option(help="随机种子 The same seed gives the same county.")] = 1,
    pack: Annotated[str, typer.Option("--pack", help="政策包 The policy pack. Example: shaanxi/hanzhong")] = "hubei/daye",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON Print JSON.")] = False,
) -> None:
    """从造一个虚构的县开始: 收各部门表格, 认人, 逐户认定, 与在册名单和标准答案对比。The whole way on a made-up county.

    Run again, it uses what is there.

    Example: doudi demo --out build/demo
    """
    from doudi.demo import showcase

    say = (lambda _: None) if as_json else (lambda step: typer.echo(f"· {step} …", err=True))
    shown = showcase.show(out, showcase.Asked(people=people, seed=seed, pack=pack), say)
    if as_json:
        typer.echo(json.dumps(showcase.as_json(shown), ensure_ascii=False))
    else:
        _print(shown)


def _print(shown: Shown) -> None:
    from doudi.cli import determine_shown

    _print_files(shown)
    if shown.linked:
        one = shown.linked
        typer.echo(
            f"认人：有身份证号 {one.people:,} 人；没有可用证号的 {one.told:,} 行，"
            f"认出 {one.accepted:,}，待人工核实 {one.review:,}，认不出 {one.unlinked:,}"
        )
    if shown.determined and shown.facts:
        determine_shown.show_determined(shown.determined, shown.pack, shown.asked.day, shown.facts)
    _print_truth(shown)
    _print_times(shown)


def _print_files(shown: Shown) -> None:
    counts = [one.manifest.counts for one in shown.taken if one.manifest]
    sums = {name: sum(getattr(one, name) for one in counts) for name in ("read", "accepted", "refused", "ignored", "heading")}
    again = sum(one.state == "unchanged" for one in shown.taken)
    typer.echo(f"收文件：{len(counts)} 个（其中 {again} 个以前收过），共 {sums['read']:,} 行")
    typer.echo(f"  入库 {sums['accepted']:,} + 退回 {sums['refused']:,} + 略过 {sums['ignored']:,} + 表头 {sums['heading']:,}")
    for one in shown.turned_away:
        if one.refusal:
            typer.echo(f"  不能收 {one.file}：{one.refusal.what}")


def _print_truth(shown: Shown) -> None:
    if not shown.truth:
        return
    families, right = sum(one.families for one in shown.truth), sum(one.right for one in shown.truth)
    typer.echo(f"标准答案：事先埋下 {families} 户，认定一致 {right} 户")
    for one in shown.truth:
        if one.right < one.families:
            typer.echo(f"  {one.says}（应为 {one.expected or '暂不能断定'}）：{one.families} 户中 {one.right} 户一致")


def _print_times(shown: Shown) -> None:
    steps = "，".join(f"{step} {seconds}" for step, seconds in shown.seconds.items())
    typer.echo(f"用时（秒）：{steps}；合计 {sum(shown.seconds.values()):.1f}")
    for label, path in (
        ("虚构县的表格", shown.out / "county" / "files"),
        ("标准答案", shown.out / "county" / "truth" / "planted.json"),
        ("退回的行", shown.out / "store" / "refused"),
        ("待核实的人", shown.out / "store" / "link" / "review.xlsx"),
        ("认定结果", shown.out / "determine"),
        ("各乡镇表格", shown.out / "determine" / TOWNSHIPS),
    ):
        typer.echo(f"{label}：{path}")
