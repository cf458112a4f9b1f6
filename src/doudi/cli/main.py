"""The command `doudi`: puts the commands together, and turns refusals into one clear message.

Every module named in `COMMANDS` has a function `register(app)` that adds its commands. Those modules import heavy
libraries inside their commands, never at the top, so that `doudi --help` answers at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import Annotated

import typer

import doudi
from doudi.refusal import Refusal

COMMANDS = ("packs", "families", "hub", "determine", "generate", "demo", "bench")

FAILED = 1
REFUSED = 2
INTERRUPTED = 130

HELP = """兜底 Doudi: 从一个县的各部门表格, 到每户每人符合哪一类救助、依据哪一条、还缺哪些情况。

From a county's files to who qualifies for social assistance, by which clause, and why.

Example: doudi demo --out build/demo
"""


def build() -> typer.Typer:
    """Return the command line with every command of `COMMANDS` mounted."""
    app = typer.Typer(
        name="doudi",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=HELP)(_program)
    for name in COMMANDS:
        if importlib.util.find_spec(f"doudi.cli.{name}"):
            importlib.import_module(f"doudi.cli.{name}").register(app)
    return app


def main() -> None:
    """Run the command line: status 0 when it worked, 2 for a refusal, 130 for Ctrl-C, 1 and a traceback for a fault."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status; an error that is not a refusal is let through."""
    try:
        typer.main.get_command(build()).main(arguments, prog_name="doudi")
    except SystemExit as ended:
        return _status(ended)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if not is_refusal(error):
            raise
        show_refusal(error)
        return REFUSED
    return 0


def is_refusal(error: Exception) -> bool:
    """Return whether an error is a clear "no" and not a fault: a Refusal, or the policy room's own PolicyError."""
    return isinstance(error, Refusal) or _is_policy_error(error)


def show_refusal(error: Exception) -> None:
    """Print a refusal on the error channel, in red where that is a terminal."""
    red = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    first, *more = str(error).splitlines() or [type(error).__name__]
    message = "\n".join([f"不能继续: {first}", *(f"  {line.strip()}" for line in more)])
    typer.secho(message, err=True, fg=typer.colors.RED if red else None)


def _is_policy_error(error: Exception) -> bool:
    # The policy room may not import doudi.refusal. Its errors can only be here if it has been imported already, so
    # nothing is imported to find out.
    errors = sys.modules.get("doudi.policy.terms.errors")
    return errors is not None and isinstance(error, errors.PolicyError)


def _status(ended: SystemExit) -> int:
    if ended.code is None:
        return 0
    return ended.code if isinstance(ended.code, int) else FAILED


def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="打印版本 Print the version and stop. Example: doudi --version",
            callback=lambda asked: _print_version() if asked else None,
            is_eager=True,
        ),
    ] = False,
) -> None:
    del version  # answered by its callback, before any command is asked for


def _print_version() -> None:
    typer.echo(f"doudi {doudi.__version__}")
    raise typer.Exit
