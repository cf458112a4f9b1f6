"""What a visit finds and what a family declares: the survey ledgers, the declarations, the ledger of supporters."""

from __future__ import annotations

import numpy as np

from doudi.demo import numbers
from doudi.demo.chance import Bools
from doudi.demo.county import County, last_day
from doudi.demo.lists.listing import BLANK, Build, Listing, joined
from doudi.demo.names import SURNAMES
from doudi.demo.shape import UNKNOWN_NUMBER, Array, Columns, entities

SUPPORTERS_AREA = 990383
MONTHS = 12


def _visited(county: County) -> Array:
    return np.flatnonzero(county.surveyed_in >= 0)


def households(county: County, month: str) -> Listing:
    """Return the ledger of visits: every household visited in the months, with the day of the last visit."""
    del month
    homes = _visited(county)
    who = county.first_of[homes]
    ends = np.array([last_day(month) for month in county.months], "datetime64[D]")
    day = ends[county.surveyed_in[homes]] - (homes % 20).astype("timedelta64[D]")
    safe = county.household("housing_safe")[homes] == 1
    return Listing(who, {
        "category_asked": np.full(len(who), "any", object),
        "house_grade": np.where(safe, np.where(homes % 3 == 0, "B", "A"), "C").astype(object),
        "visited_on": day,
        "surveyors": np.full(len(who), "虚拟一、虚拟二", object),
    })  # fmt: skip


def members(county: County, month: str) -> Listing:
    """Return the members of the households visited."""
    del month
    who = county.members(_visited(county))
    gone = county.person("deceased")[who] == 1
    who = who[~gone]
    supported = np.zeros(county.size, bool)
    supported[county.population.records["supporter"]["owner"]] = True
    asked = (county.person("age")[who] >= 60) | (county.person("age")[who] < 18)
    full_time = (county.person("schooling")[who] > 0).astype(np.int8)
    return Listing(who, {
        "has_supporter": np.where(asked, supported[who], -1).astype(np.int8),
        "full_time_study": full_time,
        "health": np.where(county.person("severe_illness")[who] == 1, "severe", "healthy").astype(object),
    })  # fmt: skip


def _declaring(county: County) -> Bools:
    declaring = county.surveyed_in >= 0
    for one in county.planted:
        if not one.scenario.declared:
            declaring[one.homes] = False
    return declaring


def _yearly(county: County, record: str, day_name: str) -> Columns:
    """Return the rows of the last twelve months of declaring families, added up by person and kind."""
    columns = county.population.records[record]
    owner, day = columns["owner"], columns[day_name]
    lately = (day > county.day - np.timedelta64(365, "D")) & (day <= county.day)
    kept = lately & _declaring(county)[county.home[owner]] & (county.person("deceased")[owner] == 0)
    key = owner[kept] * 100 + columns["kind"][kept]
    found, at = np.unique(key, return_inverse=True)
    total = np.zeros(len(found), np.int64)
    np.add.at(total, at, columns["amount"][kept])
    return {"owner": found // 100, "kind": found % 100, "amount": total}


def _said(entity: str, codes: Array) -> Array:
    return np.array(entities()[entity].fact("kind").choices, object)[codes]


def income(county: County, month: str) -> Listing:
    """Return what the surveyed families declared, each kind as the sum of a year; monthly where it divides evenly.

    The planted families with wages above the line declare a tenth of them. A family without any income declares none.
    """
    del month
    rows = _yearly(county, "income", "received_on")
    hidden = np.isin(county.home[rows["owner"]], county.scenario("income_over_line").homes)
    amount = np.where(hidden, rows["amount"] // 1000 * 100, rows["amount"])
    silent = _declaring(county)
    silent[county.home[rows["owner"]]] = False
    heads = county.first_of[np.flatnonzero(silent)]
    heads = heads[county.person("deceased")[heads] == 0]
    who = np.concatenate([rows["owner"], heads])
    amount = np.concatenate([amount, np.zeros(len(heads), np.int64)])
    kind = np.concatenate([_said("income", rows["kind"]), np.full(len(heads), "other", object)])
    monthly = (amount % (MONTHS * 100) == 0) & (amount > 0)
    counted = ~np.isin(kind, ["basic_pension", "reward", "social_relief", "disability_subsidy", "child_subsidy"])
    return Listing(who, {
        "income_kind": kind,
        "item_name": joined("虚构项目", kind),
        "amount": np.where(monthly, amount // MONTHS, amount),
        "period": np.where(monthly, "month", "year").astype(object),
        "months": np.where(monthly, MONTHS, UNKNOWN_NUMBER),
        "counted": np.where(counted, amount, 0),
        "not_counted": np.where(counted, 0, amount),
    })  # fmt: skip


def expenditure(county: County, month: str) -> Listing:
    """Return what the surveyed families said they spend besides medical bills, which the insurance knows."""
    del month
    rows = _yearly(county, "expense", "paid_on")
    kinds = entities()["expense"].fact("kind")
    kept = rows["kind"] != kinds.code("medical")
    rows = {name: column[kept] for name, column in rows.items()}
    education = rows["kind"] == kinds.code("education")
    return Listing(rows["owner"], {
        "expense_kind": _said("expense", rows["kind"]),
        "item_name": joined("虚构支出", _said("expense", rows["kind"])),
        "amount": rows["amount"],
        "period": np.full(len(education), "year", object),
        "public_school_cost": np.where(education, rows["amount"], UNKNOWN_NUMBER),
    })  # fmt: skip


def belongings(county: County, month: str) -> Listing:
    """Return what the surveyed families said they own; the planted second flat is not said."""
    del month
    columns = county.population.records["asset"]
    kinds = entities()["asset"].fact("kind")
    owner = columns["owner"]
    kept = _declaring(county)[county.home[owner]] & (county.person("deceased")[owner] == 0)
    kept &= ~np.isin(columns["kind"], [kinds.code("deposit"), kinds.code("security"), kinds.code("insurance")])
    hidden = np.isin(county.home[owner], county.scenario("one_house_more").homes)
    kept &= ~(hidden & (columns["kind"] == kinds.code("dwelling")))
    use = np.array(entities()["asset"].fact("use").choices, object)
    return Listing(owner[kept], {
        "property_kind": _said("asset", columns["kind"][kept]),
        "item_name": joined("虚构财产", np.flatnonzero(kept)),
        "quantity": np.ones(int(kept.sum()), np.int64),
        "value": columns["value"][kept],
        "acquired_on": columns["acquired_on"][kept],
        "mortgaged": columns["mortgaged"][kept],
        "use": use[columns["use"][kept]],
        "active": columns["active"][kept],
    })  # fmt: skip


def supporters(county: County, month: str) -> Listing:
    """Return the statutory supporters outside the household of surveyed people. They live in another made-up county."""
    del month
    columns = county.population.records["supporter"]
    kept = (county.surveyed_in >= 0)[county.home[columns["owner"]]] & (county.person("deceased")[columns["owner"]] == 0)
    rows = {name: column[kept] for name, column in columns.items()}
    size, who = len(rows["owner"]), rows["owner"]
    male = np.arange(size) % 2 == 0
    identity = numbers.identity_numbers(np.full(size, SUPPORTERS_AREA), rows["birth"], male, numbers.ranks(rows["birth"], male))
    child = rows["relation"] == entities()["supporter"].fact("relation").code("child")
    return Listing(who, {
        "identity_number": identity,
        "name": np.array(SURNAMES, object)[who % len(SURNAMES)] + np.where(male, "某男", "某女").astype(object),
        "sex": np.where(male, "male", "female").astype(object),
        "supported_identity_number": county.identity[who],
        "supported_name": county.name[who],
        "relation": np.where(child, "child", "parent").astype(object),
        "workplace": np.full(size, "虚构打工地", object),
        "family_size": np.full(size, 3),
        **{name: rows[name] for name in (
            "income_per_head", "agreed_support", "pays_support", "no_civil_capacity", "property_within_limits",
            "old_weak_hardship")},
        "unable_reason": np.full(size, BLANK, object),
    })  # fmt: skip


SURVEY: dict[str, Build] = {
    "survey_households": households,
    "survey_members": members,
    "declared_income": income,
    "declared_expenditure": expenditure,
    "declared_property": belongings,
    "supporters": supporters,
}
