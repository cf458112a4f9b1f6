"""The one error that means "no, and here is what to do": what went wrong, where, and the way out.

A refusal is part of the work, not a fault of the program. The command line shows it as one message and ends with
status 2; anything else is a fault and keeps its traceback. Each room names its own refusals beside the function that
raises them, as subclasses of `Refusal`. `doudi.policy` may not import this module (it imports the standard library,
a YAML reader and sqlglot only), so its own `PolicyError` is told apart by the command line.
"""

from __future__ import annotations


class Refusal(Exception):
    """Refuse to go on, saying what is wrong, where it is, and what to do about it.

    `str()` gives the message for a person: the first line says what, the next ones are indented and say where and
    what to do.
    """

    def __init__(self, what: str, *, where: str = "", to_do: str = "") -> None:
        self.what = what
        self.where = where
        self.to_do = to_do
        super().__init__(what)

    def __str__(self) -> str:
        return "\n  ".join(line for line in (self.what, self.where, self.to_do) if line)

    def __reduce__(self) -> tuple[object, ...]:
        # Subclasses may take other arguments, and keyword-only ones are lost by the default: rebuild from the fields.
        return (_rebuilt, (type(self), self.what, self.where, self.to_do))


def _rebuilt(kind: type[Refusal], what: str, where: str, to_do: str) -> Refusal:
    refusal = kind.__new__(kind, what)
    Refusal.__init__(refusal, what, where=where, to_do=to_do)
    return refusal
