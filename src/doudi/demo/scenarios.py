"""The truths that are planted in the made-up county: families of which it is known what a right system must find.

Each scenario is a row of data: from which household type it is made, how it is listed now, what its people receive,
own and spend, and which category the pack hubei/daye gives it on the last day (none where the data do not decide).
Incomes are given as tenths of the yearly standard per head, plus some fen for the family as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SUPPORT_AGREED = 10_000


@dataclass(frozen=True)
class Scenario:
    """One kind of planted family."""

    name: str
    says: str
    kind: str = "couple"
    urban: bool = False
    listed: str = "none"
    expected: str | None = None
    tenths: int = 5
    fen: int = 0
    income: str = "business"
    assets: tuple[tuple[str, int], ...] = (("homestead", 3_000_000),)
    expenses: tuple[tuple[str, int], ...] = ()
    supporter: str = "able"
    person: dict[str, str | int] = field(default_factory=dict)
    finding: str = ""
    surveyed: bool = True
    declared: bool = True


_CHEAP_HOUSE = ("homestead", 3_000_000)
_FLAT = ("dwelling", 20_000_000)

SCENARIOS = (
    Scenario("paid_after_death", "配偶已去世，仍在名册和发放表里", "elder_couple", listed="dibao", expected="dibao",
             finding="paid_after_death", person={"deceased": 1}),
    Scenario("income_over_line", "申报收入很低，社保缴费显示工资已远超标准", listed="dibao", expected="none",
             tenths=45, income="wage", finding="income_over_line"),
    Scenario("should_enter", "收入低于标准、财产合规，却不在任何名册", expected="dibao", tenths=6, finding="should_enter"),
    Scenario("wrong_category", "在享低保，收入在一倍到二倍之间", listed="dibao", expected="edge", tenths=15,
             finding="wrong_category"),
    Scenario("edge_not_listed", "收入在一倍到二倍之间，不在任何名册", expected="edge", tenths=14, finding="should_enter"),
    Scenario("tekun_in_dibao", "独居老人无义务人、无收入，只在低保名册", "elder_alone", listed="dibao", expected="tekun",
             tenths=0, supporter="none", finding="wrong_category"),
    Scenario("listed_twice", "同时在低保和特困名册", "elder_alone", listed="tekun", expected="tekun", tenths=0,
             supporter="none", finding="listed_twice"),
    Scenario("one_house_more", "在享低保，名下另有一套商品房", listed="dibao", expected="none",
             assets=(_CHEAP_HOUSE, _FLAT), finding="property_over_limit"),
    Scenario("car_owner", "在享低保，名下有小汽车", listed="dibao", expected="none",
             assets=(_CHEAP_HOUSE, ("vehicle", 7_800_000)), finding="property_over_limit"),
    Scenario("motorcycle_only", "只有一辆摩托车（不算超标）", listed="dibao", expected="dibao",
             assets=(_CHEAP_HOUSE, ("motorcycle", 420_000))),
    Scenario("basic_pension_only", "只领基础养老金（不计入收入），子女给付一点赡养费", "elder_alone", expected="dibao",
             tenths=0, finding="should_enter"),
    Scenario("exactly_on_the_standard", "人均收入恰好等于低保标准", expected="edge", tenths=10, finding="on_the_line"),
    Scenario("one_fen_below", "全家年收入比标准少一分", expected="dibao", tenths=10, fen=-1, finding="on_the_line"),
    Scenario("exactly_on_twice", "人均收入恰好等于二倍", expected="edge", tenths=20, finding="on_the_line"),
    Scenario("one_fen_above_twice", "全家年收入比二倍多一分", expected="none", tenths=20, fen=1, finding="on_the_line"),
    Scenario("urban_exactly_on_the_standard", "城镇家庭人均收入恰好等于标准", urban=True, expected="edge", tenths=10,
             assets=(_FLAT,), finding="on_the_line"),
    Scenario("rigid_not_listed", "城镇家庭收入不低，自付医疗费超过全年收入", urban=True, expected="rigid_expenditure",
             tenths=26, assets=(_FLAT,), expenses=(("medical", 6_500_000),), finding="should_enter"),
    Scenario("single_person", "边缘家庭里的重度残疾人", expected="edge", tenths=15,
             person={"disability_type": "physical", "disability_level": "2", "labour_capacity": "none"},
             finding="single_person_dibao"),
    Scenario("in_prison_listed", "家属已入监，仍计入低保人口", listed="dibao", expected="dibao", tenths=3,
             person={"in_prison": 1}, finding="in_prison_listed"),
    Scenario("income_not_declared", "独居老人，入户调查了，没有申报过收入", "elder_alone", tenths=0, declared=False,
             finding="undetermined"),
    Scenario("not_surveyed", "在享低保，没有入户调查记录", listed="dibao", surveyed=False, finding="undetermined"),
    Scenario("twins", "同村双胞胎，证号相邻，不能并成一个人", "couple_children", expected="dibao", finding="not_the_same"),
    Scenario("namesakes", "同村、同名、同日生，不能并成一个人", expected="dibao", finding="not_the_same"),
)  # fmt: skip


def by_name(name: str) -> Scenario:
    """Return the scenario of this name."""
    return next(scenario for scenario in SCENARIOS if scenario.name == name)
