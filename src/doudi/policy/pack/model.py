"""What a pack holds, after reading. All of it is data; nothing here computes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from doudi.policy.terms.errors import Where
from doudi.policy.terms.kinds import Type

Plain = bool | int | str | date
Table: TypeAlias = "Plain | dict[str, Table]"


@dataclass(frozen=True)
class Ground:
    """Why something is in a pack: clauses of documents, readings of unclear clauses."""

    clauses: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A document that a pack cites."""

    id: str
    number: str
    title: str
    issued: date | None
    note: str
    where: Where


@dataclass(frozen=True)
class Clause:
    """One clause of a document in our own words."""

    id: str
    article: str
    says: str
    kind: str  # computable | procedural | organisational
    why: str
    where: Where
    pack: str


@dataclass(frozen=True)
class Reading:
    """An unclear clause: its readings, the chosen one, and the cases that test the boundary."""

    id: str
    clauses: tuple[str, ...]
    question: str
    readings: tuple[str, ...]
    chosen: str
    why: str
    tested_by: tuple[str, ...]
    where: Where
    pack: str


@dataclass(frozen=True)
class Entity:
    """A kind of thing that facts are about; a tree with the household as root."""

    name: str
    label: str
    parent: str
    collection: str
    dated_by: str
    dataset: str
    where: Where


@dataclass(frozen=True)
class Fact:
    """Something a family file holds about an entity."""

    name: str
    entity: str
    label: str
    type: Type
    choices: dict[str, str]
    optional: bool
    describe: str
    where: Where
    pack: str
    overrides: bool = False


@dataclass(frozen=True)
class Change:
    """A value from a day on, with its source."""

    start: date
    value: Table
    source: str
    confidence: str  # confirmed | assumed
    note: str
    where: Where


@dataclass(frozen=True)
class Value:
    """A dated value; money in fen, ratios times 10,000. `by` names household facts it varies with."""

    name: str
    label: str
    type: Type
    by: tuple[str, ...]
    ground: Ground
    changes: tuple[Change, ...]
    local: bool
    where: Where
    pack: str
    overrides: bool


@dataclass(frozen=True)
class SetOf:
    """A filtered collection."""

    name: str
    of: str
    condition: str
    label: str
    ground: Ground
    where: Where
    pack: str
    overrides: bool


@dataclass(frozen=True)
class Version:
    """A formula in force from a day on."""

    start: date | None
    formula: str
    ground: Ground
    where: Where


@dataclass(frozen=True)
class Rule:
    """A named formula about an entity."""

    name: str
    entity: str
    label: str
    type: Type
    versions: tuple[Version, ...]
    rounding: str
    says: dict[str, str]
    where: Where
    pack: str
    overrides: bool


@dataclass(frozen=True)
class Step:
    """One category that a household or person may get."""

    category: str
    shown_as: str  # `as`: e.g. single_person
    label: str
    when: str
    amount: str
    ground: Ground
    where: Where


@dataclass(frozen=True)
class Level:
    """How the category of a household or a person is chosen."""

    choose: str  # first | better
    steps: tuple[Step, ...]
    ground: Ground
    where: Where


@dataclass(frozen=True)
class Tag:
    """A mark beside the category."""

    name: str
    label: str
    level: str
    when: str
    ground: Ground
    where: Where


@dataclass(frozen=True)
class Compatibility:
    """Whether categories and tags exclude each other or stand together."""

    these: tuple[str, ...]
    are: str  # exclusive | together
    ground: Ground
    where: Where


@dataclass(frozen=True)
class Category:
    """A category with the label people see."""

    name: str
    label: str
    ground: Ground
    where: Where


@dataclass(frozen=True)
class Results:
    """What a pack answers."""

    categories: tuple[Category, ...]
    household: Level
    person: Level
    tags: tuple[Tag, ...]
    compatibility: tuple[Compatibility, ...]
    lines: tuple[str, ...]
    show: tuple[str, ...]
    where: Where
    pack: str
    overrides: bool


@dataclass(frozen=True)
class Limit:
    """A count in a unit, from an event."""

    count: int
    unit: str
    start: str


@dataclass(frozen=True)
class ProcessItem:
    """A step, limit, decider, publicity rule, review, exit, watch, referral or ledger."""

    section: str
    name: str
    label: str
    says: str
    who: str
    limit: Limit | None
    ground: Ground
    confidence: str
    note: str
    where: Where
    pack: str
    overrides: bool


@dataclass(frozen=True)
class Alert:
    """A comparison rule: who to look at, why, who answers and by when."""

    name: str
    label: str
    family: str  # E M R Q
    entity: str
    when: str
    evidence: tuple[str, ...]
    owner: str
    limit: Limit | None
    ground: Ground
    where: Where
    pack: str
    overrides: bool


@dataclass
class Layer:
    """One pack folder as read, before it is joined with the pack it extends."""

    name: str
    title: str
    region: str
    start: date
    version: int
    extends: str
    abstract: bool
    where: Where
    documents: list[Document] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    sets: list[SetOf] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    results: list[Results] = field(default_factory=list)
    process: list[ProcessItem] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)


@dataclass(frozen=True)
class Pack:
    """A pack joined with everything it extends. `layers` runs from the base to the pack itself."""

    name: str
    title: str
    region: str
    start: date
    version: int
    abstract: bool
    digest: str
    layers: tuple[str, ...]
    documents: dict[str, Document]
    clauses: dict[str, Clause]
    readings: dict[str, Reading]
    values: dict[str, Value]
    entities: dict[str, Entity]
    facts: dict[tuple[str, str], Fact]
    sets: dict[str, SetOf]
    rules: dict[tuple[str, str], Rule]
    results: Results
    process: dict[tuple[str, str], ProcessItem]
    alerts: dict[str, Alert]
    overridden: tuple[Ground, ...]
