"""The same rules by hand: the statements of `daye_by_hand.sql`, with the pack's values on the day put in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from doudi.hub.engines.engine import Engine
from doudi.policy import api
from doudi.policy.terms.exact import add_months

SCRIPT = Path(__file__).with_name("daye_by_hand.sql")
RESULTS = {"household": "h", "person": "p"}
_LAST_READ = {"p2": ("p1", "able"), "p": ("p2",)}
_STATEMENT = re.compile(r"^-- table: (\w+)\n(.*?);$", re.DOTALL | re.MULTILINE)


def statements(pack: api.LoadedPack, day: date) -> list[tuple[str, str]]:
    """Return the tables to make, in order, with their SELECTs."""
    return [(name, _filled(select, pack, day)) for name, select in _STATEMENT.findall(SCRIPT.read_text(encoding="utf-8"))]


def build(engine: Engine, made: list[tuple[str, str]]) -> None:
    """Make the tables, dropping each after its last reader. The inputs must have been named before."""
    for name, select in made:
        engine.build(name, select)
        engine.drop(*_LAST_READ.get(name, ()))


def _filled(select: str, pack: api.LoadedPack, day: date) -> str:
    times = {"day": day.isoformat(), "day.number": f"{day:%Y%m%d}", "year_before": add_months(day, -12).isoformat()}
    resolved = pack.on(day)

    def put(found: re.Match[str]) -> str:
        if found.group(1) in times:
            return times[found.group(1)]
        name, _, choice = found.group(1).partition(".")
        table = resolved.value(name)
        return str(table[choice] if isinstance(table, dict) else table)

    return re.sub(r"\{([\w.]+)\}", put, select)
