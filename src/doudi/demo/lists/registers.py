"""Registers of people: population, households, deaths, marriages, custody, schools, health, disability."""

from __future__ import annotations

import numpy as np

from doudi.demo.areas import FIRST_COUNTY, townships
from doudi.demo.county import NO_DATE, County, first_day
from doudi.demo.lists.listing import BLANK, Build, Listing, in_month, joined, some
from doudi.demo.shape import UNKNOWN_NUMBER, Array, entities

DISEASES = ("虚构病甲", "拟似病乙", "幻想病丙", "样例病丁")


def population(county: County, month: str) -> Listing:
    """Return everyone who has not died before the month: foreign spouses have no number."""
    who = np.flatnonzero(np.isnat(county.died_on) | (county.died_on >= first_day(month)))
    here = (county.person("away_for_work")[who] == 0) & (county.person("in_prison")[who] == 0)
    codes = np.array([town.code for town in townships(FIRST_COUNTY)], object)
    return Listing(who, {
        "town": codes[county.household("township")[county.home[who]]],
        "lives_here": here.astype(np.int8),
        "father_identity_number": _parent(county, who, male=True),
        "mother_identity_number": _parent(county, who, male=False),
    })  # fmt: skip


def _parent(county: County, who: Array, *, male: bool) -> Array:
    """Return the number of the father or mother of the head's children, from the head and the head's spouse."""
    fact = entities()["person"]
    relation, sexes = fact.fact("relation"), fact.fact("sex")
    head = county.first_of[county.home[who]]
    second = np.minimum(head + 1, county.size - 1)
    has_spouse = (county.person("relation")[second] == relation.code("spouse")) & (county.home[second] == county.home[who])
    wanted = sexes.code("male" if male else "female")
    is_head = county.person("sex")[head] == wanted
    parent = np.where(is_head, head, second)
    known = (county.person("relation")[who] == relation.code("child")) & (is_head | has_spouse)
    return np.where(known & county.has_number[parent], county.identity[parent], BLANK)


def household_register(county: County, month: str) -> Listing:
    """Return the police register, with births, deaths and moves of the year."""
    chance = county.chance("register")
    who = np.flatnonzero(county.has_number & (county.person("conscript") == 0))
    born = county.person("birth")[who] > county.day - np.timedelta64(365, "D")
    died = ~np.isnat(county.died_on[who])
    moved = chance.happens(0.006, len(who)) & ~county.protected[who] & ~born & ~died
    event = np.select([died, born, moved], ["died", "born", "moved_in"], "none").astype(object)
    moved_on = chance.days_ago(10, 360, len(who))
    day = np.where(died, county.died_on[who], np.where(born, county.person("birth")[who], np.where(moved, moved_on, NO_DATE)))
    del month
    return Listing(who, {"event": event, "event_on": day})


def deaths(county: County, month: str) -> Listing:
    """Return who died in a month."""
    return Listing(who := np.flatnonzero(in_month(county.died_on, month)), {"died_on": county.died_on[who]})


def funeral(county: County, month: str) -> Listing:
    """Return who was cremated in a month: most of the dead, a few days later."""
    who = some(county, "funeral", in_month(county.died_on, month), 0.8)
    cremated = county.died_on[who] + np.timedelta64(3, "D")
    return Listing(who, {
        "died_on": county.died_on[who], "cremated_on": cremated, "funeral_home": np.full(len(who), "虚构殡仪馆", object),
    })  # fmt: skip


def marriage(county: County, month: str) -> Listing:
    """Return the marriages registered in a month, one row for each spouse."""
    relation = entities()["person"].fact("relation")
    spouses = (county.person("relation") == relation.code("spouse")) & (county.person("age") < 45) & county.has_number
    chance = county.chance("marriage" + month)
    wives = np.flatnonzero(spouses & chance.happens(0.004, county.size) & ~county.protected)
    heads = county.first_of[county.home[wives]]
    day = first_day(month) + chance.draw.integers(0, 27, len(wives)).astype("timedelta64[D]")
    who, other = np.concatenate([wives, heads]), np.concatenate([heads, wives])
    return Listing(who, {
        "event": np.full(len(who), "married", object), "spouse_identity_number": county.identity[other],
        "spouse_name": county.name[other], "registered_on": np.concatenate([day, day]),
    })  # fmt: skip


def custody(county: County, month: str) -> Listing:
    """Return who is in prison or in compulsory detoxification."""
    del month
    inside = (county.person("in_prison") == 1) | (county.person("in_compulsory_detox") == 1)
    who = np.flatnonzero(inside)
    kind = np.where(county.person("in_prison")[who] == 1, "prison", "detox").astype(object)
    entered = county.chance("custody").days_ago(40, 900, len(who))
    return Listing(who, {"custody_kind": kind, "entered_on": entered, "state": np.full(len(who), "inside", object)})


def court(county: County, month: str) -> Listing:
    """Return the missing as declared by a court, and some claims being enforced."""
    del month
    claim = county.of_kind("asset", "claim")
    missing = np.flatnonzero(county.person("declared_missing") == 1)
    who = np.concatenate([missing, claim["owner"]])
    is_claim = np.arange(len(who)) >= len(missing)
    amount = np.concatenate([np.full(len(missing), UNKNOWN_NUMBER), claim["value"]])
    return Listing(who, {
        "case_number": joined("（2025）虚01执", np.arange(len(who)) + 1, "号"),
        "role": np.where(is_claim, "claimant", "debtor").astype(object),
        "cause": np.where(is_claim, "民间借贷", "宣告失踪").astype(object),
        "amount": amount, "filed_on": county.chance("court").days_ago(30, 600, len(who)),
        "state": np.full(len(who), "open", object),
    })  # fmt: skip


def school_roll(county: County, month: str) -> Listing:
    """Return pupils and students. Schools outside the county do not report: half of the college students are missing."""
    del month
    at_school = (county.person("schooling") > 0) & (county.person("deceased") == 0)
    far = county.is_person("schooling", "college", "bachelor", "postgraduate")
    who = np.flatnonzero(at_school & (~far | county.chance("far").happens(0.5, county.size) | county.protected))
    stage = np.array(entities()["person"].fact("schooling").choices, object)[county.person("schooling")[who]]
    cost = np.array([0, 360_000, 90_000, 300_000, 240_000, 950_000, 850_000, 1_200_000])[county.person("schooling")[who]]
    return Listing(who, {
        "roll_number": joined("虚学", county.identity[who]), "school": joined("虚构学校第", who % 40 + 1, "号"),
        "stage": stage, "grade": np.full(len(who), "一年级", object), "full_time": np.ones(len(who), np.int8),
        "state": np.full(len(who), "enrolled", object), "enrolled_on": np.full(len(who), np.datetime64("2024-09-01", "D")),
        "graduates_on": np.full(len(who), np.datetime64("2027-06-30", "D")),
        "annual_cost": np.where(county.protected[who], 0, cost),
    })  # fmt: skip


def education_aid(county: County, month: str) -> Listing:
    """Return the pupils of listed families who got aid in a half-year."""
    pupils = (county.person("schooling") > 1) & ~county.is_category("none")[county.home]
    who = some(county, "education-aid", pupils, 0.7)
    return Listing(who, {
        "school": joined("虚构学校第", who % 40 + 1, "号"), "aid_project": np.full(len(who), "家庭经济困难学生补助", object),
        "term": np.full(len(who), "2025春" if int(month[5:]) < 8 else "2025秋", object),
        "amount": np.full(len(who), 62_500), "paid_on": np.full(len(who), first_day(month) + np.timedelta64(9, "D")),
    })  # fmt: skip


def major_disease(county: County, month: str) -> Listing:
    """Return people with a disease on the list."""
    del month
    who = np.flatnonzero((county.person("severe_illness") == 1) & (county.person("deceased") == 0))
    return Listing(who, _disease(county, who) | {"diagnosed_on": county.person("illness_since")[who]})


def chronic_disease(county: County, month: str) -> Listing:
    """Return people treated for something that lasts."""
    del month
    who = some(county, "chronic", (county.person("age") > 50) & (county.person("deceased") == 0), 0.12)
    return Listing(who, _disease(county, who) | {"diagnosed_on": county.chance("chronic-on").days_ago(100, 4000, len(who))})


def _disease(county: County, who: Array) -> dict[str, Array]:
    treated = county.chance("treated").happens(0.7, county.size)[who].astype(np.int8)
    return {
        "disease_code": joined("XG", 100 + who % len(DISEASES)),
        "disease_name": np.array(DISEASES, object)[who % len(DISEASES)],
        "in_treatment": treated,
    }


def disability_certificates(county: County, month: str) -> Listing:
    """Return the holders of a certificate; the dead stay on it for a while, a few are cancelled."""
    del month
    who = np.flatnonzero((county.person("disability_level") > 0) & county.has_number)
    cancelled = (county.person("deceased")[who] == 1) & (who % 2 == 0)
    issued = np.maximum(county.chance("certificate").days_ago(200, 3000, len(who)), county.person("birth")[who])
    return Listing(who, {
        "state": np.where(cancelled, "cancelled", "valid").astype(object), "issued_on": issued,
        "valid_until": issued + np.timedelta64(3652, "D"),
        "certificate_number": joined(county.identity[who], county.person("disability_type")[who], county.person("disability_level")[who]),
    })  # fmt: skip


REGISTERS: dict[str, Build] = {
    "population": population,
    "household_register": household_register,
    "deaths": deaths,
    "funeral": funeral,
    "marriage": marriage,
    "custody": custody,
    "court": court,
    "school_roll": school_roll,
    "education_aid": education_aid,
    "major_disease": major_disease,
    "chronic_disease": chronic_disease,
    "disability_certificates": disability_certificates,
}
