"""The engine's fact tables of a made-up nation, straight to Parquet, one area after another.

    DIR/facts/household/990181.parquet     DIR/facts/person/990181.parquet     ... supporter, income, expense, asset

One area is one made-up county of at most `LARGEST_AREA` households, drawn, written and forgotten before the next, so
memory does not grow with the number of areas. Each file has the columns of `policies/national/rules/facts.yaml`
(optional facts may be null), `household_id`, `person_id`, `<record>_seq`, and `<collection>_asked` on the owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.demo import areas, ties
from doudi.demo.chance import Chance
from doudi.demo.families import mean_size
from doudi.demo.gaps import leave_gaps
from doudi.demo.population import Population, draw_population
from doudi.demo.shape import Array, Columns, entities, to_arrow
from doudi.refusal import Refusal

LARGEST_AREA = 200_000
UNKNOWN_SHARE = 0.03
ROW_GROUP = 250_000


class NothingToGenerate(Refusal):
    """The number of households is not positive, or the unknown share is no share."""


@dataclass(frozen=True)
class Order:
    """One area to be written: where, which, how many households, and the number of the first."""

    folder: Path
    seed: int
    number: int
    households: int
    first: int
    day: np.datetime64
    unknown_share: float


@dataclass(frozen=True)
class Written:
    """What was written for one area: its code and the rows of each table."""

    area: int
    rows: dict[str, int]


def households_for(people: int) -> int:
    """Return the number of households that hold about this many people."""
    return max(1, round(people / mean_size()))


def write_facts(
    folder: Path,
    *,
    households: int,
    seed: int = 1,
    day: np.datetime64,
    unknown_share: float = UNKNOWN_SHARE,
    largest_area: int = LARGEST_AREA,
    workers: int = 1,
) -> Iterator[Written]:
    """Write the fact tables of this many households below `folder`/facts, yielding after each area.

    The same arguments give the same files, whatever the number of workers (processes; a program that asks for more
    than one needs the usual `if __name__ == "__main__"`). An interrupted run leaves whole files only.
    """
    _refuse_nonsense(households, unknown_share, largest_area)
    sizes = [min(largest_area, households - first) for first in range(0, households, largest_area)]
    orders = [Order(folder / "facts", seed, number, size, number * largest_area, day, unknown_share) for number, size in enumerate(sizes)]
    if workers <= 1 or len(orders) == 1:
        yield from map(write_area, orders)
        return
    with ProcessPoolExecutor(min(workers, len(orders)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(write_area, orders)


def write_area(order: Order) -> Written:
    """Draw one area, write its fact tables, and forget it."""
    population = area_population(order.seed, order.number, order.households, order.day, order.unknown_share)
    return Written(population.county, _write(order.folder, population, order.first))


def _refuse_nonsense(households: int, unknown_share: float, largest_area: int) -> None:
    if households < 1 or not 0 <= unknown_share <= 1 or largest_area < 1:
        raise NothingToGenerate(
            f"造数参数不对：户数 {households}，未知比例 {unknown_share}。"
            "(Households must be positive and the unknown share within 0 and 1.)",
            to_do="Example: doudi generate build/big --people 1000000 --format parquet --unknown 0.03",
        )


def area_population(seed: int, number: int, households: int, day: np.datetime64, unknown_share: float) -> Population:
    """Return the n-th area with some families exactly on a line and some facts unknown."""
    chance = Chance.of(seed, number, day=day)
    population = draw_population(chance, areas.county_code(number), households)
    ties.put_on_the_line(chance, population)
    leave_gaps(chance, population, unknown_share)
    return population


def fact_tables(population: Population, first_household: int = 0) -> Iterator[tuple[str, pa.Table]]:
    """Yield each fact table of a population by name. Household numbers go on from `first_household`."""
    people = population.people
    household_of = people["home"] + first_household
    place = _place(people["home"])
    # A person keeps an own number: the household's, and the place in it (never more than 100 in one).
    person_id = household_of * 100 + place
    texts = {"township": [town.code for town in areas.townships(population.county)]}
    homes = {"household_id": np.arange(len(population.kinds)) + first_household}
    yield "household", to_arrow(entities()["household"], population.households | homes, texts)
    keys = {"household_id": household_of, "person_id": person_id}
    yield "person", to_arrow(entities()["person"], people | keys, {})
    for name, columns in population.records.items():
        owner = columns["owner"]
        own: Columns = {"household_id": household_of[owner], "person_id": person_id[owner], f"{name}_seq": _place(owner)}
        yield name, to_arrow(entities()[name], columns | own, {})


def _place(owners: Array) -> Array:
    """Return the place of each row among the rows of its owner, counted from 1. Owners are in order."""
    rows = np.arange(len(owners))
    starts = np.ones(len(owners), bool)
    starts[1:] = owners[1:] != owners[:-1]
    return rows - np.maximum.accumulate(np.where(starts, rows, 0)) + 1


def _write(folder: Path, population: Population, first: int) -> dict[str, int]:
    rows = {}
    for name, table in fact_tables(population, first):
        target = folder / name / f"{population.county}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".part")
        # Without the stored schema a dictionary column is read as plain text by every engine.
        pq.write_table(table, unfinished, row_group_size=ROW_GROUP, compression="snappy", store_schema=False)
        unfinished.replace(target)
        rows[name] = table.num_rows
    return rows
