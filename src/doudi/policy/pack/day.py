"""A checked pack, and the pack as it stands on one day: constants in place, versions chosen, results built as rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from doudi.policy.pack.folding import fold
from doudi.policy.pack.model import Change, Level, Pack, Rule, Table, Value, Version
from doudi.policy.terms.errors import NoAnswer, Where, problem, suggestion
from doudi.policy.terms.kinds import BOOL, DATE, TEXT, Type
from doudi.policy.terms.tree import Aggregate, Node, Scalar, const

Key = tuple[str, str]
NONE = "none"


@dataclass(frozen=True)
class Checked:
    """A pack whose formulas are typed; `typed` holds each rule's versions in order."""

    pack: Pack
    typed: dict[Key, tuple[tuple[Version, Node], ...]]


@dataclass(frozen=True)
class DayPack:
    """A pack on one day. `nodes` holds every rule's formula with values and the day put in."""

    pack: Pack
    day: date
    nodes: dict[Key, Node]
    versions: dict[Key, Version]
    labels: dict[Key, str]
    changed: dict[str, Table]

    def value(self, name: str) -> Table:
        """Return a value on the day, trial values first; by-values as their table."""
        if name in self.changed:
            return self.changed[name]
        return change_on(self.pack.values[name], self.day).value

    def type_of(self, key: Key) -> Type:
        """Return the type of a fact or rule."""
        fact = self.pack.facts.get(key)
        if fact is not None:
            return fact.type
        rule = self.pack.rules.get(key)
        return self.nodes[key].type if rule is None else rule.type


def change_on(value: Value, day: date) -> Change:
    """Return a value's change in force on a day. Raises NoAnswer when the value has none yet."""
    found = [change for change in value.changes if change.start <= day]
    if not found:
        if not value.changes:
            raise NoAnswer([problem(value.where, f"{value.name} 没有取值（local 值要由具体政策包给出）", "在政策包的 values/ 里写出取值")])
        first = value.changes[0]
        what = f"{value.name}（{value.label}）在 {day} 没有取值，最早一次从 {first.start} 起"
        raise NoAnswer([problem(first.where, what, "补上更早的取值，或改问以后的日期")])
    return found[-1]


def on_day(checked: Checked, day: date, changes: Mapping[str, Table] | None = None) -> DayPack:
    """Return the pack on a day, with trial values laid over its own (held as the pack holds them: fen, ratio × 10,000).

    Raises NoAnswer for a day before the pack's start, a value missing on the day, or an unknown trial value.
    """
    pack = checked.pack
    changed = dict(changes or {})
    for name in changed:
        if name not in pack.values:
            raise NoAnswer([problem(Where("--set", 1), f"没有名为 {name} 的值", suggestion(name, pack.values))])
    if day < pack.start:
        where = Where("pack.yaml", 1)
        raise NoAnswer([problem(where, f"{pack.name} 从 {pack.start} 起施行，{day} 还没有施行", "改问以后的日期，或换当时施行的政策包")])
    versions: dict[Key, Version] = {}
    nodes: dict[Key, Node] = {}
    binder = _Binder(pack, day, changed)
    for key, typed in checked.typed.items():
        version, node = _in_force(pack.rules[key], typed, day)
        versions[key] = version
        nodes[key] = binder.bind(node, key[0])
    labels = {key: rule.label for key, rule in pack.rules.items()}
    for key, node, label in [*_household_results(pack), *_person_results(pack)]:
        nodes[key] = node
        labels[key] = label
    return DayPack(pack, day, nodes, versions, labels, changed)


def _in_force(rule: Rule, typed: tuple[tuple[Version, Node], ...], day: date) -> tuple[Version, Node]:
    found = [pair for pair in typed if pair[0].start is None or pair[0].start <= day]
    if not found:
        raise NoAnswer([problem(rule.where, f"规则 {rule.name} 在 {day} 没有版本", "补上更早的版本，或改问以后的日期")])
    return found[-1]


class _Binder:
    """Puts the day and the day's values into formulas, and folds constants."""

    def __init__(self, pack: Pack, day: date, changed: Mapping[str, Table]) -> None:
        self.pack = pack
        self.day = day
        self.changed = changed
        self.table = lru_cache(maxsize=None)(self._table)

    def bind(self, node: Node, entity: str) -> Node:
        """Return the node with constants in place."""
        if node.op == "day":
            return const(self.day, DATE)
        if node.op == "value":
            return self._lookup(self.table(node.name), self.pack.values[node.name].by, node.type, entity)
        found = node.aggregate
        if found is not None:
            found = Aggregate(found.kind, found.entity, found.collection, self._maybe(found.expression, found.entity),
                              self._maybe(found.filter, found.entity), self._maybe(found.default, entity))
        return fold(replace(node, args=tuple(self.bind(arg, entity) for arg in node.args), aggregate=found), self.day)

    def _maybe(self, node: Node | None, entity: str) -> Node | None:
        return None if node is None else self.bind(node, entity)

    def _table(self, name: str) -> Table:
        if name in self.changed:
            return self.changed[name]
        return change_on(self.pack.values[name], self.day).value

    def _lookup(self, table: Table, by: tuple[str, ...], type_: Type, entity: str) -> Node:
        if not isinstance(table, dict):
            return const(table, type_)
        key = Node("name" if entity == "household" else "up", TEXT, entity="household", name=by[0])
        names = [name for name in table if name != "other"]
        last = "other" if "other" in table else names.pop()
        found = self._lookup(table[last], by[1:], type_, entity)
        for name in reversed(names):
            chosen = self._lookup(table[name], by[1:], type_, entity)
            found = Node("case", type_, (Node("=", BOOL, (key, const(name, TEXT))), chosen, found))
        return found


def _steps(level: Level, entity: str) -> list[tuple[Node, Node, str, str]]:
    money = Type("money", "month", per_person=entity == "person")
    zero = const(0, money)
    return [(Node("name", BOOL, entity=entity, name=step.when),
             Node("name", money, entity=entity, name=step.amount) if step.amount else zero,
             step.category, step.shown_as) for step in level.steps]


def _aliases(level: Level, entity: str) -> list[tuple[Key, Node, str]]:
    return [((entity, f"{entity}_step_{number}"), when, f"符合第{number}项：{category}")
            for number, (when, _, category, _) in enumerate(_steps(level, entity), start=1)]


def _chain(steps: list[tuple[Node, Node, str, str]], pick: int, last: Node) -> Node:
    found = last
    for step in reversed(steps):
        chosen = step[pick]
        node = chosen if isinstance(chosen, Node) else const(chosen, TEXT)
        found = Node("case", last.type, (step[0], node, found))
    return found


def _household_results(pack: Pack) -> list[tuple[Key, Node, str]]:
    return _level_results(pack.results.household, "household", "家庭")


def _person_results(pack: Pack) -> list[tuple[Key, Node, str]]:
    return _level_results(pack.results.person, "person", "个人")


def _level_results(level: Level, entity: str, word: str) -> list[tuple[Key, Node, str]]:
    steps = _steps(level, entity)
    money = Type("money", "month", per_person=entity == "person")
    found = _aliases(level, entity)
    none, zero = const(NONE, TEXT), const(0, money)
    if level.choose == "better" and len(steps) > 1:
        groups = _groups(steps)
        found += _offers(groups, entity, money)
        best = Node("name", money, entity=entity, name="best_offer")
        nothing = Node("=", BOOL, (best, const(-1, money)))
        category = Node("case", TEXT, (nothing, none, _winners(groups, entity, best, 2, none)))
        shown = Node("case", TEXT, (nothing, const("", TEXT), _winners(groups, entity, best, 3, const("", TEXT))))
        amount = Node("case", money, (nothing, zero, best))
    else:
        category, shown, amount = _chain(steps, 2, none), _chain(steps, 3, const("", TEXT)), _chain(steps, 1, zero)
    found.append(((entity, "category"), category, f"{word}类别"))
    found.append(((entity, "category_as"), shown, f"{word}类别的方式"))
    found.append(((entity, "category_amount"), amount, f"{word}月保障金"))
    return found


def _groups(steps: list[tuple[Node, Node, str, str]]) -> list[list[tuple[Node, Node, str, str]]]:
    """Put neighbouring steps without an amount together: among them only the order counts."""
    groups: list[list[tuple[Node, Node, str, str]]] = []
    for step in steps:
        if groups and step[1].op == "const" and groups[-1][-1][1].op == "const":
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _offers(groups: list[list[tuple[Node, Node, str, str]]], entity: str, money: Type) -> list[tuple[Key, Node, str]]:
    offers = [((entity, f"offer_{number}"), _chain(group, 1, const(-1, money)), f"{group[0][2]}等的待遇")
              for number, group in enumerate(groups, start=1)]
    names = tuple(Node("name", money, entity=entity, name=key[1]) for key, _, _ in offers)
    return [*offers, ((entity, "best_offer"), Node("larger_of", money, names), "最有利的待遇")]


def _winners(groups: list[list[tuple[Node, Node, str, str]]], entity: str, best: Node, pick: int, last: Node) -> Node:
    """Return what the first group whose offer is the best gives."""
    found = last
    for number, group in reversed(list(enumerate(groups, start=1))):
        offer = Node("name", best.type, entity=entity, name=f"offer_{number}")
        found = Node("case", last.type, (Node("=", BOOL, (offer, best)), _chain(group, pick, last), found))
    return found


def generated_names(pack: Pack) -> set[Key]:
    """Return the names that results take, which a pack may not use itself."""
    return {key for key, _, _ in [*_household_results(pack), *_person_results(pack)]}


def plain(value: Scalar) -> Scalar:
    """Return a value as JSON can hold it."""
    return value.isoformat() if isinstance(value, date) else value
