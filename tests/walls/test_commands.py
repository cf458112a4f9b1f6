"""The command line: every command is mounted, explained with an example that works, and documented; help is quick."""

from __future__ import annotations

import importlib
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from doudi.cli import main, reference

HEAVY = {"duckdb", "pyspark", "pandas", "splink", "pyarrow", "numpy", "matplotlib", "sqlglot", "lxml"}
NO_COMMANDS = {"main", "reference"}

DOCUMENTED = list(reference.commands())
RUN = [one for one in DOCUMENTED if one.runs]


def examples(help_text: str) -> list[str]:
    """Return the command lines that a help text gives as examples."""
    lines = [line.strip() for line in help_text.splitlines()]
    return [line.removeprefix("Example:").strip() for line in lines if line.startswith("Example: doudi ")]


def complaint(example: str) -> str:
    """Return why an example cannot be right: no such command, or no such option. Nothing is run."""
    words = shlex.split(example, comments=True)[1:]
    command = typer.main.get_command(main.build())
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    if getattr(command, "commands", {}):
        return f"{example}: no such command"
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    passed_on = command.context_settings.get("ignore_unknown_options", False)
    wrong = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    return f"{example}: no option {', '.join(wrong)}" if wrong and not passed_on else ""


class TestHelp:
    @pytest.mark.parametrize("command", RUN, ids=lambda one: one.words)
    def test_gives_an_example_that_works(self, command: reference.Documented) -> None:
        given = examples(command.says)
        assert given, f"{command.words}: its docstring needs a line 'Example: {command.words} ...'"
        assert [complaint(one) for one in given if complaint(one)] == []

    @pytest.mark.parametrize("command", DOCUMENTED, ids=lambda one: one.words)
    def test_explains_every_option_and_argument(self, command: reference.Documented) -> None:
        assert command.says
        assert [written for written, says in command.parameters if not says.strip()] == []

    def test_an_example_with_a_wrong_option_is_found(self) -> None:
        assert complaint("doudi --no-such") == "doudi --no-such: no such command"
        assert examples("Do it.\n\nExample: doudi packs check\n") == ["doudi packs check"]

    def test_is_quick_because_it_imports_nothing_heavy(self) -> None:
        loaded = modules_after("from doudi.cli.main import run; run(['--help'])")
        assert sorted(HEAVY & loaded) == []

    def test_the_check_sees_what_is_imported(self) -> None:
        assert "sqlglot" in modules_after("import sqlglot")


class TestDocumentation:
    @pytest.mark.parametrize("page", reference.PAGES)
    def test_is_what_the_program_and_the_packs_say(self, page: str, checkout: Path) -> None:
        written = (checkout / "docs" / page).read_text(encoding="utf-8")
        assert written == reference.PAGES[page](), f"docs/{page} is stale: run `make reference`"


class TestMounting:
    def test_every_module_of_commands_is_mounted(self, checkout: Path) -> None:
        found = {file.stem for file in (checkout / "src/doudi/cli").glob("[!_]*.py")} - NO_COMMANDS
        registering = {name for name in found if hasattr(importlib.import_module(f"doudi.cli.{name}"), "register")}
        assert registering <= set(main.COMMANDS)


def modules_after(code: str) -> set[str]:
    program = f"import sys\ntry:\n    {code}\nfinally:\n    print('LOADED', *sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ended.stdout.rpartition("LOADED")[2].split())
