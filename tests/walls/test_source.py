"""What may not stand in a Python file, and how long one may be."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

LONGEST_FILE = 600
LONGEST_FUNCTION = 60
CLOCKS = {"today", "now", "utcnow", "localtime", "gmtime"}

type_of_check = Callable[[ast.AST], bool]


def says(check: type_of_check, sources: list[Any], what: str) -> list[str]:
    """Return one line for each place that the check finds, and nothing when the wall stands."""
    return [
        f"{source.path}:{getattr(node, 'lineno', 1)} {what}"
        for source in sources
        for node in ast.walk(source.tree)
        if check(node)
    ]


def is_eval(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}


def is_star_import(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names)


def is_sys_path(node: ast.AST) -> bool:
    dotted = isinstance(node, ast.Attribute) and node.attr == "path" and ast.unparse(node.value) == "sys"
    taken = isinstance(node, ast.ImportFrom) and node.module == "sys" and any(n.name == "path" for n in node.names)
    return dotted or taken


def is_bare_except(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and node.type is None


def is_signal(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        "receiver" in ast.unparse(one).split("(")[0].split(".") for one in node.decorator_list
    )


def reads_the_clock(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return node.func.attr in CLOCKS or ast.unparse(node.func) == "time.time"


BANNED: dict[str, tuple[type_of_check, str]] = {
    "eval": (is_eval, "x = eval('1 + 1')"),
    "a star import": (is_star_import, "from os import *"),
    "sys.path": (is_sys_path, "import sys\nsys.path.insert(0, '.')"),
    "a bare except": (is_bare_except, "try:\n    pass\nexcept:\n    pass"),
    "a signal": (is_signal, "@django.dispatch.receiver(saved)\ndef wake(): ..."),
}


class TestWhatMayNotStandInAFile:
    @pytest.mark.parametrize("what", BANNED)
    def test_nowhere(self, what: str, sources: list[Any]) -> None:
        check, _ = BANNED[what]
        assert says(check, sources, f"has {what}") == []

    @pytest.mark.parametrize("what", BANNED)
    def test_the_check_finds_it(self, what: str) -> None:
        check, example = BANNED[what]
        assert any(check(node) for node in ast.walk(ast.parse(example)))

    def test_only_commands_read_the_clock(self, sources: list[Any]) -> None:
        inner = [one for one in sources if one.path.startswith("src/") and not one.path.startswith("src/doudi/cli/")]
        assert says(reads_the_clock, inner, "reads the clock: let the command read it and pass the day in") == []
        assert any(reads_the_clock(node) for node in ast.walk(ast.parse("day = date.today()")))

    def test_no_module_is_called_utils(self, sources: list[Any]) -> None:
        vague = {"utils", "util", "helpers", "misc", "common"}
        assert [one.path for one in sources if vague & set(Path(one.path).with_suffix("").parts)] == []


class TestLength:
    def test_no_file_is_too_long(self, sources: list[Any]) -> None:
        lengths = {one.path: len(one.text.splitlines()) for one in sources}
        assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}

    def test_no_function_is_too_long(self, sources: list[Any]) -> None:
        assert [long for one in sources for long in too_long(one.path, one.tree)] == []

    def test_the_check_finds_a_long_function(self) -> None:
        body = "\n".join(f"    x{line} = {line}" for line in range(LONGEST_FUNCTION))
        assert list(too_long("here.py", ast.parse(f"def long():\n{body}"))) == ["here.py:1 long has 61 lines"]


def too_long(path: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path}:{node.lineno} {node.name} has {lines} lines"


class TestMachinePaths:
    # Written in two parts, so that this file does not find itself.
    FOREIGN = ("/wor" + "k/", "/opt/py" + "pi", "/opt/wh" + "eels", "/ro" + "ot/")

    def test_no_file_names_a_folder_of_one_machine(self, files: list[Path], checkout: Path) -> None:
        assert [f"{f.relative_to(checkout)}: {path}" for f in files for path in self.found_in(f.read_bytes())] == []

    def test_the_check_finds_one(self) -> None:
        assert self.found_in(f"see {self.FOREIGN[0]}main".encode()) == [self.FOREIGN[0]]

    def found_in(self, text: bytes) -> list[str]:
        return [path for path in self.FOREIGN if path.encode() in text]
