"""Write the made-up county as a folder: department files by month, broken files, the truth, a manifest."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from doudi import home
from doudi.demo import areas, truth
from doudi.demo.broken import write_broken
from doudi.demo.county import County, draw_county, month_names
from doudi.demo.facts import households_for
from doudi.demo.files.dress import dress, hand
from doudi.demo.files.formats import FORMATS
from doudi.demo.files.layout import draw_layout, lay_out
from doudi.demo.files.mess import contradict, spoil
from doudi.demo.lists.registry import listing, months_of
from doudi.demo.staff import write_staff
from doudi.hub.runs.areas import AREAS
from doudi.hub.tables.contract import Contract, read_contracts

MANIFEST = "manifest.json"
ROTATION = ("xlsx", "csv_gbk", "xls", "csv_utf8", "et", "ods", "html", "csv_mark")
CSV_ROTATION = ("csv_gbk", "csv_utf8", "csv_mark")
MOST_CELLS_FOR_WORKBOOKS = 12_000
MOST_CELLS_FOR_NEWEST = 48_000
README = """{name}：全部为虚构数据 ALL OF THIS IS MADE UP

行政区划代码以 99 开头（未分配给任何地方），姓氏、电话（154 号段未分配）、银行账号（通不过校验）都是编造的，
每个表格的标题都写着“虚构数据”。没有任何真实的人。
Area codes begin with 99, which is assigned to no place; surnames, telephone numbers and accounts cannot be real.

files/<月份>/   各部门报送的表格，格式各异，写法各异  what departments send, in all their ways
broken/         不该收下的文件：发错的、空的、损坏的、别县的  files that must be refused
truth/          事先埋下的标准答案：哪些户应当查出什么  what was planted: what a right system must find
areas.csv       各乡镇、各村的代码和名称  codes and names of townships and villages
staff.json      各级工作人员：县局、部门联络员、乡镇、村  who works where, in which role
manifest.json   每个文件是什么数据集、哪个月、多少行好、多少行坏  every file, its data set, month, rows
种子 seed {seed} · {people} 人 people · {homes} 户 households · {months}
"""


@dataclass(frozen=True)
class Sent:
    """One file as it was written: what it is meant to be, and how many of its rows are of which sort.

    `good` + `bad` + `repeated` = `rows`; `around` are lines that are none of the list (title, headings, totals, footer).
    """

    file: str
    dataset: str
    month: str
    format: str
    rows: int
    good: int
    bad: int
    repeated: int
    untidy: int
    around: int
    reasons: dict[str, int]


@dataclass(frozen=True)
class Folder:
    """What was written."""

    path: Path
    people: int
    households: int
    files: list[Sent]
    planted: int


def write_county(path: Path, *, people: int, seed: int = 1, months: int = 12, until: str = "2025-10") -> Folder:
    """Write the folder of a made-up county. The same arguments give the same folder, byte for byte."""
    names = month_names(until, months)
    day = np.datetime64(truth.day_of(until), "D")
    county = draw_county(seed, households_for(people), day, names)
    contracts = read_contracts(home.datasets())
    sent = [one for contract in contracts.values() for one in write_lists(path / "files", county, contract)]
    write_broken(path / "broken", county, contracts)
    planted = truth.write(path / "truth", county)
    write_staff(path / "staff.json")
    _write_areas(path / AREAS)
    _write_manifest(path, county, sent)
    return Folder(path, county.size, county.homes, sent, planted)


def write_lists(path: Path, county: County, contract: Contract) -> Iterator[Sent]:
    """Write the files of one data set, one for each month of which there is one."""
    for number, month in enumerate(months_of(contract.name, county)):
        yield _write_list(path, county, contract, month, number)


def _write_list(path: Path, county: County, contract: Contract, month: str, number: int) -> Sent:
    rows, columns = listing(contract, county, month)
    chance = county.chance(f"file {contract.name} {month}")
    form_name = _format_name(contract.name, len(rows.who) * len(columns), number, newest=month == county.months[-1])
    form = FORMATS[form_name]
    dressed = dress(contract, columns, hand(chance, contract.name, form))
    spoilt = spoil(chance, dressed, county.protected[rows.who])
    contradict(county.chance(f"contradictions {contract.name} {month}"), dressed, spoilt, contract.key)
    towns = county.household("township")[county.home[rows.who]].tolist()
    towns += towns[:1] * (dressed.rows - len(towns))
    sheets, around = lay_out(contract, dressed, towns, month, draw_layout(chance, form, dressed.rows))
    target = path / month / file_name(contract, month, form.ending, number)
    target.parent.mkdir(parents=True, exist_ok=True)
    form.write(target, sheets)
    return Sent(
        file=str(target.relative_to(path.parent)),
        dataset=contract.name,
        month=month,
        format=form_name,
        rows=dressed.rows,
        good=dressed.rows - spoilt.bad - spoilt.repeated,
        bad=spoilt.bad,
        repeated=spoilt.repeated,
        untidy=spoilt.untidy,
        around=around,
        reasons={reason: len(found) for reason, found in spoilt.refused.items() if found},
    )


def _format_name(dataset: str, cells: int, number: int, *, newest: bool) -> str:
    """Return the format of a file: every format for small lists, separated text for long ones, which take time."""
    turn = zlib.crc32(dataset.encode()) + number
    if cells > (MOST_CELLS_FOR_NEWEST if newest else MOST_CELLS_FOR_WORKBOOKS):
        return CSV_ROTATION[turn % len(CSV_ROTATION)]
    return ROTATION[turn % len(ROTATION)]


def file_name(contract: Contract, month: str, ending: str, number: int) -> str:
    """Return a file name as departments write it: 2025年9月份农村低保家庭查询表.xls and the like."""
    word, year, month_number = contract.file_name_words[0], month[:4], int(month[5:])
    written = (
        f"{year}年{month_number}月份{word}表",
        f"{word}（{year}年{month_number}月）",
        f"{contract.department}_{word}_{month.replace('-', '')}",
        f"{year}-{month[5:]}{word}",
    )
    return written[(number + zlib.crc32(word.encode())) % len(written)] + ending


def _write_areas(path: Path) -> None:
    known = {one.code: one.name for one in areas.townships(areas.FIRST_COUNTY)}
    known |= {one.code: one.name for one in areas.villages(areas.FIRST_COUNTY)}
    path.write_text("".join(f"{code},{name}\n" for code, name in known.items()), encoding="utf-8")


def _write_manifest(path: Path, county: County, sent: list[Sent]) -> None:
    told = {
        "made_up": "虚构数据",
        "county": areas.COUNTY_NAME,
        "code": areas.FIRST_COUNTY,
        "seed": county.seed,
        "people": county.size,
        "households": county.homes,
        "months": county.months,
        "files": [asdict(one) for one in sent],
    }
    (path / MANIFEST).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    readme = README.format(
        name=areas.COUNTY_NAME, seed=county.seed, people=county.size, homes=county.homes, months="、".join(county.months)
    )
    (path / "README.txt").write_text(readme, encoding="utf-8")
