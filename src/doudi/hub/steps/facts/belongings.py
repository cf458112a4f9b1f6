"""What people spend, own, and are owed by those who must support them."""

from __future__ import annotations

from doudi.hub.steps.facts.words import Window, distinct_sql

EXPENSE_DEPARTMENTS = ("medical_settlements", "school_roll")
ASSET_DEPARTMENTS = ("vehicles", "real_estate", "business_registration", "bank_totals")
ADULT, OLD = 18, 60
_VEHICLES = (
    "when 'motorcycle' then 'motorcycle' when 'tricycle' then 'motorcycle' "
    "when 'disabled' then 'disabled_vehicle' when 'tractor' then 'machinery'"
)


def expenses_sql(window: Window) -> str:
    """Return SQL of the spending of twelve months: (person_id, kind, amount, paid_on, public_school_cost, dataset).

    Amounts are fen and net of what was reimbursed. The cost of a pupil on the roll is a public school's, so it is its
    own cap. A bill that is in several monthly files counts once.
    """
    month = "case period when 'month' then 12 else 1 end"
    dated = f"case when spent_on is not null and period = 'once' then spent_on else {window.day_sql} end"
    return f"""
        select person_id, 'medical' as kind, self_paid as amount, settled_on as paid_on,
               cast(null as bigint) as public_school_cost, 'medical_settlements' as dataset
        from ({distinct_sql("medical_settlements", ["bill_number"], "self_paid > 0")}) as b where {window.within("settled_on")}
        union all
        select person_id, 'education', annual_cost, {window.day_sql}, annual_cost, 'school_roll'
        from d_school_roll where person_id is not null and state = 'enrolled' and annual_cost > 0
        union all
        select person_id, expense_kind, cast((amount - coalesce(reimbursed, 0)) * {month} as bigint), {dated},
               cast(public_school_cost * {month} as bigint), 'declared_expenditure'
        from d_declared_expenditure where person_id is not null and {window.within(dated)}
    """


def settled_expenses_sql() -> str:
    """Return SQL of spending as it counts: of each person and kind the larger, what departments know or was declared."""
    return """
        select person_id, kind, amount, paid_on, public_school_cost, dataset
        from (select *, sum(amount) over (partition by person_id, kind, dataset = 'declared_expenditure') as side
              from expenses_told where amount is not null)
        qualify dense_rank() over (partition by person_id, kind order by side desc, dataset = 'declared_expenditure') = 1
    """


def assets_sql(window: Window) -> str:
    """Return SQL of what people own: (person_id, kind, value, acquired_on, mortgaged, use, active, dataset).

    Values are fen. A vehicle scrapped or sold, a title that is history and a firm struck off are not there any more;
    being a manager or a member of a cooperative is no property.
    """
    vehicle = f"case vehicle_type {_VEHICLES} else 'vehicle' end"
    house = "case use when 'home' then 'dwelling' when 'rural_home' then 'homestead' else 'non_residential' end"
    quantity = "unnest(range(greatest(coalesce(quantity, 1), 0)))"
    asked = f"asked_on <= {window.day_sql} and asked_on > {window.start_sql}"
    return f"""
        select person_id, {vehicle} as kind, price as value, registered_on as acquired_on, cast(null as boolean) as mortgaged,
               case when use = 'commercial' then 'business' end as use, cast(null as boolean) as active, 'vehicles' as dataset
        from d_vehicles where person_id is not null and coalesce(state, 'normal') not in ('scrapped', 'sold')
        union all
        select person_id, {house}, price, registered_on, mortgaged, null, null, 'real_estate'
        from d_real_estate where person_id is not null and coalesce(state, 'current') = 'current'
        union all
        select person_id, 'company', capital, founded_on, null, null, state = 'active', 'business_registration'
        from d_business_registration where person_id is not null and state <> 'cancelled'
          and role not in ('manager', 'cooperative_member') and not coalesce(cooperative, false)
        union all
        select person_id, kind, value, null, null, null, null, 'bank_totals' from (
            unpivot (select person_id, deposits as deposit, coalesce(securities, 0) + coalesce(funds, 0) as security
                     from d_bank_totals where person_id is not null and {asked}
                     qualify row_number() over (partition by person_id order by asked_on desc) = 1)
            on deposit, security into name kind value value) where value > 0
        union all
        select person_id, 'insurance', cash_value, starts_on, null, null, null, 'commercial_insurance'
        from d_commercial_insurance where person_id is not null and cash_value > 0
        union all
        select person_id, 'claim', amount, filed_on, null, null, null, 'court'
        from d_court where person_id is not null and role = 'claimant' and coalesce(state, 'open') = 'open' and amount > 0
        union all
        select person_id, property_kind, value, acquired_on, mortgaged, use, active, 'declared_property'
        from (select *, {quantity} as number from d_declared_property where person_id is not null)
    """


def settled_assets_sql(window: Window) -> str:
    """Return SQL of property as it counts: of each person and kind the registers, unless more pieces were declared.

    What the registers do not know of a piece (its use, a loan, a price) is taken from the declaration of that kind. A
    vehicle of which nobody claimed a use that the law spares is used as others are.
    """
    unclaimed = window.has("declared_property")
    return f"""
        select a.person_id, a.kind, coalesce(a.value, d.value) as value, coalesce(a.acquired_on, d.acquired_on) as acquired_on,
               coalesce(a.mortgaged, d.mortgaged) as mortgaged,
               coalesce(d.use, a.use, case when a.dataset = 'vehicles' and {unclaimed} then 'ordinary' end) as use,
               coalesce(a.active, d.active) as active, a.dataset
        from (select *, count(*) over (partition by person_id, kind, dataset = 'declared_property') as pieces from assets_told) as a
        left join (select person_id, kind, min(value) as value, min(acquired_on) as acquired_on, bool_or(mortgaged) as mortgaged,
                          min(use) as use, bool_or(active) as active
                   from assets_told where dataset = 'declared_property' group by person_id, kind) as d
          on d.person_id = a.person_id and d.kind = a.kind
        qualify dense_rank() over (partition by a.person_id, a.kind order by a.pieces desc, a.dataset = 'declared_property') = 1
    """


def supporters_sql(window: Window) -> str:
    """Return SQL of statutory supporters outside the household, seen from the person supported.

    Amounts are fen per month. A relation that the ledger does not name leaves the row out, and the list unasked.
    """
    return f"""
        select s.supported_identity_number as person_id, s.relation, {birth_in("s.identity_number")} as birth,
               case when {window.has("tekun_enrolment")} then t.person_id is not null end as in_tekun,
               case when {window.has("dibao_enrolment")} then d.person_id is not null end as in_dibao,
               {_supporter_disability("type", window)} as disability_type,
               {_supporter_disability("level", window)} as disability_level, s.income_per_head, s.property_within_limits,
               coalesce(s.no_civil_capacity, case when p_custody.prison or p_missing.person_id is not null then true end)
                 as no_civil_capacity,
               s.pays_support, coalesce(s.agreed_support, case when s.pays_support = false then 0 end) as agreed_support,
               s.old_weak_hardship, 'supporters' as dataset
        from d_supporters as s
        left join (select distinct person_id from d_tekun_enrolment) as t on t.person_id = s.person_id
        left join (select distinct person_id from d_dibao_enrolment) as d on d.person_id = s.person_id
        left join p_dis on p_dis.person_id = s.person_id
        left join p_custody on p_custody.person_id = s.person_id
        left join p_missing on p_missing.person_id = s.person_id
        where s.relation is not null and not exists (
            select 1 from roster as a join roster as b using (household_id)
            where a.person_id = s.person_id and b.person_id = s.supported_identity_number)
    """


def asked_sql(window: Window) -> str:
    """Return SQL of which lists have been asked for: (person_id, supporters_asked, expenses_asked, assets_asked).

    Supporters are asked for when the ledger names some, when a survey found none, when the family is in the ledger
    of declarations, and for those to whom the law lets nobody outside the family owe support: adults under 60 who are
    not severely disabled.
    """
    age = f"datesub('year', m.birth, {window.day_sql})"
    return f"""
        select m.person_id, s.all_named is null and (
                   n.person_id is not null or f.household_id is not null
                   or ({age} >= {ADULT} and {age} < {OLD} and {_not_severe(window)})
                   or ({age} < {ADULT} and c.household_id is not null)) or coalesce(s.all_named, false) as supporters_asked,
               {window.has(*EXPENSE_DEPARTMENTS)} as expenses_asked, {window.has(*ASSET_DEPARTMENTS)} as assets_asked
        from roster as m
        left join (select supported_identity_number as person_id, bool_and(relation is not null) as all_named
                   from d_supporters group by supported_identity_number) as s using (person_id)
        left join (select person_id from d_survey_members where has_supporter = false) as n using (person_id)
        left join (select distinct r.household_id from d_declared_income as d join roster as r on r.person_id = d.head_id) as f
          using (household_id)
        left join (select household_id from roster where relation in ('head', 'spouse') group by household_id
                   having count(*) = 2) as c using (household_id)
        left join p_dis using (person_id)
    """


def birth_in(number: str) -> str:
    """Return SQL of the birth date that an identity number of 18 characters holds."""
    return f"cast(try_strptime(substr({number}, 7, 8), '%Y%m%d') as date)"


def sex_in(number: str) -> str:
    """Return SQL of the sex that an identity number of 18 characters holds."""
    return f"case try_cast(substr({number}, 17, 1) as integer) % 2 when 1 then 'male' when 0 then 'female' end"


def _not_severe(window: Window) -> str:
    if "disability_certificates" not in window.arrived:
        return "false"
    return "coalesce(p_dis.disability_level, 'none') not in ('1', '2')"


def _supporter_disability(what: str, window: Window) -> str:
    silent = "'none'" if "disability_certificates" in window.arrived else "null"
    return f"coalesce(p_dis.disability_{what}, {silent})"
