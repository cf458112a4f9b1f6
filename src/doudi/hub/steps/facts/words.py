"""The few forms that all fact steps share: a fact picked from sources in order, and the twelve months that count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

MONTHS = 12
FROM = "__from"


class Source(NamedTuple):
    """One place that may tell a fact: the data set, and the expression that is NULL when it does not."""

    dataset: str
    told: str


@dataclass(frozen=True)
class Fact:
    """One fact of a person or household and who may tell it: the first source that is not silent is believed."""

    name: str
    sources: Sequence[Source]


@dataclass(frozen=True)
class Window:
    """The twelve months that end on `day`, and the data sets that arrived in them."""

    day: date
    arrived: frozenset[str]

    @property
    def day_sql(self) -> str:
        """The day as a literal."""
        return f"date '{self.day.isoformat()}'"

    @property
    def start_sql(self) -> str:
        """The same day a year before, as a literal: what happened after it counts."""
        return f"date '{_year_before(self.day).isoformat()}'"

    def has(self, *datasets: str) -> str:
        """Return `true` as SQL when all these data sets have arrived, otherwise `false`."""
        return "true" if self.arrived.issuperset(datasets) else "false"

    def silent(self, dataset: str, answer: str) -> Source:
        """Return the source that tells `answer` of everyone whom a data set that has arrived does not name."""
        return Source(dataset, answer if dataset in self.arrived else "null")

    def within(self, column: str) -> str:
        """Return the condition that a date lies in the twelve months."""
        return f"({column} > {self.start_sql} and {column} <= {self.day_sql})"

    def months(self) -> list[date]:
        """Return the first days of the twelve months that lie after the day a year before, up to the day, oldest first.

        First days, because a year holds exactly twelve of them; of ends of months it may hold eleven (28 February).
        """
        first = self.day.replace(day=1)
        years_and_months = (divmod(first.year * MONTHS + first.month - 1 - back, MONTHS) for back in range(MONTHS))
        return sorted(date(year, month + 1, 1) for year, month in years_and_months)


def picked(facts: Sequence[Fact]) -> str:
    """Return the columns of facts, and beside each one `<fact>__from`, the data set that told it."""
    return ",\n".join(f"{_coalesced(fact)} as {fact.name},\n{_told_by(fact)} as {fact.name}{FROM}" for fact in facts)


def sources_sql(table: str, entity: str, key: str, facts: Sequence[Fact]) -> str:
    """Return SQL of who told what: (entity, id, fact, dataset), one row for each fact that is known."""
    each = [
        f"select '{entity}' as entity, {key} as id, '{fact.name}' as fact, {fact.name}{FROM} as dataset "
        f"from {table} where {fact.name}{FROM} is not null"
        for fact in facts
    ]
    return "\nunion all\n".join(each)


def newest_sql(dataset: str, order: str) -> str:
    """Return SQL of one row a person of a data set: the first in this order."""
    return f"select * from d_{dataset} where person_id is not null qualify row_number() over (partition by person_id order by {order}) = 1"


def distinct_sql(dataset: str, key: Sequence[str], condition: str) -> str:
    """Return SQL of the rows of all months of a data set, each once: monthly files often repeat older rows."""
    return (
        f"select * from all_{dataset} where person_id is not null and {condition} "
        f"qualify row_number() over (partition by person_id, {', '.join(key)} order by month desc) = 1"
    )


def _coalesced(fact: Fact) -> str:
    return f"coalesce({', '.join(source.told for source in fact.sources)})"


def _told_by(fact: Fact) -> str:
    cases = " ".join(f"when {source.told} is not null then '{source.dataset}'" for source in fact.sources)
    return f"case {cases} end"


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if is_leap_day else day.replace(year=day.year - 1)
