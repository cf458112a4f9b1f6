"""Categories, amounts, tags, what is possible, and distances to the lines."""

from __future__ import annotations

from typing import Any

import pytest


def wage(amount: int | None) -> dict[str, Any]:
    return {"incomes": [{"kind": "wage", "amount": amount, "received_on": "2025-03-01"}]}


SICK = {"severe_illness": True}
LINE = 70_000 * 12  # the rural standard for one person and year


class TestFirst:
    @pytest.mark.parametrize("income, category, amount", [
        (0, "dibao", 70_000), (LINE - 1, "dibao", 0), (LINE, "edge", 0), (LINE * 3 // 2, "edge", 0), (LINE * 3 // 2 + 1, "none", 0)])
    def test_is_the_first_yes_on_either_side_of_each_line(self, toy, income: int, category: str, amount: int) -> None:
        outcome = toy.answer(toy.family(wage(income))).household
        assert (outcome.category, outcome.amount, outcome.possible) == (category, amount, (category,))

    def test_an_unknown_before_a_yes_leaves_it_open(self, toy) -> None:
        outcome = toy.answer(toy.family(wage(None))).household
        assert (outcome.category, outcome.amount, outcome.possible) == ("undetermined", None, ("dibao", "edge", "none"))

    def test_an_unknown_after_the_yes_does_not_matter(self, toy) -> None:
        assert toy.answer(toy.family(wage(0), housing_safe=None)).household.category == "dibao"

    def test_what_can_no_longer_be_is_not_possible(self, toy) -> None:
        assert toy.answer(toy.family(wage(LINE), housing_safe=None)).household.possible == ("edge", "none")

    def test_nothing_is_none_and_is_shown_in_no_special_way(self, toy) -> None:
        outcome = toy.answer(toy.family(wage(10**9))).household
        assert (outcome.category, outcome.label, outcome.shown_as, outcome.amount) == ("none", "不符合各类条件", "", 0)

    def test_an_empty_household_is_none(self, toy) -> None:
        assert toy.answer(toy.family()).household.category == "none"


class TestBetter:
    def person(self, toy, person: dict[str, Any], files: dict[str, str] | None = None) -> tuple[str, str, int | None]:
        outcome = toy.answer(toy.family(person), files).persons["p1"]
        return outcome.category, outcome.shown_as, outcome.amount

    def test_is_the_yes_with_the_larger_amount(self, toy) -> None:
        assert self.person(toy, SICK) == ("dibao", "single", 70_000)

    def test_is_the_only_yes(self, toy) -> None:
        assert self.person(toy, {}) == ("dibao", "", 0)

    def test_is_none_without_a_yes(self, toy) -> None:
        assert self.person(toy, wage(10**9)) == ("none", "", 0)

    def test_a_larger_amount_later_in_the_order_wins(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: standard, reading: R-1", 'formula: "0", reading: R-1')
        files |= toy.changed("rules/results.yaml", "when: in_dibao_family,", "when: in_dibao_family, amount: family_share,")
        files["rules/share.yaml"] = ("rules:\n  - {name: family_share, entity: person, label: 份额, kind: money, unit: fen per month,\n"
                                     "     formula: standard, clause: D-1}\n")
        assert self.person(toy, SICK, files) == ("dibao", "", 70_000)

    def test_equal_amounts_go_to_the_first_in_order(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: standard, reading: R-1", 'formula: "0", reading: R-1')
        assert self.person(toy, SICK, files) == ("dibao", "single", 0)

    def test_an_unknown_step_leaves_it_open_though_another_is_yes(self, toy) -> None:
        outcome = toy.answer(toy.family({"severe_illness": None})).persons["p1"]
        assert (outcome.category, outcome.amount, outcome.possible) == ("undetermined", None, ("dibao",))

    def test_an_unknown_step_alone_may_be_none(self, toy) -> None:
        assert toy.answer(toy.family({"severe_illness": None, **wage(10**9)})).persons["p1"].possible == ("dibao", "none")

    def test_a_special_way_is_labelled(self, toy) -> None:
        assert toy.answer(toy.family(SICK)).persons["p1"].label == "低保（单人户）"


class TestTags:
    def test_of_persons_carry_the_person(self, toy) -> None:
        answer = toy.answer(toy.family(SICK, {}, {"severe_illness": None}))
        assert answer.tags == {"sick:p1": True, "sick:p2": False, "sick:p3": None}

    def test_of_the_household_carry_its_name(self, toy) -> None:
        files = toy.changed("rules/results.yaml", "  compatibility:",
                            "    - {tag: poor, label: 穷, level: household, when: below_standard, clause: D-1}\n  compatibility:")
        assert toy.answer(toy.family({}), files).tags == {"sick:p1": False, "poor": True}


class TestLines:
    def lines(self, toy, *people: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
        return {line.rule: (line.satisfied, line.distance, line.basis) for line in toy.answer(toy.family(*people)).lines}

    @pytest.mark.parametrize("income, distance", [(0, 70_000), (LINE, 0), (LINE - 12, 1), (LINE + 1200, -100), (LINE - 104_820, 8_735)])
    def test_are_in_fen_a_month_and_head(self, toy, income: int, distance: int) -> None:
        assert self.lines(toy, wage(income))["below_standard"] == (distance > 0, distance, "每人每月")

    def test_are_per_head_also_in_a_larger_family(self, toy) -> None:
        assert self.lines(toy, wage(LINE), {})["below_standard"] == (True, 35_000, "每人每月")

    def test_read_the_same_whether_written_with_less_or_more(self, toy) -> None:
        lines = self.lines(toy, wage(0))
        assert lines["above_standard"] == (False, 70_000, "每人每月")

    def test_a_share_counts_its_ratio(self, toy) -> None:
        assert self.lines(toy, wage(LINE))["below_edge"] == (True, 35_000, "每人每月")

    @pytest.mark.parametrize("income, words", [
        (LINE, "人均收入低于标准：恰好相等，不符合"), (LINE - 1, "人均收入低于标准：低0.01元（每人每月）"),
        (LINE + 1, "人均收入低于标准：高0.01元（每人每月）"),
        (LINE - 104_820, "人均收入低于标准：低87.35元（每人每月）"), (None, "人均收入低于标准：还不清楚")])
    def test_are_said_in_words_and_equal_only_when_equal(self, toy, income: int | None, words: str) -> None:
        assert toy.answer(toy.family(wage(income))).lines[0].words() == words

    def test_have_no_distance_without_people(self, toy) -> None:
        assert self.lines(toy)["below_standard"] == (False, None, "每人每月")

    def test_of_persons_are_one_each(self, toy) -> None:
        files = toy.rule("within_months(birth, 12)", entity="person")
        files |= toy.changed("rules/results.yaml", "lines: [", "lines: [person.asked, ")
        lines = toy.answer(toy.family({}, {}), files).lines
        assert [(line.rule, line.distance, line.words()) for line in lines[:2]] == [
            ("person.asked", None, "p1：所问：不符合"), ("person.asked", None, "p2：所问：不符合")]
