"""Why: the decisive reason first, in sentences that cite their clause, for people and for machines."""

from __future__ import annotations

import json

import pytest

from doudi.policy.run.reasons import Reason


def names(reasons: tuple[Reason, ...] | list[Reason]) -> list[str]:
    return [reason.key[1] for reason in reasons]


class TestDecisiveFirst:
    def test_the_category_given_explains_itself_first(self, toy) -> None:
        answer = toy.answer(toy.family({}))
        assert answer.reason.key == ("household", "dibao_family")
        assert answer.reason.value is True

    def test_of_an_and_that_fails_only_what_failed_is_told(self, toy) -> None:
        answer = toy.answer(toy.family({"incomes": [{"kind": "wage", "amount": 900_000, "received_on": "2025-05-01"}]}, housing_safe=False))
        failed = answer.reasons(answer.household, answer.pack.pack.results.household)[1]
        assert (failed.key[1], names(failed.because)) == ("edge_family", ["housing_safe"])

    def test_of_an_and_that_holds_every_part_is_told(self, toy) -> None:
        assert names(toy.answer(toy.family({})).reason.because) == ["member_count", "below_standard"]

    def test_of_an_or_that_holds_one_part_is_enough(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: member_count >= 1 and below_standard, clause: D-1}",
                            "formula: housing_safe or below_standard, clause: D-1}")
        assert names(toy.answer(toy.family({}), files).reason.because) == ["housing_safe"]

    def test_of_none_every_step_is_told(self, toy) -> None:
        answer = toy.answer(toy.family())
        assert sorted(names(answer.reasons(answer.household, answer.pack.pack.results.household))) == ["dibao_family", "edge_family"]

    def test_of_the_undetermined_the_open_step_comes_first(self, toy) -> None:
        answer = toy.answer(toy.family({"incomes": [{"kind": "wage", "amount": 900_000, "received_on": "2025-05-01"}]}, housing_safe=None))
        assert (answer.reason.key[1], answer.reason.value) == ("edge_family", None)

    def test_of_a_person_the_better_way_is_told(self, toy) -> None:
        answer = toy.answer(toy.family({"severe_illness": True}))
        assert names(answer.reasons(answer.persons["p1"], answer.pack.pack.results.person))[0] == "single"

    def test_the_person_who_decided_is_named(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: member_count >= 1 and below_standard, clause: D-1}",
                            'formula: "any_of(members, severe_illness)", clause: D-1}')
        reason = toy.answer(toy.family({}, {"severe_illness": True, "name": "乙二"}), files).reason
        assert [item.row.id for item in reason.because] == ["p2"]
        assert reason.because[0].sentence == "乙二：重病：是"


class TestSentences:
    def test_a_written_sentence_is_filled(self, toy) -> None:
        below = toy.answer(toy.family({})).reason.because[1]
        assert below.sentence == "月人均收入0元，低于农村标准700元"

    def test_a_sentence_ends_with_its_document_and_article(self, toy) -> None:
        assert toy.answer(toy.family({})).reason.words() == "低保家庭：是。依据：玩具〔2025〕1号 第一条"

    def test_a_reading_is_cited_as_our_own(self, toy) -> None:
        answer = toy.answer(toy.family({"severe_illness": True}))
        reason = answer.reasons(answer.persons["p1"], answer.pack.pack.results.person)[0]
        assert reason.words() == "p1：单人保：是。依据：玩具〔2025〕1号 第一条（含本系统暂定理解）"
        assert [item["id"] for item in reason.to_json()["clauses"]] == ["D-1", "R-1"]  # the step's clause first

    def test_a_reading_alone_says_what_was_chosen(self, toy) -> None:
        files = toy.changed("rules/results.yaml", "amount: single_amount, clause: D-1}", "amount: single_amount, reading: R-1}")
        answer = toy.answer(toy.family({"severe_illness": True}), files)
        assert answer.decisive(answer.persons["p1"], answer.pack.pack.results.person).words() == (
            "p1：单人保：是。依据：本系统暂定理解“按本人”")

    def test_an_amount_says_what_it_rests_on(self, toy) -> None:
        answer = toy.answer(toy.family({}))
        reason = answer.amount_reason(answer.household, answer.pack.pack.results.household)
        assert reason.value == answer.household.amount == 70_000
        assert answer.amount_reason(answer.persons["p1"], answer.pack.pack.results.person) is None

    def test_a_comparison_says_both_sides(self, toy) -> None:
        reason = toy.answer(toy.family({"incomes": [{"kind": "wage", "amount": 12_345, "received_on": "2025-05-01"}]})).tree()[0]
        assert "不低于标准" not in reason.because[1].sentence
        files = toy.changed("rules/rules.yaml", "formula: member_count >= 1 and below_standard, clause: D-1}",
                            "formula: above_standard, clause: D-1}")
        assert toy.answer(toy.family({}), files).reason.because[0].sentence == "人均收入高于标准：否（家庭年收入（0元）不高于8,400元）"

    def test_what_is_open_says_what_is_lacking(self, toy) -> None:
        assert toy.answer(toy.family({"lives_together": None})).reason.sentence == "低保家庭还不清楚，缺少：人口、人均收入低于标准"

    @pytest.mark.parametrize("says, sentence", [("{day}起", "2025年10月31日起"), ("{member_count}人", "1人"), ("{edge_ratio}倍", "1.5倍"),
                                                ("{standard}", "700元"), ("{housing_safe}", "是"), ("{area_kind}", "农村")])
    def test_values_are_written_as_people_write_them(self, toy, says: str, sentence: str) -> None:
        files = toy.changed("rules/rules.yaml", "formula: member_count >= 1 and below_standard, clause: D-1}",
                            f'formula: below_standard, clause: D-1, says: {{"yes": "{says}"}}}}')
        assert toy.answer(toy.family({}), files).reason.sentence == sentence


class TestForMachines:
    @pytest.mark.parametrize("person", [{}, {"lives_together": None}, {"severe_illness": True}, {"incomes": None}])
    def test_an_answer_survives_json(self, toy, person: dict[str, object]) -> None:
        answer = toy.answer(toy.family(person)).to_json(full=True)
        assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer

    def test_reasons_name_rule_owner_value_and_clauses(self, toy) -> None:
        found = toy.answer(toy.family({})).to_json()["household"]["reasons"][0]
        assert (found["rule"], found["of"], found["value"]) == ("household.dibao_family", "household", True)
        assert found["clauses"] == [{"id": "D-1", "document": "玩具〔2025〕1号", "article": "第一条"}]

    def test_the_tree_names_everything_a_formula_names(self, toy) -> None:
        tree = toy.answer(toy.family({})).tree()
        assert names(tree) == ["dibao_family", "edge_family"]
        assert names(tree[1].because) == ["member_count", "below_standard", "below_edge", "housing_safe"]
