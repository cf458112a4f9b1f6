"""One made-up county as columns: its households, its people, and what they receive, spend, own and are owed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doudi.demo import areas, belongings, money
from doudi.demo.chance import Bools, Chance
from doudi.demo.families import draw_families
from doudi.demo.lives import draw_lives
from doudi.demo.shape import UNKNOWN_NUMBER, Array, Columns, entities
from doudi.demo.standing import Standing, standing

URBAN_SHARE = 0.38


@dataclass
class Population:
    """One county. Records hold `owner`, the position of their person; people hold `home`, that of their household."""

    county: int
    day: np.datetime64
    kinds: Array
    households: Columns
    people: Columns
    records: dict[str, Columns]
    standing: Standing

    @property
    def urban(self) -> Bools:
        """Return for each household whether the urban standard applies to it."""
        return np.asarray(self.households["area_kind"] == entities()["household"].fact("area_kind").code("urban"))


def draw_population(chance: Chance, county: int, households: int) -> Population:
    """Return a county of this many households."""
    village = _villages(chance, county, households)
    towns = areas.townships(county)
    township = np.array([place.township for place in areas.villages(county)])[village]
    urban = np.array([town.urban for town in towns])[township]
    kinds, people = draw_families(chance, households)
    lives_urban = urban[people["home"]]
    draw_lives(chance, people, lives_urban)
    means = np.exp(0.52 * chance.draw.standard_normal(households))[people["home"]]
    records = {
        "supporter": belongings.draw_supporters(chance, people, kinds, means),
        "income": money.draw_incomes(chance, people, lives_urban, means),
        "expense": money.draw_expenses(chance, people, lives_urban, means),
        "asset": belongings.draw_assets(chance, people, lives_urban, means),
    }
    now = standing(chance.day, people, records, urban)
    columns = _households(chance, people, records, urban, now)
    columns |= {"village": village, "township": township.astype(np.int64)}
    return Population(county, chance.day, kinds, columns, people, records, now)


def _villages(chance: Chance, county: int, households: int) -> Array:
    places = areas.villages(county)
    towns = areas.townships(county)
    rural = sum(not towns[place.township].urban for place in places)
    weight = np.where(
        [towns[place.township].urban for place in places],
        URBAN_SHARE / (len(places) - rural),
        (1 - URBAN_SHARE) / rural,
    )
    return np.sort(chance.draw.choice(len(places), households, p=weight))


def _households(chance: Chance, people: Columns, records: dict[str, Columns], urban: Bools, now: Standing) -> Columns:
    fact, size = entities()["household"], len(urban)
    previous = fact.fact("previous_category")
    kind = fact.fact("area_kind")
    local = chance.happens(0.97, size)
    monitored = ~urban & (now.per_head_yearly < 1_000_000) & chance.happens(0.12, size)
    enrolled = now.likely_category(chance)
    amount = np.where(enrolled == previous.code("dibao"), now.shortfall, 0)
    leaving = (enrolled == previous.code("dibao")) & chance.happens(0.02, size)
    no_school = _any_home(people, (people["schooling"] == 0) & (people["age"] >= 6.5) & (people["age"] < 15), size)
    return {
        "area_kind": np.where(urban, kind.code("urban"), kind.code("rural")).astype(np.int8),
        "local_hukou": local.astype(np.int8),
        "residence_permit": (~local & chance.happens(0.8, size)).astype(np.int8),
        "farm_household": (~urban & chance.happens(0.94, size)).astype(np.int8),
        "housing_safe": chance.happens(0.985, size).astype(np.int8),
        "water_safe": chance.happens(0.993, size).astype(np.int8),
        "education_secured": (~no_school).astype(np.int8),
        "medical_secured": chance.happens(0.988, size).astype(np.int8),
        "poverty_risk": (monitored | chance.happens(0.006, size)).astype(np.int8),
        "monitored_on_list": (monitored & chance.happens(0.8, size)).astype(np.int8),
        "disaster_hardship": _struck(people, records["expense"], size).astype(np.int8),
        "case_by_case_approved": chance.happens(0.002, size).astype(np.int8),
        "previous_category": enrolled,
        "previous_amount": np.where(enrolled > 0, amount, 0).astype(np.int64),
        "income_rose_from_work": leaving.astype(np.int8),
        "exit_months_used": np.where(leaving, chance.draw.integers(0, 7, size), 0).astype(np.int64),
    }


def _any_home(people: Columns, condition: Bools, homes: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(homes, bool)
    found[people["home"][condition]] = True
    return found


def _struck(people: Columns, expenses: Columns, homes: int) -> Bools:
    kind = entities()["expense"].fact("kind")
    blows = np.isin(expenses["kind"], [kind.code("disaster"), kind.code("accident")])
    heavy = blows & (expenses["amount"] != UNKNOWN_NUMBER) & (expenses["amount"] > 2_000_000)
    found = np.zeros(homes, bool)
    found[people["home"][expenses["owner"][heavy]]] = True
    return found
