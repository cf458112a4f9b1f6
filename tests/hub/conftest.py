"""Stores filled by hand: rows of data sets put in as if files had been ingested."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi import home
from doudi.hub.tables.contract import Contract, read_contracts
from doudi.hub.tables.manifest import Counts, Manifest, manifest_id
from doudi.hub.tables.store import Store

Rows = Sequence[Mapping[str, object]]
FillStore = Callable[[Mapping[str, Mapping[str, Rows]]], Store]


@pytest.fixture(scope="session")
def contracts() -> dict[str, Contract]:
    return read_contracts(home.datasets())


@pytest.fixture
def fill_store(tmp_path: Path, contracts: dict[str, Contract]) -> FillStore:
    """Return a function that makes a store of {data set: {month: rows}}; columns not given are null."""

    def fill(content: Mapping[str, Mapping[str, Rows]]) -> Store:
        store = Store(tmp_path / "store", contracts)
        for dataset, months in content.items():
            for month, rows in months.items():
                _put(store, dataset, month, rows, tmp_path)
        return store

    return fill


def _put(store: Store, dataset: str, month: str, rows: Rows, folder: Path) -> None:
    schema = store.schema(dataset)
    given = {key for row in rows for key in row}
    assert given <= set(schema.names), f"{dataset} has no column {given - set(schema.names)}"
    numbered = [{"source_sheet": "Sheet1", "source_row": number + 2, **row} for number, row in enumerate(rows)]
    table = pa.Table.from_pylist(numbered, schema=schema)
    name = manifest_id(source_digest=f"{dataset}{month}{rows}", dataset=dataset, month=month, sender="", contract_digest="")
    manifest = Manifest(
        id=name, dataset=dataset, month=month, sender="", received_at="2025-11-01T08:00:00+08:00",
        source_name=f"{dataset}-{month}.xlsx", source_digest="", received_as="", contract_digest="",
        counts=Counts(read=len(rows), accepted=len(rows)),
    )  # fmt: skip
    part = folder / f"{dataset}-{month}.parquet"
    pq.write_table(table, part)
    store.commit(manifest, part, holds=[name])
