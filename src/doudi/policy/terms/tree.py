"""The formula tree: one node type, typed, with an operator and arguments.

Operators: const unknown day name up value agg, and the functions of the language (see `pack.typing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from doudi.policy.terms.kinds import Type

Scalar = bool | int | str | date | None


@dataclass(frozen=True)
class Aggregate:
    """What an `agg` node sums, counts or looks for: a set of children, with expressions in the child's scope."""

    kind: str  # sum_of count_of any_of all_of max_of min_of latest_of
    entity: str  # the child entity
    collection: str  # the child's collection on the owner
    expression: Node | None
    filter: Node | None
    default: Node | None  # in the owner's scope


@dataclass(frozen=True)
class Node:
    """One node of a typed formula."""

    op: str
    type: Type
    args: tuple[Node, ...] = ()
    value: Scalar = None  # const: the value
    entity: str = ""  # name, up: whose; value: empty
    name: str = ""  # name, up, value: what
    aggregate: Aggregate | None = None

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it in the same scope, the aggregate's default included."""
        yield self
        for arg in self.args:
            yield from arg.walk()
        if self.aggregate is not None and self.aggregate.default is not None:
            yield from self.aggregate.default.walk()

    def inner(self) -> tuple[Node, ...]:
        """Return the expressions of an aggregate, which live in the child's scope."""
        if self.aggregate is None:
            return ()
        return tuple(node for node in (self.aggregate.expression, self.aggregate.filter) if node is not None)


def const(value: Scalar, type_: Type) -> Node:
    """Return a constant."""
    return Node("const", type_, value=value)
