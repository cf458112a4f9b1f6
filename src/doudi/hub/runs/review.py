"""The list of rows that a person must look at before they count as somebody's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from doudi.hub.engines.engine import Engine
from doudi.hub.runs.sheets import Column, workbook
from doudi.hub.steps import linking_decisions as decisions

COLUMNS = (
    Column("数据来源", width=22),
    Column("月份", width=9),
    Column("原表工作表", width=12),
    Column("原表行号", "int", 9),
    Column("姓名", width=10),
    Column("出生日期", width=12),
    Column("性别", width=6),
    Column("村（社区）", width=20),
    Column("可能是：姓名", width=12),
    Column("可能是：身份证号", "identity", 22),
    Column("可能是：出生日期", width=14),
    Column("可能是：村（社区）", width=20),
    Column("可能性", "share", 9),
    Column("依据", width=50),
    Column("核实结果（是／不是）", width=20),
)
_SEX = {"male": "男", "female": "女"}


def write_review(engine: Engine, target: Path, labels: Mapping[str, str], *, look: float) -> int:
    """Write the review list as a workbook and return its rows. `labels` gives the Chinese name of each data set."""
    rows = engine.rows(
        "select dataset, month, source_sheet, source_row, name, birth, sex, area, candidate_name, candidate, "
        f"candidate_birth, candidate_area, probability, because from ({decisions.review_file_sql(look=look)})"
    )
    shown = [(labels.get(str(row[0]), row[0]), *row[1:6], _SEX.get(str(row[6])), *row[7:], None) for row in rows]
    note = "这些行没有可用的身份证号，系统不能断定是谁。核实以前，不并入任何人的情况。"
    with workbook(target) as book:
        return book.sheet("待核实的人", COLUMNS, shown, note=note)
