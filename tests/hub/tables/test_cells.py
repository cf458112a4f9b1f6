"""How single cells are read: what people really write, and what is refused instead of guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.hub.tables.cells.cell import Cell, CellRule
from doudi.hub.tables.cells.identity import check_character
from doudi.hub.tables.cells.read import read_cell
from doudi.hub.tables.contract import Column
from doudi.hub.tables.remarks import Remark

ON = dt.date(2025, 11, 5)
AMINA = "999281194001010011"  # a made-up number: 999281 is assigned to no area
REAL_AREA = "420281194001010012"


def read(kind: str, raw: Any, **column: Any) -> Cell:
    unit = {"money": "fen", "number": "milli mu"}.get(kind, "")
    file_unit = column.pop("file_unit", "")
    one = Column(name="x", label="列", headers=("列",), kind=kind, need="test", unit=column.pop("unit", unit), **column)
    return read_cell(CellRule(one, ON, file_unit), raw)


def with_check(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


class TestIdentityNumbers:
    def test_the_examples_of_this_file_are_sound(self) -> None:
        assert with_check(AMINA[:17]) == AMINA
        assert with_check(REAL_AREA[:17]) == REAL_AREA

    def test_an_assigned_area_code_gives_no_remark(self) -> None:
        assert read("identity", REAL_AREA) == Cell(REAL_AREA)

    def test_an_area_code_that_was_never_assigned_is_only_remarked_on(self) -> None:
        assert read("identity", AMINA) == Cell(AMINA, Remark.AREA_UNKNOWN)

    @pytest.mark.parametrize(
        "written",
        [
            f" {REAL_AREA} ",
            f"{REAL_AREA[:6]} {REAL_AREA[6:14]} {REAL_AREA[14:]}",
            f"G {REAL_AREA}",
            f"G{REAL_AREA}",
            f"'{REAL_AREA}",
            f'="{REAL_AREA}"',
            REAL_AREA.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}),
            f"{REAL_AREA}\u200b",
            f"身份证号：{REAL_AREA}",
        ],
    )
    def test_blanks_prefixes_and_wide_characters_are_taken_off_with_a_remark(self, written: str) -> None:
        assert read("identity", written) == Cell(REAL_AREA, Remark.CLEANED)

    def test_a_small_x_becomes_large(self) -> None:
        number = next(n for serial in range(999) if (n := with_check(f"42028119400101{serial:03d}")).endswith("X"))
        assert read("identity", number.lower()) == Cell(number)

    def test_fifteen_digits_are_brought_to_eighteen_with_a_remark(self) -> None:
        old = REAL_AREA[:6] + REAL_AREA[8:17]
        assert read("identity", old) == Cell(REAL_AREA, Remark.UPGRADED)
        assert read("identity", float(old)).value == REAL_AREA

    @pytest.mark.parametrize("raw", [4.20281194001010e17, 420281194001010000, "4.20281E+17", "1.1E+17", "4E17"])
    def test_a_number_ruined_by_excel_is_refused_with_the_reason_and_the_way_out(self, raw: Any) -> None:
        assert "后几位已经丢失" in read("identity", raw).problem
        assert "文本格式" in read("identity", raw).problem

    def test_a_wrong_check_character_is_refused(self) -> None:
        assert "校验位不对" in read("identity", AMINA[:17] + "3").problem

    def test_a_birth_date_that_is_no_day_is_refused(self) -> None:
        assert "出生日期不存在" in read("identity", with_check("99928119400230001")).problem

    def test_a_birth_after_the_file_came_is_refused(self) -> None:
        assert "收到文件之后" in read("identity", with_check("99928120251106001")).problem
        assert not read("identity", with_check("99928120251105001")).problem

    @pytest.mark.parametrize("raw", ["E12345678", "无证", "99928119400101001?", "不详123"])
    def test_what_is_no_identity_number_is_refused(self, raw: str) -> None:
        assert read("identity", raw).problem

    def test_a_wrong_length_says_the_length(self) -> None:
        assert "这里是17位" in read("identity", AMINA[:17]).problem

    def test_the_reason_never_repeats_the_number(self) -> None:
        assert AMINA[6:14] not in read("identity", AMINA[:17] + "3").problem

    @given(st.dates(dt.date(1850, 1, 1), ON), st.integers(0, 999))
    def test_changing_any_one_figure_is_found(self, born: dt.date, serial: int) -> None:
        number = with_check(f"420281{born:%Y%m%d}{serial:03d}")
        assert read("identity", number).value == number
        for place in range(17):
            changed = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
            assert read("identity", changed).problem


class TestDates:
    @pytest.mark.parametrize(
        "raw",
        [
            "2025-10-31", "2025/10/31", "2025.10.31", "20251031", "2025年10月31日", "2025年10月31号", "２０２５-１０-３１",
            " 2025-10-31 ", "2025-10-31 00:00:00", "2025-10-31T09:30:00", "2025/10/31 9:30", 20251031.0,
            dt.date(2025, 10, 31), dt.datetime(2025, 10, 31, 9, 30),  # noqa: DTZ001
        ],
    )  # fmt: skip
    def test_are_read_in_the_ways_people_write_them(self, raw: Any) -> None:
        assert read("date", raw) == Cell(dt.date(2025, 10, 31))

    @pytest.mark.parametrize("raw", [45961, 45961.0, "45961", 45961.4])
    def test_serial_numbers_count_as_excel_counts_with_a_remark(self, raw: Any) -> None:
        assert read("date", raw) == Cell(dt.date(2025, 10, 31), Remark.FROM_SERIAL)

    @pytest.mark.parametrize("raw", ["2025-02-29", "2025-13-01", "20250431", "0001-01-01"])
    def test_days_that_do_not_exist_are_refused(self, raw: str) -> None:
        assert "没有这一天" in read("date", raw).problem

    @pytest.mark.parametrize("raw", ["2025年10月", "2025-10", "202510", "2025.10"])
    def test_a_month_is_no_day_and_none_is_made_up(self, raw: str) -> None:
        assert "缺日" in read("date", raw).problem

    @pytest.mark.parametrize("raw", ["25-10-31", "10/31/2025", "去年", "3.5"])
    def test_what_could_be_read_two_ways_is_refused(self, raw: str) -> None:
        assert "看不懂" in read("date", raw).problem

    @pytest.mark.parametrize("raw", ["长期", "至今"])
    def test_no_end_is_unknown_with_a_remark(self, raw: str) -> None:
        assert read("date", raw) == Cell(None, Remark.OPEN_ENDED)

    @given(st.dates(dt.date(1850, 1, 1), dt.date(2200, 12, 31)))
    def test_any_day_comes_back_from_any_way_of_writing(self, day: dt.date) -> None:
        for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
            assert read("date", day.strftime(form)).value == day
        assert read("date", f"{day.year}-{day.month}-{day.day}").value == day


class TestMonths:
    @pytest.mark.parametrize(
        "raw", ["2025-10", "2025/10", "202510", 202510.0, "2025年10月", "2025年10月份", "2025.10", "2025-10-31", dt.date(2025, 10, 9)]
    )
    def test_are_the_first_of_the_month(self, raw: Any) -> None:
        assert read("month", raw) == Cell(dt.date(2025, 10, 1))

    @pytest.mark.parametrize("raw", [2025.1, "2025.1"])
    def test_january_or_october_is_not_guessed(self, raw: Any) -> None:
        assert "1月还是10月" in read("month", raw).problem


class TestMoney:
    @pytest.mark.parametrize(
        ("raw", "fen"),
        [
            ("1234.56", 123456), ("1,234.56", 123456), ("￥1，234.56元", 123456), ("¥ 500", 50000), ("500元整", 50000),
            ("1.5万元", 1500000), ("1.5万", 1500000), ("-12.30", -1230), ("(1,234.00)", -123400), ("（12.3）", -1230),
            (1234.56, 123456), (0.1 + 0.2, 30), (500, 50000), ("０．５", 50), (".5", 50), ("0", 0),
        ],
    )  # fmt: skip
    def test_is_exact_fen_however_it_is_written(self, raw: Any, fen: int) -> None:
        assert read("money", raw).value == fen

    def test_binary_noise_is_taken_off_with_a_remark(self) -> None:
        assert read("money", 0.1 + 0.2) == Cell(30, Remark.NOISE)
        assert read("money", "1234.5600000001") == Cell(123456, Remark.NOISE)

    @pytest.mark.parametrize("raw", ["12.345", 12.345, 0.005])
    def test_a_third_decimal_that_means_something_is_refused(self, raw: Any) -> None:
        assert "多于两位小数" in read("money", raw).problem

    @pytest.mark.parametrize("raw", ["约500", "五百", "1,23", "12 34.5.6", True, "--5", "1e5", float("inf"), float("nan")])
    def test_what_is_no_amount_is_refused(self, raw: Any) -> None:
        assert read("money", raw).problem

    @pytest.mark.parametrize("raw", ["", "  ", "/", "-", "——", "无", None])
    def test_blank_is_unknown_and_not_zero(self, raw: Any) -> None:
        assert read("money", raw) == Cell(None)

    def test_a_required_amount_may_not_be_blank(self) -> None:
        assert read("money", "", required=True).problem == "必填，但是空的"

    def test_the_unit_of_the_file_is_turned_into_fen(self) -> None:
        assert read("money", "1.2345", file_unit="万元").value == 1234500
        assert read("money", 1.2345, file_unit="万元").value == 1234500

    def test_limits_are_in_fen(self) -> None:
        assert "最小值" in read("money", "-0.01", min=0).problem
        assert read("money", "0", min=0).value == 0

    def test_an_amount_that_no_county_has_is_refused(self) -> None:
        assert "过大" in read("money", "999999999999999").problem

    @given(st.integers(-(10**13), 10**13))
    def test_every_amount_in_fen_comes_back_from_text_and_from_a_spreadsheet_number(self, fen: int) -> None:
        sign, whole = ("-" if fen < 0 else ""), abs(fen)
        assert read("money", f"{sign}{whole // 100}.{whole % 100:02d}").value == fen
        assert read("money", f"{sign}{whole // 100:,}.{whole % 100:02d}元").value == fen
        assert read("money", fen / 100).value == fen


class TestOtherKinds:
    def test_areas_are_thousandths_of_a_mu(self) -> None:
        assert read("number", "3.25亩").value == 3250
        assert read("number", 3.25).value == 3250
        assert read("number", "1.5", file_unit="公顷").value == 22500

    def test_counts_may_carry_their_word(self) -> None:
        assert read("int", "3人").value == 3
        assert read("int", 3.0).value == 3
        assert "不是整数" in read("int", 2.5).problem

    @pytest.mark.parametrize(("raw", "value"), [("是", True), ("√", True), ("有", True), ("否", False), ("无", False), ("×", False)])
    def test_yes_and_no_in_the_words_of_the_office(self, raw: str, value: bool) -> None:
        assert read("bool", raw).value is value

    def test_a_blank_yes_or_no_is_unknown(self) -> None:
        assert read("bool", "") == Cell(None)

    def test_a_choice_is_stored_as_its_word(self) -> None:
        choices = {"scattered": ("分散", "分散供养"), "institution": ("集中",)}
        assert read("choice", " 分散 供养", choices=choices).value == "scattered"
        assert "分散、集中" in read("choice", "居家", choices=choices).problem

    def test_an_unlisted_word_may_be_kept_as_other_with_a_remark(self) -> None:
        assert read("choice", "居家", choices={"a": ("甲",)}, unlisted="other") == Cell("other", Remark.UNLISTED)

    @pytest.mark.parametrize(
        ("raw", "name"), [("张　三", "张三"), (" 张 三 ", "张三"), ("阿依古丽•买买提", "阿依古丽·买买提"), ("Ana Maria", "Ana Maria")]
    )
    def test_names_lose_blanks_between_chinese_characters_only(self, raw: str, name: str) -> None:
        assert read("name", raw).value == name

    def test_a_number_is_no_name(self) -> None:
        assert "不像人名" in read("name", "12345").problem

    @pytest.mark.parametrize(("raw", "code"), [(420281.0, "420281000000"), ("420281100203", "420281100203"), (" 大桥村 ", "大桥村")])
    def test_areas_are_twelve_digits_or_a_name(self, raw: Any, code: str) -> None:
        assert read("area", raw).value == code

    @pytest.mark.parametrize(
        ("raw", "digits"),
        [(13912345678.0, "13912345678"), ("139-1234-5678", "13912345678"), ("0714-8765432", "07148765432")],
    )
    def test_phones_are_digits(self, raw: Any, digits: str) -> None:
        assert read("phone", raw).value == digits

    def test_a_phone_that_cannot_be_read_does_not_cost_the_row(self) -> None:
        assert read("phone", "没电话，找邻居") == Cell(None, Remark.PHONE_DROPPED)

    def test_an_account_that_excel_shortened_is_left_out_with_a_remark(self) -> None:
        assert read("account", 6.217e18) == Cell(None, Remark.ACCOUNT_DROPPED)
        assert read("account", "6217 0000 1234 5678 901").value == "6217000012345678901"
