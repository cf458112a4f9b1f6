"""Kinds and units of values.

Money is whole fen, once, per month or per year, of a whole household or per person. Ratios are held times 10,000.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

KINDS = ("bool", "int", "money", "ratio", "text", "date")
COUNTS = ("persons", "months", "years", "days", "times")
PERIODS = {"fen": "once", "fen per month": "month", "fen per year": "year"}
PERIOD_WORDS = {"once": "分", "month": "分/月", "year": "分/年"}
KIND_WORDS = {"bool": "是否", "int": "整数", "money": "金额", "ratio": "比例", "text": "文字", "date": "日期", "any": "任意"}
RATIO_SCALE = 10_000
# Largest amount a fact may hold, in fen (1,000 million yuan), so that exact products stay inside 64 bits.
MONEY_LIMIT = 10**11
INT_LIMIT = 10**6


@dataclass(frozen=True)
class Type:
    """Kind and unit of an expression.

    `period` is for money (once, month, year); `per_person` for money per head; `count` for whole numbers of something.
    `free` marks a literal zero or an unknown, which fits any unit of its kind.
    """

    kind: str
    period: str = ""
    per_person: bool = False
    count: str = ""
    free: bool = False

    def words(self) -> str:
        """Return the kind and unit as people read them."""
        text = KIND_WORDS[self.kind]
        if self.kind == "money" and self.period:
            basis = "·每人" if self.per_person else ""
            return f"{text}（{PERIOD_WORDS[self.period]}{basis}）"
        if self.count:
            return f"{text}（{self.count}）"
        return text

    def fits(self, other: Type) -> bool:
        """Tell whether the two may be added or compared."""
        if self.kind == "any" or other.kind == "any":
            return True
        if self.free and self.kind == "int" and other.kind == "money":
            return True
        if other.free and other.kind == "int" and self.kind == "money":
            return True
        if self.kind != other.kind:
            return False
        if self.free or other.free:
            return True
        if self.kind == "money":
            return self.period == other.period and self.per_person == other.per_person
        return self.count == other.count or not self.count or not other.count

    def joined(self, other: Type) -> Type:
        """Return the more exact of two fitting types."""
        if self.kind == "any" or self.free:
            return other
        if other.kind == "any" or other.free:
            return self
        return self if self.count else other

    def with_period(self, period: str) -> Type:
        """Return the same money type in another period."""
        return replace(self, period=period)


BOOL, DATE, TEXT, RATIO = Type("bool"), Type("date"), Type("text"), Type("ratio")
UNKNOWN_TYPE = Type("any", free=True)


def parse_type(kind: str, unit: str | None, *, personal: bool) -> Type:
    """Return the type for a declared kind and unit.

    `personal` says that the owner is a person or one of a person's records, whose amounts are per person by nature.
    Raises ValueError with a reason in words.
    """
    if kind not in KINDS:
        raise ValueError(f"不认识的类型 {kind}，可用：{' '.join(KINDS)}")
    if kind == "money":
        return _money_type(unit, personal)
    if kind == "int":
        if unit is not None and unit not in COUNTS:
            raise ValueError(f"整数的单位 {unit} 不认识，可用：{' '.join(COUNTS)}")
        return Type("int", count=unit or "")
    if unit is not None:
        raise ValueError(f"{KIND_WORDS[kind]}没有单位，却写了 {unit}")
    return Type(kind)


def _money_type(unit: str | None, personal: bool) -> Type:
    if unit is None:
        raise ValueError("金额必须写单位：fen、fen per month 或 fen per year，可加 per person")
    per_person = unit.endswith(" per person")
    base = unit.removesuffix(" per person")
    if base not in PERIODS:
        raise ValueError(f"金额单位 {unit} 不认识，可用：fen、fen per month、fen per year，可加 per person")
    return Type("money", period=PERIODS[base], per_person=per_person or personal)


def yuan(fen: int) -> str:
    """Return 642.50元 for 64250 fen."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{part:02d}元" if part else f"{sign}{whole:,}元"
