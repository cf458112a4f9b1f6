"""一户带理由的求值用时。One family with reasons, the pack already loaded: reading the family, answer, reasons, distances, JSON.

Limit: a median of 1 ms. The families are the good cases of the pack and made-up ones with awkward values.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import _made_up
from _measured import DAY, PACK

from doudi import home
from doudi.policy import api
from doudi.policy.run.cases import good_cases

LIMIT_MS = 1.0
Family = dict[str, Any]


@dataclass(frozen=True)
class Timed:
    """Milliseconds of one family, the best of a few goes, and whether its answer is determined for everybody."""

    answer: float
    reasons: float
    determined: bool


def main() -> int:
    """Time every family with and without reasons, and print medians."""
    asked = arguments()
    pack = api.load_pack(home.policies(), PACK)
    families = [case.family for case in good_cases(pack.policies, list(pack.layers))]
    families += _made_up.families(pack.pack, DAY, asked.families, random.Random(1))
    timed = [time_family(pack, family, asked.rounds) for family in families]
    print(f"\n{PACK}, {DAY}: {len(timed)} families, {sum(one.determined for one in timed)} of them determined for everybody")
    print(f"  {'milliseconds':<44}{'median':>9}{'p95':>9}")
    row("read and answer, no reasons", [one.answer for one in timed])
    row("with reasons, distances and JSON", [one.reasons for one in timed])
    row("  of these: everybody determined", [one.reasons for one in timed if one.determined])
    row("  of these: something unknown, facts sought", [one.reasons for one in timed if not one.determined])
    median = statistics.median(one.reasons for one in timed)
    share = statistics.median(one.answer / one.reasons for one in timed)
    print(f"  the answer is {share:.0%} of the time with reasons")
    print(f"  ratio to the limit of {LIMIT_MS:g} ms: {median / LIMIT_MS:.2f}{'' if median <= LIMIT_MS else '   MISSED'}")
    if asked.with_ == "openfisca":
        against_openfisca(pack, statistics.median(one.answer for one in timed), asked.rounds)
    return 1 if asked.strict and median > LIMIT_MS else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="doudi bench one_family", description=__doc__)
    parser.add_argument("--families", type=int, default=300, help="made-up families beside the good cases")
    parser.add_argument("--rounds", type=int, default=5, help="goes for each family; the best counts")
    parser.add_argument("--with", dest="with_", choices=["openfisca"], help="also one family on OpenFisca, without reasons")
    parser.add_argument("--strict", action="store_true", help="fail when the limit is missed")
    return parser.parse_args()


def time_family(pack: api.LoadedPack, family: Family, rounds: int) -> Timed:
    """Time one family. Each go starts from the family file, so nothing of an earlier go is kept."""
    outcomes = api.evaluate(pack, family, day=DAY)
    determined = all(one.category != "undetermined" for one in (outcomes.household, *outcomes.persons.values()))
    answer = best(lambda: api.evaluate(pack, family, day=DAY), rounds)
    # Where facts are sought, one go is long enough to be measured.
    reasons = best(lambda: api.evaluate(pack, family, day=DAY).to_json(), rounds if determined else 1)
    return Timed(answer, reasons, determined)


def best(work: Callable[[], object], rounds: int) -> float:
    """Return the shortest of some goes in milliseconds: the others met other programs."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken) * 1000


def row(label: str, values: list[float]) -> None:
    """Print a median and a 95th percentile."""
    if values:
        print(f"  {label:<44}{statistics.median(values):>9.3f}{sorted(values)[int(len(values) * 0.95)]:>9.3f}")


def against_openfisca(pack: api.LoadedPack, answer: float, rounds: int) -> None:
    """Print the time of one made-up household on OpenFisca, which gives no reasons."""
    import _facts
    import _openfisca
    from _openfisca_facts import Facts

    rules = _openfisca.system(pack, DAY)
    with _facts.scratch() as folder:
        _facts.write(folder, 1, unknown=0.0)
        facts = Facts.read(folder / "facts", pack)
    taken = best(lambda: _openfisca.answer(rules, facts), max(rounds, 5))
    print(f"  OpenFisca-core 46.0.1, one household, facts in memory, no reasons: {taken:.2f} ms")
    print(f"  ratio OpenFisca / ours, both without reasons: {taken / answer:.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
