"""Households and who belongs to them: elders alone, couples, three generations, left-behind children and the rest.

Everything is drawn by household type at once: a type is a row of slots, a slot is a person with a relation to the head
and an age, either of its own or counted from the head's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doudi.demo.chance import Chance
from doudi.demo.shape import Array, Columns, entities

OLD = 60


@dataclass(frozen=True)
class Slot:
    """A person of a household type: ages are drawn evenly between two limits, which may be counted from the head's age."""

    relation: str
    low: float
    high: float
    from_head: bool = False
    chance: float = 1.0
    part: str = ""


@dataclass(frozen=True)
class Kind:
    """A household type, its share among 1,000 households, and its slots (the head first)."""

    name: str
    share: float
    slots: tuple[Slot, ...]


def _head(low: float, high: float) -> Slot:
    return Slot("head", low, high)


def _spouse(chance: float = 1.0) -> Slot:
    return Slot("spouse", -5, 4, from_head=True, chance=chance)


def _child(older_by: tuple[float, float] = (-34, -22), chance: float = 1.0, part: str = "") -> Slot:
    return Slot("child", *older_by, from_head=True, chance=chance, part=part)


KINDS = (
    Kind("elder_alone", 110, (_head(60, 93),)),
    Kind("elder_couple", 140, (_head(61, 88), _spouse())),
    Kind("adult_alone", 100, (_head(20, 59.9),)),
    Kind("couple", 100, (_head(24, 59), _spouse())),
    Kind("couple_one_child", 150, (_head(24, 50), _spouse(), _child())),
    Kind("couple_children", 105, (_head(27, 48), _spouse(), _child((-32, -24)), _child((-34, -27)),
                                  _child((-36, -28), 0.25))),
    Kind("one_parent", 45, (_head(24, 50), _child(), _child((-34, -26), 0.35))),
    Kind("three_generations", 100, (_head(30, 54), _spouse(0.95), _child((-33, -23)), _child((-34, -26), 0.45),
                                    Slot("parent", 22, 32, from_head=True), Slot("parent", 22, 30, from_head=True, chance=0.5))),
    Kind("left_behind", 60, (_head(52, 72), _spouse(0.85), _child((-28, -22), 1.0, "away"),
                             Slot("child_in_law", -29, -22, from_head=True, chance=0.8, part="away"),
                             Slot("grandchild", -58, -48, from_head=True),
                             Slot("grandchild", -60, -50, from_head=True, chance=0.4))),
    Kind("adult_student", 45, (_head(42, 54), _spouse(0.9), Slot("child", 18.1, 22.9, part="student"))),
    Kind("dependent_child", 22, (_head(55, 80), _spouse(0.5), _child((-32, -22), 1.0, "disabled"))),
    Kind("grandchild_only", 8, (_head(58, 78), Slot("grandchild", 3, 17))),
    Kind("siblings", 13, (_head(25, 70), Slot("sibling", -8, 8, from_head=True))),
    Kind("minor_alone", 2, (_head(6, 17),)),
)  # fmt: skip
PARTS = ("", "away", "student", "disabled")


def mean_size() -> float:
    """Return the expected number of people in a household."""
    people = sum(kind.share * sum(slot.chance for slot in kind.slots) for kind in KINDS)
    return people / sum(kind.share for kind in KINDS)


def draw_families(chance: Chance, households: int) -> tuple[Array, Columns]:
    """Return the type of each household, and the people of all of them in order of household and slot.

    The columns are `home` (position of the household), `relation`, `sex`, `birth`, `age` (with a fraction) and `part`.
    """
    kinds = chance.pick({n: kind.share for n, kind in enumerate(KINDS)}, households)
    pieces: list[Columns] = []
    for number, kind in enumerate(KINDS):
        homes = np.flatnonzero(kinds == number)
        pieces += _slots(chance, kind, homes)
    people = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    order = np.lexsort((people.pop("slot"), people["home"]))
    people = {name: column[order] for name, column in people.items()}
    people["birth"] = chance.birth(people["age"])
    return kinds, people


def _slots(chance: Chance, kind: Kind, homes: Array) -> list[Columns]:
    """Return the people of one household type, one piece a slot."""
    head_age = chance.draw.uniform(kind.slots[0].low, kind.slots[0].high, len(homes))
    head_male = chance.happens(0.62, len(homes))
    pieces = []
    for place, slot in enumerate(kind.slots):
        there = chance.happens(slot.chance, len(homes)) if slot.chance < 1 else np.ones(len(homes), bool)
        age = _ages(chance, slot, head_age)
        male = _sexes(chance, slot, place, head_male)
        pieces.append(_piece(slot, place, homes[there], age[there], male[there]))
    return pieces


def _ages(chance: Chance, slot: Slot, head_age: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if slot.relation == "head":
        return head_age
    drawn = chance.draw.uniform(slot.low, slot.high, len(head_age))
    age = head_age + drawn if slot.from_head else drawn
    # A child that would not be born yet is a small child.
    youngest = 20.0 if slot.relation in ("spouse", "parent", "child_in_law") else 0.02
    return np.where(age < youngest, youngest + chance.draw.random(len(age)) * 3, age)


def _sexes(chance: Chance, slot: Slot, place: int, head_male: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    if place == 0:
        return head_male
    if slot.relation == "spouse":
        return ~head_male
    if slot.relation == "child_in_law":
        return np.zeros(len(head_male), bool)
    return chance.happens(0.515, len(head_male))


def _piece(slot: Slot, place: int, homes: Array, age: Array, male: Array) -> Columns:
    person = entities()["person"]
    relation = person.fact("relation").code(slot.relation)
    sex = person.fact("sex")
    return {
        "home": homes.astype(np.int64),
        "slot": np.full(len(homes), place, np.int8),
        "relation": np.full(len(homes), relation, np.int8),
        "part": np.full(len(homes), PARTS.index(slot.part), np.int8),
        "sex": np.where(male, sex.code("male"), sex.code("female")).astype(np.int8),
        "age": age,
    }
