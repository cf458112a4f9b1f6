"""A small plan written by hand and the fact tables it reads, so that runs can be tried without a pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@dataclass(frozen=True)
class Known:
    name: str
    kind: str
    optional: bool = False


@dataclass(frozen=True)
class Input:
    entity: str
    columns: Sequence[Known]
    key: str
    parent_key: str = ""
    asked: Sequence[str] = ()


@dataclass(frozen=True)
class OneStage:
    name: str
    sql: str
    drops: Sequence[str] = ()


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    unit: str = ""
    label: str = ""


@dataclass(frozen=True)
class HandmadePlan:
    """Households below `line` fen a year per head are in `dibao`; an income never asked for leaves it open."""

    line: int = 100
    inputs: Mapping[str, Input] = field(
        default_factory=lambda: {
            "household": Input("household", [Known("township", "text", optional=True), Known("area_kind", "text")], "household_id"),
            "person": Input("person", [Known("birth", "date")], "person_id", "household_id", ["incomes_asked"]),
            "income": Input("income", [Known("amount", "money")], "income_seq", "person_id"),
        }
    )
    results: Mapping[str, str] = field(default_factory=lambda: {"household": "household_done", "person": "person_done"})
    outputs: Mapping[str, Sequence[Column]] = field(
        default_factory=lambda: {
            "household": [Column("category", "text"), Column("annual_income", "money", "fen per year")],
            "person": [Column("income", "money", "fen per year")],
        }
    )

    @property
    def stages(self) -> Sequence[OneStage]:
        return [
            OneStage(
                "person_done",
                "select p.person_id, p.household_id, case when p.incomes_asked then coalesce(i.total, 0) end as income "
                "from person p left join (select person_id, cast(sum(amount) as bigint) as total from income "
                "group by person_id) i on i.person_id = p.person_id",
                ["income"],
            ),
            OneStage(
                "household_income",
                "select household_id, cast(count(*) as bigint) as heads, cast(sum(income) as bigint) as total, "
                "count(*) = count(income) as known from person_done group by household_id",
            ),
            OneStage(
                "household_done",
                "select h.household_id, case when i.household_id is null then 'none' when not i.known then null "
                f"when i.total < {self.line} * i.heads then 'dibao' else 'none' end as category, "
                "case when i.known then i.total end as annual_income "
                "from household h left join household_income i on i.household_id = h.household_id",
                ["household_income"],
            ),
        ]


def facts(folder: Path, *parts: Mapping[str, Mapping[str, Sequence[object]]]) -> Path:
    """Write fact tables, one part a mapping of entity to columns, and return their folder."""
    for number, part in enumerate(parts):
        for entity, columns in part.items():
            (folder / entity).mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table(dict(columns)), folder / entity / f"part-{number:05}.parquet")
    return folder


@pytest.fixture
def made() -> SimpleNamespace:
    """The plan and the facts made by hand."""
    return SimpleNamespace(HandmadePlan=HandmadePlan, OneStage=OneStage, facts=facts)
