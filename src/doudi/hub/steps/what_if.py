"""Two answers for the same people, before and after a change of policy: who enters, who leaves, what it costs."""

from __future__ import annotations

MONTHS = 12


def weighed_sql() -> str:
    """Return SQL of every household before and after. Reads `<entity>_before` and `<entity>_after` of both levels.

    `money_*` are fen a month, of the family and of persons with an amount of their own. `in_*` count persons with a
    category; `entering` and `leaving` count persons between having one and having none.
    """
    return f"""
        with persons as (
            select b.household_id, count(*) as people,
                   count(*) filter (where b.category <> 'none') as in_before, count(*) filter (where a.category <> 'none') as in_after,
                   count(*) filter (where b.category = 'none' and a.category <> 'none') as entering,
                   count(*) filter (where b.category <> 'none' and a.category = 'none') as leaving,
                   count(*) filter (where b.category is null or a.category is null) as open_persons
            from person_before as b join person_after as a on a.person_id = b.person_id group by b.household_id)
        select b.household_id, b.township, b.area_kind, b.category as before, a.category as after,
               coalesce(b.category_amount, 0) + coalesce(ob.own, 0) as money_before,
               coalesce(a.category_amount, 0) + coalesce(oa.own, 0) as money_after,
               coalesce(p.people, 0) as people, coalesce(p.in_before, 0) as in_before, coalesce(p.in_after, 0) as in_after,
               coalesce(p.entering, 0) as entering, coalesce(p.leaving, 0) as leaving,
               coalesce(p.open_persons, 0) as open_persons, {_move("b.category", "a.category")} as move
        from household_before as b join household_after as a on a.household_id = b.household_id
        left join persons as p on p.household_id = b.household_id
        left join ({_own_sql("before")}) as ob on ob.household_id = b.household_id
        left join ({_own_sql("after")}) as oa on oa.household_id = b.household_id
        order by b.household_id
    """


def moves_sql() -> str:
    """Return SQL of how many households and persons move how, by township. Reads `weighed`; fen a year."""
    return f"""
        select coalesce(township, '') as township, move, before, after, count(*) as households,
               cast(sum(entering) as bigint) as entering, cast(sum(leaving) as bigint) as leaving,
               cast(sum(money_before) * {MONTHS} as bigint) as money_before,
               cast(sum(money_after) * {MONTHS} as bigint) as money_after
        from weighed group by all order by all
    """


def categories_sql(by: str) -> str:
    """Return SQL of households, persons and fen a year in each category, by township or over all, before and after."""
    place = "coalesce(township, '')" if by == "township" else "''"
    each = [
        f"select {place} as place, {side} as category, count(*) as households, sum(in_{side}) as people, "
        f"sum(money_{side}) * {MONTHS} as money, '{side}' as side from weighed group by 1, 2"
        for side in ("before", "after")
    ]
    told = ", ".join(
        f"cast(coalesce(sum({what}) filter (where side = '{side}'), 0) as bigint) as {what}_{side}"
        for what in ("households", "people", "money")
        for side in ("before", "after")
    )
    return f"select place, category, {told} from ({' union all '.join(each)}) group by place, category order by place, category"


def affected_sql() -> str:
    """Return SQL of the households that the change touches, the largest change of money first."""
    return """
        select household_id, township, area_kind, move, before, after, people, entering, leaving, money_before, money_after
        from weighed where move not in ('same', 'open') or money_before <> money_after or entering > 0 or leaving > 0
        order by township nulls last, move, abs(money_after - money_before) desc, household_id
    """


def _own_sql(side: str) -> str:
    return f"""
        select p.household_id, cast(sum(p.category_amount) as bigint) as own
        from person_{side} as p join household_{side} as h on h.household_id = p.household_id
        where p.category_amount > 0 and (p.category is distinct from h.category
              or (h.category <> 'tekun' and p.category_as is distinct from h.category_as))
        group by p.household_id
    """


def _move(before: str, after: str) -> str:
    return f"""case when {before} is null or {after} is null then case when {before} is not distinct from {after} then 'open'
        else 'told' end when {before} = {after} then case
        when coalesce(b.category_amount, 0) + coalesce(ob.own, 0) = coalesce(a.category_amount, 0) + coalesce(oa.own, 0)
        then 'same' else 'amount' end when {before} = 'none' then 'enter' when {after} = 'none' then 'leave' else 'category' end"""
