"""One way to evaluate the rules, in a process of its own, so that its peak memory is its own. Prints JSON.

Usage: _measured.py compiled|parts|by_hand|openfisca FACTS OUT
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import _by_hand

from doudi import home
from doudi.hub.engines import plan as plans
from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import evaluate_parts
from doudi.policy import api

PACK = "hubei/daye"
DAY = date(2025, 10, 31)
ENTITIES = ("household", "person", "supporter", "income", "expense", "asset")


def main(way: str, facts: str, out: str) -> None:
    """Evaluate in one way, from Parquet to Parquet, and print seconds and peak memory."""
    pack = api.load_pack(home.policies(), PACK)
    run = prepared(way, pack)
    started, used = time.perf_counter(), time.process_time()
    run(Path(facts), Path(out))
    told = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - used}
    print(json.dumps(told | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def prepared(way: str, pack: api.LoadedPack) -> Callable[[Path, Path], None]:
    """Return what is measured; compiling the pack and importing libraries are not."""
    if way == "openfisca":
        import _openfisca

        rules = _openfisca.system(pack, DAY)
        return lambda facts, out: _openfisca.evaluate(rules, facts, out)
    if way == "by_hand":
        made = _by_hand.statements(pack, DAY)
        return lambda facts, out: on_duckdb(facts, out, lambda engine: _by_hand.build(engine, made), _by_hand.RESULTS)
    plan = api.sql_plan(pack, day=DAY)
    if way == "parts":
        return lambda facts, out: in_parts(plan, facts, out)
    return lambda facts, out: on_duckdb(facts, out, lambda engine: plans.build_stages(engine, plan), plan.results)


def on_duckdb(facts: Path, out: Path, build: Callable[[DuckDBEngine], None], results: dict[str, str]) -> None:
    """Name the inputs, build the tables, write the two results."""
    with TemporaryDirectory(dir=out.parent) as scratch:
        engine = DuckDBEngine(scratch=Path(scratch))
        for entity in ENTITIES:
            engine.read(entity, sorted((facts / entity).glob("*.parquet")))
        build(engine)
        for entity, table in results.items():
            engine.write(f"select * from {table}", out / f"{entity}.parquet")
        engine.close()


def in_parts(plan: api.Plan, facts: Path, out: Path) -> None:
    """Evaluate area by area as a county run does: with its checks, digests and manifests."""
    with TemporaryDirectory(dir=out.parent) as scratch:
        engine = DuckDBEngine(scratch=Path(scratch))
        evaluate_parts.evaluate(engine, plan, facts, out)
        engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
