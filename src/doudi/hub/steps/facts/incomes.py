"""The incomes of twelve months: what departments paid or know to be paid, against what the family declared.

Rows are (person_id, kind, amount, received_on, dataset): amounts in fen, one row a month for what is paid monthly.
"""

from __future__ import annotations

from doudi.hub.steps.facts.words import Window, distinct_sql

DEPARTMENTS = ("employment_contributions", "pension_enterprise", "pension_government", "pension_resident")
"""Without these nobody's income is known, whatever else has arrived."""

_PAYING = "coalesce(state, 'paying') = 'paying'"


def monthly_sql() -> str:
    """Return SQL of what is paid by the month, in each of the twelve months in which it was paid.

    `window_months` gives, for each data set, the first days of the twelve months and the month whose file tells of each. Of a
    resident pension the basic part is apart; one whose parts nobody told is counted whole as a pension.
    """
    employee = f"{_PAYING} and coalesce(insured_as, 'employee') in ('employee', 'public')"
    account = "coalesce(account_part, monthly_amount - coalesce(basic_part, 0))"
    basic = "coalesce(basic_part, monthly_amount - account_part)"
    streams = [
        _stream("employment_contributions", "wage", "coalesce(monthly_wage, base)", employee, until="last_paid_month"),
        _stream("pension_enterprise", "pension", "monthly_amount", _PAYING),
        _stream("pension_government", "pension", "monthly_amount", _PAYING),
        _stream("pension_resident", "basic_pension", basic, _PAYING),
        _stream("pension_resident", "pension", account, _PAYING),
        _stream("unemployment", "unemployment", "monthly_benefit", "true", until="end_month"),
        _stream("work_injury", "transfer", "monthly_amount", "true"),
        _stream("disability_living_subsidy", "disability_subsidy", "monthly_amount", "true"),
        _stream("disability_care_subsidy", "disability_subsidy", "monthly_amount", "true"),
        _stream("orphans", "child_subsidy", "monthly_amount", "true"),
        _stream("unattended_children", "child_subsidy", "monthly_amount", "true"),
        _stream("elderly_allowance", "old_age_allowance", "monthly_amount", "true", since=None),
    ]
    return " union all ".join(streams)


def once_sql(window: Window) -> str:
    """Return SQL of what was paid on a day within the twelve months; without a day, the last of the file's month."""
    filed = "coalesce(paid_on, last_day(cast(month || '-01' as date)))"
    streams = [
        _once(window, "farm_subsidies", "land_subsidy", "amount", filed, ["subsidy_kind", "paid_on", "amount"]),
        _once(window, "emergency_aid", "social_relief", "amount", "granted_on", ["granted_on", "amount"]),
        _once(window, "charity_grants", "social_relief", "amount", "granted_on", ["project", "granted_on"]),
        _once(window, "education_aid", "reward", "amount", filed, ["aid_project", "term"]),
        _once(window, "work_injury", "transfer", "lump_sum", "injured_on", ["benefit_kind"]),
    ]
    return " union all ".join(streams)


def taxed_sql(window: Window) -> str:
    """Return SQL of what was declared to the tax office, a year's total dated at its end; turnover is no income.

    Wages are left out of a person whose employer is known from contributions: they would be counted twice.
    """
    kind = "case when item in ('wage', 'labour') then 'wage' when item = 'business' then 'business' else 'property' end"
    items = "item in ('wage', 'labour', 'business', 'property', 'dividend')"
    ended = "make_date(cast(year as integer), 12, 31)"
    return f"""
        select person_id, {kind} as kind, amount, {ended} as received_on, 'tax' as dataset
        from ({distinct_sql("tax", ["year", "item", "payer"], items)}) as t
        where {window.within(ended)} and not (item = 'wage' and person_id in (
            select person_id from all_employment_contributions where person_id is not null))
    """


def declared_sql(window: Window) -> str:
    """Return SQL of what the family declared, each item as the sum of the twelve months, dated at the latest.

    An amount by the month counts for the months declared, twelve when none are; one paid once, on its day.
    """
    months = "least(coalesce(months, 12), 12)"
    amount = f"case period when 'month' then amount * {months} else amount end"
    dated = f"case when received_on is not null and period = 'once' then received_on else {window.day_sql} end"
    return f"""
        select person_id, income_kind as kind, cast({amount} as bigint) as amount, {dated} as received_on,
               'declared_income' as dataset
        from d_declared_income where person_id is not null and {window.within(dated)}
    """


def settled_sql() -> str:
    """Return SQL of incomes as they count: of each person and kind the larger, what departments know or was declared.

    A tie goes to the departments: their rows carry real dates.
    """
    return """
        select person_id, kind, amount, received_on, dataset
        from (select *, sum(amount) over (partition by person_id, kind, dataset = 'declared_income') as side from incomes_told)
        where amount is not null
        qualify dense_rank() over (partition by person_id, kind order by side desc, dataset = 'declared_income')
                = 1
    """


def asked_sql(window: Window) -> str:
    """Return SQL of whose incomes have been asked for: (person_id, incomes_asked).

    The departments must have arrived. A ledger of declarations says nothing of a family that is not in it, so a
    person who declared nothing counts as asked only when the family declared, or when a department knows this
    person's pay or pension, or for a child under 16 or a pupil on the roll. Flexible contributions tell no income.
    """
    return f"""
        select m.person_id,
               {window.has(*DEPARTMENTS)} and (
                   f.household_id is not null
                   or k.person_id is not null
                   or (datesub('year', m.birth, {window.day_sql}) < 16 and x.person_id is null)
                   or (s.person_id is not null and x.person_id is null)) as incomes_asked
        from roster as m
        left join (select distinct r.household_id from d_declared_income as d join roster as r on r.person_id = d.head_id) as f
          using (household_id)
        left join (select distinct person_id from incomes where kind in ('wage', 'pension', 'unemployment', 'business')) as k
          using (person_id)
        left join p_school as s using (person_id)
        left join (select distinct person_id from d_employment_contributions
                   where state = 'paying' and insured_as = 'flexible') as x using (person_id)
    """


def _stream(dataset: str, kind: str, amount: str, condition: str, *, since: str | None = "start_month", until: str | None = None) -> str:
    begun = f"and coalesce(d.{since}, date '0001-01-01') <= w.month_first" if since else ""
    ended = f"and coalesce(d.{until}, date '9999-12-01') >= w.month_first" if until else ""
    return f"""
        select d.person_id, '{kind}' as kind, cast({amount} as bigint) as amount, w.month_first as received_on,
               '{dataset}' as dataset
        from window_months as w join all_{dataset} as d on d.month = w.told_in
        where w.dataset = '{dataset}' and d.person_id is not null and {condition} {begun} {ended}
          and ({amount}) > 0
    """


def _once(window: Window, dataset: str, kind: str, amount: str, dated: str, key: list[str]) -> str:
    return f"""
        select person_id, '{kind}' as kind, cast({amount} as bigint) as amount, {dated} as received_on,
               '{dataset}' as dataset
        from ({distinct_sql(dataset, key, f"{amount} > 0")}) as once where {window.within(dated)}
    """
