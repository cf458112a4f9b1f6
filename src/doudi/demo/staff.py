"""The people who work in the made-up county: who sits where, in which role, for which area. Nobody of them exists."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from doudi.demo import areas, numbers
from doudi.demo.names import SURNAMES

DEPARTMENTS = (
    "医疗保障局", "人力资源和社会保障局", "教育局", "卫生健康委员会", "公安局", "住房和城乡建设局", "应急管理局",
    "残疾人联合会", "水利局", "司法局", "自然资源局", "市场监督管理局",
)  # fmt: skip
_GIVEN = ("职甲", "职乙", "职丙", "职丁", "职戊")
_PHONES_FROM = 50_000_000


@dataclass(frozen=True)
class Member:
    """One member of staff: name, role, office, and the area code below which this person works."""

    name: str
    role: str
    office: str
    area: str
    phone: str


def draw_staff() -> list[Member]:
    """Return the staff of the county: bureau, agriculture, departments, townships, one cadre a village."""
    county = str(areas.FIRST_COUNTY).ljust(12, "0")
    posts = [
        ("county_admin", "民政局", county), ("county_clerk", "民政局", county), ("payment_clerk", "民政局", county),
        ("agriculture", "农业农村局", county), ("leader", "县人民政府", county), ("auditor", "审计局", county),
    ]  # fmt: skip
    posts += [("liaison", department, county) for department in DEPARTMENTS]
    for town in areas.townships(areas.FIRST_COUNTY):
        posts += [("township_head", f"{town.name}社会事务办", town.code), ("township_clerk", f"{town.name}社会事务办", town.code)]
    for village in areas.villages(areas.FIRST_COUNTY):
        posts.append(("village_cadre", village.name, village.code))
    phones = numbers.phones(len(posts), _PHONES_FROM)
    return [Member(_name(number), role, office, area, str(phones[number])) for number, (role, office, area) in enumerate(posts)]


def _name(number: int) -> str:
    given = _GIVEN[number // len(SURNAMES) % len(_GIVEN)]
    return f"{SURNAMES[number % len(SURNAMES)]}{given}"


def write_staff(path: Path) -> int:
    """Write the staff as JSON and return how many they are."""
    staff = draw_staff()
    told = {"made_up": "虚构数据", "county": areas.COUNTY_NAME, "staff": [asdict(one) for one in staff]}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(staff)
