"""Exact arithmetic and calendar of the language. The SQL forms in `run.lowering` mean the same, to the fen and the day."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from doudi.policy.terms.kinds import RATIO_SCALE


def truncated(a: int, b: int) -> int:
    """Divide towards zero, as SQL engines do."""
    quotient = abs(a) // abs(b)
    return quotient if (a >= 0) == (b > 0) else -quotient


def div_round(a: int, b: int) -> int | None:
    """Divide, rounding half away from zero; a divisor that is not positive gives unknown."""
    if b <= 0:
        return None
    return (2 * a + b) // (2 * b) if a >= 0 else -((b - 2 * a) // (2 * b))


def times(a: int, ratio: int) -> int:
    """Multiply an amount by a ratio held times 10,000, rounding half away from zero."""
    product = div_round(a * ratio, RATIO_SCALE)
    assert product is not None  # the scale is positive
    return product


def ceil_to(a: int, step: int) -> int | None:
    """Round up (towards plus infinity) to a multiple of `step`."""
    return None if step <= 0 else -((-a) // step) * step


def floor_to(a: int, step: int) -> int | None:
    """Round down (towards minus infinity) to a multiple of `step`."""
    return None if step <= 0 else (a // step) * step


def round_to(a: int, step: int) -> int | None:
    """Round half away from zero to a multiple of `step`."""
    quotient = div_round(a, step)
    return None if quotient is None else quotient * step


def number_of(day: date) -> int:
    """Return 20251031 for 2025-10-31."""
    return day.year * 10_000 + day.month * 100 + day.day


def age_on(birth: date, on: date) -> int:
    """Return full years; a birthday of 29 February comes on 1 March in a common year."""
    return truncated(number_of(on) - number_of(birth), 10_000)


def months_between(start: date, end: date) -> int:
    """Return the complete months from `start` to `end`."""
    months = (end.year * 12 + end.month) - (start.year * 12 + start.month)
    return months - (1 if end.day < start.day else 0)


def days_between(start: date, end: date) -> int:
    """Return the days from `start` to `end`."""
    return (end - start).days


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, clamped to the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """Return the day `days` later."""
    return day + timedelta(days=days)


def reaches_share(part: int, whole: int, ratio: int) -> bool:
    """Tell whether part is at least ratio × whole, without rounding."""
    return part * RATIO_SCALE >= whole * ratio


def exceeds_share(part: int, whole: int, ratio: int) -> bool:
    """Tell whether part is more than ratio × whole, without rounding."""
    return part * RATIO_SCALE > whole * ratio


def within_months(day: date, months: int, on: date) -> bool:
    """Tell whether `day` is after the same day `months` before `on`, and not after `on`."""
    return add_months(on, -months) < day <= on
