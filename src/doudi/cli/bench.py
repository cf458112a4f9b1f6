"""`doudi bench NAME`: run one benchmark of the checkout, in a process of its own, and pass its status on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from doudi import home
from doudi.refusal import Refusal


class NoSuchBench(Refusal):
    """There is no benchmark of this name."""


def register(app: typer.Typer) -> None:
    """Add the command `bench`."""
    app.command(
        "bench",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )(bench)


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="基准名称 A file in bench/. Example: rules", show_default=False)] = "",
) -> None:
    """运行一项基准测试, 打印与对照的比值。Run a benchmark of the checkout; it prints a ratio.

    Options after the name go to the benchmark. Without a name the benchmarks are listed.

    Example: doudi bench rules --households 100000
    """
    folder = home.checkout() / "bench"
    known = benchmarks(folder)
    if name in ("", "-h", "--help"):
        _list(context, known)
        return
    if name not in known:
        raise NoSuchBench(
            f"没有名为 {name} 的基准。(There is no benchmark named {name}.)",
            where=f"looked in {folder}",
            to_do=f"Choose one of: {', '.join(known) or 'none yet'}.",
        )
    # A process of its own: its memory is measured, and Spark and DuckDB must not share it with this one.
    command = [sys.executable, str(known[name]), *context.args]
    ended = subprocess.run(command, env=os.environ | {"PYTHONUTF8": "1"}, check=False)
    raise typer.Exit(ended.returncode)


def benchmarks(folder: Path) -> dict[str, Path]:
    """Return the benchmarks of a folder by name. Files that begin with `_` are their common parts."""
    return {file.stem: file for file in sorted(folder.glob("*.py")) if not file.stem.startswith("_")}


def _list(context: typer.Context, known: dict[str, Path]) -> None:
    typer.echo(context.get_help())
    typer.echo("\n基准 Benchmarks:")
    for name, file in known.items():
        says = (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip('"# ')
        typer.echo(f"  {name:<14}{says}")
