"""Which rules a set of outputs needs, in what order, at which level, and which of them can be unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from doudi.policy.pack.day import DayPack, Key
from doudi.policy.terms.tree import Aggregate, Node

_NEVER_UNKNOWN = frozenset({"const", "is_known"})
_DIVIDING = frozenset({"div_round", "ceil_to", "floor_to", "round_to"})


def parts(node: Node) -> Iterator[Node]:
    """Yield a node and all below it in its own scope."""
    return node.walk()


@dataclass
class Graph:
    """Rules needed for some outputs. Levels: a stage of level L reads tables of levels below L; facts are of level -1.

    Households and persons are tables with stages; records are read where they are aggregated and have no stages.
    """

    pack: DayPack
    nodes: dict[Key, Node] = field(default_factory=dict)
    order: list[Key] = field(default_factory=list)
    levels: dict[Key, int] = field(default_factory=dict)
    unknown: dict[Key, bool] = field(default_factory=dict)

    def need(self, keys: Iterable[Key]) -> None:
        """Add outputs and everything they need, in dependency order."""
        for key in keys:
            self._visit(key)

    def _visit(self, key: Key) -> None:
        if key in self.levels:
            return
        node = self.nodes.get(key, self.pack.nodes.get(key))
        if node is None:
            fact = self.pack.pack.facts[key]
            self.levels[key], self.unknown[key] = -1, fact.optional
            return
        node = self._near(node, key[0])
        self.nodes[key] = node
        for ref in self._references(node):
            self._visit(ref)
        self.levels[key] = self._level(node, key[0])
        self.unknown[key] = self.unknowable(node)
        self.order.append(key)

    def is_table(self, entity: str) -> bool:
        """Tell whether an entity has stages of its own."""
        return entity in ("household", "person")

    def parent(self, entity: str) -> str:
        """Return an entity's parent."""
        return self.pack.pack.entities[entity].parent

    # up references one step at a time
    def _near(self, node: Node, entity: str) -> Node:
        if node.op == "up" and node.entity != self.parent(entity):
            return self._hop(node, entity)
        found = node.aggregate
        if found is not None:
            found = Aggregate(found.kind, found.entity, found.collection, self._near_or_none(found.expression, found.entity),
                              self._near_or_none(found.filter, found.entity), self._near_or_none(found.default, entity))
        return replace(node, args=tuple(self._near(arg, entity) for arg in node.args), aggregate=found)

    def _near_or_none(self, node: Node | None, entity: str) -> Node | None:
        return None if node is None else self._near(node, entity)

    def _hop(self, node: Node, entity: str) -> Node:
        """Let the parent carry a grandparent's value."""
        parent = self.parent(entity)
        alias = (parent, f"{node.entity}__{node.name}")
        self.nodes.setdefault(alias, node)
        return Node("up", node.type, entity=parent, name=alias[1])

    def _references(self, node: Node) -> Iterator[Key]:
        for part in parts(node):
            if part.op in ("name", "up"):
                yield part.entity, part.name
            for inner in part.inner():
                yield from self._references(inner)

    # levels
    def _level(self, node: Node, entity: str) -> int:
        level = 0 if self.is_table(entity) else -1
        for part in parts(node):
            if part.op == "name":
                level = max(level, self.levels[part.entity, part.name])
            elif part.op == "up":
                step = 1 if self.is_table(entity) else 0
                level = max(level, self.levels[part.entity, part.name] + step)
            for inner in part.inner():
                for ref in self._references(inner):
                    level = max(level, self.levels[ref] + 1)
        return level

    # what can be unknown
    def unknowable(self, node: Node) -> bool:
        """Tell whether a node can be unknown."""
        if node.op in _NEVER_UNKNOWN:
            return False
        if node.op == "unknown":
            return True
        if node.op in ("name", "up"):
            return self.unknown[node.entity, node.name]
        if node.op == "if_unknown":
            return self.unknowable(node.args[1])
        if node.op in _DIVIDING and not _sure_divisor(node):
            return True
        if node.aggregate is not None:
            return self._aggregate_unknowable(node.aggregate)
        return any(self.unknowable(arg) for arg in node.args)

    def _aggregate_unknowable(self, found: Aggregate) -> bool:
        inner = [part for part in (found.expression, found.filter, found.default) if part is not None]
        if found.kind == "latest_of":
            inner.append(Node("name", inner[0].type, entity=found.entity, name=self.pack.pack.entities[found.entity].dated_by))
        return self.asked_column(found) is not None or any(self.unknowable(part) for part in inner)

    def asked_column(self, found: Aggregate) -> str | None:
        """Return the flag that says a list was asked for; persons of a household always are."""
        return None if found.collection == "persons" else f"{found.collection}_asked"


def _sure_divisor(node: Node) -> bool:
    divisor = node.args[1]
    return divisor.op == "const" and isinstance(divisor.value, int) and divisor.value > 0
