"""The check of a whole pack: cycles, cover of every day, uses, grounds, readings, results, alerts."""

from __future__ import annotations

import pytest


def rules(*lines: str) -> dict[str, str]:
    return {"rules/extra.yaml": "rules:\n" + "".join(f"  - {{{line}}}\n" for line in lines)}


def household(name: str, formula: str, kind: str = "bool", more: str = "clause: D-1") -> str:
    return f'name: {name}, entity: household, label: {name}, kind: {kind}, formula: "{formula}", {more}'


class TestCycles:
    def test_two_rules_that_need_each_other(self, toy) -> None:
        messages = toy.refusals(rules(household("one", "not two"), household("two", "not one")))
        assert messages == ["rules/extra.yaml:2: 规则互相引用成环：household.one → household.two → household.one。断开其中一处引用。"]

    def test_a_rule_that_needs_itself(self, toy) -> None:
        assert "household.one → household.one" in toy.refusals(rules(household("one", "not one")))[0]

    def test_a_cycle_down_through_an_aggregate_and_up_again(self, toy) -> None:
        person = 'name: helped, entity: person, label: 受助, kind: bool, formula: "household.anybody", clause: D-1'
        messages = toy.refusals(rules(household("anybody", "any_of(persons, helped)"), person))
        assert messages == [
            "rules/extra.yaml:2: 规则互相引用成环：household.anybody → person.helped → household.anybody。断开其中一处引用。"]

    def test_a_cycle_through_the_condition_of_a_set_is_found(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "formula: lives_together", "formula: lives_together and household.member_count > 1")
        assert "person.is_member → household.member_count → person.is_member" in toy.refusals(files)[0]

    def test_a_cycle_that_only_an_older_version_has(self, toy) -> None:
        text = ("rules:\n  - name: one\n    entity: household\n    label: 一\n    kind: bool\n    versions:\n"
                "      - {from: 2025-01-01, formula: not two, clause: D-1}\n      - {from: 2025-06-01, formula: 'true', clause: D-1}\n"
                "  - {name: two, entity: household, label: 二, kind: bool, formula: one, clause: D-1}\n")
        assert "成环" in toy.refusals({"rules/extra.yaml": text})[0]


class TestCover:
    def test_a_value_starts_on_or_before_the_pack(self, toy) -> None:
        files = toy.changed("values/standards.yaml", 'from: 2025-01-01, value: "1.5"', 'from: 2025-01-02, value: "1.5"')
        says = "值 edge_ratio 从 2025-01-02 起才有取值，而政策包从 2025-01-01 起施行。补上更早的取值（查不到就写 assumed 并说明）。"
        assert toy.refusals(files) == [f"values/standards.yaml:16: {says}"]

    def versions(self, *starts: str) -> dict[str, str]:
        lines = "".join(f"      - {{from: {start}, formula: 'true', clause: D-1}}\n" for start in starts)
        head = "rules:\n  - name: dated\n    entity: household\n    label: 一\n    kind: bool\n    versions:\n"
        return {"rules/extra.yaml": head + lines}

    def test_a_rule_has_a_version_for_the_packs_first_day(self, toy) -> None:
        assert toy.refusals(self.versions("2025-02-01")) == [
            "rules/extra.yaml:2: 规则 dated 从 2025-02-01 起才有版本，而政策包从 2025-01-01 起施行。补上更早的版本。"]

    @pytest.mark.parametrize("starts", [("2025-06-01", "2025-01-01"), ("2025-01-01", "2025-01-01")])
    def test_versions_are_in_order_and_differ(self, toy, starts: tuple[str, str]) -> None:
        assert toy.refusals(self.versions(*starts)) == [
            "rules/extra.yaml:2: 规则 dated 的版本没有按日期从早到晚排列，或有重复。按 from 排序。"]

    def test_a_rule_has_a_formula_or_versions_and_not_both(self, toy) -> None:
        both = household("one", "true") + ", versions: [{from: 2025-01-01, formula: 'true', clause: D-1}]"
        neither = "name: two, entity: household, label: 二, kind: bool, clause: D-1"
        says = [text.split(": ", 1)[1] for text in toy.refusals(rules(both, neither))]
        assert says == ["规则要有 formula 或 versions，且只能有其一。留一种。"] * 2


class TestUses:
    def test_a_rule_that_nobody_uses(self, toy) -> None:
        assert toy.refusals(rules(household("idle", "true"))) == [
            "rules/extra.yaml:2: 规则 household.idle 没有人用。在结果、其他规则或预警里用上它，或删去。"]

    def test_rules_that_only_use_each_other_are_not_used(self, toy) -> None:
        assert len(toy.refusals(rules(household("idle", "true"), household("user", "idle")))) == 2

    def test_a_rule_that_a_sentence_speaks_is_used(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", '"no": "不低于标准"', '"no": "不低于{spoken}"')
        toy.load({**files, **rules(household("spoken", "true"))})

    def test_a_rule_that_is_the_condition_of_a_set_is_used(self, toy) -> None:
        files = rules('name: ill, entity: person, label: 病, kind: bool, formula: severe_illness, clause: D-1',
                      household("sick_family", "any_of(sick, true)"))
        files["rules/sets.yaml"] = "sets:\n  - {name: sick, of: person, where: ill, label: 病人, clause: D-1}\n"
        toy.load({**files, **toy.changed("rules/results.yaml", "show: [", "show: [sick_family, ")})


class TestGrounds:
    @pytest.mark.parametrize("kind", ["computable", "procedural"])
    def test_a_clause_that_nothing_cites(self, toy, kind: str) -> None:
        files = toy.changed("clauses.yaml", "kind: organisational, why: 没有可计算的内容", f"kind: {kind}")
        says = "条款 D-3（第三条）可计算或属流程，却没有规则、值、流程项或预警对应。"
        do = "写出对应的规则或流程项并引用它；若确属组织事项，改 kind 并写 why。"
        assert toy.refusals(files) == [f"clauses.yaml:4: {says}{do}"]

    def test_a_clause_that_does_not_exist(self, toy) -> None:
        message = toy.refusals(rules(household("one", "true", more="clause: D-11")))[0]
        assert message.startswith("rules/extra.yaml:2: 规则 household.one 引用的条款 D-11 不存在。是不是想写 D-1")

    def test_a_reading_that_does_not_exist(self, toy) -> None:
        assert "引用的读法 R-11 不存在" in toy.refusals(rules(household("one", "true", more="reading: R-11")))[0]

    def test_a_rule_without_any_ground(self, toy) -> None:
        text = rules('name: one, entity: household, label: 一, kind: bool, formula: "true"')
        assert toy.refusals(text) == ["rules/extra.yaml:2: 规则没有依据。写上 clause（条款）或 reading（理解）。"]

    def test_a_reading_that_nothing_uses(self, toy) -> None:
        text = ("readings:\n  - {id: R-2, clause: D-1, question: 问, readings: [a, b], chosen: a, why: 因, tested_by: [一个人没有收入]}\n")
        base = toy.changed("readings.yaml", "readings:\n", text)
        assert toy.refusals(base) == ["readings.yaml:2: 读法 R-2 没有被任何规则、值或流程项引用。在用到它的地方写 reading，或删去。"]

    def test_a_reading_without_a_case(self, toy) -> None:
        files = toy.changed("readings.yaml", ", tested_by: [一个人没有收入]", "")
        assert toy.refusals(files) == ["readings.yaml:2: 读法 R-1 没有用例验证边界。在 tested_by 写上用例的标题。"]

    def test_a_reading_whose_case_does_not_exist(self, toy) -> None:
        files = toy.changed("readings.yaml", "[一个人没有收入]", "[一个人没收入]")
        assert toy.refusals(files) == ["readings.yaml:2: 读法 R-1 的用例“一个人没收入”不存在。是不是想写 一个人没有收入？"]

    def test_a_reading_of_a_clause_that_does_not_exist(self, toy) -> None:
        assert "读法 R-1 的条款 D-9 不存在" in toy.refusals(toy.changed("readings.yaml", "clause: D-1", "clause: D-9"))[0]


class TestNames:
    @pytest.mark.parametrize("name", ["area_kind", "edge_ratio", "category", "household_step_1", "day", "unknown", "category_amount"])
    def test_a_rule_may_not_take_a_name_that_is_taken(self, toy, name: str) -> None:
        assert f"名称 {name} 已被" in toy.refusals(rules(household(name, "true")))[0]

    @pytest.mark.parametrize("name", ["edge_ratio", "category", "day", "unknown"])
    def test_nor_may_a_fact(self, toy, name: str) -> None:
        text = f"facts:\n  - {{name: {name}, entity: household, label: 一, kind: bool, optional: true, describe: 一}}\n"
        assert f"rules/extra.yaml:2: 名称 {name} 已被" in toy.refusals({"rules/extra.yaml": text})[0]

    def test_a_rule_of_an_unknown_entity(self, toy) -> None:
        messages = toy.refusals(rules('name: one, entity: persn, label: 一, kind: bool, formula: "true", clause: D-1'))
        assert messages[0] == "rules/extra.yaml:2: 没有名为 persn 的实体。是不是想写 person？"

    def test_a_fact_of_an_unknown_entity(self, toy) -> None:
        text = "facts:\n  - {name: one, entity: persn, label: 一, kind: bool, describe: 一}\n"
        assert toy.refusals({"rules/extra.yaml": text}) == ["rules/extra.yaml:2: 没有名为 persn 的实体。是不是想写 person？"]

    def test_a_sentence_that_names_nothing(self, toy) -> None:
        files = toy.changed("rules/rules.yaml", "月人均收入{income_per_head}", "月人均收入{income_per_haed}")
        message = toy.refusals(files)[0]
        assert "规则 below_standard 的 says：不认识的名称 income_per_haed。是不是想写 income_per_head？" in message

    def test_a_sentence_key_other_than_the_answers(self, toy) -> None:
        assert "says 里不认识的键 maybe" in toy.refusals(toy.changed("rules/rules.yaml", 'unknown: 收入还不清楚', "maybe: 收入"))[0]


class TestEntities:
    @pytest.mark.parametrize("text, word", [
        ("{name: thing, label: 物, parent: persn, collection: things}", "的 parent persn 不存在"),
        ("{name: thing, label: 物, parent: person}", "没有 collection"),
        ("{name: thing, label: 物, parent: person, collection: incomes}", "的 collection 同为 incomes"),
        ("{name: thing, label: 物, parent: thing, collection: things}", "上级互相成环"),
        ("{name: thing, label: 物, parent: person, collection: things, dated_by: when}", "dated_by when 不是它的日期事实")])
    def test_form_a_tree_below_the_household(self, toy, text: str, word: str) -> None:
        message = toy.refusals({"rules/extra.yaml": f"entities:\n  - {text}\n"})[0]
        assert message.startswith("rules/")
        assert word in message
        assert "thing" in message

    def test_the_household_has_no_parent(self, toy) -> None:
        files = toy.changed("rules/facts.yaml", "{name: household, label: 家庭}", "{name: household, label: 家庭, parent: person}")
        assert "household 不能有 parent" in toy.refusals(files)[0]

    def test_a_value_by_area_needs_the_area_of_the_household(self, toy) -> None:
        change = "{from: 2025-01-01, value: {other: 1}, source: 一, confidence: confirmed}"
        text = f"values:\n  - {{name: town_line, label: 线, kind: int, by: township, clause: D-1, changes: [{change}]}}\n"
        assert "家庭没有 township 这个事实" in toy.refusals({"values/extra.yaml": text})[0]

    @pytest.mark.parametrize("text, word", [
        ("{name: incomes, of: person, where: is_member, label: 一, clause: D-1}", "与实体的 collection 同名"),
        ("{name: some, of: persn, where: is_member, label: 一, clause: D-1}", "persn.is_member 不存在"),
        ("{name: some, of: person, where: is_membr, label: 一, clause: D-1}", "person.is_membr 不存在。是不是想写 is_member？"),
        ("{name: some, of: person, where: age, label: 一, clause: D-1}", "不是“是/否”")])
    def test_a_set_has_a_condition_of_its_entity(self, toy, text: str, word: str) -> None:
        assert word in toy.refusals({"rules/extra.yaml": f"sets:\n  - {text}\n"})[0]


class TestResults:
    @pytest.mark.parametrize("old, new, word", [
        ("category: edge, when", "category: egde, when", "类别 egde 没有在 categories 里列出。是不是想写 edge？"),
        ("when: edge_family", "when: edge_famly", "类别 edge 的 when 指向的 household.edge_famly 不存在。是不是想写 edge_family"),
        ("when: edge_family", "when: member_count", "household.member_count 不是“是/否”"),
        ("when: edge_family", "when: single", "household.single 不存在"),
        ("amount: dibao_amount", "amount: dibao_amout", "amount 指向的 household.dibao_amout 不存在"),
        ("amount: dibao_amount", "amount: annual_income", "应为每月金额"),
        ("amount: dibao_amount", "amount: income_per_head", "应为每月金额"),
        ("amount: single_amount", "amount: yearly_income", "应为每月金额"),
        ("these: [dibao, edge]", "these: [dibao, egde]", "兼容关系里的 egde 不是类别或标识"),
        ("are: exclusive", "are: either", "are 不能是 either"),
        ("tag: sick, label: 重病, level: person", "tag: sick, label: 重病, level: household", "household.single 不存在"),
        ("lines: [below_standard,", "lines: [below_standrd,", "results 里的 below_standrd 不是家庭或成员的规则。是不是想写 below_standard"),
        ("lines: [below_standard,", "lines: [income_per_head,", "lines 里的 income_per_head 不是“是/否”"),
        ("show: [income_per_head", "show: [income.amount", "results 里的 income.amount 不是家庭或成员的规则"),
        ("clause: D-1}\n  person:", "}\n  person:", "没有依据")])
    def test_point_at_what_there_is(self, toy, old: str, new: str, word: str) -> None:
        messages = toy.refusals(toy.changed("rules/results.yaml", old, new))
        assert messages[0].startswith("rules/results.yaml:")
        assert word in messages[0]


class TestAlerts:
    ALERT = ("alerts:\n  - {name: rich, label: 收入高, family: E, entity: household, when: above_standard, evidence: [annual_income],\n"
             "     owner: township, limit: {count: 40, unit: working_days, from: arrival}, clause: D-1}\n")

    def test_a_whole_one_is_taken(self, toy) -> None:
        assert toy.load({"alerts.yaml": self.ALERT}).pack.alerts["rich"].limit.count == 40

    @pytest.mark.parametrize("old, new, word", [
        ("when: above_standard", "when: above_standrd", "预警 rich 的 when 指向的 household.above_standrd 不存在"),
        ("when: above_standard", "when: annual_income", "不是“是/否”"), ("entity: household", "entity: home", "home.above_standard 不存在"),
        ("[annual_income]", "[anual_income]", "预警 rich 的 evidence anual_income 不存在。是不是想写 annual_income？"),
        ("family: E", "family: X", "family 不能是 X。可选：E M R Q"), ("owner: township, ", "", "预警规则缺少 owner"),
        ("     owner: township, limit", "     limit", "预警规则缺少 owner"), ("count: 40", "count: 四十", "count 应是整数"),
        ("from: arrival", "form: arrival", "时限里不认识的键 form。是不是想写 from？")])
    def test_point_at_what_there_is(self, toy, old: str, new: str, word: str) -> None:
        messages = toy.refusals({"alerts.yaml": self.ALERT.replace(old, new)})
        assert all(text.startswith("alerts.yaml:") for text in messages)
        assert any(word in text for text in messages)
