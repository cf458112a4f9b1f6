"""One made-up county with names and numbers: what the department files speak of."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from doudi.demo import areas, numbers
from doudi.demo.chance import Bools, Chance
from doudi.demo.lives import is_relation
from doudi.demo.names import draw_names
from doudi.demo.planted import Planted, plant
from doudi.demo.population import Population, draw_population
from doudi.demo.shape import Array, Columns, entities

FORMER_AREA = areas.FIRST_COUNTY - 60
FORMER_AREA_SHARE = 0.04
FOREIGN_SPOUSE_SHARE = 0.002
STARTED_LATELY_SHARE = 0.12
SURVEYED_SHARE = 0.35
DIED_DAYS_AGO = 95
NO_DATE = np.datetime64("NaT", "D")


@dataclass
class County:
    """A population with identities. Arrays of people are in the order of the population's people."""

    seed: int
    population: Population
    planted: list[Planted]
    months: list[str]
    identity: Array
    name: Array
    phone: Array
    account: Array
    has_number: Bools
    died_on: Array
    listed_since: Array
    surveyed_in: Array

    @property
    def day(self) -> np.datetime64:
        """Return the last day of the files."""
        return self.population.day

    @property
    def size(self) -> int:
        """Return the number of people."""
        return len(self.identity)

    @property
    def homes(self) -> int:
        """Return the number of households."""
        return len(self.population.kinds)

    @property
    def home(self) -> Array:
        """Return for each person the position of the household."""
        return self.population.people["home"]

    @cached_property
    def first_of(self) -> Array:
        """Return the position of the first person of each household, who is its head; one more at the end."""
        return np.searchsorted(self.home, np.arange(self.homes + 1))

    @cached_property
    def village(self) -> Array:
        """Return the 12-digit code of each person's village."""
        codes = np.array([village.code for village in areas.villages(areas.FIRST_COUNTY)], object)
        return np.asarray(codes[self.population.households["village"]][self.home])

    @cached_property
    def protected(self) -> Bools:
        """Return the people of planted families: what files say of them is never spoilt."""
        homes = np.zeros(self.homes, bool)
        for one in self.planted:
            homes[one.homes] = True
        return homes[self.home]

    def chance(self, purpose: str) -> Chance:
        """Return the stream of draws of a purpose: the same whatever else was drawn before."""
        return Chance.of(self.seed, 0, 2, zlib.crc32(purpose.encode()), day=self.day)

    def person(self, name: str) -> Array:
        """Return a column of the people."""
        return self.population.people[name]

    def household(self, name: str) -> Array:
        """Return a column of the households."""
        return self.population.households[name]

    def is_person(self, name: str, *choices: str) -> Bools:
        """Return whose text fact is one of these choices."""
        fact = entities()["person"].fact(name)
        return np.isin(self.person(name), [fact.code(choice) for choice in choices])

    def is_category(self, *categories: str) -> Bools:
        """Return which households are listed in one of these categories."""
        fact = entities()["household"].fact("previous_category")
        return np.isin(self.household("previous_category"), [fact.code(category) for category in categories])

    def of_kind(self, record: str, *kinds: str) -> Columns:
        """Return the rows of a record that are of one of these kinds."""
        columns, fact = self.population.records[record], entities()[record].fact("kind")
        chosen = np.isin(columns["kind"], [fact.code(kind) for kind in kinds])
        return {name: column[chosen] for name, column in columns.items()}

    def members(self, homes: Array) -> Array:
        """Return the people of these households (positions in ascending order), in order."""
        chosen = np.zeros(self.homes, bool)
        chosen[homes] = True
        return np.flatnonzero(chosen[self.home])

    def scenario(self, name: str) -> Planted:
        """Return the planted families of a scenario."""
        return next(one for one in self.planted if one.scenario.name == name)

    def alive_in(self, month: str) -> Bools:
        """Return who has not died by the end of a month."""
        return np.isnat(self.died_on) | (self.died_on > last_day(month))


def draw_county(seed: int, households: int, day: np.datetime64, months: list[str]) -> County:
    """Return the made-up county 990181 of a seed, with the scenarios planted in it."""
    chance = Chance.of(seed, 0, 1, day=day)
    population = draw_population(chance, areas.FIRST_COUNTY, households)
    planted = plant(chance, population)
    people = population.people
    size = len(people["home"])
    county = County(
        seed=seed,
        population=population,
        planted=planted,
        months=months,
        identity=_identities(chance, people),
        name=draw_names(chance, people),
        phone=numbers.phones(size),
        account=numbers.accounts(size),
        has_number=np.ones(size, bool),
        died_on=_died_on(chance, people["deceased"] == 1, len(months)),
        listed_since=_listed_since(chance, households, day, len(months)),
        surveyed_in=np.full(households, -1),
    )
    foreign = is_relation(people, "spouse") & (people["age"] < 60) & chance.happens(FOREIGN_SPOUSE_SHARE, size)
    county.has_number = ~foreign | county.protected
    county.surveyed_in = _surveyed_in(chance, county)
    _settle_planted(county)
    return county


def _identities(chance: Chance, people: Columns) -> Array:
    male = people["sex"] == entities()["person"].fact("sex").code("male")
    # Areas are renamed and people keep their numbers: some older people carry the code of a former (made-up) county.
    former = chance.happens(FORMER_AREA_SHARE, len(male)) & (people["age"] > 30)
    area = np.where(former, FORMER_AREA, areas.FIRST_COUNTY)
    return numbers.identity_numbers(area, people["birth"], male, numbers.ranks(people["birth"], male))


def _died_on(chance: Chance, dead: Bools, months: int) -> Array:
    days = chance.days_ago(5, max(6, months * 30 - 5), len(dead))
    return np.asarray(np.where(dead, days, NO_DATE))


def _listed_since(chance: Chance, homes: int, day: np.datetime64, months: int) -> Array:
    """Return the first month on the list of each household, would it be listed."""
    ago = chance.draw.integers(months + 1, 60, homes)
    lately = chance.happens(STARTED_LATELY_SHARE, homes)
    ago = np.where(lately, chance.draw.integers(0, max(1, months), homes), ago)
    return np.asarray(day.astype("datetime64[M]") - ago.astype("timedelta64[M]"))


def _surveyed_in(chance: Chance, county: County) -> Array:
    """Return the number of the month in which each household was last visited, -1 when it was not."""
    visited = chance.happens(SURVEYED_SHARE, county.homes) | ~county.is_category("none")
    visited |= county.household("monitored_on_list") == 1
    months = chance.draw.integers(0, len(county.months), county.homes)
    for one in county.planted:
        visited[one.homes] = one.scenario.surveyed
        months[one.homes] = len(county.months) - 1
    return np.asarray(np.where(visited, months, -1))


def _settle_planted(county: County) -> None:
    """Give the planted families the names and days that their scenarios speak of."""
    late = county.day - np.timedelta64(DIED_DAYS_AGO, "D")
    dead = county.scenario("paid_after_death")
    county.died_on[dead.about] = late
    for one in county.planted:
        if one.scenario.listed != "none":
            county.listed_since[one.homes] = np.datetime64("2023-01", "M")
    heads = county.first_of[county.scenario("namesakes").homes]
    pairs = heads[: len(heads) // 2 * 2].reshape(-1, 2).T
    county.name[pairs[1]] = county.name[pairs[0]]


def month_names(until: str, count: int) -> list[str]:
    """Return the months (2025-10) up to and including `until`, the earliest first."""
    last = np.datetime64(until, "M")
    return [str(last - step) for step in range(count - 1, -1, -1)]


def first_day(month: str) -> np.datetime64:
    """Return the first day of a month."""
    return np.datetime64(month + "-01", "D")


def last_day(month: str) -> np.datetime64:
    """Return the last day of a month."""
    following = np.datetime64(month, "M") + np.timedelta64(1, "M")
    day: np.datetime64 = np.datetime64(str(following) + "-01", "D") - np.timedelta64(1, "D")
    return day
