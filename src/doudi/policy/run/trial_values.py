"""Trial values: `dibao_standard.rural=75000`, or the `values` of a case, as the pack holds them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from doudi.policy.pack.day import change_on
from doudi.policy.pack.items import RATIO, ratio_number
from doudi.policy.pack.model import Pack, Table, Value
from doudi.policy.terms.errors import NoAnswer, Problem, Where, problem, suggestion

_WHERE = Where("--set", 1)


def trial_values(pack: Pack, values: Mapping[str, Any], day: date) -> dict[str, Table]:
    """Return trial values as the pack holds them. A name may carry a key of a by-value: `dibao_standard.rural`.

    Money is whole fen; ratios are text such as "1.5". Raises NoAnswer naming what is wrong.
    """
    found: dict[str, Table] = {}
    for path, raw in values.items():
        name, *keys = path.split(".")
        value = pack.values.get(name)
        if value is None:
            raise _wrong(f"没有名为 {name} 的值", suggestion(name, pack.values))
        if isinstance(raw, dict):
            found[name] = _table(value, raw, value.by)
        elif keys:
            base = found.get(name, change_on(value, day).value)
            found[name] = _replaced(value, base, keys, _held(value, raw))
        elif value.by:
            raise _wrong(f"{name} 按 {value.by[0]} 区分", f"写成 {name}.{_keys(change_on(value, day).value)[0]}=…")
        else:
            found[name] = _held(value, raw)
    return found


def _table(value: Value, raw: Any, by: tuple[str, ...]) -> Table:
    """Return a whole table, with the keys that the pack itself would have to give."""
    if not isinstance(raw, dict):
        if by:
            raise _wrong(f"{value.name} 按 {by[0]} 区分，不能是 {raw}", "逐项写出")
        return _held(value, raw)
    if not by:
        raise _wrong(f"{value.name} 没有 {'、'.join(map(str, raw))} 这样的分项", "写一个取值")
    if by[0] == "area_kind" and set(raw) != {"urban", "rural"}:
        raise _wrong(f"{value.name} 按城乡区分，要同时有 urban 和 rural", "补齐两项")
    if by[0] == "township" and "other" not in raw:
        raise _wrong(f"{value.name} 按乡镇区分，要有 other（其余乡镇）", "补上 other")
    return {key: _table(value, item, by[1:]) for key, item in raw.items()}


def _keys(table: Table) -> list[str]:
    return list(table) if isinstance(table, dict) else []


def _replaced(value: Value, table: Table, keys: list[str], held: Table) -> Table:
    if not keys:
        return held
    if not isinstance(table, dict) or keys[0] not in table:
        raise _wrong(f"{value.name} 没有 {keys[0]} 这一项", f"可选：{' '.join(_keys(table)) or '（不分项）'}")
    return {**table, keys[0]: _replaced(value, table[keys[0]], keys[1:], held)}


def _held(value: Value, raw: Any) -> Table:
    text = raw if isinstance(raw, str) else str(raw)
    try:
        return _parsed(value.type.kind, text)
    except ValueError:
        hints = {"money": "写整数分，例如 71100 表示 711 元", "int": "写整数", "ratio": "写如 1.5 的比例，至多四位小数",
                 "bool": "写 true 或 false", "date": "写成 2025-10-31", "text": "写文字"}
        raise _wrong(f"{value.name}（{value.label}）不能是 {text}", hints[value.type.kind]) from None


def _parsed(kind: str, text: str) -> Table:
    if kind in ("money", "int"):
        return int(text)
    if kind == "ratio":
        match = RATIO.match(text)
        if match is None:
            raise ValueError(text)
        return ratio_number(match)
    if kind == "bool":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    return date.fromisoformat(text) if kind == "date" else text


def _wrong(what: str, do: str) -> NoAnswer:
    found: Problem = problem(_WHERE, what, do)
    return NoAnswer([found])
