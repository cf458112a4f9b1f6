"""The facts of a person, each with the order in which sources are believed."""

from __future__ import annotations

from collections.abc import Sequence

from doudi.hub.steps.facts.words import Fact, Source, Window, newest_sql, picked

SURVEY = "survey_members"
PERSON_LISTS = ("dibao_rural_persons", "dibao_urban_persons", "tekun_persons", "edge_persons", "rigid_persons")
STAGES = ("none", "preschool", "compulsory", "high_school", "vocational", "college", "bachelor", "postgraduate")
SEVERE = "p_dis.disability_level in ('1', '2')"

# Direct line and their spouses, living in one registered household, owe each other support (decision 0020).
DUTY = "('head', 'spouse', 'child', 'parent', 'grandchild', 'grandparent')"
NO_DUTY = "('child_in_law', 'parent_in_law')"
WORKING = "('employed', 'flexible', 'self_employed', 'farming')"


def one_row_sql() -> dict[str, str]:
    """Return the helper tables of one row a person, by name."""
    lists = " union all by name ".join(
        f"select person_id, labour_capacity, health, disability_type, disability_level, marital_status from d_{one}" for one in PERSON_LISTS
    )
    return {
        "p_survey": newest_sql(SURVEY, "head_id"),
        "p_list": f"select * from ({lists}) where person_id is not null "
        "qualify row_number() over (partition by person_id order by labour_capacity, health, disability_level) = 1",
        "p_pop": newest_sql("population", "household_number"),
        "p_marriage": newest_sql("marriage", "registered_on desc, event"),
        "p_tekun": newest_sql("tekun_enrolment", "support_mode, self_care"),
        "p_dibao": newest_sql("dibao_enrolment", "start_month"),
        "p_orphan": newest_sql("orphans", "care_mode"),
        "p_pay": "select person_id, max(start_month) as start_month from d_employment_contributions "
        "where state = 'paying' group by person_id",
        "p_declared_wage": "select distinct person_id from d_declared_income where income_kind = 'wage' and amount > 0",
        "p_unemployed": "select distinct person_id from d_unemployment",
        "p_work_cost": "select person_id, cast(sum(case period when 'month' then amount when 'year' then amount // 12 "
        "end) as bigint) as per_month from d_declared_expenditure where expense_kind = 'work_cost' group by person_id",
        "p_monitored": newest_sql("monitored_households", "labour_capacity"),
    }


def dated_sql(window: Window) -> dict[str, str]:
    """Return the helper tables of one row a person that depend on the day."""
    day = window.day_sql
    alive = f"coalesce(state, 'valid') = 'valid' and coalesce(valid_until, {day}) >= {day}"
    inside = f"entered_on <= {day} and coalesce(released_on, date '9999-12-31') > {day} and coalesce(state, 'inside') = 'inside'"
    return {
        "p_dead": f"""select person_id, min(died_on) as died_on from (
            select person_id, died_on from all_deaths
            union all select person_id, coalesce(died_on, cremated_on) from all_funeral
            union all select person_id, event_on from all_household_register where event = 'died')
            where person_id is not null and coalesce(died_on, {day}) <= {day} group by person_id""",
        "p_dis": f"""select person_id, disability_type, disability_level from d_disability_certificates
            where {alive} and person_id is not null
            qualify row_number() over (partition by person_id order by disability_level, disability_type) = 1""",
        "p_ill": f"""select person_id, min(diagnosed_on) as since, bool_or(coalesce(in_treatment, false)) as treated
            from d_major_disease where person_id is not null and coalesce(diagnosed_on, {day}) <= {day}
            group by person_id""",
        "p_school": """select person_id, stage from d_school_roll
            where state = 'enrolled' and coalesce(full_time, true) and person_id is not null
            qualify row_number() over (partition by person_id order by enrolled_on desc, stage) = 1""",
        "p_custody": f"""select person_id, bool_or(custody_kind = 'prison') as prison,
            bool_or(custody_kind = 'detox') as detox from d_custody where {inside} group by person_id""",
        "p_missing": "select distinct person_id from d_court where cause like '%宣告失踪%'",
        "p_child": """select distinct person_id from (select person_id from d_orphans
            union all select person_id from d_unattended_children)""",
    }


def facts(window: Window) -> Sequence[Fact]:
    """Return the facts of a person in the order of facts.yaml, each with its sources in the order of belief."""
    return [*_ties(window), *_absence(window), *_body(window), *_work(window), *_care(window)]


def person_sql(window: Window) -> str:
    """Return SQL of the fact table of persons with, beside each fact, the data set that told it.

    Money is fen per month. A fact that no source tells is NULL.
    """
    joined = [*one_row_sql(), *dated_sql(window)]
    joins = "\n".join(f"left join {table} using (person_id)" for table in joined)
    return f"""
        select m.household_id, m.person_id, m.name, m.identity_number,
        {picked(facts(window))}
        from roster as m
        {joins}
    """


def _ties(window: Window) -> list[Fact]:
    here = "case when m.dataset = 'population' then p_pop.lives_here else true end"
    relation = "coalesce(m.relation, 'other')"
    duty = f"case when {relation} in {DUTY} then true when {relation} in {NO_DUTY} then false end"
    marriage = [
        Source("marriage", "p_marriage.event = 'married'"),
        Source(SURVEY, "p_survey.marital_status = 'married'"),
        Source("population", "p_pop.marital_status = 'married'"),
        Source("enrolment", "p_list.marital_status = 'married'"),
    ]
    return [
        Fact("birth", [Source("identity", "m.birth")]),
        Fact("sex", [Source("identity", "m.sex")]),
        Fact("relation", [Source("population", relation)]),
        Fact("deceased", [Source("deaths", "p_dead.person_id is not null")]),
        Fact("married", marriage),
        Fact("lives_together", [_surveyed("lives_together"), Source("population", here)]),
        Fact("shares_budget", [_surveyed("shares_budget")]),
        Fact("legal_duty", [_surveyed("legal_duty"), Source("population", duty)]),
        Fact("split_off", [_surveyed("split_off"), Source("population", "false")]),
        Fact("away_for_work", [_surveyed("away_for_work")]),
        Fact("schooling", _schooling(window)),
    ]


def _surveyed(column: str) -> Source:
    return Source(SURVEY, f"p_survey.{column}")


def _schooling(window: Window) -> list[Source]:
    survey = "case when p_survey.full_time_study = false then 'none' else p_survey.schooling end"
    return [
        Source("school_roll", _stage("p_school.stage")),
        Source(SURVEY, _stage(f"({survey})")),
        window.silent("school_roll", "'none'"),
    ]


def _stage(column: str) -> str:
    # A special school teaches the compulsory years; the law's list of stages does not name it.
    known = ", ".join(f"'{stage}'" for stage in STAGES)
    return f"case when {column} in ({known}) then {column} when {column} = 'special_school' then 'compulsory' end"


def _absence(window: Window) -> list[Fact]:
    # Who enters the army gives up the registered household first, so a person in the register does not serve.
    registered = Source("population", "false")
    court = Source("court", "case when p_missing.person_id is not null then true end")
    return [
        Fact("conscript", [_surveyed("conscript"), registered]),
        Fact("serving_soldier", [_surveyed("serving_soldier"), registered]),
        Fact("in_prison", [Source("custody", "p_custody.prison"), _surveyed("in_prison"), window.silent("custody", "false")]),
        Fact("in_compulsory_detox", [Source("custody", "p_custody.detox"), window.silent("custody", "false")]),
        Fact("declared_missing", [court, window.silent("court", "false")]),
        # No department keeps this; a person in a family's register lives in it until somebody says otherwise.
        Fact("cleric_apart_three_years", [registered]),
    ]


def _body(window: Window) -> list[Fact]:
    unable = f"case when {SEVERE} or p_survey.labour_capacity = 'none' or p_list.labour_capacity = 'none' then true end"
    capacity = [
        _surveyed("labour_capacity"),
        Source("enrolment", "p_list.labour_capacity"),
        Source("monitored_households", "p_monitored.labour_capacity"),
    ]
    illness = [
        Source("major_disease", "case when p_ill.person_id is not null then true end"),
        _surveyed("severe_illness"),
        Source(SURVEY, "case when p_survey.health = 'severe' then true end"),
        Source("enrolment", "case when p_list.health = 'severe' then true end"),
        window.silent("major_disease", "false"),
    ]
    hospital = [_surveyed("frequent_hospital"), Source("major_disease", "p_ill.treated"), window.silent("major_disease", "false")]
    independence = [
        _surveyed("cannot_live_independently"),
        Source("disability_certificates", unable),
        Source("disability_certificates", _healthy(window)),
    ]
    return [
        Fact("cannot_live_independently", independence),
        Fact("disability_type", _disability(window, "disability_type")),
        Fact("disability_level", _disability(window, "disability_level")),
        Fact("severe_illness", illness),
        Fact("illness_since", [Source("major_disease", "p_ill.since"), _surveyed("illness_since")]),
        Fact("frequent_hospital", hospital),
        Fact("labour_capacity", capacity),
    ]


def _healthy(window: Window) -> str:
    if not window.arrived.issuperset({"disability_certificates", "major_disease"}):
        return "null"
    return "case when p_dis.person_id is null and p_ill.person_id is null then false end"


def _disability(window: Window, column: str) -> list[Source]:
    return [
        Source("disability_certificates", f"p_dis.{column}"),
        _surveyed(column),
        Source("enrolment", f"p_list.{column}"),
        window.silent("disability_certificates", "'none'"),
    ]


def _work(window: Window) -> list[Fact]:
    status = f"case when p_survey.employment_status in {WORKING} then true when p_survey.employment_status is not null then false end"
    employed = [
        Source("employment_contributions", "case when p_pay.person_id is not null then true end"),
        Source("unemployment", "case when p_unemployed.person_id is not null then false end"),
        Source(SURVEY, status),
        Source("declared_income", "case when p_declared_wage.person_id is not null then true end"),
    ]
    # A cost that nobody declared is not claimed.
    cost = [
        _surveyed("necessary_work_cost"),
        Source("declared_expenditure", "p_work_cost.per_month"),
        window.silent("declared_expenditure", "0"),
    ]
    return [
        Fact("employed", employed),
        Fact("newly_employed", [Source("employment_contributions", _newly_employed(window))]),
        Fact("necessary_work_cost", cost),
    ]


def _newly_employed(window: Window) -> str:
    if "employment_contributions" not in window.arrived:
        return "null"
    return "case when p_dibao.person_id is null then false else p_pay.start_month > p_dibao.start_month end"


def _care(window: Window) -> list[Fact]:
    items = "case {0}.self_care when 'self_caring' then 0 when 'half_dependent' then 1 when 'fully_dependent' then 4 end"
    care = [
        _surveyed("self_care_failed"),
        Source(SURVEY, items.format("p_survey")),
        Source("tekun_enrolment", items.format("p_tekun")),
    ]
    institution = [
        _surveyed("in_institution"),
        Source("tekun_enrolment", "p_tekun.support_mode = 'institution'"),
        Source("orphans", "p_orphan.care_mode = 'institution'"),
        window.silent("tekun_enrolment", "false"),
    ]
    has_lists = window.arrived.issuperset({"orphans", "unattended_children"})
    return [
        Fact("self_care_failed", care),
        Fact("in_institution", institution),
        Fact("chooses_child_benefit", [Source("orphans", "p_child.person_id is not null" if has_lists else "null")]),
    ]
