"""Areas that do not exist: codes beginning with 99, which is assigned to no province."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_COUNTY = 990181
COUNTY_NAME = "云梦泽县（虚构）"
FOREIGN_COUNTY = 990282
FOREIGN_COUNTY_NAME = "镜花水月县（虚构）"

TOWNSHIP_NAMES = ("烟波镇", "鹤影镇", "松风镇", "听雨乡", "拾光乡", "半山乡", "城关街道", "望津街道")
URBAN_TOWNSHIPS = 2
VILLAGES_EACH = 12

_VILLAGE_FIRST = "云雾霞虹星月晨暮松竹梅兰"
_VILLAGE_SECOND = "上下前后东西"


@dataclass(frozen=True)
class Township:
    """One township or street of a made-up county."""

    code: str
    name: str
    urban: bool


@dataclass(frozen=True)
class Village:
    """One village or community, with its 12-digit code."""

    code: str
    name: str
    township: int


def county_code(number: int) -> int:
    """Return the six-digit code of the n-th made-up county: 990181 first, never outside 990101-999899."""
    index = (FIRST_COUNTY - 990101 + number) % 9800
    return 990101 + (index // 98) * 100 + index % 98


def townships(county: int) -> list[Township]:
    """Return the townships of a county, rural ones first."""
    rural = len(TOWNSHIP_NAMES) - URBAN_TOWNSHIPS
    return [
        Township(f"{county}{(100 + n if n < rural else n - rural + 1):03d}000", name, urban=n >= rural)
        for n, name in enumerate(TOWNSHIP_NAMES)
    ]


def villages(county: int) -> list[Village]:
    """Return every village of a county, `VILLAGES_EACH` a township, in the order of the townships."""
    return [
        Village(f"{town.code[:9]}{200 + v:03d}", _village_name(n, v, town.urban), n)
        for n, town in enumerate(townships(county))
        for v in range(VILLAGES_EACH)
    ]


def _village_name(township: int, number: int, urban: bool) -> str:
    first = _VILLAGE_FIRST[number % len(_VILLAGE_FIRST)]
    second = _VILLAGE_SECOND[(township + number) % len(_VILLAGE_SECOND)]
    return f"{first}{second}{'社区' if urban else '村'}"
