"""Plant the scenarios into a population: take plain families of the right type and rewrite what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doudi.demo.chance import Bools, Chance
from doudi.demo.families import KINDS
from doudi.demo.population import Population
from doudi.demo.scenarios import SCENARIOS, SUPPORT_AGREED, Scenario
from doudi.demo.shape import UNKNOWN_NUMBER, Array, Columns, entities
from doudi.demo.standing import MONTHS, STANDARD

FAMILIES_SHARE = 0.0008
FEWEST = 2

_PLAIN: dict[str, str | int] = {
    "deceased": 0, "in_prison": 0, "in_compulsory_detox": 0, "declared_missing": 0, "cleric_apart_three_years": 0,
    "conscript": 0, "serving_soldier": 0, "split_off": 0, "lives_together": 1, "shares_budget": 1, "legal_duty": 1,
    "away_for_work": 0, "employed": 0, "newly_employed": 0, "severe_illness": 0, "frequent_hospital": 0,
    "self_care_failed": 0, "in_institution": 0, "chooses_child_benefit": 0, "cannot_live_independently": 0,
    "necessary_work_cost": 0, "disability_type": "none", "disability_level": "none",
}  # fmt: skip
_SAFE: dict[str, int] = {
    "local_hukou": 1, "residence_permit": 0, "housing_safe": 1, "water_safe": 1, "education_secured": 1,
    "medical_secured": 1, "poverty_risk": 0, "monitored_on_list": 0, "disaster_hardship": 0,
    "case_by_case_approved": 0, "income_rose_from_work": 0, "exit_months_used": 0, "previous_amount": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """The families of one scenario, by position, and of each the person it is about (the second one, else the head)."""

    scenario: Scenario
    homes: Array
    about: Array


def plant(chance: Chance, population: Population) -> list[Planted]:
    """Plant every scenario and return where. Small counties hold at least two families of each, where they have them.

    This will change the population.
    """
    wanted = max(FEWEST, round(len(population.kinds) * FAMILIES_SHARE))
    taken = np.zeros(len(population.kinds), bool)
    planted = []
    for scenario in SCENARIOS:
        homes = _choose(chance, population, scenario, wanted, taken)
        taken[homes] = True
        planted.append(Planted(scenario, homes, _second(population, homes)))
    _forget_records(population, taken)
    for one in planted:
        _rewrite(chance, population, one)
    return planted


def _choose(chance: Chance, population: Population, scenario: Scenario, wanted: int, taken: Bools) -> Array:
    kind = [one.name for one in KINDS].index(scenario.kind)
    heads = np.searchsorted(population.people["home"], np.arange(len(population.kinds)))
    age = population.people["age"][heads]
    limits = (66, 85) if scenario.kind.startswith("elder") else (30, 52)
    fit = (population.kinds == kind) & ~taken & (age > limits[0]) & (age < limits[1])
    fit &= population.urban if scenario.urban else ~population.urban
    candidates = np.flatnonzero(fit)
    return np.sort(chance.draw.permutation(candidates)[:wanted])


def _second(population: Population, homes: Array) -> Array:
    first = np.searchsorted(population.people["home"], homes)
    last = np.searchsorted(population.people["home"], homes, side="right") - 1
    return np.minimum(first + 1, last)


def _forget_records(population: Population, taken: Bools) -> None:
    for name, columns in population.records.items():
        kept = ~taken[population.people["home"][columns["owner"]]]
        population.records[name] = {key: column[kept] for key, column in columns.items()}


def _rewrite(chance: Chance, population: Population, planted: Planted) -> None:
    scenario, homes = planted.scenario, planted.homes
    everyone = np.isin(population.people["home"], homes)
    for name, value in _PLAIN.items():
        _set(population.people, "person", name, everyone, value)
    able = everyone & (population.people["age"] >= 18) & (population.people["age"] < 60)
    _set(population.people, "person", "labour_capacity", everyone, "none")
    _set(population.people, "person", "labour_capacity", able, "full")
    for name, value in scenario.person.items():
        _set(population.people, "person", name, planted.about, value)
    for name, number in _SAFE.items():
        population.households[name][homes] = number
    _set(population.households, "household", "previous_category", homes, scenario.listed)
    _twins(population, planted)
    _incomes(chance, population, planted)
    _belongings(chance, population, planted)
    _supporters(chance, population, planted)


def _set(columns: Columns, entity: str, name: str, rows: Array, value: str | int) -> None:
    fact = entities()[entity].fact(name)
    columns[name][rows] = fact.code(value) if isinstance(value, str) else value


def _twins(population: Population, planted: Planted) -> None:
    """Give the pairs of these scenarios one birth date and sex: the children of one family, the heads of two."""
    people = population.people
    if planted.scenario.name == "twins":
        first = np.searchsorted(people["home"], planted.homes) + 2
        pairs = np.stack([first, first + 1])
    elif planted.scenario.name == "namesakes":
        heads = np.searchsorted(people["home"], planted.homes)
        pairs = heads[: len(heads) // 2 * 2].reshape(-1, 2).T
    else:
        return
    for name in ("birth", "age", "sex", "schooling"):
        people[name][pairs[1]] = people[name][pairs[0]]
    for name in ("village", "township"):
        population.households[name][people["home"][pairs[1]]] = population.households[name][people["home"][pairs[0]]]


def _incomes(chance: Chance, population: Population, planted: Planted) -> None:
    scenario, homes, now = planted.scenario, planted.homes, population.standing
    heads = np.searchsorted(population.people["home"], homes)
    members = np.searchsorted(population.people["home"], homes, side="right") - heads
    gone = int(any(scenario.person.get(name) for name in ("deceased", "in_prison")))
    standard = STANDARD[int(scenario.urban)] * MONTHS
    amount = standard * (members - gone) * scenario.tenths // 10 + scenario.fen
    if scenario.tenths:
        if scenario.income == "wage":
            population.people["employed"][heads] = 1
            _append(population, "income", heads, scenario.income, {"amount": amount // 2, "received_on": _days(chance, heads, 200)})
        rest = amount - amount // 2 if scenario.income == "wage" else amount
        _append(population, "income", heads, scenario.income, {"amount": rest, "received_on": _days(chance, heads, 20)})
    else:
        yearly = np.full(len(heads), 168 * 1200)
        _append(population, "income", heads, "basic_pension", {"amount": yearly, "received_on": _days(chance, heads, 20)})
    now.members[homes] = members - gone
    now.yearly[homes] = amount
    listed = planted.scenario.listed == "dibao"
    population.households["previous_amount"][homes] = (STANDARD[int(scenario.urban)] // 2 * members) if listed else 0


def _belongings(chance: Chance, population: Population, planted: Planted) -> None:
    heads = np.searchsorted(population.people["home"], planted.homes)
    for kind, value in planted.scenario.assets:
        columns = {"value": np.full(len(heads), value), "acquired_on": _days(chance, heads, 900)}
        use = entities()["asset"].fact("use").code("ordinary")
        plain = {"mortgaged": 0, "use": use, "active": -1}
        columns |= {name: np.full(len(heads), code, np.int8) for name, code in plain.items()}
        _append(population, "asset", heads, kind, columns)
    for kind, amount in planted.scenario.expenses:
        spent: Columns = {"amount": np.full(len(heads), amount), "paid_on": _days(chance, heads, 60)}
        spent["public_school_cost"] = np.full(len(heads), UNKNOWN_NUMBER)
        _append(population, "expense", heads, kind, spent)


def _supporters(chance: Chance, population: Population, planted: Planted) -> None:
    if planted.scenario.supporter != "able" or not planted.scenario.kind.startswith("elder"):
        return
    heads = np.searchsorted(population.people["home"], planted.homes)
    fact, size = entities()["supporter"], len(heads)
    known = {"in_tekun": 0, "in_dibao": 0, "property_within_limits": 0, "no_civil_capacity": 0, "pays_support": 1,
             "old_weak_hardship": 0, "relation": fact.fact("relation").code("child"),
             "disability_type": fact.fact("disability_type").code("none"),
             "disability_level": fact.fact("disability_level").code("none")}  # fmt: skip
    columns: Columns = {name: np.full(size, code, np.int8) for name, code in known.items()}
    columns["birth"] = chance.birth(population.people["age"][heads] - 26)
    columns["income_per_head"] = np.full(size, 420_000)
    columns["agreed_support"] = np.full(size, SUPPORT_AGREED)
    _append(population, "supporter", heads, None, columns)


def _days(chance: Chance, heads: Array, ago: int) -> Array:
    return chance.days_ago(ago, ago, len(heads))


def _append(population: Population, record: str, owners: Array, kind: str | None, added: Columns) -> None:
    columns = population.records[record]
    added = {"owner": owners, **added}
    if kind is not None:
        added["kind"] = np.full(len(owners), entities()[record].fact("kind").code(kind), np.int8)
    joined = {name: np.concatenate([columns[name], added[name].astype(columns[name].dtype)]) for name in columns}
    order = np.argsort(joined["owner"], kind="stable")
    population.records[record] = {name: column[order] for name, column in joined.items()}
