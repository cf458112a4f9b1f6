"""Aggregates over people and records: empty, unknown, never asked; and the latest of many."""

from __future__ import annotations

from typing import Any

import pytest

YES, NO, OPEN = {"severe_illness": True}, {"severe_illness": False}, {"severe_illness": None}
OUT, MAYBE = {"lives_together": False}, {"lives_together": None}
ANY, ALL = "any_of(members, severe_illness)", "all_of(members, severe_illness)"


class TestQuantifiers:
    @pytest.mark.parametrize("people, some, every", [
        ([], False, True), ([YES], True, True), ([NO], False, False), ([OPEN], None, None), ([YES, NO], True, False),
        ([YES, OPEN], True, None),
        ([NO, OPEN], None, False), ([YES | OUT], False, True), ([NO | OUT], False, True), ([OPEN | OUT], False, True),
        ([YES | MAYBE], None, True),
        ([NO | MAYBE], False, None), ([OPEN | MAYBE], None, None), ([YES, YES | MAYBE], True, True), ([NO, NO | MAYBE], False, False)])
    def test_over_a_filtered_set(self, toy, people: list[dict[str, Any]], some: bool | None, every: bool | None) -> None:
        family = toy.family(*people)
        assert toy.asked(ANY, family) is some
        assert toy.asked(ALL, family) is every

    @pytest.mark.parametrize("cars, asked, some, every", [
        (None, None, None, None), ([], None, False, True), ([{"in_use": True}], False, True, None),
        ([{"in_use": False}], False, None, False),
        ([{"in_use": None}], False, None, None), ([{"in_use": True}, {"in_use": False}], False, True, False), (None, True, False, True)])
    def test_over_a_list_that_may_never_have_been_asked_for(self, toy, cars: Any, asked: bool | None, some: Any, every: Any) -> None:
        family = toy.family(cars=cars)
        if asked is not None:
            family["household"]["cars_asked"] = asked
        assert toy.asked("any_of(cars, in_use)", family) is some
        assert toy.asked("all_of(cars, in_use)", family) is every


class TestCountsAndSums:
    @pytest.mark.parametrize("people, count", [([], 0), ([{}], 1), ([{}, OUT], 1), ([{}, MAYBE], None), ([MAYBE], None), ([OUT], 0)])
    def test_a_count_needs_every_filter(self, toy, people: list[dict[str, Any]], count: int | None) -> None:
        assert toy.asked("count_of(members)", toy.family(*people), kind="int", unit="persons") == count

    @pytest.mark.parametrize("formula", ["count_of(cars)", "count_of(cars, in_use)", "sum_of(cars, wheels)",
        "max_of(cars, wheels, true, 0)"])
    def test_a_list_never_asked_for_is_unknown_whatever_rows_there_are(self, toy, formula: str) -> None:
        family = toy.family(cars=[{"in_use": True, "wheels": 1}], cars_asked=False)
        assert toy.asked(formula, family, kind="int") is None

    @pytest.mark.parametrize("cars, total", [
        ([], 0), ([{"wheels": 4, "in_use": True}], 4), ([{"wheels": 4, "in_use": False}], 0), ([{"wheels": None, "in_use": False}], 0),
        ([{"wheels": None, "in_use": True}], None), ([{"wheels": 4, "in_use": None}], None), ([{"wheels": 0, "in_use": None}], None)])
    def test_a_sum_needs_every_row_that_may_count(self, toy, cars: list[dict[str, Any]], total: int | None) -> None:
        assert toy.asked("sum_of(cars, wheels, in_use)", toy.family(cars=cars), kind="int") == total

    @pytest.mark.parametrize("cars, most, least", [
        ([], 12, 12), ([{"wheels": 4}, {"wheels": -2}], 4, -2), ([{"wheels": 4}, {"wheels": None}], None, None),
        ([{"wheels": 12}], 12, 12)])
    def test_the_extremes_have_a_default_for_nothing(self, toy, cars: list[dict[str, Any]], most: int | None, least: int | None) -> None:
        family = toy.family(cars=cars)
        assert toy.asked("max_of(cars, wheels, true, 12)", family, kind="int") == most
        assert toy.asked("min_of(cars, wheels, true, 12)", family, kind="int") == least

    def test_an_unknown_default_counts_only_when_nothing_is_found(self, toy) -> None:
        formula = "max_of(cars, wheels, true, unknown)"
        assert toy.asked(formula, toy.family(cars=[]), kind="int") is None
        assert toy.asked(formula, toy.family(cars=[{"wheels": 3}]), kind="int") == 3

    def test_twelve_months_back_and_no_further(self, toy) -> None:
        days = {"2024-10-31": 1, "2024-11-01": 10, "2025-10-31": 100, "2025-11-01": 1000}
        incomes = [{"kind": "wage", "amount": amount, "received_on": day} for day, amount in days.items()]
        formula = "sum_of(incomes, amount, within_months(received_on, 12))"
        assert toy.asked(formula, toy.family({"incomes": incomes}), entity="person", kind="money", unit="fen") == 110


def income(amount: int | None, day: str | None, kind: str = "wage") -> dict[str, Any]:
    return {"amount": amount, "received_on": day, "kind": kind}


class TestLatest:
    @pytest.mark.parametrize("incomes, latest", [
        ([], 0), ([income(1, "2025-01-01"), income(2, "2025-02-01")], 2), ([income(2, "2025-02-01"), income(1, "2025-01-01")], 2),
        ([income(1, "2025-02-01"), income(2, "2025-02-01")], 2), ([income(2, "2025-02-01"), income(1, "2025-02-01")], 1),
        ([income(1, "2025-01-01"), income(2, None)], None), ([income(1, "2025-01-01"), income(None, "2025-02-01")], None),
        ([income(None, "2025-01-01"), income(2, "2025-02-01")], 2), ([income(1, "2025-01-01"), income(2, "2025-02-01", "gift")], 1)])
    def test_is_by_date_and_the_later_row_wins_a_tie(self, toy, incomes: list[dict[str, Any]], latest: int | None) -> None:
        formula = "latest_of(incomes, amount, kind = 'wage', 0)"
        assert toy.asked(formula, toy.family({"incomes": incomes}), entity="person", kind="money", unit="fen") == latest
