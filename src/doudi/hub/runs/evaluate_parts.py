"""Run a compiled plan over fact tables, part by part: bounded memory, and a run that died goes on where it stopped.

Each part leaves its results and, last of all, a small manifest with the digests of what went in. A part whose manifest
says the same digests is not computed again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet

from doudi.hub.engines import plan as plans
from doudi.hub.engines.engine import Engine
from doudi.hub.engines.plan import InputTable, Plan
from doudi.hub.runs import parts
from doudi.hub.runs.parts import Part
from doudi.hub.steps import inputs
from doudi.hub.steps.inputs import Column
from doudi.refusal import Refusal

RESULTS = {"household": "households", "person": "persons"}
_ARROW_TYPES = {"bool": "BOOLEAN", "int64": "BIGINT", "string": "VARCHAR", "large_string": "VARCHAR", "date32[day]": "DATE"}


class FactsIncomplete(Refusal):
    """A fact table lacks what the pack must have, or holds rows that belong to nobody."""


class RowsLost(Refusal):
    """A result does not hold every household and person exactly once."""


@dataclass(frozen=True)
class PartDone:
    """One part that was computed: what went in, and how many rows came out of each result."""

    part: str
    facts: str
    plan: str
    rows: dict[str, int]


Progress = Callable[[PartDone, bool], None]
"""Told after each part: what was done, and whether it had been done before."""


def evaluate(engine: Engine, plan: Plan, facts: Path, out: Path, *, progress: Progress | None = None) -> list[PartDone]:
    """Evaluate a plan over every part of a fact folder, and return what was done.

    Results are `out/households/<part>.parquet` and `out/persons/<part>.parquet`; manifests are in `out/parts/`. This
    will refuse facts that lack a required column or hold orphans, and results that lost or doubled a row.
    """
    told = plans.digest(plan, engine=engine.name)
    done = []
    for part in parts.parts(facts):
        fresh = parts.digest(part)
        before = _before(out, part, fresh, told)
        now = before or _evaluate_part(engine, plan, part, out, fresh=fresh, told=told)
        done.append(now)
        if progress:
            progress(now, before is not None)
    _forget_others(out, {one.part for one in done})
    return done


def manifest(out: Path, part: str) -> Path:
    """Return where the manifest of a part lies."""
    return out / "parts" / f"{part}.json"


def _before(out: Path, part: Part, facts: str, plan: str) -> PartDone | None:
    file = manifest(out, part.name)
    if not file.is_file():
        return None
    found = PartDone(**json.loads(file.read_text(encoding="utf-8")))
    whole = all((out / RESULTS[entity] / f"{part.name}.parquet").is_file() for entity in found.rows)
    return found if whole and (found.facts, found.plan) == (facts, plan) else None


def _evaluate_part(engine: Engine, plan: Plan, part: Part, out: Path, *, fresh: str, told: str) -> PartDone:
    try:
        name_inputs(engine, plan, part.files)
        expected = _check_inputs(engine, plan, part)
        plans.build_stages(engine, plan)
        rows = {}
        for entity, table in sorted(plan.results.items()):
            target = out / RESULTS[entity] / f"{part.name}.parquet"
            rows[entity] = engine.write(_result_sql(plan, entity, table), target)
            _refuse_lost(part, entity, rows[entity], expected[entity])
    finally:
        plans.drop_all(engine, plan)
    done = PartDone(part.name, fresh, told, rows)
    _write_manifest(manifest(out, part.name), done)
    return done


def _result_sql(plan: Plan, entity: str, table: str) -> str:
    owner, key = plan.inputs[entity].parent_key, plan.inputs[entity].key
    columns = [*([owner] if owner else []), key, *[one.name for one in plan.outputs[entity]]]
    return f"select {', '.join(dict.fromkeys(columns))} from {table} order by {key}"


def name_inputs(engine: Engine, plan: Plan, files: Mapping[str, Path]) -> None:
    """Give the files of one part the table names that a plan reads, with its columns and kinds."""
    types = plans.SPARK_TYPES if engine.name == "spark" else plans.SQL_TYPES
    for entity, table in plan.inputs.items():
        file = files.get(entity)
        columns = _columns(table, file, types)
        if file is None:
            engine.define(entity, inputs.empty_sql(columns))
        else:
            engine.read(f"{entity}_file", [file])
            engine.define(entity, inputs.input_sql(f"{entity}_file", columns))


def _columns(table: InputTable, file: Path | None, types: Mapping[str, str]) -> list[Column]:
    found = _found(file, types) if file else {}
    # Keys are only compared with each other: they stay as they were written, numbers or texts.
    keys = [Column(key, found.get(key, types["text"]), found.get(key)) for key in (table.parent_key, table.key) if key]
    facts = [Column(one.name, types[one.kind], found.get(one.name)) for one in table.columns]
    required = [column.name for column in keys] + [one.name for one in table.columns if not one.optional]
    lacking = [name for name in required if file and name not in found]
    if lacking:
        raise FactsIncomplete(
            f"事实表 {table.entity} 缺少必填列 {lacking[0]}。(The fact table {table.entity} lacks the required {lacking[0]}.)",
            where=str(file),
            to_do="Make the fact tables anew with this version of doudi.",
        )
    return keys + facts + [Column(flag, types["bool"], found.get(flag), absent="false") for flag in table.asked]


def _found(file: Path, types: Mapping[str, str]) -> dict[str, str]:
    names = {"VARCHAR": types["text"]}
    return {field.name: names.get(kind, kind) for field in parquet.read_schema(file) for kind in [_sql_type(field.type)]}


def _sql_type(kind: arrow.DataType) -> str:
    held = kind.value_type if arrow.types.is_dictionary(kind) else kind
    return _ARROW_TYPES.get(str(held), str(held))


def _check_inputs(engine: Engine, plan: Plan, part: Part) -> dict[str, int]:
    """Return how many rows each result must have. This will refuse repeats, orphans and required facts that are NULL."""
    expected = {}
    for entity, table in plan.inputs.items():
        if entity not in part.files:
            continue
        required = [one.name for one in table.columns if not one.optional]
        required.insert(0, table.key)
        counts = engine.rows(inputs.missing_sql(entity, required))[0]
        missing = [name for name, count in zip(required, counts[1:], strict=True) if count]
        if missing:
            _refuse_part(part, entity, f"{missing[0]} 有空值 ({missing[0]} is missing in some rows)")
        if entity in RESULTS:
            expected[entity] = int(str(counts[0]))
            if engine.rows(inputs.repeats_sql(entity, table.key))[0][0]:
                _refuse_part(part, entity, f"{table.key} 重复 ({table.key} repeats)")
        parent = _parent(plan, table)
        if parent and engine.rows(inputs.orphans_sql(entity, parent, table.parent_key))[0][0]:
            _refuse_part(part, entity, f"有的行在 {parent} 中找不到归属 (some rows belong to no {parent})")
    return expected


def _parent(plan: Plan, table: InputTable) -> str | None:
    if not table.parent_key:
        return None
    return next((name for name, one in plan.inputs.items() if one.key == table.parent_key and one is not table), None)


def _refuse_part(part: Part, entity: str, what: str) -> None:
    raise FactsIncomplete(
        f"事实表不完整：{entity} 的 {what}。",
        where=str(part.files[entity]),
        to_do="Correct or make the fact tables anew; nothing of this part was kept.",
    )


def _refuse_lost(part: Part, entity: str, rows: int, expected: int) -> None:
    if rows != expected:
        raise RowsLost(
            f"结果行数不符：{entity} 应有 {expected} 行，得到 {rows} 行。(The result for {entity} has {rows} rows, not {expected}.)",
            where=f"part {part.name}",
            to_do="This is a fault of the pack's compiled form; report it with the pack's name and the day.",
        )


def _write_manifest(file: Path, done: PartDone) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".half")
    half.write_text(json.dumps(asdict(done), ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    half.replace(file)


def _forget_others(out: Path, names: set[str]) -> None:
    # A folder of facts with fewer parts than last time must not leave old people in the result.
    for folder, suffix in [("households", ".parquet"), ("persons", ".parquet"), ("parts", ".json")]:
        for file in (out / folder).glob(f"*{suffix}"):
            if file.stem not in names:
                file.unlink()
