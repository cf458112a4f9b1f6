"""Which rule, value, step or alert serves each clause of a pack."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from doudi.policy.pack.check import grounds
from doudi.policy.pack.model import Clause, Pack


@dataclass(frozen=True)
class Served:
    """A clause and what serves it, as (sort, name, place)."""

    clause: Clause
    by: tuple[tuple[str, str, str], ...]


def coverage(pack: Pack, *, own: bool = True) -> list[Served]:
    """Return the clauses of a pack in order, with what serves them; `own` leaves out those of the packs it extends."""
    serving: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for sort, name, ground, where, _ in grounds(pack):
        for clause in ground.clauses:
            entry = (sort, name, str(where))
            if entry not in serving[clause]:
                serving[clause].append(entry)
    return [Served(clause, tuple(serving[clause.id])) for clause in pack.clauses.values() if not own or clause.pack == pack.name]
