"""What people own, and who outside the household owes them support."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from doudi.demo.chance import Bools, Chance
from doudi.demo.families import KINDS, OLD
from doudi.demo.lives import is_relation
from doudi.demo.money import Rows
from doudi.demo.shape import Array, Columns, entities

Floats = npt.NDArray[np.float64]

NO_CHILDREN_SHARE = 0.1


def draw_assets(chance: Chance, people: Columns, urban: Bools, means: Floats) -> Columns:
    """Return what the people own."""
    rows, size = Rows("asset", chance, []), len(urban)
    alive = people["deceased"] == 0
    head = is_relation(people, "head") & alive
    adult = alive & (people["age"] >= 18)
    rows.add("deposit", head & chance.happens(0.62, size), chance.yuan(11_000 * means, 1.1, size), ago=(1, 900))
    rows.add("homestead", head & ~urban & chance.happens(0.9, size), chance.yuan(60_000, 0.6, size), ago=(1000, 12000))
    owner = head & chance.happens(np.where(urban, 0.78, 0.06) * np.minimum(1.2, 0.6 + means / 3), size)
    rows.add("dwelling", owner, chance.yuan(320_000, 0.5, size), ago=(200, 9000))
    rows.add("dwelling", owner & (means > 1.3) & chance.happens(0.14, size), chance.yuan(280_000, 0.5, size), ago=(20, 5000))
    drives = adult & (people["employed"] == 1) & chance.happens(np.minimum(0.6, 0.16 * means), size)
    rows.add("vehicle", drives, chance.yuan(62_000 * np.sqrt(means), 0.6, size), ago=(20, 3600))
    rows.add("motorcycle", adult & (people["age"] < 72) & chance.happens(np.where(urban, 0.05, 0.17), size),
             chance.yuan(4_500, 0.4, size), ago=(20, 3600))  # fmt: skip
    _rare(rows, people, head, means)
    columns = rows.columns("acquired_on", "value")
    _conditions(chance, columns)
    return columns


def _rare(rows: Rows, people: Columns, head: Bools, means: Floats) -> None:
    size, chance = len(means), rows.chance
    rows.add("non_residential", head & (means > 1.5) & chance.happens(0.05, size), chance.yuan(200_000, 0.7, size), ago=(50, 6000))
    rows.add("company", head & chance.happens(0.035, size), chance.yuan(90_000 * means, 1.0, size), ago=(50, 4000))
    rows.add("security", head & (means > 1) & chance.happens(0.05, size), chance.yuan(20_000 * means, 1.0, size), ago=(1, 900))
    rows.add("insurance", head & chance.happens(0.06, size), chance.yuan(12_000, 0.9, size), ago=(100, 3000))
    rows.add("claim", head & chance.happens(0.006, size), chance.yuan(15_000, 0.9, size), ago=(50, 1500))
    rows.add("machinery", head & chance.happens(0.012, size), chance.yuan(45_000, 0.6, size), ago=(50, 3000))
    disabled = (people["disability_level"] > 0) & (people["deceased"] == 0)
    rows.add("disabled_vehicle", disabled & chance.happens(0.05, size), chance.yuan(3_500, 0.4, size), ago=(20, 2500))
    rows.add("other", head & chance.happens(0.01, size), chance.yuan(5_000, 0.9, size), ago=(20, 2500))


def _conditions(chance: Chance, assets: Columns) -> None:
    fact, size = entities()["asset"].fact("use"), len(assets["kind"])
    kind = entities()["asset"].fact("kind")
    assets["mortgaged"] = (np.isin(assets["kind"], [kind.code("dwelling"), kind.code("vehicle")]) & chance.happens(0.22, size)).astype(
        np.int8
    )
    weights = (("ordinary", 86), ("livelihood", 8), ("medical", 3), ("business", 3))
    assets["use"] = chance.pick({fact.code(name): weight for name, weight in weights}, size)
    company = assets["kind"] == kind.code("company")
    assets["active"] = np.where(company, chance.happens(0.7, size), -1).astype(np.int8)


def draw_supporters(chance: Chance, people: Columns, kinds: Array, means: Floats) -> Columns:
    """Return the statutory supporters outside the household: children of the old, parents of the young."""
    size = len(people["age"])
    alive = people["deceased"] == 0
    at_home = np.isin(kinds, [n for n, kind in enumerate(KINDS) if kind.name in ("three_generations", "left_behind")])
    old = alive & (people["age"] >= OLD) & is_relation(people, "head", "spouse", "parent")
    count = np.where(old, chance.draw.integers(1, 4, size), 0)
    count = np.where(old & at_home[people["home"]], count - 1, count)
    childless = chance.happens(NO_CHILDREN_SHARE, int(kinds.shape[0]))[people["home"]]
    count = np.where(childless, 0, count)
    minor = alive & (people["age"] < 18) & is_relation(people, "grandchild", "head") & ~at_home[people["home"]]
    count = np.where(minor & chance.happens(0.7, size), 1, count)
    owner = np.repeat(np.arange(size), count)
    return {"owner": owner, **_supporters(chance, people, owner, minor[owner], means[owner])}


def _supporters(chance: Chance, people: Columns, owner: Array, is_parent: Bools, means: Floats) -> Columns:
    fact, size = entities()["supporter"], len(owner)
    relation = fact.fact("relation")
    age = people["age"][owner] + np.where(is_parent, 1, -1) * chance.draw.uniform(21, 33, size)
    kinds, levels = fact.fact("disability_type"), fact.fact("disability_level")
    disabled = chance.happens(0.03, size)
    agreed = chance.happens(0.25, size)
    return {
        "relation": np.where(is_parent, relation.code("parent"), relation.code("child")).astype(np.int8),
        "birth": chance.birth(np.maximum(age, 18.0)),
        "in_tekun": chance.happens(0.002, size).astype(np.int8),
        "in_dibao": chance.happens(0.03, size).astype(np.int8),
        "disability_type": np.where(disabled, kinds.code("physical"), kinds.code("none")).astype(np.int8),
        "disability_level": np.where(disabled, chance.draw.integers(1, 5, size), levels.code("none")).astype(np.int8),
        "income_per_head": chance.yuan(2_050 * np.sqrt(means), 0.65, size),
        "property_within_limits": chance.happens(0.35, size).astype(np.int8),
        "no_civil_capacity": chance.happens(0.006, size).astype(np.int8),
        "pays_support": chance.happens(np.where(is_parent, 0.3, 0.55), size).astype(np.int8),
        "agreed_support": np.where(agreed, chance.yuan(210, 0.5, size), 0),
        "old_weak_hardship": ((age >= OLD) & chance.happens(0.2, size)).astype(np.int8),
    }
