"""Fact tables as OpenFisca takes them: one variable a fact, texts as Enums set by name. Only facts that a rule asks for are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from doudi.policy import api

Array = Any
KINDS = {"bool": bool, "date": date}
RECORDS = ("supporter", "income", "expense", "asset")
UNKNOWN = "unknown"
TABLES = ("household", "person", *RECORDS)


@dataclass
class Facts:
    """The tables in memory, the position of each person's household and of each record's person."""

    tables: dict[str, pa.Table]
    pack: api.LoadedPack

    def __post_init__(self) -> None:
        self.household_ids = self.tables["household"]["household_id"].to_numpy()
        self.person_ids = self.tables["person"]["person_id"].to_numpy()
        self.home = np.searchsorted(self.household_ids, self.tables["person"]["household_id"].to_numpy())

    @staticmethod
    def read(folder: Path, pack: api.LoadedPack) -> Facts:
        """Read the fact tables of a folder. Households and persons must be in the order of their numbers."""
        return Facts({name: pq.read_table(folder / name) for name in TABLES}, pack)

    def owner(self, table: str) -> Array:
        """Return for each record the position of its person."""
        return np.searchsorted(self.person_ids, self.tables[table]["person_id"].to_numpy())

    def array(self, table: str, name: str, names: Any) -> Array:
        """Return a fact of all rows: yes/no, numbers, days, or texts encoded by the Enum `names`."""
        column, kind = self.tables[table][name], self.pack.pack.facts[table, name].type.kind
        if kind == "bool":
            # A spouse of whom nobody said otherwise is married (national pack); all else is known in this population.
            return pc.fill_null(column, name == "married").to_numpy()
        if kind == "date":
            return column.to_numpy().astype("datetime64[D]")
        if kind == "text":
            return names.encode(pc.fill_null(column, UNKNOWN).to_numpy().astype(str))
        return pc.fill_null(column, 0).to_numpy()


@dataclass
class Loading:
    """The facts that a simulation loads from, put here before each run."""

    facts: Facts | None = None

    def variables(self, pack: api.LoadedPack, table: str, entity: Any) -> list[type[Variable]]:
        """Return one OpenFisca variable for each fact of a table, which loads the fact when a rule first asks for it."""
        found = []
        for (owner, name), fact in pack.pack.facts.items():
            if owner == table and (fact.type.kind != "text" or fact.choices):
                names = Enum(name, {choice: choice for choice in (*fact.choices, UNKNOWN)}) if fact.type.kind == "text" else None
                found.append(type(name, (Variable,), self._body(table, name, entity, fact.type.kind, names)))
        return found

    def _body(self, table: str, name: str, entity: Any, kind: str, names: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"entity": entity, "definition_period": DateUnit.YEAR, "value_type": KINDS.get(kind, int)}
        if names is not None:
            body |= {"value_type": Enum, "possible_values": names, "default_value": next(iter(names))}

        def formula(population: Any, period: Any) -> Array:
            assert self.facts is not None
            return self.facts.array(table, name, names)

        return body | {"formula": formula}


class Codes:
    """The number of each choice of the text facts: `codes("person", "relation", "head")`."""

    def __init__(self, pack: api.LoadedPack) -> None:
        self.pack = pack

    def __call__(self, table: str, name: str, *choices: str) -> Array:
        known = list(self.pack.pack.facts[table, name].choices)
        return np.array([known.index(choice) for choice in choices])
