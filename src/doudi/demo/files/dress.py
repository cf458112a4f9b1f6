"""Dress plain values as people write them: one hand for each file, so that a file is consistent in itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from doudi.demo import areas
from doudi.demo.chance import Chance
from doudi.demo.files.formats import Format
from doudi.demo.files.sheet import Cell
from doudi.demo.shape import UNKNOWN_NUMBER, Array, Columns
from doudi.hub.tables.contract import Column, Contract
from doudi.refusal import Refusal

DATE_FORMS: tuple[Callable[[date], Cell], ...] = (
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: day,
)
MONTH_FORMS: tuple[Callable[[date], Cell], ...] = (
    lambda day: f"{day:%Y-%m}",
    lambda day: f"{day:%Y%m}",
    lambda day: f"{day.year}年{day.month}月",
    lambda day: f"{day:%Y.%m}",
)
MONEY_FORMS = ("plain", "two", "yuan", "commas", "number")
YES_NO = (("是", "否"), ("是", "否"), ("√", "×"), ("有", "无"), ("1", "0"))
TEN_THOUSANDS = ("capital",)
# Words for a man and a woman differ (儿子, 女儿): only the neutral first word is right for everyone.
NEUTRAL = ("relation", "sex", "marital_status")
CODES_ONLY = ("population", "household_register")


class NotAChoice(Refusal):
    """A list holds a word that the contract of its data set does not know."""


@dataclass(frozen=True)
class Hand:
    """How the writer of one file writes: which headings, which dates, which money, which words."""

    heading: int
    dates: int
    months: int
    money: str
    words: int
    yes_no: tuple[str, str]
    area_names: bool
    unit_in_heading: bool
    full_width: bool


@dataclass
class Dressed:
    """A list ready to be laid out: headings, and for each its cells."""

    headings: list[str]
    columns: list[list[Cell]]
    contract: list[Column]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def at(self, name: str) -> int | None:
        """Return the position of a column, None when the list does not have it."""
        return next((n for n, column in enumerate(self.contract) if column.name == name), None)


def hand(chance: Chance, dataset: str, form: Format) -> Hand:
    """Return a hand for one file."""
    drawn = chance.draw.integers(0, 1000, 9)
    date_forms = len(DATE_FORMS) if form.dates else len(DATE_FORMS) - 1
    money = MONEY_FORMS[drawn[3] % len(MONEY_FORMS)]
    return Hand(
        heading=int(drawn[0]),
        dates=int(drawn[1]) % date_forms,
        months=int(drawn[2]) % len(MONTH_FORMS),
        money="two" if money == "number" and not form.sheets else money,
        words=int(drawn[4]) % 2,
        yes_no=YES_NO[drawn[5] % len(YES_NO)],
        area_names=bool(drawn[6] % 3 == 0) and dataset not in CODES_ONLY,
        unit_in_heading=bool(drawn[7] % 2),
        full_width=bool(drawn[8] % 7 == 0),
    )


def dress(contract: Contract, columns: Columns, by: Hand) -> Dressed:
    """Return the columns as this hand writes them."""
    shown = [column for column in contract.columns if column.name in columns]
    return Dressed(
        headings=[_heading(column, by) for column in shown],
        columns=[_cells(column, columns[column.name], by) for column in shown],
        contract=shown,
    )


def _heading(column: Column, by: Hand) -> str:
    # A stroke in a heading stands for two rows of headings (新增/户), which only some data sets have.
    headers = [one for one in column.headers if ("/" in one) == ("/" in column.label)] or list(column.headers)
    heading = headers[(by.heading + len(column.name)) % min(3, len(headers))]
    if column.kind == "money" and "元" not in heading and "/" not in heading:
        if column.name in TEN_THOUSANDS:
            return heading + "（万元）"
        return heading + "（元）" if by.unit_in_heading else heading
    return heading.replace("(", "（").replace(")", "）") if by.full_width else heading


def _cells(column: Column, values: Array, by: Hand) -> list[Cell]:
    match column.kind:
        case "money":
            return _mapped(values, lambda fen: _money(column, int(fen), by))
        case "number":
            return _mapped(values, lambda milli: None if milli == UNKNOWN_NUMBER else f"{milli / 1000:g}")
        case "int":
            return _mapped(values, lambda number: None if number == UNKNOWN_NUMBER else str(number))
        case "date":
            return _days(values.astype("datetime64[D]"), DATE_FORMS[by.dates])
        case "month":
            return _days(values.astype("datetime64[M]").astype("datetime64[D]"), MONTH_FORMS[by.months])
        case "bool":
            words = {1: by.yes_no[0], 0: by.yes_no[1]}
            return [words.get(value) for value in values.tolist()]
        case "choice":
            return _choices(column, values, by)
        case "area":
            return _areas(values) if by.area_names else list(values)
        case _:
            return list(values)


def _mapped(values: Array, write: Callable[[Any], Cell]) -> list[Cell]:
    """Return each value as it is written; each distinct one is written once."""
    found, at = np.unique(values, return_inverse=True)
    written = [write(value) for value in found.tolist()]
    return [written[n] for n in at.tolist()]


def _money(column: Column, fen: int, by: Hand) -> Cell:
    if fen == UNKNOWN_NUMBER:
        return None
    if column.name in TEN_THOUSANDS:
        return f"{fen / 1_000_000:.6f}".rstrip("0").rstrip(".")
    sign, whole, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    match by.money:
        case "number":
            return fen / 100 if rest else fen // 100
        case "commas":
            return f"({whole:,}.{rest:02d})" if fen < 0 else f"{whole:,}.{rest:02d}"
        case "yuan":
            return f"{sign}{whole}元" if rest == 0 else f"{sign}{whole}.{rest:02d}元"
        case "plain":
            return f"{sign}{whole}" if rest == 0 else f"{sign}{whole}.{rest:02d}"
    return f"{sign}{whole}.{rest:02d}"


def _days(values: Array, write: Callable[[date], Cell]) -> list[Cell]:
    found, at = np.unique(values.astype(np.int64), return_inverse=True)
    days = found.astype("datetime64[D]").tolist()
    written = [None if day is None else write(day) for day in days]
    return [written[n] for n in at.tolist()]


def _choices(column: Column, values: Array, by: Hand) -> list[Cell]:
    first = column.name in NEUTRAL
    words: dict[object, Cell] = {stored: listed[0 if first else by.words % len(listed)] for stored, listed in column.choices.items()}
    words |= {"": None, None: None}
    try:
        return [words[value] for value in values.tolist()]
    except KeyError as unknown:
        raise NotAChoice(
            f"{column.name} 没有 {unknown.args[0]!r} 这个选项。(The contract does not list this word.)",
            to_do="Give one of the contract's own words in src/doudi/demo/lists/.",
        ) from unknown


def _areas(values: Array) -> list[Cell]:
    towns = areas.townships(areas.FIRST_COUNTY)
    names: dict[object, Cell] = {town.code: town.name for town in towns}
    names |= {village.code: towns[village.township].name + village.name for village in areas.villages(areas.FIRST_COUNTY)}
    return [names.get(value, value) for value in values.tolist()]
