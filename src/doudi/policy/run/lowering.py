"""From formula nodes to SQL scalar text, for DuckDB and for Spark (ANSI).

sqlglot is not used to print: it passes unknown or untranslatable functions through without a word, and the few
forms we need are listed here one by one (docs/decisions/0003). Unknown is NULL; every form below keeps the meaning of
`run.closures`: strict functions give NULL for a NULL, and/or are three-valued, an unknown condition gives NULL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from doudi.policy.terms import exact
from doudi.policy.terms.kinds import RATIO_SCALE, Type
from doudi.policy.terms.tree import Node, Scalar

SQL_TYPES = {"bool": "boolean", "int": "bigint", "money": "bigint", "ratio": "bigint", "text": "varchar", "date": "date"}
_DUCKDB, _SPARK = "duckdb", "spark"


@dataclass(frozen=True)
class Dialect:
    """The words in which the two engines differ."""

    name: str

    def quote(self, name: str) -> str:
        """Return a quoted identifier."""
        return f"`{name}`" if self.name == _SPARK else f'"{name}"'

    def divided(self, a: str, b: str) -> str:
        """Return whole division towards zero."""
        return f"({a} div {b})" if self.name == _SPARK else f"({a} // {b})"

    def number(self, day: str) -> str:
        """Return a date as the number 20251031."""
        text = f"(year({day}) * 10000 + month({day}) * 100 + day({day}))"
        return f"cast({text} as bigint)" if self.name == _SPARK else text

    def month_index(self, day: str) -> str:
        """Return year × 12 + month."""
        text = f"(year({day}) * 12 + month({day}))"
        return f"cast({text} as bigint)" if self.name == _SPARK else text

    def days_between(self, start: str, end: str) -> str:
        """Return the days from start to end."""
        return f"cast(datediff({end}, {start}) as bigint)" if self.name == _SPARK else f"({end} - {start})"

    def add_months(self, day: str, months: str) -> str:
        """Return the same day some months later, clamped to the month's end."""
        if self.name == _SPARK:
            return f"add_months({day}, cast({months} as int))"
        return f"cast({day} + to_months(cast({months} as integer)) as date)"

    def add_days(self, day: str, days: str) -> str:
        """Return a day some days later."""
        if self.name == _SPARK:
            return f"date_add({day}, cast({days} as int))"
        return f"({day} + cast({days} as integer))"

    def latest(self, value: str, day: str, number: str) -> str:
        """Return the aggregate that takes the value of the latest row, NULL values included."""
        if self.name == _SPARK:
            return f"max_by({value}, struct({day}, {number}))"
        return f"arg_max_null({value}, row({day}, {number}))"

    def type_name(self, type_: Type) -> str:
        """Return the SQL type of a kind."""
        name = SQL_TYPES.get(type_.kind, "varchar")
        return "string" if self.name == _SPARK and name == "varchar" else name


def dialect(name: str) -> Dialect:
    """Return a dialect by name. Raises ValueError for one that is not known."""
    if name not in (_DUCKDB, _SPARK):
        raise ValueError(f"没有名为 {name} 的方言，可用：duckdb spark")
    return Dialect(name)


class Lowering:
    """Prints nodes of one entity. `column` gives the SQL of a name, an up reference or an aggregate;
    `unknowable` tells whether a node can be unknown at all."""

    def __init__(self, speech: Dialect, column: Callable[[Node], str], unknowable: Callable[[Node], bool]) -> None:
        self.speech = speech
        self.column = column
        self.unknowable = unknowable

    def text(self, node: Node) -> str:
        """Return the SQL of a node."""
        if node.op in ("name", "up", "agg"):
            return self.column(node)
        if node.op == "const":
            return self.literal(node.value)
        if node.op == "unknown":
            return "null" if node.type.kind == "any" else f"cast(null as {self.speech.type_name(node.type)})"
        return _FORMS[node.op](self, node)

    def args(self, node: Node) -> list[str]:
        """Return the SQL of a node's arguments."""
        return [self.text(arg) for arg in node.args]

    def literal(self, value: Scalar) -> str:
        """Return a constant."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return f"cast({value} as bigint)" if abs(value) < 2**31 else str(value)
        if isinstance(value, date):
            return f"date '{value.isoformat()}'"
        return "'" + str(value).replace("'", "''") + "'"

    def infix(self, node: Node) -> str:
        """a + b, a < b."""
        left, right = self.args(node)
        return f"({left} {node.op} {right})"

    def logic(self, node: Node) -> str:
        """and, or: three-valued in SQL as in the language."""
        return "(" + f" {node.op} ".join(self.args(node)) + ")"

    def negation(self, node: Node) -> str:
        """not."""
        return f"(not {self.text(node.args[0])})"

    def negate(self, node: Node) -> str:
        """-a."""
        return f"(- {self.text(node.args[0])})"

    def case(self, node: Node) -> str:
        """A choice; an unknown condition must not fall into else."""
        condition, chosen, other = self.args(node)
        if not self.unknowable(node.args[0]):
            return f"(case when {condition} then {chosen} else {other} end)"
        return f"(case when {condition} then {chosen} when not {condition} then {other} end)"

    def inside(self, node: Node) -> str:
        """in."""
        left, *options = self.args(node)
        return f"({left} in ({', '.join(options)}))"

    def extreme(self, node: Node) -> str:
        """smaller_of, larger_of: engines skip NULL, the language does not."""
        name = "least" if node.op == "smaller_of" else "greatest"
        parts = self.args(node)
        text = f"{name}({', '.join(parts)})"
        open_ = [part for part, arg in zip(parts, node.args, strict=True) if self.unknowable(arg)]
        if not open_:
            return text
        return f"(case when {' or '.join(f'{part} is null' for part in open_)} then null else {text} end)"

    def scaled(self, node: Node) -> str:
        """yearly."""
        return f"({self.text(node.args[0])} * 12)"

    def same(self, node: Node) -> str:
        """as_yearly: the same number, read otherwise."""
        return self.text(node.args[0])

    def product(self, node: Node) -> str:
        """over_months."""
        left, right = self.args(node)
        return f"({left} * {right})"

    def rounded(self, a: str, b: str, *, guarded: bool = True) -> str:
        """Divide half away from zero; a divisor that is not positive gives NULL."""
        up = self.speech.divided(f"(2 * {a} + {b})", f"(2 * {b})")
        down = self.speech.divided(f"({b} - 2 * {a})", f"(2 * {b})")
        if not guarded:
            return f"(case when {a} >= 0 then {up} else - {down} end)"
        return f"(case when {b} <= 0 then null when {a} >= 0 then {up} else - {down} end)"

    def div_round(self, node: Node) -> str:
        """div_round."""
        a, b = self.args(node)
        divisor = node.args[1]
        sure = divisor.op == "const" and isinstance(divisor.value, int) and divisor.value > 0
        return self.rounded(a, b, guarded=not sure)

    def times(self, node: Node) -> str:
        """times."""
        a, ratio = self.args(node)
        return self.rounded(f"({a} * {ratio})", self.literal(RATIO_SCALE), guarded=False)

    def monthly(self, node: Node) -> str:
        """monthly."""
        return self.rounded(self.text(node.args[0]), self.literal(12), guarded=False)

    def stepped(self, node: Node) -> str:
        """ceil_to, floor_to, round_to."""
        a, step = self.args(node)
        whole = self.speech.divided(a, step)
        if node.op == "round_to":
            text = f"({self.rounded(a, step, guarded=False)} * {step})"
        elif node.op == "ceil_to":
            text = f"(({whole} + case when {a} % {step} > 0 then 1 else 0 end) * {step})"
        else:
            text = f"(({whole} - case when {a} % {step} < 0 then 1 else 0 end) * {step})"
        divisor = node.args[1]
        if divisor.op == "const" and isinstance(divisor.value, int) and divisor.value > 0:
            return text
        return f"(case when {step} <= 0 then null else {text} end)"

    def share(self, node: Node) -> str:
        """reaches_share, exceeds_share."""
        part, whole, ratio = self.args(node)
        return f"({part} * {RATIO_SCALE} {'>=' if node.op == 'reaches_share' else '>'} {whole} * {ratio})"

    def age(self, node: Node) -> str:
        """age_on(birth, on)."""
        birth, on = node.args
        end = self.speech.number(self.text(on))
        if on.op == "const" and isinstance(on.value, date):
            end = self.literal(on.value.year * 10_000 + on.value.month * 100 + on.value.day)
        return self.speech.divided(f"({end} - {self.speech.number(self.text(birth))})", "10000")

    def months_between(self, node: Node) -> str:
        """months_between."""
        start, end = self.args(node)
        months = f"({self.speech.month_index(end)} - {self.speech.month_index(start)}"
        return f"{months} - case when day({end}) < day({start}) then 1 else 0 end)"

    def days_between(self, node: Node) -> str:
        """days_between."""
        return self.speech.days_between(*self.args(node))

    def add_months(self, node: Node) -> str:
        """add_months."""
        return self.speech.add_months(*self.args(node))

    def add_days(self, node: Node) -> str:
        """add_days."""
        return self.speech.add_days(*self.args(node))

    def within_months(self, node: Node) -> str:
        """within_months(d, n, on): after the same day n months before, up to and including `on`."""
        day, months, on = self.args(node)
        start = self.speech.add_months(on, f"- {months}")
        count, end = node.args[1].value, node.args[2].value
        if isinstance(count, int) and isinstance(end, date):
            start = self.literal(exact.add_months(end, -count))
        return f"({day} > {start} and {day} <= {on})"

    def is_known(self, node: Node) -> str:
        """is_known."""
        return f"({self.text(node.args[0])} is not null)"

    def if_unknown(self, node: Node) -> str:
        """if_unknown."""
        return f"coalesce({', '.join(self.args(node))})"


_FORMS: dict[str, Callable[[Lowering, Node], str]] = {
    "+": Lowering.infix, "-": Lowering.infix, "*": Lowering.infix, "=": Lowering.infix, "<>": Lowering.infix,
    "<": Lowering.infix, "<=": Lowering.infix, ">": Lowering.infix, ">=": Lowering.infix, "negate": Lowering.negate,
    "and": Lowering.logic, "or": Lowering.logic, "not": Lowering.negation, "case": Lowering.case, "in": Lowering.inside,
    "smaller_of": Lowering.extreme, "larger_of": Lowering.extreme, "yearly": Lowering.scaled, "as_yearly": Lowering.same,
    "over_months": Lowering.product, "div_round": Lowering.div_round, "times": Lowering.times, "monthly": Lowering.monthly,
    "ceil_to": Lowering.stepped, "floor_to": Lowering.stepped, "round_to": Lowering.stepped,
    "reaches_share": Lowering.share, "exceeds_share": Lowering.share, "age_on": Lowering.age,
    "months_between": Lowering.months_between, "days_between": Lowering.days_between, "add_months": Lowering.add_months,
    "add_days": Lowering.add_days, "within_months": Lowering.within_months, "is_known": Lowering.is_known,
    "if_unknown": Lowering.if_unknown,
}
