"""十万、一百万、一千万户的用时和内存。Time and peak memory at 0.1, 1 and 10 million households, part by part, with a drawing.

Memory must stay under 4 GB and not grow with the number of areas: a nation is only a longer run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _facts
import _measured

from doudi import home

LIMIT_MB = 4096
# Beyond one area memory may differ by what the allocator keeps, not by the number of areas.
MAY_GROW = 1.25
FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "WenQuanYi Micro Hei")


@dataclass(frozen=True)
class Point:
    """One size: rows of all fact tables, seconds to make them and to evaluate them, peak memory of the evaluation."""

    households: int
    people: int
    rows: int
    areas: int
    making: float
    seconds: float
    cpu: float
    peak_mb: float


def main() -> int:
    """Measure each size in turn, print a table, draw it."""
    asked = arguments()
    points = []
    print(f"{'households':>12}{'people':>13}{'rows':>14}{'areas':>7}{'made in s':>11}{'seconds':>10}{'cpu s':>8}"
          f"{'households/s':>14}{'rows/s':>12}{'peak MB':>9}", flush=True)
    for households in asked.sizes:
        point = measured(households, asked.largest_area)
        points.append(point)
        print(f"{point.households:>12,}{point.people:>13,}{point.rows:>14,}{point.areas:>7}{point.making:>11.1f}{point.seconds:>10.1f}{point.cpu:>8.1f}"
              f"{point.households / point.seconds:>14,.0f}{point.rows / point.seconds:>12,.0f}{point.peak_mb:>9,.0f}", flush=True)
    asked.png.parent.mkdir(parents=True, exist_ok=True)
    draw(points, asked.png)
    print(f"drawn: {asked.png}")
    many = [point.peak_mb for point in points if point.areas > 1]
    grown = max(many) / min(many) if many else 1.0
    print(f"ratio of the most memory to the least, of runs over several areas: {grown:.2f} (limit: {MAY_GROW})")
    over = [point for point in points if point.peak_mb > LIMIT_MB]
    return 1 if over or (asked.strict and grown > MAY_GROW) else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="doudi bench growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000], help="numbers of households")
    parser.add_argument("--largest-area", type=int, default=200_000, help="households of one area at most")
    parser.add_argument("--png", type=Path, default=home.checkout() / "build" / "bench" / "growth.png", help="where to draw")
    parser.add_argument("--strict", action="store_true", help="fail when memory grows, too (4 GB always fail)")
    return parser.parse_args()


def measured(households: int, largest_area: int) -> Point:
    """Make facts of this size, evaluate them in a process of its own, and remove them."""
    with _facts.scratch() as folder:
        started = time.perf_counter()
        rows = _facts.write(folder, households, unknown=0.03, largest_area=largest_area)
        making = time.perf_counter() - started
        command = [sys.executable, str(Path(_measured.__file__)), "parts", str(folder / "facts"), str(folder / "out")]
        told: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
        areas = len(list((folder / "facts" / "household").glob("*.parquet")))
    return Point(rows["household"], rows["person"], sum(rows.values()), areas, making, **told)


def draw(points: list[Point], target: Path) -> None:
    """Draw time and memory against the number of households."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib import font_manager

    present = {font.name for font in font_manager.fontManager.ttflist}
    chinese = next((name for name in FONTS if name in present), None)
    if chinese:
        plt.rcParams["font.family"] = [chinese]
    words = ("户数", "用时（秒）", "内存峰值（MB）", "大冶政策包：用时和内存") if chinese else (
        "households", "seconds", "peak memory (MB)", "Daye pack: time and memory")
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    households = [point.households for point in points]
    left.loglog(households, [point.seconds for point in points], marker="o")
    right.semilogx(households, [point.peak_mb for point in points], marker="o")
    right.axhline(LIMIT_MB, linestyle="--", color="grey")
    right.set_ylim(0, LIMIT_MB * 1.1)
    for axes, label in ((left, words[1]), (right, words[2])):
        axes.set_xlabel(words[0])
        axes.set_ylabel(label)
        axes.grid(visible=True, alpha=0.3)
    figure.suptitle(words[3])
    figure.tight_layout()
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    raise SystemExit(main())
