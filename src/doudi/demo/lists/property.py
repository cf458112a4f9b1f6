"""Lists of what people own, of the land they till, and of blows that struck them."""

from __future__ import annotations

import numpy as np

from doudi.demo.chance import Bools
from doudi.demo.county import County, first_day
from doudi.demo.lists.listing import Build, Listing, in_month, joined, padded, some
from doudi.demo.shape import Array, entities

LOST_SINCE = np.timedelta64(40, "D")


def _kinds(county: County, *kinds: str) -> tuple[dict[str, Array], Array]:
    rows = county.of_kind("asset", *kinds)
    kept = county.has_number[rows["owner"]]
    rows = {name: column[kept] for name, column in rows.items()}
    return rows, np.array(entities()["asset"].fact("kind").choices, object)[rows["kind"]]


def vehicles(county: County, month: str) -> Listing:
    """Return registered vehicles; some have been scrapped."""
    del month
    rows, kind = _kinds(county, "vehicle", "motorcycle", "disabled_vehicle")
    names = {"vehicle": "car", "motorcycle": "motorcycle", "disabled_vehicle": "disabled"}
    scrapped = (rows["owner"] % 41 == 0) & ~county.protected[rows["owner"]]
    return Listing(rows["owner"], {
        "plate": joined("虚A", padded(np.arange(len(kind)), 5)),
        "vehicle_type": np.array([names[one] for one in kind], object).reshape(len(kind)),
        "use": np.full(len(kind), "private", object), "registered_on": rows["acquired_on"], "price": rows["value"],
        "displacement_ml": np.where(kind == "motorcycle", 125, 1598),
        "state": np.where(scrapped, "scrapped", "normal").astype(object),
    })  # fmt: skip


def real_estate(county: County, month: str) -> Listing:
    """Return registered dwellings, village houses and shops."""
    del month
    rows, kind = _kinds(county, "dwelling", "homestead", "non_residential")
    names = {"dwelling": "home", "homestead": "rural_home", "non_residential": "shop"}
    size = len(kind)
    return Listing(rows["owner"], {
        "title_number": joined("虚（2025）不动产权第", padded(np.arange(size), 7), "号"),
        "use": np.array([names[one] for one in kind], object).reshape(size),
        "house_area": 60_000 + (rows["owner"] % 90) * 1_000, "share": np.full(size, "单独所有", object),
        "registered_on": rows["acquired_on"], "price": rows["value"], "mortgaged": rows["mortgaged"],
        "state": np.full(size, "current", object),
    })  # fmt: skip


def business(county: County, month: str) -> Listing:
    """Return registered firms and their owners."""
    del month
    rows, kind = _kinds(county, "company")
    size = len(kind)
    return Listing(rows["owner"], {
        "credit_code": joined("99990181MAXG", padded(np.arange(size), 6)),
        "company": joined("虚构经营部第", np.arange(size) + 1, "号"), "role": np.full(size, "operator", object),
        "capital": rows["value"], "state": np.where(rows["active"] == 1, "active", "revoked").astype(object),
        "founded_on": rows["acquired_on"], "cooperative": np.zeros(size, np.int8),
    })  # fmt: skip


def bank_totals(county: County, month: str) -> Listing:
    """Return the deposits of everyone who was sent for a check, also those who have none."""
    del month
    checked = (county.surveyed_in >= 0)[county.home] & county.has_number & (county.person("deceased") == 0)
    who = np.flatnonzero(checked)
    totals = []
    for kind in ("deposit", "security"):
        rows = county.of_kind("asset", kind)
        totals.append(np.bincount(rows["owner"], rows["value"], county.size).astype(np.int64)[who])
    return Listing(who, {
        "deposits": totals[0], "securities": totals[1], "funds": np.zeros(len(who), np.int64),
        "asked_on": np.full(len(who), county.day - LOST_SINCE), "authorisation": joined("虚授", who),
    })  # fmt: skip


def commercial_insurance(county: County, month: str) -> Listing:
    """Return insurance policies with their cash value."""
    del month
    rows, kind = _kinds(county, "insurance")
    return Listing(rows["owner"], {
        "policy_number": joined("虚保", np.arange(len(kind)) + 1), "product": np.full(len(kind), "虚构两全险", object),
        "cash_value": rows["value"], "starts_on": rows["acquired_on"],
    })  # fmt: skip


def _farmers(county: County) -> Bools:
    heads = np.zeros(county.size, bool)
    heads[county.first_of[:-1]] = True
    return np.asarray(heads & (county.household("farm_household") == 1)[county.home] & (county.person("deceased") == 0))


def land_contract(county: County, month: str) -> Listing:
    """Return the contracted plots of farm households."""
    del month
    who = np.flatnonzero(_farmers(county) & (np.arange(county.size) % 3 == 0))
    mu = 1_000 + who % 6 * 500
    return Listing(who, {"plot_code": joined(county.village[who], padded(np.arange(len(who)), 7)),
                         "plot_name": np.full(len(who), "虚坪", object), "contract_area": mu, "measured_area": mu + 120})  # fmt: skip


def planting(county: County, month: str) -> Listing:
    """Return what farm households sowed."""
    del month
    who = np.flatnonzero(_farmers(county) & (np.arange(county.size) % 4 == 0))
    rice = 1_000 + who % 5 * 700
    return Listing(who, {"line_number": np.arange(len(who)) + 1, "total_area": rice + 800, "maize_area": np.full(len(who), 500),
                         "soybean_area": np.full(len(who), 300), "rice_area": rice})  # fmt: skip


def lifted(county: County, month: str) -> Listing:
    """Return people who were once on the poverty register."""
    del month
    homes = np.flatnonzero((county.household("farm_household") == 1) & county.chance("lifted").happens(0.1, county.homes))
    who = county.members(homes)
    per_head = county.population.standing.per_head_yearly[county.home[who]]
    return Listing(who, {"receives_policy": (county.home[who] % 2).astype(np.int8), "net_income_per_head": np.maximum(per_head, 0)})


def relocation(county: County, month: str) -> Listing:
    """Return people resettled from the mountains."""
    del month
    homes = np.flatnonzero((county.household("farm_household") == 1) & county.chance("moved").happens(0.02, county.homes))
    who = county.members(homes)
    return Listing(who, {"receiving_area": np.full(len(who), "990181101000", object),
                         "moved_on": np.full(len(who), np.datetime64("2019-05-01", "D"))})  # fmt: skip


def fishers(county: County, month: str) -> Listing:
    """Return fishers who gave up fishing."""
    del month
    who = some(county, "fishers", (county.person("age") > 35) & (county.person("age") < 70), 0.003)
    return Listing(who, {"retired_on": np.full(len(who), np.datetime64("2020-12-31", "D")),
                         "compensation": np.full(len(who), 3_000_000), "reemployed": (who % 3 > 0).astype(np.int8)})  # fmt: skip


def dilapidated(county: County, month: str) -> Listing:
    """Return houses judged unsafe."""
    del month
    who = county.first_of[np.flatnonzero(county.household("housing_safe") == 0)]
    who = who[county.has_number[who]]
    grade = np.where(who % 4 == 0, "D", "C").astype(object)
    return Listing(who, {"house_grade": grade, "only_house": np.ones(len(who), np.int8)})


def water(county: County, month: str) -> Listing:
    """Return the check of drinking water of every farm household."""
    who = np.flatnonzero(_farmers(county))
    safe = county.household("water_safe")[county.home[who]]
    one = np.ones(len(who), np.int8)
    return Listing(who, {"quantity_ok": one, "quality_ok": safe, "convenience_ok": one, "supply_ok": one,
                         "checked_on": np.full(len(who), first_day(month) + np.timedelta64(14, "D"))})  # fmt: skip


def disaster(county: County, month: str) -> Listing:
    """Return the families struck in a month."""
    blows = county.of_kind("expense", "disaster")
    now = in_month(blows["paid_on"], month)
    loss = blows["amount"][now]
    return Listing(blows["owner"][now], {
        "disaster_number": joined("ZH", month.replace("-", ""), np.flatnonzero(now)), "happened_on": blows["paid_on"][now],
        "damage": np.where(loss > 2_000_000, "severe", "slight").astype(object), "loss": loss, "aided_amount": loss // 400 * 100,
        "aided_on": blows["paid_on"][now] + np.timedelta64(9, "D"),
    })  # fmt: skip


def public_rental(county: County, month: str) -> Listing:
    """Return tenants of public housing."""
    del month
    poor = county.population.urban & county.is_category("dibao", "edge")
    who = county.first_of[np.flatnonzero(poor & county.chance("rental").happens(0.3, county.homes))]
    size = len(who)
    return Listing(who, {
        "mode": np.full(size, "rental", object), "house_area": np.full(size, 48_000), "monthly_rent": np.full(size, 9_600),
        "start_on": np.full(size, np.datetime64("2023-01-01", "D")),
    })  # fmt: skip


PROPERTY: dict[str, Build] = {
    "vehicles": vehicles,
    "real_estate": real_estate,
    "business_registration": business,
    "bank_totals": bank_totals,
    "commercial_insurance": commercial_insurance,
    "land_contract": land_contract,
    "planting_area": planting,
    "lifted_households": lifted,
    "relocation": relocation,
    "retired_fishers": fishers,
    "dilapidated_houses": dilapidated,
    "water_safety": water,
    "disaster_aid": disaster,
    "public_rental": public_rental,
}
