"""The facts of a household, each with the order in which sources are believed."""

from __future__ import annotations

from collections.abc import Sequence

from doudi.hub.steps.facts.people import LEDGERS
from doudi.hub.steps.facts.words import Fact, Source, Window, picked

CATEGORIES = dict(zip(LEDGERS, ("tekun", "dibao", "edge", "rigid_expenditure"), strict=True))
SURVEY = "survey_households"
COMPULSORY_AGES = (7, 14)
"""Ages at which a child must be on a school roll whatever the month of birth (Compulsory Education Act, articles 5, 11)."""


def enrolled_sql() -> str:
    """Return SQL of everyone enrolled now: (person_id, category, is_alone, amount, start_month, exit_until).

    `amount` is fen per month: for `dibao` that of the whole family (the ledger repeats it in every row), for `tekun`
    that of the person. `is_alone` marks a person taken alone out of a family (单人户).
    """
    return """
        select person_id, 'tekun' as category, false as is_alone,
               basic_amount + coalesce(care_amount, 0) as amount, start_month, cast(null as date) as exit_until
        from d_tekun_enrolment where person_id is not null
        union all
        select person_id, 'dibao', coalesce(single_person, false), household_monthly_amount, start_month, gradual_exit_until
        from d_dibao_enrolment where person_id is not null
        union all
        select person_id, 'edge', false, 0, start_month, cast(null as date) from d_edge_enrolment where person_id is not null
        union all
        select person_id, 'rigid_expenditure', false, 0, start_month, cast(null as date)
        from d_rigid_enrolment where person_id is not null
    """


def helpers_sql(window: Window) -> dict[str, str]:
    """Return the helper tables of one row a household, by name."""
    return {
        "h_head": """select household_id, person_id as head_id, area_kind_told, town, area from h_area
            qualify row_number() over (partition by household_id order by relation = 'head' desc, birth, person_id) = 1""",
        "h_enrolled": _enrolled_sql(),
        "h_house": _house_sql(),
        "h_water": _water_sql(),
        "h_survey": f"""select m.household_id, s.* from d_{SURVEY} as s join roster as m on m.person_id = s.head_id
            qualify row_number() over (partition by m.household_id order by s.visited_on desc, s.head_id) = 1""",
        "h_monitored": """select m.household_id, bool_or(risk_state = 'open') as is_open,
            bool_and(house_safe) as house_safe, bool_and(water_safe) as water_safe
            from d_monitored_households as o join roster as m using (person_id) group by m.household_id""",
        "h_disaster": f"""select m.household_id, bool_or(damage in ('collapsed', 'severe')) as struck
            from all_disaster_aid as d join roster as m using (person_id)
            where {window.within("happened_on")} group by m.household_id""",
        "h_school": _school_sql(window),
        "h_medical": _medical_sql(window),
        "h_register": """select m.household_id, true as registered from d_household_register as r
            join roster as m using (person_id) where coalesce(r.event, 'none') not in ('moved_out', 'died')
            group by m.household_id""",
    }


def area_sql() -> str:
    """Return SQL of every member's town, village and urban or rural standing, the surest source first."""
    ledgers = " union all ".join(f"select person_id, area_kind from d_{ledger}" for ledger in LEDGERS)
    return f"""
        select m.household_id, m.person_id, m.relation, m.birth, coalesce(e.area_kind, p.hukou_type) as area_kind_told,
               p.town, p.area
        from roster as m
        left join (select * from d_population qualify row_number() over (partition by person_id order by area) = 1) as p
          using (person_id)
        left join (select person_id, min(area_kind) as area_kind from ({ledgers}) group by person_id) as e
          using (person_id)
    """


def facts(window: Window) -> Sequence[Fact]:
    """Return the facts of a household in the order of facts.yaml, each with its sources in the order of belief."""
    return [*_standing(window), *_safety(window), *_enrolment(window)]


def household_sql(window: Window) -> str:
    """Return SQL of the fact table of households with, beside each fact, the data set that told it.

    Money is fen per month. A fact that no source tells is NULL.
    """
    joins = "\n".join(f"left join {table} using (household_id)" for table in helpers_sql(window))
    return f"""
        select h.household_id, h_head.head_id, h_head.area, h.people,
        {picked(facts(window))}
        from (select household_id, count(*) as people from roster group by household_id) as h
        {joins}
    """


def _standing(window: Window) -> list[Fact]:
    permit = "case when h_register.registered then false end"
    local = [
        Source("household_register", "h_register.registered"),
        _surveyed("local_hukou"),
        window.silent("household_register", "false"),
    ]
    return [
        Fact("area_kind", [_surveyed("area_kind"), Source("population", "h_head.area_kind_told")]),
        Fact("township", [Source("population", "h_head.town")]),
        Fact("local_hukou", local),
        Fact("residence_permit", [_surveyed("residence_permit"), Source("household_register", permit)]),
        Fact("farm_household", [_surveyed("farm_household"), Source("population", "h_head.area_kind_told = 'rural'")]),
    ]


def _surveyed(column: str) -> Source:
    return Source(SURVEY, f"h_survey.{column}")


def _safety(window: Window) -> list[Fact]:
    graded = "case when h_survey.house_grade in ('A', 'B') then true when h_survey.house_grade is not null then false end"
    housing = [
        Source("dilapidated_houses", "h_house.safe"),
        _surveyed("housing_safe"),
        Source(SURVEY, graded),
        Source("monitored_households", "h_monitored.house_safe"),
        window.silent("dilapidated_houses", "true"),
    ]
    water = [
        Source("water_safety", "h_water.safe"),
        _surveyed("water_safe"),
        Source("monitored_households", "h_monitored.water_safe"),
    ]
    no_pupil = "case when h_school.household_id is null then true end"
    school = [_surveyed("education_secured"), Source("school_roll", "h_school.secured"), window.silent("school_roll", no_pupil)]
    insured = "h_medical.secured" if "medical_enrolment" in window.arrived else "null"
    monitored = [Source("monitored_households", "h_monitored.is_open"), window.silent("monitored_households", "false")]
    struck = [_surveyed("disaster_hardship"), Source("disaster_aid", "h_disaster.struck"), window.silent("disaster_aid", "false")]
    return [
        Fact("housing_safe", housing),
        Fact("water_safe", water),
        Fact("education_secured", school),
        Fact("medical_secured", [_surveyed("medical_secured"), Source("medical_enrolment", insured)]),
        Fact("poverty_risk", [_surveyed("poverty_risk"), *monitored]),
        Fact("monitored_on_list", monitored),
        Fact("disaster_hardship", struck),
    ]


def _enrolment(window: Window) -> list[Fact]:
    del window  # a ledger that never arrived has enrolled nobody: the run says which ledgers it had
    exiting = "case when h_enrolled.category = 'dibao' and h_enrolled.exit_until is not null then null else 0 end"
    amount = "case when h_enrolled.household_id is null then 0 else h_enrolled.amount end"
    rose = Source("enrolment", "case when h_enrolled.household_id is null then false end")
    return [
        Fact("case_by_case_approved", [_surveyed("case_by_case_approved"), Source("office", "false")]),
        Fact("previous_category", [Source("enrolment", "coalesce(h_enrolled.category, 'none')")]),
        Fact("previous_amount", [Source("enrolment", amount)]),
        Fact("income_rose_from_work", [_surveyed("income_rose_from_work"), rose]),
        Fact("exit_months_used", [Source("enrolment", exiting)]),
    ]


def _enrolled_sql() -> str:
    # A family's standing is that of those not taken alone; the strongest category wins, tekun amounts add up.
    order = "case category when 'tekun' then 1 when 'dibao' then 2 when 'edge' then 3 else 4 end"
    return f"""
        select household_id, arg_min(category, rank) as category,
               arg_min(case when category = 'tekun' then case when told = people then total end else most end, rank) as amount,
               arg_min(exit_until, rank) as exit_until
        from (select m.household_id, e.category, {order} as rank, max(e.exit_until) as exit_until, count(*) as people,
                     count(e.amount) as told, cast(sum(e.amount) as bigint) as total, max(e.amount) as most
              from enrolled as e join roster as m using (person_id)
              where not e.is_alone group by m.household_id, e.category)
        group by household_id
    """


def _house_sql() -> str:
    unsafe = "grade in ('C', 'D', 'homeless') and coalesce(project_state, 'none') <> 'done' and coalesce(only_house, true)"
    return f"""
        select m.household_id, not bool_or({unsafe}) as safe
        from (select * from d_dilapidated_houses
              qualify row_number() over (partition by person_id order by assessed_on desc) = 1) as d
        join roster as m using (person_id) group by m.household_id
    """


def _water_sql() -> str:
    return """
        select m.household_id, bool_and(quantity_ok and quality_ok and convenience_ok and supply_ok) as safe
        from (select * from d_water_safety
              qualify row_number() over (partition by person_id order by checked_on desc) = 1) as w
        join roster as m using (person_id) group by m.household_id
    """


def _school_sql(window: Window) -> str:
    low, high = COMPULSORY_AGES
    return f"""
        select m.household_id,
               case when bool_or(s.state = 'dropped') then false when bool_and(coalesce(s.state = 'enrolled', false)) then true
               end as secured
        from roster as m
        left join (select * from d_school_roll
                   qualify row_number() over (partition by person_id order by state = 'enrolled' desc, roll_number) = 1) as s
          using (person_id)
        where datesub('year', m.birth, {window.day_sql}) between {low} and {high}
        group by m.household_id
    """


def _medical_sql(window: Window) -> str:
    return f"""
        select m.household_id, bool_and(i.person_id is not null) as secured
        from roster as m
        left join (select distinct person_id from all_medical_enrolment
                   where state = 'insured' and year = {window.day.year}) as i using (person_id)
        left join p_dead using (person_id)
        where p_dead.person_id is null
        group by m.household_id
    """
