"""Who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

POLICY_MAY_IMPORT = {"yaml", "sqlglot"}
SQL_LIBRARIES = {"duckdb", "pyspark", "splink"}
RUNS_SQL = "src/doudi/hub/engines"

# Every module gets a process in which nothing of doudi is loaded yet. The heavy libraries are loaded once, before.
IMPORT_EACH_AFRESH = """
import importlib, os, sys, traceback
import pandas, pyarrow, sqlglot, typer, yaml
broken = 0
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            print(f"--- import {name}", file=sys.stderr)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    broken += os.waitpid(child, 0)[1] != 0
sys.exit(broken != 0)
"""


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of every module that a file imports, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def foreign_to_policy(tree: ast.Module) -> list[str]:
    """Return what the policy room may not import: all but the standard library, yaml, sqlglot and itself."""
    allowed = POLICY_MAY_IMPORT | set(sys.stdlib_module_names)
    return sorted({n for n in imported(tree) if n.split(".")[0] not in allowed and not _is_policy(n)})


def _is_policy(name: str) -> bool:
    # `from doudi import policy` names both doudi and doudi.policy.
    return name == "doudi" or name == "doudi.policy" or name.startswith("doudi.policy.")


class TestContracts:
    def test_lint_imports_passes(self, checkout: Path) -> None:
        ended = lint_imports(checkout)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def test_lint_imports_fails_when_policy_imports_the_hub(self, checkout: Path, tmp_path: Path) -> None:
        for room in ("cli", "demo", "hub", "policy"):
            (tmp_path / "doudi" / room).mkdir(parents=True)
            (tmp_path / "doudi" / room / "__init__.py").touch()
        for leaf in ("__init__", "home", "refusal"):
            (tmp_path / "doudi" / f"{leaf}.py").touch()
        (tmp_path / "doudi" / "policy" / "__init__.py").write_text("import doudi.hub\n")
        (tmp_path / "pyproject.toml").write_text((checkout / "pyproject.toml").read_text(encoding="utf-8"), "utf-8")
        ended = lint_imports(tmp_path)
        assert ended.returncode == 1
        assert "doudi.policy is not allowed to import doudi.hub" in ended.stdout


class TestPolicy:
    def test_imports_the_standard_library_yaml_and_sqlglot_only(self, sources: list[Any]) -> None:
        inside = [one for one in sources if one.path.startswith("src/doudi/policy/")]
        assert {one.path: foreign_to_policy(one.tree) for one in inside if foreign_to_policy(one.tree)} == {}

    def test_the_check_finds_another_library(self) -> None:
        assert foreign_to_policy(ast.parse("import json, duckdb\nfrom doudi.refusal import Refusal")) == [
            "doudi.refusal", "doudi.refusal.Refusal", "duckdb",
        ]  # fmt: skip


class TestSql:
    def test_only_the_engines_import_what_runs_sql(self, sources: list[Any]) -> None:
        outside = [one for one in sources if one.path.startswith("src/") and not one.path.startswith(RUNS_SQL)]
        assert [one.path for one in outside if runs_sql(one.tree)] == []

    def test_the_check_finds_one(self) -> None:
        assert runs_sql(ast.parse("def total():\n    import duckdb"))


def runs_sql(tree: ast.Module) -> bool:
    return bool(SQL_LIBRARIES & {name.split(".")[0] for name in imported(tree)})


class TestDependencies:
    """What is imported is declared, so that it is in the lock and on every machine."""

    def test_every_library_that_is_imported_is_declared(self, sources: list[Any], checkout: Path) -> None:
        declared = declared_in(checkout)
        inside = [one for one in sources if one.path.startswith("src/")]
        missing = {one.path: undeclared(one.tree, declared) for one in inside if undeclared(one.tree, declared)}
        assert missing == {}, "declare it in pyproject.toml, then `make lock`"

    def test_the_check_finds_one_that_is_not(self) -> None:
        assert undeclared(ast.parse("import json, yaml, packaging.version"), {"pyyaml"}) == ["packaging"]


def undeclared(tree: ast.Module, declared: set[str]) -> list[str]:
    names = {name.split(".")[0] for name in imported(tree)} - set(sys.stdlib_module_names) - {"doudi"}
    return sorted(name for name in names if not {plain(one) for one in published_as().get(name, [name])} & declared)


@cache
def published_as() -> Mapping[str, list[str]]:
    return packages_distributions()


def declared_in(checkout: Path) -> set[str]:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["spark"]]
    return {plain(re.split(r"[<>=\[; ]", line)[0]) for line in lines}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class TestEveryModule:
    def test_is_imported_in_a_process_of_its_own(self, sources: list[Any]) -> None:
        names = [module_name(one.path) for one in sources if one.path.startswith("src/")]
        ended = import_afresh([name for name in names if not name.endswith("__main__")])
        assert ended.returncode == 0, ended.stderr

    def test_the_check_finds_a_module_that_cannot_be_imported(self) -> None:
        assert "No module named 'doudi.no_such_room'" in import_afresh(["doudi", "doudi.no_such_room"]).stderr


def module_name(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def import_afresh(names: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", IMPORT_EACH_AFRESH, *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    # The console script sits beside the interpreter; it lints the package that stands in the folder it is started in.
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
