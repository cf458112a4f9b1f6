"""From pairs of descriptions to decisions: linked, to be looked at, or nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from doudi.hub.steps.facts.belongings import birth_in, sex_in


class Level(Protocol):
    """One way in which two descriptions compare, in words."""

    @property
    def words(self) -> str: ...


def described_people_sql() -> str:
    """Return SQL of everyone with a number as linking compares them."""
    return f"""
        select p.identity_number as unique_id, p.name, s.sound,
               strftime({birth_in("p.identity_number")}, '%Y-%m-%d') as birth, {sex_in("p.identity_number")} as sex,
               coalesce(p.area, p.town) as area, p.phone, p.town, p.dataset
        from people_spelled as p join sounds as s using (name)
    """


def nothing_told_sql() -> str:
    """Return SQL of no row without a number."""
    columns = "'' as dataset, '' as month, '' as source_manifest, '' as source_sheet, cast(0 as bigint) as source_row"
    return f"""select {columns}, '' as name, '' as sex, cast(null as date) as birth_date, '' as area, '' as town,
        '' as phone where false"""


def described_rows_sql() -> str:
    """Return SQL of the rows without a number as linking compares them; `unique_id` names the row for ever."""
    return """
        select t.dataset || '|' || t.source_manifest || '|' || coalesce(t.source_sheet, '') || '|' || t.source_row as unique_id,
               t.name, s.sound, strftime(t.birth_date, '%Y-%m-%d') as birth, t.sex, coalesce(t.area, t.town) as area,
               t.phone, t.dataset, t.month, t.source_manifest, t.source_sheet, t.source_row
        from told_rows as t join told_sounds as s using (name)
    """


def no_pairs_sql() -> str:
    """Return SQL of no pair."""
    return "select '' as unique_id, '' as person_id, 0.0 as probability, '' as because, false as contradicted where false"


def pairs_sql(found: str, levels: Mapping[str, Sequence[Level]]) -> str:
    """Return SQL of the pairs that were compared: (unique_id, person_id, probability, because, contradicted).

    `because` says in Chinese what agrees and what differs. A pair of different sex is contradicted.
    """
    told = "case when source_dataset_l = 'a_told' then unique_id_l else unique_id_r end"
    person = "case when source_dataset_l = 'a_told' then unique_id_r else unique_id_l end"
    because = ", ".join(_words(feature, ways) for feature, ways in levels.items())
    return f"""
        select {told} as unique_id, {person} as person_id, round(match_probability, 6) as probability,
               concat_ws('，', {because}) as because, gamma_sex = 0 as contradicted
        from {found}
    """


def decided_sql(*, accept: float, look: float, rival: float) -> str:
    """Return SQL of every row without a number with what was decided: accepted, review or none."""
    return f"""
        with ranked as (
            select *, row_number() over (partition by unique_id order by probability desc, person_id) as place,
                   lead(probability) over (partition by unique_id order by probability desc, person_id) as second
            from pairs)
        select t.*, r.person_id as candidate, r.probability, r.second, r.because,
               case when r.probability >= {accept} and coalesce(r.second, 0) < {rival} and not r.contradicted then 'accepted'
                    when r.probability >= {look} then 'review' else 'none' end as status
        from told as t left join (select * from ranked where place = 1) as r using (unique_id)
    """


def people_file_sql() -> str:
    """Return SQL of the register: everyone with a number, and the provisional people of the population list."""
    return """
        select unique_id as person_id, unique_id as identity_number, name, cast(birth as date) as birth, sex, area, town,
               phone, dataset
        from people
        union all
        select v.person_id, null, d.name, cast(d.birth as date), d.sex, d.area, null, d.phone, d.dataset
        from decided as d join provisional as v using (unique_id)
        order by person_id
    """


def links_file_sql() -> str:
    """Return SQL of the links: every row without a number, what was decided by which rule, how surely and why."""
    return """
        select d.dataset, d.month, d.source_manifest, d.source_sheet, d.source_row, d.status,
               case when d.status = 'accepted' then 'splink' when v.person_id is not null then 'provisional' else 'none' end as rule,
               case when d.status = 'accepted' then d.candidate else v.person_id end as person_id,
               d.candidate, d.probability, d.second as second_probability, d.because
        from decided as d left join provisional as v using (unique_id)
        order by d.dataset, d.month, d.source_manifest, d.source_sheet, d.source_row
    """


def review_file_sql(*, look: float) -> str:
    """Return SQL of the candidates of the rows to be looked at, up to three each, the likeliest first."""
    return f"""
        select d.dataset, d.month, d.source_manifest, d.source_sheet, d.source_row, d.name, d.birth, d.sex, d.area, d.phone,
               p.person_id as candidate, o.name as candidate_name, o.birth as candidate_birth, o.sex as candidate_sex,
               o.area as candidate_area, p.probability, p.because
        from decided as d join pairs as p using (unique_id) join people as o on o.unique_id = p.person_id
        where d.status = 'review' and p.probability >= {look} / 10
        qualify row_number() over (partition by d.unique_id order by p.probability desc, p.person_id) <= 3
        order by d.dataset, d.month, d.source_manifest, d.source_sheet, d.source_row, p.probability desc, p.person_id
    """


def _words(feature: str, ways: Sequence[Level]) -> str:
    cases = " ".join(f"when {len(ways) - 1 - place} then '{way.words}'" for place, way in enumerate(ways))
    return f"case gamma_{feature} {cases} end"
