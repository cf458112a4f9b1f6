"""From YAML mappings to the items of a pack."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from doudi.policy.pack.fields import Fields
from doudi.policy.pack.model import (
    Alert,
    Category,
    Change,
    Clause,
    Compatibility,
    Document,
    Entity,
    Fact,
    Layer,
    Level,
    ProcessItem,
    Reading,
    Results,
    Rule,
    SetOf,
    Step,
    Table,
    Tag,
    Value,
    Version,
)
from doudi.policy.pack.reader import Block
from doudi.policy.terms.errors import Where
from doudi.policy.terms.kinds import KINDS, RATIO_SCALE, Type, parse_type

RATIO = re.compile(r"(-?)(\d+)(?:\.(\d{1,4}))?\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def head(content: Any, where: Where) -> Layer:
    """Read pack.yaml."""
    fields = Fields(content, "政策包", where)
    layer = Layer(
        name=fields.text("name"), title=fields.text("title"), region=fields.text_or("region"),
        start=fields.day("from"), version=fields.number("version", 1), extends=fields.text_or("extends"),
        abstract=fields.flag("abstract"), where=where,
    )
    for entry in fields.items("documents"):
        inner = Fields(entry, "文件", where)
        title = inner.text("title")
        layer.documents.append(Document(inner.text("id"), inner.text_or("number") or f"《{title}》", title,
                                        inner.day_or_none("issued"), inner.text_or("note"), inner.where))
        inner.close()
    fields.close()
    return layer


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if not _NAME.match(name):
        raise fields.fail("name", f"名称 {name} 不合规", "用小写英文字母、数字和下划线，以字母开头")
    return name


def _type(fields: Fields, personal: bool) -> Type:
    kind = fields.one_of("kind", KINDS)
    unit = fields.text_or("unit") or None
    try:
        return parse_type(kind, unit, personal=personal)
    except ValueError as error:
        raise fields.fail("unit" if unit else "kind", str(error), "按 docs/policy-language.md 的“单位”改写") from None


def clause(pack: str, fields: Fields) -> Clause:
    """Read one clause; an organisational one must say why nothing computes it."""
    kind = fields.one_of("kind", ("computable", "procedural", "organisational"))
    why = fields.text_or("why")
    if kind == "organisational" and not why:
        raise fields.fail("kind", "组织类条款没有写原因", "用 why 说明为什么没有规则或流程对应它")
    return Clause(fields.text("id"), fields.text("article"), fields.text("says"), kind, why, fields.where, pack)


def reading(pack: str, fields: Fields) -> Reading:
    """Read one reading; the chosen one must be among at least two."""
    readings = fields.texts("readings")
    chosen = fields.text("chosen")
    if len(readings) < 2:
        raise fields.fail("readings", "至少要写两种读法", "把另一种读法也写下来")
    if chosen not in readings:
        raise fields.fail("chosen", f"选定的读法“{chosen}”不在 readings 里", "与其中一种逐字相同")
    return Reading(fields.text("id"), fields.texts("clause"), fields.text("question"), readings, chosen,
                   fields.text("why"), fields.texts("tested_by"), fields.where, pack)


def entity(pack: str, fields: Fields) -> Entity:
    """Read one entity."""
    return Entity(_name(fields), fields.text("label"), fields.text_or("parent"), fields.text_or("collection"),
                  fields.text_or("dated_by"), fields.text_or("dataset"), fields.where)


def fact(pack: str, fields: Fields) -> Fact:
    """Read one fact; texts list their choices unless they are free text (township)."""
    owner = fields.text("entity")
    type_ = _type(fields, personal=owner != "household")
    return Fact(_name(fields), owner, fields.text("label"), type_, fields.labels("choices"), fields.flag("optional"),
                fields.text("describe"), fields.where, pack, fields.flag("overrides"))


def set_of(pack: str, fields: Fields) -> SetOf:
    """Read one set."""
    return SetOf(_name(fields), fields.text("of"), fields.text("where"), fields.text("label"), fields.ground(required=True),
                 fields.where, pack, fields.flag("overrides"))


def value(pack: str, fields: Fields) -> Value:
    """Read one dated value."""
    type_ = _type(fields, personal=False)
    by = fields.texts("by")
    for key in by:
        if key not in ("area_kind", "township"):
            raise fields.fail("by", f"值不能按 {key} 区分", "只能按 area_kind、township 或两者")
    changes = tuple(_change(entry, type_, by, fields) for entry in fields.items("changes"))
    local = fields.flag("local")
    if not changes and not local:
        raise fields.fail("name", "值没有任何一次取值", "在 changes 里写 from、value、source")
    if list(changes) != sorted(changes, key=lambda change: change.start):
        raise fields.fail("changes", "各次取值没有按日期从早到晚排列", "按 from 排序")
    if len({change.start for change in changes}) != len(changes):
        raise fields.fail("changes", "同一天有两个取值", "只留一个")
    return Value(_name(fields), fields.text("label"), type_, by, fields.ground(required=True), changes, local,
                 fields.where, pack, fields.flag("overrides"))


def _change(entry: Any, type_: Type, by: tuple[str, ...], owner: Fields) -> Change:
    fields = Fields(entry, "取值", owner.where)
    confidence = fields.one_of("confidence", ("confirmed", "assumed"))
    note = fields.text_or("note")
    if confidence == "assumed" and not note:
        raise fields.fail("confidence", "暂定值没有说明", "用 note 写清缺什么依据、怎样核实")
    table = _table(fields.any("value"), type_, by, fields)
    change = Change(fields.day("from"), table, fields.text("source"), confidence, note, fields.where)
    fields.close()
    return change


def _table(raw: Any, type_: Type, by: tuple[str, ...], fields: Fields) -> Table:
    if not by:
        return _plain(raw, type_, fields)
    if not isinstance(raw, Block):
        raise fields.fail("value", f"值按 {by[0]} 区分，取值应是“键: 值”", "逐个写出")
    if by[0] == "area_kind" and set(raw) != {"urban", "rural"}:
        raise fields.fail("value", "按城乡区分的值要同时有 urban 和 rural", "补齐两项")
    if by[0] == "township" and "other" not in raw:
        raise fields.fail("value", "按乡镇区分的值要有 other（其余乡镇）", "补上 other")
    return {key: _table(item, type_, by[1:], fields) for key, item in raw.items()}


def _plain(raw: Any, type_: Type, fields: Fields) -> bool | int | str | date:
    kind = type_.kind
    if kind == "ratio":
        return ratio_of(raw, fields)
    expected: dict[str, tuple[type, str]] = {"bool": (bool, "true 或 false"), "int": (int, "整数"), "money": (int, "整数分"),
                                             "text": (str, "文字"), "date": (date, "日期")}
    wanted, word = expected[kind]
    if not isinstance(raw, wanted) or (kind in ("int", "money") and isinstance(raw, bool)):
        do = "写成整数分，不加引号、逗号和“元”，例如 711 元写 71100" if kind == "money" else f"写成{word}"
        raise fields.fail("value", f"取值 {raw} 不是{word}", do)
    return cast("bool | int | str | date", raw)


def ratio_of(raw: Any, fields: Fields) -> int:
    """Return a ratio written as text, times 10,000."""
    match = RATIO.match(raw) if isinstance(raw, str) else None
    if match is None:
        raise fields.fail("value", f"比例 {raw} 写法不对", '写成带英文引号、至多四位小数的文字，如 "1.5"；50% 写 "0.5"')
    return ratio_number(match)


def ratio_number(match: re.Match[str]) -> int:
    """Return the ratio of a match of RATIO, times 10,000."""
    sign, whole, part = match.groups()
    number = int(whole) * RATIO_SCALE + int((part or "").ljust(4, "0"))
    return -number if sign else number


def rule(pack: str, fields: Fields) -> Rule:
    """Read one rule with one formula or dated versions of it."""
    owner = fields.text("entity")
    type_ = _type(fields, personal=owner != "household")
    ground = fields.ground(required=not fields.has("versions"))
    versions = tuple(_version(entry, fields) for entry in fields.items("versions"))
    if fields.has("formula") == bool(versions):
        raise fields.fail("name", "规则要有 formula 或 versions，且只能有其一", "留一种")
    if not versions:
        versions = (Version(None, fields.text("formula"), ground, fields.block.at("formula")),)
    fields.taken.add("formula")
    says = fields.labels("says")
    for key in says:
        if key not in ("yes", "no", "unknown", "value"):
            raise fields.fail("says", f"says 里不认识的键 {key}", '可用："yes"、"no"、unknown、value')
    return Rule(_name(fields), owner, fields.text("label"), type_, versions, fields.text_or("rounding"), says,
                fields.where, pack, fields.flag("overrides"))


def _version(entry: Any, owner: Fields) -> Version:
    fields = Fields(entry, "规则版本", owner.where)
    version = Version(fields.day("from"), fields.text("formula"), fields.ground(required=True), fields.block.at("formula"))
    fields.close()
    return version


def results(pack: str, fields: Fields) -> Results:
    """Read the results block."""
    categories = tuple(_closed(entry, "类别", fields, _category) for entry in fields.items("categories"))
    tags = tuple(_closed(entry, "标识", fields, _tag) for entry in fields.items("tags"))
    table = tuple(_closed(entry, "兼容关系", fields, _compatibility) for entry in fields.items("compatibility"))
    found = Results(categories, _level(fields, "household"), _level(fields, "person"), tags, table, fields.texts("lines"),
                    fields.texts("show"), fields.where, pack, fields.flag("overrides"))
    fields.close()
    return found


def _closed(entry: Any, what: str, owner: Fields, take: Callable[[Fields], Any]) -> Any:
    fields = Fields(entry, what, owner.where)
    item = take(fields)
    fields.close()
    return item


def _category(fields: Fields) -> Category:
    return Category(_name(fields), fields.text("label"), fields.ground(required=True), fields.where)


def _tag(fields: Fields) -> Tag:
    return Tag(fields.text("tag"), fields.text("label"), fields.one_of("level", ("household", "person")), fields.text("when"),
               fields.ground(required=True), fields.where)


def _compatibility(fields: Fields) -> Compatibility:
    return Compatibility(fields.texts("these"), fields.one_of("are", ("exclusive", "together")), fields.ground(required=True),
                         fields.where)


def _step(fields: Fields) -> Step:
    return Step(fields.text("category"), fields.text_or("as"), fields.text_or("label"), fields.text("when"),
                fields.text_or("amount"), fields.ground(required=True), fields.where)


def _level(fields: Fields, key: str) -> Level:
    inner = Fields(fields.any(key), f"{key} 的结果", fields.block.at(key))
    steps = tuple(_closed(entry, "结果步骤", inner, _step) for entry in inner.items("steps"))
    level = Level(inner.one_of("choose", ("first", "better")), steps, inner.ground(required=False), inner.where)
    inner.close()
    return level


def process_item(pack: str, section: str, fields: Fields) -> ProcessItem:
    """Read one process item."""
    confidence = fields.text_or("confidence", "confirmed")
    note = fields.text_or("note")
    if confidence not in ("confirmed", "assumed"):
        raise fields.fail("confidence", f"confidence 不能是 {confidence}", "可选：confirmed assumed")
    if confidence == "assumed" and not note:
        raise fields.fail("confidence", "暂定的流程项没有说明", "用 note 写清缺什么依据、怎样核实")
    return ProcessItem(section, _name(fields), fields.text("label"), fields.text_or("says"), fields.text_or("who"),
                       fields.limit(), fields.ground(required=True), confidence, note, fields.where, pack,
                       fields.flag("overrides"))


def alert(pack: str, fields: Fields) -> Alert:
    """Read one comparison rule."""
    return Alert(_name(fields), fields.text("label"), fields.one_of("family", ("E", "M", "R", "Q")), fields.text("entity"),
                 fields.text("when"), fields.texts("evidence"), fields.text("owner"), fields.limit(),
                 fields.ground(required=True), fields.where, pack, fields.flag("overrides"))


READERS: dict[str, tuple[Callable[[str, Fields], Any], str]] = {
    "clauses": (clause, "条款"), "readings": (reading, "读法"), "values": (value, "值"), "entities": (entity, "实体"),
    "facts": (fact, "事实"), "sets": (set_of, "集合"), "rules": (rule, "规则"), "alerts": (alert, "预警规则"),
}

