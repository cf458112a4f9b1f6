"""Fields of items: what is missing, misspelt or of the wrong kind is named at its line."""

from __future__ import annotations

import pytest

from doudi.policy.pack.load import SECTIONS


class TestFieldsOfAnItem:
    @pytest.mark.parametrize("file, old, new, message", [
        ("clauses.yaml", "article: 第一条, ", "", "clauses.yaml:2: 条款缺少 article。补上 article。"),
        ("clauses.yaml", "article: 第一条", "artcle: 第一条, article: 一", "clauses.yaml:2: 条款里不认识的键 artcle。是不是想写 article？"),
        ("clauses.yaml", "article: 第一条", "article: 1", "clauses.yaml:2: article 应是文字，现在是 1。改成文字。"),
        ("clauses.yaml", "article: 第一条", 'article: "  "', "clauses.yaml:2: 条款的 article 是空的。写上 article。"),
        ("clauses.yaml", "kind: computable", "kind: computabel",
         "clauses.yaml:2: kind 不能是 computabel。可选：computable procedural organisational。"),
        ("clauses.yaml", ", why: 没有可计算的内容", "",
         "clauses.yaml:4: 组织类条款没有写原因。用 why 说明为什么没有规则或流程对应它。"),
        ("pack.yaml", "title: 玩具县\n", "", "pack.yaml:1: 政策包缺少 title。补上 title。"),
        ("pack.yaml", "from: 2025-01-01", "from: 2025年", ("pack.yaml:3: from 应是日期，现在是 2025年。"
                                                                "写成 2025-07-01 的样子（四位年、两位月、两位日，不加引号）。")),
        ("pack.yaml", "title: 玩具县", "title: 玩具县\nabstract: 真",
         "pack.yaml:3: abstract 应是true 或 false，现在是 真。改成true 或 false。"),
        ("process.yaml", "unit: working_days", "unit: weeks",
         "process.yaml:2: unit 不能是 weeks。可选：working_days calendar_days months years persons times。"),
        ("process.yaml", "clause: D-2, ", "", "process.yaml:2: 流程项没有依据。写上 clause（条款）或 reading（理解）。"),
        ("process.yaml", "count: 10", "count: true", "process.yaml:2: count 应是整数，现在是 True。改成整数。"),
        ("process.yaml", "clause: D-2", "clause: D-2, confidence: assumed",
         "process.yaml:2: 暂定的流程项没有说明。用 note 写清缺什么依据、怎样核实。"),
        ("process.yaml", "steps:", "stpes:",
         f"process.yaml:1: process.yaml 里不认识的键 stpes。可用：{' '.join(SECTIONS)}。"),
        ("rules/facts.yaml", "{name: birth,", "{name: Birth,",
         "rules/facts.yaml:11: 名称 Birth 不合规。用小写英文字母、数字和下划线，以字母开头。"),
        ("readings.yaml", "chosen: 按本人", "chosen: 按人", "readings.yaml:2: 选定的读法“按人”不在 readings 里。与其中一种逐字相同。"),
        ("readings.yaml", "[按本人, 按全家]", "[按本人]", "readings.yaml:2: 至少要写两种读法。把另一种读法也写下来。"),
        ("rules/results.yaml", "choose: first", "choose: best", "rules/results.yaml:6: choose 不能是 best。可选：first better。"),
    ])
    def test_a_mistake_is_named_with_file_and_line(self, toy, file: str, old: str, new: str, message: str) -> None:
        assert toy.refusals(toy.changed(file, old, new)) == [message]

    def test_every_item_that_cannot_be_read_is_reported_at_once(self, toy) -> None:
        files = {**toy.changed("clauses.yaml", "article: 第一条, ", ""), **toy.changed("process.yaml", "label: 审批, ", "")}
        assert [text.split(":")[0] for text in toy.refusals(files)] == ["clauses.yaml", "process.yaml"]


class TestFilesOfAPack:
    def test_an_unknown_file_is_refused(self, toy) -> None:
        assert toy.refusals({"rule.yaml": "rules: []"}) == [
            "rule.yaml:1: 不认识的文件 rule.yaml。政策包里可有的文件见 docs/policy-language.md。"]

    def test_a_file_that_is_a_list_is_refused(self, toy) -> None:
        assert toy.refusals({"alerts.yaml": "- a"}) == ["alerts.yaml:1: 文件最外层应是“键: 值”。按 docs/policy-language.md 的格式改写。"]

    def test_items_must_be_a_list(self, toy) -> None:
        assert toy.refusals({"alerts.yaml": "alerts: {name: x}"}) == ["alerts.yaml:1: alerts 应是列表。每一项以 - 开头。"]

    def test_an_item_must_be_a_mapping(self, toy) -> None:
        assert toy.refusals({"alerts.yaml": "alerts:\n  - 文字"}) == [
            "alerts.yaml:1: 预警规则应是一组“键: 值”。按 docs/policy-language.md 的格式改写。"]

    def test_values_may_not_stand_among_rules(self, toy) -> None:
        assert toy.refusals({"rules/x.yaml": "values: []"}) == [
            "rules/x.yaml:1: rules/x.yaml 里不认识的键 values。可用：entities facts sets rules results。"]

    def test_a_pack_without_results_is_refused(self, toy) -> None:
        assert toy.refusals({"rules/results.yaml": ""})[0] == "pack.yaml:1: 政策包没有 results。在 rules/results.yaml 写出结果。"


def value(change: str, head: str = "kind: ratio, clause: D-1") -> dict[str, str]:
    return {"values/extra.yaml": f"values:\n  - {{name: extra, label: 另一个值, {head},\n     changes: [{change}]}}"}


SOURCED = "source: 玩具, confidence: confirmed"


class TestValues:
    def test_yuan_written_for_fen_in_a_later_change_is_refused(self, toy) -> None:
        files = toy.changed("values/standards.yaml", "{urban: 90000, rural: 70000}", "{urban: 90000, rural: 720}")
        assert toy.refusals(files) == [("values/standards.yaml:10: 值 standard 从 600元 变为 7.20元，相差 50 倍以上，像是把元写成了分。"
                                        "金额写整数分，例如 711 元写 71100。")]

    def test_an_ordinary_rise_passes(self, toy) -> None:
        toy.load(toy.changed("values/standards.yaml", "{urban: 90000, rural: 70000}", "{urban: 200000, rural: 30000}"))

    @pytest.mark.parametrize("raw", ["1", "true", '"一点五"', '"1.23456"', '"1,5"', '"-"', '".5"', '"1."', '" 1.5"'])
    def test_a_ratio_is_text_with_at_most_four_decimals(self, toy, raw: str) -> None:
        assert "写成带英文引号、至多四位小数的文字" in toy.refusals(value(f"{{from: 2025-01-01, value: {raw}, {SOURCED}}}"))[0]

    @pytest.mark.parametrize("raw, held", [('"1.5"', 15_000), ('"0.0001"', 1), ('"-0.5"', -5_000), ('"2"', 20_000), ('"10.25"', 102_500)])
    def test_a_ratio_is_held_exactly(self, toy, raw: str, held: int) -> None:
        files = toy.changed("values/standards.yaml", 'value: "1.5"', f"value: {raw}")
        assert toy.load(files).pack.values["edge_ratio"].changes[0].value == held

    @pytest.mark.parametrize("raw, kind, word", [("711.00", "kind: money, unit: fen, clause: D-1", "711.00 是小数"),
                                                 ('"71100"', "kind: money, unit: fen, clause: D-1", "取值 71100 不是整数分"),
                                                 ("true", "kind: int, clause: D-1", "取值 True 不是整数"),
                                                 ("1", "kind: bool, clause: D-1", "取值 1 不是true 或 false"),
                                                 ("2025", "kind: date, clause: D-1", "取值 2025 不是日期")])
    def test_a_value_is_of_its_kind(self, toy, raw: str, kind: str, word: str) -> None:
        message = toy.refusals(value(f"{{from: 2025-01-01, value: {raw}, {SOURCED}}}", kind))[0]
        assert message.startswith("values/extra.yaml:")
        assert word in message

    def test_a_value_has_a_source(self, toy) -> None:
        assert toy.refusals(value('{from: 2025-01-01, value: "1", confidence: confirmed}')) == [
            "values/extra.yaml:3: 取值缺少 source。补上 source。"]

    def test_a_source_is_not_an_empty_text(self, toy) -> None:
        text = value('{from: 2025-01-01, value: "1", source: "", confidence: confirmed}')
        assert toy.refusals(text) == ["values/extra.yaml:3: 取值的 source 是空的。写上 source。"]

    def test_an_assumed_value_says_what_is_not_known(self, toy) -> None:
        text = value('{from: 2025-01-01, value: "1", source: 玩具, confidence: assumed}')
        assert toy.refusals(text) == ["values/extra.yaml:3: 暂定值没有说明。用 note 写清缺什么依据、怎样核实。"]

    def test_a_value_has_a_ground(self, toy) -> None:
        text = value(f'{{from: 2025-01-01, value: "1", {SOURCED}}}', "kind: ratio")
        assert toy.refusals(text) == ["values/extra.yaml:2: 值没有依据。写上 clause（条款）或 reading（理解）。"]

    def test_changes_are_in_order(self, toy) -> None:
        text = value(f'{{from: 2025-02-01, value: "1", {SOURCED}}}, {{from: 2025-01-01, value: "1", {SOURCED}}}')
        assert toy.refusals(text) == ["values/extra.yaml:3: 各次取值没有按日期从早到晚排列。按 from 排序。"]

    def test_a_day_has_one_value(self, toy) -> None:
        change = f'{{from: 2025-01-01, value: "1", {SOURCED}}}'
        assert toy.refusals(value(f"{change}, {change}")) == ["values/extra.yaml:3: 同一天有两个取值。只留一个。"]

    def test_a_value_without_any_change_is_refused(self, toy) -> None:
        assert toy.refusals(value("")) == ["values/extra.yaml:2: 值没有任何一次取值。在 changes 里写 from、value、source。"]

    @pytest.mark.parametrize("by, raw, word", [("area_kind", "5", "值按 area_kind 区分"),
                                               ("area_kind", "{urban: 5}", "要同时有 urban 和 rural"),
                                               ("area_kind", "{urban: 5, rural: 6, other: 7}", "要同时有 urban 和 rural"),
                                               ("township", '{"42": 5}', "要有 other"), ("village", "5", "值不能按 village 区分"),
                                               ("[area_kind, township]", "{urban: 5, rural: 6}", "值按 township 区分")])
    def test_a_value_by_area_gives_every_area(self, toy, by: str, raw: str, word: str) -> None:
        text = value(f"{{from: 2025-01-01, value: {raw}, {SOURCED}}}", f"kind: int, by: {by}, clause: D-1")
        assert word in toy.refusals(text)[0]
