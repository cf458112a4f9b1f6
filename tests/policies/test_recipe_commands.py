"""What the recipes promise: every command they show exists with these options, and the sixth county passes its check."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from doudi.cli import checking, main

PAGES = ("docs/recipes/*.md", "docs/guide-zh/04-*.md")
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
WRONG = ("doudi packs chek a", "doudi explain a.json --packs x", "doudi packs", "doudi packs coverage", "doudi packs coverage a b")
WRONG_USE = typer.BadParameter.__bases__[0]  # what the parser raises; typer gives it no public name


def commands(page: str) -> list[str]:
    """Return the `doudi` and `make` lines in the code blocks of a page."""
    lines = [line.strip() for block in BLOCK.findall(page) for line in block.splitlines()]
    return [line for line in lines if line.startswith(("doudi ", "make "))]


def complaint(line: str) -> str:
    """Return why a `doudi` line would not be understood, or nothing. It is parsed, not run."""
    words = shlex.split(line, comments=True)[1:]
    command = typer.main.get_command(main.build())
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    if getattr(command, "commands", {}):
        return f"{line}: no such command"
    try:
        given, left_over, _ = command.make_parser(command.context_class(command)).parse_args(words)
    except WRONG_USE as error:
        return f"{line}: {error.format_message()}"
    missing = [one.name for one in command.params if one.required and not given.get(one.name)]
    return f"{line}: {missing} missing, {left_over} too many" if missing or left_over else ""


@pytest.fixture
def pages(checkout: Path) -> dict[str, str]:
    """Return the recipe pages by name."""
    return {file.name: file.read_text(encoding="utf-8") for glob in PAGES for file in sorted(checkout.glob(glob))}


class TestRecipes:
    def test_show_commands_that_are_understood(self, pages: dict[str, str]) -> None:
        shown = [line for text in pages.values() for line in commands(text) if line.startswith("doudi ")]
        assert len(shown) > 10
        assert [complaint(line) for line in shown if complaint(line)] == []

    def test_show_make_targets_that_exist(self, pages: dict[str, str], checkout: Path) -> None:
        targets = set(re.findall(r"^([a-z][a-z-]*):", (checkout / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        shown = {line.split()[1] for text in pages.values() for line in commands(text) if line.startswith("make ")}
        assert shown - targets == set()

    def test_are_all_listed(self, pages: dict[str, str]) -> None:
        recipes = {name for name in pages if name.isascii() and name != "README.md"}
        assert {name for name in recipes if f"({name})" not in pages["README.md"]} == set()

    @pytest.mark.parametrize("wrong", WRONG)
    def test_a_command_that_is_not_understood_is_found(self, wrong: str) -> None:
        assert complaint(wrong).startswith(wrong)


class TestTheSixthCounty:
    def test_passes_its_check_with_cases_on_both_sides(self) -> None:
        report = checking.report("henan/fangcheng")
        assert (report["problems"], report["failed"]) == ([], [])
        assert report["passed"] >= 28

    def test_is_yaml_alone(self, checkout: Path) -> None:
        assert {file.suffix for file in (checkout / "policies/henan").rglob("*") if file.is_file()} == {".yaml"}
