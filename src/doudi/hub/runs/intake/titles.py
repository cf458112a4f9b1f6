"""What stands above and around a table: month, unit, who reports, and lines that are no rows of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from doudi.hub.tables.cells.cell import plain_text, type_of_raw
from doudi.hub.tables.headings import plain_heading

NOT_THE_MONTH_OF_THE_TABLE = re.compile(
    r"(制表|填报|填表|打印|导出|生成|查询|下载|上报|更新|印发)(时间|日期|于)[::]?\s*"
    r"\d{4}\s*[-年/.]?\s*\d{1,2}\s*[-月/.]?\s*(\d{1,2}\s*日?)?(\s*\d{1,2}:\d{2}(:\d{2})?)?"
)
SPAN_OF_MONTHS = re.compile(r"(20\d{2})\s*年\s*\d{1,2}\s*月?\s*[-—~至到]\s*(\d{1,2})\s*月")
YEAR_AND_MONTH = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|-|/|\.|_)\s*(1[0-2]|0?[1-9])(?!\d)")
SIX_DIGITS = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?:[0-3]\d(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?)?(?!\d)")
YEAR_ONLY = re.compile(r"(?<!\d)(20\d{2})\s*年?度?(?!\d)")
UNIT = re.compile(r"(?:金额)?单位[::]\s*(人民币)?(万元|千元|百元|元|亩|公顷|平方米)")
REPORTS = re.compile(
    r"(?:填报单位|报送单位|制表单位|填报部门|单位名称|填表单位|报表单位)(?:\((?:盖章|公章|章)\))?[::]\s*([^\s::,，;；]{2,40})"
)

TOTAL = re.compile(r"^(本页)?(小计|合计|总计|累计|共计|总合计)([::(\d].*|[户人]数?|人次|金额)?$")
TOTAL_OF = re.compile(r"^[^\d]{1,20}(小计|合计|总计)$")
FOOTER = re.compile(
    r"^(制表|填表|填报|审核|复核|经办|单位负责人|负责人|分管领导|主要领导|联系人|联系电话|说明|备注|注|打印|导出|报送|统计)"
    r"(人|时间|日期|单位|部门|员|人员)?(\(?(签字|签名|盖章|章)\)?)?[::]|^注[::\d]|^(第\d+页|共\d+页)"
)


class Found(NamedTuple):
    """Something read off the surroundings of a table, and where."""

    text: str
    where: str


def plain(text: str) -> str:
    """Return text in half-width characters, without blanks at its ends."""
    return unicodedata.normalize("NFKC", text).strip()


def month_in(text: str) -> str:
    """Return the month that a title or a file name says, as 2025-10; "" when it says none.

    The day on which a table was printed is not its month. Of a span of months the last one counts.
    """
    text = NOT_THE_MONTH_OF_THE_TABLE.sub(" ", plain(text))
    for pattern in (SPAN_OF_MONTHS, YEAR_AND_MONTH, SIX_DIGITS):
        found = pattern.search(text)
        if found and 1 <= int(found[2]) <= 12:
            return f"{found[1]}-{int(found[2]):02d}"
    return ""


def year_in(text: str) -> str:
    """Return the year that a title or a file name says; "" when it says none."""
    found = YEAR_ONLY.search(NOT_THE_MONTH_OF_THE_TABLE.sub(" ", plain(text)))
    return found[1] if found else ""


def find_month(places: Sequence[Found], *, yearly: bool) -> Found | None:
    """Return the first month that these places say, and where; for a yearly data set December of the first year."""
    for place in places:
        if month := month_in(place.text):
            return Found(month, place.where)
    for place in places if yearly else ():
        if year := year_in(place.text):
            return Found(f"{year}-12", f"{place.where}（只有年份，记到当年12月）")
    return None


def unit_in(lines: Iterable[str]) -> str:
    """Return the unit that the lines above a table say, "" when they say none."""
    return next((found[2] for line in lines if (found := UNIT.search(plain(line)))), "")


def reporter_in(lines: Iterable[str]) -> str:
    """Return the office that the lines around a table say they come from, "" when they say none."""
    return next((found[1] for line in lines if (found := REPORTS.search(plain(line)))), "")


type_of_line = tuple[str, ...]


def line_of(cells: Sequence[type_of_raw]) -> type_of_line:
    """Return a row as it is known again: its texts without blanks, none at its end."""
    texts = [_bare(plain(plain_text(cell))) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def furniture(cells: Sequence[type_of_raw], headings: Sequence[Set[str]], above: Set[type_of_line] = frozenset()) -> str:
    """Return why a row is no row of the table: blank, heading again, total, footer; "" when it may be one.

    `headings` are the words in the heading of each column, `above` the lines down to and with the heading.
    """
    texts = line_of(cells)
    filled = [text for text in texts if text]
    if not filled:
        return "空行"
    if texts in above or _is_heading(texts, len(filled), headings):
        return "重复表头"
    if any(TOTAL.match(text) for text in filled) or any(TOTAL_OF.match(text) for text in filled[:3]):
        return "合计行"
    if FOOTER.match(filled[0]) or (len(filled) <= 2 and any(REPORTS.search(text) for text in filled)):
        return "表尾说明"
    if len(filled) == 1 and len(headings) >= 4 and (len(filled[0]) >= 12 or month_in(filled[0])) and not filled[0].isdigit():
        return "标题或说明行"
    return ""


def _is_heading(texts: type_of_line, filled: int, headings: Sequence[Set[str]]) -> bool:
    same = sum(
        1
        for text, words in zip(texts, headings, strict=False)
        # What begins with a digit is a value nearly always, and bringing it to the form of a heading takes time.
        if text and (text if text[0].isdigit() else plain_heading(text).text) in words
    )
    return same == filled or (same >= 2 and same * 2 >= filled)


def _bare(text: str) -> str:
    return "".join(text.split())
