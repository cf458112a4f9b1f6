"""Good and bad cases: read, put together, and held against the answer."""

from __future__ import annotations

import pytest

from doudi.policy import verify
from doudi.policy.run.cases import good_cases
from doudi.policy.terms.errors import PolicyError

CASE = "- case: 试\n  day: 2025-10-31\n  like: alone\n"


def faults(own_toy, text: str) -> list[str]:
    """Run one good case of the base pack and return what it gets wrong."""
    own_toy.write("toy", {"cases/good/second.yaml": CASE + text})
    return [fault for verdict in verify.good(own_toy.load()) for fault in verdict.faults]


class TestGoodCases:
    @pytest.mark.parametrize("expect", [
        "household: {category: dibao, amount: 70000}", "persons: {p1: {category: undetermined, possible: [dibao]}}",
        'tags: {"sick:p1": null}',
        "rules: {household.member_count: 1, p1.is_member: true, p1.birth: 1980-01-01, household.housing_safe: true}",
        "unknown: [p1.severe_illness]", "possible: [dibao]"])
    def test_pass_when_all_is_as_expected(self, own_toy, expect: str) -> None:
        assert faults(own_toy, f"  expect: {{{expect}}}") == []

    @pytest.mark.parametrize("expect, fault", [
        ("household: {category: edge}", "household.category：应为 edge，得到 dibao"),
        ("household: {amount: 1}", "household.amount：应为 1，得到 70000"),
        ("household: {catgory: dibao}", "household 里不认识的键 catgory"), ("persons: {p2: {category: dibao}}", "没有成员 p2"),
        ('tags: {"sick:p1": false}', "标识 sick:p1：应为 False，得到 None"), ("tags: {ill: true}", "没有标识 ill"),
        ("rules: {household.member_cont: 1}", "rules 里的 household.member_cont 不存在"),
        ("rules: {p9.age: 1}", "rules 里的 p9.age 找不到"),
        ("rules: {p1.age: 1}", "p1.age：应为 1，得到 45"), ("unknown: []", "unknown：应为 []，得到 ['p1.severe_illness']"),
        ("possible: [edge]", "possible：应为 ['edge']，得到 ['dibao']"), ("categories: {}", "expect 里不认识的键 categories")])
    def test_say_what_differs(self, own_toy, expect: str, fault: str) -> None:
        assert faults(own_toy, f"  expect: {{{expect}}}") == [fault]

    @pytest.mark.parametrize("text, path, wanted", [
        ("  set: {p1.lives_together: false}", "household.member_count", 0),
        ("  set: {household.housing_safe: null}", "household.housing_safe", None),
        ("  add: {p2: {birth: 1980-01-01, lives_together: true, incomes: []}}", "household.member_count", 2),
        ("  remove: [p1]", "household.member_count", 0), ("  values: {standard: {urban: 1, rural: 2}}", "household.dibao_amount", 2),
        ("  set: {p1.incomes: [{kind: wage, amount: 24, received_on: 2025-03-01}]}", "household.annual_income", 24)])
    def test_families_are_put_together(self, own_toy, text: str, path: str, wanted: object) -> None:
        value = "null" if wanted is None else wanted
        assert faults(own_toy, f"{text}\n  expect: {{rules: {{{path}: {value}}}}}") == []

    def test_a_named_family_is_not_changed_by_a_case(self, own_toy) -> None:
        own_toy.write("toy", {"cases/good/second.yaml": f"{CASE}  set: {{p1.lives_together: false}}\n{CASE}"})
        cases = good_cases(own_toy.policies, ["toy"])
        assert [case.family["persons"][0]["lives_together"] for case in cases] == [True, False, True]

    @pytest.mark.parametrize("old, new, word", [
        ("like: alone", "like: alon", "没有名为 alon 的家庭。是不是想写 alone？"), ("day: 2025-10-31", "dya: 2025-10-31", "用例缺少 day"),
        ("like: alone", "like: alone\n  remove: [p7]", "家庭里没有 p7"),
        ("like: alone", "like: alone\n  set: {p7.birth: 1}", "set 里的 p7.birth 找不到"),
        ("like: alone", "like: alone\n  set: {'p1.incomes[4].amount': 1}", "set 里的 p1.incomes[4].amount 找不到"),
        ("like: alone", "like: alone\n  set: {p1.cars.amount: 1}", "set 里的 p1.cars.amount 找不到"),
        ("like: alone", "lik: alone", "用例里不认识的键 lik。是不是想写 like？")])
    def test_a_case_that_cannot_be_read_is_named_with_its_line(self, own_toy, old: str, new: str, word: str) -> None:
        own_toy.write("toy", {"cases/good/second.yaml": CASE.replace(old, new)})
        with pytest.raises(PolicyError) as refused:
            good_cases(own_toy.policies, ["toy"])
        assert str(refused.value).startswith("cases/good/second.yaml:")
        assert word in str(refused.value)

    def test_a_family_that_the_reader_refuses_is_a_fault(self, own_toy) -> None:
        assert faults(own_toy, "  set: {p1.birth: null}") == ["family.json:1: p1.birth：缺少出生日期，而它必须知道。补上（身份证）。"]


class TestBadCases:
    def verdicts(self, own_toy, text: str) -> list[tuple[str, ...]]:
        own_toy.write("toy", {"cases/bad/bad.yaml": text})
        return [verdict.faults for verdict in verify.bad(own_toy.load())]

    def test_pass_when_the_message_is_given_to_the_letter(self, own_toy) -> None:
        text = ("- case: 空文件\n  files: {rule.yaml: 'rules: []'}\n"
                "  message: 'rule.yaml:1: 不认识的文件 rule.yaml。政策包里可有的文件见 docs/policy-language.md。'\n")
        assert self.verdicts(own_toy, text) == [()]

    def test_say_what_was_said_instead(self, own_toy) -> None:
        found = self.verdicts(own_toy, "- {case: 空文件, files: {rule.yaml: 'rules: []'}, message: '别的话'}\n")[0]
        assert found[0] == "应报：别的话"
        assert found[1].startswith("实报：rule.yaml:1:")

    def test_fail_when_nothing_is_refused(self, own_toy) -> None:
        assert self.verdicts(own_toy, "- {case: 没事, files: {}, message: 话}\n") == [("应报：话", "实际没有报错")]

    def test_may_be_about_a_day_or_a_family(self, own_toy) -> None:
        text = ("- {case: 太早, files: {}, day: 2024-01-01, message: 'pack.yaml:1: toy 从 2025-01-01 起施行，2024-01-01 还没有施行。"
                "改问以后的日期，或换当时施行的政策包。'}\n"
                "- {case: 少, given: {persons: []}, message: 'family.json:1: household：缺少 household。写上家庭的事实。'}\n")
        assert self.verdicts(own_toy, text) == [(), ()]
