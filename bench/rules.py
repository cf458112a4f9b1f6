"""规则求值的速度: 编译的政策包、手写 SQL、OpenFisca。The same rules compiled, by hand, and on OpenFisca: time, memory, answers.

Limits: compiled at most 1.10 times the time by hand; OpenFisca at least 5 times the time of compiled; no answer differs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import _facts
import _measured
from _compare import Difference, differences

from doudi import home
from doudi.policy import api

OVER_BY_HAND = 1.10
UNDER_OPENFISCA = 5.0
RUNNER = Path(_measured.__file__)
TITLES = {"compiled": "compiled pack", "by_hand": "SQL by hand", "openfisca": "OpenFisca-core 46.0.1"}


@dataclass(frozen=True)
class Run:
    """One evaluation in a process of its own: wall time, processor time, peak memory."""

    seconds: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True)
class Measured:
    """All runs over the same facts, by way, and where the answers of a way differ from the compiled pack's."""

    households: int
    people: int
    runs: dict[str, list[Run]]
    differing: dict[str, list[Difference]]

    def seconds(self, way: str) -> float:
        """Return the median time of a way."""
        return statistics.median(run.seconds for run in self.runs[way])

    def ratio(self, one: str, other: str) -> float:
        """Return the median over the rounds of one way's time to another's: both of a round met the same load."""
        pairs = zip(self.runs[one], self.runs[other], strict=True)
        return statistics.median(a.seconds / b.seconds for a, b in pairs)


def main() -> int:
    """Make facts, evaluate them in turn, compare the answers, print the figures."""
    asked = arguments()
    missed: list[str] = []
    measured = []
    with _facts.scratch() as folder:
        some = measure(folder / "some_unknown", asked, ["compiled", "by_hand"], unknown=asked.unknown)
        measured.append(some)
        show(f"{asked.unknown:.0%} of households with something unknown", some)
        missed += told("compiled / by hand", some.ratio("compiled", "by_hand"), at_most=OVER_BY_HAND)
        print_cpu(some, "compiled", "by_hand")
        if asked.with_ == "openfisca":
            # OpenFisca has no unknown: there, all facts of everybody are known.
            known = measure(folder / "known", asked, ["compiled", "by_hand", "openfisca"], unknown=0.0)
            measured.append(known)
            show("all facts known", known)
            missed += told("OpenFisca / compiled", known.ratio("openfisca", "compiled"), at_least=UNDER_OPENFISCA)
            print_cpu(known, "openfisca", "compiled")
    wrong = sum(len(found) for one in measured for found in one.differing.values())
    print("answers: no difference" if not wrong else f"answers: {wrong} columns DIFFER")
    return 1 if wrong or (asked.strict and missed) else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="doudi bench rules", description=__doc__)
    parser.add_argument("--households", type=int, default=1_000_000, help="how many households (about 2.7 people each)")
    parser.add_argument("--rounds", type=int, default=3, help="each way is measured this often, in turn; the median counts")
    parser.add_argument("--unknown", type=float, default=0.03, help="share of households with something unknown")
    parser.add_argument("--with", dest="with_", choices=["openfisca"], help="also on OpenFisca, on facts that are all known")
    parser.add_argument("--strict", action="store_true", help="fail when a limit is missed, too")
    return parser.parse_args()


def evaluate(way: str, facts: Path, out: Path) -> Run:
    """Evaluate in a fresh process. Its errors are shown, and end the benchmark."""
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(RUNNER), way, str(facts), str(out)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Run(**json.loads(told.splitlines()[-1]))


def measure(folder: Path, asked: argparse.Namespace, ways: list[str], *, unknown: float) -> Measured:
    """Make facts and evaluate them in every way, one after another, round by round."""
    rows = _facts.write(folder, asked.households, unknown=unknown)
    runs: dict[str, list[Run]] = {way: [] for way in ways}
    for number in range(asked.rounds):
        # Each round begins with another way, so that no way always follows the same one.
        for way in ways[number % len(ways):] + ways[: number % len(ways)]:
            runs[way].append(evaluate(way, folder / "facts", folder / way))
    columns = output_columns()
    differing = {way: differences(folder / "compiled", folder / way, columns) for way in ways[1:]}
    return Measured(rows["household"], rows["person"], runs, differing)


def output_columns() -> dict[str, list[str]]:
    """Return the columns of the pack's results by entity."""
    plan = api.sql_plan(api.load_pack(home.policies(), _measured.PACK), day=_measured.DAY)
    return {entity: [column.name for column in columns] for entity, columns in plan.outputs.items()}


def print_cpu(measured: Measured, one: str, other: str) -> None:
    """Print the ratio of processor times, which a busy machine blurs less than the clock; the limits are by the clock."""
    pairs = zip(measured.runs[one], measured.runs[other], strict=True)
    print(f"  processor time {one} / {other}: {statistics.median(a.cpu / b.cpu for a, b in pairs):.2f}")


def show(title: str, measured: Measured) -> None:
    """Print one table of figures, and the answers that differ."""
    print(f"\n{_measured.PACK}, {_measured.DAY}: {measured.households:,} households, {measured.people:,} people, {title}")
    print(f"  {'':<22}{'seconds':>9}{'cpu s':>8}{'households/s':>14}{'peak MB':>9}   rounds")
    for way, runs in measured.runs.items():
        seconds = measured.seconds(way)
        cpu, peak = statistics.median(run.cpu for run in runs), max(run.peak_mb for run in runs)
        each = " ".join(f"{run.seconds:.2f}" for run in runs)
        print(f"  {TITLES[way]:<22}{seconds:>9.2f}{cpu:>8.2f}{measured.households / seconds:>14,.0f}{peak:>9,.0f}   {each}")
    for way, found in measured.differing.items():
        for one in found:
            print(f"  DIFFERS {TITLES[way]}: {one.entity}.{one.column} in {one.rows:,} rows, e.g. {one.example}")


def told(what: str, ratio: float, *, at_most: float | None = None, at_least: float | None = None) -> list[str]:
    """Print a ratio with its limit, and return it when the limit is missed."""
    missed = (at_most is not None and ratio > at_most) or (at_least is not None and ratio < at_least)
    limit = f"at most {at_most:.2f}" if at_most is not None else f"at least {at_least}"
    print(f"  ratio {what}: {ratio:.2f} (limit: {limit}){'   MISSED' if missed else ''}")
    return [what] if missed else []


if __name__ == "__main__":
    raise SystemExit(main())
