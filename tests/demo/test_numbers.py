"""Numbers of the made-up county look right and can belong to nobody."""

from __future__ import annotations

import numpy as np
import pytest
from stdnum import luhn, numdb
from stdnum.cn import ric

from doudi.demo import areas, numbers
from doudi.demo.county import County, draw_county, month_names


@pytest.fixture(scope="module")
def county() -> County:
    """A county of some 2,000 people."""
    return draw_county(3, 700, np.datetime64("2025-10-31"), month_names("2025-10", 12))


class TestIdentityNumbers:
    def test_are_all_different(self, county: County) -> None:
        assert len(set(county.identity)) == county.size

    def test_end_in_the_right_check_digit(self, county: County) -> None:
        assert all(ric.calc_check_digit(number) == number[-1] for number in county.identity)

    def test_hold_the_birth_date_and_sex(self, county: County) -> None:
        births = np.datetime_as_string(county.person("birth").astype("datetime64[D]"))
        for number, birth, sex in zip(county.identity, births, county.person("sex"), strict=True):
            assert number[6:14] == birth.replace("-", "")
            assert int(number[16]) % 2 == (1 if sex == 0 else 0)

    def test_carry_no_area_that_was_ever_assigned(self, county: County) -> None:
        table = numdb.get("cn/loc")
        for area in {number[:6] for number in county.identity}:
            assert area.startswith("99")
            assert not any(found for _, found in table.info(area))
        assert not any(ric.is_valid(number) for number in county.identity)

    def test_keep_their_meaning_in_fifteen_digits(self, county: County) -> None:
        number = next(one for one in county.identity if one[6:8] == "19")
        short = numbers.old_number(number)
        assert len(short) == 15
        assert short[:6] + "19" + short[6:] == number[:17]

    def test_can_be_spoilt_in_the_check_digit_or_the_birth_date(self, county: County) -> None:
        number = county.identity[0]
        wrong = numbers.with_wrong_check_digit(number)
        assert ric.calc_check_digit(wrong) != wrong[-1]
        month_thirteen = numbers.with_wrong_birth(number)
        assert month_thirteen[10:12] == "13"
        assert ric.calc_check_digit(month_thirteen) == month_thirteen[-1]


def test_accounts_fail_the_luhn_check(county: County) -> None:
    assert all(len(account) == 19 and not luhn.is_valid(account) for account in county.account)


def test_telephone_numbers_are_of_a_prefix_that_no_operator_has(county: County) -> None:
    assert all(phone.startswith("154") and len(phone) == 11 for phone in county.phone)


def test_villages_lie_in_their_townships() -> None:
    towns = areas.townships(areas.FIRST_COUNTY)
    assert len(towns) == 8
    for village in areas.villages(areas.FIRST_COUNTY):
        assert len(village.code) == 12
        assert village.code.startswith(towns[village.township].code[:9])


class TestNames:
    def test_are_visibly_made_up(self, county: County) -> None:
        from doudi.demo.names import SURNAMES

        own = [name for name in county.name if "·" not in name]
        assert all(name.startswith(SURNAMES) for name in own)

    def test_have_namesakes_minority_names_and_rare_characters(self, county: County) -> None:
        everyone = set(county.name)
        assert len(everyone) < county.size
        assert any("·" in name for name in everyone)
        assert any(not _in_gbk(name) for name in everyone)


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
