"""Amounts of money, areas and whole numbers: exact, by Decimal, never by binary fractions.

A spreadsheet holds 0.1 + 0.2 as 0.30000000000000004. Such noise, less than a millionth, is taken off and remarked on;
a third decimal that means something is refused, because nobody said how to round it.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from doudi.hub.tables.cells.cell import BLANK, NONE_WORDS, Cell, CellRule, plain_text, problem, type_of_raw
from doudi.hub.tables.remarks import Remark

# How many of the smallest stored unit one written unit is: fen for money, thousandths for areas, one for counts.
PER_UNIT = {
    "money": {
        "元": 100, "人民币元": 100, "元/月": 100, "元/年": 100,
        "百元": 10_000, "千元": 100_000, "万元": 1_000_000, "角": 10, "分": 1,
    },
    "milli mu": {"亩": 1_000, "公顷": 15_000},
    "milli sqm": {"平方米": 1_000, "平米": 1_000, "m2": 1_000},
    "int": {},
}  # fmt: skip
USUAL = {"money": 100, "milli mu": 1_000, "milli sqm": 1_000, "int": 1}
NOISE = Decimal("0.000001")
LARGEST = 10**16

MONEY_SIGNS = re.compile(r"人民币|RMB|CNY|[¥￥]", re.IGNORECASE)
MONEY_TAIL = re.compile(r"(万|千|百)?[元圆]?整?$")
AREA_TAIL = re.compile(r"(亩|平方米|平米|㎡|m2)$", re.IGNORECASE)
COUNT_TAIL = re.compile(r"(人|户|口|次|套|个|辆|处|间|岁|分|毫升|ml|年|个月|月|项)$", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\((.*)\)")
DIGITS = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
TIMES = {"万": 10_000, "千": 1_000, "百": 100}

NOT_AN_AMOUNT = "不是金额"
NOT_A_NUMBER = "不是数字"
TOO_FINE = {"money": "多于两位小数（不足一分），没有规定怎样取整", "int": "不是整数"}
TOO_FINE_AREA = "多于三位小数，没有规定怎样取整"
TOO_LARGE = "数字过大"
BELOW = "小于允许的最小值"
ABOVE = "大于允许的最大值"


def per_unit(rule: CellRule) -> int:
    """Return how many stored units (fen, thousandths, ones) one written unit is. 元, 亩, 平方米 where none is said."""
    kind = kind_of(rule)
    return PER_UNIT[kind].get(rule.unit, USUAL[kind])


def kind_of(rule: CellRule) -> str:
    """Return the row of `PER_UNIT` for a column."""
    column = rule.column
    return column.unit if column.kind == "number" else column.kind


def read_amount(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read money as fen, an area as thousandths, a count as it is; all whole numbers."""
    kind = kind_of(rule)
    if raw is None or isinstance(raw, str):
        text = plain_text(raw)
        if text in NONE_WORDS:
            return BLANK
        written = _decimal(text, kind)
    elif isinstance(raw, float | int) and not isinstance(raw, bool):
        written = Decimal(repr(raw))
    else:
        written = None
    if written is None or not written.is_finite():
        return problem(NOT_AN_AMOUNT if kind == "money" else NOT_A_NUMBER)
    return _stored(rule, written * per_unit(rule), kind)


def _decimal(text: str, kind: str) -> Decimal | None:
    negative = IN_BRACKETS.fullmatch(text)
    if negative:
        text = negative[1]
    times = 1
    if kind == "money":
        text = MONEY_SIGNS.sub("", text).strip()
        tail = MONEY_TAIL.search(text)
        times = TIMES.get(tail[1], 1) if tail else 1
        text = MONEY_TAIL.sub("", text)
    else:
        text = (COUNT_TAIL if kind == "int" else AREA_TAIL).sub("", text)
    text = text.strip().replace(" ", "")
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not DIGITS.fullmatch(text) or (negative and text.startswith(("-", "+"))):
        return None
    try:
        number = Decimal(text) * times
    except InvalidOperation:
        return None
    return -number if negative else number


def _stored(rule: CellRule, exact: Decimal, kind: str) -> Cell:
    if abs(exact) >= LARGEST:
        return problem(TOO_LARGE)
    whole = exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if whole != exact and abs(exact - whole) >= NOISE * per_unit(rule):
        return problem(TOO_FINE.get(kind, TOO_FINE_AREA))
    value, column = int(whole), rule.column
    if column.min is not None and value < column.min:
        return problem(BELOW)
    if column.max is not None and value > column.max:
        return problem(ABOVE)
    return Cell(value, 0 if whole == exact else int(Remark.NOISE))
