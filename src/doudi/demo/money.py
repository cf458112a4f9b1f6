"""What people receive and spend in twelve months, as dated rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doudi.demo.chance import Bools, Chance
from doudi.demo.families import OLD
from doudi.demo.lives import is_relation
from doudi.demo.shape import UNKNOWN_NUMBER, Array, Columns, entities

Floats = npt.NDArray[np.float64]

BASIC_PENSION_YUAN = 168
HALF_YEAR = 183


@dataclass
class Rows:
    """Dated rows of people, gathered piece by piece: owner (position of the person), kind, amount in fen, day."""

    entity: str
    chance: Chance
    pieces: list[tuple[Array, Array, Array, Array]]

    def add(self, kind: str, who: Bools, amount: Array | int, *, ago: tuple[int, int]) -> None:
        """Add one row for everyone in `who`; `amount` is for all people, or one for all."""
        owners = np.flatnonzero(who)
        amounts = amount[owners] if isinstance(amount, np.ndarray) else np.full(len(owners), amount)
        code = entities()[self.entity].fact("kind").code(kind)
        days = self.chance.days_ago(*ago, len(owners))
        self.pieces.append((owners, np.full(len(owners), code, np.int8), amounts.astype(np.int64), days))

    def columns(self, day_name: str, amount_name: str = "amount") -> Columns:
        """Return the gathered rows in the order of their owners."""
        owner, kind, amount, day = (np.concatenate([piece[n] for piece in self.pieces]) for n in range(4))
        order = np.argsort(owner, kind="stable")
        return {"owner": owner[order], "kind": kind[order], amount_name: amount[order], day_name: day[order]}


def draw_incomes(chance: Chance, people: Columns, urban: Bools, means: Floats) -> Columns:
    """Return the incomes of twelve months. `means` is how well off each person's household is (1 is the middle)."""
    rows = Rows("income", chance, [])
    alive = people["deceased"] == 0
    _earned(rows, people, urban, means)
    _pensions(rows, people, urban, alive)
    _subsidies(rows, people, urban, alive)
    _other(rows, people, means, alive)
    return rows.columns("received_on")


def _earned(rows: Rows, people: Columns, urban: Bools, means: Floats) -> None:
    size, chance = len(urban), rows.chance
    working = people["employed"] == 1
    partial = np.where(people["labour_capacity"] == 1, 0.45, 1.0)
    half_year = chance.yuan(np.where(urban, 26_000, 21_500) * means * partial, 0.35, size)
    waged = working & chance.happens(np.where(urban, 0.93, 0.8), size)
    rows.add("wage", waged, half_year, ago=(HALF_YEAR, 340))
    rows.add("wage", waged, chance.yuan(half_year / 100, 0.08, size), ago=(1, HALF_YEAR - 1))
    head_alive = is_relation(people, "head") & (people["deceased"] == 0) & (people["age"] >= 18)
    farming = head_alive & ~urban & (people["age"] < 82) & chance.happens(0.9, size)
    farmed = chance.yuan(12_500 * np.sqrt(means), 0.7, size)
    lost = chance.happens(0.03, size)
    rows.add("business", farming, np.where(lost, -(farmed // 3), farmed), ago=(5, 330))
    rows.add("business", working & ~waged, chance.yuan(32_000 * means, 0.7, size), ago=(5, 330))
    rows.add("property", head_alive & chance.happens(0.035, size), chance.yuan(2_500 * means, 1.0, size), ago=(5, 360))


def _pensions(rows: Rows, people: Columns, urban: Bools, alive: Bools) -> None:
    size, chance = len(urban), rows.chance
    old = alive & (people["age"] >= OLD)
    retired = old & chance.happens(np.where(urban, 0.84, 0.2), size)
    rows.add("pension", retired, chance.yuan(31_000, 0.35, size), ago=(1, 60))
    resident = old & ~retired & chance.happens(0.96, size)
    rows.add("basic_pension", resident, BASIC_PENSION_YUAN * 1200, ago=(1, 30))
    rows.add("pension", resident & chance.happens(0.7, size), chance.yuan(900, 0.7, size), ago=(1, 30))
    rows.add("old_age_allowance", alive & (people["age"] >= 80), 60_000, ago=(1, 60))


def _subsidies(rows: Rows, people: Columns, urban: Bools, alive: Bools) -> None:
    size, chance = len(urban), rows.chance
    severe = alive & (people["disability_level"] >= 1) & (people["disability_level"] <= 2)
    rows.add("disability_subsidy", severe & chance.happens(0.85, size), 120_000, ago=(1, 60))
    head = is_relation(people, "head") & alive
    rows.add("land_subsidy", head & ~urban & chance.happens(0.7, size), chance.yuan(650, 0.6, size), ago=(60, 330))
    rows.add("reward", alive & (people["age"] >= OLD) & chance.happens(0.03, size), 192_000, ago=(30, 330))
    rows.add("social_relief", head & chance.happens(0.05, size), chance.yuan(1_200, 0.8, size), ago=(1, 360))
    rows.add("child_subsidy", alive & (people["chooses_child_benefit"] == 1), 1_956_000, ago=(1, 60))


def _other(rows: Rows, people: Columns, means: Floats, alive: Bools) -> None:
    size, chance = len(means), rows.chance
    old_head = alive & is_relation(people, "head") & (people["age"] >= OLD)
    rows.add("support", old_head & chance.happens(0.86, size), chance.yuan(13_000 * np.sqrt(means), 0.6, size), ago=(1, 350))
    idle = alive & (people["employed"] == 0) & (people["age"] >= 20) & (people["age"] < 55)
    rows.add("unemployment", idle & chance.happens(0.04, size), chance.yuan(9_600, 0.3, size), ago=(1, 300))
    adult = alive & (people["age"] >= 20)
    rows.add("transfer", adult & chance.happens(0.16, size), chance.yuan(5_000 * means, 0.8, size), ago=(1, 360))
    rows.add("other", adult & chance.happens(0.01, size), chance.yuan(1_500, 1.0, size), ago=(1, 360))
    # Received longer ago than twelve months: outside the look-back, so that a run that forgets it gives wrong answers.
    rows.add("wage", adult & chance.happens(0.05, size), chance.yuan(18_000 * means, 0.5, size), ago=(367, 700))


def draw_expenses(chance: Chance, people: Columns, urban: Bools, means: Floats) -> Columns:
    """Return the spending of twelve months, after insurance and aid have paid their part."""
    rows, size = Rows("expense", chance, []), len(urban)
    alive = people["deceased"] == 0
    head = is_relation(people, "head") & alive
    rows.add("living", head & chance.happens(0.5, size), chance.yuan(np.where(urban, 15_000, 9_000), 0.5, size), ago=(1, 30))
    ill = people["severe_illness"] == 1
    treated = alive & chance.happens(np.where(ill, 0.96, np.where(people["age"] >= OLD, 0.28, 0.1)), size)
    rows.add("medical", treated, chance.yuan(np.where(ill, 16_000, 1_100), 1.0, size), ago=(1, 360))
    rows.add("medical", treated & ill & chance.happens(0.5, size), chance.yuan(8_000, 0.9, size), ago=(1, 720))
    studying = alive & (people["schooling"] > 0)
    rows.add("education", studying & chance.happens(0.7, size), _school_cost(chance, people, size), ago=(30, 120))
    disabled = alive & (people["disability_level"] > 0)
    rows.add("disability", disabled & chance.happens(0.2, size), chance.yuan(2_200, 0.7, size), ago=(1, 360))
    rows.add("work_cost", alive & (people["employed"] == 1) & chance.happens(0.1, size), chance.yuan(2_400, 0.4, size), ago=(1, 60))
    _blows(rows, head, means)
    columns = rows.columns("paid_on")
    education = columns["kind"] == entities()["expense"].fact("kind").code("education")
    cap = chance.yuan(columns["amount"] / 100.0, 0.3, len(education))
    columns["public_school_cost"] = np.where(education, cap, UNKNOWN_NUMBER)
    return columns


def _school_cost(chance: Chance, people: Columns, size: int) -> Array:
    by_stage = np.array([0, 3_600, 900, 3_000, 2_400, 9_500, 8_500, 12_000], np.float64)
    return chance.yuan(by_stage[people["schooling"]], 0.35, size)


def _blows(rows: Rows, head: Bools, means: Floats) -> None:
    size, chance = len(means), rows.chance
    rows.add("housing_safety", head & chance.happens(0.006, size), chance.yuan(18_000, 0.6, size), ago=(10, 350))
    rows.add("water_safety", head & chance.happens(0.002, size), chance.yuan(1_500, 0.5, size), ago=(10, 350))
    rows.add("disaster", head & chance.happens(0.004, size), chance.yuan(20_000, 0.9, size), ago=(10, 350))
    rows.add("accident", head & chance.happens(0.003, size), chance.yuan(30_000, 0.9, size), ago=(10, 350))
    rows.add("high_consumption", head & (means > 2) & chance.happens(0.02, size), chance.yuan(40_000, 0.6, size), ago=(10, 350))
    rows.add("other", head & chance.happens(0.05, size), chance.yuan(1_800, 0.8, size), ago=(1, 360))
