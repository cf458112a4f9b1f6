"""Made-up fact tables for the benchmarks, written below `build/bench` and forgotten at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from doudi import home
from doudi.demo import facts

DAY = np.datetime64("2025-10-31")


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder on the disk of the checkout (a temporary folder may lie in memory), and remove it at the end."""
    parent = home.checkout() / "build" / "bench"
    parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)


def write(folder: Path, households: int, *, unknown: float, largest_area: int = facts.LARGEST_AREA) -> dict[str, int]:
    """Write the fact tables of this many households to `folder`/facts, and return the rows of each."""
    rows: dict[str, int] = {}
    written = facts.write_facts(
        folder, households=households, day=DAY, unknown_share=unknown, largest_area=largest_area, workers=os.cpu_count() or 1)
    for area in written:
        rows = {name: rows.get(name, 0) + count for name, count in area.rows.items()}
    return rows
