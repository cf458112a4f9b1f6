"""What befalls people: school, work, marriage, illness, disability, service, prison, death."""

from __future__ import annotations

import numpy as np

from doudi.demo.chance import Bools, Chance
from doudi.demo.families import OLD, PARTS
from doudi.demo.shape import Array, Columns, Fact, entities

_STAGES = (
    (3, 6, "preschool", 0.9),
    (6, 15, "compulsory", 0.992),
    (15, 18, "high_school", 0.55),
    (18, 22, "bachelor", 0.22),
)
_STUDENT_STAGES = ("college", "bachelor", "postgraduate")


def draw_lives(chance: Chance, people: Columns, urban: Bools) -> None:
    """Add to the people what befalls them. `urban` says where each person lives. This will change `people`."""
    _bodies(chance, people)
    _school(chance, people)
    _work(chance, people, urban)
    _marriage(people)
    _absence(chance, people)
    _household_ties(chance, people)
    _care(chance, people)


def is_relation(people: Columns, *relations: str) -> Bools:
    """Return who has one of these relations to the head."""
    fact = _fact("relation")
    return np.isin(people["relation"], [fact.code(relation) for relation in relations])


def is_part(people: Columns, part: str) -> Bools:
    """Return who plays this part in their household type."""
    return np.asarray(people["part"] == PARTS.index(part))


def _fact(name: str) -> Fact:
    return entities()["person"].fact(name)


def _flags(condition: Array) -> Array:
    return condition.astype(np.int8)


def _bodies(chance: Chance, people: Columns) -> None:
    age, size = people["age"], len(people["age"])
    kinds, levels = _fact("disability_type"), _fact("disability_level")
    disabled = chance.happens(np.where(age >= OLD, 0.085, 0.022), size) | is_part(people, "disabled")
    drawn_kind = chance.pick(
        {kinds.code(k): w for k, w in (("vision", 13), ("hearing", 18), ("speech", 2), ("physical", 47),
                                       ("intellectual", 9), ("mental", 8), ("multiple", 3))}, size)  # fmt: skip
    drawn_level = chance.pick({levels.code(k): w for k, w in (("1", 12), ("2", 30), ("3", 26), ("4", 32))}, size)
    severe_part = is_part(people, "disabled") & chance.happens(0.75, size)
    drawn_level = np.where(severe_part & (drawn_level > levels.code("2")), levels.code("2"), drawn_level)
    people["disability_type"] = np.where(disabled, drawn_kind, kinds.code("none")).astype(np.int8)
    people["disability_level"] = np.where(disabled, drawn_level, levels.code("none")).astype(np.int8)
    people["multiple_includes_listed"] = _flags(chance.happens(0.5, size))
    ill = chance.happens(np.where(age >= OLD, 0.035, 0.009), size)
    people["severe_illness"] = _flags(ill)
    since = chance.days_ago(20, 1500, size)
    people["illness_since"] = np.where(ill, np.maximum(since, people["birth"]), np.datetime64("NaT", "D"))
    people["frequent_hospital"] = _flags(chance.happens(np.where(ill, 0.4, 0.01), size))
    people["deceased"] = _flags(chance.happens(np.where(age >= 75, 0.035, np.where(age >= OLD, 0.008, 0.0008)), size))


def _school(chance: Chance, people: Columns) -> None:
    fact, age, size = _fact("schooling"), people["age"], len(people["age"])
    stage = np.full(size, fact.code("none"), np.int8)
    luck = chance.draw.random(size)
    for low, high, name, share in _STAGES:
        stage[(age >= low) & (age < high) & (luck < share)] = fact.code(name)
    vocational = (age >= 15) & (age < 18) & (luck >= 0.55) & (luck < 0.92)
    stage[vocational] = fact.code("vocational")
    adult = is_part(people, "student")
    drawn = chance.pick({fact.code(name): weight for name, weight in zip(_STUDENT_STAGES, (35, 58, 7), strict=True)}, size)
    stage[adult] = drawn[adult]
    stage[is_part(people, "disabled")] = fact.code("none")
    people["schooling"] = stage


def _work(chance: Chance, people: Columns, urban: Bools) -> None:
    labour, age, size = _fact("labour_capacity"), people["age"], len(people["age"])
    severe = np.isin(people["disability_level"], [_fact("disability_level").code(level) for level in ("1", "2")])
    capacity = np.full(size, labour.code("full"), np.int8)
    weak = ((people["severe_illness"] == 1) & chance.happens(0.7, size)) | ((age >= OLD) & (age < 70))
    capacity[weak | (people["disability_level"] > 2)] = labour.code("partial")
    none = (age < 16) | (age >= 70) | severe | ((people["severe_illness"] == 1) & chance.happens(0.3, size))
    capacity[none] = labour.code("none")
    people["labour_capacity"] = capacity
    able = (capacity != labour.code("none")) & (age < 65) & (people["schooling"] == _fact("schooling").code("none"))
    willing = chance.happens(np.where(urban, 0.87, 0.84) * np.where(capacity == labour.code("full"), 1.0, 0.5), size)
    employed = able & willing & (people["deceased"] == 0)
    people["employed"] = _flags(employed)
    away = is_part(people, "away") & (people["schooling"] == 0)
    people["away_for_work"] = _flags(employed & (away | chance.happens(np.where(urban, 0.04, 0.14), size)))
    people["newly_employed"] = _flags(employed & chance.happens(0.03, size))
    people["necessary_work_cost"] = np.where(employed & chance.happens(0.3, size), chance.yuan(180, 0.5, size), 0)
    people["cannot_live_independently"] = _flags(severe & (age >= 18) & ~employed & chance.happens(0.8, size))


def _marriage(people: Columns) -> None:
    """Mark who has a spouse: heads with a spouse row, the spouses, and children with a child-in-law row."""
    homes = int(people["home"][-1]) + 1 if len(people["home"]) else 0
    with_spouse, with_in_law = np.zeros(homes, bool), np.zeros(homes, bool)
    with_spouse[people["home"][is_relation(people, "spouse")]] = True
    with_in_law[people["home"][is_relation(people, "child_in_law")]] = True
    home = people["home"]
    married = is_relation(people, "spouse", "child_in_law")
    married |= is_relation(people, "head") & with_spouse[home]
    married |= is_relation(people, "child") & is_part(people, "away") & with_in_law[home]
    people["married"] = _flags(married)


def _absence(chance: Chance, people: Columns) -> None:
    age, size, luck = people["age"], len(people["age"]), chance.draw.random(len(people["age"]))
    grown = (age >= 18) & (age < 65) & (people["schooling"] == 0) & (people["deceased"] == 0)
    male = people["sex"] == _fact("sex").code("male")
    soldier_age = grown & male & (age < 24) & (people["disability_level"] == 0) & (people["married"] == 0)
    people["conscript"] = _flags(soldier_age & (luck < 0.03))
    people["serving_soldier"] = _flags(soldier_age & (luck >= 0.03) & (luck < 0.04))
    people["in_prison"] = _flags(grown & (people["conscript"] == 0) & (luck > 0.997))
    people["in_compulsory_detox"] = _flags(grown & (luck > 0.9962) & (luck <= 0.997))
    people["declared_missing"] = _flags(grown & (luck > 0.9959) & (luck <= 0.9962))
    people["cleric_apart_three_years"] = _flags(grown & (people["married"] == 0) & (luck > 0.995) & (luck <= 0.9959))
    gone = people["conscript"] + people["in_prison"] + people["in_compulsory_detox"] + people["declared_missing"]
    for name in ("employed", "away_for_work", "newly_employed"):
        people[name] = np.where(gone > 0, 0, people[name]).astype(np.int8)
    people["necessary_work_cost"] = np.where(people["employed"] == 1, people["necessary_work_cost"], 0)
    people["chooses_child_benefit"] = _flags((age < 18) & chance.happens(0.003, size))


def _household_ties(chance: Chance, people: Columns) -> None:
    size = len(people["age"])
    grown_child = is_relation(people, "child") & (people["age"] >= 18) & (people["schooling"] == 0)
    split = (grown_child & chance.happens(0.06, size)) | (is_relation(people, "sibling") & chance.happens(0.3, size))
    apart = (people["away_for_work"] + people["conscript"] + people["in_prison"] + people["cleric_apart_three_years"]) > 0
    people["split_off"] = _flags(split)
    people["lives_together"] = _flags(~apart & ~(split & chance.happens(0.5, size)))
    people["shares_budget"] = _flags(~split & (people["in_prison"] == 0))
    people["legal_duty"] = _flags(~is_relation(people, "child_in_law", "parent_in_law"))


def _care(chance: Chance, people: Columns) -> None:
    age, size = people["age"], len(people["age"])
    severe = (people["disability_level"] >= 1) & (people["disability_level"] <= 2)
    frail = chance.happens(np.where(severe, 0.5, np.where(age >= 80, 0.3, np.where(age >= 70, 0.08, 0.003))), size)
    frail &= age >= 6
    people["self_care_failed"] = np.where(frail, chance.draw.integers(1, 7, size), 0).astype(np.int64)
    people["in_institution"] = _flags(frail & (age >= OLD) & (people["married"] == 0) & chance.happens(0.1, size))
