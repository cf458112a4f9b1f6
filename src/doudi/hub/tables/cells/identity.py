"""Identity numbers: eighteen characters, the last of which proves the others.

A number Excel has turned into 1.1E+17 has lost its last digits and cannot be mended: it is refused, so that nobody is
taken for somebody else. An area code outside the table is only remarked on: areas are renamed and people keep their
numbers; made-up people use codes that are not assigned.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache

from stdnum import numdb

from doudi.hub.tables.cells.cell import BLANK, NONE_WORDS, Cell, CellRule, plain_text, problem, type_of_raw
from doudi.hub.tables.remarks import Remark

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EARLIEST_YEAR = 1850
EXACT_IN_A_DOUBLE = 10**15

SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
PREFIX = re.compile(r"^(G|ID|身份证号?)[:\s]*(?=\d)", re.IGNORECASE)
BLANKS_INSIDE = re.compile(r"[\s\-_.,]+")

LOST = "身份证号成了数字格式，后几位已经丢失，无法补回；请把这一列设为文本格式后重新报送"
NOT_EIGHTEEN = "身份证号应为18位，这里是{length}位"
NOT_A_NUMBER = "不是居民身份证号码"
WRONG_CHECK = "身份证号校验位不对"
WRONG_BIRTH = "身份证号里的出生日期不存在"
FUTURE_BIRTH = "身份证号里的出生日期在收到文件之后"


def read_identity(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read an identity number as text of 18 characters; 15 digits are brought to 18 with a remark."""
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        if abs(raw) >= EXACT_IN_A_DOUBLE or raw != int(raw):
            return problem(LOST)
        raw = str(int(raw))
    shown = plain_text(raw)
    if shown in NONE_WORDS:
        return BLANK
    if SCIENTIFIC.fullmatch(shown):
        return problem(LOST)
    number = BLANKS_INSIDE.sub("", PREFIX.sub("", unicodedata.normalize("NFKC", shown))).upper()
    remark = int(Remark.CLEANED) if isinstance(raw, str) and number != raw.upper() else 0
    if len(number) == 15 and number.isascii() and number.isdigit():
        number, remark = upgraded(number), int(Remark.UPGRADED)
    fault = fault_of(number, on=rule.on)
    if fault:
        return problem(fault)
    return Cell(number, remark | (0 if int(number[:6]) in known_areas() else int(Remark.AREA_UNKNOWN)))


def fault_of(number: str, *, on: dt.date) -> str:
    """Return why this is no identity number, or "" when it is one. `number` is half-width, without blanks, upper case."""
    if not number.isascii() or not (number[:-1].isdigit() and (number[-1:].isdigit() or number[-1:] == "X")):
        return NOT_A_NUMBER
    if len(number) != 18:
        return NOT_EIGHTEEN.format(length=len(number))
    if number[-1] != check_character(number):
        return WRONG_CHECK
    birth = birth_of(number)
    if birth is None:
        return WRONG_BIRTH
    return FUTURE_BIRTH if birth > on else ""


def check_character(number: str) -> str:
    """Return the character that the first seventeen digits of a number call for (GB 11643-1999)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11]


def birth_of(number: str) -> dt.date | None:
    """Return the birth date that an 18-character number names, or None when there is no such day."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if year < EARLIEST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def upgraded(number: str) -> str:
    """Return a 15-digit number in its 18-character form: the century is always 19."""
    seventeen = f"{number[:6]}19{number[6:]}"
    return seventeen + check_character(seventeen)


@cache
def known_areas() -> frozenset[int]:
    """Return every six-digit area code that was ever assigned, from the table of python-stdnum."""
    return frozenset(
        int(province + f"{county:0{length}}")
        for _, province, _, _, below in numdb.get("cn/loc").prefixes
        for length, low, high, _, _ in below
        for county in range(int(low), int(high) + 1)
    )


@cache
def county_names() -> dict[str, frozenset[str]]:
    """Return every name of a county, city or district that was ever in the table, with the codes that bore it."""
    names: dict[str, set[str]] = {}
    for _, province, _, _, below in numdb.get("cn/loc").prefixes:
        for _, low, _, properties, _ in below:
            for written in properties.get("county", "").split(","):
                names.setdefault(re.sub(r"^\[[^\]]*\]", "", written), set()).add(province + low)
    return {name: frozenset(codes) for name, codes in names.items()}
