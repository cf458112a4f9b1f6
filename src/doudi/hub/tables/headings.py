"""Headings as people write them, brought to one plain form, with the unit they name taken out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

IN_BRACKETS = re.compile(r"\(([^()]*)\)")
NOT_PART_OF_A_HEADING = re.compile(r"[\s*:：、]+")
UNIT_WORDS = {
    "元", "万元", "千元", "百元", "角", "分", "人民币元", "亩", "公顷", "平方米", "平米", "m2", "毫升", "ml",
    "元/月", "元/年", "人", "户", "套", "个", "辆", "次", "岁",
}  # fmt: skip


class Heading(NamedTuple):
    """A heading without blanks and unit, and the unit it named ("" when it named none)."""

    text: str
    unit: str


@lru_cache(maxsize=20_000)
def plain_heading(written: str) -> Heading:
    """Return a heading in its plain form: half-width, no blanks, no unit; `年收入（元）` is `年收入` in `元`.

    Brackets that hold no unit stay, because they tell headings apart: `住房（套）` but `低保（特困）证号`.
    """
    text = NOT_PART_OF_A_HEADING.sub("", unicodedata.normalize("NFKC", written))
    units = [found for found in IN_BRACKETS.findall(text) if found.lower() in UNIT_WORDS]
    for unit in units:
        text = text.replace(f"({unit})", "")
    return Heading(text, units[-1] if units else "")
