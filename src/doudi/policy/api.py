"""What others may ask of the policy engine. Everything else in this package is its own affair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from doudi.policy.pack.check import check
from doudi.policy.pack.day import Checked, DayPack, on_day
from doudi.policy.pack.extend import join, load_chain, pack_names
from doudi.policy.pack.model import Pack, Table
from doudi.policy.run import schema
from doudi.policy.run.answer import Answer
from doudi.policy.run.cases import families, good_titles
from doudi.policy.run.closures import Program
from doudi.policy.run.coverage import Served
from doudi.policy.run.coverage import coverage as served
from doudi.policy.run.plan import Plan, compile_plan
from doudi.policy.run.review import Review
from doudi.policy.run.review import review as review_pack
from doudi.policy.run.rows import FamilyReader
from doudi.policy.run.trial_values import trial_values

__all__ = ["Answer", "LoadedPack", "Plan", "Review", "Served", "coverage", "evaluate", "family_schema", "load_pack", "pack_names", "review",
           "sql_plan", "trial_values"]


@dataclass(frozen=True)
class LoadedPack:
    """A checked pack, ready to be asked. Days are compiled once and kept."""

    checked: Checked
    policies: Path

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the pack and what it extends, base first."""
        return self.checked.pack.layers

    @property
    def pack(self) -> Pack:
        """The pack's items."""
        return self.checked.pack

    def program(self, day: date, changes: Mapping[str, Table] | None = None) -> Program:
        """Return the compiled closures for a day, with trial values (fen, ratios × 10,000). Raises NoAnswer."""
        if changes:
            return Program(self.on(day, changes))
        return _program(self, day)

    def on(self, day: date, changes: Mapping[str, Table] | None = None) -> DayPack:
        """Return the pack on a day. Raises NoAnswer when it does not cover the day."""
        return on_day(self.checked, day, changes)

    def reader(self) -> FamilyReader:
        """Return the reader of family files of this pack."""
        return _reader(self)

    def __hash__(self) -> int:
        return hash(self.pack.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoadedPack) and other.pack.digest == self.pack.digest


@lru_cache(maxsize=64)
def _program(pack: LoadedPack, day: date) -> Program:
    return Program(pack.on(day))


@lru_cache(maxsize=16)
def _reader(pack: LoadedPack) -> FamilyReader:
    return FamilyReader(pack.pack)


def load_pack(policies: Path, name: str, overlay: Mapping[str, str] | None = None) -> LoadedPack:
    """Read, join and check a pack; `overlay` lays texts over its files. Raises PolicyError with every problem."""
    layers, digest = load_chain(policies, name, overlay)
    return LoadedPack(check(join(layers, digest), good_titles(policies, [layer.name for layer in layers])), policies)


def evaluate(pack: LoadedPack, family: Mapping[str, Any], *, day: date, changes: Mapping[str, Table] | None = None) -> Answer:
    """Answer for one family on a day, amounts in fen per month. Raises FactsError, NoAnswer."""
    return Answer(pack.program(day, changes), pack.reader().read(family))


def family_schema(pack: LoadedPack) -> dict[str, Any]:
    """Return the JSON Schema of the pack's family files."""
    return schema.family_schema(pack.pack)


def coverage(pack: LoadedPack) -> list[Served]:
    """Return what serves each clause of the pack's own documents."""
    return served(pack.pack)


def review(pack: LoadedPack, *, day: date, highest: int | None = None, changes: Mapping[str, Table] | None = None) -> Review:
    """Sweep the pack's named families over income (up to `highest` fen a year a head) and return what is odd."""
    program = pack.program(day, changes)
    top = highest if highest is not None else _highest(program)
    return review_pack(program, families(pack.policies, pack.layers), top)


def _highest(program: Program) -> int:
    """A little above the highest yearly line per head that the pack knows."""
    found = [1]
    for value in program.pack.pack.values.values():
        if value.type.kind == "money" and value.type.per_person and (value.changes or value.name in program.pack.changed):
            table = program.pack.value(value.name)
            amounts = [item for item in (table.values() if isinstance(table, dict) else [table]) if isinstance(item, int)]
            found += [amount * (12 if value.type.period == "month" else 1) for amount in amounts]
    return max(found) * 11 // 10


def sql_plan(pack: LoadedPack, *, day: date, dialect: str = "duckdb", outputs: Mapping[str, list[str]] | None = None,
             set_values: Mapping[str, Table] | None = None) -> Plan:
    """Return the named SQL stages that answer for many families at once; `outputs` adds rules by entity."""
    return compile_plan(pack.on(day, set_values), dialect, outputs or {})
