"""What a family's answers would be if some facts were known, whatever they turned out to be.

Every expression is a value, ANY (known, but not said which) or None (may be unknown). The reading is cautious: what it calls
known is known for every value of the supposed facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from doudi.policy.pack.day import DayPack
from doudi.policy.pack.folding import ARITHMETIC
from doudi.policy.run.rows import Row
from doudi.policy.terms.tree import Aggregate, Node


class _Any:
    """Known, whatever it is."""


ANY = _Any()
Fixed = Mapping[tuple[int, str], Any]


class Supposition:
    """Answers with some facts supposed: `fixed` gives a value or ANY by row identity and fact (or list) name."""

    def __init__(self, pack: DayPack, fixed: Fixed) -> None:
        self.pack = pack
        self.fixed = fixed
        self.memo: dict[tuple[int, str], Any] = {}

    def named(self, row: Row, name: str) -> Any:
        """Return a fact or rule of a row."""
        mark = (id(row), name)
        if mark in self.fixed:
            return self.fixed[mark]
        node = self.pack.nodes.get((row.entity, name))
        if node is None:
            return row.facts[name]
        if mark not in self.memo:
            self.memo[mark] = self.value(node, row)
        return self.memo[mark]

    def value(self, node: Node, row: Row) -> Any:
        """Return a formula's value for a row."""
        special = _SPECIAL.get(node.op)
        if special is not None:
            return special(self, node, row)
        values = [self.value(arg, row) for arg in node.args]
        if any(value is None for value in values):
            return None
        return ANY if ANY in values else ARITHMETIC[node.op](*values)

    def const(self, node: Node, row: Row) -> Any:
        """A constant, or unknown."""
        return node.value

    def name(self, node: Node, row: Row) -> Any:
        """An own name or a parent's."""
        return self.named(row if node.op == "name" else row.up(node.entity), node.name)

    def every(self, node: Node, row: Row) -> Any:
        """And."""
        return _joined((self.value(arg, row) for arg in node.args), settling=False)

    def some(self, node: Node, row: Row) -> Any:
        """Or."""
        return _joined((self.value(arg, row) for arg in node.args), settling=True)

    def negation(self, node: Node, row: Row) -> Any:
        """Not."""
        return _negated(self.value(node.args[0], row))

    def case(self, node: Node, row: Row) -> Any:
        """A choice; if the condition may be either, both branches must be known."""
        condition = self.value(node.args[0], row)
        if condition is None:
            return None
        if condition is not ANY:
            return self.value(node.args[1 if condition else 2], row)
        chosen, other = (self.value(arg, row) for arg in node.args[1:])
        if chosen is None or other is None:
            return None
        return chosen if chosen is not ANY and other is not ANY and chosen == other else ANY

    def is_known(self, node: Node, row: Row) -> Any:
        """True when surely known; otherwise an answer there is, but not which."""
        return ANY if self.value(node.args[0], row) is None else True

    def if_unknown(self, node: Node, row: Row) -> Any:
        """The first if surely known, else one of the two."""
        value = self.value(node.args[0], row)
        if value is not None:
            return value
        return None if self.value(node.args[1], row) is None else ANY

    def aggregate(self, node: Node, row: Row) -> Any:
        """An aggregate over the rows there are, and over those that an ANY list may bring."""
        found = node.aggregate
        assert found is not None
        asked = self.fixed.get((id(row), found.collection), True if row.asked[found.collection] else None)
        members = [(child, True if found.filter is None else self.value(found.filter, child))
                   for child in row.children[found.collection]]
        if found.kind in ("any_of", "all_of"):
            return self._quantified(found, members, asked)
        if asked is None or any(member is None for _, member in members):
            return None
        return self._gathered(found, row, [(child, member) for child, member in members if member is not False], asked)

    def _quantified(self, found: Aggregate, members: list[tuple[Row, Any]], asked: Any) -> Any:
        assert found.expression is not None
        wanted = found.kind == "any_of"
        values = [not wanted if asked is True else asked]
        for child, member in members:
            inner = self.value(found.expression, child)
            if wanted:
                values.append(_joined((member, inner), settling=False))
            else:
                values.append(_joined((_negated(member), inner), settling=True))
        return _joined(values, settling=wanted)

    def _gathered(self, found: Aggregate, row: Row, members: list[tuple[Row, Any]], asked: Any) -> Any:
        values = [] if found.expression is None else [self.value(found.expression, child) for child, _ in members]
        dates = [self.named(child, self.pack.pack.entities[found.entity].dated_by) for child, _ in members] \
            if found.kind == "latest_of" else []
        if None in dates or None in values:
            return None
        sure = asked is True and all(member is True for _, member in members)
        if found.default is not None and not (members and any(member is True for _, member in members)):
            default = self.value(found.default, row)
            if default is None or (sure and not members):
                return default
        if not sure or ANY in values or ANY in dates:
            return ANY
        if found.kind == "count_of":
            return len(members)
        if found.kind == "sum_of":
            return sum(values)
        if found.kind == "latest_of":
            return values[max(range(len(dates)), key=lambda index: (dates[index], index))]
        return max(values) if found.kind == "max_of" else min(values)


def _joined(values: Iterable[Any], *, settling: bool) -> Any:
    """Three-valued or (settling=True) and (False), where ANY is known."""
    found = list(values)
    if any(value is settling for value in found):
        return settling
    if any(value is None for value in found):
        return None
    return ANY if ANY in found else not settling


def _negated(value: Any) -> Any:
    return value if value is None or value is ANY else not value


_SPECIAL: dict[str, Callable[[Supposition, Node, Row], Any]] = {
    "const": Supposition.const, "unknown": Supposition.const, "name": Supposition.name, "up": Supposition.name,
    "and": Supposition.every, "or": Supposition.some, "not": Supposition.negation, "case": Supposition.case,
    "is_known": Supposition.is_known, "if_unknown": Supposition.if_unknown, "agg": Supposition.aggregate,
}
