"""One family: formulas as nested Python functions over rows, each rule computed at most once a row.

Unknown is None. The meaning is the same as that of the SQL in `run.lowering`; `tests/same_answer` holds them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doudi.policy.pack.day import DayPack, Key
from doudi.policy.pack.folding import ARITHMETIC
from doudi.policy.run.rows import MISSING, Row
from doudi.policy.terms.tree import Aggregate, Node

Closure = Callable[[Row], Any]


class Program:
    """The compiled formulas of a pack on a day."""

    def __init__(self, pack: DayPack) -> None:
        self.pack = pack
        self._closures: dict[int, Closure] = {}
        self._rules: dict[Key, Closure] = {}
        self._kept: dict[tuple[str, Key], Any] = {}
        self.cited: dict[Key, Any] = {}  # what reasons cite for a rule, kept from family to family

    def kept(self, sort: str, key: Key, make: Callable[[], Any]) -> Any:
        """Return what was worked out of a formula before, or make and keep it: it is the same for every family."""
        found = self._kept.get((sort, key), MISSING)
        if found is MISSING:
            found = self._kept[sort, key] = make()
        return found

    def value(self, row: Row, name: str) -> Any:
        """Return a fact or rule of a row, None when unknown."""
        known = row.memo.get(name, MISSING)
        return self.named(row.entity, name)(row) if known is MISSING else known

    def named(self, entity: str, name: str) -> Closure:
        """Return the closure of an entity's fact or rule."""
        key = (entity, name)
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = self._rule(key) if key in self.pack.nodes else lambda row: row.facts[name]
        return found

    def _rule(self, key: Key) -> Closure:
        name = key[1]
        inner: list[Closure] = []

        def compute(row: Row) -> Any:
            value = row.memo.get(name, MISSING)
            if value is MISSING:
                if not inner:
                    inner.append(self.closure(self.pack.nodes[key]))
                value = row.memo[name] = inner[0](row)
            return value

        return compute

    def closure(self, node: Node) -> Closure:
        """Return the closure of a formula node."""
        found = self._closures.get(id(node))
        if found is None:
            found = self._closures[id(node)] = self._compile(node)
        return found

    def _compile(self, node: Node) -> Closure:
        special = _SPECIAL.get(node.op)
        if special is not None:
            return special(self, node)
        if node.op in _BINARY and node.args[1].op == "const":
            return _strict_left(ARITHMETIC[node.op], self.closure(node.args[0]), node.args[1].value)
        if node.op == "in" and all(arg.op == "const" for arg in node.args[1:]):
            return _strict_left(lambda value, options: value in options, self.closure(node.args[0]), [arg.value for arg in node.args[1:]])
        if node.op in _BINARY and len(node.args) == 2:
            return _strict_pair(ARITHMETIC[node.op], *(self.closure(arg) for arg in node.args))
        return _strict(ARITHMETIC[node.op], [self.closure(arg) for arg in node.args])

    def const(self, node: Node) -> Closure:
        """Compile a constant or unknown."""
        value = node.value
        return lambda row: value

    def name(self, node: Node) -> Closure:
        """Compile an own fact or rule."""
        return self.named(node.entity, node.name)

    def up(self, node: Node) -> Closure:
        """Compile a parent's fact or rule."""
        inner, entity = self.named(node.entity, node.name), node.entity
        return lambda row: inner(row.up(entity))

    def every(self, node: Node) -> Closure:
        """Compile `and`: no as soon as one is no, else unknown if one is unknown."""
        parts = [self.closure(arg) for arg in node.args]

        def compute(row: Row) -> bool | None:
            result: bool | None = True
            for part in parts:
                value = part(row)
                if value is False:
                    return False
                if value is None:
                    result = None
            return result

        return compute

    def some(self, node: Node) -> Closure:
        """Compile `or`: yes as soon as one is yes, else unknown if one is unknown."""
        parts = [self.closure(arg) for arg in node.args]

        def compute(row: Row) -> bool | None:
            result: bool | None = False
            for part in parts:
                value = part(row)
                if value is True:
                    return True
                if value is None:
                    result = None
            return result

        return compute

    def negation(self, node: Node) -> Closure:
        """Compile `not`."""
        inner = self.closure(node.args[0])

        def compute(row: Row) -> bool | None:
            value = inner(row)
            return None if value is None else not value

        return compute

    def case(self, node: Node) -> Closure:
        """Compile a choice: an unknown condition gives unknown."""
        condition, chosen, other = (self.closure(arg) for arg in node.args)

        def compute(row: Row) -> Any:
            value = condition(row)
            if value is None:
                return None
            return chosen(row) if value else other(row)

        return compute

    def is_known(self, node: Node) -> Closure:
        """Compile is_known."""
        inner = self.closure(node.args[0])
        return lambda row: inner(row) is not None

    def if_unknown(self, node: Node) -> Closure:
        """Compile if_unknown."""
        inner, other = (self.closure(arg) for arg in node.args)

        def compute(row: Row) -> Any:
            value = inner(row)
            return other(row) if value is None else value

        return compute

    def aggregate(self, node: Node) -> Closure:
        """Compile an aggregate over children."""
        found = node.aggregate
        assert found is not None
        if found.kind in ("any_of", "all_of"):
            return self._quantified(found)
        if found.kind == "count_of":
            return self._counted(found)
        return self._picked(found)

    def _filter(self, found: Aggregate) -> Closure:
        return self.closure(found.filter) if found.filter is not None else lambda row: True

    def _quantified(self, found: Aggregate) -> Closure:
        """any_of: yes if one is; all_of: no if one is not. The rest is unknown unless all were asked and known."""
        assert found.expression is not None
        inside, condition, collection = self._filter(found), self.closure(found.expression), found.collection
        wanted: bool = found.kind == "any_of"

        def compute(row: Row) -> bool | None:
            result: bool | None = not wanted if row.asked[collection] else None
            for child in row.children[collection]:
                member = inside(child)
                if member is False:
                    continue
                value = condition(child)
                if member is True and value is wanted:
                    return bool(wanted)
                if value is not (not wanted):
                    result = None
            return result

        return compute

    def _counted(self, found: Aggregate) -> Closure:
        inside, collection = self._filter(found), found.collection

        def compute(row: Row) -> int | None:
            if not row.asked[collection]:
                return None
            count = 0
            for child in row.children[collection]:
                member = inside(child)
                if member is None:
                    return None
                count += member
            return count

        return compute

    def _picked(self, found: Aggregate) -> Closure:
        assert found.expression is not None
        inside, expression, collection = self._filter(found), self.closure(found.expression), found.collection
        finish = self._finish(found)

        def compute(row: Row) -> Any:
            if not row.asked[collection]:
                return None
            rows: list[tuple[Row, Any]] = []
            unknown = False
            for child in row.children[collection]:
                member = inside(child)
                if member is False:
                    continue
                rows.append((child, expression(child)))
                unknown = unknown or member is None
            return None if unknown else finish(row, rows)

        return compute

    def _finish(self, found: Aggregate) -> Callable[[Row, list[tuple[Row, Any]]], Any]:
        if found.kind == "sum_of":
            return lambda row, rows: None if any(value is None for _, value in rows) else sum(value for _, value in rows)
        assert found.default is not None
        default = self.closure(found.default)
        if found.kind == "latest_of":
            dated_by = self.named(found.entity, self.pack.pack.entities[found.entity].dated_by)
            return lambda row, rows: _latest(row, rows, dated_by, default)
        pick = max if found.kind == "max_of" else min

        def extreme(row: Row, rows: list[tuple[Row, Any]]) -> Any:
            if any(value is None for _, value in rows):
                return None
            return pick(value for _, value in rows) if rows else default(row)

        return extreme


def _latest(row: Row, rows: list[tuple[Row, Any]], dated_by: Closure, default: Closure) -> Any:
    dates = [dated_by(child) for child, _ in rows]
    if not rows:
        return default(row)
    if any(day is None for day in dates):
        return None
    newest = max(range(len(rows)), key=lambda index: (dates[index], index))
    return rows[newest][1]


def _strict(function: Callable[..., Any], parts: list[Closure]) -> Closure:
    def compute(row: Row) -> Any:
        values = [part(row) for part in parts]
        return None if None in values else function(*values)

    return compute


def _strict_left(function: Callable[[Any, Any], Any], left: Closure, constant: Any) -> Closure:
    def compute(row: Row) -> Any:
        value = left(row)
        return None if value is None else function(value, constant)

    return compute


def _strict_pair(function: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    def compute(row: Row) -> Any:
        a = left(row)
        if a is None:
            return None
        b = right(row)
        return None if b is None else function(a, b)

    return compute


_BINARY = frozenset({"+", "-", "*", "=", "<>", "<", "<=", ">", ">="})
_SPECIAL: dict[str, Callable[[Program, Node], Closure]] = {
    "const": Program.const, "unknown": Program.const, "name": Program.name, "up": Program.up, "and": Program.every,
    "or": Program.some, "not": Program.negation, "case": Program.case, "is_known": Program.is_known,
    "if_unknown": Program.if_unknown, "agg": Program.aggregate,
}
