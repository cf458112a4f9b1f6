"""Dates and months in the ways people write them.

A year of two digits, a date whose day is missing and a month that could be read two ways (`2025.1` may be what Excel
left of `2025.10`) are refused: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re

from doudi.hub.tables.cells.cell import BLANK, NONE_WORDS, Cell, CellRule, plain_text, problem, type_of_raw
from doudi.hub.tables.remarks import Remark

EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
SERIALS = range(1, 80_000)
EARLIEST, LATEST = 1850, 2200

DAY = re.compile(
    r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*[日号]?(?:[T\s]*\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2})?(?:\.\d+)?秒?分?)?"
)
EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-/年]\s*(\d{1,2})\s*(?:月份?)?")
DOTTED_MONTH = re.compile(r"(\d{4})\.(\d{2})")
SIX = re.compile(r"(\d{4})(\d{2})")
FIVE = re.compile(r"\d{5}(\.0+)?")
OPEN_ENDED = frozenset({"长期", "长期有效", "永久", "至今", "无期限", "99991231", "9999-12-31", "9999/12/31"})

NOT_A_DATE = "日期看不懂；请写成 2025-10-31"
NO_SUCH_DAY = "没有这一天"
DAY_MISSING = "只有年月，缺日；请写成 2025-10-31"
NOT_A_MONTH = "月份看不懂；请写成 2025-10"
TWO_MONTHS = "看不出是1月还是10月；请写成 2025-01 或 2025-10"


def read_date(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read a day. Excel serial numbers are taken as Excel counts them, with a remark."""
    if isinstance(raw, dt.datetime):
        return _within(raw.date())
    if isinstance(raw, dt.date):
        return _within(raw)
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return _number(raw)
    text = plain_text(raw)
    if text in NONE_WORDS:
        return BLANK
    if text in OPEN_ENDED:
        return Cell(remark=int(Remark.OPEN_ENDED))
    found = DAY.fullmatch(text) or EIGHT.fullmatch(text)
    if found:
        return _day(*(int(part) for part in found.groups()))
    if FIVE.fullmatch(text):
        return _number(float(text))
    if MONTH.fullmatch(text) or SIX.fullmatch(text) or DOTTED_MONTH.fullmatch(text):
        return problem(DAY_MISSING)
    return problem(NOT_A_DATE)


def read_month(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read a month as the date of its first day. A whole date stands for its month."""
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        if raw != int(raw):
            return problem(TWO_MONTHS)
        if 185001 <= raw <= 220012 and 1 <= raw % 100 <= 12:
            return Cell(dt.date(int(raw) // 100, int(raw) % 100, 1))
        return _first_of(_number(raw))
    if isinstance(raw, str):
        text = plain_text(raw)
        found = MONTH.fullmatch(text) or SIX.fullmatch(text) or DOTTED_MONTH.fullmatch(text)
        if found:
            return _day(int(found[1]), int(found[2]), 1)
        if re.fullmatch(r"\d{4}\.\d", text):
            return problem(TWO_MONTHS)
    cell = _first_of(read_date(rule, raw))
    return problem(NOT_A_MONTH) if cell.problem == NOT_A_DATE else cell


def _first_of(cell: Cell) -> Cell:
    return cell._replace(value=cell.value.replace(day=1)) if isinstance(cell.value, dt.date) else cell


def _number(number: float) -> Cell:
    if number == int(number) and 18500101 <= number <= 22001231:
        whole = int(number)
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    if int(number) in SERIALS:
        return Cell(EXCEL_DAY_ZERO + dt.timedelta(days=int(number)), int(Remark.FROM_SERIAL))
    return problem(NOT_A_DATE)


def _day(year: int, month: int, day: int) -> Cell:
    try:
        return _within(dt.date(year, month, day))
    except ValueError:
        return problem(NO_SUCH_DAY)


def _within(day: dt.date) -> Cell:
    return Cell(day) if EARLIEST <= day.year <= LATEST else problem(NO_SUCH_DAY)
