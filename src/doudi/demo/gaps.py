"""What is not known: a share of the households with one optional fact, or one whole list, that nobody has asked for."""

from __future__ import annotations

import numpy as np

from doudi.demo.chance import Bools, Chance
from doudi.demo.population import Population
from doudi.demo.shape import Array, Columns, Entity, Fact, entities

LISTS_SHARE = 0.25
PERSON_SHARE = 0.4
RECORD_SHARE = 0.15


def leave_gaps(chance: Chance, population: Population, share: float) -> Bools:
    """Make something unknown in this share of the households and return which. This will change the population.

    Every person gets the flags that tell which lists were asked for; a list that was not loses its rows.
    """
    homes = len(population.kinds)
    gap = chance.happens(share, homes)
    choice = chance.draw.random(homes)
    lists, persons = gap & (choice < LISTS_SHARE), gap & (choice >= LISTS_SHARE) & (choice < LISTS_SHARE + PERSON_SHARE)
    records = gap & (choice >= LISTS_SHARE + PERSON_SHARE) & (choice < LISTS_SHARE + PERSON_SHARE + RECORD_SHARE)
    households = gap & ~lists & ~persons & ~records
    population.households["persons_asked"] = np.ones(homes, bool)
    _forget(chance, entities()["household"], population.households, households)
    chosen = _one_person_each(chance, population, persons | lists)
    _forget(chance, entities()["person"], population.people, chosen & persons[population.people["home"]])
    _not_asked(chance, population, chosen & lists[population.people["home"]])
    for name, columns in population.records.items():
        at = records[population.people["home"][columns["owner"]]]
        _forget(chance, entities()[name], columns, at & chance.happens(0.5, len(at)))
    return gap


def _one_person_each(chance: Chance, population: Population, homes: Bools) -> Bools:
    """Return one person of each of these households, any of them with equal chance."""
    home = population.people["home"]
    first = np.searchsorted(home, np.arange(len(population.kinds) + 1))
    size = np.diff(first)
    place = first[:-1] + np.floor(chance.draw.random(len(size)) * size).astype(np.int64)
    chosen = np.zeros(len(home), bool)
    chosen[place[homes]] = True
    return chosen


def _forget(chance: Chance, entity: Entity, columns: Columns, rows: Bools) -> None:
    """Make one optional fact unknown in each of these rows."""
    optional = [fact for fact in entity.facts if fact.optional and fact.name in columns]
    if not optional:
        return
    at = np.flatnonzero(rows)
    which = chance.draw.integers(0, len(optional), len(at))
    for number, fact in enumerate(optional):
        columns[fact.name] = _with_unknown(fact, columns[fact.name], at[which == number])


def _with_unknown(fact: Fact, column: Array, rows: Array) -> Array:
    if len(rows) == 0:
        return column
    changed = column.copy()
    changed[rows] = fact.unknown
    return changed


def _not_asked(chance: Chance, population: Population, people: Bools) -> None:
    """Leave out one list of each of these people."""
    person = entities()["person"]
    which = chance.draw.integers(0, len(person.lists), len(people))
    by_collection = {entity.collection: name for name, entity in entities().items()}
    for number, collection in enumerate(person.lists):
        asked = ~(people & (which == number))
        population.people[f"{collection}_asked"] = asked
        name = by_collection[collection]
        kept = asked[population.records[name]["owner"]]
        population.records[name] = {key: column[kept] for key, column in population.records[name].items()}
