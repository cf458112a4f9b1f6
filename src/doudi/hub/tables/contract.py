"""The contract of a department data set: which columns it has, how people head them, what a good cell is.

A contract is one YAML file in `datasets/`, named as the data set. `read_contract` is strict: an unknown key, a kind
or unit that does not exist, a heading that could mean two columns, or a key column that is not there is refused with
file and line, all faults of a file at once. `docs/datasets.md` explains every key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from doudi.hub.tables import contract_faults, strict_yaml
from doudi.hub.tables.headings import plain_heading
from doudi.refusal import Refusal

UNKNOWN_ABSENCE = "unknown"


class BadContract(Refusal):
    """A dataset contract has faults; each is named with file and line."""


class NoSuchDataset(Refusal):
    """No contract has this name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column kept from the data set: its name in the tables, its headings, the kind of its cells.

    `unit` is `fen`, `fen per month` or `fen per year` for money, and `milli mu` or `milli sqm` for numbers.
    `choices` maps each stored word to the words people write; `unlisted` is stored for a word that is not listed.
    """

    name: str
    label: str
    headers: tuple[str, ...]
    kind: str
    need: str
    unit: str = ""
    required: bool = False
    min: int | None = None
    max: int | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unlisted: str = ""


@dataclass(frozen=True)
class Contract:
    """The contract of one data set, and the digest of the file it was read from."""

    name: str
    label: str
    department: str
    says: str
    clauses: tuple[str, ...]
    rhythm: Mapping[str, Any]
    purpose: str
    retention: Mapping[str, Any]
    absence_means: str
    grain: str
    key: tuple[str, ...]
    file_name_words: tuple[str, ...]
    columns: tuple[Column, ...]
    notes: str
    path: Path
    digest: str

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Return the columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def headings(self) -> Mapping[str, tuple[int, Column]]:
        """Return for each plain heading the column it stands for, and its rank among that column's headings."""
        return {plain_heading(one).text: (rank, column) for column in self.columns for rank, one in enumerate(column.headers)}

    @cached_property
    def required(self) -> tuple[Column, ...]:
        """Return the columns without which a row is refused."""
        return tuple(column for column in self.columns if column.required)


def read_contract(path: Path) -> Contract:
    """Read one contract. This will refuse a file with faults, naming each with file and line."""
    document = strict_yaml.read(path)
    faults = contract_faults.faults(document)
    if faults:
        raise BadContract(f"{path} has {len(faults)} faults:", where="\n  ".join(faults), to_do="Mend the contract.")
    content = document.content
    return Contract(
        name=content["name"],
        label=content["label"],
        department=content["department"],
        says=content["says"],
        clauses=tuple(content["clauses"]),
        rhythm=content["rhythm"],
        purpose=content["purpose"],
        retention=content["retention"],
        absence_means=content["absence_means"],
        grain=content["grain"],
        key=tuple(content["key"]),
        file_name_words=tuple(content["file_name_words"]),
        columns=tuple(_column(one) for one in content["columns"]),
        notes=content.get("notes", ""),
        path=path,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def read_contracts(folder: Path) -> dict[str, Contract]:
    """Read every contract of a folder, by name. This will refuse a folder without contracts, and any bad contract."""
    contracts = {path.stem: read_contract(path) for path in sorted(folder.glob("*.yaml"))}
    if not contracts:
        raise NoSuchDataset(f"{folder} holds no dataset contracts.", to_do="Set DOUDI_HOME to the checkout.")
    return contracts


def find_contract(contracts: Mapping[str, Contract], name: str) -> Contract:
    """Return the contract of this name. This will refuse a name that no contract has, listing the nearest ones."""
    if name in contracts:
        return contracts[name]
    near = [one for one in contracts if name.split("_")[0] in one] or sorted(contracts)
    raise NoSuchDataset(f"没有名为 {name} 的数据集。", to_do=f"可选 choose one of: {', '.join(near)}")


def _column(content: Mapping[str, Any]) -> Column:
    return Column(
        name=content["name"],
        label=content["label"],
        headers=tuple(content["headers"]),
        kind=content["kind"],
        need=content["need"],
        unit=content.get("unit", ""),
        required=content.get("required", False),
        min=content.get("min"),
        max=content.get("max"),
        choices={key: tuple(words) for key, words in content.get("choices", {}).items()},
        unlisted=content.get("unlisted", ""),
    )
