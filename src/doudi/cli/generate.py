"""`doudi generate`: a made-up county or nation."""

from __future__ import annotations

import json
import os
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from doudi.refusal import Refusal


class BadMonth(Refusal):
    """The last month is not written as 2025-10."""


class Format(StrEnum):
    """What is generated: the department files of one county, or the fact tables of as many people as you like."""

    messy = "messy"
    parquet = "parquet"


def register(app: typer.Typer) -> None:
    """Add the command `generate`."""
    app.command("generate")(generate)


def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹 Folder to write. Example: build/county")],
    people: Annotated[int, typer.Option(help="人数 About how many people.", min=1)] = 20_000,
    seed: Annotated[int, typer.Option(help="随机种子 The same seed gives the same county.")] = 1,
    months: Annotated[int, typer.Option(help="月份数 Months of department files.", min=1, max=24)] = 12,
    until: Annotated[str, typer.Option(help="最后一个月 The last month. Example: 2025-10")] = "2025-10",
    form: Annotated[Format, typer.Option("--format", help="messy: 部门表格 department files; parquet: 事实表 fact tables.")] = Format.messy,
    unknown: Annotated[float, typer.Option(help="有未知情况的户的比例 Share of households with something unknown.")] = 0.03,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON Print JSON.")] = False,
) -> None:
    """造一个虚构的县: 人、户、十二个月的部门表格、在享名单和标准答案。Make a made-up county, recognisably made up.

    With --format parquet the fact tables that the engine reads, for up to tens of millions of people, in bounded memory.

    Example: doudi generate build/county --people 20000 --seed 1
    """
    import numpy as np

    started = time.perf_counter()
    day = _last_day(until)
    if form is Format.parquet:
        told = _facts(folder, people, seed, np.datetime64(day), unknown, quiet=as_json)
    else:
        told = _county(folder, people, seed, months, until)
    told |= {"folder": str(folder), "seed": seed, "day": day, "seconds": round(time.perf_counter() - started, 2)}
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _summary(told))


def _facts(folder: Path, people: int, seed: int, day: Any, unknown: float, *, quiet: bool) -> dict[str, Any]:
    from doudi.demo import facts

    households = facts.households_for(people)
    rows: dict[str, int] = {}
    areas = 0
    written = facts.write_facts(folder, households=households, seed=seed, day=day, unknown_share=unknown, workers=os.cpu_count() or 1)
    for area in written:
        areas += 1
        rows = {name: rows.get(name, 0) + count for name, count in area.rows.items()}
        if not quiet:
            typer.echo(f"  {area.area}（虚构）: {area.rows['household']:,} 户, {area.rows['person']:,} 人")
    return {"areas": areas, "rows": rows}


def _county(folder: Path, people: int, seed: int, months: int, until: str) -> dict[str, Any]:
    from doudi.demo.folder import write_county

    written = write_county(folder, people=people, seed=seed, months=months, until=until)
    return {
        "people": written.people,
        "households": written.households,
        "files": len(written.files),
        "planted": written.planted,
        "rows": {
            "good": sum(one.good for one in written.files),
            "bad": sum(one.bad for one in written.files),
            "around": sum(one.around for one in written.files),
        },
    }


def _summary(told: dict[str, Any]) -> str:
    lines = [f"虚构数据已写到 {told['folder']}（截至 {told['day']}，种子 {told['seed']}，{told['seconds']} 秒）"]
    if "files" in told:
        lines.append(f"  {told['people']:,} 人，{told['households']:,} 户，{told['files']} 个文件，埋下 {told['planted']} 户标准答案")
    named = {"good": "应收下", "bad": "应退回", "around": "标题、表头、合计等"}
    lines += [f"  {named.get(name, name)}: {count:,} 行" for name, count in told["rows"].items()]
    return "\n".join(lines)


def _last_day(month: str) -> str:
    import calendar

    try:
        year, number = (int(part) for part in month.split("-"))
        return f"{year:04d}-{number:02d}-{calendar.monthrange(year, number)[1]}"
    except ValueError as wrong:
        raise BadMonth(f"看不懂月份 {month!r}。(This is not a month.)", to_do="Write it as 2025-10: --until 2025-10") from wrong
