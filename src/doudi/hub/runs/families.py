"""Families taken out of fact tables, as `doudi explain` and `api.evaluate` read them."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from doudi import home
from doudi.hub.engines.duckdb_engine import DuckDBEngine, quoted
from doudi.hub.runs import parts
from doudi.hub.runs.asking import RELATIONS
from doudi.hub.runs.fact_set import FactSet, fact_set
from doudi.hub.steps import families
from doudi.policy import api
from doudi.policy.api import LoadedPack
from doudi.refusal import Refusal

_BASE_PACK = "national"
_KEYS = {"household": "household_id", "person": "person_id"}

Family = dict[str, Any]
Row = Mapping[str, Any]


class NoSuchFamily(Refusal):
    """No household or person of the fact tables has this number."""


@dataclass(frozen=True)
class _Branch:
    """One fact table: its entity, what it hangs on, its facts, and the flags of the lists that hang on it."""

    entity: str
    owner: str
    columns: Sequence[str]
    asked: Sequence[str]


def family_of(folder: Path, who: str) -> Family:
    """Return the family file of a household number, a person's number or an identity number. Dates are ISO text.

    `folder` holds fact tables, or the results of a county run. This will refuse a number that nobody has.
    """
    facts = fact_set(folder)
    scratch = tempfile.TemporaryDirectory(prefix="doudi-")
    sql = DuckDBEngine(scratch=Path(scratch.name))
    try:
        if facts.names is not None:
            sql.read("names", [facts.names])
        found = _households_of(sql, facts, who)
        if not found:
            raise NoSuchFamily(
                f"事实表里没有编号 {who}。(No household or person has the number {who}.)",
                where=str(facts.tables),
                to_do="用批量认定结果里的户编号、人员编号，或者十八位身份证号",
            )
        pack = api.load_pack(home.policies(), _BASE_PACK)
        return next(family for _, family in family_files(sql, facts, pack, found))
    finally:
        sql.close()
        scratch.cleanup()


def family_files(sql: DuckDBEngine, facts: FactSet, pack: LoadedPack, households: Sequence[object]) -> Iterator[tuple[object, Family]]:
    """Yield the family file of each of these households. Reads `names` when the fact set has them."""
    sql.take("chosen", {"household_id": list(households)})
    names = _names(sql, facts)
    tree = _tree(pack)
    rows: dict[tuple[str, object], list[Family]] = defaultdict(list)
    for branch in tree:
        owner = "person_id" if branch.owner == "person" else "household_id"
        for row in _rows(sql, facts, branch):
            rows[branch.entity, row[owner]].append(_family_row(row, branch.entity, names))
    collections = {branch.entity: pack.pack.entities[branch.entity].collection for branch in tree if branch.owner == "person"}
    for household in households:
        yield household, _family(household, rows, collections)


def _family(household: object, rows: Mapping[tuple[str, object], list[Family]], collections: Mapping[str, str]) -> Family:
    home_row = rows["household", household][0]
    people = rows.get(("person", household), [])
    for person in people:
        key = person.pop("_key")
        for entity, collection in collections.items():
            # A list that was never asked for is left out; rows that are known all the same stay beside the flag.
            found = rows.get((entity, key), [])
            asked = person.get(f"{collection}_asked", False)
            if asked or found:
                person[collection] = found
            person[f"{collection}_asked"] = asked
    kept = {name: value for name, value in home_row.items() if name not in ("_key", "persons_asked")}
    return {"household": kept, "persons": people}


def _households_of(sql: DuckDBEngine, facts: FactSet, who: str) -> list[object]:
    # A household's number before a person's before an identity number: the first that anybody has.
    for entity, key in _KEYS.items():
        sql.read(f"all_{entity}", [part.files[entity] for part in parts.parts(facts.tables) if entity in part.files])
        found = sql.rows(families.household_with_sql(f"all_{entity}", key, quoted(who)))
        if found:
            return [row[0] for row in found]
    if facts.names is None:
        return []
    return [row[0] for row in sql.rows(families.household_with_sql("names", "identity_number", quoted(who)))]


def _tree(pack: LoadedPack) -> list[_Branch]:
    entities = pack.pack.entities
    found = []
    for name, entity in entities.items():
        if name in _KEYS or entity.parent == "person":
            columns = [fact for owner, fact in pack.pack.facts if owner == name]
            asked = [f"{one.collection}_asked" for one in entities.values() if one.parent == name]
            found.append(_Branch(name, entity.parent, columns, asked))
    return found


def _rows(sql: DuckDBEngine, facts: FactSet, branch: _Branch) -> Iterator[Row]:
    files = [part.files[branch.entity] for part in parts.parts(facts.tables) if branch.entity in part.files]
    if not files:
        return
    sql.read("all_rows", files)
    held = set(parquet.read_schema(files[0]).names)
    wanted = [name for name in [*branch.columns, *branch.asked] if name in held]
    if branch.entity in _KEYS:
        kept = ["household_id", _KEYS[branch.entity], *wanted]
        found = sql.rows(families.of_households_sql("all_rows", kept))
    else:
        kept = ["person_id", *wanted]
        found = sql.rows(families.of_persons_sql("all_rows", kept))
    if branch.entity == "person":
        sql.take("chosen_person", {"person_id": [row[1] for row in found]})
    for row in found:
        yield dict(zip(kept, row, strict=True))


def _family_row(row: Row, entity: str, names: Mapping[object, str]) -> Family:
    told = {name: _plain(value) for name, value in row.items() if name not in _KEYS.values() and value is not None}
    if entity == "household":
        return told | {"id": str(row["household_id"]), "_key": row["household_id"]}
    if entity == "person":
        who = names.get(row["person_id"]) or f"{RELATIONS.get(str(row.get('relation')), '成员')}（{row['person_id']}）"
        return told | {"id": str(row["person_id"]), "_key": row["person_id"], "name": who}
    return told


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _names(sql: DuckDBEngine, facts: FactSet) -> dict[object, str]:
    if facts.names is None:
        return {}
    found = sql.rows("select person_id, name from names semi join chosen using (household_id)")
    return {row[0]: str(row[1]) for row in found if row[1]}
