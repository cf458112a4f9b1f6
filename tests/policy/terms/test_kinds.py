"""Kinds and units: what may be declared, what may stand together, and how it is said."""

from __future__ import annotations

import pytest

from doudi.policy.terms.kinds import BOOL, DATE, RATIO, TEXT, UNKNOWN_TYPE, Type, parse_type

MONTH, YEAR, ONCE = (Type("money", period) for period in ("month", "year", "once"))
HEAD = Type("money", "month", per_person=True)
PERSONS, MONTHS, PLAIN, ZERO = Type("int", count="persons"), Type("int", count="months"), Type("int"), Type("int", free=True)


class TestParseType:
    @pytest.mark.parametrize("unit, wanted", [
        ("fen", ONCE), ("fen per month", MONTH), ("fen per year", YEAR), ("fen per month per person", HEAD),
        ("fen per person", Type("money", "once", per_person=True))])
    def test_reads_the_units_of_money(self, unit: str, wanted: Type) -> None:
        assert parse_type("money", unit, personal=False) == wanted

    def test_money_of_a_person_is_per_person_by_nature(self) -> None:
        assert parse_type("money", "fen per month", personal=True) == HEAD

    @pytest.mark.parametrize("unit", ["persons", "months", "years", "days", "times"])
    def test_reads_what_is_counted(self, unit: str) -> None:
        assert parse_type("int", unit, personal=False) == Type("int", count=unit)

    @pytest.mark.parametrize("kind, unit, reason", [
        ("float", None, "不认识的类型 float"), ("money", None, "金额必须写单位"), ("money", "yuan", "金额单位 yuan 不认识"),
        ("money", "fen per week", "fen per week 不认识"), ("int", "fen", "整数的单位 fen 不认识"), ("date", "days", "日期没有单位"),
        ("ratio", "percent", "比例没有单位"), ("bool", "fen", "是否没有单位")])
    def test_refuses_with_the_reason(self, kind: str, unit: str | None, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            parse_type(kind, unit, personal=False)


class TestFits:
    @pytest.mark.parametrize("one, other", [
        (MONTH, YEAR), (MONTH, ONCE), (MONTH, HEAD), (MONTH, PLAIN), (PERSONS, MONTHS), (BOOL, PLAIN), (TEXT, DATE), (RATIO, PLAIN),
        (RATIO, ZERO), (TEXT, ZERO)])
    def test_not_what_differs_in_kind_or_unit(self, one: Type, other: Type) -> None:
        assert not one.fits(other)
        assert not other.fits(one)

    @pytest.mark.parametrize("one, other", [(MONTH, MONTH), (HEAD, ZERO), (YEAR, ZERO), (PERSONS, ZERO), (PERSONS, PLAIN),
                                            (BOOL, UNKNOWN_TYPE), (HEAD, UNKNOWN_TYPE), (DATE, DATE)])
    def test_the_same_a_zero_a_plain_number_or_unknown(self, one: Type, other: Type) -> None:
        assert one.fits(other)
        assert other.fits(one)

    @pytest.mark.parametrize("one, other, wanted", [(ZERO, HEAD, HEAD), (HEAD, ZERO, HEAD), (UNKNOWN_TYPE, BOOL, BOOL),
                                                    (PLAIN, PERSONS, PERSONS), (PERSONS, PLAIN, PERSONS)])
    def test_joined_keeps_the_unit(self, one: Type, other: Type, wanted: Type) -> None:
        assert one.joined(other) == wanted


@pytest.mark.parametrize("type_, words", [(HEAD, "金额（分/月·每人）"), (YEAR, "金额（分/年）"), (PERSONS, "整数（persons）"),
                                          (BOOL, "是否"), (PLAIN, "整数")])
def test_words_say_kind_and_unit(type_: Type, words: str) -> None:
    assert type_.words() == words
