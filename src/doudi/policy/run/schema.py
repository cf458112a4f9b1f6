"""The JSON Schema of the family files of a pack."""

from __future__ import annotations

from typing import Any

from doudi.policy.pack.model import Entity, Fact, Pack
from doudi.policy.terms.kinds import INT_LIMIT, MONEY_LIMIT, PERIOD_WORDS

_TYPES = {"bool": "boolean", "int": "integer", "money": "integer", "ratio": "integer", "text": "string", "date": "string"}


def family_schema(pack: Pack) -> dict[str, Any]:
    """Return the schema (draft 2020-12). Optional facts may be null or left out: unknown. A list left out was never asked for."""
    household = _body(pack, pack.entities["household"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{pack.title}：家庭文件",
        "type": "object",
        "properties": {
            "household": household,
            "persons": {"type": "array", "title": "家庭成员", "items": _body(pack, pack.entities["person"])},
            "day": {"type": "string", "format": "date", "title": "问哪一天"},
            "pack": {"type": "string", "title": "政策包"}, "name": {"type": "string"}, "note": {"type": "string"},
        },
        "required": ["household", "persons"],
        "additionalProperties": False,
    }


def _body(pack: Pack, entity: Entity) -> dict[str, Any]:
    facts = [fact for (owner, _), fact in pack.facts.items() if owner == entity.name]
    properties: dict[str, Any] = {"id": {"type": "string", "title": "编号"}, "name": {"type": "string", "title": "称呼"}}
    properties.update({fact.name: _fact(fact) for fact in facts})
    for child in pack.entities.values():
        if child.parent == entity.name and child.name != "person":
            properties[child.collection] = {"type": ["array", "null"], "title": child.label, "items": _body(pack, child),
                                            "description": "没有查询过就不写；查询过而没有，写空列表"}
            properties[f"{child.collection}_asked"] = {"type": "boolean", "title": f"已查询{child.label}"}
    return {"type": "object", "title": entity.label, "properties": properties,
            "required": [fact.name for fact in facts if not fact.optional], "additionalProperties": False}


def _fact(fact: Fact) -> dict[str, Any]:
    kind = fact.type.kind
    found: dict[str, Any] = {"type": [_TYPES[kind], "null"] if fact.optional else _TYPES[kind], "title": fact.label,
                             "description": fact.describe}
    if kind == "money":
        found |= {"description": f"{fact.describe}；单位：{PERIOD_WORDS[fact.type.period]}，整数，100 分为 1 元",
                  "minimum": -MONEY_LIMIT, "maximum": MONEY_LIMIT}
    if kind == "int":
        found |= {"minimum": -INT_LIMIT, "maximum": INT_LIMIT}
    if kind == "date":
        found["format"] = "date"
    if fact.choices:
        found["enum"] = [*fact.choices, None] if fact.optional else list(fact.choices)
        found["x-labels"] = fact.choices
    return found
