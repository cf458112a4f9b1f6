"""What is in force on a day, and trial values laid over it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doudi.policy import api
from doudi.policy.terms.errors import NoAnswer

CHANGE = date(2025, 7, 1)
DATED = """\
rules:
  - name: dated
    entity: household
    label: 有版本
    kind: bool
    versions:
      - {from: 2025-01-01, formula: "false", clause: D-1}
      - {from: 2025-07-01, formula: "true", clause: D-2}
"""


class TestDatedValues:
    @pytest.mark.parametrize("day, amount", [(CHANGE - timedelta(days=1), 60_000), (CHANGE, 70_000), (date(2030, 1, 1), 70_000)])
    def test_change_on_their_day(self, toy, day: date, amount: int) -> None:
        assert toy.answer(toy.family({}), day=day).household.amount == amount

    @pytest.mark.parametrize("area, amount", [("urban", 90_000), ("rural", 70_000)])
    def test_vary_by_area(self, toy, area: str, amount: int) -> None:
        assert toy.answer(toy.family({}, area_kind=area)).household.amount == amount

    def test_an_assumed_value_is_named_only_while_it_is_in_force(self, toy) -> None:
        assert toy.answer(toy.family({}), day=CHANGE).assumed == ["低保标准"]
        assert toy.answer(toy.family({}), day=CHANGE - timedelta(days=1)).assumed == []

    def test_a_day_before_the_pack_is_refused(self, toy) -> None:
        with pytest.raises(NoAnswer, match=r"pack\.yaml:1: toy 从 2025-01-01 起施行，2024-12-31 还没有施行"):
            toy.answer(toy.family({}), day=date(2024, 12, 31))

    def test_the_first_day_of_the_pack_is_answered(self, toy) -> None:
        assert toy.answer(toy.family({}), day=date(2025, 1, 1)).household.amount == 60_000


class TestVersions:
    @pytest.mark.parametrize("day, holds, clause", [(CHANGE - timedelta(days=1), False, "D-1"), (CHANGE, True, "D-2")])
    def test_change_on_their_day_and_cite_their_own_clause(self, toy, day: date, holds: bool, clause: str) -> None:
        files = {"rules/dated.yaml": DATED, **toy.changed("rules/results.yaml", "show: [", "show: [dated, ")}
        answer = toy.answer(toy.family({}), files, day)
        assert answer.program.value(answer.row, "dated") is holds
        assert answer.pack.versions["household", "dated"].ground.clauses == (clause,)


class TestTownships:
    TOWN = ("values:\n  - {name: town_line, label: 乡镇线, kind: money, unit: fen per month, by: [area_kind, township], clause: D-1,\n"
            "     changes: [{from: 2025-01-01, source: 一, confidence: confirmed,\n"
            '       value: {urban: {"1": 11, other: 12}, rural: {"1": 21, other: 22}}}]}\n')
    FACT = "facts:\n  - {name: township, entity: household, label: 乡镇, kind: text, optional: true, describe: 乡镇}\n"

    @pytest.mark.parametrize("area, town, amount", [("urban", "1", 11), ("urban", "9", 12), ("rural", "1", 21), ("rural", "9", 22),
                                                    ("rural", None, None)])
    def test_a_value_by_both_takes_the_households_own(self, toy, area: str, town: str | None, amount: int | None) -> None:
        files = {**toy.rule("town_line", kind="money", unit="fen per month"), "values/town.yaml": self.TOWN, "rules/town.yaml": self.FACT}
        answer = toy.answer(toy.family(area_kind=area, township=town), files)
        assert answer.program.value(answer.row, "asked") == amount


class TestTrialValues:
    def trial(self, toy, **values: object) -> dict[str, object]:
        return api.trial_values(toy.load().pack, values, toy.day)

    def test_one_area_keeps_the_other(self, toy) -> None:
        assert self.trial(toy, **{"standard.rural": "75000"}) == {"standard": {"urban": 90_000, "rural": 75_000}}

    def test_two_areas_may_be_given_one_by_one(self, toy) -> None:
        assert self.trial(toy, **{"standard.rural": "1", "standard.urban": 2}) == {"standard": {"urban": 2, "rural": 1}}

    def test_a_trial_value_changes_the_answer_and_is_not_called_assumed(self, toy) -> None:
        answer = toy.answer(toy.family({}), **{"standard.rural": "75000"})
        assert (answer.household.amount, answer.assumed) == (75_000, [])

    @pytest.mark.parametrize("text, held", [("1.5", 15_000), ("-1.5", -15_000), ("-0.5", -5_000), (2, 20_000), ("0.0001", 1)])
    def test_a_ratio_is_held_exactly(self, toy, text: object, held: int) -> None:
        assert self.trial(toy, edge_ratio=text) == {"edge_ratio": held}

    @pytest.mark.parametrize("name, value, word", [
        ("standrd", 1, "没有名为 standrd 的值。是不是想写 standard？"),
        ("standard", 1, "standard 按 area_kind 区分。写成 standard.urban=…"),
        ("standard.town", 1, "standard 没有 town 这一项。可选：urban rural"), ("car_limit.rural", 1, "car_limit 没有 rural 这一项"),
        ("car_limit", "5.5", "car_limit（车辆限值）不能是 5.5。写整数分"), ("car_limit", "五", "不能是 五"),
        ("edge_ratio", "1.23456", "至多四位小数"),
        ("edge_ratio", "1.-5", "至多四位小数"), ("adult_age", True, "写整数"), ("standard", {"urban": 1}, "要同时有 urban 和 rural"),
        ("standard", {"urban": 1, "rurl": 2}, "要同时有 urban 和 rural"),
        ("car_limit", {"urban": 1, "rural": 2}, "没有 urban、rural 这样的分项")])
    def test_what_the_pack_could_not_hold_is_refused(self, toy, name: str, value: object, word: str) -> None:
        with pytest.raises(NoAnswer) as refused:
            self.trial(toy, **{name: value})
        assert word in str(refused.value)
        assert str(refused.value).startswith("--set:1: ")
