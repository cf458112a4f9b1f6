"""The store of accepted rows: Parquet by data set and month, with manifests, every earlier version kept.

    received/<sha256>.<ending>                        each file as it came, once
    tables/<dataset>/month=2025-10/part-<id>.parquet  the accepted rows of one file
    tables/<dataset>/month=2025-10/part-<id>.json     its manifest
    tables/<dataset>/month=2025-10/versions.json      which manifests hold, now and before
    refused/<dataset>/month=2025-10/<id>-<name>.xlsx  the rows sent back, with the reasons

`versions.json` is replaced in one move, and it is the only thing that makes a part current: whoever dies before that
move has changed nothing. Files are readable by their owner only (docs/decisions/0010-store-at-rest.md).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from doudi.hub.tables.contract import Contract, find_contract
from doudi.hub.tables.manifest import Manifest, read_manifest
from doudi.hub.tables.schema import arrow_schema
from doudi.refusal import Refusal

MONTH = "month="
VERSIONS = "versions.json"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class StoreIsBusy(Refusal):
    """Another command is writing to this store."""


class NoSuchMonth(Refusal):
    """The store holds nothing of this data set for this month."""


@dataclass(frozen=True)
class Store:
    """A folder of accepted rows, and the contracts that say what they mean."""

    folder: Path
    contracts: dict[str, Contract]

    def datasets(self) -> list[str]:
        """Return the data sets of which at least one month is held."""
        tables = self.folder / "tables"
        return [one.name for one in sorted(tables.glob("*")) if self.months(one.name)]

    def months(self, dataset: str) -> list[str]:
        """Return the months held of a data set, oldest first, as `2025-10`."""
        found = sorted((self.folder / "tables" / dataset).glob(f"{MONTH}*"))
        return [one.name.removeprefix(MONTH) for one in found if self.current(dataset, one.name.removeprefix(MONTH))]

    def paths(self, dataset: str, month: str | None = None) -> list[Path]:
        """Return the Parquet files that hold now, of one month or of all months. Empty when there are none."""
        months = self.months(dataset) if month is None else [month]
        return [self._part(dataset, one, name) for one in months for name in self.current(dataset, one)]

    def manifests(self, dataset: str, month: str, *, with_earlier: bool = False) -> list[Manifest]:
        """Return the manifests that hold now, oldest first; with `with_earlier` also the superseded ones."""
        names = self.current(dataset, month)
        if with_earlier:
            earlier = (name for version in self.versions(dataset, month) for name in version["manifests"])
            names = list(dict.fromkeys([*earlier, *names]))
        return [self.manifest(dataset, month, name) for name in names]

    def manifest(self, dataset: str, month: str, name: str) -> Manifest:
        """Return one manifest by its id, superseded or not. This will refuse one that is not held."""
        path = self._part(dataset, month, name).with_suffix(".json")
        if not path.is_file():
            raise NoSuchMonth(f"库里没有 {dataset} {month} 的清单 {name}。", where=str(path))
        return read_manifest(path.read_text(encoding="utf-8"))

    def schema(self, dataset: str) -> pa.Schema:
        """Return the Arrow schema of a data set, from its contract. This will refuse a name no contract has."""
        return arrow_schema(find_contract(self.contracts, dataset))

    def versions(self, dataset: str, month: str) -> list[dict[str, Any]]:
        """Return every version of a month, oldest first: when, why, and which manifests held."""
        path = self.month_folder(dataset, month) / VERSIONS
        if not path.is_file():
            return []
        content: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["versions"]
        return content

    def current(self, dataset: str, month: str) -> list[str]:
        """Return the ids of the manifests that hold now."""
        versions = self.versions(dataset, month)
        return list(versions[-1]["manifests"]) if versions else []

    def month_folder(self, dataset: str, month: str) -> Path:
        """Return the folder of a data set's month, made or not."""
        return self.folder / "tables" / dataset / f"{MONTH}{month}"

    def keep_original(self, path: Path, digest: str, ending: str) -> str:
        """Keep a file as it came, under its digest. Return its place in the store; a file kept already is left."""
        kept = self.folder / "received" / f"{digest}{ending}"
        if not kept.is_file():
            with self.written_whole(kept) as temporary:
                shutil.copyfile(path, temporary)
        return kept.relative_to(self.folder).as_posix()

    def commit(self, manifest: Manifest, part: Path | None, *, holds: list[str]) -> None:
        """Put one file's rows in the store and make `holds` the manifests of its month, in one move.

        `part` is the finished Parquet file, or None when the manifest's part is in the store already.
        """
        target = self._part(manifest.dataset, manifest.month, manifest.id)
        private_folder(target.parent, self.folder)
        if part is not None:
            os.chmod(part, PRIVATE_FILE)
            os.replace(part, target)
        write_json(target.with_suffix(".json"), manifest.as_json())
        versions = self.versions(manifest.dataset, manifest.month)
        version = {"at": manifest.received_at, "because": manifest.source_name, "manifests": holds}
        write_json(target.parent / VERSIONS, {"versions": [*versions, version]})

    def part_is_kept(self, dataset: str, month: str, name: str) -> bool:
        """Return whether the part and manifest of this id lie in the store, current or not."""
        part = self._part(dataset, month, name)
        return part.is_file() and part.with_suffix(".json").is_file()

    @contextlib.contextmanager
    def written_whole(self, target: Path) -> Iterator[Path]:
        """Give a temporary path beside `target`; when the block ends well it becomes `target`, otherwise it is gone."""
        private_folder(target.parent, self.folder)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            yield temporary
            os.chmod(temporary, PRIVATE_FILE)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store for writing. This will refuse while another command holds it."""
        private_folder(self.folder, self.folder)
        with open(self.folder / ".lock", "a", opener=_private) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreIsBusy(
                    f"另一个命令正在写入 {self.folder}。", to_do="等它结束后再试。Wait for it to end, then try again."
                ) from error
            yield

    def _part(self, dataset: str, month: str, name: str) -> Path:
        return self.month_folder(dataset, month) / f"part-{name}.parquet"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)


def private_folder(folder: Path, inside: Path) -> None:
    """Make a folder, and those between it and `inside`, for their owner only."""
    missing = [one for one in (folder, *folder.parents) if one == inside or inside in one.parents]
    for one in reversed(missing):
        one.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def write_json(target: Path, content: object) -> None:
    """Write JSON in one move, readable by its owner only."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    os.chmod(temporary, PRIVATE_FILE)
    os.replace(temporary, target)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
