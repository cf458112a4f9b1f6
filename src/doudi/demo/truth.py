"""Write down what was planted: for each family and person, what a right system must find, and the category it must give.

`planted.parquet` and `planted.json` hold one row a family. `expected` is the category that the pack hubei/daye gives on
the last day, empty where the data do not decide.
"""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.demo.county import County
from doudi.demo.lists.listing import household_number

PACK = "hubei/daye"
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("scenario", "finding", "says", "household_number", "head_identity_number", "head_name",
                                      "about_identity_number", "about_name", "listed", "expected", "village")]
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """How a run did on one scenario: families planted, and those that got the category they must get."""

    scenario: str
    says: str
    expected: str
    families: int
    right: int


def compare(path: Path, determined: Path) -> list[Checked]:
    """Compare the planted truth with the results of a run, scenario by scenario.

    Where the data do not decide, right is what stays open.
    """
    planted = pq.read_table(path / "planted.parquet").to_pylist()
    found = pq.read_table(determined / "households", columns=["household_id", "category"]).to_pylist()
    given = {row["household_id"]: row["category"] for row in found}
    checked = []
    for scenario in dict.fromkeys(row["scenario"] for row in planted):
        rows = [row for row in planted if row["scenario"] == scenario]
        right = sum((given.get("H" + row["household_number"]) or "") == row["expected"] for row in rows)
        checked.append(Checked(scenario, rows[0]["says"], rows[0]["expected"], len(rows), right))
    return checked


def day_of(month: str) -> str:
    """Return the last day of a month as 2025-10-31."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year:04d}-{number:02d}-{calendar.monthrange(year, number)[1]:02d}"


def write(path: Path, county: County) -> int:
    """Write the planted truth as Parquet and JSON, and return the number of families."""
    rows = [row for one in range(len(county.planted)) for row in _rows(county, one)]
    path.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path / "planted.parquet")
    told = {"made_up": "虚构数据", "pack": PACK, "day": str(county.day), "families": rows}
    (path / "planted.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(rows)


def _rows(county: County, number: int) -> list[dict[str, Any]]:
    planted = county.planted[number]
    heads = county.first_of[planted.homes]
    numbers = household_number(county, heads)
    return [
        {
            "scenario": planted.scenario.name,
            "finding": planted.scenario.finding,
            "says": planted.scenario.says,
            "household_number": str(numbers[n]),
            "head_identity_number": str(county.identity[head]),
            "head_name": str(county.name[head]),
            "about_identity_number": str(county.identity[about]),
            "about_name": str(county.name[about]),
            "listed": planted.scenario.listed,
            "expected": planted.scenario.expected or "",
            "village": str(county.village[head]),
        }
        for n, (head, about) in enumerate(zip(heads.tolist(), planted.about.tolist(), strict=True))
    ]
