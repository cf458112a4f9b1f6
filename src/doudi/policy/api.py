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
from doudi.policy.run.answer import Answer
from doudi.policy.run.cases import good_titles
from doudi.policy.run.closures import Program
from doudi.policy.run.plan import Plan, compile_plan
from doudi.policy.run.rows import FamilyReader
from doudi.policy.run.trial_values import trial_values

__all__ = ["Answer", "LoadedPack", "Plan", "evaluate", "load_pack", "pack_names", "sql_plan", "trial_values"]


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


def sql_plan(pack: LoadedPack, *, day: date, dialect: str = "duckdb", outputs: Mapping[str, list[str]] | None = None,
             set_values: Mapping[str, Table] | None = None) -> Plan:
    """Return the named SQL stages that answer for many families at once; `outputs` adds rules by entity."""
    return compile_plan(pack.on(day, set_values), dialect, outputs or {})
