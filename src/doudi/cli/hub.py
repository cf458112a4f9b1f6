"""`doudi ingest FILES...`: take department files in, say what became of every row, send refused rows back."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doudi import home

if TYPE_CHECKING:
    from doudi.hub.runs.ingest import Outcome
    from doudi.hub.tables.store import Store
    from doudi.refusal import Refusal

BEIJING = dt.timezone(dt.timedelta(hours=8))
SHOWN = 5
SOME_REFUSED, NONE_TAKEN = 1, 2


def register(app: typer.Typer) -> None:
    """Add the command `ingest`."""
    app.command("ingest")(ingest)


def ingest(
    files: Annotated[list[Path], typer.Argument(help="文件、文件夹或 .zip Files, folders or archives.", show_default=False)],
    dataset: Annotated[
        str, typer.Option(help="数据集名, 认不出时指明 The data set, when it is not recognised. Example: medical_settlements")
    ] = "",
    month: Annotated[
        str, typer.Option(help="数据月份, 文件没写时指明 The month, when the file does not say it. Example: 2025-10")
    ] = "",
    store: Annotated[Path, typer.Option(help="库的位置 The store of accepted rows.")] = Path("store"),
    area: Annotated[
        str, typer.Option(help="本县区划代码, 别县的行退回 Our county; rows of others are refused. Example: 420281")
    ] = "",
    sender: Annotated[str, typer.Option(help="报送单位 Who sent it. Without it: the title, or the department.")] = "",
    add: Annotated[
        bool, typer.Option("--add", help="补充, 不取代同一单位同月先前的数据 Add to what the sender sent before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="给机器读 Print JSON.")] = False,
) -> None:
    """收文件入库: 认出数据集和月份, 逐行检查, 不合格的行连同原因退回。Take department files in.

    Nothing is lost: the file is kept as it came, and accepted, refused and ignored rows add up. The same file twice
    changes nothing; a corrected one replaces the earlier one, which is kept. A file that cannot be taken stops no other:
    the command says why, and ends with status 1 when some files were refused, 2 when none could be taken.

    Example: doudi ingest 十月/ --month 2025-10 --area 420281
    """
    from doudi.hub.runs.ingest import Request, ingest
    from doudi.hub.tables.contract import read_contracts
    from doudi.hub.tables.store import Store

    held = Store(store, read_contracts(home.datasets()))
    asked = Request(
        paths=tuple(files), received_at=dt.datetime.now(BEIJING), dataset=dataset, month=month, area=area,
        sender=sender, add=add,
    )  # fmt: skip
    if as_json:
        outcomes = ingest(held, asked)
        typer.echo(json.dumps([_as_json(one) for one in outcomes], ensure_ascii=False, indent=1))
    else:
        outcomes = _with_progress(held, asked)
        for one in sorted(outcomes, key=lambda one: one.refusal is not None):
            _show(one, store)
        _show_sum(outcomes)
    if any(one.refusal for one in outcomes):
        raise typer.Exit(NONE_TAKEN if all(one.refusal for one in outcomes) else SOME_REFUSED)


def _with_progress(held: Store, asked: object) -> list[Outcome]:
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    from doudi.hub.runs.ingest import Request, ingest

    assert isinstance(asked, Request)
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        return ingest(
            held, asked, lambda name, portion: bar.update(task, description=name[-40:], completed=portion)
        )


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "file": outcome.file,
        "state": outcome.state,
        "manifest": outcome.manifest.as_json() if outcome.manifest else None,
        "sheets_not_taken": list(outcome.not_taken),
        "refusal": _refusal_as_json(outcome.refusal) if outcome.refusal else None,
    }


def _refusal_as_json(refusal: Refusal) -> dict[str, str]:
    return {"refusal": type(refusal).__name__, "what": refusal.what, "where": refusal.where, "to_do": refusal.to_do}


def _show_sum(outcomes: list[Outcome]) -> None:
    refused = sum(one.refusal is not None for one in outcomes)
    again = sum(one.state == "unchanged" for one in outcomes)
    if len(outcomes) > 1:
        taken = len(outcomes) - refused - again
        typer.echo(f"收下 {taken} 份，以前收过 {again} 份，不能收 {refused} 份。")


def _show(outcome: Outcome, store: Path) -> None:
    if outcome.refusal:
        typer.secho(f"不能收 {outcome.file}: {outcome.refusal}", err=True, fg=typer.colors.RED)
        return
    manifest = outcome.manifest
    assert manifest is not None
    counts = manifest.counts
    title = f"{outcome.file} → {manifest.dataset} {manifest.month}（{manifest.sender}）"
    if outcome.state == "unchanged":
        typer.echo(f"{title}: 已经收过，没有变化。")
        return
    typer.secho(title, bold=True)
    typer.echo(
        f"  共 {counts.read} 行 = 表头 {counts.heading} + 入库 {counts.accepted} + 退回 {counts.refused} + 略过 {counts.ignored}"
        + (f"；入库行中 {counts.remarked} 行有备注" if counts.remarked else "")
    )
    for label, reasons in (("退回", manifest.refused_for), ("略过", manifest.ignored_for), ("备注", manifest.remarked_for)):
        for reason, count in sorted(reasons.items(), key=lambda one: -one[1])[:SHOWN]:
            typer.echo(f"    {label} {count} 行: {reason}")
    if not counts.accepted:
        typer.echo("  空表：记为已报送、本月没有。")
    if manifest.returned_as:
        typer.secho(f"  退回表: {store / manifest.returned_as}", fg=typer.colors.YELLOW)
    if manifest.supersedes:
        typer.echo(f"  取代了先前的 {len(manifest.supersedes)} 份（仍保存）。")
    if outcome.not_taken:
        typer.echo(f"  没有收的工作表: {'、'.join(outcome.not_taken)}")
