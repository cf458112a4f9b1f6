"""What is known about one taken-in file: where it came from, what became of each of its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1


class RowsDoNotAddUp(AssertionError):
    """Rows of a file were lost or counted twice: a fault of the program, never of the sender."""


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a file: read = heading + accepted + refused + ignored."""

    read: int = 0
    heading: int = 0
    accepted: int = 0
    refused: int = 0
    ignored: int = 0
    remarked: int = 0

    def check(self) -> None:
        """Do nothing when the rows add up; otherwise this will raise RowsDoNotAddUp."""
        if self.read != self.heading + self.accepted + self.refused + self.ignored:
            raise RowsDoNotAddUp(f"rows do not add up: {self}")

    def __add__(self, other: Counts) -> Counts:
        mine, theirs = asdict(self), asdict(other)
        return Counts(**{key: mine[key] + theirs[key] for key in mine})


@dataclass(frozen=True)
class Manifest:
    """One file's rows of one data set for one month.

    `received_at` is the moment the command was given, in ISO form. `ignored_for`, `refused_for` and `remarked_for`
    say how many rows for which reason; a row refused for two reasons counts in both. `read_as` says what was decided
    on the way: heading row, encoding, units and where the month was found. `supersedes` names the manifests whose rows
    this one replaces.
    """

    id: str
    dataset: str
    month: str
    sender: str
    received_at: str
    source_name: str
    source_digest: str
    received_as: str
    contract_digest: str
    counts: Counts
    ignored_for: Mapping[str, int] = field(default_factory=dict)
    refused_for: Mapping[str, int] = field(default_factory=dict)
    remarked_for: Mapping[str, int] = field(default_factory=dict)
    read_as: Mapping[str, Any] = field(default_factory=dict)
    supersedes: tuple[str, ...] = ()
    returned_as: str = ""
    format: int = FORMAT

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as it is written to disk."""
        return {**asdict(self), "supersedes": list(self.supersedes)}


def manifest_id(*, source_digest: str, dataset: str, month: str, sender: str, contract_digest: str) -> str:
    """Return the name of a manifest: the same file, read the same way, always has the same name."""
    parts = json.dumps([source_digest, dataset, month, sender, contract_digest, FORMAT], ensure_ascii=False)
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def read_manifest(text: str) -> Manifest:
    """Return the manifest that `as_json` wrote."""
    content = json.loads(text)
    content["counts"] = Counts(**content["counts"])
    content["supersedes"] = tuple(content["supersedes"])
    return Manifest(**content)
