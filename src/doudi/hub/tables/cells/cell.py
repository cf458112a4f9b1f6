"""What reading one cell gives, and the words with which people leave a cell empty."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from doudi.hub.tables.contract import Column

type_of_value = str | int | bool | dt.date | None
type_of_raw = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

BLANKS = frozenset({"", "/", "\\", "-", "--", "—", "——", "－", "无数据", "NULL", "null", "None", "N/A", "#N/A"})
NONE_WORDS = BLANKS | {"无", "没有", "暂无", "未知", "不详"}

HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x202D, 0x202C, 0x00AD))
TABLE = HALF_WIDTH | INVISIBLE

EXCEL_TEXT = re.compile(r'^="(.*)"$')


class Cell(NamedTuple):
    """The value of a cell, the remarks on it, or the problem for which its row is refused.

    A value of None without a problem is a cell left blank: nothing is known.
    """

    value: type_of_value = None
    remark: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CellRule:
    """How to read the cells of one column of one file.

    `unit` is the unit in which the file writes amounts (元, 万元, 亩 …). `on` is the day the file was received:
    nobody is born after it. `memory` keeps the texts that were read, because columns repeat themselves.
    """

    column: Column
    on: dt.date
    unit: str = ""
    memory: dict[str, Cell] = field(default_factory=dict, compare=False)


BLANK = Cell()


def problem(text: str) -> Cell:
    """Return a cell that makes its row refused."""
    return Cell(problem=text)


def plain_text(raw: type_of_raw) -> str:
    """Return a cell as half-width text without blanks at its ends, as a person would copy it from the sheet."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        text = raw.translate(TABLE).strip()
        quoted = EXCEL_TEXT.match(text)
        return (quoted.group(1) if quoted else text).removeprefix("'").strip()
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    return raw.date().isoformat() if isinstance(raw, dt.datetime) else str(raw)
