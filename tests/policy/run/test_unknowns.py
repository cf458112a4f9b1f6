"""What would settle an open answer: enough whatever it turns out to be, nothing too much, and the quickest way really a way."""

from __future__ import annotations

import copy
import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.policy.run.answer import Answer
from doudi.policy.terms.kinds import INT_LIMIT, MONEY_LIMIT

FACTS = {"household": {"housing_safe": "bool"}, "person": {"lives_together": "bool", "severe_illness": "bool", "level": ("none", "1", "2")},
         "income": {"amount": "money", "received_on": "date"}}
AMOUNTS = (0, 1, 500_000, 839_999, 840_000, 840_001, 1_000_000, 1_260_000, 1_260_001, -5, MONEY_LIMIT, -MONEY_LIMIT)


def any_value(kind: Any, chance: random.Random) -> Any:
    if isinstance(kind, tuple):
        return chance.choice(kind)
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "date":
        return (date(2025, 10, 31) + timedelta(days=chance.choice((0, 1, -300, -364, -365, -366, -5000)))).isoformat()
    return chance.choice(AMOUNTS) if kind == "money" else chance.choice((0, 1, 6, INT_LIMIT))


def body(entity: str, chance: random.Random, unknown: float) -> dict[str, Any]:
    return {name: None if chance.random() < unknown else any_value(kind, chance) for name, kind in FACTS[entity].items()}


def income(chance: random.Random, unknown: float) -> dict[str, Any]:
    return {"kind": "wage", **body("income", chance, unknown)}


def random_family(chance: random.Random) -> dict[str, Any]:
    unknown = chance.choice((0.1, 0.3, 0.6))
    people = []
    for number in range(chance.choice((1, 1, 2, 3))):
        incomes = None if chance.random() < unknown / 2 else [income(chance, unknown) for _ in range(chance.choice((0, 1, 2)))]
        people.append({"id": f"p{number + 1}", "birth": "1980-01-01", "incomes": incomes, **body("person", chance, unknown)})
    return {"household": {"area_kind": "rural", **body("household", chance, unknown)}, "persons": people}


def filled(family: dict[str, Any], paths: list[str], chance: random.Random) -> dict[str, Any]:
    """Give the facts at some paths any allowed values; a list gets any rows, all known."""
    found = copy.deepcopy(family)
    people = {person["id"]: person for person in found["persons"]}
    for path in paths:
        owner, *rest = path.replace("[", ".").replace("]", "").split(".")
        target: Any = found["household"] if owner == "household" else people[owner]
        for part in rest[:-1]:
            target = target[int(part)] if part.isdigit() else target[part]
        if rest[-1] == "incomes":
            target["incomes"] = [income(chance, 0) for _ in range(chance.choice((0, 1, 2)))]
        else:
            kind = next(facts[rest[-1]] for facts in FACTS.values() if rest[-1] in facts)
            target[rest[-1]] = any_value(kind, chance)
    return found


def is_open(answer: Answer) -> bool:
    return any(item.category == "undetermined" for item in (answer.household, *answer.persons.values()))


class TestSettling:
    @settings(max_examples=60)
    @given(st.integers(0, 10**9))
    def test_knowing_all_that_settles_settles_whatever_it_is(self, toy_folder, seed: int) -> None:
        toy, chance = reader_of(toy_folder), random.Random(seed)
        family = random_family(chance)
        answer = toy(family)
        paths = [item.path for item in answer.unsettled.settles]
        assert bool(paths) is is_open(answer)
        for _ in range(12):
            again = filled(family, paths, chance)
            assert not is_open(toy(again)), (paths, again)

    @settings(max_examples=40)
    @given(st.integers(0, 10**9))
    def test_the_quickest_can_settle(self, toy_folder, seed: int) -> None:
        toy, chance = reader_of(toy_folder), random.Random(seed)
        family = random_family(chance)
        paths = [item.path for item in toy(family).unsettled.quickest]
        tries = (filled(family, paths, chance) for _ in range(3000))
        assert not paths or any(not is_open(toy(again)) for again in tries), paths


_programs: dict[Any, Any] = {}


def reader_of(folder: Any) -> Any:
    """Return a function that answers a family of the base pack; the pack is loaded once."""
    from doudi.policy import api

    pack = _programs.setdefault(folder, api.load_pack(folder, "toy"))
    return lambda family: api.evaluate(pack, family, day=date(2025, 10, 31))


def settles(answer: Answer) -> list[str]:
    return [item.path for item in answer.unsettled.settles]


WAGE = {"kind": "wage", "amount": 900_000, "received_on": "2025-05-01"}


class TestWhatIsNamed:
    def test_nothing_when_all_is_settled(self, toy) -> None:
        assert toy.answer(toy.family({}, housing_safe=None)).unsettled.settles == ()

    def test_the_fact_with_its_path_and_words(self, toy) -> None:
        answer = toy.answer(toy.family({"incomes": [WAGE, {**WAGE, "amount": None}], "name": "甲一"}, housing_safe=True))
        assert [(item.path, item.words) for item in answer.unsettled.settles] == [("p1.incomes[1].amount", "甲一的收入：金额")]

    def test_a_list_never_asked_for(self, toy) -> None:
        answer = toy.answer(toy.family({"incomes": None}))
        assert [(item.path, item.words) for item in answer.unsettled.settles] == [("p1.incomes", "p1：收入（尚未查询）")]

    def test_both_an_amount_and_what_matters_only_in_between(self, toy) -> None:
        """Income alone settles when it is very low or very high, but between the lines the housing decides."""
        answer = toy.answer(toy.family({"incomes": [{**WAGE, "amount": None}]}, housing_safe=None))
        assert sorted(settles(answer)) == ["household.housing_safe", "p1.incomes[0].amount"]

    def test_a_fact_that_cannot_matter_is_left_out(self, toy) -> None:
        assert settles(toy.answer(toy.family({"incomes": [WAGE], "level": None}, housing_safe=None))) == ["household.housing_safe"]

    def test_the_date_that_a_latest_record_lacks(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: member_count >= 1 and below_standard, clause: D-1}",
                            "formula: \"any_of(members, paid)\", clause: D-1}\n  - {name: paid, entity: person, label: 付, kind: bool, "
                            "clause: D-1,\n     formula: \"latest_of(incomes, kind, true, unknown) = 'wage'\"}")
        answer = toy.answer(toy.family({"incomes": [WAGE, {"kind": "gift", "amount": 0, "received_on": None}]}), files)
        assert "p1.incomes[1].received_on" in settles(answer)

    def test_the_quickest_is_the_shortest(self, toy) -> None:
        answer = toy.answer(toy.family({"incomes": [{**WAGE, "amount": None}]}, housing_safe=None))
        assert [item.path for item in answer.unsettled.quickest] in (["p1.incomes[0].amount"], ["household.housing_safe"])

    @pytest.mark.parametrize("person", [{"lives_together": None}, {"severe_illness": None}, {"incomes": None}])
    def test_asking_does_not_change_the_answer(self, toy, person: dict[str, Any]) -> None:
        answer = toy.answer(toy.family(person))
        before = answer.household
        assert answer.unsettled.settles
        again = Answer(answer.program, answer.row)
        assert (again.household.category, again.household.possible) == (before.category, before.possible)
