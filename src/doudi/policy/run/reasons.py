"""Why: the decisive reason first, the tree on demand, in sentences a cadre can read aloud to the family."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from doudi.policy.pack.day import DayPack, Key
from doudi.policy.pack.model import Ground, Pack
from doudi.policy.run.closures import Program
from doudi.policy.run.rows import Row
from doudi.policy.run.words import label_of, row_words, value_words
from doudi.policy.terms.kinds import DATE, RATIO_SCALE
from doudi.policy.terms.tree import Node

_PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}([人名个岁周项次天月年户口件套辆处倍]?)")
_TRUE = {"<": "低于", "<=": "不高于", ">": "高于", ">=": "不低于", "=": "是", "<>": "不是"}
_FALSE = {"<": "不低于", "<=": "高于", ">": "不高于", ">=": "低于", "=": "不是", "<>": "是"}
DEPTH = 12
# A sentence read aloud names so many clauses; the JSON has them all.
SPOKEN_CITATIONS = 3
READING = "本系统暂定理解"


@dataclass(frozen=True)
class Citation:
    """A clause with its document number and article, or a reading with what it chose."""

    id: str
    document: str
    article: str
    says: str

    @property
    def is_reading(self) -> bool:
        """Tell whether this is our own reading of an unclear clause."""
        return self.document == READING

    def words(self) -> str:
        """Return the citation as printed after a sentence."""
        return f"{READING}“{self.says}”" if self.is_reading else f"{self.document} {self.article}".strip()


def citations(pack: Pack, ground: Ground) -> list[Citation]:
    """Return what a ground cites: clauses first, then readings."""
    found = []
    for name in ground.clauses:
        clause = pack.clauses.get(name)
        if clause is not None:
            document = pack.documents.get(name.split("-")[0])
            found.append(Citation(name, document.number if document is not None else name.split("-")[0], clause.article, clause.says))
    for name in ground.readings:
        reading = pack.readings.get(name)
        if reading is not None:
            found.append(Citation(name, READING, name, reading.chosen))
    return found


@dataclass(eq=False)
class Reason:
    """One step of a reason: what holds of whom, in a sentence, with its citations and what decided it.

    Not frozen: making a frozen one takes twice as long, and a family's answer makes about sixty.
    """

    key: Key
    row: Row
    label: str
    value: Any
    sentence: str
    citations: tuple[Citation, ...]
    because: tuple[Reason, ...] = ()
    height: int = 0  # how many reasons lie below this one, on the longest way
    clauses: list[dict[str, str]] | None = None  # the citations for machines, when they are known already

    def words(self) -> str:
        """Return the sentence with its clauses; a reading is only mentioned, unless there is nothing else."""
        clauses = list(dict.fromkeys(item.words() for item in self.citations if not item.is_reading))
        read = [item.words() for item in self.citations if item.is_reading]
        if not clauses:
            return f"{self.sentence}。依据：{'；'.join(read)}" if read else self.sentence
        more = f" 等{len(clauses)}条" if len(clauses) > SPOKEN_CITATIONS else ""
        return f"{self.sentence}。依据：{'；'.join(clauses[:SPOKEN_CITATIONS])}{more}{f'（含{READING}）' if read else ''}"

    def to_json(self) -> dict[str, Any]:
        """Return the reason for machines, with all below it. A reason met twice is the same object in both places."""
        # Kept by hand: functools.cached_property takes a lock at every look until Python 3.12.
        told: dict[str, Any] | None = self.__dict__.get("_told")
        if told is None:
            told = self.__dict__["_told"] = self._json()
        return told

    def _json(self) -> dict[str, Any]:
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        return {"rule": ".".join(self.key), "of": self.row.id, "label": self.label, "value": value, "sentence": self.sentence,
                "clauses": clauses_of(self.citations) if self.clauses is None else self.clauses,
                "because": [reason.to_json() for reason in self.because]}


def clauses_of(cited: tuple[Citation, ...]) -> list[dict[str, str]]:
    """Return citations for machines."""
    return [{"id": item.id, "document": item.document, "article": item.article} for item in cited]


class Explainer:
    """Explains the values of a family's rows, with the program that computed them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.pack: DayPack = program.pack
        self._known: dict[tuple[Row, str, bool], Reason] = {}

    def reason(self, row: Row, name: str, *, depth: int = DEPTH, full: bool = False) -> Reason:
        """Explain a fact or rule. `full` lists everything a formula names, otherwise only what decided."""
        known = self._known.get((row, name, full))
        if known is not None and known.height <= depth:
            return known
        found = self._explained(row, name, depth, full)
        # One that may have been cut short at the greatest depth is right here only.
        if found.height < depth:
            self._known[row, name, full] = found
        return found

    def _explained(self, row: Row, name: str, depth: int, full: bool) -> Reason:
        key = (row.entity, name)
        value = self.program.value(row, name)
        node = self.pack.nodes.get(key)
        because: tuple[Reason, ...] = ()
        if node is not None and depth > 0:
            parts = self._named(node, row) if full else self._decisive(node, row)
            because = tuple(self.reason(child, part, depth=depth - 1, full=full) for child, part in parts)
        sentence = self._sentence(row, name, value, because)
        height = 1 + max(reason.height for reason in because) if because else 0
        told = self.program.kept("clauses", key, lambda: clauses_of(self._cited(key)))
        return Reason(key, row, label_of(self.pack, key), value, sentence, self._cited(key), because, height, told)

    def _cited(self, key: Key) -> tuple[Citation, ...]:
        cited: tuple[Citation, ...] | None = self.program.cited.get(key)
        if cited is None:
            version = self.pack.versions.get(key)
            cited = tuple(citations(self.pack.pack, version.ground)) if version is not None else ()
            self.program.cited[key] = cited
        return cited

    # what decided
    def _decisive(self, node: Node, row: Row, limit: int = 6) -> list[tuple[Row, str]]:
        found: list[tuple[Row, str]] = []
        self._collect(node, row, found, limit)
        return found

    def _collect(self, node: Node, row: Row, found: list[tuple[Row, str]], limit: int) -> None:
        if len(found) >= limit:
            return
        if node.op in ("name", "up"):
            owner = row if node.op == "name" else row.up(node.entity)
            if (owner, node.name) not in found:
                found.append((owner, node.name))
        elif node.op in ("and", "or"):
            for arg in self._deciding(node, row):
                self._collect(arg, row, found, limit)
        elif node.op == "case":
            self._collect(node.args[0], row, found, limit)
            condition = self.program.closure(node.args[0])(row)
            if condition is not None:
                self._collect(node.args[1 if condition else 2], row, found, limit)
        elif node.aggregate is not None:
            self._collect_children(node, row, found, limit)
        else:
            for arg in node.args:
                self._collect(arg, row, found, limit)

    def _deciding(self, node: Node, row: Row) -> list[Node]:
        """Return the parts of an and/or that decided: the first against it, else all of the value it has."""
        settling = node.op == "or"
        unknown: list[Node] = []
        for arg in node.args:
            value = self.program.closure(arg)(row)
            if value is settling:
                return [arg]
            if value is None:
                unknown.append(arg)
        return unknown or list(node.args)

    def _collect_children(self, node: Node, row: Row, found: list[tuple[Row, str]], limit: int) -> None:
        aggregate = node.aggregate
        assert aggregate is not None
        if aggregate.kind not in ("any_of", "all_of") or aggregate.expression is None:
            return
        value = self.program.closure(node)(row)
        wanted = None if value is None else aggregate.kind == "any_of"
        for child in row.children[aggregate.collection]:
            if aggregate.filter is not None and self.program.closure(aggregate.filter)(child) is False:
                continue
            if self.program.closure(aggregate.expression)(child) is wanted:
                self._collect(aggregate.expression, child, found, limit)
                if value is not None:
                    return

    def _named(self, node: Node, row: Row) -> list[tuple[Row, str]]:
        found: list[tuple[Row, str]] = []
        for part in node.walk():
            if part.op in ("name", "up"):
                owner = row if part.op == "name" else row.up(part.entity)
                if (owner, part.name) not in found:
                    found.append((owner, part.name))
            if part.aggregate is not None and part.aggregate.expression is not None:
                names = [inner.name for inner in part.aggregate.expression.walk() if inner.op == "name"]
                found += [(child, name) for child in row.children[part.aggregate.collection] for name in names]
        return found

    # sentences
    def _sentence(self, row: Row, name: str, value: Any, because: tuple[Reason, ...]) -> str:
        key = (row.entity, name)
        rule = self.pack.pack.rules.get(key)
        whose = row_words(row, self.pack)
        prefix = f"{whose}：" if whose else ""
        template = None if rule is None else rule.says.get(_answer(value))
        if template is not None:
            return prefix + self._fill(template, row)
        label = label_of(self.pack, key)
        shown = value_words(self.pack, self.pack.type_of(key), value, key)
        node = self.pack.nodes.get(key)
        if isinstance(value, bool) and node is not None:
            leaf = self._comparison(node, row)
            if leaf:
                return f"{prefix}{label}：{shown}（{leaf}）"
        if value is None and because:
            inner = "、".join(dict.fromkeys(reason.label for reason in because))
            return f"{prefix}{label}还不清楚，缺少：{inner}"
        return f"{prefix}{label}：{shown}"

    def _fill(self, template: str, row: Row) -> str:
        def put(found: re.Match[str]) -> str:
            owner, _, name = found.group(1).rpartition(".")
            source = row if not owner or owner == row.entity else row.up(owner)
            key = (source.entity, name)
            if key in self.pack.nodes or key in self.pack.pack.facts:
                value = self.program.value(source, name)
                if found.group(2) and isinstance(value, int) and self.pack.type_of(key).kind == "int":
                    return f"{value}{found.group(2)}"  # the sentence brings its own measure word
                return value_words(self.pack, self.pack.type_of(key), value, key) + found.group(2)
            return self._value_words(name, row, found.group(2))

        return _PLACEHOLDER.sub(put, template)

    def _value_words(self, name: str, row: Row, measure: str) -> str:
        if name == "day":
            return value_words(self.pack, DATE, self.pack.day) + measure
        table: Any = self.pack.value(name)
        household = row if row.entity == "household" else row.up("household")
        for key in self.pack.pack.values[name].by:
            choice = household.facts.get(key)
            table = table.get(choice, table.get("other")) if isinstance(table, dict) else table
        type_ = self.pack.pack.values[name].type
        if measure == "倍" and type_.kind == "ratio" and isinstance(table, int) and table <= RATIO_SCALE:
            return f"{table * 100 / RATIO_SCALE:g}%"  # people say 50%, not 0.5 times
        return f"{table}{measure}" if measure and type_.kind == "int" else value_words(self.pack, type_, table) + measure

    def _comparison(self, node: Node, row: Row) -> str:
        """Return '家庭年收入（7,710元）低于8,532元' for a rule that is one comparison."""
        if node.op not in _TRUE:
            return ""
        truth = self.program.closure(node)(row)
        word = (_TRUE if truth else _FALSE)[node.op]
        return f"{self._side(node.args[0], row)}{word}{self._side(node.args[1], row)}"

    def _side(self, node: Node, row: Row) -> str:
        value = self.program.closure(node)(row)
        key = (node.entity, node.name) if node.op in ("name", "up") else None
        text = value_words(self.pack, node.type, value, key)
        if key is None:
            return text
        return f"{label_of(self.pack, key)}（{text}）"


def _answer(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "value"
