"""One workbook a township: 家庭, 人员, 变动, 待核实. Households in no list and of no category are only counted.

Where nobody knows who is who, people are told by their numbers in the fact tables, and columns of names are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from doudi.hub.engines.duckdb_engine import DuckDBEngine, quoted
from doudi.hub.engines.engine import Row
from doudi.hub.runs.asking import OUTCOMES, RELATIONS, Words
from doudi.hub.runs.people import shown_number
from doudi.hub.runs.sheets import Column, Workbook, workbook
from doudi.hub.steps import lists

UNPLACED = "未标明乡镇"
MOST_OPEN = 5_000
KINDS = {"urban": "城镇", "rural": "农村"}
_YES = {True: "是", False: "否", None: "不清楚"}

_NAMES = {"户主", "户主身份证号", "村（社区）", "姓名", "身份证号"}
_NUMBERS = {"人员编号"}

_WHO = (Column("户编号", width=16), Column("户主", width=10), Column("户主身份证号", "identity", 21), Column("村（社区）", width=16))
HOUSEHOLDS = (
    *_WHO, Column("城乡", width=6), Column("人口", "int", 6), Column("月人均收入（元）", "yuan", 14), Column("年收入（元）", "yuan", 14),
    Column("低于低保标准（元/人·月）", "yuan", 18), Column("认定类别", width=24), Column("依据", width=50),
    Column("月保障金（元）", "yuan", 12), Column("单独保障人数", "int", 10), Column("单独保障金（元/月）", "yuan", 14),
    Column("目前类别", width=16), Column("目前月保障金（元）", "yuan", 14), Column("结果", width=14),
)  # fmt: skip
PERSONS = (
    Column("户编号", width=16), Column("人员编号", width=21), Column("姓名", width=10), Column("身份证号", "identity", 21),
    Column("与户主关系", width=10), Column("家庭成员", width=9), Column("认定类别", width=24), Column("依据", width=50),
    Column("本人月金额（元）", "yuan", 14), Column("本人年收入（元）", "yuan", 14),
)  # fmt: skip
CHANGES = (
    *_WHO, Column("变动", width=12), Column("人数", "int", 6), Column("原类别", width=16), Column("原月金额（元）", "yuan", 14),
    Column("新类别", width=24), Column("新月金额（元）", "yuan", 14), Column("增减（元/月）", "yuan", 12),
    Column("单独保障人数", "int", 10), Column("依据", width=50), Column("月人均收入（元）", "yuan", 14),
    Column("低于低保标准（元/人·月）", "yuan", 18),
)  # fmt: skip
OPEN = (
    *_WHO, Column("目前类别", width=16), Column("可能的类别", width=30), Column("还缺哪些情况", width=60),
    Column("最少先查", width=40),
)  # fmt: skip
_NOTE = "结果由系统按政策文件计算，须入户核实后按程序办理。金额单位：元。"


def write_townships(sql: DuckDBEngine, folder: Path, words: Words, *, knows_names: bool) -> list[str]:
    """Write one workbook a township from the tables `changes`, `person_answers` and `unsettled`; return the file names."""
    sql.build("heads", lists.heads_sql(knows_names))
    _clear(folder)
    written = []
    for (township,) in sql.rows(lists.townships_sql()):
        place = "null" if township is None else quoted(str(township))
        sql.build("shown", lists.chosen_sql(place))
        if not sql.rows("select 1 from shown limit 1"):
            continue
        name = f"{file_name(str(township)) if township else UNPLACED}.xlsx"
        with workbook(folder / name) as book:
            _fill(book, sql, words, knows_names=knows_names)
        written.append(name)
    sql.drop("shown", "heads")
    return written


def file_name(text: str) -> str:
    """Return a text that can be a file name on every system."""
    return re.sub(r'[\\/:*?"<>|\s]+', "_", text).strip("._") or UNPLACED


def _clear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.xlsx"):
        file.unlink()


def _fill(book: Workbook, sql: DuckDBEngine, words: Words, *, knows_names: bool) -> None:
    def sheet(name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], note: str = _NOTE) -> None:
        kept = [at for at, column in enumerate(columns) if column.heading not in (_NUMBERS if knows_names else _NAMES)]
        book.sheet(name, [columns[at] for at in kept], ([row[at] for at in kept] for row in rows), note=note)

    sheet("家庭", HOUSEHOLDS, _households(sql.rows(lists.households_sql()), words))
    sheet("人员", PERSONS, _persons(sql.rows(lists.persons_sql(knows_names)), words))
    sheet("变动", CHANGES, _changes(sql.rows(lists.changes_sql()), words))
    opened = sql.rows(lists.open_sql())
    more = len(opened) - MOST_OPEN
    note = f"另有{more}户未列出，见 changes 文件夹。" if more > 0 else ""
    sheet("待核实", OPEN, _open(opened[:MOST_OPEN], words), note + _NOTE)


def _households(rows: Sequence[Row], words: Words) -> Iterator[Sequence[object]]:
    for (
        home,
        head,
        number,
        village,
        kind,
        size,
        per_head,
        yearly,
        below,
        category,
        way,
        amount,
        own,
        own_amount,
        before,
        paid,
        outcome,
    ) in rows:
        yield (
            home, head, number, village, KINDS.get(str(kind), kind), size, per_head, yearly, below,
            words.category(category, way), words.ground("household", category, way), amount, own, own_amount,
            words.category(before), paid, OUTCOMES[str(outcome)],
        )  # fmt: skip


def _persons(rows: Sequence[Row], words: Words) -> Iterator[Sequence[object]]:
    for home, person, name, number, relation, is_member, category, way, amount, yearly in rows:
        yield (
            home, shown_number(str(person)), name, number, RELATIONS.get(str(relation), relation),
            _YES.get(is_member if isinstance(is_member, bool) else None), words.category(category, way),
            words.ground("person", category, way), amount, yearly,
        )  # fmt: skip


def _changes(rows: Sequence[Row], words: Words) -> Iterator[Sequence[object]]:
    for home, head, number, village, outcome, people, before, paid, category, way, amount, own, per_head, below in rows:
        change = amount - paid if isinstance(amount, int) and isinstance(paid, int) else None
        yield (
            home, head, number, village, OUTCOMES[str(outcome)], people, words.category(before), paid,
            words.category(category, way), amount, change, own, words.ground("household", category, way), per_head, below,
        )  # fmt: skip


def _open(rows: Sequence[Row], words: Words) -> Iterator[Sequence[object]]:
    for home, head, number, village, before, possible, settles, quickest in rows:
        yield home, head, number, village, words.category(before), possible, settles, quickest
