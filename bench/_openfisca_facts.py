"""Fact tables as arrays of households and persons: records are summed to their person, texts become yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.policy.terms.exact import add_months

Array = Any
TABLES = ("household", "person", "supporter", "income", "expense", "asset")
EXEMPT = ("reward", "social_relief", "disability_subsidy", "child_subsidy", "basic_pension")
RIGID = ("living", "medical", "disability", "work_cost", "housing_safety", "water_safety", "disaster", "accident")
HOUSEHOLD_YES = ("income_rose_from_work", "case_by_case_approved", "farm_household", "monitored_on_list", "poverty_risk",
                 "disaster_hardship")
PERSON_YES = ("married", "shares_budget", "lives_together", "legal_duty", "cannot_live_independently", "employed", "severe_illness",
              "chooses_child_benefit", "deceased", "cleric_apart_three_years")


@dataclass
class Facts:
    """The tables in memory, and for every person the position of the household."""

    tables: dict[str, pa.Table]
    day: date

    def __post_init__(self) -> None:
        self.household_ids = self.tables["household"]["household_id"].to_numpy()
        self.person_ids = self.tables["person"]["person_id"].to_numpy()
        self.home = np.searchsorted(self.household_ids, self.tables["person"]["household_id"].to_numpy())

    @staticmethod
    def read(folder: Path, day: date) -> Facts:
        """Read the fact tables of a folder. Households and persons must be in the order of their numbers."""
        return Facts({name: pq.read_table(folder / name) for name in TABLES}, day)

    @staticmethod
    def of_nobody(day: date) -> Facts:
        """Return facts with the right columns and no rows, to learn the variables from."""
        from doudi.demo.shape import entities, to_arrow

        made = {}
        for name in TABLES:
            entity = entities()[name]
            columns = {column: np.array([], np.int64) for column in (*entity.keys, *(fact.name for fact in entity.facts), *entity.asked)}
            made[name] = to_arrow(entity, columns, {})
        return Facts(made, day)

    def yes(self, table: str, column: str) -> Array:
        """Return a column of yes and no."""
        return pc.fill_null(self.tables[table][column], False).to_numpy()

    def number(self, table: str, column: str) -> Array:
        """Return a column of whole numbers."""
        return pc.fill_null(self.tables[table][column], 0).to_numpy()

    def is_in(self, table: str, column: str, *words: str) -> Array:
        """Tell for each row whether a text is one of some words."""
        return pc.is_in(self.tables[table][column], value_set=pa.array(words)).to_numpy()

    def age(self, table: str) -> Array:
        """Return full years on the day."""
        born = self.tables[table]["birth"]
        number = pc.add(pc.add(pc.multiply(pc.year(born), 10_000), pc.multiply(pc.month(born), 100)), pc.day(born))
        return (self.day.year * 10_000 + self.day.month * 100 + self.day.day - pc.fill_null(number, 0).to_numpy()) // 10_000

    def lately(self, table: str, column: str) -> Array:
        """Tell for each row whether it fell in the last twelve months."""
        dates = self.tables[table][column].to_numpy().astype("datetime64[D]")
        return (dates > np.datetime64(add_months(self.day, -12))) & (dates <= np.datetime64(self.day))

    def owner(self, table: str) -> Array:
        """Return for each record the position of its person."""
        return np.searchsorted(self.person_ids, self.tables[table]["person_id"].to_numpy())

    def summed(self, owner: Array, amounts: Array) -> Array:
        """Sum amounts of records to persons. Exact: below 2^53."""
        return np.bincount(owner, amounts, minlength=len(self.person_ids)).astype(np.int64)


def household_inputs(facts: Facts, values: Any) -> dict[str, Array]:
    """Return the input variables of households."""
    urban = facts.is_in("household", "area_kind", "urban")
    found = {name: facts.yes("household", name) for name in HOUSEHOLD_YES}
    found |= {name: facts.number("household", name) for name in ("previous_amount", "exit_months_used")}
    for name, table in (("standard", "dibao_standard"), ("disposable", "disposable_income"), ("tekun_basic", "tekun_basic_standard")):
        by_kind = getattr(values, table)
        found[f"household_{name}"] = np.where(urban, by_kind["urban"], by_kind["rural"])
    for name in ("tekun", "dibao"):
        found[f"household_was_{name}"] = facts.is_in("household", "previous_category", name)
    return found


def person_inputs(facts: Facts, values: Any) -> dict[str, Array]:
    """Return the input variables of persons."""
    found = {name: facts.yes("person", name) for name in PERSON_YES}
    found |= {name: facts.number("person", name) for name in ("necessary_work_cost", "self_care_failed")}
    found["age"] = facts.age("person")
    found["is_head"] = facts.is_in("person", "relation", "head")
    found["is_child"] = facts.is_in("person", "relation", "child")
    # Unknown whether married counts as married for a spouse, so it is read before unknown becomes no.
    married = pc.fill_null(facts.tables["person"]["married"], True).to_numpy()
    found["is_spouse_married"] = facts.is_in("person", "relation", "spouse") & married
    found["in_study"] = facts.is_in("person", "schooling", "preschool", "compulsory", "high_school", "vocational", "college", "bachelor")
    found["in_school"] = facts.is_in("person", "schooling", "compulsory", "high_school", "vocational")
    excluded = ("deceased", "in_prison", "in_compulsory_detox", "declared_missing", "cleric_apart_three_years", "conscript")
    found["is_excluded"] = np.logical_or.reduce([facts.yes("person", name) for name in excluded])
    return found | _disabilities(facts) | _incomes(facts) | _expenses(facts) | _assets(facts) | _supporters(facts, values)


def _disabilities(facts: Facts) -> dict[str, Array]:
    listed = facts.yes("person", "multiple_includes_listed") & facts.is_in("person", "disability_type", "multiple")
    mental = facts.is_in("person", "disability_type", "intellectual", "mental")
    first, second = (facts.is_in("person", "disability_level", *levels) for levels in (("1",), ("1", "2")))
    third = facts.is_in("person", "disability_level", "3")
    physical, vision = (facts.is_in("person", "disability_type", kind) for kind in ("physical", "vision"))
    return {"severely_disabled": second | (third & (mental | listed)),
            "listed_disability": (mental & (second | third)) | (physical & second) | (vision & first) | listed}


def _incomes(facts: Facts) -> dict[str, Array]:
    owner, amount = facts.owner("income"), facts.number("income", "amount")
    counted = np.where(facts.lately("income", "received_on") & ~facts.is_in("income", "kind", *EXEMPT), amount, 0)
    wage, support, old_age = (facts.is_in("income", "kind", kind) for kind in ("wage", "support", "old_age_allowance"))
    parts = {"wage": wage, "support_received": support, "other_income": ~wage & ~support, "old_age": old_age}
    return {name: facts.summed(owner, np.where(kind, counted, 0)) for name, kind in parts.items()}


def _expenses(facts: Facts) -> dict[str, Array]:
    owner, amount = facts.owner("expense"), facts.number("expense", "amount")
    education = facts.is_in("expense", "kind", "education")
    study = education & ~facts.is_in("person", "schooling", "postgraduate")[owner]
    counted = np.where(education, np.minimum(amount, facts.number("expense", "public_school_cost")), amount)
    rigid = facts.lately("expense", "paid_on") & (facts.is_in("expense", "kind", *RIGID) | study)
    return {"rigid_expense": facts.summed(owner, np.where(rigid, counted, 0))}


def _assets(facts: Facts) -> dict[str, Array]:
    owner = facts.owner("asset")
    financial = facts.is_in("asset", "kind", "deposit", "security", "insurance", "claim")
    house = facts.is_in("asset", "kind", "dwelling", "homestead")
    barred = facts.is_in("asset", "kind", "vehicle") & ~facts.is_in("asset", "use", "livelihood")
    barred |= (facts.is_in("asset", "kind", "company") & facts.yes("asset", "active")) | facts.is_in("asset", "kind", "non_residential")
    return {"financial_assets": facts.summed(owner, np.where(financial, facts.number("asset", "value"), 0)),
            "house_count": facts.summed(owner, house), "has_barred_property": facts.summed(owner, barred) > 0}


def _supporters(facts: Facts, values: Any) -> dict[str, Array]:
    owner, age = facts.owner("supporter"), facts.age("supporter")
    urban = facts.is_in("household", "area_kind", "urban")[facts.home[owner]]
    line = np.where(urban, values.disposable_income["urban"], values.disposable_income["rural"])
    within = facts.yes("supporter", "property_within_limits")
    low = (facts.number("supporter", "income_per_head") * 12 < line) & within
    severe = facts.is_in("supporter", "disability_level", "1", "2")
    severe |= facts.is_in("supporter", "disability_level", "3") & facts.is_in("supporter", "disability_type", "intellectual", "mental")
    unable = facts.yes("supporter", "in_tekun") | (facts.yes("supporter", "in_dibao") & (age >= values.elder_dibao_supporter_age))
    unable |= ((age >= values.elder_supporter_age) | severe) & low
    unable |= (facts.yes("supporter", "no_civil_capacity") & within) | (age < values.adult_age)
    due = np.where(facts.yes("supporter", "pays_support"), facts.number("supporter", "agreed_support") * 12, 0)
    waived = facts.is_in("supporter", "relation", "sibling") | (age >= values.elder_payer_age)
    return {"support_due": facts.summed(owner, due), "due_single": facts.summed(owner, np.where(waived, 0, due)),
            "supporters_unable": facts.summed(owner, ~unable) == 0}
