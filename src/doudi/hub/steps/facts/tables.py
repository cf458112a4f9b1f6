"""The fact tables as they are written: in the columns of facts.yaml, in parts of whole households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doudi.hub.steps.facts.words import Window

RECORDS: Mapping[str, tuple[str, str]] = {
    "income": ("incomes", "kind, amount, received_on, dataset"),
    "expense": ("expenses", "kind, amount, paid_on, public_school_cost, dataset"),
    "asset": ("assets", "kind, value, acquired_on, mortgaged, use, active, dataset"),
    "supporter": (
        "supporters",
        """relation, birth, in_tekun, in_dibao, disability_type, disability_level, income_per_head, property_within_limits,
            no_civil_capacity, pays_support, agreed_support, old_weak_hardship, dataset""",
    ),
}
"""Of each record entity the table it comes from, and its columns in the order in which rows are numbered."""

_MUST_BE_KNOWN = {"area_kind": "城乡类别", "birth": "出生日期", "sex": "性别"}


def window_months_sql(window: Window, months: Mapping[str, Sequence[str]]) -> str:
    """Return SQL of the twelve months that count, for each data set: (dataset, month_first, told_in).

    `told_in` is the month whose file tells of it: its own, or else the next later one, or else the newest.
    """
    rows = [
        f"('{dataset}', date '{first.isoformat()}', '{_told_in(f'{first:%Y-%m}', held)}')"
        for dataset, held in sorted(months.items())
        for first in window.months()
    ]
    return f"select * from (values {', '.join(rows)}) as w(dataset, month_first, told_in)"


def of_members_sql(select: str) -> str:
    """Return SQL of the rows whose person belongs to a household of the county."""
    return f"select t.* from ({select}) as t semi join roster using (person_id)"


def not_ready_sql() -> str:
    """Return SQL of households that lack a fact that must be known: (household_id, person_id, fact, label)."""
    household = f"""select household_id, cast(null as varchar) as person_id, 'area_kind' as fact,
        '{_MUST_BE_KNOWN["area_kind"]}' as label from household_told where area_kind is null"""
    persons = [
        f"select household_id, person_id, '{fact}', '{_MUST_BE_KNOWN[fact]}' from person_told where {fact} is null"
        for fact in ("birth", "sex")
    ]
    return " union all ".join([household, *persons])


def parts_sql(largest: int) -> str:
    """Return SQL of the households that can be determined and the part each belongs to, neighbours together."""
    return f"""
        select household_id, (row_number() over (order by township, household_id) - 1) // {largest} as part
        from household_told anti join not_ready using (household_id)
    """


def entities_sql(household_facts: Sequence[str], person_facts: Sequence[str]) -> dict[str, str]:
    """Return SQL of each fact table, all columns, with `household_id` in each."""
    found = {
        "household": f"""select household_id, {_same(household_facts)}, true as persons_asked, head_id
            from household_told order by household_id""",
        "person": f"""select household_id, person_id, {_same(person_facts)}, supporters_asked, incomes_asked,
            expenses_asked, assets_asked
            from person_told left join lists_asked using (person_id) left join incomes_asked using (person_id)
            order by household_id, person_id""",
    }
    for entity, (table, columns) in RECORDS.items():
        found[entity] = f"""select household_id, person_id,
            row_number() over (partition by person_id order by {columns}) as {entity}_seq, {columns}
            from {table} join (select household_id, person_id from roster) using (person_id)
            order by household_id, person_id, {entity}_seq"""
    return found


def of_part_sql(select: str, part: int) -> str:
    """Return SQL of the rows of one part."""
    return f"select * from ({select}) semi join (select household_id from parts where part = {part}) using (household_id)"


def names_sql() -> str:
    """Return SQL of who is who in every household: names, numbers, village. For lists that people read.

    A village is called by its name where the table `areas` (code, name) knows it, else as the register wrote it.
    """
    return """
        select r.household_id, r.person_id, r.name, r.identity_number, r.relation, r.birth, r.sex,
               coalesce(a.name, h.area) as village, h.township, r.person_id = h.head_id as is_head
        from roster as r join household_told as h using (household_id) left join areas as a on a.code = h.area
        order by r.household_id, is_head desc, r.person_id
    """


def _same(facts: Sequence[str]) -> str:
    return ", ".join(facts)


def _told_in(month: str, held: Sequence[str]) -> str:
    return next((one for one in held if one >= month), held[-1])
