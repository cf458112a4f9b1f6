"""docs/commands.md, written from the commands themselves: `python -m doudi.cli.reference` writes it anew."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer

from doudi import home
from doudi.cli.main import build

PAGE = Path("docs") / "commands.md"

HEAD = """# Commands

Written by `python -m doudi.cli.reference` from the help texts of the program; do not edit by hand.
Every command ends with status 0 only when it worked, 2 when it refuses (with one message that says what, where and
what to do), 130 on Ctrl-C, and 1 with a traceback for a fault of the program.
"""


class Documented(NamedTuple):
    """One command as it is documented: its words (`doudi packs check`), its help text, its options and arguments."""

    words: str
    says: str
    parameters: list[tuple[str, str]]
    runs: bool


def commands() -> Iterator[Documented]:
    """Yield every command and group of the command line, the program itself first."""
    yield from _walk(typer.main.get_command(build()), "doudi")


def page() -> str:
    """Return the text of docs/commands.md."""
    return "\n".join([HEAD, *(_section(command) for command in commands())])


def _walk(command: Any, words: str) -> Iterator[Documented]:
    children = getattr(command, "commands", {})
    shown = [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]
    yield Documented(
        words, inspect.cleandoc(command.help or ""), [(_written(one), one.help or "") for one in shown], not children
    )
    for name, child in children.items():
        if not child.hidden:
            yield from _walk(child, f"{words} {name}")


def _written(parameter: Any) -> str:
    word = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return f"{word}..." if parameter.nargs == -1 else str(word)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {word}"


def _section(command: Documented) -> str:
    lines = [f"## {command.words}", "", *command.says.replace("\b\n", "").splitlines(), ""]
    if command.parameters:
        lines += ["| argument or option | what it does |", "|---|---|"]
        lines += [f"| `{_cell(written)}` | {_cell(says)} |" for written, says in command.parameters]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write docs/commands.md into the checkout."""
    target = home.checkout() / PAGE
    target.write_text(page(), encoding="utf-8")
    typer.echo(f"wrote {target}")


if __name__ == "__main__":
    main()
