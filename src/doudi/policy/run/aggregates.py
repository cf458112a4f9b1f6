"""Aggregates over children in SQL: what the grouped select computes, and what the owner makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from doudi.policy.run.graph import Graph
from doudi.policy.run.lowering import Dialect
from doudi.policy.terms.kinds import BOOL
from doudi.policy.terms.tree import Aggregate, Node

SETTLED = {"sum_of": "0", "count_of": "0", "any_of": "false", "all_of": "true"}


@dataclass(frozen=True)
class Joined:
    """What the owner has beside the aggregate's own columns: was the list asked for, is there any row, the default."""

    asked: str | None
    present: str
    default: str | None


class AggregateSql:
    """Writes aggregates of one stage. `inner` prints a node in the child's scope."""

    def __init__(self, graph: Graph, speech: Dialect, inner: Callable[[Node], str]) -> None:
        self.graph = graph
        self.speech = speech
        self.inner = inner

    def grouped(self, found: Aggregate, *, dated_by: str, sequence: str) -> dict[str, str]:
        """Return the aggregate columns over the children by role: value, and for those with a default count and bad.

        Of the other kinds the value is ready: NULL when unknown, so that only one column goes through the join.
        """
        if found.kind in ("any_of", "all_of"):
            return {"value": self._quantified(found)}
        where = f" filter (where {self.inner(found.filter)})" if found.filter is not None else ""
        bad = self._bad(found, dated_by)
        if found.kind in ("sum_of", "count_of"):
            text = f"count(*){where}"
            if found.kind == "sum_of":
                total = f"cast(sum({self._expression(found)}){where} as bigint)"
                text = f"coalesce({total}, 0)"
            return {"value": f"case when bool_or({bad}) then null else {text} end" if bad else text}
        columns = {"count": f"count(*){where}"}
        if found.kind == "latest_of":
            columns["value"] = self.speech.latest(self._expression(found), self.speech.quote(dated_by), sequence) + where
        else:
            columns["value"] = f"{found.kind[:3]}({self._expression(found)}){where}"
        if bad:
            columns["bad"] = f"bool_or({bad})"
        return columns

    def _expression(self, found: Aggregate) -> str:
        assert found.expression is not None
        return self.inner(found.expression)

    def _quantified(self, found: Aggregate) -> str:
        condition = self._condition(found)
        text = self.inner(condition)
        value = f"{'bool_or' if found.kind == 'any_of' else 'bool_and'}({text})"
        if not self.graph.unknowable(condition):
            return value
        if found.kind == "any_of":
            return f"case when {value} then true when not bool_or({text} is null) then false end"
        return f"case when not {value} then false when not bool_or({text} is null) then true end"

    def _condition(self, found: Aggregate) -> Node:
        assert found.expression is not None
        if found.filter is None:
            return found.expression
        if found.kind == "any_of":
            return Node("and", BOOL, (found.filter, found.expression))
        return Node("or", BOOL, (Node("not", BOOL, (found.filter,)), found.expression))

    def _bad(self, found: Aggregate, dated_by: str) -> str:
        """Return the condition of a row that makes the aggregate unknown, or nothing."""
        texts = []
        filter_ = self.inner(found.filter) if found.filter is not None else ""
        if found.filter is not None and self.graph.unknowable(found.filter):
            texts.append(f"{filter_} is null")
        missing = ""
        if found.kind == "latest_of":
            missing = f"{self.speech.quote(dated_by)} is null" if self.graph.unknown[found.entity, dated_by] else ""
        elif found.expression is not None and self.graph.unknowable(found.expression):
            missing = f"{self._expression(found)} is null"
        if missing:
            texts.append(f"({filter_} and {missing})" if filter_ else missing)
        return " or ".join(texts)

    def open(self, found: Aggregate, dated_by: str) -> bool:
        """Tell whether a row can make the aggregate unknown."""
        if found.kind in ("any_of", "all_of"):
            return self.graph.unknowable(self._condition(found))
        return bool(self._bad(found, dated_by))

    def finished(self, found: Aggregate, names: dict[str, str], joined: Joined, *, open_: bool) -> str:
        """Return the owner's expression over the grouped columns, which are NULL when there is no child."""
        value = names["value"]
        whens = [f"when not {joined.asked} then null"] if joined.asked is not None else []
        if found.kind not in SETTLED:
            whens += [f"when {names['bad']} then null"] if "bad" in names else []
            whens.append(f"when coalesce({names['count']}, 0) = 0 then {joined.default}")
            return f"(case {' '.join(whens)} else {value} end)"
        nothing = SETTLED[found.kind]
        if not open_ and not whens:
            return f"coalesce({value}, {nothing})"
        if found.kind == "any_of":
            whens.insert(0, f"when {value} then true")
        if found.kind == "all_of":
            whens.insert(0, f"when not {value} then false")
        if not open_:
            return f"(case {' '.join(whens)} else coalesce({value}, {nothing}) end)"
        return f"(case {' '.join(whens)} when {joined.present} is null then {nothing} else {value} end)"


def shared_filter(graph: Graph, found: list[Aggregate]) -> tuple[list[Node], list[Aggregate]]:
    """Return the conditions that every aggregate's filter has and that are never unknown, and the aggregates without them.

    Rows that fail one count for none of the aggregates, so they need not be grouped at all.
    """
    filters = [_conditions(graph, item.filter) for item in found]
    shared = [part for part in filters[0] if all(part in other for other in filters) and not graph.unknowable(part)]
    if not shared:
        return [], found
    rest = (_all([part for part in parts if part not in shared]) for parts in filters)
    return shared, [replace(item, filter=filter_) for item, filter_ in zip(found, rest, strict=True)]


def _conditions(graph: Graph, node: Node | None) -> list[Node]:
    """Return the parts of an `and`, looking into rules of records, which are computed where they are used."""
    if node is None:
        return []
    if node.op == "and":
        return list(dict.fromkeys(part for arg in node.args for part in _conditions(graph, arg)))
    rule = graph.nodes.get((node.entity, node.name)) if node.op == "name" and not graph.is_table(node.entity) else None
    return _conditions(graph, rule) if rule is not None and rule.op == "and" else [node]


def _all(conditions: list[Node]) -> Node | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Node("and", BOOL, tuple(conditions))
