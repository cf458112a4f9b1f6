"""The error of a formula, before its file and line are known."""

from __future__ import annotations


class FormulaError(Exception):
    """A formula that does not mean anything, with what to do."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what = what
        self.do = do
