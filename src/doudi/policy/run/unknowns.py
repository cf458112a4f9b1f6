"""What is missing: the facts that keep an answer open, and the shortest list that would settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from typing import Any

from doudi.policy.pack.day import DayPack
from doudi.policy.run.closures import Program
from doudi.policy.run.rows import Row
from doudi.policy.run.supposing import ANY, Supposition
from doudi.policy.run.words import label_of, path_of, row_words
from doudi.policy.terms.tree import Node

MOST_TRIALS = 256
Open = tuple[Row, str]


@dataclass(frozen=True)
class Missing:
    """A fact, or a list never asked for, that keeps an answer open."""

    path: str
    words: str


@dataclass(frozen=True)
class Unsettled:
    """`settles`: knowing all of these settles the answer whatever they turn out to be.
    `quickest`: the fewest that may already settle it, depending on what they turn out to be."""

    settles: tuple[Missing, ...]
    quickest: tuple[Missing, ...]


class Detective:
    """Finds what keeps a family's answers open."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.pack: DayPack = program.pack

    def unsettled(self, household: Row, asked: Iterable[tuple[Row, str]]) -> Unsettled:
        """Return what would settle the given answers (row and rule) that are unknown."""
        questions = list(asked)
        found: dict[tuple[int, str], Open] = {}
        for row, name in questions:
            self._blame_name(row, name, found, set())
        facts = list(found.values())
        trial = _Trial(self.program, household, questions)
        needed = self._trimmed(facts, questions)
        return Unsettled(tuple(map(self._missing, needed)), tuple(map(self._missing, self._quickest(trial, facts))))

    def _missing(self, item: Open) -> Missing:
        row, name = item
        whose = row_words(row, self.pack) or "家庭"
        collections = {entity.collection: entity.label for entity in self.pack.pack.entities.values()}
        label = f"{collections[name]}（尚未查询）" if name in collections else label_of(self.pack, (row.entity, name))
        return Missing(path_of(row, name), f"{whose}：{label}")

    # which unknown facts matter
    def _blame_name(self, row: Row, name: str, found: dict[tuple[int, str], Open], seen: set[tuple[int, str]]) -> None:
        mark = (id(row), name)
        if mark in seen:
            return
        seen.add(mark)
        node = self.pack.nodes.get((row.entity, name))
        if node is not None:
            self._blame(node, row, found, seen)
        elif row.facts[name] is None:
            found[mark] = (row, name)

    def _blame(self, node: Node, row: Row, found: dict[tuple[int, str], Open], seen: set[tuple[int, str]]) -> None:
        if self.program.closure(node)(row) is not None:
            return
        if node.op in ("name", "up"):
            self._blame_name(row if node.op == "name" else row.up(node.entity), node.name, found, seen)
        elif node.aggregate is not None:
            self._blame_children(node, row, found, seen)
        elif node.op == "case":
            self._blame_case(node, row, found, seen)
        else:
            for arg in node.args:
                self._blame(arg, row, found, seen)

    def _blame_case(self, node: Node, row: Row, found: dict[tuple[int, str], Open], seen: set[tuple[int, str]]) -> None:
        condition = self.program.closure(node.args[0])(row)
        if condition is None:
            self._blame(node.args[0], row, found, seen)
        for arg, wanted in ((node.args[1], True), (node.args[2], False)):
            if condition is None or condition is wanted:
                self._blame(arg, row, found, seen)

    def _blame_children(self, node: Node, row: Row, found: dict[tuple[int, str], Open], seen: set[tuple[int, str]]) -> None:
        aggregate = node.aggregate
        assert aggregate is not None
        if not row.asked[aggregate.collection]:
            found[id(row), aggregate.collection] = (row, aggregate.collection)
        for child in row.children[aggregate.collection]:
            member = True if aggregate.filter is None else self.program.closure(aggregate.filter)(child)
            if member is None and aggregate.filter is not None:
                self._blame(aggregate.filter, child, found, seen)
            if member is not False and aggregate.expression is not None:
                self._blame(aggregate.expression, child, found, seen)
            if member is not False and aggregate.kind == "latest_of":
                self._blame_name(child, self.pack.pack.entities[aggregate.entity].dated_by, found, seen)
        if aggregate.default is not None:
            self._blame(aggregate.default, row, found, seen)

    # the shortest lists
    def _trimmed(self, facts: list[Open], questions: list[Open]) -> list[Open]:
        """Drop every fact without which the answer is settled whatever the rest turn out to be."""
        needed = list(facts)
        for fact in facts:
            rest = [item for item in needed if item is not fact]
            if rest and self._settled_by(rest, questions):
                needed = rest
        return needed

    def _settled_by(self, facts: list[Open], questions: list[Open]) -> bool:
        """Tell whether knowing these facts is surely enough: few choices are tried one by one, amounts and lists are any."""
        listed: list[Open] = []
        for item in facts:
            if self._choices(item) and self._count([*listed, item]) <= MOST_TRIALS:
                listed.append(item)
        free = {(id(row), name): ANY for row, name in facts}
        for values in product(*(self._choices(item) for item in listed)):
            fixed = free | {(id(row), name): value for (row, name), value in zip(listed, values, strict=True)}
            supposed = Supposition(self.pack, fixed)
            if any(supposed.named(row, name) is None for row, name in questions):
                return False
        return True

    def _choices(self, item: Open) -> list[Any]:
        """Return all that a fact can be, or nothing when that is no short list."""
        fact = self.pack.pack.facts.get((item[0].entity, item[1]))
        if fact is None:
            return []
        return [True, False] if fact.type.kind == "bool" else list(fact.choices)

    def _quickest(self, trial: _Trial, facts: list[Open]) -> list[Open]:
        for size in (1, 2):
            for chosen in combinations(facts, size):
                items = list(chosen)
                if any(trial.settled(items, values) for values in self._probes(items)):
                    return items
            if len(facts) > 12:
                break
        return facts

    def _count(self, facts: list[Open]) -> int:
        count = 1
        for row, name in facts:
            count *= len(self._values(row, name))
        return count

    def _probes(self, facts: list[Open]) -> Iterator[tuple[Any, ...]]:
        return iter(product(*(self._values(row, name) for row, name in facts)))

    def _values(self, row: Row, name: str) -> list[Any]:
        fact = self.pack.pack.facts.get((row.entity, name))
        if fact is None:
            return [[]]
        if fact.choices:
            return list(fact.choices)
        kinds: dict[str, list[Any]] = {"bool": [True, False], "money": [0, 10**9], "int": [0, 6], "ratio": [0, 10**5],
                                       "date": [date(1930, 1, 1), self.pack.day], "text": ["0"]}
        return kinds[fact.type.kind]


class _Trial:
    """Puts trial facts into a family, asks again, and puts everything back."""

    def __init__(self, program: Program, household: Row, questions: list[tuple[Row, str]]) -> None:
        self.program = program
        self.rows = list(_all_rows(household))
        self.questions = questions

    def settled(self, facts: list[Open], values: tuple[Any, ...]) -> bool:
        """Tell whether every question has an answer once the facts have these values."""
        memos = [row.memo for row in self.rows]
        undo: list[Callable[[], None]] = []
        for row in self.rows:
            row.memo = {}
        for (row, name), value in zip(facts, values, strict=True):
            undo.append(_put(row, name, value))
        try:
            return all(self.program.value(row, name) is not None for row, name in self.questions)
        finally:
            for restore in reversed(undo):
                restore()
            for row, memo in zip(self.rows, memos, strict=True):
                row.memo = memo


def _put(row: Row, name: str, value: Any) -> Callable[[], None]:
    if isinstance(value, list):
        row.asked[name] = True
        return lambda: row.asked.__setitem__(name, False)
    row.facts[name] = value
    return lambda: row.facts.__setitem__(name, None)


def _all_rows(row: Row) -> Iterator[Row]:
    yield row
    for rows in row.children.values():
        for child in rows:
            yield from _all_rows(child)
