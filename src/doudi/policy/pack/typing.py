"""From the text of a formula to a typed tree. sqlglot parses; kinds, units and meaning are ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from doudi.policy.pack import calls
from doudi.policy.pack.model import Pack
from doudi.policy.pack.words import FormulaError
from doudi.policy.terms.errors import suggestion
from doudi.policy.terms.kinds import BOOL, DATE, TEXT, UNKNOWN_TYPE, Type
from doudi.policy.terms.tree import Aggregate, Node, const

COMPARISONS: dict[type[exp.Expression], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">",
                                                exp.GTE: ">="}
LITERAL_INTS = (0, 1, 12)
AGGREGATES = {"sum_of": (2, 3), "count_of": (1, 2), "any_of": (2, 2), "all_of": (2, 2), "max_of": (4, 4), "min_of": (4, 4),
              "latest_of": (4, 4)}


_CALL = re.compile(r"\b([A-Za-z_]+)(\s*\()")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_STRAY = re.compile(r"--|/\*|;|&&|\|\||!(?!=)")
_INSTEAD = {"&&": "改成 and", "||": "改成 or", "!": "改成 not"}
# Marks that a Chinese keyboard gives, with the ones that a formula is written with; ！ to ～ shift down by a fixed distance.
_WIDE_MARKS = {"‘": "'", "’": "'", "“": "'", "”": "'", "、": ",", "≥": ">=", "≤": "<=", "≠": "<>", "×": "*", "。": "."}
_WIDE = re.compile(f"[！-～{''.join(_WIDE_MARKS)}]")
_WIDE_SHIFT = 0xFEE0
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_NOT_CALLS = frozenset({"in", "and", "or", "not", "when", "then", "else", "between", "case"})
_PREFIX = "doudi_"


def _marked(formula: str) -> str:
    """Prefix every function name, so that sqlglot knows none of them and cannot give one a meaning of its own."""
    def mark(found: re.Match[str]) -> str:
        name = found.group(1)
        return found.group(0) if name.lower() in _NOT_CALLS else f"{_PREFIX}{name}{found.group(2)}"

    parts = formula.split("'")
    return "'".join(part if index % 2 else _CALL.sub(mark, part) for index, part in enumerate(parts))


def _shown(tree: exp.Expression) -> str:
    """Return an expression as its author wrote it, near enough: in small letters, texts as they are."""
    parts = tree.sql(dialect="duckdb").split("'")
    return "'".join(part if index % 2 else part.lower().replace(_PREFIX, "") for index, part in enumerate(parts))


def _unread(outside: str) -> str:
    """Say what to look at in a formula that does not parse."""
    opened, closed = outside.count("("), outside.count(")")
    if opened != closed:
        return f"括号不成对：左括号 {opened} 个，右括号 {closed} 个"
    words = re.findall(r"\w+", outside.lower())
    if words.count("case") != words.count("end"):
        return "每个 case 要有一个 end 结尾"
    return "检查逗号、引号、运算符和 case … end"


def parse(formula: str) -> exp.Expression:
    """Parse one scalar expression. Raises FormulaError."""
    # sqlglot reads the first of several statements and drops comments: in a folded YAML text that is the rest of the rule.
    outside = "''".join(formula.split("'")[::2])
    wide = _WIDE.search(outside)
    if wide is not None:
        mark = wide.group()
        plain = _WIDE_MARKS.get(mark) or chr(ord(mark) - _WIDE_SHIFT)
        raise FormulaError(f"公式里有中文（全角）标点或字符“{mark}”：{' '.join(formula.split())}", f"改用英文（半角）的“{plain}”")
    chinese = _CHINESE.search(outside)
    if chinese is not None:
        raise FormulaError(f"公式里有中文“{chinese.group()}”", "用规则、事实、值的英文名称（name）；并且写 and，或者写 or，不是写 not")
    stray = _STRAY.search(outside)
    if stray is not None:
        do = _INSTEAD.get(stray.group(), "说明写在 YAML 的 # 后面；公式只写一个表达式")
        raise FormulaError(f"公式里不能写 {stray.group()}", do)
    try:
        tree = sqlglot.parse_one(f"select {_marked(formula)}", read="duckdb")
    except SqlglotError:
        raise FormulaError(f"公式读不懂：{' '.join(formula.split())}", _unread(outside)) from None
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or len([v for v in tree.args.values() if v]) != 1:
        raise FormulaError("公式不是单个表达式", "只写一个表达式，不写 select、from、as")
    found: exp.Expression = tree.expressions[0]
    return found


class Typer:
    """Types formulas about one entity of a pack."""

    def __init__(self, pack: Pack, entity: str) -> None:
        self.pack = pack
        self.entity = entity

    def formula(self, text: str) -> Node:
        """Return the typed tree of a formula."""
        return self.node(parse(text))

    def node(self, tree: exp.Expression) -> Node:
        """Type one sqlglot node, by a white list."""
        handler = _HANDLERS.get(type(tree))
        if handler is not None:
            return handler(self, tree)
        if type(tree) in COMPARISONS:
            return self.comparison(tree)
        if isinstance(tree, exp.Div):
            do = "除以人数用 div_round(金额, 人数)，年金额换月金额用 monthly()；比较比例用 reaches_share、exceeds_share"
            raise FormulaError(f"公式里不能用除号：{_shown(tree)}", do)
        raise FormulaError(f"公式里不能用 {tree.key}：{_shown(tree)}", "可用的写法见 docs/policy-language.md")

    # leaves
    def column(self, tree: exp.Expression) -> Node:
        """Type a name: own fact or rule, a value, `day`, `unknown`, or a parent's name."""
        name, owner = tree.name, tree.text("table")
        if owner:
            return self.up(owner, name)
        if name == "day":
            return Node("day", DATE)
        if name == "unknown":
            raise FormulaError("unknown 不能用在这里", "只能作 max_of、min_of、latest_of 的默认值或 case 的分支；判断是否清楚用 is_known")
        found = self.own(self.entity, name)
        if found is not None:
            return Node("name", found, entity=self.entity, name=name)
        if name in self.pack.values:
            return Node("value", self.pack.values[name].type, name=name)
        raise FormulaError(*self._unknown_name(name))

    def or_unknown(self, tree: exp.Expression) -> Node:
        """Type an expression that may be `unknown`: a default or a branch of a case."""
        if isinstance(tree, exp.Column) and tree.name == "unknown" and not tree.text("table"):
            return Node("unknown", UNKNOWN_TYPE)
        return self.node(tree)

    def _unknown_name(self, name: str) -> tuple[str, str]:
        elsewhere = [entity for entity in self.pack.entities if self.own(entity, name) is not None]
        for entity in elsewhere:
            if self._below(entity):
                label = self.pack.entities[entity].label
                return (f"{name} 是{label}的，不能直接用于{self.pack.entities[self.entity].label}",
                        f"用 sum_of、count_of、any_of、all_of 等先汇总，例如 sum_of({self.pack.entities[entity].collection}, {name})")
        for entity in elsewhere:
            if entity in self.parents():
                return f"{name} 是{self.pack.entities[entity].label}的", f"写成 {entity}.{name}"
        known = [key for owner, key in [*self.pack.facts, *self.pack.rules] if owner == self.entity] + list(self.pack.values)
        return f"不认识的名称 {name}", suggestion(name, known)

    def own(self, entity: str, name: str) -> Type | None:
        """Return the type of an entity's fact or rule, or None."""
        fact = self.pack.facts.get((entity, name))
        if fact is not None:
            return fact.type
        rule = self.pack.rules.get((entity, name))
        return None if rule is None else rule.type

    def parents(self) -> list[str]:
        """Return the entity's parent, grandparent and so on."""
        found: list[str] = []
        entity = self.pack.entities[self.entity].parent
        while entity:
            found.append(entity)
            entity = self.pack.entities[entity].parent
        return found

    def _below(self, entity: str) -> bool:
        return self.entity in Typer(self.pack, entity).parents()

    def up(self, owner: str, name: str) -> Node:
        """Type `household.x` or `person.x`."""
        if owner == self.entity:
            return self.column(exp.column(name))
        if owner not in self.parents():
            raise FormulaError(f"{owner}.{name}：{owner} 不是 {self.entity} 的上级", f"上级只有 {'、'.join(self.parents()) or '（没有）'}")
        found = self.own(owner, name)
        if found is None:
            known = [key for entity, key in [*self.pack.facts, *self.pack.rules] if entity == owner]
            raise FormulaError(f"{owner} 没有 {name}", suggestion(name, known))
        return Node("up", found, entity=owner, name=name)

    def literal(self, tree: exp.Expression) -> Node:
        """Type a literal: 0, 1, 12 or a text."""
        assert isinstance(tree, exp.Literal)
        if tree.is_string:
            return const(tree.name, TEXT)
        if not tree.name.isdigit() or int(tree.name) not in LITERAL_INTS:
            raise FormulaError(f"公式里直接写了数字 {tree.name}", "把它写成有来源的值（values/），公式里用名称；只有 0、1、12 可以直接写")
        return const(int(tree.name), Type("int", free=int(tree.name) == 0))

    def boolean(self, tree: exp.Expression) -> Node:
        """Type true or false."""
        return const(bool(tree.this), BOOL)

    def cast(self, tree: exp.Expression) -> Node:
        """Type `date '2025-12-31'`; no other cast is allowed."""
        inner = tree.this
        if not (isinstance(tree.args["to"], exp.DataType) and tree.args["to"].is_type("date") and isinstance(inner, exp.Literal)):
            raise FormulaError(f"公式里不能转换类型：{_shown(tree)}", "只允许 date '2025-12-31' 这样的日期")
        try:
            return const(date.fromisoformat(inner.name if _DATE.match(inner.name) else ""), DATE)
        except ValueError:
            raise FormulaError(f"{inner.name} 不是存在的日期", "写成 date '2025-12-31'") from None

    # operators
    def logic(self, tree: exp.Expression) -> Node:
        """Type and/or, flattened."""
        op = "and" if isinstance(tree, exp.And) else "or"
        args: list[Node] = []
        for side in (tree.this, tree.expression):
            node = self.truth(side)
            args.extend(node.args if node.op == op else (node,))
        return Node(op, BOOL, tuple(args))

    def truth(self, tree: exp.Expression) -> Node:
        """Type an expression that must be a bool."""
        node = self.node(tree)
        if node.type.kind not in ("bool", "any"):
            raise FormulaError(f"{_shown(tree)} 不是“是/否”，而是{node.type.words()}", "用比较（=、<、>= 等）写成条件")
        return node

    def negation(self, tree: exp.Expression) -> Node:
        """Type not."""
        return Node("not", BOOL, (self.truth(tree.this),))

    def comparison(self, tree: exp.Expression) -> Node:
        """Type a comparison; both sides must have the same kind and unit, texts must be among the choices."""
        left, right = self.node(tree.this), self.node(tree.expression)
        self.same(left, right, f"{_shown(tree.this)} 与 {_shown(tree.expression)} ", "比较")
        op = COMPARISONS[type(tree)]
        if left.type.kind in ("bool", "text") and op not in ("=", "<>"):
            raise FormulaError(f"{_shown(tree)}：{left.type.words()}不能比大小", "用 = 或 <>")
        self.choices(left, right)
        self.choices(right, left)
        return Node(op, BOOL, (left, right))

    def same(self, left: Node, right: Node, what: str, deed: str) -> None:
        """Refuse two sides of different kinds or units."""
        if not left.type.fits(right.type):
            text = f"{what}不能{deed}：一个是{left.type.words()}，一个是{right.type.words()}"
            raise FormulaError(text, calls.unit_hint(left.type, right.type))

    def choices(self, named: Node, other: Node) -> None:
        """Refuse a text that is not among a fact's choices."""
        fact = self.pack.facts.get((named.entity, named.name)) if named.op in ("name", "up") else None
        if fact is None or not fact.choices or other.op != "const" or not isinstance(other.value, str):
            return
        if other.value not in fact.choices:
            raise FormulaError(f"{fact.label}没有“{other.value}”这一项",
                               "可选：" + "、".join(f"{name}（{label}）" for name, label in fact.choices.items()))

    def between(self, tree: exp.Expression) -> Node:
        """Type a between b and c as two comparisons."""
        low = exp.GTE(this=tree.this, expression=tree.args["low"])
        high = exp.LTE(this=tree.this, expression=tree.args["high"])
        return Node("and", BOOL, (self.comparison(low), self.comparison(high)))

    def inside(self, tree: exp.Expression) -> Node:
        """Type a in ('x', 'y') with constants only."""
        left = self.node(tree.this)
        options = tuple(self.node(item) for item in tree.expressions)
        if not options:
            raise FormulaError(f"{_shown(tree)}：in 后面要有列举的值", "写成 in ('a', 'b')")
        for option in options:
            if option.op != "const":
                raise FormulaError(f"{_shown(tree)}：in 里只能列举常数", "其他情况用 or 连接比较")
            self.same(left, option, f"{_shown(tree)} ", "比较")
            self.choices(left, option)
        return Node("in", BOOL, (left, *options))

    def addition(self, tree: exp.Expression) -> Node:
        """Type + and -: equal units."""
        left, right = self.node(tree.this), self.node(tree.expression)
        for side in (left, right):
            calls.number(side, _shown(tree))
        self.same(left, right, f"{_shown(tree.this)} 与 {_shown(tree.expression)} ", "相加减")
        return Node("+" if isinstance(tree, exp.Add) else "-", left.type.joined(right.type), (left, right))

    def product(self, tree: exp.Expression) -> Node:
        """Type *: at most one money; money per person × persons is money of the whole."""
        return calls.product(self.node(tree.this), self.node(tree.expression), _shown(tree))

    def negative(self, tree: exp.Expression) -> Node:
        """Type unary minus."""
        node = self.node(tree.this)
        calls.number(node, _shown(tree))
        return Node("negate", node.type, (node,))

    def case(self, tree: exp.Expression) -> Node:
        """Type case when; else is required; becomes nested three-way choices."""
        if tree.this is not None or tree.args.get("default") is None:
            raise FormulaError("case 的写法不完整", "写成 case when 条件 then 值 else 值 end，else 不能省")
        found = self.or_unknown(tree.args["default"])
        for branch in reversed(tree.args["ifs"]):
            condition, chosen = self.truth(branch.this), self.or_unknown(branch.args["true"])
            self.same(chosen, found, "case 的各个分支", "并列")
            found = Node("case", chosen.type.joined(found.type), (condition, chosen, found))
        return found

    def paren(self, tree: exp.Expression) -> Node:
        """Type brackets."""
        return self.node(tree.this)

    # calls
    def call(self, tree: exp.Expression) -> Node:
        """Type a function of the language."""
        name = str(tree.this).lower().removeprefix(_PREFIX)
        if name in AGGREGATES:
            return self.aggregate(name, list(tree.expressions), _shown(tree))
        args = tuple(self.node(item) for item in tree.expressions)
        return calls.call(name, args, _shown(tree))

    def aggregate(self, kind: str, args: list[exp.Expression], text: str) -> Node:
        """Type an aggregate over a set of children."""
        low, high = AGGREGATES[kind]
        if not low <= len(args) <= high:
            counts = str(low) if low == high else f"{low} 到 {high}"
            raise FormulaError(f"{text}：{kind} 要 {counts} 个参数", "见 docs/policy-language.md 的“Aggregates”")
        child, condition = self.members(args[0])
        inner = Typer(self.pack, child)
        filter_ = None if condition is None else Node("name", BOOL, entity=child, name=condition)
        expression: Node | None = None
        if kind in ("any_of", "all_of"):
            expression = inner.truth(args[1])
        elif kind == "count_of":
            filter_ = _both(filter_, inner.truth(args[1]) if len(args) > 1 else None)
        else:
            expression = inner.node(args[1])
            filter_ = _both(filter_, inner.truth(args[2]) if len(args) > 2 else None)
        default = self.or_unknown(args[3]) if len(args) > 3 else None
        type_ = self.aggregate_type(kind, expression, default, child, text)
        found = Aggregate(kind, child, self.pack.entities[child].collection, expression, filter_, default)
        return Node("agg", type_, aggregate=found)

    def members(self, tree: exp.Expression) -> tuple[str, str | None]:
        """Return the child entity of a set or collection, and the set's condition."""
        if not isinstance(tree, exp.Column) or tree.text("table"):
            raise FormulaError(f"{_shown(tree)} 不是集合", "第一个参数写集合的名称，如 members")
        name = tree.name
        found = self.pack.sets.get(name)
        entity = found.of if found is not None else next(
            (item.name for item in self.pack.entities.values() if item.collection == name), None)
        if entity is None or entity not in self.pack.entities:
            known = [*self.pack.sets, *(item.collection for item in self.pack.entities.values())]
            raise FormulaError(f"没有名为 {name} 的集合", suggestion(name, known))
        if self.pack.entities[entity].parent != self.entity:
            parent = self.pack.entities[entity].parent
            do = f"先在 {parent} 上写一条规则汇总，再往上汇总"
            raise FormulaError(f"{name} 属于 {parent}，不能在 {self.entity} 的公式里直接汇总", do)
        return entity, None if found is None else found.condition

    def aggregate_type(self, kind: str, inner: Node | None, default: Node | None, child: str, text: str) -> Type:
        """Return the type of an aggregate; summing persons into a household drops 'per person'."""
        if kind in ("any_of", "all_of"):
            return BOOL
        if kind == "count_of" or inner is None:
            return Type("int", count="persons" if child == "person" else "")
        type_ = inner.type
        if type_.kind == "money" and self.entity == "household" and child == "person":
            type_ = replace(type_, per_person=False) if kind == "sum_of" else type_
        if kind == "sum_of":
            calls.number(inner, text)
            return type_
        if kind in ("max_of", "min_of") and type_.kind not in ("int", "money", "date", "ratio"):
            raise FormulaError(f"{text}：{type_.words()}没有大小", "只对金额、整数、比例、日期用 max_of、min_of")
        if kind == "latest_of" and not self.pack.entities[child].dated_by:
            raise FormulaError(f"{text}：{child} 没有 dated_by，分不出先后", "在实体上写 dated_by")
        assert default is not None  # four arguments were counted
        self.same(inner, default, f"{text} ", "并列")
        return type_


def _both(left: Node | None, right: Node | None) -> Node | None:
    if left is None or right is None:
        return left or right
    return Node("and", BOOL, (left, right))


_HANDLERS: dict[type[exp.Expression], Callable[[Typer, exp.Expression], Node]] = {
    exp.Column: Typer.column, exp.Literal: Typer.literal, exp.Boolean: Typer.boolean, exp.Cast: Typer.cast,
    exp.And: Typer.logic, exp.Or: Typer.logic, exp.Not: Typer.negation, exp.Between: Typer.between, exp.In: Typer.inside,
    exp.Add: Typer.addition, exp.Sub: Typer.addition, exp.Mul: Typer.product, exp.Neg: Typer.negative, exp.Case: Typer.case,
    exp.Paren: Typer.paren, exp.Anonymous: Typer.call,
}
