"""What is remarked on a row that was accepted all the same. One bit each, so that a column of rows stays small."""

from __future__ import annotations

from enum import IntFlag


class Remark(IntFlag):
    """Something a reader of the row should know; none of it makes the row wrong."""

    AREA_UNKNOWN = 1
    UPGRADED = 2
    CLEANED = 4
    NOISE = 8
    PHONE_DROPPED = 16
    ACCOUNT_DROPPED = 32
    UNLISTED = 64
    OPEN_ENDED = 128
    FROM_SERIAL = 256
    MERGED = 512


BETWEEN = "；"
SAYS = {
    Remark.AREA_UNKNOWN: "身份证号前六位不在区划表中",
    Remark.UPGRADED: "15位身份证号已升为18位",
    Remark.CLEANED: "身份证号里的空格、前缀或全角字符已去掉",
    Remark.NOISE: "小数误差已归整",
    Remark.PHONE_DROPPED: "电话看不懂，未采用",
    Remark.ACCOUNT_DROPPED: "账号看不懂或数字已丢失，未采用",
    Remark.UNLISTED: "词语不在表内，按“其他”记",
    Remark.OPEN_ENDED: "日期写的是长期或至今，按未知记",
    Remark.FROM_SERIAL: "日期由序号换算",
    Remark.MERGED: "合并单元格按首格填充",
}


def says(remarks: int) -> str:
    """Return the remarks in words, joined by `；`; empty for none."""
    return BETWEEN.join(text for remark, text in SAYS.items() if remarks & remark)
