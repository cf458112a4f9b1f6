"""Formulas: the worst mistakes cannot pass, what is allowed has the right kind and unit, and every message has its line."""

from __future__ import annotations

import pytest


def refused(toy, formula: str, entity: str = "household", kind: str = "bool", unit: str = "") -> str:
    """Return the one message about a formula."""
    messages = toy.refusals(toy.rule(formula, entity=entity, kind=kind, unit=unit))
    where = f"rules/asked.yaml:{9 if unit else 8}: 规则 asked"
    assert len(messages) == 1
    assert messages[0].startswith(where)
    return messages[0].removeprefix(where)


class TestUnits:
    @pytest.mark.parametrize("formula, says", [
        ("annual_income < standard * member_count", "月金额用 yearly() 换成年金额再比较"),
        ("annual_income < yearly(standard)", "人均金额乘以人数"),
        ("annual_income < car_limit", "用 as_yearly() 读作年金额"),
        ("annual_income between standard and standard", "不能比较"),
        ("annual_income = member_count", "换成相同的类型和单位"),
        ("member_count < adult_age", "不能比较"),
        ("reaches_share(annual_income, standard * member_count, edge_ratio)", "两个金额单位不同"),
        ("exceeds_share(edge_ratio, edge_ratio, edge_ratio)", "两个金额单位不同"),
    ])
    def test_amounts_of_different_units_are_not_compared(self, toy, formula: str, says: str) -> None:
        assert says in refused(toy, formula)

    @pytest.mark.parametrize("formula, says", [
        ("annual_income + dibao_amount", "不能相加减"),
        ("standard - dibao_amount", "不能相加减"),
        ("standard + member_count", "不能相加减"),
        ("standard * standard", "两个金额不能相乘"),
        ("annual_income * member_count", "全家金额不应再乘人数"),
        ("div_round(standard, member_count)", "人均金额不应再除以人数"),
        ("edge_ratio + edge_ratio", "比例不能做加减乘"),
        ("standard * edge_ratio", "比例不能做加减乘"),
        ("times(standard, member_count)", "要比例"),
        ("times(edge_ratio, edge_ratio)", "要金额或整数"),
        ("yearly(annual_income)", "yearly() 要每月金额"),
        ("yearly(member_count)", "这里要金额"),
        ("monthly(dibao_amount)", "monthly() 要每年金额"),
        ("as_yearly(dibao_amount)", "as_yearly() 要十二个月的合计"),
        ("over_months(annual_income, 12)", "要每月金额"),
        ("over_months(dibao_amount, member_count)", "这里要 months"),
        ("smaller_of(annual_income, dibao_amount)", "各项单位不同"),
        ("larger_of(area_kind, area_kind)", "要能比大小的值"),
        ("ceil_to(annual_income, member_count)", "进位单位与金额类型不同"),
        ("case when housing_safe then annual_income else dibao_amount end", "case 的各个分支不能并列"),
        ("if_unknown(annual_income, member_count)", "两项类型不同"),
        ("-area_kind", "文字不能做加减乘"),
    ])
    def test_amounts_are_not_mixed(self, toy, formula: str, says: str) -> None:
        assert says in refused(toy, formula, kind="money", unit="fen per month")

    def test_an_amount_times_months_says_so(self, toy) -> None:
        formula = "household.dibao_amount * months_between(birth, day)"
        assert "用 over_months(每月金额, 月数)" in refused(toy, formula, "person", "money", "fen per month")

    def test_an_amount_divided_by_months_says_so(self, toy) -> None:
        formula = "div_round(household.annual_income, months_between(birth, day))"
        assert "年金额用 monthly()" in refused(toy, formula, "person", "money", "fen per year")

    @pytest.mark.parametrize("formula", ["add_months(birth, household.member_count)", "add_days(birth, adult_age)"])
    def test_a_date_moves_by_months_or_days_only(self, toy, formula: str) -> None:
        assert "单位不对" in refused(toy, formula, "person", "date")

    @pytest.mark.parametrize("kind, unit, formula", [
        ("money", "fen per year", "dibao_amount"), ("money", "fen per month per person", "dibao_amount"), ("bool", "", "annual_income"),
        ("int", "months", "member_count"), ("money", "fen per month", "housing_safe"), ("text", "", "member_count")])
    def test_a_rule_gives_what_it_declares(self, toy, kind: str, unit: str, formula: str) -> None:
        assert "声明为" in refused(toy, formula, kind=kind, unit=unit)

    @pytest.mark.parametrize("formula, unit", [
        ("yearly(standard) * member_count", "fen per year"), ("member_count * yearly(standard)", "fen per year"),
        ("div_round(annual_income, member_count)", "fen per year per person"), ("over_months(dibao_amount, 12)", "fen"),
        ("annual_income + 0", "fen per year"), ("larger_of(0, -annual_income)", "fen per year"), ("0", "fen"),
        ("max_of(members, yearly_income, true, 0)", "fen per year per person"), ("dibao_amount * 12", "fen per month"),
        ("round_to(dibao_amount, car_limit)", "fen per month"), ("times(standard, edge_ratio)", "fen per month per person"),
        ("sum_of(members, single_amount)", "fen per month"), ("case when housing_safe then 0 else annual_income end", "fen per year")])
    def test_units_follow_through(self, toy, formula: str, unit: str) -> None:
        toy.load(toy.rule(formula, kind="money", unit=unit))


    @pytest.mark.parametrize("formula, fine", [("sum_of(cars, price) > car_limit", True), ("any_of(cars, price > car_limit)", True),
                                               ("sum_of(cars, price) > car_limit * member_count", False)])
    def test_amounts_of_a_households_record_are_of_the_whole(self, toy, formula: str, fine: bool) -> None:
        price = "facts:\n  - {name: price, entity: car, label: 价, kind: money, unit: fen, describe: 发票}\n"
        files = {**toy.rule(formula), "rules/price.yaml": price}
        if fine:
            toy.load(files)
        else:
            assert "全家金额不应再乘人数" in toy.refusals(files)[0]


class TestNames:
    def test_an_unknown_name_is_named_with_the_nearest(self, toy) -> None:
        assert refused(toy, "member_cuont >= 1") == "：不认识的名称 member_cuont。是不是想写 member_count？"

    def test_a_persons_value_in_the_household_must_be_gathered(self, toy) -> None:
        says = refused(toy, "severe_illness")
        assert says == ("：severe_illness 是成员的，不能直接用于家庭。用 sum_of、count_of、any_of、all_of 等先汇总，"
                        "例如 sum_of(persons, severe_illness)。")

    def test_a_records_value_in_the_household_must_be_gathered(self, toy) -> None:
        assert "先汇总" in refused(toy, "received_on = day")

    def test_a_parents_value_is_written_with_its_owner(self, toy) -> None:
        assert refused(toy, "housing_safe", "person") == "：housing_safe 是家庭的。写成 household.housing_safe。"

    def test_a_child_is_no_owner(self, toy) -> None:
        assert "person 不是 household 的上级" in refused(toy, "person.severe_illness")

    def test_an_owner_without_that_name_suggests_one(self, toy) -> None:
        assert refused(toy, "household.houseing_safe", "person") == "：household 没有 houseing_safe。是不是想写 housing_safe？"

    def test_a_record_may_not_be_gathered_two_levels_up(self, toy) -> None:
        says = refused(toy, "sum_of(incomes, amount)", kind="money", unit="fen")
        assert says == "：incomes 属于 person，不能在 household 的公式里直接汇总。先在 person 上写一条规则汇总，再往上汇总。"

    def test_an_unknown_set_is_named_with_the_nearest(self, toy) -> None:
        assert refused(toy, "any_of(menbers, severe_illness)") == "：没有名为 menbers 的集合。是不是想写 members？"

    @pytest.mark.parametrize("first", ["'members'", "members + 1", "household.members", "(members)", "*", "1"])
    def test_a_set_is_named_plainly(self, toy, first: str) -> None:
        assert "集合" in refused(toy, f"any_of({first}, severe_illness)")

    def test_an_unknown_function_is_named_with_the_nearest(self, toy) -> None:
        assert refused(toy, "yearli(standard)", kind="money", unit="fen per year").startswith("：没有名为 yearli 的函数。是不是想写 yearly")

    @pytest.mark.parametrize("formula", ["sum(amount)", "count(*)", "coalesce(housing_safe, true)", "round(1, 0)", "sqrt(1)", "now()",
                                         "abs(member_count)", "greatest(1, 0)", "year(day)", "date_diff('year', day, day)", "random()",
                                         "read_csv('x')", "getenv('HOME')", "current_setting('x')", "log2(1)", "list_sum(1)"])
    def test_functions_of_an_engine_are_not_known(self, toy, formula: str) -> None:
        refused(toy, formula)

    @pytest.mark.parametrize("formula", ["true and any_of(cars, household.housing_safe)", "any_of(members, household.member_count > 1)"])
    def test_a_child_may_name_its_parent(self, toy, formula: str) -> None:
        toy.load(toy.rule(formula))

    @pytest.mark.parametrize("formula", ["member_count = unknown", "unknown", "not unknown", "housing_safe and unknown", "unknown + 1",
                                         "sum_of(members, unknown) = 0", "if_unknown(unknown, true)"])
    def test_unknown_is_only_a_default_or_a_branch(self, toy, formula: str) -> None:
        assert "unknown 不能用在这里" in refused(toy, formula)

    @pytest.mark.parametrize("formula", ["case when housing_safe then unknown else true end",
                                         "case when housing_safe then true else unknown end",
                                         "max_of(members, age, true, unknown) > 1"])
    def test_unknown_may_be_a_default_or_a_branch(self, toy, formula: str) -> None:
        toy.load(toy.rule(formula))


class TestLiterals:
    @pytest.mark.parametrize("number", ["2", "18", "100", "71100", "10000000000", "1.5", "0.0", "1e3"])
    def test_a_number_is_a_value_with_a_source(self, toy, number: str) -> None:
        assert f"直接写了数字 {number}" in refused(toy, f"member_count > {number}")

    @pytest.mark.parametrize("formula", ["member_count > 0", "member_count > 1", "member_count <= 12", "member_count > -1"])
    def test_zero_one_and_twelve_may_be_written(self, toy, formula: str) -> None:
        toy.load(toy.rule(formula))

    @pytest.mark.parametrize("day", ["2025-02-30", "20251231", "2025-W01-1", "2025年", "25-12-31"])
    def test_a_date_exists_and_is_written_out(self, toy, day: str) -> None:
        assert f"{day} 不是存在的日期" in refused(toy, f"day <= date '{day}'")

    @pytest.mark.parametrize("formula, says", [
        ("area_kind = 'city'", "城乡没有“city”这一项。可选：urban（城镇）、rural（农村）"), ("'city' = area_kind", "城乡没有“city”"),
        ("area_kind <> 'Urban'", "城乡没有“Urban”"), ("area_kind in ('urban', 'city')", "城乡没有“city”"),
        ("any_of(members, level = '3')", "残疾等级没有“3”"), ("any_of(members, household.area_kind = 'x')", "城乡没有“x”")])
    def test_a_text_is_among_the_choices(self, toy, formula: str, says: str) -> None:
        assert says in refused(toy, formula)

    @pytest.mark.parametrize("formula", ["area_kind < 'urban'", "area_kind >= 'urban'", "housing_safe > false",
                                         "area_kind between 'rural' and 'urban'"])
    def test_texts_and_truths_have_no_order(self, toy, formula: str) -> None:
        assert "不能比大小" in refused(toy, formula)

    @pytest.mark.parametrize("formula", ["housing_safe = 1", "area_kind = 1", "day = '2025-10-31'", "member_count = '1'", "edge_ratio = 1"])
    def test_kinds_are_not_compared_with_others(self, toy, formula: str) -> None:
        assert "不能比较" in refused(toy, formula)


class TestForms:
    @pytest.mark.parametrize("formula", [
        "member_count / 1 > 1", "member_count // 1 > 1", "member_count % 12 = 0", "member_count ^ 1 > 1", "member_count & 1 = 1",
        "area_kind like 'u%'", "area_kind || 'x' = 'urban'", "housing_safe is null", "housing_safe is not true", "housing_safe = null",
        "(select true)", "exists (select 1)", "member_count in (select 1)", "cast(member_count as text) = 'x'", "member_count::text = 'x'",
        "try_cast(member_count as int) = 1", "extract(year from day) = 1", "interval '1 day' > day", "current_date = day", "$1", "?",
        "member_count[1] = 1", "{'a': 1}", "[1, 12]", "x -> x", "member_count is distinct from 1", "rooms := 1", "any_of(members, *)",
        "case area_kind when 'urban' then true else false end", "case when housing_safe then true end", "iif(housing_safe, true, false)"])
    def test_sql_outside_the_white_list_is_refused(self, toy, formula: str) -> None:
        refused(toy, formula)

    @pytest.mark.parametrize("formula", [
        "true; drop table household", "1); drop table household", "true -- and false", "true /* and false */", "true union select false",
        "true from household", "true where false", "true as x", "true, false", "distinct true", "*", "true limit 1", "/*+ hint */ true",
        "housing_safe;", "'x' = area_kind; --'", "true order by 1", "true) as x from (select true"])
    def test_text_that_would_be_more_than_one_expression_is_refused(self, toy, formula: str) -> None:
        refused(toy, formula)

    def test_marks_inside_a_text_are_only_text(self, toy) -> None:
        says = refused(toy, "area_kind = '--; /* it''s'")
        assert "城乡没有“--; /* it's”这一项" in says

    @pytest.mark.parametrize("formula", ["", "housing_safe and", "(housing_safe", "housing_safe)", "area_kind = 'urban",
                                         "not", "and true", "member_count > > 1", "case when true then", "any_of(members severe_illness)"])
    def test_what_cannot_be_read_is_refused_in_plain_words(self, toy, formula: str) -> None:
        messages = toy.refusals(toy.rule(formula or "''"))
        assert messages[0].startswith("rules/asked.yaml:")

    @pytest.mark.parametrize("formula, says", [
        ("member_count in (member_count, 1)", "in 里只能列举常数"), ("member_count in ('a')", "不能比较"),
        ("member_count and true", "不是“是/否”"),
        ("not area_kind", "不是“是/否”"), ("case when member_count then true else false end", "不是“是/否”"),
        ("age_on(member_count) > 1", "要日期"), ("months_between(day, 1) > 1", "要日期"), ("within_months(12, day)", "要日期"),
        ("if_unknown(housing_safe) and true", "if_unknown 要 2 个参数"), ("larger_of(member_count) > 1", "larger_of 要 2 或 3"),
        ("div_round(member_count) = 1", "div_round 要 2 个参数"), ("age_on(day, day, day) = 1", "age_on 要 1 或 2 个参数")])
    def test_arguments_are_checked(self, toy, formula: str, says: str) -> None:
        assert says in refused(toy, formula)

    @pytest.mark.parametrize("formula", [
        "sum_of(members) = 0", "sum_of(members, age, true, 0) = 0", "count_of() = 0", "count_of(members, true, true) = 0",
        "any_of(members)",
        "all_of(members, true, true)", "max_of(members, age) = 0", "max_of(members, age, true) = 0", "latest_of(members, age, true) = 0"])
    def test_aggregates_count_their_arguments(self, toy, formula: str) -> None:
        assert "个参数" in refused(toy, formula)

    @pytest.mark.parametrize("formula, says", [
        ("sum_of(members, level) = 0", "文字不能做加减乘"), ("sum_of(members, is_member) = 0", "是否不能做加减乘"),
        ("max_of(members, level, true, '1') = '1'", "没有大小"), ("latest_of(members, age, true, 0) = 0", "person 没有 dated_by"),
        ("any_of(members, age)", "不是“是/否”"), ("count_of(members, age) = 0", "不是“是/否”"),
        ("max_of(members, age, age, 0) = 0", "不是“是/否”"), ("max_of(members, age, true, 'x') = 0", "不能并列"),
        ("max_of(members, yearly_income, true, standard) > 0", "不能并列")])
    def test_aggregates_check_what_they_gather(self, toy, formula: str, says: str) -> None:
        assert says in refused(toy, formula)


class TestSlipsOfABeginner:
    @pytest.mark.parametrize("formula, says", [
        ("larger_of(annual_income，0) > 0", "公式里有中文（全角）标点或字符“，”"),
        ("larger_of（annual_income, 0) > 0", "改用英文（半角）的“(”"),
        ("annual_income ≥ 0", "改用英文（半角）的“>=”"), ("area_kind = ‘rural’", "改用英文（半角）的“'”"), ("annual_income ＞ ０", "“＞”"),
        ("has_members 并且 has_members", "公式里有中文“并且”"), ("annual_income > 0 && annual_income > 0", "公式里不能写 &&。改成 and"),
        ("larger_of(annual_income, 0 > 0", "括号不成对：左括号 1 个，右括号 0 个"),
        ("case when true then true else false", "每个 case 要有一个 end"),
        ("annual_income / member_count > 0", "公式里不能用除号：annual_income / member_count")])
    def test_the_mark_is_named_with_what_to_write_instead(self, toy, formula: str, says: str) -> None:
        assert says in refused(toy, formula)

    def test_a_call_is_shown_as_written(self, toy) -> None:
        assert "larger_of(annual_income, standard)：" in refused(toy, "larger_of(annual_income, standard) > 0")

    @pytest.mark.parametrize("says", ["收入｛annual_income｝", "收入{annual income}", "收入{annual_income"])
    def test_a_sentence_with_wrong_braces(self, toy, says: str) -> None:
        rule = toy.rule("annual_income > 0", more=f'    says: {{"yes": "{says}"}}\n')
        assert "不成对或写错的" in toy.refusals(rule)[0]


class TestRoundingAndUnknown:
    def without_rounding(self, toy, formula: str, kind: str, unit: str) -> list[str]:
        files = toy.rule(formula, kind=kind, unit=unit)
        files["rules/asked.yaml"] = files["rules/asked.yaml"].replace("    rounding: 见 D-1\n", "")
        return toy.refusals(files)

    @pytest.mark.parametrize("formula, unit, word", [
        ("div_round(annual_income, member_count)", "fen per year per person", "div_round"),
        ("monthly(annual_income)", "fen per month", "monthly"),
        ("times(dibao_amount, edge_ratio)", "fen per month", "times"), ("ceil_to(dibao_amount, car_limit)", "fen per month", "ceil_to"),
        ("floor_to(dibao_amount, car_limit)", "fen per month", "floor_to"),
        ("round_to(dibao_amount, car_limit)", "fen per month", "round_to"),
        ("max_of(members, monthly(yearly_income), true, 0)", "fen per month per person", "monthly")])
    def test_rounding_needs_a_reason_also_inside_an_aggregate(self, toy, formula: str, unit: str, word: str) -> None:
        assert self.without_rounding(toy, formula, "money", unit) == [
            f"rules/asked.yaml:8: 规则 asked 用了取整（{word}）却没有写理由。用 rounding 写明取整的依据。"]

    def test_exact_arithmetic_needs_none(self, toy) -> None:
        files = toy.rule("over_months(dibao_amount, 12)", kind="money", unit="fen")
        toy.load({**files, "rules/asked.yaml": files["rules/asked.yaml"].replace("    rounding: 见 D-1\n", "")})

    @pytest.mark.parametrize("formula, word", [("if_unknown(housing_safe, true)", "if_unknown"), ("is_known(housing_safe)", "is_known"),
                                               ("any_of(members, if_unknown(severe_illness, false))", "if_unknown")])
    def test_settling_the_unknown_needs_a_reading(self, toy, formula: str, word: str) -> None:
        files = toy.rule(formula)
        files["rules/asked.yaml"] = files["rules/asked.yaml"].replace("reading: R-1", "clause: D-1")
        assert toy.refusals(files) == [
            f"rules/asked.yaml:8: 规则 asked 用 {word} 把“不清楚”当成了确定的答案。去掉它；若确有依据，写一条 reading 并引用。"]
