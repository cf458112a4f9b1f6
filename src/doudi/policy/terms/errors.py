"""Errors that name the file, the line, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Where:
    """A place in a pack: file relative to the pack's folder (or a family file) and line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where, and what to do about it."""

    where: Where
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}。{self.do}{'' if self.do.endswith('？') else '。'}"


class PolicyError(Exception):
    """A pack, a family or a question that cannot be used; holds every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FactsError(PolicyError):
    """A family file that the pack's facts do not allow."""


class NoAnswer(PolicyError):
    """A day or a name that the pack does not cover."""


def problem(where: Where, what: str, do: str) -> Problem:
    """Return a problem with its sentences trimmed of a closing full stop."""
    return Problem(where, what.rstrip("。"), do.rstrip("。"))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return '是不是 x？' for the known name nearest to `name`, or a plain hint."""
    near = get_close_matches(name, list(known), n=2, cutoff=0.6)
    if near:
        return f"是不是想写 {' 或 '.join(near)}？"
    return "请检查拼写，或先声明这个名称"
