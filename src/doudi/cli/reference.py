"""Two pages of docs/ written from what they describe: `python -m doudi.cli.reference` writes them anew.

commands.md comes from the help texts of the commands, facts.md from the facts that the national pack declares.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import typer

from doudi import home
from doudi.cli.main import build

COMMANDS_HEAD = """# Commands

Written by `make reference` from the help texts of the program; do not edit by hand.
Every command ends with status 0 only when it worked, 2 when it refuses (with one message that says what, where and
what to do), 130 on Ctrl-C, and 1 with a traceback for a fault of the program. `doudi ingest` ends with 1, too, when it took
some files and refused others, each with its reason.
"""

FACTS_HEAD = """# Facts 情况一览

Written by `make reference` from `policies/national/rules/facts.yaml`; do not edit by hand. A fact marked 可不明 may be
unknown: it is left out of the family file, and an answer that depends on it is undetermined (暂不能确定).
`doudi schema PACK` gives the same as a JSON Schema, with what a county adds.
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


def commands_page() -> str:
    """Return the text of docs/commands.md."""
    return "\n".join([COMMANDS_HEAD, *(_command_section(command) for command in commands())])


def facts_page() -> str:
    """Return the text of docs/facts.md."""
    import yaml

    declared = yaml.safe_load((home.checkout() / "policies/national/rules/facts.yaml").read_text(encoding="utf-8"))
    return "\n".join([FACTS_HEAD, *(_entity_section(entity, declared["facts"]) for entity in declared["entities"])])


PAGES: dict[str, Callable[[], str]] = {"commands.md": commands_page, "facts.md": facts_page}


def _walk(command: Any, words: str) -> Iterator[Documented]:
    children = getattr(command, "commands", {})
    shown = [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]
    parameters = [(_written(one), one.help or "") for one in shown]
    yield Documented(words, inspect.cleandoc(command.help or "").replace("\b\n", ""), parameters, not children)
    for name, child in children.items():
        if not child.hidden:
            yield from _walk(child, f"{words} {name}")


def _written(parameter: Any) -> str:
    word = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return f"{word}..." if parameter.nargs == -1 else str(word)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {word}"


def _command_section(command: Documented) -> str:
    lines = [f"## {command.words}", "", command.says, ""]
    if command.parameters:
        lines += ["| argument or option | what it does |", "|---|---|"]
        lines += [f"| `{_cell(written)}` | {_cell(says)} |" for written, says in command.parameters]
        lines.append("")
    return "\n".join(lines)


def _entity_section(entity: dict[str, Any], facts: list[dict[str, Any]]) -> str:
    lines = [f"## {entity['name']} {entity['label']}", ""]
    if "collection" in entity:
        lines += [f"`{entity['collection']}` of a `{entity['parent']}`.", ""]
    lines += ["| fact | 名称 | kind | 可不明 | 说明 |", "|---|---|---|---|---|"]
    lines += [_fact_row(fact) for fact in facts if fact["entity"] == entity["name"]]
    return "\n".join([*lines, ""])


def _fact_row(fact: dict[str, Any]) -> str:
    kind = f"{fact['kind']}, {fact['unit']}" if "unit" in fact else fact["kind"]
    chosen = "; ".join(f"`{code}` {label}" for code, label in fact.get("choices", {}).items())
    says = f"{fact['describe']}: {chosen}" if chosen else fact["describe"]
    unknown = "是" if fact.get("optional") else ""
    return f"| `{fact['name']}` | {_cell(fact['label'])} | {kind} | {unknown} | {_cell(says)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the pages into the checkout."""
    for name, page in PAGES.items():
        target = home.checkout() / "docs" / name
        target.write_text(page(), encoding="utf-8")
        typer.echo(f"wrote {target}")


if __name__ == "__main__":
    main()
