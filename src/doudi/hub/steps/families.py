"""Families taken out of fact tables, for the executor that answers one family with its reasons."""

from __future__ import annotations

from collections.abc import Sequence


def open_households_sql(limit: int) -> str:
    """Return SQL of the households of which nothing can be told yet, the enrolled first: (household_id, previous_category)."""
    return f"""
        select household_id, previous_category, township from changes where outcome = 'undetermined'
        order by previous_category = 'none', household_id limit {int(limit)}
    """


def of_households_sql(table: str, columns: Sequence[str], *, key: str, owner: str = "") -> str:
    """Return SQL of the rows of a fact table that belong to the chosen households, ordered by their keys.

    The rows of records are found through their persons: `owner` is the table `chosen_person` then.
    """
    selected = ", ".join([key, *columns])
    if owner:
        return f"select {selected} from {table} semi join {owner} using (person_id) order by {selected}"
    return f"select household_id, {selected} from {table} semi join chosen using (household_id) order by household_id, {key}"
