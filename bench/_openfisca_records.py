"""Records in OpenFisca: one system a record table, the record being its person and the record's owner its group.

OpenFisca knows one level of groups, so what records sum to is calculated here and given to the system of persons.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from _openfisca_facts import Codes, Facts, Loading
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from doudi.policy import api
from doudi.policy.terms.exact import add_months

PERIOD = "2025"
Array = Any
Rule = Callable[[Any, Any], Array]
EXEMPT = ("reward", "social_relief", "disability_subsidy", "child_subsidy", "basic_pension")
RIGID = ("living", "medical", "disability", "work_cost", "housing_safety", "water_safety", "disaster", "accident")


def wide(variable: Any) -> None:
    """Hold whole numbers in 64 bits: OpenFisca's own 32 overflow at 21 million yuan."""
    if variable.value_type is int:
        variable.dtype = np.int64


def is_in(texts: Array, codes: Array) -> Array:
    """Tell which texts are among some choices."""
    return np.isin(np.asarray(texts), codes)


def within(dates: Array, day: Any) -> Array:
    """Tell which dates fell in the twelve months up to the day."""
    return (dates > np.datetime64(add_months(day, -12))) & (dates <= np.datetime64(day))


def age_on(births: Array, day: Any) -> Array:
    """Return full years on a day."""
    months = births.astype("datetime64[M]")
    years = births.astype("datetime64[Y]").astype(np.int64) + 1970
    number = years * 10_000 + (months.astype(np.int64) % 12 + 1) * 100 + (births - months).astype(np.int64) + 1
    return np.where(np.isnat(births), day.year, (day.year * 10_000 + day.month * 100 + day.day - number) // 10_000)


def income_rules(day: Any, codes: Codes, values: Any) -> dict[str, Rule]:
    """Rules of incomes; the names that end in `_amount` are summed to persons."""
    def kind(*names: str) -> Rule:
        return lambda row, owner: is_in(row("kind"), codes("income", "kind", *names))

    return {
        "in_window": lambda row, owner: within(row("received_on"), day),
        "is_exempt": kind(*EXEMPT), "is_wage": kind("wage"), "is_support": kind("support"), "is_old_age": kind("old_age_allowance"),
        "counts": lambda row, owner: row("in_window") & ~row("is_exempt"),
        "wage_amount": lambda row, owner: row("amount") * (row("counts") & row("is_wage")),
        "support_received_amount": lambda row, owner: row("amount") * (row("counts") & row("is_support")),
        "old_age_amount": lambda row, owner: row("amount") * (row("counts") & row("is_old_age")),
        "other_income_amount": lambda row, owner: row("amount") * (row("counts") & ~row("is_wage") & ~row("is_support")),
    }


def expense_rules(day: Any, codes: Codes, values: Any) -> dict[str, Rule]:
    """Rules of expenses."""
    return {
        "in_window": lambda row, owner: within(row("paid_on"), day),
        "is_education": lambda row, owner: is_in(row("kind"), codes("expense", "kind", "education")),
        "is_study": lambda row, owner: row("is_education") & ~is_in(owner("schooling"), codes("person", "schooling", "postgraduate")),
        "is_rigid": lambda row, owner: is_in(row("kind"), codes("expense", "kind", *RIGID)) | row("is_study"),
        "capped": lambda row, owner: np.where(row("is_education"), np.minimum(row("amount"), row("public_school_cost")), row("amount")),
        "rigid_expense_amount": lambda row, owner: row("capped") * (row("in_window") & row("is_rigid")),
    }


def asset_rules(day: Any, codes: Codes, values: Any) -> dict[str, Rule]:
    """Rules of assets."""
    def kind(*names: str) -> Rule:
        return lambda row, owner: is_in(row("kind"), codes("asset", "kind", *names))

    return {
        "is_financial": kind("deposit", "security", "insurance", "claim"), "is_house": kind("dwelling", "homestead"),
        "is_vehicle": kind("vehicle"), "is_company": kind("company"), "is_shop": kind("non_residential"),
        "is_livelihood": lambda row, owner: is_in(row("use"), codes("asset", "use", "livelihood")),
        "is_barred": lambda row, owner: (row("is_vehicle") & ~row("is_livelihood")) | (row("is_company") & row("active")) | row("is_shop"),
        "financial_assets_amount": lambda row, owner: row("value") * row("is_financial"),
        "house_count_amount": lambda row, owner: row("is_house") * 1,
        "barred_amount": lambda row, owner: row("is_barred") * 1,
    }


def supporter_rules(day: Any, codes: Codes, values: Any) -> dict[str, Rule]:
    """Rules of supporters outside the household."""
    def level(*names: str) -> Rule:
        return lambda row, owner: is_in(row("disability_level"), codes("supporter", "disability_level", *names))

    def severe(row: Any, owner: Any) -> Array:
        mental = is_in(row("disability_type"), codes("supporter", "disability_type", "intellectual", "mental"))
        return row("is_level_12") | (row("is_level_3") & mental)

    def unable(row: Any, owner: Any) -> Array:
        age = row("age")
        found = row("in_tekun") | (row("in_dibao") & (age >= values.elder_dibao_supporter_age))
        found = found | (((age >= values.elder_supporter_age) | row("is_severe")) & row("low_means"))
        return found | (row("no_civil_capacity") & row("property_within_limits")) | (age < values.adult_age)

    line = values.disposable_income
    return {
        "age": lambda row, owner: age_on(row("birth"), day),
        "is_level_12": level("1", "2"), "is_level_3": level("3"), "is_severe": severe,
        "line": lambda row, owner: np.where(owner("is_urban"), line["urban"], line["rural"]),
        "low_means": lambda row, owner: (row("income_per_head") * 12 < row("line")) & row("property_within_limits"),
        "unable": unable,
        "is_sibling": lambda row, owner: is_in(row("relation"), codes("supporter", "relation", "sibling")),
        "is_waived": lambda row, owner: row("is_sibling") | (row("age") >= values.elder_payer_age),
        "support_due_amount": lambda row, owner: row("agreed_support") * 12 * row("pays_support"),
        "due_single_amount": lambda row, owner: row("support_due_amount") * ~row("is_waived"),
        "able_amount": lambda row, owner: ~row("unable") * 1,
    }


RULES = {"income": income_rules, "expense": expense_rules, "asset": asset_rules, "supporter": supporter_rules}
OWNER_INPUTS = {"expense": ("schooling",), "supporter": ("is_urban",)}


class Records:
    """One record table as an OpenFisca system, made once and used for many populations."""

    def __init__(self, table: str, pack: api.LoadedPack, day: Any, values: SimpleNamespace) -> None:
        self.table = table
        record = build_entity("record", "records", "", is_person=True)
        owner = build_entity("owner", "owners", "", roles=[{"key": "one", "plural": "ones"}])
        self.entities = {"record": record, "owner": owner}
        self.system = TaxBenefitSystem([record, owner])
        self.sums: list[str] = []
        self.loading = Loading()
        for variable in self.loading.variables(pack, table, record):
            wide(self.system.add_variable(variable))
        for name in OWNER_INPUTS.get(table, ()):
            self._add(name, "owner", np.dtype(bool if name == "is_urban" else np.int64), None)
        for name, rule in RULES[table](day, Codes(pack), values).items():
            amount = name.endswith("_amount") or name in ("age", "capped", "line")
            self._add(name, "record", np.dtype(np.int64 if amount else bool), _of_record(rule))
            if name.endswith("_amount"):
                self._add(f"sum_of_{name}", "owner", np.dtype(np.int64), _sum_of(name))
                self.sums.append(name)

    def _add(self, name: str, entity: str, dtype: Any, formula: Callable[..., Any] | None) -> None:
        body: dict[str, Any] = {"value_type": bool if np.issubdtype(dtype, np.bool_) else int, "entity": self.entities[entity],
                                "definition_period": DateUnit.YEAR}
        if formula is not None:
            body["formula"] = formula
        self.system.add_variable(type(name, (Variable,), body)).dtype = dtype

    def summed(self, facts: Facts, owners: dict[str, Array]) -> dict[str, Array]:
        """Evaluate the records and return what they sum to for each person."""
        builder = SimulationBuilder()
        builder.create_entities(self.system)
        rows = facts.tables[self.table].num_rows
        builder.declare_person_entity("record", np.arange(rows))
        # A group of OpenFisca has at least one member: persons without a record of this kind are left out.
        owner = facts.owner(self.table)
        present = np.unique(owner)
        group = builder.declare_entity("owner", present)
        builder.join_with_persons(group, owner, ["one"] * rows)
        simulation = builder.build(self.system)
        self.loading.facts = facts
        for name in OWNER_INPUTS.get(self.table, ()):
            simulation.set_input(name, PERIOD, owners[name][present])
        found = {}
        for name in self.sums:
            total = np.zeros(len(facts.person_ids), np.int64)
            total[present] = simulation.calculate(f"sum_of_{name}", PERIOD)
            found[name.removesuffix("_amount")] = total
        return found


def _of_record(rule: Rule) -> Callable[..., Any]:
    return lambda record, period: rule(lambda name: record(name, period), lambda name: record.owner(name, period))


def _sum_of(name: str) -> Callable[..., Any]:
    return lambda owner, period: owner.sum(owner.members(name, period)).astype(np.int64)
