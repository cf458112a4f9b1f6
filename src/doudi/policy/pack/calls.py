"""Kinds and units of the functions of the language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from doudi.policy.pack.words import FormulaError
from doudi.policy.terms.errors import suggestion
from doudi.policy.terms.kinds import BOOL, DATE, Type
from doudi.policy.terms.tree import Node

ROUNDING = frozenset({"div_round", "times", "monthly", "ceil_to", "floor_to", "round_to"})
NEEDS_READING = frozenset({"is_known", "if_unknown"})


def unit_hint(left: Type, right: Type) -> str:
    """Say how two units can be brought together."""
    if left.kind == right.kind == "money":
        if {left.period, right.period} == {"month", "year"}:
            return "月金额用 yearly() 换成年金额再比较"
        if "once" in (left.period, right.period) and left.period != right.period:
            return "十二个月的合计用 as_yearly() 读作年金额，月金额用 over_months() 换成总额"
        if left.per_person != right.per_person:
            return "人均金额乘以人数（如 member_count）后再与全家金额比较"
    return "换成相同的类型和单位"


def number(node: Node, text: str) -> None:
    """Refuse what cannot be added or multiplied."""
    if node.type.kind not in ("int", "money", "any"):
        raise FormulaError(f"{text}：{node.type.words()}不能做加减乘", "只有金额和整数可以运算")


def product(left: Node, right: Node, text: str) -> Node:
    """Type a product: int × int, or money × int where per person × persons gives the whole."""
    number(left, text)
    number(right, text)
    if left.type.kind == "money" and right.type.kind == "money":
        raise FormulaError(f"{text}：两个金额不能相乘", "金额只能乘以整数，或用 times(金额, 比例)")
    if right.type.kind == "money":
        left, right = right, left
    type_ = left.type
    if type_.kind == "money" and right.type.count == "persons":
        if not type_.per_person:
            raise FormulaError(f"{text}：全家金额不应再乘人数", "人均金额才能乘人数")
        type_ = replace(type_, per_person=False)
    elif type_.kind == "money" and right.type.count == "months":
        raise FormulaError(f"{text}：金额乘以月数要写清单位", "用 over_months(每月金额, 月数)")
    elif type_.kind == "int":
        type_ = type_.joined(right.type)
    return Node("*", type_, (left, right))


def call(name: str, args: tuple[Node, ...], text: str) -> Node:
    """Type a call by name. Raises FormulaError for an unknown one or wrong arguments."""
    found = _CALLS.get(name)
    if found is None:
        raise FormulaError(f"没有名为 {name} 的函数", suggestion(name, [*_CALLS, "sum_of", "count_of", "any_of", "all_of"]))
    counts, typed = found
    if len(args) not in counts:
        raise FormulaError(f"{text}：{name} 要 {' 或 '.join(str(count) for count in counts)} 个参数", "见 docs/policy-language.md")
    return Node(name, typed(args, text), args)


def _want(node: Node, kinds: tuple[str, ...], text: str, what: str) -> None:
    if node.type.kind not in (*kinds, "any"):
        raise FormulaError(f"{text}：{what}，现在是{node.type.words()}", "换成合适的类型")


def _money(node: Node, periods: tuple[str, ...], text: str, do: str) -> Type:
    _want(node, ("money",), text, "这里要金额")
    if node.type.period not in periods:
        raise FormulaError(f"{text}：单位不对，是{node.type.words()}", do)
    return node.type


def _extreme(args: tuple[Node, ...], text: str) -> Type:
    found = args[0].type
    for arg in args:
        _want(arg, ("int", "money", "date", "ratio"), text, "这里要能比大小的值")
        if not found.fits(arg.type):
            raise FormulaError(f"{text}：各项单位不同，有{found.words()}和{arg.type.words()}", unit_hint(found, arg.type))
        found = found.joined(arg.type)
    return found


def _divided(args: tuple[Node, ...], text: str) -> Type:
    _want(args[0], ("int", "money"), text, "被除数要金额或整数")
    _want(args[1], ("int",), text, "除数要整数")
    type_ = args[0].type
    if type_.kind == "money" and args[1].type.count == "persons":
        if type_.per_person:
            raise FormulaError(f"{text}：人均金额不应再除以人数", "全家金额才能除以人数")
        return replace(type_, per_person=True)
    if type_.kind == "money" and args[1].type.count == "months":
        raise FormulaError(f"{text}：金额除以月数要写清单位", "年金额用 monthly()")
    return type_


def _times(args: tuple[Node, ...], text: str) -> Type:
    _want(args[0], ("int", "money"), text, "要金额或整数")
    _want(args[1], ("ratio",), text, "要比例")
    return args[0].type


def _step(args: tuple[Node, ...], text: str) -> Type:
    _want(args[0], ("int", "money"), text, "要金额或整数")
    _want(args[1], ("int", "money"), text, "进位单位要金额或整数")
    if args[0].type.kind != args[1].type.kind and args[0].type.kind != "any":
        raise FormulaError(f"{text}：进位单位与金额类型不同", "金额按金额（分）进位")
    return args[0].type


def _share(args: tuple[Node, ...], text: str) -> Type:
    if not args[0].type.fits(args[1].type) or args[0].type.kind not in ("money", "int"):
        raise FormulaError(f"{text}：两个金额单位不同", unit_hint(args[0].type, args[1].type))
    _want(args[2], ("ratio",), text, "第三项要比例")
    return BOOL


def _count(node: Node, count: str, text: str) -> None:
    _want(node, ("int",), text, "要整数")
    if node.type.count not in ("", count):
        raise FormulaError(f"{text}：单位不对，是{node.type.words()}", f"这里要 {count}")


def _over_months(args: tuple[Node, ...], text: str) -> Type:
    _count(args[1], "months", text)
    return _money(args[0], ("month",), text, "要每月金额").with_period("once")


def _dates(args: tuple[Node, ...], text: str) -> None:
    for arg in args:
        _want(arg, ("date",), text, "要日期")


def _age(args: tuple[Node, ...], text: str) -> Type:
    _dates(args, text)
    return Type("int", count="years")


def _between(count: str) -> Callable[[tuple[Node, ...], str], Type]:
    def typed(args: tuple[Node, ...], text: str) -> Type:
        _dates(args, text)
        return Type("int", count=count)

    return typed


def _moved(count: str, type_: Type) -> Callable[[tuple[Node, ...], str], Type]:
    def typed(args: tuple[Node, ...], text: str) -> Type:
        _dates(args[:1], text)
        _count(args[1], count, text)
        return type_

    return typed


def _if_unknown(args: tuple[Node, ...], text: str) -> Type:
    if not args[0].type.fits(args[1].type):
        raise FormulaError(f"{text}：两项类型不同", unit_hint(args[0].type, args[1].type))
    return args[0].type.joined(args[1].type)


_MANY = tuple(range(2, 13))
_CALLS: dict[str, tuple[tuple[int, ...], Callable[[tuple[Node, ...], str], Type]]] = {
    "smaller_of": (_MANY, _extreme), "larger_of": (_MANY, _extreme),
    "yearly": ((1,), lambda args, text: _money(args[0], ("month",), text, "yearly() 要每月金额").with_period("year")),
    "as_yearly": ((1,), lambda args, text: _money(args[0], ("once",), text, "as_yearly() 要十二个月的合计（分）").with_period("year")),
    "monthly": ((1,), lambda args, text: _money(args[0], ("year",), text, "monthly() 要每年金额").with_period("month")),
    "over_months": ((2,), _over_months), "div_round": ((2,), _divided), "times": ((2,), _times),
    "ceil_to": ((2,), _step), "floor_to": ((2,), _step), "round_to": ((2,), _step),
    "reaches_share": ((3,), _share), "exceeds_share": ((3,), _share), "age_on": ((1, 2), _age),
    "months_between": ((2,), _between("months")), "days_between": ((2,), _between("days")),
    "add_months": ((2,), _moved("months", DATE)), "add_days": ((2,), _moved("days", DATE)),
    "within_months": ((2,), _moved("months", BOOL)),
    "is_known": ((1,), lambda args, text: BOOL), "if_unknown": ((2,), _if_unknown),
}
