"""Where does the policy itself misbehave? Families swept over income, and what is odd in their answers.

A finding is about the pack, not about the program: gaps, categories nobody reaches, exclusive categories that meet,
cliffs (more income leaves a family with less), and answers that improve when income rises.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doudi.policy.pack.day import NONE, DayPack
from doudi.policy.pack.model import Level
from doudi.policy.run.answer import monthly_total
from doudi.policy.run.closures import Program
from doudi.policy.run.rows import FamilyReader, Row
from doudi.policy.run.words import value_words
from doudi.policy.terms.exact import age_on

STEPS = 240
TRIALS = 24
MONTHS = 12
ONE_YUAN = 100
ORDINARY = ("none", "full")
EXPECTED = ("legal_duty", "lives_together", "shares_budget", "married")


@dataclass(frozen=True)
class Point:
    """The answer at one income: fen per year in, category, fen per month of benefit out (None when undetermined)."""

    income: int
    category: str | None
    benefit: int | None
    people: tuple[str | None, ...]

    @property
    def resources(self) -> int | None:
        """Income and benefit together, fen per year."""
        return None if self.benefit is None else self.income + self.benefit * MONTHS


@dataclass(frozen=True)
class Finding:
    """One oddity: its sort, the family that shows it, where on the income line, and in words."""

    sort: str  # gap unreachable overlap cliff improvement
    family: str
    income: int | None
    words: str


@dataclass
class Sweep:
    """One family over income."""

    family: str
    area: str
    size: int
    points: list[Point]
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Review:
    """All sweeps and findings of a pack on a day."""

    pack: str
    day: date
    sweeps: list[Sweep]
    findings: list[Finding]
    reached: set[str]
    families: dict[str, str]


def review(program: Program, families: Mapping[str, Any], highest: int) -> Review:
    """Sweep every family from no income to `highest` (fen per year a head) in both kinds of area."""
    reviewer = _Reviewer(program, families)
    sweeps = [reviewer.sweep(name, family, area, highest) for name, family in families.items() for area in ("urban", "rural")]
    for family in families.values():
        reviewer.try_otherwise(family, highest)
    findings = [finding for sweep in sweeps for finding in sweep.findings]
    findings += reviewer.unreachable()
    return Review(program.pack.pack.name, program.pack.day, sweeps, findings, reviewer.reached, reviewer.words)


class _Reviewer:
    def __init__(self, program: Program, families: Mapping[str, Any]) -> None:
        self.program = program
        self.pack: DayPack = program.pack
        self.reader = FamilyReader(program.pack.pack)
        self.reached: set[str] = set()
        self.labels = {item.name: item.label for item in self.pack.pack.results.categories} | {NONE: "不符合各类条件"}
        self.words = {name: self.described(family) for name, family in families.items()}

    def sweep(self, name: str, family: Mapping[str, Any], area: str, highest: int) -> Sweep:
        """Answer one family at many incomes, and look for oddities."""
        size = max(1, len(family.get("persons", [])))
        body = copy.deepcopy(dict(family))
        body["household"] = {**body["household"], "area_kind": area}
        points = [self._point(body, income) for income in self._incomes(highest * size, size)]
        sweep = Sweep(name, area, size, points)
        self._look(sweep)
        sweep.findings += self._overlaps(sweep, body)
        return sweep

    def try_otherwise(self, family: Mapping[str, Any], highest: int) -> None:
        """Note the categories that the family reaches as it is, with heavy medical bills, and with a decision of its own."""
        for area in ("urban", "rural"):
            body = copy.deepcopy(dict(family))
            body["household"] = {**body["household"], "area_kind": area}
            self._note(self.reader.read(body))
            size = max(1, len(body["persons"]))
            if self._knows("household", "case_by_case_approved"):
                decided = {**body, "household": {**body["household"], "case_by_case_approved": True}}
                self._note(self._family(decided, highest * size))
            if not self._knows("expense", "kind", "amount", "paid_on"):
                continue
            for number in range(1, TRIALS + 1):
                income = highest * size * number // TRIALS
                bill = {"kind": "medical", "amount": income * 2, "paid_on": self.pack.day}
                persons = [{**person, "expenses": [bill] if index == 0 else []} for index, person in enumerate(body["persons"])]
                self._note(self._family({**body, "persons": persons}, income))

    def _knows(self, entity: str, *names: str) -> bool:
        """Tell whether the pack has these facts: a county need not keep the names of the national pack."""
        return all((entity, name) in self.pack.pack.facts for name in names)

    def _note(self, row: Row) -> None:
        names = (self.program.value(one, "category") for one in (row, *row.children["persons"]))
        self.reached |= {name for name in names if name is not None}

    def _incomes(self, highest: int, size: int) -> list[int]:
        """Even steps, and the lines themselves with one fen on each side, as far as values tell them."""
        even = {highest * number // STEPS for number in range(STEPS + 1)}
        for value in self.pack.pack.values.values():
            if value.type.kind != "money" or not value.type.per_person or not (value.changes or value.name in self.pack.changed):
                continue
            for amount in _amounts(self.pack.value(value.name)):
                line = amount * size * (MONTHS if value.type.period == "month" else 1)
                even |= {point for point in (line - 1, line, line + 1) if 0 <= point <= highest}
        return sorted(even)

    def _family(self, body: dict[str, Any], income: int) -> Row:
        changed = {**body, "persons": [dict(person) for person in body["persons"]]}
        for person in changed["persons"]:
            person["incomes"] = []
        if changed["persons"]:
            changed["persons"][0]["incomes"] = [{"kind": "wage", "amount": income, "received_on": self.pack.day}]
        return self.reader.read(changed)

    def _point(self, body: dict[str, Any], income: int) -> Point:
        row = self._family(body, income)
        category = self.program.value(row, "category")
        people = [self.program.value(person, "category") for person in row.children["persons"]]
        self.reached |= {name for name in (category, *people) if name is not None}
        return Point(income, category, monthly_total(self.program, row), tuple(people))

    def _look(self, sweep: Sweep) -> None:
        for before, after in zip(sweep.points, sweep.points[1:], strict=False):
            self._cliff(sweep, before, after)
            self._improvement(sweep, before, after)
        helped = [index for index, point in enumerate(sweep.points) if _helped(point)]
        for index, point in enumerate(sweep.points):
            if helped and helped[0] < index < helped[-1] and point.category == NONE and not _helped(point):
                words = f"{self._words(sweep, point)}，没有任何类别；收入更低和更高的同类家庭都有"
                sweep.findings.append(Finding("gap", sweep.family, point.income, words))

    def _cliff(self, sweep: Sweep, before: Point, after: Point) -> None:
        if before.resources is None or after.resources is None or after.resources >= before.resources:
            return
        lost = before.resources - after.resources
        # Amounts are rounded to whole yuan a month for the household and for each person: that much is noise.
        if lost <= ONE_YUAN * MONTHS * (sweep.size + 1):
            return
        words = (f"{self._words(sweep, after)}：年收入多 {_yuan(after.income - before.income)}，连同待遇反而少 {_yuan(lost)}"
                 f"（{self._label(before.category)} → {self._label(after.category)}）")
        sweep.findings.append(Finding("cliff", sweep.family, after.income, words))

    def _improvement(self, sweep: Sweep, before: Point, after: Point) -> None:
        if before.benefit is None or after.benefit is None or after.benefit <= before.benefit:
            return
        words = (f"{self._words(sweep, after)}：收入更高，月待遇却从 {_yuan(before.benefit)} 升到 {_yuan(after.benefit)}"
                 f"（{self._label(before.category)} → {self._label(after.category)}）")
        sweep.findings.append(Finding("improvement", sweep.family, after.income, words))

    def _overlaps(self, sweep: Sweep, body: dict[str, Any]) -> list[Finding]:
        results = self.pack.pack.results
        exclusive = [set(pair.these) for pair in results.compatibility if pair.are == "exclusive"]
        found: dict[frozenset[str], Finding] = {}
        for point in sweep.points[:: max(1, len(sweep.points) // 40)]:
            row = self._family(body, point.income)
            for one, level in [(row, results.household), *((person, results.person) for person in row.children["persons"])]:
                met = self._met(one, level)
                for pair in exclusive:
                    both = frozenset(met & pair)
                    if len(both) > 1 and both not in found:
                        chosen = self._label(self.program.value(one, "category"))
                        names = "、".join(sorted(self._label(name) for name in both))
                        words = f"{self._words(sweep, point)}：同时符合互斥的 {names}，按规则取 {chosen}"
                        found[both] = Finding("overlap", sweep.family, point.income, words)
        return list(found.values())

    def _met(self, row: Row, level: Level) -> set[str]:
        return {step.category for step in level.steps if self.program.value(row, step.when) is True}

    def described(self, family: Mapping[str, Any]) -> str:
        """Return who a family is in words: each person's relation, sex, age, and what is out of the ordinary."""
        row = self.reader.read(family)
        people = []
        for person in row.children["persons"]:
            words = [value_words(self.pack, fact.type, person.facts[name], ("person", name))
                     for name, fact in self.reader.facts["person"].items()
                     if fact.choices and person.facts[name] not in (None, *ORDINARY)]
            words += [fact.label for name, fact in self.reader.facts["person"].items()
                      if person.facts[name] is True and name not in EXPECTED]
            people.append("、".join([*words, f"{age_on(person.facts['birth'], self.pack.day)}岁"]))
        return "；".join(people) or "没有成员"

    def unreachable(self) -> list[Finding]:
        """Return the categories that no swept family reached."""
        return [Finding("unreachable", "", None, f"所有试算家庭都没有进入“{item.label}”")
                for item in self.pack.pack.results.categories if item.name not in self.reached]

    def _label(self, category: str | None) -> str:
        return "还不能确定" if category is None else self.labels[category]

    def _words(self, sweep: Sweep, point: Point) -> str:
        area = {"urban": "城镇", "rural": "农村"}[sweep.area]
        return f"算例 {sweep.family}（{area}，{self.words[sweep.family]}）年收入 {_yuan(point.income)}"


def _helped(point: Point) -> bool:
    return point.category not in (NONE, None) or any(name not in (NONE, None) for name in point.people)


def _amounts(table: Any) -> list[int]:
    if isinstance(table, dict):
        return [amount for item in table.values() for amount in _amounts(item)]
    return [table] if isinstance(table, int) else []


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}元"
