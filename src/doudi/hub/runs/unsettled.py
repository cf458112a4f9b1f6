"""What is missing where nothing can be told yet: asked family by family, of the executor that knows reasons."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs.fact_set import FactSet
from doudi.hub.runs.families import family_files
from doudi.hub.steps import families
from doudi.policy import api
from doudi.policy.api import LoadedPack

DEFAULT_LIMIT = 2_000
"""So many open families are looked into, the enrolled first; the others are counted and stay in changes/."""

_BATCH = 500
_JOINED = "；"


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
    if chosen:
        sql.take("unsettled", told)
    else:
        sql.build("unsettled", families.nothing_unsettled_sql())
    sql.write("select * from unsettled order by household_id", target)
    return len(chosen)
