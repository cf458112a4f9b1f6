"""Who lives with whom: the population register, corrected by enrolment ledgers and surveys."""

from __future__ import annotations

LEDGERS = ("tekun_enrolment", "dibao_enrolment", "edge_enrolment", "rigid_enrolment")
"""Ledgers of who is enrolled now, the stronger category first."""


def places_sql() -> str:
    """Return SQL of every claim that a person belongs to a household: (person_id, household_id, relation, weight).

    The household of a head is the one the population register gives. A survey outweighs a ledger, a ledger outweighs
    the register. A person taken alone out of a family (单人户) is listed as head of nothing: such a row moves nobody.
    """
    heads = "select person_id, household_id from registered"
    claims = [_claim(heads, ledger, 2, _not_alone(ledger)) for ledger in LEDGERS]
    claims.append(_claim(heads, "survey_members", 3, "l.person_id <> l.head_id"))
    return f"""
        select person_id, household_id, relation, 1 as weight, 'population' as dataset from registered
        union all {" union all ".join(claims)}
    """


def registered_sql() -> str:
    """Return SQL of everyone in the population register with their household: its number, or else one of its head's."""
    return f"""
        select person_id, relation,
               case when household_number is not null then 'H' || household_number
                    else {_unnumbered("coalesce(head_id, person_id)")} end as household_id
        from (select * from d_population where person_id is not null
              qualify row_number() over (partition by person_id order by household_number, head_id) = 1) as p
    """


def members_sql() -> str:
    """Return SQL of everyone once, in the household that the weightiest claim gives."""
    return """
        select person_id, household_id, relation, dataset
        from places
        qualify row_number() over (partition by person_id order by weight desc, dataset, household_id) = 1
    """


def roster_sql() -> str:
    """Return SQL of everyone in a household with who they are: name, number, birth, sex, and who placed them there."""
    return """
        select m.household_id, m.person_id, m.relation, m.dataset, p.name, p.identity_number, p.birth, p.sex
        from members as m left join people as p using (person_id)
    """


def _claim(heads: str, dataset: str, weight: int, condition: str) -> str:
    return f"""
        select l.person_id, coalesce(h.household_id, {_unnumbered("l.head_id")}) as household_id, l.relation,
               {weight} as weight, '{dataset}' as dataset
        from d_{dataset} as l left join ({heads}) as h on h.person_id = l.head_id
        where l.person_id is not null and l.head_id is not null and {condition}
    """


def _unnumbered(head: str) -> str:
    # Household numbers are printed on lists unmasked, so they must not hold the head's identity number.
    return f"'P' || upper(substr(sha256({head}), 1, 16))"


def _not_alone(ledger: str) -> str:
    # Heads keep the place the register gives them; they need a claim only when the register does not know them.
    unknown = "not exists (select 1 from registered as r where r.person_id = l.person_id)"
    is_alone = "coalesce(l.single_person, false)" if ledger == "dibao_enrolment" else "false"
    return f"(l.person_id <> l.head_id or {unknown}) and not {is_alone}"
