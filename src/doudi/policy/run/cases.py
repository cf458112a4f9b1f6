"""Good cases: families with right answers. Reading them and holding an answer against them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doudi.policy.pack.fields import Fields
from doudi.policy.pack.reader import Block, read_file
from doudi.policy.run.answer import Answer, Outcome
from doudi.policy.terms.errors import Where, suggestion

_RECORD = re.compile(r"(\w+)\[(\d+)\]\Z")


@dataclass(frozen=True)
class Case:
    """A good case, with its family put together."""

    title: str
    day: date
    family: dict[str, Any]
    values: dict[str, Any]
    expect: dict[str, Any]
    where: Where


def _files(policies: Path, pack: str, folder: str) -> list[tuple[Path, str]]:
    root = policies / pack / "cases" / folder
    return [(file, f"cases/{folder}/{file.name}") for file in sorted(root.glob("*.yaml"))]


def good_titles(policies: Path, packs: Iterable[str]) -> set[str]:
    """Return the titles of all good cases of some packs, without reading the families."""
    found: set[str] = set()
    for pack in packs:
        for file, name in _files(policies, pack, "good"):
            for entry in read_file(file, name) or []:
                if isinstance(entry, Block) and isinstance(entry.get("case"), str):
                    found.add(entry["case"])
    return found


def families(policies: Path, packs: Iterable[str]) -> dict[str, Any]:
    """Return the named families of some packs, later packs winning."""
    found: dict[str, Any] = {}
    for pack in packs:
        file = policies / pack / "cases" / "families.yaml"
        if file.exists():
            content = read_file(file, f"{pack}/cases/families.yaml")
            found.update((content or {}).get("families", {}))
    return found


def good_cases(policies: Path, packs: list[str]) -> list[Case]:
    """Return the good cases of the last of the packs (base first). Raises PolicyError."""
    known = families(policies, packs)
    found = []
    for file, name in _files(policies, packs[-1], "good"):
        for entry in read_file(file, name) or []:
            found.append(_case(entry, known, Where(name, 1)))
    return found


def _case(entry: Any, known: dict[str, Any], where: Where) -> Case:
    fields = Fields(entry, "用例", where)
    title, day = fields.text("case"), fields.day("day")
    like, given = fields.text_or("like"), fields.any("given")
    if like and like not in known:
        raise fields.fail("like", f"没有名为 {like} 的家庭", suggestion(like, known))
    base: dict[str, Any] = copy.deepcopy(_loose(known[like] if like else given or {}))
    persons = {str(person["id"]): person for person in base.get("persons", [])}
    for name in fields.texts("remove"):
        if persons.pop(name, None) is None:
            raise fields.fail("remove", f"家庭里没有 {name}", suggestion(name, persons))
    for name, person in _loose(fields.any("add") or {}).items():
        persons[name] = {"id": name, **person}
    base["persons"] = list(persons.values())
    base.setdefault("household", {})
    for path, value in _loose(fields.any("set") or {}).items():
        _set(base, persons, path, value, fields)
    values, expect = _loose(fields.any("values") or {}), _loose(fields.any("expect") or {})
    fields.taken.add("note")
    fields.close()
    return Case(title, day, base, values, expect, fields.where)


def _loose(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _loose(item) for key, item in value.items()}
    return [_loose(item) for item in value] if isinstance(value, list) else value


def _set(base: dict[str, Any], persons: dict[str, Any], path: str, value: Any, fields: Fields) -> None:
    owner, *rest = path.split(".")
    target: Any = base["household"] if owner == "household" else persons.get(owner)
    if target is None or not rest:
        raise fields.fail("set", f"set 里的 {path} 找不到", f"以 household 或成员编号开头：{' '.join(persons)}")
    try:
        for part in rest[:-1]:
            match = _RECORD.match(part)
            target = target[match.group(1)][int(match.group(2))] if match else target[part]
        target[rest[-1]] = value
    except (KeyError, IndexError, TypeError):
        raise fields.fail("set", f"set 里的 {path} 找不到", "路径只能指向家庭里已有的列表项，如 p1.incomes[0].amount") from None


def differences(case: Case, answer: Answer) -> list[str]:
    """Return what the answer gets wrong, in words; nothing when all is as expected."""
    expect = dict(case.expect)
    found: list[str] = []
    if "household" in expect:
        found += _outcome("household", expect.pop("household"), answer.household)
    for person, wanted in expect.pop("persons", {}).items():
        if person not in answer.persons:
            found.append(f"没有成员 {person}")
        else:
            found += _outcome(person, wanted, answer.persons[person])
    for tag, wanted in expect.pop("tags", {}).items():
        if tag not in answer.tags:
            found.append(f"没有标识 {tag}")
        elif answer.tags[tag] is not wanted:
            found.append(f"标识 {tag}：应为 {wanted}，得到 {answer.tags[tag]}")
    for path, wanted in expect.pop("rules", {}).items():
        found += _rule(path, wanted, answer)
    if "possible" in expect:
        found += _same("possible", sorted(expect.pop("possible")), sorted(answer.household.possible))
    if "unknown" in expect:
        found += _same("unknown", sorted(expect.pop("unknown")), sorted(item.path for item in answer.unsettled.settles))
    return found + [f"expect 里不认识的键 {key}" for key in expect]


def _same(what: str, wanted: Any, got: Any) -> list[str]:
    return [] if wanted == got else [f"{what}：应为 {wanted}，得到 {got}"]


def _outcome(who: str, wanted: dict[str, Any], outcome: Outcome) -> list[str]:
    found: list[str] = []
    got = {"category": outcome.category, "as": outcome.shown_as, "amount": outcome.amount, "possible": sorted(outcome.possible)}
    for key, value in wanted.items():
        if key not in got:
            found.append(f"{who} 里不认识的键 {key}")
            continue
        value = sorted(value) if key == "possible" else value
        if got[key] != value:
            found.append(f"{who}.{key}：应为 {value}，得到 {got[key]}")
    return found


def _rule(path: str, wanted: Any, answer: Answer) -> list[str]:
    owner, _, name = path.partition(".")
    row = answer.row if owner == "household" else next((row for row in answer.people if row.id == owner), None)
    if row is None:
        return [f"rules 里的 {path} 找不到"]
    match = re.match(r"(\w+)\[(\d+)\]\.(\w+)\Z", name)
    if match:
        row, name = row.children[match.group(1)][int(match.group(2))], match.group(3)
    if (row.entity, name) not in answer.pack.nodes and name not in row.facts:
        return [f"rules 里的 {path} 不存在"]
    return _same(path, wanted, answer.program.value(row, name))
