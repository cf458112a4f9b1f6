"""OpenFisca-core with the same rules: facts are inputs, every rule of records, persons and households is a variable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import _openfisca_rules
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from _openfisca_facts import RECORDS, Codes, Facts, Loading
from _openfisca_records import Records, wide
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from doudi.policy import api

PERIOD = "2025"
CATEGORIES = {
    "household": ("none", "tekun", "dibao", "dibao", "edge", "rigid_expenditure", "other_difficulty"),
    "person": ("none", "tekun", "dibao", "dibao", "dibao", "edge", "rigid_expenditure", "other_difficulty"),
}
SHOWN_AS = {"household": ("", "", "", "gradual_exit", "", "", ""), "person": ("", "", "single_person", "", "gradual_exit", "", "", "")}
SAME = {"person_step_1": "tekun_person", "person_step_2": "single_person"}


class Rules:
    """The tax-benefit system and the pack's values, made once."""

    def __init__(self, pack: api.LoadedPack, day: date) -> None:
        resolved = pack.on(day)
        self.day = day
        self.values = SimpleNamespace(**{name: resolved.value(name) for name in pack.pack.values}, day=day, codes=Codes(pack))
        self.pack = pack
        self.records: list[Records] = []
        self.loading = Loading()
        person = build_entity("person", "persons", "", is_person=True)
        household = build_entity("household", "households", "", roles=[{"key": "member", "plural": "members"}])
        self.entities = {"person": person, "household": household}
        self.system = TaxBenefitSystem([person, household])
        for name, entity, kind, formula in _openfisca_rules.RULES:
            self.add(name, entity, kind, _adapted(formula, entity, self.values))
        plan = api.sql_plan(pack, day=day)
        self.outputs = {entity: [column.name for column in columns] for entity, columns in plan.outputs.items()}

    def add(self, name: str, entity: str, kind: type, formula: Callable[..., Any] | None = None) -> None:
        """Add a variable; whole numbers are held in 64 bits, where OpenFisca's own 32 overflow at 21 million yuan."""
        body: dict[str, Any] = {"value_type": kind, "entity": self.entities[entity], "definition_period": DateUnit.YEAR}
        if formula is not None:
            body["formula"] = formula
        variable = self.system.add_variable(type(name, (Variable,), body))
        wide(variable)


class Group:
    """Households seen from a rule of households."""

    def __init__(self, population: Any, period: Any) -> None:
        self.population = population
        self.period = period

    def __call__(self, name: str) -> Any:
        return self.population(name, self.period)

    def total(self, name: str, *, where: str = "") -> Any:
        """Sum a variable over the persons of each household, those for whom `where` holds."""
        members = self.population.members(name, self.period)
        if where:
            members = members * self.population.members(where, self.period)
        return self.population.sum(members).astype(np.int64)


def _adapted(formula: Callable[..., Any], entity: str, values: Any) -> Callable[..., Any]:
    if entity == "household":
        return lambda population, period: formula(Group(population, period), values)
    return lambda population, period: formula(
        lambda name: population(name, period), lambda name: population.household(name, period), values)


def system(pack: api.LoadedPack, day: date) -> Rules:
    """Return the rules, ready to be used for many simulations."""
    rules = Rules(pack, day)
    rules.records = [Records(table, pack, day, rules.values) for table in RECORDS]
    for entity in ("household", "person"):
        for variable in rules.loading.variables(pack, entity, rules.entities[entity]):
            if variable.__name__ not in rules.system.variables:
                wide(rules.system.add_variable(variable))
    for records in rules.records:
        for name in records.sums:
            rules.add(name.removesuffix("_amount"), "person", int)
    return rules


def evaluate(rules: Rules, folder: Path, out: Path) -> None:
    """Read facts, evaluate, write the same columns as the compiled pack."""
    facts = Facts.read(folder, rules.pack)
    simulation = simulate(rules, facts)
    for entity, ids in (("household", facts.household_ids), ("person", facts.person_ids)):
        columns = {f"{entity}_id": ids} | {name: _column(simulation, entity, name) for name in rules.outputs[entity]}
        pq.write_table(pa.table(columns), out / f"{entity}.parquet", compression="zstd")


def answer(rules: Rules, facts: Facts) -> list[Any]:
    """Evaluate all results of facts that are in memory."""
    simulation = simulate(rules, facts)
    return [_column(simulation, entity, name) for entity, names in rules.outputs.items() for name in names]


def simulate(rules: Rules, facts: Facts) -> Simulation:
    """Evaluate the records of each table, then build a simulation over persons and households."""
    builder = SimulationBuilder()
    builder.create_entities(rules.system)
    builder.declare_person_entity("person", facts.person_ids)
    household = builder.declare_entity("household", facts.household_ids)
    builder.join_with_persons(household, facts.household_ids[facts.home], ["member"] * len(facts.person_ids))
    simulation = builder.build(rules.system)
    rules.loading.facts = facts
    urban = simulation.calculate("is_urban", PERIOD)[facts.home]
    owners = {"schooling": np.asarray(simulation.calculate("schooling", PERIOD)), "is_urban": urban}
    for records in rules.records:
        for name, array in records.summed(facts, owners).items():
            simulation.set_input(name, PERIOD, array)
    return simulation


def _column(simulation: Simulation, entity: str, name: str) -> Any:
    words = {"category": CATEGORIES, "category_as": SHOWN_AS}.get(name)
    if words is not None:
        choice = simulation.calculate(f"{entity}_choice", PERIOD)
        return pc.take(pa.array(words[entity]), pa.array(choice))
    name = f"{entity}_category_amount" if name == "category_amount" else SAME.get(name, name)
    return simulation.calculate(name, PERIOD)
