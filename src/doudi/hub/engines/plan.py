"""What an engine needs to know of a compiled pack: the shape only, so that an engine can be tried without one.

`doudi.policy.api.sql_plan` returns such a plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol

from doudi.hub.engines.engine import Engine

SQL_TYPES = {
    "bool": "BOOLEAN",
    "int": "BIGINT",
    "money": "BIGINT",
    "ratio": "BIGINT",
    "text": "VARCHAR",
    "date": "DATE",
}
SPARK_TYPES = {**SQL_TYPES, "text": "STRING"}


class InputColumn(Protocol):
    """A column of an input table; an optional one may hold NULL for unknown."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def optional(self) -> bool: ...


class InputTable(Protocol):
    """One table that a plan reads: its facts, its key, the key of its owner (none for ""), the flags of its lists."""

    @property
    def entity(self) -> str: ...
    @property
    def columns(self) -> Sequence[InputColumn]: ...
    @property
    def key(self) -> str: ...
    @property
    def parent_key(self) -> str: ...
    @property
    def asked(self) -> Sequence[str]: ...


class Stage(Protocol):
    """One SELECT over inputs and earlier stages, and the tables nobody reads after it."""

    @property
    def name(self) -> str: ...
    @property
    def sql(self) -> str: ...
    @property
    def drops(self) -> Sequence[str]: ...


class OutputColumn(Protocol):
    """One column of a result."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...


class Plan(Protocol):
    """A pack compiled for one day and one dialect."""

    @property
    def inputs(self) -> Mapping[str, InputTable]: ...
    @property
    def stages(self) -> Sequence[Stage]: ...
    @property
    def results(self) -> Mapping[str, str]: ...
    @property
    def outputs(self) -> Mapping[str, Sequence[OutputColumn]]: ...


def digest(plan: Plan, *, engine: str) -> str:
    """Return the SHA-256 of all that decides a plan's answers: its statements in order, its results, and the engine."""
    told = hashlib.sha256(engine.encode())
    for stage in plan.stages:
        told.update(f"\0{stage.name}\0{stage.sql}".encode())
    for entity, table in sorted(plan.results.items()):
        told.update(f"\0{entity}\0{table}".encode())
    return told.hexdigest()


def build_stages(engine: Engine, plan: Plan) -> None:
    """Build every stage of a plan in order. The inputs must have been named before."""
    for stage in plan.stages:
        engine.build(stage.name, stage.sql)
        engine.drop(*stage.drops)


def drop_all(engine: Engine, plan: Plan) -> None:
    """Forget all tables of a plan, inputs too."""
    engine.drop(*[stage.name for stage in plan.stages], *plan.inputs)
