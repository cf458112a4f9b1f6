"""Arithmetic to the fen and the calendar to the day, against fractions and against counting."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.policy.terms import exact
from doudi.policy.terms.kinds import MONEY_LIMIT

amounts = st.integers(-MONEY_LIMIT, MONEY_LIMIT)
steps = st.integers(1, 10**6)
days = st.dates(date(1850, 1, 1), date(2200, 1, 1))


def half_away(value: Fraction) -> int:
    size = floor(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


class TestRounding:
    @given(amounts, steps)
    def test_div_round_is_the_exact_quotient_half_away_from_zero(self, a: int, b: int) -> None:
        assert exact.div_round(a, b) == half_away(Fraction(a, b))

    @pytest.mark.parametrize("a, b, wanted", [(5, 2, 3), (-5, 2, -3), (7, 2, 4), (-7, 2, -4), (1, 3, 0), (-1, 3, 0), (2, 3, 1), (0, 9, 0)])
    def test_div_round_at_the_halves(self, a: int, b: int, wanted: int) -> None:
        assert exact.div_round(a, b) == wanted

    @pytest.mark.parametrize("b", [0, -1, -12])
    def test_a_divisor_that_is_not_positive_gives_unknown(self, b: int) -> None:
        assert [exact.div_round(7, b), exact.ceil_to(7, b), exact.floor_to(7, b), exact.round_to(7, b)] == [None] * 4

    @given(amounts, steps)
    def test_ceil_to_goes_up_and_floor_to_goes_down_also_below_zero(self, a: int, step: int) -> None:
        assert exact.ceil_to(a, step) == ceil(Fraction(a, step)) * step
        assert exact.floor_to(a, step) == floor(Fraction(a, step)) * step

    @given(amounts, steps)
    def test_round_to_is_the_nearest_multiple(self, a: int, step: int) -> None:
        assert exact.round_to(a, step) == half_away(Fraction(a, step)) * step

    @given(amounts, st.integers(-10**6, 10**6))
    def test_times_is_the_exact_product(self, a: int, ratio: int) -> None:
        assert exact.times(a, ratio) == half_away(Fraction(a * ratio, 10_000))

    @given(amounts, amounts, st.integers(0, 10**6))
    def test_shares_are_compared_without_rounding(self, part: int, whole: int, ratio: int) -> None:
        limit = Fraction(whole * ratio, 10_000)
        assert exact.reaches_share(part, whole, ratio) is (part >= limit)
        assert exact.exceeds_share(part, whole, ratio) is (part > limit)

    @given(st.integers(-10**9, 10**9), st.integers(-10**6, 10**6).filter(bool))
    def test_truncated_goes_towards_zero(self, a: int, b: int) -> None:
        assert exact.truncated(a, b) == int(Fraction(a, b))


def birthdays_up_to(birth: date, on: date) -> int:
    """Count birthdays one by one; one of 29 February comes on 1 March in a common year."""
    count = 0
    for year in range(birth.year + 1, on.year + 1):
        try:
            birthday = birth.replace(year=year)
        except ValueError:
            birthday = date(year, 3, 1)
        count += birthday <= on
    return count


class TestAge:
    @given(days, days)
    def test_is_the_number_of_birthdays(self, one: date, other: date) -> None:
        birth, on = sorted((one, other))
        assert exact.age_on(birth, on) == birthdays_up_to(birth, on)

    @pytest.mark.parametrize("on, wanted", [(date(2025, 10, 30), 17), (date(2025, 10, 31), 18), (date(2025, 11, 1), 18)])
    def test_is_reached_on_the_birthday_itself(self, on: date, wanted: int) -> None:
        assert exact.age_on(date(2007, 10, 31), on) == wanted

    @pytest.mark.parametrize("on, wanted", [(date(2025, 2, 28), 16), (date(2025, 3, 1), 17), (date(2028, 2, 28), 19),
                                            (date(2028, 2, 29), 20)])
    def test_of_the_29th_of_february_is_reached_on_1_march_in_a_common_year(self, on: date, wanted: int) -> None:
        assert exact.age_on(date(2008, 2, 29), on) == wanted

    def test_before_birth_is_not_positive(self) -> None:
        assert exact.age_on(date(2025, 10, 31), date(2025, 10, 30)) == 0
        assert exact.age_on(date(2025, 10, 31), date(2023, 10, 30)) == -2


class TestMonths:
    @pytest.mark.parametrize("day, months, wanted", [
        (date(2025, 1, 31), 1, date(2025, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)), (date(2025, 10, 31), -12, date(2024, 10, 31)), (date(2025, 12, 5), 1, date(2026, 1, 5)),
        (date(2025, 1, 5), -1, date(2024, 12, 5)), (date(2025, 1, 31), 0, date(2025, 1, 31))])
    def test_add_months_stays_in_the_month_it_lands_in(self, day: date, months: int, wanted: date) -> None:
        assert exact.add_months(day, months) == wanted

    @given(days, st.integers(-600, 600))
    def test_add_months_is_never_later_in_the_month(self, day: date, months: int) -> None:
        found = exact.add_months(day, months)
        assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
        assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)

    @given(days, days)
    def test_months_between_counts_only_complete_months(self, one: date, other: date) -> None:
        start, end = sorted((one, other))
        months = exact.months_between(start, end)
        reached = start.year * 12 + start.month - 1 + months
        assert (reached, start.day) <= (end.year * 12 + end.month - 1, end.day) < (reached + 1, start.day)

    def test_months_between_needs_the_same_day_even_where_the_month_has_none(self) -> None:
        assert exact.months_between(date(2025, 1, 31), date(2025, 2, 28)) == 0
        assert exact.months_between(date(2025, 1, 31), date(2025, 3, 31)) == 2

    @given(days, st.integers(-10_000, 10_000))
    def test_add_days_and_days_between_undo_each_other(self, day: date, count: int) -> None:
        assert exact.days_between(day, exact.add_days(day, count)) == count

    @pytest.mark.parametrize("day, inside", [(date(2024, 10, 31), False), (date(2024, 11, 1), True), (date(2025, 10, 31), True),
                                             (date(2025, 11, 1), False)])
    def test_twelve_months_end_on_the_day_and_start_after_the_same_day_a_year_before(self, day: date, inside: bool) -> None:
        assert exact.within_months(day, 12, date(2025, 10, 31)) is inside
