"""Families exactly on a line: their counted income is the standard, or twice it, to the fen."""

from __future__ import annotations

import numpy as np

from doudi.demo.chance import Chance
from doudi.demo.lives import is_relation
from doudi.demo.population import Population
from doudi.demo.shape import Array, entities
from doudi.demo.standing import LOST, MONTHS

TIED_SHARE = 0.005


def put_on_the_line(chance: Chance, population: Population) -> Array:
    """Give some plain families exactly the income of a line, and return their positions. This changes the population.

    The missing amount comes as `other` income of the head within the last year.
    """
    now, homes = population.standing, len(population.kinds)
    multiple = np.where(chance.happens(0.5, homes), 1, 2)
    missing = now.standard * MONTHS * now.members * multiple - now.yearly
    plain = np.ones(homes, bool)
    for name in (*LOST, "split_off", "serving_soldier"):
        plain[population.people["home"][population.people[name] == 1]] = False
    drawn = chance.happens(TIED_SHARE * 4, homes) & plain & (missing > 0) & (now.yearly >= 0) & ~now.barred
    tied = np.flatnonzero(drawn)[: max(1, round(homes * TIED_SHARE))]
    heads = np.flatnonzero(is_relation(population.people, "head"))[tied]
    _add_income(chance, population, heads, missing[tied])
    return tied


def _add_income(chance: Chance, population: Population, owners: Array, amounts: Array) -> None:
    income = population.records["income"]
    kind = entities()["income"].fact("kind").code("other")
    added = {
        "owner": owners,
        "kind": np.full(len(owners), kind, np.int8),
        "amount": amounts,
        "received_on": chance.days_ago(10, 300, len(owners)),
    }
    joined = {name: np.concatenate([income[name], added[name]]) for name in income}
    order = np.argsort(joined["owner"], kind="stable")
    population.records["income"] = {name: column[order] for name, column in joined.items()}
