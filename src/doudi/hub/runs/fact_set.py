"""Fact tables ready to be determined, wherever they lie, and what is known beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

NAMES, ENROLLED, NOT_READY, BUILT = "names.parquet", "enrolled.parquet", "not_ready.parquet", "built.json"


@dataclass(frozen=True)
class FactSet:
    """Fact tables (see `runs.parts`), and beside them who is who and who is enrolled; None where nobody knows."""

    tables: Path
    names: Path | None = None
    enrolled: Path | None = None
    arrived: tuple[str, ...] = ()
    waiting: int = 0


def fact_set(folder: Path) -> FactSet:
    """Return the fact set of a folder: of a store's day, of a county run, of `doudi generate`, or bare tables."""
    inner = (folder / name for name in ("tables", "facts"))
    tables = next((one for one in inner if _has_households(one)), folder)
    beside = tables.parent
    built = json.loads((beside / BUILT).read_text(encoding="utf-8")) if (beside / BUILT).is_file() else {}
    return FactSet(
        tables=tables,
        names=_if_there(beside / NAMES),
        enrolled=_if_there(beside / ENROLLED),
        arrived=tuple(built.get("arrived", ())),
        waiting=built.get("waiting", 0),
    )


def _has_households(folder: Path) -> bool:
    return (folder / "household").is_dir() or (folder / "household.parquet").is_file()


def _if_there(file: Path) -> Path | None:
    return file if file.is_file() else None
