"""Reading one pack folder into a layer. Every item that cannot be read is an error; the others are read on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from doudi.policy.pack import items
from doudi.policy.pack.fields import Fields
from doudi.policy.pack.model import Layer
from doudi.policy.pack.reader import Block, read_file, read_text
from doudi.policy.terms.errors import PolicyError, Problem, Where, problem

SECTIONS = ("steps", "limits", "deciders", "publicity", "review", "exits", "watch", "referrals", "ledgers")
RULE_KEYS = ("entities", "facts", "sets", "rules", "results")


class Folder:
    """The files of a pack folder, with texts laid over them (for bad cases and trials)."""

    def __init__(self, path: Path, prefix: str, overlay: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.prefix = prefix
        self.overlay = dict(overlay or {})

    def names(self) -> list[str]:
        """Return the pack's own YAML files in order, cases left out."""
        found = {file.relative_to(self.path).as_posix() for file in self.path.glob("*.yaml")}
        for folder in ("values", "rules"):
            found |= {file.relative_to(self.path).as_posix() for file in (self.path / folder).glob("*.yaml")}
        return sorted(found | set(self.overlay))

    def content(self, name: str) -> bytes:
        """Return a file's bytes."""
        if name in self.overlay:
            return self.overlay[name].encode()
        return (self.path / name).read_bytes()

    def read(self, name: str) -> Any:
        """Return a file's parsed content."""
        shown = self.prefix + name
        if name in self.overlay:
            return read_text(self.overlay[name], shown)
        return read_file(self.path / name, shown)


def load_layer(folder: Folder) -> Layer:
    """Read a pack folder. Raises PolicyError with every problem found."""
    if "pack.yaml" not in folder.names():
        where = Where(folder.prefix + "pack.yaml", 1)
        raise PolicyError([problem(where, f"{folder.path} 里没有 pack.yaml", "检查政策包的名称和位置")])
    layer = items.head(folder.read("pack.yaml"), Where(folder.prefix + "pack.yaml", 1))
    problems: list[Problem] = []
    for name in folder.names():
        if name == "pack.yaml":
            continue
        try:
            _take_file(layer, name, folder.prefix + name, folder.read(name), problems)
        except PolicyError as error:
            problems.extend(error.problems)
    if problems:
        raise PolicyError(problems)
    return layer


def _take_file(layer: Layer, name: str, shown: str, content: Any, problems: list[Problem]) -> None:
    top = Where(shown, 1)
    if content is None:
        return
    if not isinstance(content, Block):
        raise PolicyError([problem(top, "文件最外层应是“键: 值”", "按 docs/policy-language.md 的格式改写")])
    if name.startswith("values/"):
        allowed: tuple[str, ...] = ("values",)
    elif name.startswith("rules/"):
        allowed = RULE_KEYS
    else:
        allowed = {"clauses.yaml": ("clauses",), "readings.yaml": ("readings",), "process.yaml": SECTIONS,
                   "alerts.yaml": ("alerts",)}.get(name, ())
    if not allowed:
        raise PolicyError([problem(top, f"不认识的文件 {name}", "政策包里可有的文件见 docs/policy-language.md")])
    for key, value in content.items():
        if key not in allowed:
            raise PolicyError([problem(content.at(key), f"{name} 里不认识的键 {key}", f"可用：{' '.join(allowed)}")])
        _take_key(layer, key, value, content.at(key), problems)


def _take_key(layer: Layer, key: str, value: Any, where: Where, problems: list[Problem]) -> None:
    if key == "results":
        layer.results.append(items.results(layer.name, Fields(value, "结果", where)))
        return
    if value is None:
        return
    if not isinstance(value, list):
        raise PolicyError([problem(where, f"{key} 应是列表", "每一项以 - 开头")])
    take: Callable[[str, Fields], Any]
    target: list[Any]
    if key in SECTIONS:
        target, word = layer.process, "流程项"

        def take(pack: str, fields: Fields) -> Any:
            return items.process_item(pack, key, fields)
    else:
        take, word = items.READERS[key]
        target = getattr(layer, key)
    for entry in value:
        try:
            fields = Fields(entry, word, where)
            target.append(take(layer.name, fields))
            fields.close()
        except PolicyError as error:
            problems.extend(error.problems)
