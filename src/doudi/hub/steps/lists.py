"""What the lists of a township show, row by row."""

from __future__ import annotations

NAMED = "left join heads as n on n.household_id = c.household_id"


def heads_sql(known: bool) -> str:
    """Return SQL of the head of each household: (household_id, head, number, village). Empty when nobody knows names."""
    if not known:
        return """select household_id, cast(null as varchar) as head, cast(null as varchar) as number,
            cast(null as varchar) as village from changes where false"""
    return "select household_id, name as head, identity_number as number, village from names where is_head"


def townships_sql() -> str:
    """Return SQL of the townships, in order; NULL for households that nobody has placed."""
    return "select distinct township from changes order by township nulls last"


def chosen_sql(place: str) -> str:
    """Return SQL of the households of a township that a list shows: on a list now, in a category, or open.

    `place` is the township as a literal, or NULL.
    """
    return f"select * from changes where outcome <> 'none' and township is not distinct from {place}"


def households_sql() -> str:
    """Return SQL of the sheet of households. Money in fen; `below` is a month and head."""
    return f"""
        select c.household_id, n.head, n.number, n.village, c.area_kind, c.member_count, c.income_per_head, c.annual_income,
               c.below_standard, c.category, c.category_as, c.category_amount, c.own_count, c.own_amount,
               c.previous_category, c.previous_amount, c.outcome
        from shown as c {NAMED} where c.outcome not in ('undetermined', 'unasked') order by c.category, c.household_id
    """


def persons_sql(known: bool) -> str:
    """Return SQL of the sheet of persons of the households shown. Money in fen a month."""
    names = "left join names as n on n.person_id = p.person_id" if known else ""
    told = "n.name, n.identity_number" if known else "null, null"
    return f"""
        select c.household_id, p.person_id, {told}, p.relation, p.is_member, p.category, p.category_as, p.category_amount,
               p.annual_income
        from shown as c join person_answers as p on p.household_id = c.household_id {names}
        where c.outcome <> 'unasked' order by c.household_id, p.person_id
    """


def changes_sql() -> str:
    """Return SQL of the sheet of changes. Money in fen a month."""
    return f"""
        select c.household_id, n.head, n.number, n.village, c.outcome, c.people, c.previous_category,
               c.previous_amount + coalesce(c.own_amount_before, 0) as before, c.category, c.category_as,
               coalesce(c.category_amount, 0) + c.own_amount as after, c.own_count, c.income_per_head, c.below_standard
        from shown as c {NAMED}
        where c.outcome in ('enter', 'leave', 'change_category', 'change_amount') order by c.outcome, c.household_id
    """


def open_sql() -> str:
    """Return SQL of the sheet of households of which nothing can be told yet, the enrolled first."""
    return f"""
        select c.household_id, n.head, n.number, n.village, c.previous_category, u.possible, u.settles, u.quickest
        from shown as c {NAMED}
        left join unsettled as u on u.household_id = c.household_id
        where c.outcome in ('undetermined', 'unasked')
        order by c.outcome = 'unasked', u.settles is null, c.household_id
    """
