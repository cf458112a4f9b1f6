"""Folding constants: what is known when the pack is resolved need not be computed again for each family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from doudi.policy.terms import exact
from doudi.policy.terms.kinds import BOOL
from doudi.policy.terms.tree import Node, const

ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "negate": lambda a: -a,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "in": lambda a, *options: a in options,
    "smaller_of": lambda *items: min(items), "larger_of": lambda *items: max(items),
    "yearly": lambda a: a * 12, "as_yearly": lambda a: a, "over_months": lambda a, n: a * n,
    "monthly": lambda a: exact.div_round(a, 12), "div_round": exact.div_round, "times": exact.times,
    "ceil_to": exact.ceil_to, "floor_to": exact.floor_to, "round_to": exact.round_to,
    "reaches_share": exact.reaches_share, "exceeds_share": exact.exceeds_share,
    "age_on": exact.age_on, "months_between": exact.months_between, "days_between": exact.days_between,
    "add_months": exact.add_months, "add_days": exact.add_days, "within_months": exact.within_months,
}


def fold(node: Node, day: date) -> Node:
    """Return the node with `age_on` and `within_months` given the day, and constants computed."""
    if node.op == "age_on" and len(node.args) == 1:
        node = replace(node, args=(*node.args, const(day, node.args[0].type)))
    if node.op == "within_months" and len(node.args) == 2:
        node = replace(node, args=(*node.args, const(day, node.args[0].type)))
    if node.op == "is_known" and node.args[0].op == "const":
        return const(True, BOOL)
    if node.op in ARITHMETIC and all(arg.op == "const" for arg in node.args):
        value = ARITHMETIC[node.op](*(arg.value for arg in node.args))
        return Node("unknown", node.type) if value is None else const(value, node.type)
    if node.op == "case" and node.args[0].op == "const":
        return node.args[1] if node.args[0].value else node.args[2]
    return node
