"""The strict YAML reader: what a YAML 1.1 reader would misread is refused, at its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.policy.pack.reader import read_file, read_text
from doudi.policy.terms.errors import PolicyError, Where


def refused(text: str) -> str:
    with pytest.raises(PolicyError) as error:
        read_text(text, "a.yaml")
    return str(error.value)


class TestWhatIsRead:
    def test_plain_scalars_keep_their_kind(self) -> None:
        text = "a: 1\nb: -5\nc: true\nd: 2025-10-31\ne: 文字\nf: null\ng: '1.5'\nh: \"no\"\ni: []\n"
        assert read_text(text, "a.yaml") == {"a": 1, "b": -5, "c": True, "d": date(2025, 10, 31), "e": "文字", "f": None, "g": "1.5",
                                             "h": "no", "i": []}

    def test_every_key_knows_its_line(self) -> None:
        block = read_text("# first\na:\n  b: 1\n\n  c: 2\n", "a.yaml")
        assert block["a"].at("c") == Where("a.yaml", 5)
        assert block["a"].where == Where("a.yaml", 3)

    def test_a_key_that_is_not_there_is_at_the_start_of_its_mapping(self) -> None:
        assert read_text("\na: 1\n", "a.yaml").at("gone") == Where("a.yaml", 2)

    def test_an_empty_file_is_nothing(self) -> None:
        assert read_text("# only a remark\n", "a.yaml") is None

    def test_a_file_saved_with_a_byte_order_mark_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_bytes("name: 甲\n".encode("utf-8-sig"))
        assert read_file(tmp_path / "a.yaml", "a.yaml") == {"name": "甲"}


class TestKeys:
    def test_a_key_given_twice_names_both_lines(self) -> None:
        assert refused("a: 1\nb: 2\na: 3\n") == "a.yaml:3: 键 a 重复，第一次在第 1 行。删去或改名其中一个。"

    @pytest.mark.parametrize("key", ["no", "yes", "on", "Off", "true", "12", "1.5", "2025-10-31", "null", "~"])
    def test_a_key_that_is_not_text_is_refused(self, key: str) -> None:
        message = refused(f"a: 1\n{key}: 2\n")
        assert message.startswith("a.yaml:2: ")
        assert f"键 {key} 不是文字" in message

    def test_a_quoted_key_is_text(self) -> None:
        assert read_text('"no": 号', "a.yaml") == {"no": "号"}

    @pytest.mark.parametrize("text", ["a: &x {b: 1}\nc: {<<: *x}", "? [a, b]\n: 1", "? {a: 1}\n: 1"])
    def test_merge_keys_and_keys_that_are_lists_are_refused(self, text: str) -> None:
        assert "不是文字" in refused(text)


class TestValues:
    @pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "True", "FALSE"])
    def test_a_bare_yes_or_no_is_refused(self, word: str) -> None:
        assert refused(f"a: 1\nb: {word}") == f'a.yaml:2: {word} 会被 YAML 读成是否值。是否值写 true 或 false；文字写 "{word}"。'

    @pytest.mark.parametrize("number", ["1.5", "-0.1", ".5", "1.", ".inf", ".nan", "1.0e+3"])
    def test_a_decimal_is_refused(self, number: str) -> None:
        assert refused(f"a: {number}") == f'a.yaml:1: {number} 是小数。金额写整数分，比例写成带引号的文字 "{number}"。'

    @pytest.mark.parametrize("number", ["1_000", "0x1F", "017", "1:30", "+5", "0b11"])
    def test_an_odd_whole_number_is_refused(self, number: str) -> None:
        assert f"{number} 的写法会被 YAML 读错（int）" in refused(f"a: {number}")

    @pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "2023-02-29"])
    def test_a_date_that_does_not_exist_is_refused(self, day: str) -> None:
        assert refused(f"a: 1\n\nb: {day}") == f"a.yaml:3: {day} 不是存在的日期。改成真实的日期。"

    def test_a_time_of_day_is_refused(self) -> None:
        assert "timestamp" in refused("a: 2025-10-31 10:00:00")

    @pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !!binary eA==", "a: !thing x"])
    def test_a_tag_of_a_programming_language_is_refused(self, text: str) -> None:
        assert "会被 YAML 读错" in refused(text)


class TestFiles:
    def test_a_tab_is_refused_at_its_line(self) -> None:
        assert refused("a:\n\tb: 1\n").startswith("a.yaml:2: YAML 写法有误")

    @pytest.mark.parametrize("text, line, says", [
        ("a:\n\tb: 1\n", 2, "行首有制表符（Tab）。缩进只用空格"), ("a: 1\nlabel：城乡\nb: 1\n", 2, "冒号是中文（全角）的“：”：label：城乡"),
        ("a:\n  - b: 1\n  － b: 2\n  - b: 3\n", 3, "列表用了中文（全角）的“－”"), ("a: {b: 1，c: 2}\n", 1, "括号里有中文（全角）逗号"),
        ("a: 1\nb:1\nc: 2\n", 3, "少了冒号，或冒号后面没有空格"), ("a:\n  b: 1\n   c: 2\n", 3, "缩进不对")])
    def test_the_slips_of_a_beginner_are_said_in_chinese(self, text: str, line: int, says: str) -> None:
        message = refused(text)
        assert message.startswith(f"a.yaml:{line}: YAML 写法有误：")
        assert says in message

    @pytest.mark.parametrize("text, line", [("a: 1\nb: ]", 2), ("a: 1\n b: 2", 2), ("a: 'open\n", 2), ("a: 1\n---\nb: 2", 2)])
    def test_broken_yaml_is_refused_at_its_line(self, text: str, line: int) -> None:
        assert refused(text).startswith(f"a.yaml:{line}: YAML 写法有误")

    def test_a_file_in_gbk_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_bytes("name: 大冶\n".encode("gbk"))
        with pytest.raises(PolicyError, match=r"a\.yaml:1: 文件不是 UTF-8 编码。另存为 UTF-8 后重试。"):
            read_file(tmp_path / "a.yaml", "a.yaml")

    def test_a_list_that_holds_itself_is_refused(self) -> None:
        assert "a.yaml:1:" in refused("a: &x [*x]")

    def test_control_characters_are_refused(self) -> None:
        assert refused("a: \x01").startswith("a.yaml:1: 文件不是可读的 YAML")
