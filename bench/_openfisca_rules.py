"""The rules of hubei/daye as OpenFisca variables. OpenFisca has no unknown: every fact here is known.

`person(name)` is the array of a variable for persons, `home(name)` of their household for persons; in a rule of households
`home(name)` is for households, and `home.total`, `home.any`, `home.all` gather the persons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from _openfisca_records import age_on, is_in

Array = Any
Rule = tuple[str, str, type, Callable[..., Array]]
RULES: list[Rule] = []


def person_rule(kind: type = bool) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Add a rule of persons under the function's name."""
    return _adder("person", kind)


def household_rule(kind: type = bool) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Add a rule of households; its name gets the prefix `household_`."""
    return _adder("household", kind)


def _adder(entity: str, kind: type) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    def add(formula: Callable[..., Array]) -> Callable[..., Array]:
        RULES.append((formula.__name__, entity, kind, formula))
        return formula

    return add


# what the facts say of a person
@person_rule(int)
def age(person: Any, home: Any, values: Any) -> Array:
    return age_on(person("birth"), values.day)


def _is(fact: str, *choices: str) -> Callable[..., Array]:
    return lambda person, home, values: is_in(person(fact), values.codes("person", fact, *choices))


for _name, _fact, _choices in (
    ("is_head", "relation", ("head",)), ("is_child", "relation", ("child",)), ("is_spouse", "relation", ("spouse",)),
    ("in_study", "schooling", ("preschool", "compulsory", "high_school", "vocational", "college", "bachelor")),
    ("in_school", "schooling", ("compulsory", "high_school", "vocational")),
    ("is_level_12", "disability_level", ("1", "2")), ("is_level_1", "disability_level", ("1",)), ("is_level_3", "disability_level", ("3",)),
    ("is_mental", "disability_type", ("intellectual", "mental")), ("is_physical", "disability_type", ("physical",)),
    ("is_vision", "disability_type", ("vision",)), ("is_multiple", "disability_type", ("multiple",)),
):
    RULES.append((_name, "person", bool, _is(_fact, *_choices)))


@person_rule()
def is_spouse_married(person: Any, home: Any, values: Any) -> Array:
    return person("is_spouse") & person("married")


@person_rule()
def is_excluded(person: Any, home: Any, values: Any) -> Array:
    custody = person("in_prison") | person("in_compulsory_detox") | person("declared_missing")
    return person("deceased") | custody | person("cleric_apart_three_years") | person("conscript")


@person_rule()
def listed_multiple(person: Any, home: Any, values: Any) -> Array:
    return person("multiple_includes_listed") & person("is_multiple")


@person_rule()
def severely_disabled(person: Any, home: Any, values: Any) -> Array:
    return person("is_level_12") | (person("is_level_3") & (person("is_mental") | person("listed_multiple")))


@person_rule()
def listed_disability(person: Any, home: Any, values: Any) -> Array:
    mental = person("is_mental") & (person("is_level_12") | person("is_level_3"))
    body = (person("is_physical") & person("is_level_12")) | (person("is_vision") & person("is_level_1"))
    return mental | body | person("listed_multiple")


@person_rule()
def has_barred_property(person: Any, home: Any, values: Any) -> Array:
    return person("barred") > 0


@person_rule()
def supporters_unable(person: Any, home: Any, values: Any) -> Array:
    return person("able") == 0


# persons
@person_rule()
def is_minor(person: Any, home: Any, values: Any) -> Array:
    return person("age") < values.adult_age


@person_rule()
def is_member(person: Any, home: Any, values: Any) -> Array:
    child = person("is_child")
    dependent = person("is_minor") | person("in_study") | person("cannot_live_independently")
    dependent |= ~person("married") & person("shares_budget")
    by_duty = person("legal_duty") & (person("lives_together") | (~child & person("shares_budget")))
    return ~person("is_excluded") & (person("is_head") | person("is_spouse_married") | (child & dependent) | by_duty)


@person_rule(int)
def work_cost(person: Any, home: Any, values: Any) -> Array:
    wage = person("wage")
    return np.where((wage > 0) & person("employed"), np.minimum(person("necessary_work_cost") * 12, wage), 0)


@person_rule(int)
def support_income(person: Any, home: Any, values: Any) -> Array:
    return np.maximum(person("support_received"), person("support_due"))


@person_rule(int)
def own_income(person: Any, home: Any, values: Any) -> Array:
    return person("wage") - person("work_cost") + person("other_income")


@person_rule(int)
def annual_income(person: Any, home: Any, values: Any) -> Array:
    return np.maximum(person("own_income") + person("support_income"), 0)


@person_rule(int)
def income_as_single(person: Any, home: Any, values: Any) -> Array:
    return np.maximum(person("own_income") + person("due_single"), 0)


@person_rule(int)
def tekun_income(person: Any, home: Any, values: Any) -> Array:
    return np.maximum(person("own_income") - person("old_age") + person("support_income"), 0)


@person_rule()
def tekun_no_income(person: Any, home: Any, values: Any) -> Array:
    return person("tekun_income") < home("household_standard") * 12


@person_rule()
def tekun_no_labour(person: Any, home: Any, values: Any) -> Array:
    age = person("age")
    continues = home("household_was_tekun") & (age >= values.tekun_minor_age) & ((age < values.tekun_minor_keep_age) | person("in_school"))
    return (age >= values.elderly_age) | (age < values.tekun_minor_age) | person("listed_disability") | continues


@person_rule()
def tekun_property_ok(person: Any, home: Any, values: Any) -> Array:
    few = person("financial_assets") <= home("household_standard") * values.dibao_asset_months
    return few & (person("house_count") <= values.dwelling_limit) & ~person("has_barred_property")


@person_rule()
def own_low_means(person: Any, home: Any, values: Any) -> Array:
    return (person("annual_income") < home("household_disposable")) & person("tekun_property_ok")


@person_rule()
def able_in_family(person: Any, home: Any, values: Any) -> Array:
    age = person("age")
    unable = person("is_minor") | (person("tekun_no_labour") & person("tekun_no_income"))
    unable |= home("household_was_dibao") & (age >= values.elder_dibao_supporter_age)
    unable |= ((age >= values.elder_supporter_age) | person("severely_disabled")) & person("own_low_means")
    return person("is_member") & ~unable


@household_rule()
def is_urban(home: Any, values: Any) -> Array:
    return is_in(home("area_kind"), values.codes("household", "area_kind", "urban"))


def _by_kind(value: str) -> Callable[..., Array]:
    return lambda home, values: np.where(home("is_urban"), getattr(values, value)["urban"], getattr(values, value)["rural"])


def _was(category: str) -> Callable[..., Array]:
    return lambda home, values: is_in(home("previous_category"), values.codes("household", "previous_category", category))


RULES += [("household_standard", "household", int, _by_kind("dibao_standard")),
          ("household_disposable", "household", int, _by_kind("disposable_income")),
          ("household_tekun_basic", "household", int, _by_kind("tekun_basic_standard")),
          ("household_was_tekun", "household", bool, _was("tekun")), ("household_was_dibao", "household", bool, _was("dibao"))]


@household_rule(int)
def household_able_count(home: Any, values: Any) -> Array:
    return home.total("able_in_family")


@person_rule()
def tekun_person(person: Any, home: Any, values: Any) -> Array:
    supported = home("household_able_count") > person("able_in_family")
    found = person("is_member") & person("tekun_no_labour") & person("tekun_no_income") & person("tekun_property_ok")
    return found & ~supported & person("supporters_unable") & ~(person("is_minor") & person("chooses_child_benefit"))


@person_rule()
def is_counted(person: Any, home: Any, values: Any) -> Array:
    return person("is_member") & ~person("tekun_person")


@person_rule(int)
def tekun_amount(person: Any, home: Any, values: Any) -> Array:
    failed = person("self_care_failed")
    half = np.where(failed >= values.care_half_from, values.tekun_care_half, values.tekun_care_self)
    care = np.where(failed >= values.care_full_from, values.tekun_care_full, half)
    return np.where(person("tekun_person"), home("household_tekun_basic") + care, 0)


@person_rule()
def below_standard(person: Any, home: Any, values: Any) -> Array:
    return person("annual_income") < home("household_standard") * 12


@person_rule()
def single_cleric(person: Any, home: Any, values: Any) -> Array:
    return ~person("deceased") & person("cleric_apart_three_years") & person("below_standard") & person("tekun_property_ok")


@person_rule()
def unemployed_disabled(person: Any, home: Any, values: Any) -> Array:
    found = person("is_member") & ~person("is_minor") & ~person("employed") & person("severely_disabled")
    return found & (person("income_as_single") < home("household_standard") * 12) & person("tekun_property_ok")


# households
@household_rule(int)
def household_members(home: Any, values: Any) -> Array:
    return home.total("is_member")


@household_rule(int)
def household_member_count(home: Any, values: Any) -> Array:
    return home.total("is_counted")


def _counted(name: str) -> Callable[[Any, Any], Array]:
    return lambda home, values: home.total(name, where="is_counted")


for _name in ("annual_income", "financial_assets", "house_count", "rigid_expense"):
    RULES.append((f"household_{_name}", "household", int, _counted(_name)))


@household_rule(int)
def household_members_income(home: Any, values: Any) -> Array:
    return home.total("annual_income", where="is_member")


@household_rule(int)
def household_tekun_amount(home: Any, values: Any) -> Array:
    return home.total("tekun_amount", where="is_member")


@household_rule()
def household_step_1(home: Any, values: Any) -> Array:
    return (home("household_members") > 0) & (home.total("tekun_person", where="is_member") == home("household_members"))


@household_rule()
def dibao_income_test(home: Any, values: Any) -> Array:
    return home("household_annual_income") < home("household_standard") * 12 * home("household_member_count")


@household_rule()
def edge_income_test(home: Any, values: Any) -> Array:
    line = home("household_standard") * 12 * home("household_member_count") * values.edge_multiple
    return home("household_annual_income") * 10_000 <= line


@household_rule()
def rigid_income_test(home: Any, values: Any) -> Array:
    return home("household_annual_income") < home("household_disposable") * home("household_member_count")


@household_rule()
def rigid_spending_test(home: Any, values: Any) -> Array:
    return home("household_rigid_expense") * 10_000 > home("household_annual_income") * values.rigid_share


@household_rule()
def monitored_income_test(home: Any, values: Any) -> Array:
    return home("household_members_income") < values.monitoring_line * home("household_members")


@household_rule()
def dibao_financial_ok(home: Any, values: Any) -> Array:
    return home("household_financial_assets") <= home("household_standard") * home("household_member_count") * values.dibao_asset_months


@household_rule()
def edge_financial_ok(home: Any, values: Any) -> Array:
    return home("household_financial_assets") <= home("household_standard") * home("household_member_count") * values.edge_asset_months


@household_rule()
def other_property_ok(home: Any, values: Any) -> Array:
    return (home("household_house_count") <= values.dwelling_limit) & (home.total("has_barred_property", where="is_counted") == 0)


@household_rule()
def household_step_2(home: Any, values: Any) -> Array:
    return (home("household_member_count") > 0) & home("dibao_income_test") & home("dibao_financial_ok") & home("other_property_ok")


@household_rule()
def household_step_3(home: Any, values: Any) -> Array:
    found = home("household_was_dibao") & (home("household_member_count") > 0) & ~home("household_step_1") & ~home("dibao_income_test")
    found &= home("dibao_financial_ok") & home("other_property_ok")
    return found & home("income_rose_from_work") & (home("exit_months_used") < values.gradual_exit_months)


@household_rule()
def household_step_4(home: Any, values: Any) -> Array:
    found = (home("household_member_count") > 0) & ~home("household_step_1") & ~home("household_step_2")
    return found & home("edge_income_test") & home("edge_financial_ok") & home("other_property_ok")


@household_rule()
def household_step_5(home: Any, values: Any) -> Array:
    found = (home("household_member_count") > 0) & ~home("household_step_1") & ~home("household_step_2") & ~home("household_step_4")
    return found & home("rigid_income_test") & home("rigid_spending_test") & home("edge_financial_ok") & home("other_property_ok")


@household_rule()
def household_step_6(home: Any, values: Any) -> Array:
    found = home("case_by_case_approved") & (home("household_members") > 0) & ~home("household_step_1") & ~home("household_step_2")
    return found & ~home("household_step_4") & ~home("household_step_5")


@household_rule()
def monitored_family(home: Any, values: Any) -> Array:
    ill = home.total("severe_illness", where="is_counted") > 0
    sudden = home("disaster_hardship") | (home("rigid_spending_test") & ill)
    by_income = home("edge_financial_ok") & home("other_property_ok") & home("monitored_income_test")
    found = home("monitored_on_list") | by_income | (home("poverty_risk") & sudden)
    return home("farm_household") & (home("household_members") > 0) & found


@household_rule(int)
def household_choice(home: Any, values: Any) -> Array:
    return np.select([home(f"household_step_{number}") for number in range(1, 7)], range(1, 7), 0)


@household_rule(int)
def household_category_amount(home: Any, values: Any) -> Array:
    standard, count = home("household_standard"), home("household_member_count")
    shortfall = np.maximum(standard * 12 * count - home("household_annual_income"), 0)
    step = values.payment_step * 12
    dibao = -(-shortfall // step) * values.payment_step
    kept = np.minimum(home("previous_amount"), standard * count)
    choice = home("household_choice")
    return np.select([choice == 1, choice == 2, choice == 3], [home("household_tekun_amount"), dibao, kept], 0)


# persons again
@person_rule()
def single_person(person: Any, home: Any, values: Any) -> Array:
    severe = person("severely_disabled") | person("severe_illness")
    in_edge = person("is_member") & home("household_step_4") & severe & person("below_standard")
    free = ~home("household_step_2") & ~home("household_step_3") & ~person("tekun_person")
    return free & (in_edge | person("single_cleric") | person("unemployed_disabled"))


def _in_family(number: int) -> Callable[[Any, Any, Any], Array]:
    return lambda person, home, values: person("is_counted") & home(f"household_step_{number}")


for _number in range(2, 7):
    RULES.append((f"person_step_{_number + 1}", "person", bool, _in_family(_number)))


@person_rule(int)
def single_person_amount(person: Any, home: Any, values: Any) -> Array:
    income = np.where(person("unemployed_disabled"), person("income_as_single"), person("annual_income"))
    short = np.maximum(home("household_standard") * 12 - income, 0)
    return -(-short // (values.payment_step * 12)) * values.payment_step


@person_rule(int)
def person_choice(person: Any, home: Any, values: Any) -> Array:
    """Return the number of the step with the largest offer, the first of equals, 0 for none."""
    offers = [np.where(person("tekun_person"), person("tekun_amount"), -1)]
    offers.append(np.where(person("single_person"), person("single_person_amount"), -1))
    offers += [np.where(person(f"person_step_{number}"), 0, -1) for number in range(3, 8)]
    best = np.maximum.reduce(offers)
    return np.select([best == -1, *(offer == best for offer in offers)], range(8), 0)


@person_rule(int)
def person_category_amount(person: Any, home: Any, values: Any) -> Array:
    choice = person("person_choice")
    return np.select([choice == 1, choice == 2], [person("tekun_amount"), person("single_person_amount")], 0)
