"""Families as the tables that a plan reads, and the answers of closures in the shape of a plan's results."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from doudi.policy.run.closures import Program
from doudi.policy.run.plan import Plan
from doudi.policy.run.rows import Row

ARROW = {"bool": pa.bool_(), "int": pa.int64(), "money": pa.int64(), "ratio": pa.int64(), "text": pa.string(), "date": pa.date32()}


def tables(plan: Plan, households: list[Row]) -> dict[str, pa.Table]:
    """Return the plan's input tables for some families."""
    rows: dict[str, list[tuple[Row, int]]] = {name: [] for name in plan.inputs}
    for household in households:
        _gather(household, 0, rows)
    return {name: _table(plan, name, found) for name, found in rows.items()}


def _gather(row: Row, number: int, rows: dict[str, list[tuple[Row, int]]]) -> None:
    if row.entity in rows:
        rows[row.entity].append((row, number))
    for children in row.children.values():
        for index, child in enumerate(children):
            _gather(child, index, rows)


def _table(plan: Plan, entity: str, rows: list[tuple[Row, int]]) -> pa.Table:
    wanted = plan.inputs[entity]
    record = wanted.key.endswith("_seq")
    columns: dict[str, pa.Array] = {wanted.key: pa.array([number if record else row.id for row, number in rows],
                                                         pa.int64() if record else pa.string())}
    if wanted.parent_key:
        columns[wanted.parent_key] = pa.array([row.parent.id if row.parent else None for row, _ in rows], pa.string())
    for column in wanted.columns:
        columns[column.name] = pa.array([row.facts[column.name] for row, _ in rows], ARROW[column.kind])
    for name in wanted.asked:
        columns[name] = pa.array([row.asked[name.removesuffix("_asked")] for row, _ in rows], pa.bool_())
    return pa.table(columns)


def expected(program: Program, plan: Plan, households: list[Row], entity: str) -> dict[str, tuple[Any, ...]]:
    """Return the closures' values of a plan's output columns, by id."""
    rows = households if entity == "household" else [person for row in households for person in row.children["persons"]]
    return {row.id: tuple(program.value(row, column.name) for column in plan.outputs[entity]) for row in rows}
