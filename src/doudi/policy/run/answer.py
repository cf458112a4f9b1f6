"""The answer for one family: categories, amounts, tags, distances, reasons, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from doudi.policy.pack.day import NONE, DayPack, plain
from doudi.policy.pack.model import Level, Step
from doudi.policy.run.closures import Program
from doudi.policy.run.nearest import Nearness
from doudi.policy.run.reasons import DEPTH, Citation, Explainer, Reason, citations
from doudi.policy.run.rows import Row
from doudi.policy.run.unknowns import Detective, Unsettled
from doudi.policy.run.words import row_words, value_words
from doudi.policy.terms.exact import div_round
from doudi.policy.terms.kinds import RATIO_SCALE, yuan
from doudi.policy.terms.tree import Node

UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Line:
    """How far a family is from a line. `distance` in fen, positive below the limit; `basis` says of what."""

    rule: str
    label: str
    satisfied: bool | None
    distance: int | None
    basis: str

    def words(self) -> str:
        """Return '人均收入低于低保标准：低87.35元（每人每月）'."""
        if self.distance is None:
            known = {True: "符合", False: "不符合", None: "还不清楚"}
            return f"{self.label}：{known[self.satisfied]}"
        if self.distance == 0:
            return f"{self.label}：恰好相等，{'符合' if self.satisfied else '不符合'}"
        basis = f"（{self.basis}）" if self.basis else ""
        return f"{self.label}：{'低' if self.distance > 0 else '高'}{yuan(abs(self.distance))}{basis}"


@dataclass(frozen=True)
class Outcome:
    """The category of a household or a person, with the amount (fen per month) and what else is possible."""

    row: Row
    category: str
    label: str
    shown_as: str
    amount: int | None
    possible: tuple[str, ...]


class Answer:
    """What the pack says of one family on a day. Reasons and missing facts are worked out when asked for."""

    def __init__(self, program: Program, household: Row) -> None:
        self.program = program
        self.pack: DayPack = program.pack
        self.row = household
        results = self.pack.pack.results
        self.household = self._outcome(household, results.household)
        self.persons = {row.id: self._outcome(row, results.person) for row in household.children["persons"]}

    @property
    def people(self) -> list[Row]:
        """The rows of the persons in the family file."""
        return self.row.children["persons"]

    def _outcome(self, row: Row, level: Level) -> Outcome:
        category = self.program.value(row, "category")
        shown = self.program.value(row, "category_as")
        amount = self.program.value(row, "category_amount")
        if category is None:
            return Outcome(row, UNDETERMINED, "还不能确定", "", amount, self._possible(row, level))
        return Outcome(row, category, self._label(level, category, shown), shown or "", amount, (category,))

    def _label(self, level: Level, category: str, shown: str | None) -> str:
        if category == NONE:
            return "不符合各类条件"
        label = next(item.label for item in self.pack.pack.results.categories if item.name == category)
        for step in level.steps:
            if step.category == category and step.shown_as == (shown or "") and step.label:
                return f"{label}（{step.label}）"
        return label

    def _possible(self, row: Row, level: Level) -> tuple[str, ...]:
        found: list[str] = []
        sure = False
        for step in level.steps:
            value = self.program.value(row, step.when)
            if value is not False and step.category not in found:
                found.append(step.category)
            sure = sure or value is True
            if sure and level.choose == "first":
                break
        return tuple(found if sure else [*found, NONE])

    @cached_property
    def total(self) -> int | None:
        """Fen a month for the household and its persons together; None while a part of it is open."""
        return monthly_total(self.program, self.row)

    @cached_property
    def tags(self) -> dict[str, bool | None]:
        """Tags of the household, and of persons as name:person id."""
        found: dict[str, bool | None] = {}
        for tag in self.pack.pack.results.tags:
            if tag.level == "household":
                found[tag.name] = self.program.value(self.row, tag.when)
            else:
                found.update({f"{tag.name}:{row.id}": self.program.value(row, tag.when) for row in self.people})
        return found

    # reasons
    @cached_property
    def reason(self) -> Reason:
        """The decisive reason of the household's category: why this one, or why the first one fails or is open."""
        return self.decisive(self.household, self.pack.pack.results.household)

    def reasons(self, outcome: Outcome, level: Level) -> list[Reason]:
        """Reasons of an outcome, decisive first: of the category given and why no earlier one, else of every step not met, the narrowest
        miss first."""
        return [self._step_reason(outcome.row, step) for step in self._decisive_steps(outcome, level)]

    def decisive(self, outcome: Outcome, level: Level) -> Reason:
        """The first of the reasons of an outcome, without working out the others."""
        return self._step_reason(outcome.row, self._decisive_steps(outcome, level)[0])

    def amount_reason(self, outcome: Outcome, level: Level) -> Reason | None:
        """How the amount of an outcome was worked out; None when it has none."""
        if not outcome.amount:
            return None
        found = next((step for step in self._decisive_steps(outcome, level) if step.amount), None)
        return None if found is None else self._explainer.reason(outcome.row, found.amount)

    def _step_reason(self, row: Row, step: Step, *, depth: int = DEPTH) -> Reason:
        """Return the reason of a step, citing first what the step itself rests on."""
        reason = self._explainer.reason(row, step.when, depth=depth)
        return replace(reason, citations=tuple(dict.fromkeys((*self._step_citations(step), *reason.citations))), clauses=None)

    def _step_citations(self, step: Step) -> tuple[Citation, ...]:
        key = (f"{step.category} as {step.shown_as}", step.when)
        found: tuple[Citation, ...] | None = self.program.cited.get(key)
        if found is None:
            found = self.program.cited[key] = tuple(citations(self.pack.pack, step.ground))
        return found

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.program)

    @cached_property
    def _nearness(self) -> Nearness:
        return Nearness(self.program)

    def _decisive_steps(self, outcome: Outcome, level: Level) -> list[Step]:
        values = [(step, self.program.value(outcome.row, step.when)) for step in level.steps]
        if outcome.category == UNDETERMINED:
            return [step for step, value in values if value is None] or list(level.steps)
        if outcome.category == NONE:
            return sorted(level.steps, key=lambda step: self._nearness.of(outcome.row, step.when))
        chosen = [step for step, value in values if value and (step.category, step.shown_as) == (outcome.category, outcome.shown_as)]
        earlier = level.steps[:level.steps.index(chosen[0])] if chosen else ()
        return chosen + [step for step, value in values if not value and step in earlier]

    def tree(self) -> list[Reason]:
        """The full reason tree of the household's steps."""
        return [self._explainer.reason(self.row, step.when, full=True) for step in self.pack.pack.results.household.steps]

    # what is missing
    @cached_property
    def unsettled(self) -> Unsettled:
        """The facts that would settle what is undetermined; empty lists when nothing is."""
        asked = [(outcome.row, "category") for outcome in (self.household, *self.persons.values())
                 if outcome.category == UNDETERMINED]
        if not asked:
            return Unsettled((), ())
        return Detective(self.program).unsettled(self.row, asked)

    # distances
    @cached_property
    def lines(self) -> list[Line]:
        """The distance to each line of the pack."""
        found = []
        for name in self.pack.pack.results.lines:
            entity, _, short = name.rpartition(".")
            rows = [self.row] if (entity or "household") == "household" else self.people
            found += [self._line(row, name, short) for row in rows]
        return found

    def _line(self, row: Row, name: str, short: str) -> Line:
        shape = self.program.kept("line", (row.entity, short), lambda: _shape(self.pack.nodes[row.entity, short]))
        whose = row_words(row, self.pack)
        label = f"{whose}：{self.pack.labels[row.entity, short]}" if whose else self.pack.labels[row.entity, short]
        satisfied = self.program.value(row, short)
        if shape is None:
            return Line(name, label, satisfied, None, "")
        low, high = self.program.closure(shape.left)(row), self.program.closure(shape.right)(row)
        scale = shape.factor
        if shape.people is not None:
            scale *= self.program.closure(shape.people)(row) or 0
        if shape.ratio is not None and low is not None and high is not None:
            # A share of the limit: everything times 10,000, so that nothing is rounded before the end.
            ratio = self.program.closure(shape.ratio)(row)
            low, high, scale = low * RATIO_SCALE, None if ratio is None else high * ratio, scale * RATIO_SCALE
        if low is None or high is None or not scale:
            return Line(name, label, satisfied, None, shape.basis)
        return Line(name, label, satisfied, _whole(high - low, scale), shape.basis)

    # shown
    @cached_property
    def assumed(self) -> list[str]:
        """Labels of the pack's values in force on the day that nobody has confirmed."""
        return assumed_values(self.pack)

    def _told_reasons(self, full: bool) -> list[Reason]:
        """The decisive reason with all that decided it; the others with what decided them at once, or whole when `full`."""
        level = self.pack.pack.results.household
        first, *rest = self._decisive_steps(self.household, level)
        return [self._step_reason(self.row, first), *(self._step_reason(self.row, step, depth=DEPTH if full else 1) for step in rest)]

    def to_json(self, *, full: bool = False) -> dict[str, Any]:
        """Return the answer for machines, the decisive reason first and whole; `full` adds the other reasons whole and the tree."""
        pack = self.pack.pack
        found: dict[str, Any] = {
            "pack": pack.name, "version": pack.version, "digest": pack.digest, "day": self.pack.day.isoformat(),
            "household": {**self._outcome_json(self.household), "reasons": [
                reason.to_json() for reason in self._told_reasons(full)]},
            "persons": {key: {**self._outcome_json(item), "reasons": [self.decisive(item, pack.results.person).to_json()]}
                        for key, item in self.persons.items()},
            "total": self.total, "tags": self.tags, "lines": [{**vars(line), "words": line.words()} for line in self.lines],
            "show": self._shown(),
            "settles": [vars(item) for item in self.unsettled.settles],
            "quickest": [vars(item) for item in self.unsettled.quickest],
            "assumed": self.assumed,
        }
        if full:
            found["tree"] = [reason.to_json() for reason in self.tree()]
        return found

    def _outcome_json(self, outcome: Outcome) -> dict[str, Any]:
        return {"category": outcome.category, "label": outcome.label, "as": outcome.shown_as, "amount": outcome.amount,
                "possible": list(outcome.possible)}

    def _shown(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self.pack.pack.results.show:
            entity, _, short = name.rpartition(".")
            for row in [self.row] if (entity or "household") == "household" else self.people:
                key = (row.entity, short)
                value = self.program.value(row, short)
                path = short if row is self.row else f"{row.id}.{short}"
                found[path] = {"label": self.pack.labels[key], "value": plain(value),
                               "words": value_words(self.pack, self.pack.type_of(key), value, key)}
        return found


def monthly_total(program: Program, household: Row) -> int | None:
    """Return what a household and its persons get together, fen per month; None while a part of it is open.

    The amount of a household counts its persons of the same category; persons of another category (a destitute member, a
    single person taken alone) come on top.
    """
    category, total = program.value(household, "category"), program.value(household, "category_amount")
    if category is None or total is None:
        return None
    for person in household.children["persons"]:
        own, amount = program.value(person, "category"), program.value(person, "category_amount")
        if own is None or amount is None:
            return None
        total += amount if own != category or not program.value(household, "category_amount") else 0
    return int(total)


def assumed_values(pack: DayPack) -> list[str]:
    """Return the labels of the values in force on the pack's day that are assumed."""
    found = []
    for value in pack.pack.values.values():
        current = [change for change in value.changes if change.start <= pack.day]
        if current and current[-1].confidence == "assumed" and value.name not in pack.changed:
            found.append(value.label)
    return found


def _holds_an_amount(node: Node) -> bool:
    return any(part.op == "const" and part.type.kind == "money" and part.value for part in node.walk())


def _whole(distance: int, scale: int) -> int:
    """Return whole fen, half away from zero; less than half a fen is one, because only equal amounts are no distance apart."""
    size = max(1, div_round(abs(distance), scale) or 0) if distance else 0
    return size if distance > 0 else -size


@dataclass(frozen=True)
class _Shape:
    """A comparison of two amounts, and what turns its distance into fen per person and month (or as near as it goes)."""

    left: Node
    right: Node
    ratio: Node | None
    factor: int
    people: Node | None
    basis: str


def _shape(rule: Node) -> _Shape | None:
    """Return the shape of a rule's first comparison of amounts, or None when it has none."""
    node = _first_comparison(rule)
    if node is None:
        return None
    left, right = node.args[:2]
    if _holds_an_amount(left) and not _holds_an_amount(right):
        left, right = right, left  # the limit is the side that the pack's own amounts stand on
    factor, people, basis = _scale(left)
    if factor == 1 and people is None:
        factor, people, basis = _scale(right)
    return _Shape(left, right, node.args[2] if len(node.args) > 2 else None, factor, people, basis)


def _scale(node: Node) -> tuple[int, Node | None, str]:
    """Return what a yearly amount of the whole family must be divided by, and of what it then is."""
    factor, people, whole, period = 1, None, not node.type.per_person, node.type.period
    for part in node.walk():
        if part.op == "yearly":
            factor, period = factor * 12, "month"
        if part.op == "*" and whole:
            people = next((arg for arg in part.args if arg.type.count == "persons"), None)
            whole = people is None
    return factor, people, ("全家" if whole else "每人") + {"month": "每月", "year": "每年"}.get(period, "")


def _first_comparison(node: Node) -> Node | None:
    """Return the first comparison of two amounts in a formula, not looking into other rules."""
    if node.op in ("reaches_share", "exceeds_share"):
        return node
    if node.op in ("<", "<=", ">", ">=") and "money" in (node.args[0].type.kind, node.args[1].type.kind):
        return node
    for arg in node.args:
        found = _first_comparison(arg)
        if found is not None:
            return found
    return None
