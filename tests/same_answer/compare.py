"""Running families through closures and through an engine, and holding every rule's value against the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from doudi.hub.engines import plan as plans
from doudi.hub.engines.engine import Engine
from doudi.policy import api
from doudi.policy.run.closures import Program
from doudi.policy.run.plan import Plan
from doudi.policy.run.rows import Row
from same_answer.tables import expected, tables

Values = Mapping[str, Any]


def every_rule(program: Program) -> dict[str, list[str]]:
    """Name every rule of households and persons, so that all are compared and not only the results."""
    return {entity: [name for owner, name in program.pack.nodes if owner == entity] for entity in ("household", "person")}


def assert_same(
    engine: Engine, pack: api.LoadedPack, day: date, families: Sequence[Mapping[str, Any]], folder: Path, *, values: Values | None = None
) -> None:
    """Answer the families both ways and compare every rule."""
    trial = api.trial_values(pack.pack, values or {}, day)
    program = pack.program(day, trial)
    plan = api.sql_plan(pack, day=day, dialect=engine.name, outputs=every_rule(program), set_values=trial)
    households = [pack.reader().read(family) for family in families]
    got = answers(engine, plan, households, folder)
    for entity in ("household", "person"):
        wanted = expected(program, plan, households, entity)
        names = [column.name for column in plan.outputs[entity]]
        assert set(got[entity]) == set(wanted)
        for key, row in wanted.items():
            differing = {name: (a, b) for name, a, b in zip(names, row, got[entity][key], strict=True) if a != b}
            assert not differing, f"{pack.pack.name} {entity} {key} on {day}: closures, {engine.name} = {differing}"


def answers(engine: Engine, plan: Plan, households: Sequence[Row], folder: Path) -> dict[str, dict[object, tuple[object, ...]]]:
    """Run a plan's stages over families and return its output columns by entity and id."""
    for name, table in tables(plan, list(households)).items():
        parquet.write_table(table, folder / f"{name}.parquet")
        engine.read(name, [folder / f"{name}.parquet"])
    try:
        plans.build_stages(engine, plan)
        return {entity: _outputs(engine, plan, entity, table) for entity, table in plan.results.items()}
    finally:
        plans.drop_all(engine, plan)


def _outputs(engine: Engine, plan: Plan, entity: str, table: str) -> dict[object, tuple[object, ...]]:
    quote = "`" if engine.name == "spark" else '"'
    columns = ", ".join(f"{quote}{column.name}{quote}" for column in plan.outputs[entity])
    return {row[0]: row[1:] for row in engine.rows(f"select {entity}_id, {columns} from {table}")}
