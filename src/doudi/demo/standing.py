"""Roughly where each household stands, so that the made-up enrolment lists are mostly right.

This is no determination: it knows nothing of clauses. The engine determines; the demo only needs lists that look as a
county's lists look before anyone has compared them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doudi.demo.chance import Bools, Chance
from doudi.demo.shape import Columns, entities

Ints = npt.NDArray[np.int64]

# 黄政发〔2025〕7号, 大冶市, from 2025-07-01: fen per month per person, rural and urban.
STANDARD = (71_100, 81_500)
MONTHS = 12

COUNTED = ("wage", "business", "property", "transfer", "support", "pension", "unemployment", "land_subsidy", "other")
LOST = ("in_prison", "in_compulsory_detox", "declared_missing", "cleric_apart_three_years", "conscript", "deceased")
BARRED = ("vehicle", "company", "non_residential", "security")


@dataclass(frozen=True)
class Standing:
    """For each household: who counts, its counted yearly income, its shortfall a month, and whether property bars it."""

    members: Ints
    yearly: Ints
    standard: Ints
    barred: Bools
    weak: Bools
    destitute: Bools

    @property
    def per_head_yearly(self) -> Ints:
        """Return the counted income of a year per member, in fen."""
        each: Ints = self.yearly // np.maximum(self.members, 1)
        return each

    @property
    def shortfall(self) -> Ints:
        """Return the fen a month that the household lacks to the standard, in whole yuan upwards, never below 0."""
        lacking = self.standard * self.members - self.yearly // MONTHS
        whole: Ints = np.maximum(0, -(-lacking // 100) * 100)
        return whole

    def likely_category(self, chance: Chance) -> npt.NDArray[np.int8]:
        """Return the category each household is likely to be listed in: right for about nineteen in twenty."""
        fact = entities()["household"].fact("previous_category")
        line = self.standard * MONTHS
        below = (self.per_head_yearly < line) & ~self.barred & (self.members > 0)
        edge = (self.per_head_yearly < 2 * line) & ~below & ~self.barred & (self.members > 0)
        listed = np.zeros(len(line), np.int8)
        applied = np.where(below, 0.9 + 0.07 * self.weak, np.where(edge, 0.82 + 0.13 * self.weak, 0.0))
        asks = chance.happens(applied, len(line))
        listed[below & asks] = fact.code("dibao")
        listed[edge & asks] = fact.code("edge")
        listed[self.destitute & below & asks] = fact.code("tekun")
        slipped = chance.happens(0.0015, len(line))
        listed[slipped & (listed == 0)] = fact.code("dibao")
        rigid = (listed == 0) & self.weak & ~self.barred & chance.happens(0.01, len(line))
        listed[rigid] = fact.code("rigid_expenditure")
        return listed


def standing(day: np.datetime64, people: Columns, records: dict[str, Columns], urban: Bools) -> Standing:
    """Return where each household of a county stands on a day."""
    homes, home = len(urban), people["home"]
    counts = np.ones(len(home), bool)
    for name in LOST:
        counts &= people[name] == 0
    counts &= (people["split_off"] == 0) & ~((people["serving_soldier"] == 1) & (people["lives_together"] == 0))
    members = np.bincount(home[counts], minlength=homes)
    severe = (people["severe_illness"] == 1) | np.isin(people["disability_level"], [1, 2])
    return Standing(
        members=members,
        yearly=_counted_income(day, people, records["income"], counts, homes),
        standard=np.where(urban, STANDARD[1], STANDARD[0]).astype(np.int64),
        barred=_barred(people, records["asset"], homes),
        weak=np.bincount(home[severe & counts], minlength=homes) > 0,
        destitute=_destitute(people, records["supporter"], counts, members),
    )


def _counted_income(day: np.datetime64, people: Columns, income: Columns, counts: Bools, homes: int) -> Ints:
    fact = entities()["income"].fact("kind")
    counted = np.isin(income["kind"], [fact.code(kind) for kind in COUNTED]) & counts[income["owner"]]
    counted &= (income["received_on"] > day - np.timedelta64(365, "D")) & (income["received_on"] <= day)
    totals = np.bincount(people["home"][income["owner"][counted]], income["amount"][counted], homes)
    return totals.astype(np.int64)


def _barred(people: Columns, asset: Columns, homes: int) -> Bools:
    fact = entities()["asset"].fact("kind")
    home = people["home"][asset["owner"]]
    bars = np.isin(asset["kind"], [fact.code(kind) for kind in BARRED])
    houses = np.isin(asset["kind"], [fact.code("dwelling"), fact.code("homestead")])
    return (np.bincount(home[bars], minlength=homes) > 0) | (np.bincount(home[houses], minlength=homes) > 1)


def _destitute(people: Columns, supporter: Columns, counts: Bools, members: Ints) -> Bools:
    homes = len(members)
    supported = np.bincount(people["home"][supporter["owner"]], minlength=homes) > 0
    old_or_unable = ((people["age"] >= 60) | (people["labour_capacity"] == 2)) & counts
    all_unable = np.bincount(people["home"][old_or_unable], minlength=homes) == members
    return np.asarray(all_unable & ~supported & (members > 0))
