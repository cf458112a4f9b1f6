"""Read YAML so that nothing is taken for something else: every key is text, once, and no word turns into a boolean.

A YAML 1.1 reader takes `no`, `off` and `y` for false and keeps the last of two equal keys without a word. Both are
refused here, with the line. `true` and `false` are the only booleans.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from doudi.refusal import Refusal

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS_TAKEN_FOR_BOOLEANS = {"yes", "no", "on", "off", "y", "n"}


class BadYaml(Refusal):
    """A YAML file cannot be read without guessing."""


@dataclass(frozen=True)
class Document:
    """One YAML file: its content, and the line on which each value stands."""

    path: Path
    content: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, *where: str | int) -> int:
        """Return the line of the value at this place, or of the nearest place above it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read(path: Path) -> Document:
    """Read one file. This will refuse broken YAML, a key that is no text, a key given twice, and a bare yes/no."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadYaml(f"{path}:{line} is no YAML: {error}", to_do="Mend the file.") from error
    if node is None:
        raise BadYaml(f"{path}:1 is empty.", to_do="Write the contract, or remove the file.")
    lines: dict[tuple[str | int, ...], int] = {}
    return Document(path, _value(node, (), path, lines), lines)


def _value(node: yaml.Node, where: tuple[str | int, ...], path: Path, lines: dict[tuple[str | int, ...], int]) -> Any:
    lines[where] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*where, place), path, lines) for place, child in enumerate(node.value)]
    return _scalar(node, path)


def _mapping(node: yaml.MappingNode, where: tuple[str | int, ...], path: Path, lines: dict[tuple[str | int, ...], int]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key_node, child in node.value:
        key = _scalar(key_node, path) if isinstance(key_node, yaml.ScalarNode) else None
        at = f"{path}:{key_node.start_mark.line + 1}"
        if not isinstance(key, str):
            raise BadYaml(f"{at} the key {key_node.value!r} is not text.", to_do="Put it in quotes.")
        if key in content:
            raise BadYaml(f"{at} the key {key} stands here a second time.", to_do="Keep one of the two.")
        content[key] = _value(child, (*where, key), path, lines)
    return content


def _scalar(node: yaml.Node, path: Path) -> Any:
    at = f"{path}:{node.start_mark.line + 1}"
    if not isinstance(node, yaml.ScalarNode):
        raise BadYaml(f"{at} something that is neither text nor number.", to_do="Write it out.")
    plain = not node.style  # None from the Python reader, empty text from the C one
    if plain and node.value.lower() in WORDS_TAKEN_FOR_BOOLEANS:
        raise BadYaml(f"{at} a bare {node.value} means false or true to some readers.", to_do=f'Write "{node.value}".')
    if not plain:
        return node.value
    tag = node.tag.rsplit(":", 1)[-1]
    if tag == "int":
        if not node.value.lstrip("-").isdecimal():
            raise BadYaml(f"{at} {node.value} is a number in disguise.", to_do="Put it in quotes.")
        return int(node.value)
    if tag == "bool":
        return node.value.lower() == "true"
    if tag == "float":
        raise BadYaml(f"{at} {node.value} would lose exactness.", to_do=f'Write "{node.value}" in quotes.')
    return None if tag == "null" else node.value
