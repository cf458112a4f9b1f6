"""Values and places in Chinese words."""

from __future__ import annotations

from datetime import date
from typing import Any

from doudi.policy.pack.day import DayPack, Key
from doudi.policy.run.rows import Row
from doudi.policy.terms.kinds import RATIO_SCALE, Type, yuan

UNKNOWN = "不清楚"
COUNT_WORDS = {"persons": "人", "months": "个月", "years": "岁", "days": "天", "times": "次", "": ""}


def value_words(pack: DayPack, type_: Type, value: Any, key: Key | None = None) -> str:
    """Return a value as people write it; `key` gives the labels of a text fact's choices."""
    fact = pack.pack.facts.get(key) if key is not None else None
    if fact is not None and fact.choices and isinstance(value, str):
        return fact.choices.get(value, value)
    return plain_words(type_, value)


def plain_words(type_: Type, value: Any) -> str:
    """Return a value as people write it, without a fact's labels."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if type_.kind == "money":
        return yuan(value)
    if type_.kind == "ratio":
        return f"{value / RATIO_SCALE:g}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value}{COUNT_WORDS.get(type_.count, '')}"


def row_words(row: Row, pack: DayPack) -> str:
    """Return whose a row is: empty for the household, the name or id of a person, the owner and sort of a record."""
    if row.entity == "household":
        return ""
    if row.entity == "person":
        return row.name or row.id
    owner = row_words(row.parent, pack) if row.parent is not None else ""
    return f"{owner}的{pack.pack.entities[row.entity].label}"


def label_of(pack: DayPack, key: Key) -> str:
    """Return the Chinese label of a fact or rule."""
    fact = pack.pack.facts.get(key)
    return fact.label if fact is not None else pack.labels.get(key, key[1])


def path_of(row: Row, name: str) -> str:
    """Return the address of a fact in a family file: household.x, p1.x, p1.assets[0].x."""
    if row.entity == "household":
        return f"household.{name}"
    if row.entity == "person":
        return f"{row.id}.{name}"
    parent = row.parent
    assert parent is not None
    for collection, rows in parent.children.items():
        if row in rows:
            return path_of(parent, f"{collection}[{rows.index(row)}].{name}").removeprefix("household.")
    return f"{row.id}.{name}"
