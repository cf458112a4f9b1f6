"""Words: names, areas, choices, yes and no, telephone and account numbers, and plain text."""

from __future__ import annotations

import re
from functools import cache

from doudi.hub.tables.cells.cell import BLANK, BLANKS, NONE_WORDS, Cell, CellRule, plain_text, problem, type_of_raw
from doudi.hub.tables.contract import Column
from doudi.hub.tables.remarks import Remark

LONGEST_NAME, LONGEST_TEXT = 60, 2000
EXACT_IN_A_DOUBLE = 10**15

YES = frozenset({
    "是", "有", "√", "✓", "✔", "☑", "对", "Y", "y", "YES", "yes", "1", "TRUE", "true", "T", "已", "达标", "合格", "安全",
    "有保障", "已保障", "有能力", "具备", "符合", "属于", "享受", "在", "A级", "B级", "已抵押", "按揭", "贷款",
})  # fmt: skip
NO = frozenset({
    "否", "无", "×", "✗", "✘", "☐", "错", "N", "n", "NO", "no", "0", "FALSE", "false", "F", "未", "不是", "没有", "不达标",
    "不合格", "不安全", "无保障", "未保障", "无能力", "不具备", "不符合", "不属于", "不享受", "不在", "C级", "D级", "未抵押", "全款",
})  # fmt: skip

BETWEEN_CHINESE = re.compile(r"(?<=[㐀-鿿豈-﫿])\s+(?=[㐀-鿿豈-﫿])")
DOTS_IN_NAMES = re.compile(r"[•・‧∙●．.]")
AREA_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3})?\d{7,8}(\d{1,5})?")
ACCOUNT = re.compile(r"[0-9A-Z]{6,34}")
SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")

NOT_A_NAME = "姓名不像人名"
NOT_LISTED = "“{word}”不在可选的词里（{words}）"
NOT_YES_OR_NO = "应写“是”或“否”"
TOO_LONG = "文字过长"


def read_text(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read text as it stands, without blanks at its ends."""
    text = plain_text(raw)
    if text in BLANKS:
        return BLANK
    return Cell(text) if len(text) <= LONGEST_TEXT else problem(TOO_LONG)


def read_name(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read a name: blanks between Chinese characters go, the many dots of minority names become one."""
    text = plain_text(raw)
    if text in BLANKS:
        return BLANK
    text = DOTS_IN_NAMES.sub("·", BETWEEN_CHINESE.sub("", text))
    if len(text) > LONGEST_NAME or text.replace(".", "").isdigit():
        return problem(NOT_A_NAME)
    return Cell(text)


def read_area(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read an area as its 12-digit code, or as its name where that is what was written."""
    text = plain_text(raw)
    if text in BLANKS:
        return BLANK
    compact = text.replace(" ", "")
    return Cell(compact.ljust(12, "0") if AREA_CODE.fullmatch(compact) else compact[:200])


def read_phone(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read a telephone number as its digits; one that cannot be read is left out, with a remark."""
    text = plain_text(raw)
    if text in NONE_WORDS:
        return BLANK
    first = re.split(r"[、,;/，；]|\s{2,}", text)[0]
    digits = re.sub(r"[\s\-()+—]", "", first).removeprefix("86")
    if MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits):
        return Cell(digits)
    return Cell(remark=int(Remark.PHONE_DROPPED))


def read_account(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read a bank account as text; one that Excel has shortened is left out, with a remark."""
    lost = isinstance(raw, float | int) and not isinstance(raw, bool) and (abs(raw) >= EXACT_IN_A_DOUBLE or raw != int(raw))
    text = plain_text(raw)
    if text in NONE_WORDS:
        return BLANK
    number = re.sub(r"[\s\-]", "", text).upper()
    if lost or SCIENTIFIC.fullmatch(number) or not ACCOUNT.fullmatch(number):
        return Cell(remark=int(Remark.ACCOUNT_DROPPED))
    return Cell(number)


def read_bool(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read yes or no. A blank is neither."""
    text = plain_text(raw).replace(" ", "")
    if text in BLANKS:
        return BLANK
    if text in YES:
        return Cell(True)
    return Cell(False) if text in NO else problem(NOT_YES_OR_NO)


def read_choice(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read one of the words of the contract as the word that is stored."""
    text = plain_text(raw).replace(" ", "")
    if text in BLANKS:
        return BLANK
    column = rule.column
    stored = words_of(column.name, tuple(column.choices.items())).get(text)
    if stored is not None:
        return Cell(stored)
    if column.unlisted:
        return Cell(column.unlisted, int(Remark.UNLISTED))
    return problem(NOT_LISTED.format(word=text[:20], words="、".join(one[0] for one in column.choices.values())))


@cache
def words_of(name: str, choices: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """Return the stored word of each written word, half-width; a stored word stands for itself."""
    del name  # part of the key of the cache only
    listed = {plain_text(word).replace(" ", ""): stored for stored, words in choices for word in words}
    return {stored: stored for stored, _ in choices} | listed


def stored_words(column: Column) -> list[str]:
    """Return every word that may be stored for a choice."""
    return [*column.choices, *([column.unlisted] if column.unlisted else [])]
