"""Messages: file, line, what is wrong, what to do."""

from __future__ import annotations

from doudi.policy.terms.errors import PolicyError, Where, problem, suggestion


class TestProblem:
    def test_is_one_line_with_file_and_line_first(self) -> None:
        assert str(problem(Where("rules/a.yaml", 7), "没有单位。", "写上 unit。")) == "rules/a.yaml:7: 没有单位。写上 unit。"

    def test_a_question_keeps_its_mark(self) -> None:
        assert str(problem(Where("a.yaml", 1), "不认识 x", "是不是想写 y？")) == "a.yaml:1: 不认识 x。是不是想写 y？"


class TestPolicyError:
    def test_lists_problems_once_in_order_of_file_and_line(self) -> None:
        late, early = (problem(Where("b.yaml", line), "错", "改") for line in (10, 9))
        other = problem(Where("a.yaml", 99), "错", "改")
        assert PolicyError([late, early, other, late]).problems == (other, early, late)

    def test_says_all_of_them(self) -> None:
        error = PolicyError([problem(Where("b.yaml", line), "错", "改") for line in (2, 1)])
        assert str(error) == "b.yaml:1: 错。改。\nb.yaml:2: 错。改。"


class TestSuggestion:
    def test_names_the_nearest(self) -> None:
        assert suggestion("member_cuont", ["member_count", "standard"]) == "是不是想写 member_count？"

    def test_names_at_most_two(self) -> None:
        assert suggestion("rule", ["rule1", "rule2", "rule3"]).count("rule") == 2

    def test_is_plain_when_nothing_is_near(self) -> None:
        assert suggestion("xyz", ["member_count"]) == "请检查拼写，或先声明这个名称"
