"""What is determined against what is enrolled now: every household has exactly one outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def changes_sql(standard: str, *, tags: Sequence[str], knows_persons: bool) -> str:
    """Return SQL of every household with its outcome. Reads `household_answers`, `person_answers`, `enrolled_before`.

    Amounts are fen per month, `annual_income` fen per year. A person may hold a category of their own beside the
    family (taken alone, or destitute in a family that is not): `own_count` and `own_amount` sum these; `own_before`
    counts those enrolled so now and is NULL when nobody knows (`knows_persons` false): then only families are compared.
    `below_standard` is how far the monthly income a head lies below the allowance standard.
    """
    told = "".join(f", h.{tag}" for tag in tags)
    before = "coalesce(b.own_before, 0)" if knows_persons else "cast(null as bigint)"
    amount_before = "coalesce(b.own_amount_before, 0)" if knows_persons else "cast(null as bigint)"
    return f"""
        with each as (
            select h.household_id, h.township, h.area_kind, h.previous_category, h.previous_amount,
                   h.category, h.category_as, h.category_amount, h.member_count, h.annual_income, h.income_per_head{told},
                   ({standard}) - h.income_per_head as below_standard,
                   coalesce(p.own_count, 0) as own_count, coalesce(p.own_amount, 0) as own_amount,
                   coalesce(p.open_persons, 0) as open_persons, coalesce(p.people, 0) as people,
                   {before} as own_before, {amount_before} as own_amount_before
            from household_answers as h
            left join ({_own_sql()}) as p on p.household_id = h.household_id
            left join enrolled_before as b on b.household_id = h.household_id)
        select *, {_outcome()} as outcome from each order by household_id
    """


def enrolled_before_sql(known: bool) -> str:
    """Return SQL of who is enrolled now beside their family's category: (household_id, own_before, own_amount_before).

    Reads `enrolled` (person_id, category, is_alone, amount), `names` and `household_answers` when they are known.
    """
    if not known:
        nothing = "cast(null as bigint) as own_before, cast(null as bigint) as own_amount_before"
        return f"select household_id, {nothing} from household_answers where false"
    return """
        select n.household_id, count(*) as own_before, cast(sum(coalesce(e.amount, 0)) as bigint) as own_amount_before
        from enrolled as e join names as n on n.person_id = e.person_id
        join household_answers as h on h.household_id = n.household_id
        where e.is_alone or (e.category = 'tekun' and h.previous_category <> 'tekun')
        group by n.household_id
    """


def standard_sql(table: object, by: Sequence[str]) -> str:
    """Return SQL of a value that varies by facts of the household `h`; NULL where it has none."""
    if table is None:
        return "cast(null as bigint)"
    if not isinstance(table, Mapping):
        return f"cast({int(str(table))} as bigint)"
    cases = " ".join(f"when h.{by[0]} = '{key}' then {standard_sql(inner, by[1:])}" for key, inner in table.items() if key != "other")
    other = f"else {standard_sql(table['other'], by[1:])} " if "other" in table else ""
    return f"case {cases} {other}end" if cases else standard_sql(table.get("other"), by[1:])


def summary_sql(changes: str) -> str:
    """Return SQL of how many households, persons and fen a month, by township, outcome and categories."""
    return f"""
        select coalesce(township, '') as township, outcome, previous_category, category,
               count(*) as households, cast(sum(people) as bigint) as people,
               cast(sum(coalesce(category_amount, 0) + own_amount) as bigint) as amount,
               cast(sum(coalesce(previous_amount, 0) + coalesce(own_amount_before, 0)) as bigint) as amount_before,
               cast(sum(own_count) as bigint) as own_count
        from {changes} group by 1, 2, 3, 4 order by 1, 2, 3, 4
    """


def _own_sql() -> str:
    return """
        select p.household_id, count(*) as people, count(*) filter (where p.category is null) as open_persons,
               count(*) filter (where p.category_amount > 0 and p.category is distinct from h.category) +
               count(*) filter (where p.category_amount > 0 and p.category is not distinct from h.category
                                and h.category <> 'tekun' and p.category_as is distinct from h.category_as) as own_count,
               cast(sum(p.category_amount) filter (where p.category_amount > 0 and (p.category is distinct from h.category
                        or (h.category <> 'tekun' and p.category_as is distinct from h.category_as))) as bigint) as own_amount
        from person_answers as p join household_answers as h on h.household_id = p.household_id
        group by p.household_id
    """


def _outcome() -> str:
    had = "(previous_category <> 'none' or coalesce(own_before, 0) > 0)"
    has = "(category <> 'none' or own_count > 0)"
    same_own = "(own_before is null or (own_before = own_count and own_amount_before = own_amount))"
    same_amount = f"((previous_amount is null or previous_amount = coalesce(category_amount, 0)) and {same_own})"
    return f"""case
        when category is null and {had} then 'undetermined'
        when category is null then 'unasked'
        when not {had} and not {has} then 'none'
        when not {had} then 'enter'
        when not {has} then 'leave'
        when previous_category <> category then 'change_category'
        when not {same_amount} then 'change_amount'
        else 'same' end"""
