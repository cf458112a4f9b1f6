"""Made-up families for any pack: random but repeatable, with the awkward values that rules trip over."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from doudi.policy.pack.model import Entity, Fact, Pack
from doudi.policy.terms.exact import add_months
from doudi.policy.terms.kinds import MONEY_LIMIT

EDGE_AMOUNTS = (0, 1, -1, 71_100, 81_500, 853_200, 978_000, 1_706_400, -500_000, MONEY_LIMIT, -MONEY_LIMIT)


class FamilyMaker:
    """Makes families of a pack. The same seed gives the same family."""

    def __init__(self, pack: Pack, day: date) -> None:
        self.day = day
        self.facts: dict[str, list[Fact]] = {name: [] for name in pack.entities}
        for (entity, _), fact in pack.facts.items():
            self.facts[entity].append(fact)
        self.children: dict[str, list[Entity]] = {name: [] for name in pack.entities}
        for item in pack.entities.values():
            if item.parent:
                self.children[item.parent].append(item)
        self.birthdays = [add_months(day, -12 * years) + timedelta(days=shift) for years in (0, 16, 18, 60, 70, 80) for shift in (-1, 0, 1)]
        self.birthdays += [date(1964, 2, 29), date(2008, 2, 29), date(2004, 2, 29), day]

    def family(self, seed: int) -> dict[str, Any]:
        """Return a family file. Seeds set how much is unknown and how big amounts are."""
        chance = random.Random(seed)
        self.plain = chance.random() < 0.35
        unknown = 0.0 if self.plain else chance.choice((0.0, 0.02, 0.1, 0.4))
        extreme = not self.plain and chance.random() < 0.1
        household = self._body("household", chance, unknown, extreme)
        household["id"] = f"h{seed}"
        count = chance.choice((0, 1, 1, 2, 2, 3, 4, 6))
        persons = [{"id": f"h{seed}p{number}", **self._body("person", chance, unknown, extreme)} for number in range(count)]
        return {"household": household, "persons": persons}

    def _body(self, entity: str, chance: random.Random, unknown: float, extreme: bool) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for fact in self.facts[entity]:
            if not (fact.optional and chance.random() < unknown):
                body[fact.name] = self._value(fact, chance, extreme)
        for child in self.children[entity]:
            if child.name != "person":
                if chance.random() >= unknown:
                    count = chance.choice((0, 0, 1, 1, 2, 3))
                    count = 0 if self.plain and child.name == "asset" else count
                    body[child.collection] = [self._body(child.name, chance, unknown, extreme) for _ in range(count)]
                elif chance.random() < 0.5:
                    body[child.collection] = [self._body(child.name, chance, unknown, extreme)]
                    body[f"{child.collection}_asked"] = False
        return body

    def _value(self, fact: Fact, chance: random.Random, extreme: bool) -> Any:
        kind = fact.type.kind
        if self.plain and kind in ("bool", "text", "money") and chance.random() < 0.93:
            return self._ordinary(fact, chance)
        if kind == "bool":
            return chance.random() < (0.15 if fact.name != "legal_duty" else 0.5)
        if kind == "text":
            options = list(fact.choices) or ["420281101000", "420281102000", "0"]
            return options[0] if chance.random() < 0.4 else chance.choice(options)
        if kind == "int":
            return chance.choice((0, 1, 2, 3, 4, 6, 12))
        if kind == "ratio":
            return chance.choice((0, 5_000, 10_000, 15_000))
        if kind == "money":
            amounts = EDGE_AMOUNTS if extreme else EDGE_AMOUNTS[:-2]
            return chance.choice(amounts) if chance.random() < 0.4 else chance.randrange(0, 2_000_000)
        return (chance.choice(self.birthdays) if fact.name == "birth" else self._recent(chance)).isoformat()

    def _ordinary(self, fact: Fact, chance: random.Random) -> Any:
        """Return what most families have: nothing special, some income, and medical bills that may exceed it."""
        if fact.type.kind == "bool":
            return fact.name.endswith(("_safe", "_secured")) or fact.name in ("legal_duty", "lives_together")
        if fact.type.kind == "money":
            return chance.randrange(0, 6_000_000)
        return "medical" if fact.entity == "expense" else chance.choice(list(fact.choices)[:2] or ["0"])

    def _recent(self, chance: random.Random) -> date:
        edges = (self.day, add_months(self.day, -12), add_months(self.day, -12) + timedelta(days=1), self.day + timedelta(days=1))
        return chance.choice(edges) if chance.random() < 0.3 else self.day - timedelta(days=chance.randrange(0, 800))
