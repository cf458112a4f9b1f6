"""The files that the walls are built from: everything git knows or would take in."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest


class Source(NamedTuple):
    """One Python file: its path in the checkout, its text, its tree."""

    path: str
    text: str
    tree: ast.Module


@pytest.fixture(scope="session")
def files(checkout: Path) -> list[Path]:
    """Every file of the checkout that is tracked, or is new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout, capture_output=True, check=True, text=True,
    )  # fmt: skip
    found = [checkout / name for name in sorted(set(listed.stdout.split("\0"))) if name]
    return [file for file in found if file.is_file()]


@pytest.fixture(scope="session")
def sources(checkout: Path, files: list[Path]) -> list[Source]:
    """Every Python file of the checkout."""
    return [source(file, checkout) for file in files if file.suffix == ".py"]


def source(file: Path, checkout: Path) -> Source:
    """Read one Python file."""
    text = file.read_text(encoding="utf-8")
    return Source(file.relative_to(checkout).as_posix(), text, ast.parse(text))
