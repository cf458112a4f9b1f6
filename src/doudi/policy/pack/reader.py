"""A strict YAML reader that keeps the line of every key.

Refused: duplicate keys, keys that are not text, bare yes/no/on/off, decimals, merge keys, odd integers.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from doudi.policy.terms.errors import PolicyError, Problem, Where, problem

_TAG = "tag:yaml.org,2002:"
_PLAIN_INT = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_WIDE_COLON = re.compile(r"""\s*(?:[-－]\s*)?["'a-z_]+：""")
_WIDE_COMMA = re.compile(r"[{\[][^}\]]*，")
# What the YAML parser says, and how a beginner puts it right.
_YAML_WORDS = {
    "tab character": ("行首有制表符（Tab）", "缩进只用空格，把 Tab 换成空格"),
    "that cannot start any token": ("有 YAML 不认的字符", "缩进只用空格；文字以特殊符号开头的，加引号"),
    "could not find expected ':'": ("这一行或上一行少了冒号，或冒号后面没有空格", "写成“键: 值”，用半角冒号，冒号后空一格"),
    "mapping values are not allowed": ("缩进不对，或一行里有两个“: ”", "与同一层的各行对齐；文字里有“: ”的加引号"),
    "expected '-' indicator": ("缩进不对，与上面各项没有对齐", "与同一层的各行对齐；每一项以半角 - 开头"),
    "expected <block end>": ("缩进不对，与上面各行没有对齐", "与同一层的各行对齐"),
    "expected ',' or": ("花括号或方括号里少了逗号或右括号", "各项之间用半角逗号，括号成对"),
    "quoted scalar": ("引号没有成对", "补上另一半引号，用半角引号"),
}
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
        raise PolicyError([_broken(text, file, line, f"{error.context or ''} {error.problem or ''}")]) from None
    except yaml.YAMLError as error:
        raise PolicyError([problem(Where(file, 1), f"文件不是可读的 YAML：{error}", "用 UTF-8 保存后重试")]) from None
    try:
        return None if node is None else _build(node, file)
    except RecursionError:
        raise PolicyError([problem(Where(file, 1), "文件层层嵌套，或用 & 和 * 把自己套在自己里面", "照实写开，不用 * 引用")]) from None


def _broken(text: str, file: str, line: int, said: str) -> Problem:
    """Return what is wrong with a text that the YAML parser gave up at a line; the slip is often a line or two above."""
    lines = text.splitlines()
    for number in range(line, max(0, line - 3), -1):
        shown = lines[number - 1] if number <= len(lines) else ""
        if _WIDE_COLON.match(shown):
            return problem(Where(file, number), f"YAML 写法有误：冒号是中文（全角）的“：”：{shown.strip()}", "改用半角冒号，冒号后空一格")
        if shown.lstrip().startswith("－"):
            return problem(Where(file, number), f"YAML 写法有误：列表用了中文（全角）的“－”：{shown.strip()}", "改用半角 -，后面空一格")
        if _WIDE_COMMA.search(shown):
            return problem(Where(file, number), f"YAML 写法有误：括号里有中文（全角）逗号：{shown.strip()}", "改用半角逗号，逗号后空一格")
    if line <= len(lines) and "\t" in lines[line - 1].removesuffix(lines[line - 1].lstrip()):
        said = "tab character"
    what, do = next((words for part, words in _YAML_WORDS.items() if part in said), (said.strip(), "检查缩进、冒号后的空格和引号"))
    return problem(Where(file, line), f"YAML 写法有误：{what}", do)


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
