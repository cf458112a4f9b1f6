"""What is missing where nothing can be told yet: asked family by family, of the executor that knows reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import parts
from doudi.hub.runs.facts import FactSet
from doudi.hub.steps import families
from doudi.policy import api
from doudi.policy.api import LoadedPack

DEFAULT_LIMIT = 2_000
"""So many open families are looked into, the enrolled first; the others are counted and stay in changes/."""

_BATCH = 500
_RELATIONS = {"household": "household_id", "person": "person_id"}
_JOINED = "；"

Family = dict[str, Any]
Row = Mapping[str, Any]


def write_unsettled(sql: DuckDBEngine, facts: FactSet, pack: LoadedPack, day: date, target: Path, *, limit: int = DEFAULT_LIMIT) -> int:
    """Write which facts would settle each open household, and return how many households were looked into.

    Reads the table `changes`. Columns: household_id, possible (labels), settles (all of these settle it), quickest (the
    fewest that may), paths (as in a family file).
    """
    labels = {one.name: one.label for one in pack.pack.results.categories} | {"none": "都不符合"}
    chosen = [row[0] for row in sql.rows(families.open_households_sql(limit))]
    told: dict[str, list[object]] = {name: [] for name in ("household_id", "possible", "settles", "quickest", "paths")}
    for start in range(0, len(chosen), _BATCH):
        for household, family in family_files(sql, facts, pack, chosen[start : start + _BATCH]):
            answer = api.evaluate(pack, family, day=day)
            missing = answer.unsettled
            told["household_id"].append(household)
            told["possible"].append(_JOINED.join(labels.get(name, name) for name in answer.household.possible))
            told["settles"].append(_JOINED.join(one.words for one in missing.settles))
            told["quickest"].append(_JOINED.join(one.words for one in missing.quickest))
            told["paths"].append(" ".join(one.path for one in missing.settles))
    sql.take("unsettled", told if chosen else {name: [""] for name in told})
    sql.write("select * from unsettled where settles <> '' or possible <> '' order by household_id", target)
    return len(chosen)


def family_files(sql: DuckDBEngine, facts: FactSet, pack: LoadedPack, households: Sequence[object]) -> Iterator[tuple[object, Family]]:
    """Yield the family file of each of these households, as `doudi explain` and `api.evaluate` read it."""
    sql.take("chosen", {"household_id": list(households)})
    names = _names(sql, facts)
    rows: dict[tuple[str, object], list[Family]] = defaultdict(list)
    tree = _tree(pack)
    for entity, owner, columns, asked in tree:
        for row in _rows(sql, facts, entity, columns, asked):
            place = _family_row(row, entity, names)
            rows[entity, row["household_id" if owner in ("", "household") else "person_id"]].append(place)
    for household in households:
        home = rows["household", household][0]
        people = rows["person", household]
        for person in people:
            for entity, owner, _, _ in tree:
                if owner == "person":
                    _hang(person, pack.pack.entities[entity].collection, rows[entity, person["_key"]])
            person.pop("_key")
        home.pop("persons_asked", None)
        home.pop("_key")
        yield household, {"household": home, "persons": people}


def _tree(pack: LoadedPack) -> list[tuple[str, str, list[str], list[str]]]:
    """Return (entity, owner, facts, asked flags) of the household, persons and what hangs on persons."""
    entities = pack.pack.entities
    found = []
    for name, entity in entities.items():
        if name in ("household", "person") or entity.parent == "person":
            columns = [fact for owner, fact in pack.pack.facts if owner == name]
            asked = [f"{one.collection}_asked" for one in entities.values() if one.parent == name]
            found.append((name, entity.parent, columns, asked))
    return found


def _rows(sql: DuckDBEngine, facts: FactSet, entity: str, columns: Sequence[str], asked: Sequence[str]) -> Iterator[Row]:
    files = [part.files[entity] for part in parts.parts(facts.tables) if entity in part.files]
    if not files:
        return
    sql.read("all_rows", files)
    held = set(parquet.read_schema(files[0]).names)
    wanted = [name for name in [*columns, *asked] if name in held]
    key = _RELATIONS.get(entity, "person_id")
    if entity in _RELATIONS:
        select = families.of_households_sql("all_rows", wanted, key=key)
        kept = ["household_id", key, *wanted]
    else:
        select = families.of_households_sql("all_rows", wanted, key=key, owner="chosen_person")
        kept = [key, *wanted]
    found = sql.rows(select)
    if entity == "person":
        sql.take("chosen_person", {"person_id": [row[1] for row in found]})
    for row in found:
        yield dict(zip(kept, row, strict=True))


def _family_row(row: Row, entity: str, names: Mapping[object, str]) -> Family:
    keys = {"household_id", "person_id"}
    told = {name: value for name, value in row.items() if name not in keys and value is not None}
    if entity == "household":
        return told | {"id": str(row["household_id"]), "_key": row["household_id"]}
    if entity == "person":
        name = names.get(row["person_id"], "")
        return told | {"id": str(row["person_id"]), "_key": row["person_id"], **({"name": name} if name else {})}
    return told


def _hang(person: Family, collection: str, rows: list[Family]) -> None:
    # A list that was never asked for is left out; rows that are known all the same stay beside the flag.
    asked = person.get(f"{collection}_asked", False)
    if asked or rows:
        person[collection] = rows
    person[f"{collection}_asked"] = asked


def _names(sql: DuckDBEngine, facts: FactSet) -> dict[object, str]:
    if facts.names is None:
        return {}
    found = sql.rows("select person_id, name from names semi join chosen using (household_id)")
    return {row[0]: str(row[1]) for row in found if row[1]}
