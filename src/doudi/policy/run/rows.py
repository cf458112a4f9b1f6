"""A family as rows: the household, its persons, and their records, with facts checked against the pack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from doudi.policy.pack.model import Entity, Fact, Pack
from doudi.policy.terms.errors import FactsError, Problem, Where, problem, suggestion
from doudi.policy.terms.kinds import INT_LIMIT, MONEY_LIMIT, RATIO_SCALE

FILE = "family.json"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
MISSING = object()


class Row:
    """One household, person or record with its facts; unknown facts are None. `memo` holds what rules gave."""

    __slots__ = ("asked", "children", "entity", "facts", "id", "memo", "name", "parent")

    def __init__(self, entity: str, row_id: str, parent: Row | None) -> None:
        self.entity = entity
        self.id = row_id
        self.name = ""
        self.parent = parent
        self.facts: dict[str, Any] = {}
        self.children: dict[str, list[Row]] = {}
        self.asked: dict[str, bool] = {}
        self.memo: dict[str, Any] = {}

    def up(self, entity: str) -> Row:
        """Return the parent or grandparent of a kind."""
        row = self.parent
        while row is not None and row.entity != entity:
            row = row.parent
        assert row is not None, f"{self.entity} has no {entity} above it"
        return row


class FamilyReader:
    """Reads families of one pack. Keep one for many families."""

    def __init__(self, pack: Pack) -> None:
        self.facts: dict[str, dict[str, Fact]] = {name: {} for name in pack.entities}
        for (entity, name), fact in pack.facts.items():
            self.facts[entity][name] = fact
        self.children: dict[str, list[Entity]] = {name: [] for name in pack.entities}
        for item in pack.entities.values():
            if item.parent:
                self.children[item.parent].append(item)
        self.allowed = {name: {"id", "name", *self.facts[name]} for name in pack.entities}
        for name, children in self.children.items():
            for child in children:
                self.allowed[name] |= {child.collection, f"{child.collection}_asked"}

    def read(self, family: Any) -> Row:
        """Return the household's row. Raises FactsError naming the place of every wrong fact."""
        problems: list[Problem] = []
        if not isinstance(family, Mapping):
            raise FactsError([_at("", "家庭文件应是一个 JSON 对象", "写成 {\"household\": {…}, \"persons\": […]}")])
        known = {"household", "persons", "day", "pack", "name", "note"}
        for key in family:
            if key not in known:
                problems.append(_at(str(key), f"不认识的键 {key}", suggestion(str(key), known)))
        body = family.get("household")
        household = Row("household", str(body.get("id", "household")) if isinstance(body, Mapping) else "household", None)
        merged: dict[str, Any] = dict(body) if isinstance(body, Mapping) else {}
        if not isinstance(body, Mapping):
            problems.append(_at("household", "缺少 household", "写上家庭的事实"))
        merged["persons"] = family.get("persons")
        if merged["persons"] is None:
            problems.append(_at("persons", "缺少 persons", "写上家庭成员；确实没有人就写空列表 []"))
        self._fill(household, merged, "household", problems)
        household.asked["persons"] = True
        if problems:
            raise FactsError(problems)
        return household

    def _fill(self, row: Row, body: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        facts = self.facts[row.entity]
        row.name = str(body.get("name") or "")
        for name, fact in facts.items():
            value = body.get(name)
            missing = value is None and fact.optional
            row.facts[name] = None if missing else _fact(fact, value, f"{path}.{name}", problems)
        for child in self.children[row.entity]:
            self._collect(row, child, body, path, problems)
        allowed = self.allowed[row.entity]
        for key in body:
            if key not in allowed:
                problems.append(_at(f"{path}.{key}", f"不认识的事实 {key}", suggestion(str(key), allowed)))

    def _collect(self, row: Row, child: Entity, body: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        items = body.get(child.collection)
        place = f"{path}.{child.collection}" if child.name != "person" else "persons"
        asked = body.get(f"{child.collection}_asked", items is not None)
        if not isinstance(asked, bool):
            problems.append(_at(f"{place}_asked", f"{child.collection}_asked 应是 true 或 false", "改成 true 或 false"))
            asked = False
        row.asked[child.collection] = asked
        rows: list[Row] = []
        if items is not None and not isinstance(items, list):
            problems.append(_at(place, f"{child.collection} 应是列表", "写成 [ … ]，没有查询过就不写"))
            items = None
        for number, item in enumerate(items or []):
            here = f"{place}[{number}]"
            if not isinstance(item, Mapping):
                problems.append(_at(here, "每一项应是一个对象", "写成 {…}"))
                continue
            inner = Row(child.name, str(item.get("id") or f"{child.name}{number + 1}"), row)
            self._fill(inner, item, inner.id if item.get("id") and child.name == "person" else here, problems)
            rows.append(inner)
        if child.name == "person" and len({item.id for item in rows}) != len(rows):
            problems.append(_at(place, "有两个成员的 id 相同", "每个成员用不同的 id"))
        row.children[child.collection] = rows


def _at(path: str, what: str, do: str) -> Problem:
    return problem(Where(FILE, 1), f"{path}：{what}" if path else what, do)


def _fact(fact: Fact, value: Any, path: str, problems: list[Problem]) -> Any:
    if value is None:
        if not fact.optional:
            problems.append(_at(path, f"缺少{fact.label}，而它必须知道", f"补上（{fact.describe}）"))
        return None
    try:
        return _KINDS[fact.type.kind](fact, value)
    except ValueError as error:
        problems.append(_at(path, f"{fact.label} {error}", f"改正（{fact.describe}）"))
        return None


def _bool(fact: Fact, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"应是 true 或 false，现在是 {value}")
    return value


def _whole(value: Any, limit: int, word: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"应是{word}，现在是 {value}")
    if abs(value) > limit:
        raise ValueError(f"{value} 超出系统能精确计算的范围（±{limit}）")
    return value


def _text(fact: Fact, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"应是文字，现在是 {value}")
    if fact.choices and value not in fact.choices:
        raise ValueError(f"没有“{value}”这一项，可选：{' '.join(fact.choices)}")
    return value


def _date(fact: Fact, value: Any) -> date:
    if isinstance(value, date):
        found = value
    elif isinstance(value, str):
        try:
            found = date.fromisoformat(value if _DATE.match(value) else "")
        except ValueError:
            raise ValueError(f"{value} 不是存在的日期，写成 2025-10-31 这样") from None
    else:
        raise ValueError(f"应是日期，现在是 {value}")
    if not date(1850, 1, 1) <= found <= date(2200, 1, 1):
        raise ValueError(f"{found} 不在合理的年份内")
    return found


_KINDS: dict[str, Callable[[Fact, Any], Any]] = {
    "bool": _bool, "text": _text, "date": _date,
    "int": lambda fact, value: _whole(value, INT_LIMIT, "整数"),
    "money": lambda fact, value: _whole(value, MONEY_LIMIT, "整数分"),
    "ratio": lambda fact, value: _whole(value, MONEY_LIMIT // RATIO_SCALE, "放大一万倍的整数比例"),
}
