"""Tell another county's file by the county it names in its title or file name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from doudi.hub.runs.intake.part import ForeignFile
from doudi.hub.tables.cells.identity import county_names

SHORTEST_TELLING_NAME = 3


def refuse_foreign(area: str, texts: Sequence[str], file_name: str) -> None:
    """Refuse a file whose title or name speaks of another county and not of this one.

    `area` is the code of our county; "" takes every file. A county that is not in the table of codes, such as a made-up
    one, is never told by name.
    """
    if not area:
        return
    ours, others = _counties(area[:6])
    text = "".join(texts)
    if not ours or any(name in text for name in ours):
        return
    for name in others:
        if name in text:
            raise ForeignFile(
                f"{file_name} 写的是{name}，不是{'、'.join(ours)}（{area[:6]}）。",
                to_do="请核对是不是发错了文件；确实要收，请去掉 --area。",
            )


@lru_cache(maxsize=8)
def _counties(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the county of this code, and the names that tell another county."""
    ours = tuple(sorted(name for name, codes in county_names().items() if code in codes))
    others = tuple(
        name
        for name, codes in county_names().items()
        if len(name) >= SHORTEST_TELLING_NAME
        and name != "市辖区"
        and any(not one.endswith("00") and one[:4] + "00" != code for one in codes)
    )
    return ours, others
