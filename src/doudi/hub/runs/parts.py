"""Ready fact tables in a folder, cut into parts of whole households so that memory stays bounded.

A fact folder holds one folder an entity (`household/`, `person/`, `income/` and so on) of Parquet files. Files of the
same name in all folders belong together: `person/part-00003.parquet` holds the people of
`household/part-00003.parquet`. One file an entity (`household.parquet`) is one part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from doudi.refusal import Refusal

HOUSEHOLD = "household"
PERSON = "person"


class NoFacts(Refusal):
    """A folder holds no fact tables."""


class PartsDiffer(Refusal):
    """The files of a fact folder do not belong together part by part."""


@dataclass(frozen=True)
class Part:
    """The files of some whole households: entity to file."""

    name: str
    files: Mapping[str, Path]


def parts(folder: Path) -> list[Part]:
    """Return the parts of a fact folder in order of their names. This will refuse a folder without households."""
    by_entity = _by_entity(folder)
    if not by_entity.get(HOUSEHOLD):
        raise NoFacts(
            f"{folder} 里没有家庭事实表。(No fact table of households in {folder}.)",
            where=f"looked for {folder / HOUSEHOLD}/*.parquet and {folder / 'household.parquet'}",
            to_do="Make one with `doudi generate DIR --format parquet`, or let determine build it from --store.",
        )
    _refuse_strangers(folder, by_entity)
    names = sorted(by_entity[HOUSEHOLD])
    return [Part(name, {one: files[name] for one, files in by_entity.items() if name in files}) for name in names]


def digest(part: Part) -> str:
    """Return the SHA-256 over the contents of all files of a part."""
    told = hashlib.sha256()
    for entity, file in sorted(part.files.items()):
        told.update(f"\0{entity}\0".encode())
        with file.open("rb") as opened:
            told.update(hashlib.file_digest(opened, "sha256").digest())
    return told.hexdigest()


def _by_entity(folder: Path) -> dict[str, dict[str, Path]]:
    found: dict[str, dict[str, Path]] = {}
    for file in sorted(folder.glob("*.parquet")):
        found.setdefault(file.stem, {})["all"] = file
    for inner in sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []:
        files = {file.stem: file for file in sorted(inner.glob("*.parquet"))}
        if files:
            found[inner.name] = files
    return found


def _refuse_strangers(folder: Path, by_entity: Mapping[str, Mapping[str, Path]]) -> None:
    households = by_entity[HOUSEHOLD].keys()
    for entity, files in by_entity.items():
        strangers = sorted(files.keys() - households)
        if strangers:
            raise PartsDiffer(
                f"事实表的分块对不上：{entity} 有 {strangers[0]}，household 没有。"
                f"(The part {strangers[0]} of {entity} has no part of households.)",
                where=str(files[strangers[0]]),
                to_do=f"Give {folder}/household a file of the same name, or make the folder anew.",
            )
