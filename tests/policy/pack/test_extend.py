"""Packs that extend packs: what is replaced must be meant, and must fit."""

from __future__ import annotations

import pytest

from doudi.policy import api

CHILD = {"pack.yaml": "name: child\ntitle: 子包\nfrom: 2025-01-01\nextends: toy\n"}
STANDARD = """\
values:
  - name: standard
    label: 低保标准
    kind: money
    unit: fen per month per person
    by: area_kind
    clause: D-1
    overrides: true
    changes: [{from: 2025-01-01, value: {urban: 95000, rural: 75000}, source: 子包〔2025〕1号, confidence: confirmed}]
"""
RULE = """\
rules:
  - {name: dibao_family, entity: household, label: 低保家庭, kind: bool, formula: below_standard, clause: D-1, overrides: true}
"""


@pytest.fixture
def child(own_toy):
    """Return a function that loads a child pack with some files, or gives its refusals."""

    def files(**texts: str) -> dict[str, str]:
        own_toy.write("child", CHILD)
        return {name.replace("__", "/") + ".yaml": text for name, text in texts.items()}

    class Child:
        def load(self, **texts: str) -> api.LoadedPack:
            return own_toy.load(files(**texts), "child")

        def refusals(self, **texts: str) -> list[str]:
            return own_toy.refusals(files(**texts), "child")

    return Child()


class TestWhatAChildInherits:
    def test_everything_it_does_not_replace(self, child) -> None:
        pack = child.load()
        assert pack.layers == ("toy", "child")
        assert ("household", "dibao_family") in pack.pack.rules

    def test_a_value_it_replaces_is_its_own(self, child, toy) -> None:
        pack = child.load(values__standards=STANDARD)
        assert api.evaluate(pack, toy.family({}), day=toy.day).household.amount == 75_000

    def test_a_rule_it_replaces_is_its_own(self, child, toy) -> None:
        pack = child.load(rules__rules=RULE)
        assert pack.pack.rules["household", "dibao_family"].pack == "child"

    def test_a_fact_may_be_replaced_with_other_choices(self, child, toy) -> None:
        pack = child.load(rules__facts="facts:\n  - {name: level, entity: person, label: 等级, kind: text, choices: {none: 无, a: 甲},\n"
                                       "     optional: true, describe: 证, overrides: true}\n")
        assert list(pack.pack.facts["person", "level"].choices) == ["none", "a"]

    def test_a_set_may_be_replaced(self, child, toy) -> None:
        text = "sets:\n  - {name: members, of: person, where: severe_illness, label: 成员, clause: D-1, overrides: true}\n"
        pack = child.load(rules__sets=text)
        answer = api.evaluate(pack, toy.family({}, {"severe_illness": True}), day=toy.day)
        assert answer.program.value(answer.row, "member_count") == 1

    def test_the_digest_moves_with_a_parents_text(self, own_toy) -> None:
        own_toy.write("child", CHILD)
        before = own_toy.load(name="child").pack.digest
        path = own_toy.policies / "toy" / "process.yaml"
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        assert own_toy.load(name="child").pack.digest != before

    def test_a_parents_rule_that_the_child_no_longer_uses_is_no_fault(self, child) -> None:
        assert child.load(rules__rules=RULE)

    def test_a_parents_uncited_clause_is_not_the_childs_fault(self, child) -> None:
        child.load(process="steps:\n  - {name: decide, label: 审批, clause: D-1, overrides: true}\n")


class TestWhatIsRefused:
    def test_the_same_name_without_overrides(self, child) -> None:
        says = "rules/rules.yaml:2: 规则 household.dibao_family 已经有了。"
        assert child.refusals(rules__rules=RULE.replace(", overrides: true", "")) == [
            f"{says}若要替换 toy/rules/rules.yaml:18 的同名规则，写 overrides: true；否则改名。"]

    def test_a_rule_copied_twice_in_one_pack_with_overrides(self, child) -> None:
        copied = RULE.removeprefix("rules:\n")
        message = child.refusals(rules__rules=RULE + copied)[0]
        assert message == ("rules/rules.yaml:3: 规则 household.dibao_family 在本包里写了两次，另一次在 rules/rules.yaml:2。"
                           "删去多写的一次，或改名。")

    def test_overrides_with_nothing_to_replace_suggests_a_name(self, child) -> None:
        message = child.refusals(rules__rules=RULE.replace("dibao_family,", "dibao_famly,"))[0]
        assert message.startswith("rules/rules.yaml:2: 规则 household.dibao_famly 写了 overrides，但没有可替换的同名规则。")
        assert "household.dibao_family" in message

    def test_another_kind_or_unit(self, child) -> None:
        messages = child.refusals(values__standards=STANDARD.replace("fen per month per person", "fen per year per person"))
        says = "值 standard 的类型与被替换的不同：原为金额（分/月·每人），现为金额（分/年·每人）。"
        assert messages == [f"values/standards.yaml:2: {says}与 toy/values/standards.yaml:2 保持一致，或另起名称。"]

    def test_another_by(self, child) -> None:
        text = STANDARD.replace("    by: area_kind\n", "").replace("{urban: 95000, rural: 75000}", "75000")
        assert child.refusals(values__standards=text) == [
            "values/standards.yaml:2: 值 standard 的 by 与被替换的不同。与 toy/values/standards.yaml:2 保持一致。"]

    @pytest.mark.parametrize("file, text, word", [
        ("clauses", "clauses:\n  - {id: D-1, article: 一, says: 又, kind: computable}\n", "条款 D-1 已经有了"),
        ("readings", "readings:\n  - {id: R-1, clause: D-1, question: 问, readings: [a, b], chosen: a, why: 因}\n", "读法 R-1 已经有了"),
        ("rules__x", "entities:\n  - {name: income, label: 收入, parent: person, collection: others}\n", "实体 income 已经有了"),
        ("process", "steps:\n  - {name: decide, label: 审批, clause: D-2}\n", "流程项 steps.decide 已经有了"),
        ("rules__x", "sets:\n  - {name: members, of: person, where: is_member, label: 成员, clause: D-1}\n", "集合 members 已经有了"),
        ("rules__x", "facts:\n  - {name: birth, entity: person, label: 生日, kind: date, describe: 证}\n", "事实 person.birth 已经有了"),
        ("rules__results", "results:\n  categories: []\n  household: {choose: first}\n  person: {choose: first}\n",
         "结果 results 已经有了")])
    def test_any_item_given_again(self, child, file: str, text: str, word: str) -> None:
        assert word in child.refusals(**{file: text})[0]

    def test_a_parent_that_does_not_exist(self, own_toy) -> None:
        own_toy.write("child", {"pack.yaml": CHILD["pack.yaml"].replace("extends: toy", "extends: toi")})
        assert own_toy.refusals({}, "child") == ["pack.yaml:1: 没有名为 toi 的政策包。是不是想写 toy？"]

    def test_a_pack_that_does_not_exist(self, own_toy) -> None:
        assert own_toy.refusals({}, "toi") == ["pack.yaml:1: 没有名为 toi 的政策包。是不是想写 toy？"]

    @pytest.mark.parametrize("parent, loop", [("child", "child → child"), ("other", "child → other → child")])
    def test_packs_that_extend_each_other(self, own_toy, parent: str, loop: str) -> None:
        own_toy.write("child", {"pack.yaml": f"name: child\ntitle: 子包\nfrom: 2025-01-01\nextends: {parent}\n"})
        own_toy.write("other", {"pack.yaml": "name: other\ntitle: 别包\nfrom: 2025-01-01\nextends: child\n"})
        assert own_toy.refusals({}, "child") == [f"pack.yaml:1: 政策包互相继承成环：{loop}。改正 extends。"]

    def test_a_mistake_in_the_parent_names_the_parents_file(self, own_toy) -> None:
        own_toy.write("child", CHILD)
        own_toy.write("toy", own_toy.changed("clauses.yaml", "article: 第一条, ", ""))
        assert own_toy.refusals({}, "child") == ["toy/clauses.yaml:2: 条款缺少 article。补上 article。"]

    def test_a_name_that_is_not_its_folders(self, own_toy) -> None:
        own_toy.write("child", {"pack.yaml": CHILD["pack.yaml"].replace("name: child", "name: chidl")})
        assert own_toy.refusals({}, "child") == ["pack.yaml:1: name 是 chidl，文件夹却是 child。让两者相同，否则找不到它的用例。"]

    def test_a_folder_without_pack_yaml(self, own_toy) -> None:
        own_toy.write("child", {"clauses.yaml": "clauses: []\n"})
        assert "child 里没有 pack.yaml" in own_toy.refusals({}, "child")[0]


class TestLocalValues:
    LOCAL = "values:\n  - {name: local_line, label: 本地线, kind: money, unit: fen, clause: D-1, local: true}\n"
    GIVEN = ("values:\n  - {name: local_line, label: 本地线, kind: money, unit: fen, clause: D-1, overrides: true,\n"
             "     changes: [{from: 2025-01-01, value: 5, source: 子包, confidence: confirmed}]}\n")

    def test_may_stand_open_in_an_abstract_pack(self, own_toy) -> None:
        own_toy.write("toy", {"values/local.yaml": self.LOCAL, **own_toy.changed("pack.yaml", "from:", "abstract: true\nfrom:")})
        assert own_toy.load().pack.values["local_line"].changes == ()

    def test_must_be_given_by_a_pack_that_is_not_abstract(self, own_toy) -> None:
        own_toy.write("toy", {"values/local.yaml": self.LOCAL})
        own_toy.write("child", CHILD)
        assert own_toy.refusals({}, "child") == [
            "toy/values/local.yaml:2: 值 local_line（本地线）没有取值。在 child 的 values/ 里写出，并写 overrides: true。"]

    def test_are_filled_by_overriding(self, own_toy) -> None:
        own_toy.write("toy", {"values/local.yaml": self.LOCAL})
        own_toy.write("child", CHILD)
        assert own_toy.load({"values/local.yaml": self.GIVEN}, "child").pack.values["local_line"].changes[0].value == 5


class TestPackNames:
    def test_are_folders_with_a_pack_file_and_not_cases(self, own_toy) -> None:
        own_toy.write("hubei/daye", CHILD)
        own_toy.write("toy/cases/x", CHILD)
        assert api.pack_names(own_toy.policies) == ["hubei/daye", "toy"]
