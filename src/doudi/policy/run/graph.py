"""Which rules a set of outputs needs, in what order, at which level, and which of them can be unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from doudi.policy.pack.day import DayPack, Key
from doudi.policy.pack.folding import fold
from doudi.policy.terms.kinds import BOOL
from doudi.policy.terms.tree import Aggregate, Node, const

_NEVER_UNKNOWN = frozenset({"const", "is_known"})
_SETTLED_BY = {"and": False, "or": True}
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
        """Add outputs and everything they need, in dependency order; then move what can be computed elsewhere."""
        wanted = list(keys)
        for key in wanted:
            self._visit(key)
        self._prune(wanted)
        self._hoist()
        self._finish(wanted)
        self._postpone(wanted)

    def _visit(self, key: Key) -> None:
        if key in self.levels:
            return
        node = self.pack.nodes.get(key)
        if node is None:
            fact = self.pack.pack.facts[key]
            self.levels[key], self.unknown[key] = -1, fact.optional
            return
        for ref in self._references(node):
            self._visit(ref)
        self._add(key, self._short(node))

    def _add(self, key: Key, node: Node) -> None:
        self.nodes[key] = node
        self.levels[key] = self._level(node, key[0])
        self.unknown[key] = self.unknowable(node)
        self.order.append(key)

    def is_table(self, entity: str) -> bool:
        """Tell whether an entity has stages of its own."""
        return entity in ("household", "person")

    def parent(self, entity: str) -> str:
        """Return an entity's parent."""
        return self.pack.pack.entities[entity].parent

    # shorter formulas
    def _short(self, node: Node) -> Node:
        """Return the node with constant rules put in and mere other names of a fact or rule replaced by it."""
        if node.op in ("name", "up"):
            meant = self.nodes.get((node.entity, node.name))
            if meant is not None and meant.op == "const":
                return meant
            return replace(node, name=meant.name) if meant is not None and meant.op == "name" else node
        found = node.aggregate
        if found is not None:
            inner = (self._maybe(part) for part in (found.expression, found.filter, found.default))
            return replace(node, aggregate=Aggregate(found.kind, found.entity, found.collection, *inner))
        if node.op in _SETTLED_BY:
            return _without_constants(node, [self._short(arg) for arg in node.args])
        return fold(replace(node, args=tuple(self._short(arg) for arg in node.args)), self.pack.day)

    def _maybe(self, node: Node | None) -> Node | None:
        return None if node is None else self._short(node)

    def _prune(self, wanted: list[Key]) -> None:
        """Forget rules that nobody reads any more."""
        read, waiting = set(wanted), list(wanted)
        while waiting:
            node = self.nodes.get(waiting.pop())
            found = set(self._references(node)) - read if node is not None else set()
            read |= found
            waiting += found
        self.order = [key for key in self.order if key in read]

    # better places
    def _hoist(self) -> None:
        """Compute aggregates as early as the entity has a stage, so that a later stage need not group the same rows again."""
        for entity in ("household", "person"):
            stages = sorted({self.levels[key] for key in self.order if key[0] == entity})
            known: dict[Node, Node] = {}
            for key in [key for key in self.order if key[0] == entity]:
                self.nodes[key] = self._hoisted(self.nodes[key], key, stages, known)

    def _hoisted(self, node: Node, key: Key, stages: list[int], known: dict[Node, Node]) -> Node:
        if node.aggregate is None:
            return replace(node, args=tuple(self._hoisted(arg, key, stages, known) for arg in node.args))
        early = min(level for level in stages if level >= self._level(node, key[0]))
        if early >= self.levels[key]:
            return node
        if node not in known:
            hoisted = (key[0], f"{node.aggregate.collection}_{node.aggregate.kind}_{len(known)}")
            known[node] = Node("name", node.type, entity=key[0], name=hoisted[1])
            self._add(hoisted, node)
            self.levels[hoisted] = early
            self.order.insert(self.order.index(key), self.order.pop())
        return known[node]

    def _postpone(self, wanted: list[Key]) -> None:
        """Compute a rule only in the stage that reads it, when what it needs is there anyhow: fewer columns are carried."""
        readers: dict[Key, set[Key]] = {}
        for key in self.order:
            for ref in self._references(self.nodes[key]):
                readers.setdefault(ref, set()).add(key)
        for key in reversed([key for key in self.order if self.is_table(key[0])]):
            target = self._latest(key, readers.get(key, set()), wanted)
            if target > self.levels[key]:
                carried = [ref for ref in set(self._references(self.nodes[key])) if not self._carried(ref, key, target, readers, wanted)]
                # A text is wide: one narrower fact may be carried in its stead.
                spare = 1 if self.nodes[key].type.kind == "text" and all(ref[0] == key[0] for ref in carried) else 0
                if len(carried) <= spare:
                    self.levels[key] = target

    def _latest(self, key: Key, readers: set[Key], wanted: list[Key]) -> int:
        """Return the last stage of the entity in which every reader still finds the rule."""
        stages = {self.levels[other] for other in self.order if other[0] == key[0]}
        bound = max(stages)
        if key not in wanted or readers:
            reading = [self.levels[reader] - (reader[0] != key[0]) for reader in readers]
            bound = min([*reading, bound])
        return max((level for level in stages if level <= bound), default=-1)

    def _carried(self, ref: Key, key: Key, target: int, readers: dict[Key, set[Key]], wanted: list[Key]) -> bool:
        """Tell whether a stage at the target level has a column even if `key` is not computed earlier."""
        others = [other for other in readers.get(ref, set()) if other != key]
        if ref[0] == self.parent(key[0]):
            return any(other[0] == key[0] and self.levels[other] == target for other in others)
        if not self.is_table(ref[0]):
            return any(other[0] == key[0] and self.levels[other] == target for other in others)
        return ref in wanted or any(self.levels[other] >= target for other in others)

    def _finish(self, wanted: list[Key]) -> None:
        """Give outputs that only repeat another their value in the last stage, so that no stage carries both."""
        for key in wanted:
            node = self.nodes.get(key)
            if node is not None and node.op in ("name", "const"):
                self.levels[key] = max(self.levels[other] for other in self.order if other[0] == key[0])

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


def _without_constants(node: Node, args: list[Node]) -> Node:
    """Return an and/or without its constant parts; a part that settles it settles it, whatever the others are."""
    settling = _SETTLED_BY[node.op]
    if any(arg.op == "const" and arg.value is settling for arg in args):
        return const(settling, BOOL)
    rest = [arg for arg in args if arg.op != "const"]
    if len(rest) < 2:
        return rest[0] if rest else const(not settling, BOOL)
    return replace(node, args=tuple(rest))
