"""Tell another county's file by the county it names in its title or file name."""

from __future__ import annotations

from collections.abc import Sequence

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
    ours = {name for name, codes in county_names().items() if area[:6] in codes}
    if not ours:
        return
    text = "".join(texts)
    if any(name in text for name in ours):
        return
    for name, codes in county_names().items():
        county = any(not code.endswith("00") and code[:4] + "00" != area[:6] for code in codes)
        if county and len(name) >= SHORTEST_TELLING_NAME and name != "市辖区" and name in text:
            raise ForeignFile(
                f"{file_name} 写的是{name}，不是{'、'.join(sorted(ours))}（{area[:6]}）。",
                to_do="请核对是不是发错了文件；确实要收，请去掉 --area。",
            )
