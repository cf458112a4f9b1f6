"""Joining a pack with the packs it extends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from doudi.policy.pack.load import Folder, load_layer
from doudi.policy.pack.model import Entity, Ground, Layer, Pack, Results
from doudi.policy.terms.errors import PolicyError, Problem, Where, problem, suggestion


def pack_names(policies: Path) -> list[str]:
    """Return the names of all packs below a folder, sorted."""
    found = (file.parent.relative_to(policies) for file in policies.rglob("pack.yaml"))
    return sorted(path.as_posix() for path in found if "cases" not in path.parts)


def load_chain(policies: Path, name: str, overlay: Mapping[str, str] | None = None) -> tuple[list[Layer], str]:
    """Read a pack and everything it extends, base first, and the digest of all that was read."""
    layers: list[Layer] = []
    digest = hashlib.sha256()
    seen: list[str] = []
    wanted = name
    while wanted:
        if wanted in seen:
            where = Where("pack.yaml", 1)
            raise PolicyError([problem(where, f"政策包互相继承成环：{' → '.join([*seen, wanted])}", "改正 extends")])
        seen.append(wanted)
        folder = Folder(policies / wanted, "" if wanted == name else f"{wanted}/", overlay if wanted == name else None)
        if not (policies / wanted).is_dir():
            hint = suggestion(wanted, pack_names(policies))
            raise PolicyError([problem(Where("pack.yaml", 1), f"没有名为 {wanted} 的政策包", hint)])
        layer = load_layer(folder)
        if layer.name != wanted:
            raise PolicyError([problem(layer.where, f"name 是 {layer.name}，文件夹却是 {wanted}", "让两者相同，否则找不到它的用例")])
        for file in folder.names():
            digest.update(f"{wanted}/{file}\0".encode() + folder.content(file) + b"\0")
        layers.insert(0, layer)
        wanted = layer.extends
    return layers, digest.hexdigest()


class _Joined:
    """Items of one sort, base first; a later one with `overrides` replaces the earlier of the same key."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.lost: list[Ground] = []

    def join(self, layers: Iterable[Layer], attribute: str, key: Callable[[Any], Any], word: str) -> dict[Any, Any]:
        """Return the items by key, and note what is wrong with overriding."""
        found: dict[Any, Any] = {}
        for layer in layers:
            for item in getattr(layer, attribute):
                self._place(found, item, key(item), word)
        return found

    def _place(self, found: dict[Any, Any], item: Any, key: Any, word: str) -> None:
        shown = ".".join(key) if isinstance(key, tuple) else key
        overrides = getattr(item, "overrides", False)
        old = found.get(key)
        if old is not None and getattr(old, "pack", None) == getattr(item, "pack", "") != "":
            what = f"{word} {shown} 在本包里写了两次，另一次在 {old.where}"
            self.problems.append(problem(item.where, what, "删去多写的一次，或改名"))
            return
        if old is not None and not overrides:
            do = f"若要替换 {old.where} 的同名{word}，写 overrides: true；否则改名"
            self.problems.append(problem(item.where, f"{word} {shown} 已经有了", do))
            return
        if old is None and overrides:
            do = suggestion(shown, [".".join(k) if isinstance(k, tuple) else k for k in found])
            self.problems.append(problem(item.where, f"{word} {shown} 写了 overrides，但没有可替换的同名{word}", do))
            return
        if old is not None:
            self._same_shape(old, item, shown, word)
            self.lost.append(getattr(old, "ground", Ground()))
        found[key] = item

    def _same_shape(self, old: Any, item: Any, shown: str, word: str) -> None:
        if getattr(old, "type", None) != getattr(item, "type", None):
            what = f"{word} {shown} 的类型与被替换的不同：原为{old.type.words()}，现为{item.type.words()}"
            self.problems.append(problem(item.where, what, f"与 {old.where} 保持一致，或另起名称"))
        if getattr(old, "by", ()) != getattr(item, "by", ()) and not getattr(old, "local", False):
            self.problems.append(problem(item.where, f"{word} {shown} 的 by 与被替换的不同", f"与 {old.where} 保持一致"))


def join(layers: list[Layer], digest: str) -> Pack:
    """Join layers, base first, into one pack. Raises PolicyError with every clash."""
    problems: list[Problem] = []
    joined = _Joined(problems)
    top = layers[-1]
    found = {
        "documents": joined.join(layers, "documents", lambda item: item.id, "文件"),
        "clauses": joined.join(layers, "clauses", lambda item: item.id, "条款"),
        "readings": joined.join(layers, "readings", lambda item: item.id, "读法"),
        "values": joined.join(layers, "values", lambda item: item.name, "值"),
        "entities": joined.join(layers, "entities", lambda item: item.name, "实体"),
        "facts": joined.join(layers, "facts", lambda item: (item.entity, item.name), "事实"),
        "sets": joined.join(layers, "sets", lambda item: item.name, "集合"),
        "rules": joined.join(layers, "rules", lambda item: (item.entity, item.name), "规则"),
        "process": joined.join(layers, "process", lambda item: (item.section, item.name), "流程项"),
        "alerts": joined.join(layers, "alerts", lambda item: item.name, "预警规则"),
    }
    results = joined.join(layers, "results", lambda item: "results", "结果").get("results")
    if results is None:
        problems.append(problem(top.where, "政策包没有 results", "在 rules/results.yaml 写出结果"))
    problems += _tree_problems(found["entities"])
    if problems or not isinstance(results, Results):
        raise PolicyError(problems)
    for items in (found["facts"], found["rules"]):
        items.update({key: _whole(item) for key, item in items.items() if _of_the_household(item.entity, found["entities"])})
    return Pack(name=top.name, title=top.title, region=top.region, start=top.start, version=top.version,
                abstract=top.abstract, digest=digest, layers=tuple(layer.name for layer in layers), results=results,
                overridden=tuple(joined.lost), **found)


def _of_the_household(name: str, entities: dict[str, Entity]) -> bool:
    """Tell whether an entity is a record of the household as a whole, with no person above it."""
    above: list[str] = []
    while name in entities and name != "household":
        above.append(name)
        name = entities[name].parent
    return bool(above) and "person" not in above


def _whole(item: Any) -> Any:
    """Return a fact or rule of such a record: its amounts are of the whole household, not of one person."""
    return replace(item, type=replace(item.type, per_person=False))


def _tree_problems(entities: dict[str, Entity]) -> list[Problem]:
    problems = []
    collections: dict[str, Entity] = {}
    for entity in entities.values():
        if entity.name == "household":
            if entity.parent:
                problems.append(problem(entity.where, "household 不能有 parent", "家庭是最上级，删去 parent"))
            continue
        other = collections.setdefault(entity.collection, entity)
        if entity.collection and other is not entity:
            what = f"实体 {entity.name} 与 {other.name} 的 collection 同为 {entity.collection}"
            problems.append(problem(entity.where, what, "各用各的列表名"))
        if entity.parent in entities and not _reaches_household(entity, entities):
            problems.append(problem(entity.where, f"实体 {entity.name} 的上级互相成环，到不了 household", "改正 parent"))
        if entity.parent not in entities:
            problems.append(problem(entity.where, f"实体 {entity.name} 的 parent {entity.parent} 不存在", "写上级实体的名称"))
        if not entity.collection:
            problems.append(problem(entity.where, f"实体 {entity.name} 没有 collection", "写出家庭文件里的列表名"))
    if "household" not in entities or "person" not in entities:
        where = next(iter(entities.values())).where if entities else Where("rules/facts.yaml", 1)
        problems.append(problem(where, "缺少 household 或 person 实体", "在 entities 里声明"))
    return problems


def _reaches_household(entity: Entity, entities: dict[str, Entity]) -> bool:
    seen: set[str] = set()
    while entity.name != "household" and entity.name not in seen and entity.parent in entities:
        seen.add(entity.name)
        entity = entities[entity.parent]
    return entity.name not in seen
