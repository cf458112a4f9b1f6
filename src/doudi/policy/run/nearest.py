"""How near a condition is: the fewest single conditions that would have to be otherwise for it to hold.

A family in no category is told first of the category that it missed most narrowly, and by what.
"""

from __future__ import annotations

from doudi.policy.run.closures import Program
from doudi.policy.run.rows import Row
from doudi.policy.terms.tree import Aggregate, Node

FAR = 1000
FACT = 3
_DEPTH = 25


class Nearness:
    """Counts the single conditions between a row's value and the wanted one."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[tuple[int, str, bool], int] = {}

    def of(self, row: Row, name: str, wanted: bool = True) -> int:
        """Return how many single conditions keep a rule or fact from the wanted value; 0 when it has it."""
        key = (id(row), name, wanted)
        if key not in self._known:
            self._known[key] = FAR  # rules have no cycles; a way round through parents ends here
            self._known[key] = self._named(row, name, wanted, _DEPTH)
        return self._known[key]

    def _named(self, row: Row, name: str, wanted: bool, depth: int) -> int:
        if self.program.value(row, name) is wanted:
            return 0
        node = self.program.pack.nodes.get((row.entity, name))
        # What is simply so (a recorded decision, a fact of life) is further away than an amount beyond a line.
        return FACT if node is None or depth <= 0 else min(FAR, self._node(node, row, wanted))

    def _node(self, node: Node, row: Row, wanted: bool) -> int:
        if node.op == "name":
            return self.of(row, node.name, wanted)
        if node.op == "up":
            return self.of(row.up(node.entity), node.name, wanted)
        if node.op == "not":
            return self._node(node.args[0], row, not wanted)
        if node.op in ("and", "or"):
            costs = [self._node(arg, row, wanted) for arg in node.args]
            return sum(costs) if (node.op == "and") is wanted else min(costs)
        if self.program.closure(node)(row) is wanted:
            return 0
        if node.op == "case":
            return self._case(node, row, wanted)
        if node.aggregate is not None and node.aggregate.kind in ("any_of", "all_of"):
            return self._children(node.aggregate, row, wanted)
        return 1 if node.op not in ("const", "unknown") else FAR

    def _case(self, node: Node, row: Row, wanted: bool) -> int:
        condition, chosen, other = node.args
        return min(self._node(condition, row, True) + self._node(chosen, row, wanted),
                   self._node(condition, row, False) + self._node(other, row, wanted))

    def _children(self, found: Aggregate, row: Row, wanted: bool) -> int:
        assert found.expression is not None
        inside = [child for child in row.children[found.collection]
                  if found.filter is None or self.program.closure(found.filter)(child) is not False]
        costs = [self._node(found.expression, child, wanted) for child in inside]
        every = (found.kind == "all_of") is wanted
        return sum(costs) if every else min(costs, default=FAR)
