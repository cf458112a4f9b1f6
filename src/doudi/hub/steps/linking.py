"""Who is who: everyone with an identity number, and the rows that came without a usable one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

REGISTER = "population"
NAMED_IN = (
    REGISTER,
    "household_register",
    "tekun_enrolment",
    "dibao_enrolment",
    "edge_enrolment",
    "rigid_enrolment",
    "dibao_rural_persons",
    "dibao_urban_persons",
    "tekun_persons",
    "edge_persons",
    "rigid_persons",
    "survey_members",
    "medical_enrolment",
    "school_roll",
    "disability_certificates",
    "employment_contributions",
    "pension_resident",
    "pension_enterprise",
    "pension_government",
)
"""Data sets that name people beside their numbers, the one whose spelling is believed first."""

_KEPT = ("name", "sex", "birth_date", "area", "town", "phone")


def table_sql(paths: Mapping[str, Sequence[str]]) -> str:
    """Return SQL of all rows of a data set: its columns, `month` (text), and `source_manifest`, the file it came in.

    `paths` gives the Parquet files of each month.
    """
    each = [
        f"select *, '{month}' as month, regexp_extract(filename, 'part-([0-9a-f]+)[.]parquet', 1) as source_manifest "
        f"from read_parquet([{', '.join(_quoted(path) for path in files)}], filename = true, hive_partitioning = false)"
        for month, files in sorted(paths.items())
    ]
    return " union all by name ".join(each)


def empty_table_sql(columns: Mapping[str, str]) -> str:
    """Return SQL of a data set of which nothing has arrived: its columns, by SQL type, and no row."""
    own = {"month": "varchar", "source_manifest": "varchar"}
    selected = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in {**columns, **own}.items())
    return f"select * from (select {selected}) as nothing where false"


def people_sql(columns: Mapping[str, Sequence[str]]) -> str:
    """Return SQL of everyone with an identity number, once, as the first data set that names them spells them.

    `columns` gives the columns of each data set that has arrived. Birth and sex are those of the number.
    """
    each = [_named(dataset, columns[dataset], place) for place, dataset in enumerate(NAMED_IN) if dataset in columns]
    firsts = ", ".join(f"arg_min({one}, place) as {one}" for one in ("name", "area", "town", "phone"))
    return f"""
        select identity_number, {firsts}, min_by(dataset, place) as dataset
        from ({" union all by name ".join(each)})
        group by identity_number
    """


def unnumbered_sql(dataset: str, columns: Sequence[str]) -> str:
    """Return SQL of the rows of a data set that came without a usable identity number, with what may tell who it is."""
    kept = ", ".join(one if one in columns else f"cast(null as {_kind(one)}) as {one}" for one in _KEPT)
    return f"""
        select '{dataset}' as dataset, month, source_manifest, source_sheet, source_row, {kept}
        from all_{dataset} where identity_number is null and name is not null
    """


def linked_sql(dataset: str, columns: Sequence[str]) -> str:
    """Return SQL of a data set's rows with `person_id` (by number, else by an accepted link) and `head_id`."""
    number = "t.identity_number" if "identity_number" in columns else "cast(null as varchar)"
    head = "t.head_identity_number" if "head_identity_number" in columns else "cast(null as varchar)"
    return f"""
        select t.*, coalesce({number}, l.person_id) as person_id, {head} as head_id
        from raw_{dataset} as t
        left join accepted_links as l on l.dataset = '{dataset}' and l.source_manifest = t.source_manifest
          and l.source_row = t.source_row and l.source_sheet is not distinct from t.source_sheet
    """


def newest_of_each_sql(dataset: str, columns: Sequence[str], *, since: str) -> str:
    """Return SQL of the newest rows of each family (or person) of a data set, of the months after `since` (text)."""
    families = ("supported_identity_number", "head_identity_number")
    key = next((one for one in families if one in columns), "person_id")
    return f"""
        select * from all_{dataset} where month > '{since}'
        qualify month = max(month) over (partition by {key})
    """


def agreement_sql(column: str) -> str:
    """Return SQL of the chance that two different people of the register agree in a column."""
    return f"""
        select sum(cast(n as double) * (n - 1)) / (sum(n) * (sum(n) - 1))
        from (select count(*) as n from people where {column} is not null group by {column})
    """


def _named(dataset: str, columns: Sequence[str], place: int) -> str:
    kept = ", ".join(one if one in columns else f"cast(null as {_kind(one)}) as {one}" for one in ("area", "town", "phone"))
    return (
        f"select identity_number, name, {kept}, {place} as place, '{dataset}' as dataset "
        f"from all_{dataset} where identity_number is not null and name is not null"
    )


def _kind(column: str) -> str:
    return "date" if column == "birth_date" else "varchar"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
