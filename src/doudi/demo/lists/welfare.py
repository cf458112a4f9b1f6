"""Lists of the civil affairs bureau: who is enrolled in what, and who is paid."""

from __future__ import annotations

import numpy as np

from doudi.demo import areas
from doudi.demo.chance import Bools
from doudi.demo.county import County
from doudi.demo.lists.listing import Build, Listing, in_month, joined, padded, some
from doudi.demo.shape import Array
from doudi.demo.standing import COUNTED, MONTHS

TEKUN_BASIC = (136_500, 163_000)
TEKUN_CARE = (15_500, 25_800, 51_700)
SUPPLEMENT = 12_000
SUBSIDY = 11_000
ELDERLY = 10_000
ORPHAN = 163_000


def listed_homes(county: County, category: str, month: str, area_kind: str | None = None) -> Bools:
    """Return which households are on the list of a category in a month."""
    homes = county.is_category(category) & (county.listed_since <= np.datetime64(month, "M"))
    if category == "dibao":
        homes[county.scenario("listed_twice").homes] = True
    if area_kind is not None:
        homes &= county.population.urban == (area_kind == "urban")
    # A family whose head has died is filed anew under another head: until then it is off the list.
    return homes & (county.alive_in(month)[county.first_of[:-1]] | _protected_homes(county))


def _protected_homes(county: County) -> Bools:
    return county.protected[county.first_of[:-1]]


def listed_people(county: County, category: str, month: str, area_kind: str | None = None) -> Array:
    """Return the people on the list: the members of listed households who count, and the planted ones who should not."""
    kept = county.alive_in(month)
    for name in ("in_prison", "in_compulsory_detox", "conscript", "split_off"):
        kept &= county.person(name) == 0
    for name in ("paid_after_death", "in_prison_listed"):
        kept[county.scenario(name).about] = True
    homes = listed_homes(county, category, month, area_kind)
    return np.flatnonzero(homes[county.home] & kept)


def enrolment(category: str) -> Build:
    """Return the builder of the register of a category: one row a person."""

    def build(county: County, month: str) -> Listing:
        who = listed_people(county, category, month)
        listing = Listing(who)
        if category == "dibao":
            listing.columns["household_monthly_amount"] = _amount(county, who)
            listing.columns["single_person"] = np.zeros(len(who), np.int8)
        if category == "tekun":
            listing.columns |= _tekun_columns(county, who)
        return listing

    return build


def families(category: str, area_kind: str | None = None) -> Build:
    """Return the builder of the provincial export of families: one row a family, about its head."""

    def build(county: County, month: str) -> Listing:
        homes = np.flatnonzero(listed_homes(county, category, month, area_kind))
        who = county.first_of[homes]
        now = county.population.standing
        yearly = now.yearly[homes]
        amount = _amount(county, who) if category == "dibao" else np.zeros(len(who), np.int64)
        supplement = np.where(now.weak[homes] & (category == "dibao"), SUPPLEMENT, 0)
        columns = {
            "family_annual_income": yearly,
            "head_annual_income": yearly // np.maximum(now.members[homes], 1),
            "household_monthly_amount": amount,
            "supplement_monthly_amount": supplement,
            "total_monthly_amount": amount + supplement,
            "hardship_cause": np.where(now.weak[homes], "因病致贫（虚构）", "缺劳力（虚构）").astype(object),
            "house_count": np.ones(len(homes), np.int64),
        }
        if category == "tekun":
            columns |= _tekun_columns(county, who)
        return Listing(who, columns)

    return build


def persons(category: str, area_kind: str | None = None, *, monthly: bool) -> Build:
    """Return the builder of the provincial export of persons. `monthly` lists hold a month's income under 年收入（元）."""

    def build(county: County, month: str) -> Listing:
        who = listed_people(county, category, month, area_kind)
        income = _counted_income(county)[who]
        columns = {"income": income // MONTHS if monthly else income}
        if category == "tekun":
            columns |= _tekun_columns(county, who)
        return Listing(who, columns)

    return build


def payment_roster(county: County, month: str) -> Listing:
    """Return who is paid 低保 (one row a family) and 特困 (one row a person) in a month."""
    homes = np.flatnonzero(listed_homes(county, "dibao", month))
    heads = county.first_of[homes]
    dead = county.scenario("paid_after_death").about
    heads = np.where(np.isin(heads, dead - 1), heads + 1, heads)
    tekun = listed_people(county, "tekun", month)
    who = np.concatenate([heads, tekun])
    urban = county.population.urban[county.home[who]]
    is_dibao = np.arange(len(who)) < len(heads)
    kind = np.where(is_dibao, "dibao_", "tekun_").astype(object) + np.where(urban, "urban", "rural").astype(object)
    care = _tekun_columns(county, who)
    amount = np.where(is_dibao, _amount(county, who), care["basic_amount"] + care["care_amount"])
    weak = county.population.standing.weak[county.home[who]]
    supplement = np.where(is_dibao & weak, SUPPLEMENT, 0)
    columns = {"benefit": kind, "amount": amount, "supplement": supplement, "total": amount + supplement}
    return Listing(who, columns | {"pay_month": _month(month, len(who))})


def _amount(county: County, who: Array) -> Array:
    """Return the monthly amount of each person's household, at least ten yuan."""
    return np.maximum(county.household("previous_amount")[county.home[who]], 1_000)


def _tekun_columns(county: County, who: Array) -> dict[str, Array]:
    failed = county.person("self_care_failed")[who]
    band = np.where(failed >= 4, 2, np.where(failed >= 1, 1, 0))
    mode = np.where(county.person("in_institution")[who] == 1, "institution", "scattered")
    return {
        "basic_amount": np.array(TEKUN_BASIC)[county.population.urban[county.home[who]].astype(int)],
        "care_amount": np.array(TEKUN_CARE)[band],
        "support_mode": mode.astype(object),
    }


def _counted_income(county: County) -> Array:
    income = county.of_kind("income", *COUNTED)
    lately = income["received_on"] > county.day - np.timedelta64(365, "D")
    totals = np.bincount(income["owner"][lately], income["amount"][lately], county.size)
    return np.maximum(totals.astype(np.int64), 0)


def _month(month: str, rows: int) -> Array:
    return np.full(rows, np.datetime64(month, "M"))


def subsidy(chosen: str) -> Build:
    """Return the builder of a disability subsidy: `care` for the severely disabled, `living` for the enrolled disabled."""

    def build(county: County, month: str) -> Listing:
        levels = ("1", "2") if chosen == "care" else ("1", "2", "3", "4")
        entitled = county.is_person("disability_level", *levels) & county.alive_in(month)
        if chosen == "living":
            entitled &= county.is_category("dibao")[county.home]
        who = some(county, f"subsidy-{chosen}", entitled, 0.9)
        return Listing(who, {"monthly_amount": np.full(len(who), SUBSIDY), "pay_month": _month(month, len(who))})

    return build


def elderly_allowance(county: County, month: str) -> Listing:
    """Return the people of eighty and more, paid by the month."""
    who = some(county, "elderly", (county.person("age") >= 80) & county.alive_in(month), 0.95)
    band = np.where(county.person("age")[who] >= 90, "满90周岁", "80至89周岁").astype(object)
    days = county.chance("certified").days_ago(10, 400, len(who))
    return Listing(who, {"monthly_amount": np.full(len(who), ELDERLY), "person_type": band, "certified_on": days})


def children(share: float) -> Build:
    """Return the builder of a list of children paid like orphans."""

    def build(county: County, month: str) -> Listing:
        who = some(county, f"children-{share}", (county.person("chooses_child_benefit") == 1) & county.alive_in(month), share)
        return Listing(who, {"monthly_amount": np.full(len(who), ORPHAN), "guardian_name": county.name[county.first_of[county.home[who]]]})

    return build


def emergency_aid(county: County, month: str) -> Listing:
    """Return the emergency aid granted in a month."""
    relief = county.of_kind("income", "social_relief")
    now = in_month(relief["received_on"], month)
    amount = relief["amount"][now]
    size = np.where(amount > 200_000, "large", "small").astype(object)
    reason = np.full(len(amount), "突发疾病（虚构）", object)
    return Listing(relief["owner"][now], {"amount": amount, "granted_on": relief["received_on"][now], "size": size, "reason": reason})


def exits_and_refusals(county: County, month: str) -> Listing:
    """Return who was refused or left in a month."""
    chance = county.chance("exits" + month)
    among = county.is_category("none")[county.home] & (county.person("relation") == 0) & ~county.protected
    who = np.flatnonzero(among & chance.happens(0.0015, county.size))
    category = np.where(chance.happens(0.8, len(who)), "dibao", "edge").astype(object)
    outcome = np.where(chance.happens(0.6, len(who)), "refused", "left").astype(object)
    day = np.datetime64(month + "-01", "D") + chance.draw.integers(0, 27, len(who)).astype("timedelta64[D]")
    reason = np.full(len(who), "收入超标（虚构）", object)
    return Listing(who, {"category": category, "outcome": outcome, "decided_on": day, "reason": reason})


def monthly_changes(county: County, month: str) -> Listing:
    """Return what changed in a month, one row a township; the people of the rows are their villages' first ones."""
    started = county.is_category("dibao") & (county.listed_since == np.datetime64(month, "M"))
    town = county.household("township")
    towns = np.unique(town)
    first = county.first_of[np.searchsorted(town, towns)]
    names = np.array([one.name for one in areas.townships(areas.FIRST_COUNTY)], object)
    new = np.array([np.count_nonzero(started & (town == one)) for one in towns])
    members = county.population.standing.members
    people = np.array([int(members[started & (town == one)].sum()) for one in towns])
    amount = np.array([int(county.household("previous_amount")[started & (town == one)].sum()) for one in towns])
    none = np.zeros(len(towns), np.int64)
    columns = {"unit": names[towns], "new_households": new, "new_persons": people, "new_amount": amount}
    for change in ("stopped", "raised", "lowered"):
        columns |= {f"{change}_households": none, f"{change}_persons": none, f"{change}_amount": none}
    return Listing(first, columns)


def monitored(county: County, month: str) -> Listing:
    """Return the members of monitored households; a tenth of the risks has been removed."""
    del month
    homes = np.flatnonzero(county.household("monitored_on_list") == 1)
    who = county.members(homes)
    kinds = np.array(("lifted_unstable", "marginal", "sudden"), object)
    removed = county.home[who] % 10 == 0
    per_head = county.population.standing.per_head_yearly[county.home[who]]
    since = county.day - (200 + county.home[who] % 500).astype("timedelta64[D]")
    return Listing(who, {
        "monitor_type": kinds[county.home[who] % 3],
        "risk_state": np.where(removed, "removed", "open").astype(object),
        "risk_type": np.full(len(who), "因病（虚构）", object),
        "identified_on": since,
        "net_income_per_head": np.maximum(per_head, 0),
        "house_safe": county.household("housing_safe")[county.home[who]],
    })  # fmt: skip


def check_requests(county: County, month: str) -> Listing:
    """Return whom the bureau sent for a check of means in a month: the surveyed families."""
    homes = np.flatnonzero(county.surveyed_in == county.months.index(month))
    who = county.members(homes)
    who = who[county.has_number[who]]
    number = joined("HD", month.replace("-", ""), padded(county.home[who], 6))
    sent = np.full(len(who), np.datetime64(month + "-10", "D"))
    return Listing(who, {"request_number": number, "case_number": joined("SL", number), "sent_on": sent})


def cadre_relatives(county: County, month: str) -> Listing:
    """Return listed people who are relatives of a cadre, as filed."""
    del month
    who = np.flatnonzero(~county.is_category("none")[county.home] & county.chance("cadres").happens(0.02, county.size))
    cadres = some(county, "cadre", (county.person("age") > 30) & (county.person("age") < 55) & county.has_number, 0.01)
    cadre = cadres[np.arange(len(who)) % max(1, len(cadres))] if len(cadres) else who
    return Listing(who, {
        "cadre_identity_number": county.identity[cadre], "cadre_name": county.name[cadre],
        "relation": np.full(len(who), "叔侄", object), "filing_number": joined("备", who),
    })  # fmt: skip


WELFARE: dict[str, Build] = {
    "dibao_enrolment": enrolment("dibao"),
    "tekun_enrolment": enrolment("tekun"),
    "edge_enrolment": enrolment("edge"),
    "rigid_enrolment": enrolment("rigid_expenditure"),
    "dibao_rural_families": families("dibao", "rural"),
    "dibao_urban_families": families("dibao", "urban"),
    "tekun_families": families("tekun"),
    "edge_families": families("edge"),
    "rigid_families": families("rigid_expenditure"),
    "dibao_rural_persons": persons("dibao", "rural", monthly=False),
    "dibao_urban_persons": persons("dibao", "urban", monthly=True),
    "tekun_persons": persons("tekun", monthly=False),
    "edge_persons": persons("edge", monthly=True),
    "rigid_persons": persons("rigid_expenditure", monthly=True),
    "payment_roster": payment_roster,
    "disability_care_subsidy": subsidy("care"),
    "disability_living_subsidy": subsidy("living"),
    "elderly_allowance": elderly_allowance,
    "orphans": children(0.4),
    "unattended_children": children(0.8),
    "emergency_aid": emergency_aid,
    "exits_and_refusals": exits_and_refusals,
    "monthly_changes": monthly_changes,
    "monitored_households": monitored,
    "check_requests": check_requests,
    "cadre_relatives": cadre_relatives,
}
