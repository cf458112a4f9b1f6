"""The rows of one list before they are dressed: who they speak of, and the values of each column.

Values are plain: fen for money, days for dates, the contract's own words for choices, 1, 0 and -1 (blank) for yes and
no. A column that a list does not give itself is filled from the people (`fill`), by the column's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from doudi.demo import areas
from doudi.demo.county import County, first_day, last_day
from doudi.demo.shape import UNKNOWN_NUMBER, Array, Columns, entities
from doudi.hub.tables.contract import Column, Contract

BLANK = ""


@dataclass
class Listing:
    """Rows about these people (positions), and the columns that are not simply theirs."""

    who: Array
    columns: Columns = field(default_factory=dict)

    def only(self, chosen: Array | slice) -> Listing:
        """Return only the chosen rows."""
        return Listing(self.who[chosen], {name: column[chosen] for name, column in self.columns.items()})


Build = Callable[[County, str], Listing]
Filler = Callable[[County, Array], Array]


def words(entity: str, name: str) -> Filler:
    """Return a filler of a text fact in its own words."""
    choices = np.array(entities()[entity].fact(name).choices, object)
    if entity == "person":
        return lambda county, who: choices[county.person(name)[who]]
    return lambda county, who: choices[county.household(name)[county.home[who]]]


def joined(*parts: Array | str | Iterable[object]) -> Array:
    """Return texts put together row by row."""
    total: Array | str = ""
    for part in parts:
        text = part if isinstance(part, str) else np.asarray(part).astype(str).astype(object)
        total = total + text
    return np.asarray(total, object)


def padded(values: Array, width: int) -> Array:
    """Return whole numbers as texts with leading zeros."""
    return np.array([f"{value:0{width}d}" for value in values.tolist()], object)


def yuan(values: Array) -> Array:
    """Return fen cut to whole yuan."""
    return values // 100 * 100


def complete(contract: Contract, county: County, listing: Listing) -> Columns:
    """Return every column of the contract that the list or its people can give.

    An optional column that nobody can give is left out, as departments do. A required one gets plain made-up values.
    """
    columns: Columns = {}
    for column in contract.columns:
        if column.name in listing.columns:
            columns[column.name] = listing.columns[column.name]
        elif column.name in FILLERS:
            columns[column.name] = FILLERS[column.name](county, listing.who)
        elif column.required:
            columns[column.name] = _plain(column, county, len(listing.who))
    return columns


def _plain(column: Column, county: County, rows: int) -> Array:
    """Return made-up values of the right kind, for a required column that this room does not know yet."""
    chance = county.chance(column.name)
    match column.kind:
        case "money" | "int" | "number":
            return yuan(chance.yuan(300, 0.5, rows)) if column.kind == "money" else chance.draw.integers(1, 9, rows)
        case "date":
            return chance.days_ago(1, 300, rows)
        case "choice":
            choices = np.array(list(column.choices), object)
            return choices[chance.draw.integers(0, len(choices), rows)]
        case "bool":
            return chance.happens(0.5, rows).astype(np.int8)
        case _:
            return joined(f"虚构{column.label}", np.arange(rows) + 1)


def _head(county: County, who: Array) -> Array:
    return county.first_of[county.home[who]]


def _town(county: County, who: Array) -> Array:
    names = np.array([town.name for town in areas.townships(areas.FIRST_COUNTY)], object)
    return names[county.household("township")[county.home[who]]]


def _marital(county: County, who: Array) -> Array:
    widowed = (county.person("age")[who] > 68) & (county.person("married")[who] == 0)
    single = np.where(widowed, "widowed", "single")
    return np.where(county.person("married")[who] == 1, "married", single).astype(object)


def _employment(county: County, who: Array) -> Array:
    at_school = county.person("schooling")[who] > 0
    idle = np.where(county.person("age")[who] >= 60, "none", "unemployed")
    state = np.where(at_school, "student", np.where(county.person("employed")[who] == 1, "employed", idle))
    return state.astype(object)


def _health(county: County, who: Array) -> Array:
    disabled = county.person("disability_level")[who] > 0
    state = np.where(county.person("severe_illness")[who] == 1, "severe", np.where(disabled, "disabled", "healthy"))
    return state.astype(object)


def _self_care(county: County, who: Array) -> Array:
    failed = county.person("self_care_failed")[who]
    return np.select([failed >= 4, failed >= 1], ["fully_dependent", "half_dependent"], "self_caring").astype(object)


def _certificate(county: County, who: Array) -> Array:
    disabled = county.person("disability_level")[who] > 0
    kind, level = county.person("disability_type")[who], county.person("disability_level")[who]
    return np.where(disabled, joined(county.identity[who], kind, level), BLANK)


def _illness(county: County, who: Array) -> Array:
    names = np.array(("虚构病甲", "虚构病乙", "拟似病丙", "幻想病丁"), object)
    return np.where(county.person("severe_illness")[who] == 1, names[who % len(names)], BLANK)


def _homes_people(county: County, who: Array) -> Array:
    counts = np.maximum(county.population.standing.members, 1)
    return counts[county.home[who]]


def _household_flag(name: str) -> Filler:
    return lambda county, who: county.household(name)[county.home[who]]


def _person(name: str) -> Filler:
    return lambda county, who: county.person(name)[who]


def household_number(county: County, who: Array) -> Array:
    """Return the number of each person's household in the registers."""
    return joined("虚", padded(county.home[who] + 1, 8))


FILLERS: dict[str, Filler] = {
    "identity_number": lambda county, who: np.where(county.has_number[who], county.identity[who], BLANK),
    "name": lambda county, who: county.name[who],
    "phone": lambda county, who: county.phone[who],
    "account": lambda county, who: county.account[who],
    "account_name": lambda county, who: county.name[who],
    "bank": lambda _, who: np.full(len(who), "虚构农商行", object),
    "sex": words("person", "sex"),
    "birth_date": _person("birth"),
    "area": lambda county, who: county.village[who],
    "town": _town,
    "head_identity_number": lambda county, who: county.identity[_head(county, who)],
    "head_name": lambda county, who: county.name[_head(county, who)],
    "relation": words("person", "relation"),
    "household_number": household_number,
    "hukou_type": words("household", "area_kind"),
    "area_kind": words("household", "area_kind"),
    "marital_status": _marital,
    "employment_status": _employment,
    "health": _health,
    "self_care": _self_care,
    "illness": _illness,
    "illness_since": _person("illness_since"),
    "disability_type": words("person", "disability_type"),
    "disability_level": words("person", "disability_level"),
    "disability_certificate": _certificate,
    "disabled": lambda county, who: (county.person("disability_level")[who] > 0).astype(np.int8),
    "labour_capacity": words("person", "labour_capacity"),
    "schooling": words("person", "schooling"),
    "family_size": _homes_people,
    "insured_persons": _homes_people,
    "certificate_number": lambda county, who: joined("虚证", padded(county.home[who] + 1, 8)),
    "start_month": lambda county, who: county.listed_since[county.home[who]],
    **{name: _person(name) for name in (
        "lives_together", "shares_budget", "legal_duty", "split_off", "away_for_work", "conscript", "serving_soldier",
        "in_prison", "cannot_live_independently", "self_care_failed", "in_institution", "severe_illness",
        "frequent_hospital", "necessary_work_cost")},
    **{name: _household_flag(name) for name in (
        "housing_safe", "water_safe", "education_secured", "medical_secured", "poverty_risk", "disaster_hardship",
        "farm_household", "local_hukou", "residence_permit", "case_by_case_approved", "income_rose_from_work")},
}  # fmt: skip


def in_month(days: Array, month: str) -> Array:
    """Return which days lie in a month."""
    return np.asarray((days >= first_day(month)) & (days <= last_day(month)))


def some(county: County, purpose: str, among: Array, share: float) -> Array:
    """Return the positions of a share of the people for whom `among` is true: always the same ones for a purpose."""
    return np.flatnonzero(among & county.chance(purpose).happens(share, len(among)) & ~county.protected)


def unknown_number(rows: int) -> Array:
    """Return a blank money column."""
    return np.full(rows, UNKNOWN_NUMBER)
