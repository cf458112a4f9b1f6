"""Lists of what people earn, draw, are paid and are treated for: human resources, insurance, agriculture, tax."""

from __future__ import annotations

import numpy as np

from doudi.demo.county import County, first_day
from doudi.demo.lists.listing import Build, Listing, in_month, joined, padded, some, yuan
from doudi.demo.money import BASIC_PENSION_YUAN
from doudi.demo.shape import Array, Columns
from doudi.demo.standing import MONTHS

FORMAL_SHARE = 0.62
GOVERNMENT_FROM = 4_000_000


def _lately(county: County, columns: Columns, day_name: str) -> Columns:
    kept = (columns[day_name] > county.day - np.timedelta64(365, "D")) & (columns[day_name] <= county.day)
    return {name: column[kept] for name, column in columns.items()}


def _total(county: County, kind: str) -> Array:
    """Return for each person the income of a kind in the last twelve months."""
    rows = _lately(county, county.of_kind("income", kind), "received_on")
    totals: Array = np.bincount(rows["owner"], rows["amount"], county.size).astype(np.int64)
    return totals


def formal(county: County) -> Array:
    """Return who works where contributions are paid: about three in five of those with wages, planted ones with them."""
    waged = (_total(county, "wage") > 0) & (county.person("employed") == 1)
    over = np.zeros(county.size, bool)
    over[county.first_of[county.scenario("income_over_line").homes]] = True
    return np.asarray((waged & county.chance("formal").happens(FORMAL_SHARE, county.size) & ~county.protected) | over)


def contributions(county: County, month: str) -> Listing:
    """Return whose employer pays contributions: the wage of a month is a twelfth of the year's."""
    who = np.flatnonzero(formal(county))
    wage = yuan(_total(county, "wage")[who] // MONTHS)
    since = np.datetime64("2022-01", "M") + (who % 30).astype("timedelta64[M]")
    return Listing(who, {
        "employer": joined("虚构单位第", who % 97 + 1, "号"), "state": np.full(len(who), "paying", object),
        "insured_as": np.where(who % 9 == 0, "public", "employee").astype(object), "base": wage, "monthly_wage": wage,
        "start_month": since, "last_paid_month": np.full(len(who), np.datetime64(month, "M")),
    })  # fmt: skip


def _drawing(county: County, month: str) -> Array:
    """Return who may draw a pension in a month; a few are still paid after death."""
    dead = ~county.alive_in(month)
    return ~dead | (county.chance("still-paid").happens(0.1, county.size) & ~county.protected)


def pension_enterprise(county: County, month: str) -> Listing:
    """Return retired employees."""
    total = _total(county, "pension")
    return _pension(county, month, (total >= 1_200_000) & (total < GOVERNMENT_FROM), total)


def pension_government(county: County, month: str) -> Listing:
    """Return retired civil servants."""
    total = _total(county, "pension")
    return _pension(county, month, total >= GOVERNMENT_FROM, total)


def _pension(county: County, month: str, among: Array, total: Array) -> Listing:
    who = np.flatnonzero(among & _drawing(county, month) & county.has_number)
    return Listing(who, _drawn(county, who) | {"monthly_amount": total[who] // MONTHS})


def _drawn(county: County, who: Array) -> dict[str, Array]:
    since = county.person("birth")[who].astype("datetime64[M]") + np.timedelta64(60 * 12 + 1, "M")
    certified = county.chance("certified-pension").days_ago(5, 420, county.size)[who]
    return {"start_month": since, "state": np.full(len(who), "paying", object), "certified_on": certified}


def pension_resident(county: County, month: str) -> Listing:
    """Return who draws the basic pension; the account part is small."""
    basic = _total(county, "basic_pension") > 0
    who = np.flatnonzero(basic & _drawing(county, month) & county.has_number)
    own = _total(county, "pension")[who]
    account = np.where(own < 1_200_000, own, 0) // MONTHS
    first = np.full(len(who), BASIC_PENSION_YUAN * 100)
    return Listing(who, _drawn(county, who) | {"monthly_amount": first + account, "basic_part": first, "account_part": account})


def unemployment(county: County, month: str) -> Listing:
    """Return who draws unemployment benefit."""
    total = _total(county, "unemployment")
    who = np.flatnonzero((total > 0) & county.has_number & ~county.protected)
    started = np.datetime64(county.months[0], "M")
    return Listing(who, {
        "registered_on": np.full(len(who), first_day(county.months[0])), "monthly_benefit": yuan(total[who] // MONTHS),
        "start_month": np.full(len(who), started), "end_month": np.full(len(who), np.datetime64(month, "M") + 3),
    })  # fmt: skip


def farm_subsidies(county: County, month: str) -> Listing:
    """Return the land subsidies of the year."""
    del month
    rows = _lately(county, county.of_kind("income", "land_subsidy"), "received_on")
    return Listing(rows["owner"], {
        "subsidy_kind": np.full(len(rows["owner"]), "耕地地力保护补贴", object), "area_mu": rows["amount"] // 12_000 * 1_000 + 500,
        "amount": rows["amount"], "paid_on": rows["received_on"],
    })  # fmt: skip


def settlements(county: County, month: str) -> Listing:
    """Return the medical bills settled in a month: the person pays what the population spent, insurance the rest."""
    medical = county.of_kind("expense", "medical")
    now = in_month(medical["paid_on"], month)
    who, paid = medical["owner"][now], medical["amount"][now]
    inpatient = paid > 150_000
    pooled = yuan(paid * 3 // 2)
    number = joined("XG", month.replace("-", ""), padded(np.flatnonzero(now), 7))
    return Listing(who, {
        "bill_number": number, "hospital": joined("虚构医院第", who % 15 + 1, "号"),
        "visit_kind": np.where(inpatient, "inpatient", "outpatient").astype(object), "settled_on": medical["paid_on"][now],
        "disease_name": np.where(county.person("severe_illness")[who] == 1, "虚构病甲", "虚构小恙").astype(object),
        "total_cost": paid + pooled, "pooled_paid": pooled, "serious_paid": np.zeros(len(who), np.int64),
        "aid_paid": np.zeros(len(who), np.int64), "within_policy_self_paid": yuan(paid * 4 // 5), "self_paid": paid,
    })  # fmt: skip


def high_cost(county: County, month: str) -> Listing:
    """Return whose own part of the bills of twelve months is high."""
    rows = _lately(county, county.of_kind("expense", "medical"), "paid_on")
    total = np.bincount(rows["owner"], rows["amount"], county.size).astype(np.int64)
    who = np.flatnonzero((total > 2_000_000) & county.has_number)
    return Listing(who, {"self_paid_12m": total[who], "counted_to": np.full(len(who), first_day(month) + np.timedelta64(9, "D"))})


def medical_enrolment(county: County, month: str) -> Listing:
    """Return who is insured: nearly everyone."""
    insured = (county.household("medical_secured") == 1)[county.home]
    who = np.flatnonzero(insured & county.alive_in(month) & county.has_number)
    employee = formal(county)[who]
    return Listing(who, {
        "year": np.full(len(who), int(month[:4])), "state": np.full(len(who), "insured", object),
        "insurance_type": np.where(employee, "employee", "resident").astype(object),
    })  # fmt: skip


def medical_aid(county: County, month: str) -> Listing:
    """Return the medical aid paid in a month to listed people with large bills."""
    medical = county.of_kind("expense", "medical")
    listed = ~county.is_category("none")[county.home[medical["owner"]]] & (medical["amount"] > 100_000)
    now = in_month(medical["paid_on"], month) & listed
    who = medical["owner"][now]
    return Listing(who, {
        "aid_class": np.full(len(who), "低保对象", object), "aid_kind": np.full(len(who), "inpatient", object),
        "self_paid_before": medical["amount"][now] * 2, "amount": yuan(medical["amount"][now]), "paid_on": medical["paid_on"][now],
    })  # fmt: skip


def tax(county: County, month: str) -> Listing:
    """Return the wages and business incomes that were declared to the tax office for the year before."""
    del month
    who = np.flatnonzero(formal(county) & ~county.protected & (_total(county, "wage") > 5_000_000))
    year = np.full(len(who), int(str(county.day)[:4]) - 1)
    return Listing(who, {
        "year": year, "item": np.full(len(who), "wage", object), "amount": _total(county, "wage")[who],
        "payer": joined("虚构单位第", who % 97 + 1, "号"),
    })  # fmt: skip


def housing_fund(county: County, month: str) -> Listing:
    """Return for whom an employer pays into the housing fund."""
    who = np.flatnonzero(formal(county) & (np.arange(county.size) % 3 == 0) & ~county.protected)
    wage = _total(county, "wage")[who] // MONTHS
    return Listing(who, {
        "employer": joined("虚构单位第", who % 97 + 1, "号"), "monthly_deposit": yuan(wage * 16 // 100), "base": yuan(wage),
        "balance": yuan(wage * 5), "state": np.full(len(who), "paying", object),
        "last_paid_month": np.full(len(who), np.datetime64(month, "M")),
    })  # fmt: skip


def work_injury(county: County, month: str) -> Listing:
    """Return who draws a work injury pension."""
    del month
    who = some(county, "injury", county.person("labour_capacity") == 1, 0.004)
    return Listing(who, {"benefit_kind": np.full(len(who), "伤残津贴", object), "monthly_amount": np.full(len(who), 60_000),
                         "start_month": np.full(len(who), np.datetime64("2024-01", "M"))})  # fmt: skip


MONEY: dict[str, Build] = {
    "employment_contributions": contributions,
    "pension_enterprise": pension_enterprise,
    "pension_government": pension_government,
    "pension_resident": pension_resident,
    "unemployment": unemployment,
    "farm_subsidies": farm_subsidies,
    "medical_settlements": settlements,
    "medical_high_cost_alerts": high_cost,
    "medical_enrolment": medical_enrolment,
    "medical_aid": medical_aid,
    "tax": tax,
    "housing_fund": housing_fund,
    "work_injury": work_injury,
}
