"""How people are written: names by their sound, identity numbers masked."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, pinyin

SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "任": "ren", "华": "hua", "区": "ou", "朴": "piao",
    "翟": "zhai", "乐": "yue", "盖": "ge", "缪": "miao", "种": "chong", "繁": "po", "燕": "yan", "覃": "qin", "尉": "yu",
    "折": "she", "员": "yun", "黑": "he", "洗": "xian", "秘": "bi", "召": "shao",
}  # fmt: skip
"""Characters that are read otherwise as a surname."""

_SHOWN_FIRST = _SHOWN_LAST = 4
_IDENTITY_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")


def sound(name: str) -> str:
    """Return a name by its sound, without tones and in one word; the first character is read as a surname."""
    return "".join(SURNAMES.get(one, _syllable(one)) if place == 0 else _syllable(one) for place, one in enumerate(name))


def masked(number: str) -> str:
    """Return an identity number with its middle hidden, 4299**********123X; one too short to mask is hidden whole."""
    if len(number) <= _SHOWN_FIRST + _SHOWN_LAST:
        return "*" * len(number)
    return number[:_SHOWN_FIRST] + "*" * (len(number) - _SHOWN_FIRST - _SHOWN_LAST) + number[-_SHOWN_LAST:]


def shown_number(number: str) -> str:
    """Return a person's number as a list may show it: masked when it is an identity number, as it is when it is not."""
    return masked(number) if _IDENTITY_NUMBER.fullmatch(number) else number


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    return str(pinyin(character, style=Style.NORMAL)[0][0])
