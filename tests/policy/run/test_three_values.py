"""Yes, no and unknown: formulas against Kleene's tables, and functions that need what they are given."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from doudi.policy.run.closures import Program

TRUTHS = (True, False, None)
RANK = {False: 0, None: 1, True: 2}


def lowest(*values: bool | None) -> bool | None:
    """Kleene's and: the smallest in the order no < unknown < yes."""
    return min(values, key=RANK.__getitem__)


def highest(*values: bool | None) -> bool | None:
    """Kleene's or."""
    return max(values, key=RANK.__getitem__)


def opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def lukasiewicz(a: bool | None, b: bool | None) -> bool | None:
    return None if a is None or b is None else a == b


TABLES: dict[str, Any] = {
    "a and b": lowest, "a or b": highest, "not a": lambda a, b: opposite(a), "a = b": lukasiewicz,
    "a <> b": lambda a, b: opposite(lukasiewicz(a, b)), "not (a and not b) or a": lambda a, b: highest(opposite(lowest(a, opposite(b))), a),
    "a and b and not a": lambda a, b: lowest(a, b, opposite(a)), "a or b or not a": lambda a, b: highest(a, b, opposite(a)),
    "a in (true, false)": lambda a, b: None if a is None else True,
    "case when a then b else true end": lambda a, b: None if a is None else (b if a else True),
    "case when a then true else b end": lambda a, b: None if a is None else (True if a else b),
    "case when a then unknown else b end": lambda a, b: None if a is None or a else b,
    "is_known(a)": lambda a, b: a is not None, "not is_known(a) or is_known(b)": lambda a, b: a is None or b is not None,
    "if_unknown(a, b)": lambda a, b: b if a is None else a, "is_known(a and b)": lambda a, b: lowest(a, b) is not None,
}


class TestTruthTables:
    @pytest.mark.parametrize("formula", TABLES)
    def test_every_row_is_as_the_table_says(self, toy, formula: str) -> None:
        text = re.sub(r"\bb\b", "water_safe", re.sub(r"\ba\b", "housing_safe", formula))
        files = toy.rule(text)
        files["rules/water.yaml"] = ("facts:\n  - {name: water_safe, entity: household, label: 饮水, kind: bool, optional: true, "
                                     "describe: 饮水}\n")
        program = toy.load(files).program(toy.day)
        reader = toy.load(files).reader()
        for a, b in product(TRUTHS, TRUTHS):
            row = reader.read(toy.family(housing_safe=a, water_safe=b))
            assert program.value(row, "asked") is TABLES[formula](a, b), (a, b)


class TestUnknownFlows:
    @pytest.mark.parametrize("formula", [
        "rooms + 1 > 0", "rooms * 0 = 0", "-rooms < 1", "rooms > 0", "rooms in (0, 1)", "rooms between 0 and 12",
        "larger_of(rooms, 12) > 1",
        "smaller_of(0, rooms) < 1", "div_round(12, rooms) > 0", "div_round(rooms, 12) > 0", "ceil_to(rooms, 12) > 0",
        "times(rooms, edge_ratio) > 0",
        "times(1, share) > 0", "reaches_share(rooms, 0, edge_ratio)", "exceeds_share(1, 1, share)", "add_days(day, rooms) > day",
        "add_months(day, rooms) > day", "within_months(day, rooms)"])
    def test_a_function_of_an_unknown_is_unknown(self, toy, formula: str) -> None:
        assert toy.asked(formula, toy.family()) is None

    def test_a_divisor_of_zero_gives_unknown_and_not_an_error(self, toy) -> None:
        assert toy.asked("div_round(annual_income, member_count)", toy.family(), kind="money", unit="fen per year per person") is None

    def test_a_step_that_is_not_positive_gives_unknown(self, toy) -> None:
        assert toy.asked("round_to(rooms, rooms)", toy.family(rooms=-5), kind="int") is None

    def test_unknown_never_becomes_no_in_a_category(self, toy) -> None:
        answer = toy.answer(toy.family({"lives_together": None}))
        assert answer.household.category == "undetermined"


class TestExactValues:
    @pytest.mark.parametrize("formula, kind, unit, wanted", [
        ("div_round(-rooms, 12)", "int", "", 2), ("ceil_to(rooms, 12)", "int", "", -12), ("floor_to(rooms, 12)", "int", "", -24),
        ("round_to(rooms, 12)", "int", "", -24), ("times(rooms, edge_ratio)", "int", "", -27), ("yearly(standard) * member_count", "money",
         "fen per year", 840_000), ("over_months(standard, 12)", "money", "fen per person", 840_000),
        ("months_between(date '2024-02-29', day)", "int", "months", 20), ("days_between(date '2025-10-01', day)", "int", "days", 30),
        ("add_months(date '2024-02-29', 12) = date '2025-02-28'", "bool", "", True), ("smaller_of(rooms, 0, 1)", "int", "", -18),
        ("larger_of(rooms, 0, 1)", "int", "", 1), ("rooms between -12 and 0", "bool", "", False),
        ("not rooms between 0 and 1", "bool", "", True),
        ("reaches_share(1, 1, edge_ratio)", "bool", "", False), ("edge_ratio > share", "bool", "", False), ("day", "date", "", None)])
    def test_are_what_arithmetic_says(self, toy, formula: str, kind: str, unit: str, wanted: object) -> None:
        family = toy.family({}, rooms=-18, share=15_000)
        assert toy.asked(formula, family, kind=kind, unit=unit) == (toy.day if wanted is None else wanted)


class TestClosures:
    def test_a_rule_is_computed_once_a_row(self, toy) -> None:
        program = Program(toy.load().on(toy.day))
        row = toy.load().reader().read(toy.family({}))
        program.value(row, "category")
        assert "annual_income" in row.memo
        row.memo["annual_income"] = "computed before"
        assert program.value(row, "annual_income") == "computed before"
