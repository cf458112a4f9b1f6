"""Names that nobody bears: surnames for "anyone", "so-and-so" and "imagined", and given names of every awkward kind.

They exercise what real names do: two-character surnames, many readings of one character, characters outside GBK,
names of minorities with a middle dot, and people of the same name in the same village.
"""

from __future__ import annotations

import numpy as np

from doudi.demo.chance import Bools, Chance
from doudi.demo.lives import is_relation
from doudi.demo.shape import Array, Columns

SURNAMES = (*"甲乙丙戊己庚辛壬癸虚拟幻某假", "子虚", "乌有", "亡是", "无名", "莫须")
_FIRST = "一二三四五六七八九十东西南北春夏秋冬朝行长重乐单云山川禾"
_SECOND = "虚拟幻影梦空样例示范设想"
_RARE = ("㛃", "䶮", "喆", "垚", "犇", "翀", "煊", "堃", "玥", "淼")
_OUTSIDE_GBK = ("𬭎", "𫖯", "𠅤")
_MINORITY_FIRST = ("虚依古丽", "拟尔江", "幻达尔", "某娜提", "样仁才让")
_MINORITY_SECOND = ("拟合买提", "虚迪克", "假吾提", "幻巴依", "某热木")

_RARE_SHARE = 0.02
_OUTSIDE_GBK_SHARE = 0.0015
_MINORITY_SHARE = 0.015


def draw_names(chance: Chance, people: Columns) -> Array:
    """Return a name for everyone: children bear the surname of their household's head, spouses and in-laws their own."""
    size, homes = len(people["home"]), int(people["home"][-1]) + 1
    own = chance.draw.integers(0, len(SURNAMES), size)
    of_home = chance.draw.integers(0, len(SURNAMES), homes)
    married_in = is_relation(people, "spouse", "child_in_law", "parent_in_law")
    surname = np.array(SURNAMES, object)[np.where(married_in, own, of_home[people["home"]])]
    names = surname + _given(chance, size)
    minority = chance.happens(_MINORITY_SHARE, homes)[people["home"]]
    return np.asarray(np.where(minority, _minority(chance, size), names))


def _given(chance: Chance, size: int) -> Array:
    first, second = np.array(list(_FIRST), object), np.array(list(_SECOND), object)
    given = first[chance.draw.integers(0, len(first), size)] + second[chance.draw.integers(0, len(second), size)]
    short = chance.happens(0.2, size)
    given = np.asarray(np.where(short, second[chance.draw.integers(0, len(second), size)], given))
    given = _replaced(chance, given, _RARE, _RARE_SHARE)
    return _replaced(chance, given, _OUTSIDE_GBK, _OUTSIDE_GBK_SHARE)


def _replaced(chance: Chance, given: Array, characters: tuple[str, ...], share: float) -> Array:
    rare: Bools = chance.happens(share, len(given))
    drawn = np.array(characters, object)[chance.draw.integers(0, len(characters), len(given))]
    return np.asarray(np.where(rare, drawn, given))


def _minority(chance: Chance, size: int) -> Array:
    first, second = np.array(_MINORITY_FIRST, object), np.array(_MINORITY_SECOND, object)
    chosen: Array = first[chance.draw.integers(0, len(first), size)] + "·"
    return np.asarray(chosen + second[chance.draw.integers(0, len(second), size)])
