"""Family files: every wrong input is named with its path, what is wrong and what to do; the schema says the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from doudi.policy import api
from doudi.policy.run.cases import families
from doudi.policy.terms.errors import FactsError
from doudi.policy.terms.kinds import INT_LIMIT, MONEY_LIMIT

WAGE = {"kind": "wage", "amount": 1, "received_on": "2025-03-01"}
Change = Callable[[dict[str, Any]], Any]


def put(path: str, value: Any) -> Change:
    """Return a change that sets household.x, p.x (the first person) or i.x (its first income)."""

    def change(family: dict[str, Any]) -> None:
        owner, name = path.split(".")
        person = family["persons"][0]
        {"household": family["household"], "p": person, "i": person["incomes"][0]}[owner][name] = value

    return change


def drop(path: str) -> Change:
    def change(family: dict[str, Any]) -> None:
        owner, name = path.split(".")
        person = family["persons"][0]
        del {"household": family["household"], "p": person, "i": person["incomes"][0], "top": family}[owner][name]

    return change


def top(key: str, value: Any) -> Change:
    return lambda family: family.__setitem__(key, value)


# What is wrong, the words of the message, and whether the schema can say so too.
WRONG: list[tuple[Change, str, bool]] = [
    (put("household.area_kind", "city"), "household.area_kind：城乡 没有“city”这一项，可选：urban rural。改正（户籍地）", True),
    (put("household.area_kind", None), "household.area_kind：缺少城乡，而它必须知道。补上（户籍地）", True),
    (drop("household.area_kind"), "household.area_kind：缺少城乡，而它必须知道", True),
    (put("household.area_kind", 1), "household.area_kind：城乡 应是文字，现在是 1", True),
    (put("household.housing_saef", True), "household.housing_saef：不认识的事实 housing_saef。是不是想写 housing_safe？", True),
    (put("household.housing_safe", "是"), "household.housing_safe：住房安全 应是 true 或 false，现在是 是", True),
    (put("household.housing_safe", 1), "household.housing_safe：住房安全 应是 true 或 false，现在是 1", True),
    (put("household.rooms", 1.5), "household.rooms：房间数 应是整数，现在是 1.5", True),
    (put("household.rooms", True), "household.rooms：房间数 应是整数，现在是 True", True),
    (put("household.rooms", INT_LIMIT + 1), "household.rooms：房间数 1000001 超出系统能精确计算的范围", True),
    (put("p.birth", "1980-02-30"), "p1.birth：出生日期 1980-02-30 不是存在的日期，写成 2025-10-31 这样", False),
    (put("p.birth", "19800230"), "p1.birth：出生日期 19800230 不是存在的日期", False),
    (put("p.birth", "1980-W01-1"), "p1.birth：出生日期 1980-W01-1 不是存在的日期", False),
    (put("p.birth", "80年"), "p1.birth：出生日期 80年 不是存在的日期", False),
    (put("p.birth", 1980), "p1.birth：出生日期 应是日期，现在是 1980", True),
    (put("p.birth", "1849-12-31"), "p1.birth：出生日期 1849-12-31 不在合理的年份内", False),
    (put("p.level", "3"), "p1.level：残疾等级 没有“3”这一项", True),
    (put("p.incomes", {}), "p1.incomes：incomes 应是列表。写成 [ … ]，没有查询过就不写", True),
    (put("p.incomes", [1]), "p1.incomes[0]：每一项应是一个对象", True),
    (put("p.incomes_asked", "yes"), "p1.incomes_asked：incomes_asked 应是 true 或 false", True),
    (put("p.income", []), "p1.income：不认识的事实 income。是不是想写 incomes", True),
    (put("i.amount", "500"), "p1.incomes[0].amount：金额 应是整数分，现在是 500", True),
    (put("i.amount", 500.5), "p1.incomes[0].amount：金额 应是整数分，现在是 500.5", True),
    (put("i.amount", MONEY_LIMIT + 1), f"p1.incomes[0].amount：金额 {MONEY_LIMIT + 1} 超出系统能精确计算的范围", True),
    (put("i.amount", -MONEY_LIMIT - 1), "超出系统能精确计算的范围", True),
    (put("i.amount", 10**40), "超出系统能精确计算的范围", True),
    (drop("i.kind"), "p1.incomes[0].kind：缺少种类，而它必须知道", True),
    (put("i.unknown_key", 1), "p1.incomes[0].unknown_key：不认识的事实 unknown_key", True),
    (top("person", []), "person：不认识的键 person。是不是想写 persons？", True),
    (top("household", []), "household：缺少 household。写上家庭的事实", True),
    (drop("top.household"), "household：缺少 household。写上家庭的事实", True),
    (drop("top.persons"), "persons：缺少 persons。写上家庭成员；确实没有人就写空列表 []", True),
    (top("persons", None), "persons：缺少 persons", True),
    (top("persons", {"p1": {}}), "persons：persons 应是列表", True),
    (top("persons", ["p1"]), "persons[0]：每一项应是一个对象", True),
]


def family_of(toy) -> dict[str, Any]:
    return toy.family({"incomes": [dict(WAGE)]})


def refused(toy, family: Any) -> list[str]:
    with pytest.raises(FactsError) as error:
        toy.load().reader().read(family)
    return [str(item) for item in error.value.problems]


class TestWhatIsRefused:
    @pytest.mark.parametrize("change, words, _", WRONG, ids=[words for _, words, _ in WRONG])
    def test_with_its_path_and_what_to_do(self, toy, change: Change, words: str, _: bool) -> None:
        family = family_of(toy)
        change(family)
        messages = refused(toy, family)
        assert any(message.startswith("family.json:1: ") and words in message for message in messages), messages

    @pytest.mark.parametrize("family", [None, [], "家庭", 5])
    def test_a_file_that_is_no_object(self, toy, family: Any) -> None:
        assert "家庭文件应是一个 JSON 对象" in refused(toy, family)[0]

    def test_two_people_of_one_id(self, toy) -> None:
        assert refused(toy, toy.family({"id": "x"}, {"id": "x"})) == ["family.json:1: persons：有两个成员的 id 相同。每个成员用不同的 id。"]

    def test_every_mistake_at_once(self, toy) -> None:
        family = family_of(toy)
        for change, _, _ in WRONG[:1] + WRONG[7:8] + WRONG[16:17]:
            change(family)
        assert len(refused(toy, family)) == 3


class TestWhatIsRead:
    def test_amounts_up_to_the_limit_stay_exact(self, toy) -> None:
        family = toy.family({"incomes": [{**WAGE, "amount": MONEY_LIMIT}] * 9})
        answer = toy.answer(family)
        assert answer.program.value(answer.row, "annual_income") == 9 * MONEY_LIMIT

    def test_a_left_out_list_was_never_asked_for_and_an_empty_one_was(self, toy) -> None:
        family = toy.family({}, {"incomes": None}, {})
        del family["persons"][2]["incomes"]
        rows = toy.load().reader().read(family).children["persons"]
        assert [row.asked["incomes"] for row in rows] == [True, False, False]

    def test_an_optional_fact_left_out_or_null_is_unknown(self, toy) -> None:
        family = toy.family({"level": None})
        del family["persons"][0]["severe_illness"]
        row = toy.load().reader().read(family).children["persons"][0]
        assert (row.facts["level"], row.facts["severe_illness"]) == (None, None)

    def test_people_without_an_id_or_a_name_get_none_of_each_other(self, toy) -> None:
        family = toy.family({}, {})
        for person in family["persons"]:
            del person["id"]
            person["name"] = None
        rows = toy.load().reader().read(family).children["persons"]
        assert [(row.id, row.name) for row in rows] == [("person1", ""), ("person2", "")]

    def test_reading_leaves_the_file_as_it_was(self, toy) -> None:
        family = family_of(toy)
        before = copy.deepcopy(family)
        toy.answer(family)
        assert family == before


class TestSchema:
    def validator(self, toy) -> Any:
        return jsonschema_rs.Draft202012Validator(json.loads(json.dumps(api.family_schema(toy.load()))))

    def test_is_a_schema(self, toy) -> None:
        jsonschema_rs.meta.validate(api.family_schema(toy.load()))

    @pytest.mark.parametrize("person", [{}, {"incomes": [WAGE]}, {"incomes": None, "level": None}, {"incomes_asked": False, "name": "甲"}])
    def test_takes_what_the_reader_takes(self, toy, person: dict[str, Any]) -> None:
        family = toy.family(person)
        assert self.validator(toy).is_valid(family)
        toy.load().reader().read(family)

    def test_takes_the_families_of_cases(self, toy) -> None:
        found = families(toy.policies, ["toy"])
        assert [name for name, family in found.items() if not self.validator(toy).is_valid(json.loads(json.dumps(family,
        default=str)))] == []

    @pytest.mark.parametrize("change, words, schema_too", WRONG, ids=[words for _, words, _ in WRONG])
    def test_refuses_what_the_reader_refuses(self, toy, change: Change, words: str, schema_too: bool) -> None:
        family = family_of(toy)
        change(family)
        assert self.validator(toy).is_valid(family) is not schema_too

    def test_names_and_explains_every_fact(self, toy) -> None:
        household = api.family_schema(toy.load())["properties"]["household"]["properties"]
        assert household["area_kind"]["title"] == "城乡"
        assert household["area_kind"]["x-labels"] == {"urban": "城镇", "rural": "农村"}
