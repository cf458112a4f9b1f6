"""Made-up families for one family at a time: any pack, repeatable, with unknown facts and records now and then."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from doudi.policy.pack.model import Fact, Pack

UNKNOWN = (0.0, 0.0, 0.0, 0.02)


def families(pack: Pack, day: date, count: int, chance: random.Random) -> list[dict[str, Any]]:
    """Return family files. Three in four know everything, as after a survey."""
    return [_family(pack, day, number, chance) for number in range(count)]


def _family(pack: Pack, day: date, number: int, chance: random.Random) -> dict[str, Any]:
    unknown = chance.choice(UNKNOWN)
    household = {"id": f"h{number}", **_body(pack, "household", day, unknown, chance)}
    size = chance.choice((1, 2, 3, 3, 4, 5))
    persons = [{"id": f"p{place}", **_body(pack, "person", day, unknown, chance)} for place in range(1, size + 1)]
    for place, person in enumerate(persons):
        person["relation"] = "head" if place == 0 else chance.choice(("spouse", "child", "child", "parent"))
    return {"household": household, "persons": persons}


def _body(pack: Pack, entity: str, day: date, unknown: float, chance: random.Random) -> dict[str, Any]:
    body = {name: _value(fact, day, chance) for (owner, name), fact in pack.facts.items()
            if owner == entity and not (fact.optional and chance.random() < unknown)}
    for child in pack.entities.values():
        if child.parent == entity and child.name != "person" and chance.random() >= unknown:
            body[child.collection] = [_body(pack, child.name, day, unknown, chance) for _ in range(chance.choice((0, 1, 1, 2)))]
    return body


def _value(fact: Fact, day: date, chance: random.Random) -> Any:
    kind = fact.type.kind
    if kind == "bool":
        return chance.random() < 0.2
    if kind == "text":
        options = list(fact.choices) or ["420281101000"]
        return options[0] if chance.random() < 0.5 else chance.choice(options)
    if kind == "date":
        return (day - timedelta(days=chance.randrange(0, 365 * 85 if fact.name == "birth" else 700))).isoformat()
    if kind == "money":
        return chance.choice((0, 71_100, 853_200)) if chance.random() < 0.2 else chance.randrange(0, 900_000)
    return chance.randrange(0, 6)
