"""A strict YAML reader that keeps the line of every key.

Refused: duplicate keys, keys that are not text, bare yes/no/on/off, decimals, merge keys, odd integers.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from doudi.policy.terms.errors import PolicyError, Where, problem

_TAG = "tag:yaml.org,2002:"
_PLAIN_INT = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Block(dict[str, Any]):
    """A mapping that knows the file and line of itself and of each key."""

    where: Where
    places: dict[str, Where]

    def at(self, key: str) -> Where:
        """Return where a key stands, or where the mapping starts."""
        return self.places.get(key, self.where)


def read_text(text: str, file: str) -> Any:
    """Parse one YAML document. Raises PolicyError with file and line."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        what = f"YAML 写法有误：{error.problem or error.context}"
        raise PolicyError([problem(Where(file, line), what, "检查缩进、冒号后的空格和引号")]) from None
    except yaml.YAMLError as error:
        raise PolicyError([problem(Where(file, 1), f"文件不是可读的 YAML：{error}", "用 UTF-8 保存后重试")]) from None
    try:
        return None if node is None else _build(node, file)
    except RecursionError:
        raise PolicyError([problem(Where(file, 1), "文件层层嵌套，或用 & 和 * 把自己套在自己里面", "照实写开，不用 * 引用")]) from None


def read_file(path: Path, file: str) -> Any:
    """Read and parse a file; `file` is the name that errors show."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PolicyError([problem(Where(file, 1), "文件不是 UTF-8 编码", "另存为 UTF-8 后重试")]) from None
    return read_text(text, file)


def _build(node: yaml.Node, file: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, file) for item in node.value]
    return _scalar(node, file)


def _mapping(node: yaml.MappingNode, file: str) -> Block:
    block = Block()
    block.where = Where(file, node.start_mark.line + 1)
    block.places = {}
    for key_node, value_node in node.value:
        where = Where(file, key_node.start_mark.line + 1)
        key = key_node.value
        if key_node.tag != _TAG + "str":
            what = f"键 {key} 不是文字（YAML 会把它读成别的类型）"
            raise PolicyError([problem(where, what, f'给它加引号：写成 "{key}"')])
        if key in block:
            what = f"键 {key} 重复，第一次在第 {block.places[key].line} 行"
            raise PolicyError([problem(where, what, "删去或改名其中一个")])
        block.places[key] = where
        block[key] = _build(value_node, file)
    return block


def _scalar(node: yaml.Node, file: str) -> Any:
    text: str = node.value
    where = Where(file, node.start_mark.line + 1)
    kind = node.tag.removeprefix(_TAG)
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    if kind == "int" and _PLAIN_INT.match(text):
        return int(text)
    if kind == "timestamp" and _PLAIN_DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise PolicyError([problem(where, f"{text} 不是存在的日期", "改成真实的日期")]) from None
    if kind == "bool":
        raise PolicyError([problem(where, f"{text} 会被 YAML 读成是否值", f'是否值写 true 或 false；文字写 "{text}"')])
    if kind == "float":
        raise PolicyError([problem(where, f"{text} 是小数", f'金额写整数分，比例写成带引号的文字 "{text}"')])
    raise PolicyError([problem(where, f"{text} 的写法会被 YAML 读错（{kind}）", f'文字请加引号："{text}"')])
