"""Ingest: an .xlsx against python-calamine's bare read, a CSV and an .xlsx against plain Python row by row.

    doudi bench ingest                      200,000 x 15 .xlsx and 1,000,000 x 15 CSV; baselines on part of the rows
    doudi bench ingest --xlsx-rows 20000 --csv-rows 100000
    doudi bench ingest --full               baselines on all rows (minutes)
    doudi bench ingest --strict             status 1 when a limit is missed

Limits (issue 2, section 6): .xlsx at most 1.5 times the bare read; CSV at least 20 times as fast as row by row.
The baseline reads each row with csv.reader or openpyxl, checks each cell with the program's own cell readers, finds
double keys with a set, and writes Parquet: the same checks and the same result, one cell at a time.
Each figure is measured in a process of its own, after its imports; a baseline also after the contracts and tables were
read, so that its time grows with its rows alone and may be scaled by them. Each ratio is the median of pairs, the
other and ingest by turns, so that other work on the machine slows both. Processor seconds are told beside the clock's.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import xlsxwriter

from doudi import home
from doudi.hub.tables.cells.cell import CellRule, type_of_raw
from doudi.hub.tables.cells.identity import check_character, known_areas
from doudi.hub.tables.cells.read import read_cell
from doudi.hub.tables.contract import Contract, read_contracts

DATASET = "medical_settlements"
XLSX_LIMIT, CSV_LIMIT = 1.5, 20.0
RECEIVED = dt.datetime(2025, 11, 5, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HEADINGS = [
    "身份证号", "姓名", "性别", "出生日期", "地区", "结算单号", "医疗机构", "就诊类型", "结算日期", "病种编码", "病种名称",
    "医疗总费用", "基本医保支付", "政策范围内个人自付", "个人负担",
]  # fmt: skip
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def made_up_rows(count: int) -> Iterator[list[str | float]]:
    """Yield bills of made-up people; one in two hundred has a dirty cell of the kinds that really come."""
    chance = random.Random(1)
    for row in range(count):
        born = dt.date(1930, 1, 1) + dt.timedelta(days=chance.randrange(34_000))
        number = f"999281{born:%Y%m%d}{chance.randrange(1000):03d}"
        total = chance.randrange(1_000, 5_000_000)
        paid = total * chance.randrange(30, 90) // 100
        line: list[str | float] = [
            number + check_character(number),
            chance.choice(FAMILY) + chance.choice(GIVEN) + (chance.choice(GIVEN) if row % 3 else ""),
            "男" if row % 2 else "女",
            f"{born:%Y-%m-%d}",
            f"9992811{chance.randrange(20):02d}{chance.randrange(30):03d}",
            f"JS{row:012d}",
            f"虚构县第{chance.randrange(40)}人民医院",
            ("住院", "门诊", "门诊慢特病", "药店")[row % 4],
            f"2025-10-{chance.randrange(31) + 1:02d}",
            f"I{chance.randrange(99):02d}.{chance.randrange(10)}",
            ("高血压", "糖尿病", "冠心病", "脑梗死", "肺炎")[row % 5],
            total / 100, paid / 100, (total - paid) / 200, (total - paid) / 100,
        ]  # fmt: skip
        line[13] = round(float(line[13]), 2)
        dirty = row % 1000
        if dirty == 0:
            number = str(line[0])
            line[0] = f"{number[:6]} {number[6:14]} {number[14:]}"
        elif dirty == 200:
            line[8] = "2025年10月9日"
        elif dirty == 400:
            line[14] = f"{line[14]}元"
        elif dirty == 600:
            line[0] = f"{str(line[0])[:17]}?"
        elif dirty == 800:
            line[1] = " 张　三 "
        yield line


def write_csv(path: Path, rows: int) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(made_up_rows(rows))


def write_xlsx(path: Path, rows: int) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("医保结算")
        sheet.write_row(0, 0, HEADINGS)
        for at, line in enumerate(made_up_rows(rows), 1):
            sheet.write_row(at, 0, line)


def ours(path: Path) -> int:
    from doudi.hub.runs.ingest import Request, ingest
    from doudi.hub.tables.store import Store

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        store = Store(Path(folder) / "store", read_contracts(home.datasets()))
        (outcome,) = ingest(store, Request((path,), RECEIVED, dataset=DATASET, month="2025-10"))
    if outcome.refusal or outcome.manifest is None:
        raise SystemExit(str(outcome.refusal))
    return outcome.manifest.counts.accepted


def bare(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1


def row_by_row(path: Path, rows: Iterable[tuple[object, ...]]) -> int:
    """Check every cell in plain Python and write what was accepted; return how many rows were accepted."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    contract = CONTRACTS[DATASET]
    headings = {place: contract.headings[heading][1] for place, heading in enumerate(HEADINGS)}
    rules = {place: CellRule(column, RECEIVED.date()) for place, column in headings.items()}
    seen: set[tuple[object, object]] = set()
    accepted: list[dict[str, object]] = []
    for row in rows:
        values, reasons = {}, []
        for place, rule in rules.items():
            cell = read_cell(rule, cast("type_of_raw", row[place]))
            values[rule.column.name] = cell.value
            if cell.problem:
                reasons.append(cell.problem)
        key = (values["identity_number"], values["bill_number"])
        if reasons or key in seen:
            continue
        seen.add(key)
        accepted.append(values)
    pq.write_table(pa.Table.from_pylist(accepted), path.with_suffix(".baseline.parquet"))
    return len(accepted)


def csv_row_by_row(path: Path, rows: int) -> int:
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return row_by_row(path, (tuple(row) for row, _ in zip(reader, range(rows), strict=False)))


def xlsx_row_by_row(path: Path, rows: int) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return row_by_row(path, sheet.iter_rows(min_row=2, max_row=rows + 1, values_only=True))


CONTRACTS: dict[str, Contract] = {}


def measure(what: str, path: Path, rows: int) -> None:
    """Do one thing in this process and print its seconds, peak megabytes and rows as JSON."""
    import openpyxl
    import pyarrow.parquet
    import python_calamine

    import doudi.hub.runs.ingest

    del doudi, openpyxl, pyarrow, python_calamine
    if what in {"csv", "xlsx"}:
        import pandas

        del pandas  # pyarrow imports it when rows are handed over one by one
        CONTRACTS.update(read_contracts(home.datasets()))
        known_areas()
    begun, worked = time.perf_counter(), time.process_time()
    done = {
        "ours": lambda: ours(path),
        "bare": lambda: bare(path),
        "csv": lambda: csv_row_by_row(path, rows),
        "xlsx": lambda: xlsx_row_by_row(path, rows),
    }[what]()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": peak, "rows": done}))


Figure = dict[str, float]


def measured(what: str, path: Path, rows: int = 0) -> Figure:
    """Return one measurement, in a process of its own."""
    command = [sys.executable, __file__, "--measure", what, str(path), str(rows)]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def fastest(runs: Iterable[Figure]) -> Figure:
    return min(runs, key=lambda one: one["seconds"])


def line(label: str, figure: Figure) -> str:
    return f"  {label:<44}{figure['seconds']:9.2f} s {figure['cpu']:9.2f} s cpu {figure['mb']:8.0f} MB {figure['rows']:>10,.0f} rows"


def report(folder: Path, asked: argparse.Namespace) -> bool:
    """Measure and print everything; return whether both limits were kept."""
    xlsx, text = folder / f"bills-{asked.xlsx_rows}.xlsx", folder / f"bills-{asked.csv_rows}.csv"
    for path, write, rows in ((xlsx, write_xlsx, asked.xlsx_rows), (text, write_csv, asked.csv_rows)):
        if not path.exists():
            write(path, rows)
    print(f".xlsx {asked.xlsx_rows:,} x {len(HEADINGS)} ({xlsx.stat().st_size / 1e6:.0f} MB)")
    pairs = [(measured("bare", xlsx), measured("ours", xlsx)) for _ in range(asked.times)]
    read, taken = fastest(bare for bare, _ in pairs), fastest(ours for _, ours in pairs)
    xlsx_ratio, by_processor = (
        statistics.median(ours[clock] / bare[clock] for bare, ours in pairs) for clock in ("seconds", "cpu")
    )
    part = asked.xlsx_rows if asked.full else min(asked.xlsx_rows, asked.baseline_rows)
    slow = measured("xlsx", xlsx, part)
    slow_seconds = slow["seconds"] * asked.xlsx_rows / part
    print(line("python-calamine, bare read", read))
    print(line("doudi ingest", taken))
    print(line(f"openpyxl row by row, {part:,} rows", slow))
    print(
        f"  ingest / bare read = {xlsx_ratio:.2f} (limit {XLSX_LIMIT}), by processor time {by_processor:.2f};"
        f" openpyxl / ingest = {slow_seconds / taken['seconds']:.1f}"
    )
    print(f"CSV {asked.csv_rows:,} x {len(HEADINGS)} ({text.stat().st_size / 1e6:.0f} MB)")
    part = asked.csv_rows if asked.full else min(asked.csv_rows, asked.baseline_rows)
    pairs = [(measured("csv", text, part), measured("ours", text)) for _ in range(asked.times)]
    slow, taken = fastest(slow for slow, _ in pairs), fastest(ours for _, ours in pairs)
    csv_ratio, by_processor = (
        statistics.median(slow[clock] * asked.csv_rows / part / ours[clock] for slow, ours in pairs) for clock in ("seconds", "cpu")
    )
    print(line("doudi ingest", taken))
    print(line(f"csv row by row, {part:,} rows", slow))
    print(f"  row by row / ingest = {csv_ratio:.1f} (limit {CSV_LIMIT:.0f}), by processor time {by_processor:.1f}")
    return xlsx_ratio <= XLSX_LIMIT and csv_ratio >= CSV_LIMIT


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    parser.add_argument("--csv-rows", type=int, default=1_000_000)
    parser.add_argument("--baseline-rows", type=int, default=50_000, help="rows of the row-by-row baselines")
    parser.add_argument("--full", action="store_true", help="baselines on all rows")
    parser.add_argument("--times", type=int, default=3, help="how many pairs of runs")
    parser.add_argument("--folder", type=Path, help="keep the made files here, and use those that are there")
    parser.add_argument("--strict", action="store_true", help="status 1 when a limit is missed")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="doudi-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        kept = report(folder, asked)
    finally:
        if not asked.folder:
            shutil.rmtree(folder)
    if asked.strict and not kept:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
