"""Aggregates over children in SQL: what the grouped select computes, and what the owner makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doudi.policy.run.graph import Graph
from doudi.policy.run.lowering import Dialect
from doudi.policy.terms.kinds import BOOL
from doudi.policy.terms.tree import Aggregate, Node


@dataclass(frozen=True)
class Grouped:
    """Columns of the grouped select for one aggregate, by role: value, count, bad."""

    columns: dict[str, str]


class AggregateSql:
    """Writes aggregates of one stage. `inner` prints a node in the child's scope."""

    def __init__(self, graph: Graph, speech: Dialect, inner: Callable[[Node], str]) -> None:
        self.graph = graph
        self.speech = speech
        self.inner = inner

    def grouped(self, found: Aggregate, *, dated_by: str, sequence: str) -> Grouped:
        """Return the aggregate columns over the children."""
        if found.kind in ("any_of", "all_of"):
            return self._quantified(found)
        where = f" filter (where {self.inner(found.filter)})" if found.filter is not None else ""
        columns: dict[str, str] = {}
        if found.kind == "count_of":
            columns["value"] = f"count(*){where}"
        elif found.kind == "sum_of":
            columns["value"] = f"cast(sum({self._expression(found)}){where} as bigint)"
        else:
            columns["count"] = f"count(*){where}"
            if found.kind == "latest_of":
                columns["value"] = self.speech.latest(self._expression(found), self.speech.quote(dated_by), sequence) + where
            else:
                columns["value"] = f"{found.kind[:3]}({self._expression(found)}){where}"
        bad = self._bad(found, dated_by)
        if bad:
            columns["bad"] = f"count(*) filter (where {bad})"
        return Grouped(columns)

    def _expression(self, found: Aggregate) -> str:
        assert found.expression is not None
        return self.inner(found.expression)

    def _quantified(self, found: Aggregate) -> Grouped:
        condition = self._condition(found)
        text = self.inner(condition)
        columns = {"value": f"{'bool_or' if found.kind == 'any_of' else 'bool_and'}({text})"}
        if self.graph.unknowable(condition):
            columns["bad"] = f"count(*) filter (where {text} is null)"
        return Grouped(columns)

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

    def finished(self, found: Aggregate, names: dict[str, str], asked: str | None, default: str | None) -> str:
        """Return the owner's expression over the grouped columns, which are NULL when there is no child."""
        value = names["value"]
        whens = [f"when not {asked} then null"] if asked is not None else []
        if "bad" in names:
            whens.append(f"when {names['bad']} > 0 then null")
        if found.kind == "any_of":
            return f"(case when {value} then true {' '.join(whens)} else false end)" if whens else f"coalesce({value}, false)"
        if found.kind == "all_of":
            return f"(case when not {value} then false {' '.join(whens)} else true end)" if whens else f"coalesce({value}, true)"
        if found.kind in ("sum_of", "count_of"):
            return f"(case {' '.join(whens)} else coalesce({value}, 0) end)" if whens else f"coalesce({value}, 0)"
        whens.append(f"when coalesce({names['count']}, 0) = 0 then {default}")
        return f"(case {' '.join(whens)} else {value} end)"
