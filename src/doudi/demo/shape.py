"""The columns of the engine's fact tables, read from the national pack itself so that they cannot drift from it.

In this room a column is a numpy array and unknown is written inside the array: -1 in a code or a flag, the smallest
integer in a number, NaT in a date. `to_arrow` turns such columns into an Arrow table with nulls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import yaml

from doudi import home
from doudi.refusal import Refusal

Array = npt.NDArray[Any]
Columns = dict[str, Array]

UNKNOWN_CODE = -1
UNKNOWN_NUMBER = np.iinfo(np.int64).min
UNKNOWN_DATE = np.datetime64("NaT", "D")

ROOT = "household"
MEMBER = "person"

_NUMBER_TYPES = {"money": pa.int64(), "int": pa.int64(), "ratio": pa.int64()}


class ColumnMissing(Refusal):
    """A fact that must be known has no column: the pack asks for something that the made-up county does not have."""


@dataclass(frozen=True)
class Fact:
    """One column of a fact table: a fact of `facts.yaml`."""

    name: str
    kind: str
    optional: bool
    choices: tuple[str, ...] = ()

    def code(self, choice: str) -> int:
        """Return the code by which a choice is held in this room."""
        return self.choices.index(choice)

    @property
    def unknown(self) -> Any:
        """Return the value that means unknown in a column of this kind."""
        if self.kind == "date":
            return UNKNOWN_DATE
        return UNKNOWN_NUMBER if self.kind in _NUMBER_TYPES else UNKNOWN_CODE


@dataclass(frozen=True)
class Entity:
    """One fact table: its own facts, the lists that hang on it, and where it hangs itself."""

    name: str
    parent: str | None
    collection: str
    facts: tuple[Fact, ...]
    lists: tuple[str, ...]

    def fact(self, name: str) -> Fact:
        """Return the fact of this name."""
        return next(fact for fact in self.facts if fact.name == name)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the columns that identify a row and its owner."""
        if self.name == ROOT:
            return ("household_id",)
        return ("household_id", "person_id") if self.name == MEMBER else ("household_id", "person_id", f"{self.name}_seq")

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the columns that tell whether each list of this entity was asked for."""
        return tuple(f"{collection}_asked" for collection in self.lists)


@cache
def entities() -> dict[str, Entity]:
    """Return the fact tables by name, as the national pack declares them: `facts.yaml` first, then its other rules.

    Records that are rows of a department data set (`dataset:`) are no facts of a family and are left out.
    """
    rules = home.policies() / "national" / "rules"
    sources = [rules / "facts.yaml", *sorted(path for path in rules.glob("*.yaml") if path.name != "facts.yaml")]
    declared: dict[str, list[dict[str, Any]]] = {"entities": [], "facts": []}
    for source in sources:
        content = yaml.load(source.read_bytes(), yaml.CSafeLoader) or {}
        for section, items in declared.items():
            items += [item for item in content.get(section, []) if "dataset" not in item]
    return {raw["name"]: _entity(raw, declared) for raw in declared["entities"]}


def _entity(raw: Mapping[str, Any], declared: Mapping[str, list[dict[str, Any]]]) -> Entity:
    name = raw["name"]
    facts = tuple(_fact(fact) for fact in declared["facts"] if fact["entity"] == name)
    lists = tuple(child["collection"] for child in declared["entities"] if child.get("parent") == name)
    return Entity(name, raw.get("parent"), raw.get("collection", ""), facts, lists)


def _fact(raw: Mapping[str, Any]) -> Fact:
    choices = tuple(str(choice) for choice in raw.get("choices", {}))
    return Fact(raw["name"], raw["kind"], bool(raw.get("optional")), choices)


def arrow_schema(entity: Entity) -> pa.Schema:
    """Return the Arrow schema of one fact table: keys, facts, asked flags, in that order."""
    fields = [pa.field(key, pa.int64(), nullable=False) for key in entity.keys]
    fields += [pa.field(fact.name, _arrow_type(fact), nullable=fact.optional) for fact in entity.facts]
    fields += [pa.field(flag, pa.bool_(), nullable=False) for flag in entity.asked]
    return pa.schema(fields)


def _arrow_type(fact: Fact) -> pa.DataType:
    if fact.kind == "text":
        return pa.dictionary(pa.int32(), pa.string())
    return {"bool": pa.bool_(), "date": pa.date32()}.get(fact.kind) or _NUMBER_TYPES[fact.kind]


def to_arrow(entity: Entity, columns: Columns, texts: Mapping[str, list[str]]) -> pa.Table:
    """Return the Arrow table of one fact table; `texts` gives the words behind the codes of facts without choices.

    An optional fact without a column is unknown for all. A required one without a column is refused.
    """
    rows = len(columns[entity.keys[-1]])
    arrays = [pa.array(columns[key].astype(np.int64)) for key in entity.keys]
    for fact in entity.facts:
        words = list(fact.choices) or texts.get(fact.name, [])
        arrays.append(_arrow_column(fact, _column(entity, fact, columns, rows), words))
    arrays += [pa.array(columns[flag].astype(bool)) for flag in entity.asked]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(entity))


def _column(entity: Entity, fact: Fact, columns: Columns, rows: int) -> Array:
    if fact.name in columns:
        return columns[fact.name]
    if fact.optional:
        return np.full(rows, fact.unknown)
    raise ColumnMissing(
        f"虚构县没有为必填事实 {entity.name}.{fact.name} 造数。(The made-up county has no column for a required fact.)",
        where="policies/national/rules/",
        to_do="Make it optional there, or generate it in src/doudi/demo/.",
    )


def _arrow_column(fact: Fact, values: Array, words: list[str]) -> pa.Array:
    if fact.kind == "date":
        return pa.array(values.astype("datetime64[D]"))
    unknown = values == fact.unknown
    mask = unknown if unknown.any() else None
    if fact.kind == "text":
        codes = pa.array(values.astype(np.int32), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))
    if fact.kind == "bool":
        return pa.array(values == 1, mask=mask)
    return pa.array(values.astype(np.int64), mask=mask)
