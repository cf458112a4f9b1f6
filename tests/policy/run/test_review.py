"""The review finds what is planted in a pack: a gap, a cliff, an overlap, a category nobody reaches, a reward for earning."""

from __future__ import annotations

from typing import Any

from doudi.policy import api
from doudi.policy.run.review import Review

CATEGORIES = "    - {name: edge, label: 边缘, clause: D-1}\n"


def reviewed(toy, files: dict[str, str] | None = None) -> Review:
    return api.review(toy.load(files), day=toy.day, highest=2_000_000)


def sorts(review: Review) -> set[str]:
    return {finding.sort for finding in review.findings}


def rule(name: str, formula: str, kind: str = "bool", unit: str = "") -> dict[str, str]:
    unit_line = f", unit: {unit}" if unit else ""
    return {"rules/planted.yaml": f"rules:\n  - {{name: {name}, entity: household, label: 埋下的, kind: {kind}{unit_line}, "
                                  f"formula: \"{formula}\", clause: D-1}}\n"}


class TestWhatIsPlanted:
    def test_a_pack_that_tapers_has_no_cliff(self, toy) -> None:
        assert sorts(reviewed(toy)) == set()

    def test_a_cliff_is_found_at_the_line(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "larger_of(standard * member_count - monthly(annual_income), 0)", "standard * member_count")
        found = [finding for finding in reviewed(toy, files).findings if finding.sort == "cliff"]
        assert {finding.income for finding in found} == {70_000 * 12, 90_000 * 12}
        assert "连同待遇反而少 8,399.99元（低保 → 边缘）" in found[1].words

    def test_a_gap_between_two_categories_is_found(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: member_count >= 1 and below_standard, clause: D-1}",
                            "formula: member_count >= 1 and below_standard and annual_income < car_limit_year, clause: D-1}")
        files["values/planted.yaml"] = ("values:\n  - {name: car_limit_year, label: 线, kind: money, unit: fen per year, clause: D-1,\n"
                                        "     changes: [{from: 2025-01-01, value: 400000, source: 一, confidence: confirmed}]}\n")
        gaps = [finding for finding in reviewed(toy, files).findings if finding.sort == "gap"]
        assert gaps
        assert all(400_000 <= (finding.income or 0) < 90_000 * 12 for finding in gaps)

    def test_exclusive_categories_that_meet_are_found(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "member_count >= 1 and not below_standard and below_edge and housing_safe",
                            "member_count >= 1 and below_edge and housing_safe")
        overlaps = [finding for finding in reviewed(toy, files).findings if finding.sort == "overlap"]
        assert "同时符合互斥的 低保、边缘，按规则取 低保" in overlaps[0].words

    def test_a_category_that_nobody_reaches_is_found(self, toy) -> None:
        files = toy.changed("rules/results.yaml", CATEGORIES, CATEGORIES + "    - {name: rare, label: 稀有, clause: D-1}\n")
        assert [finding.words for finding in reviewed(toy, files).findings] == ["所有试算家庭都没有进入“稀有”"]

    def test_a_benefit_that_rises_with_income_is_found(self, toy) -> None:
        files = {**rule("bonus", "larger_of(dibao_amount, 0) + case when annual_income >= bonus_line then bonus_amount else 0 end", "money",
                        "fen per month"), **toy.changed("rules/results.yaml", "amount: dibao_amount", "amount: bonus")}
        change = "changes: [{from: 2025-01-01, value: 300000, source: 一, confidence: confirmed}]"
        files["values/planted.yaml"] = (
            f"values:\n  - {{name: bonus_line, label: 线, kind: money, unit: fen per year, clause: D-1, {change}}}\n"
            f"  - {{name: bonus_amount, label: 奖, kind: money, unit: fen per month, clause: D-1, {change}}}\n")
        found = [finding for finding in reviewed(toy, files).findings if finding.sort == "improvement"]
        assert found
        assert all("收入更高，月待遇却从" in finding.words for finding in found)


class TestSweeps:
    def test_every_family_is_tried_in_town_and_country(self, toy) -> None:
        assert [(sweep.family, sweep.area, sweep.size) for sweep in reviewed(toy).sweeps] == [
            ("alone", "urban", 1), ("alone", "rural", 1), ("healthy", "urban", 1), ("healthy", "rural", 1)]

    def test_points_stand_on_each_line_and_a_fen_on_either_side(self, toy) -> None:
        points = {point.income: point for point in reviewed(toy).sweeps[1].points}
        line = 70_000 * 12
        around: list[Any] = [points[line + step].category for step in (-1, 0, 1)]
        assert around == ["dibao", "edge", "edge"]

    def test_what_was_reached_is_told(self, toy) -> None:
        assert reviewed(toy).reached == {"dibao", "edge", "none"}
