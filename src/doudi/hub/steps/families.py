"""Families taken out of fact tables, for the executor that answers one family with its reasons."""

from __future__ import annotations

from collections.abc import Sequence


def open_households_sql(limit: int) -> str:
    """Return SQL of the households of which nothing can be told yet, the enrolled first: (household_id, previous_category)."""
    return f"""
        select household_id, previous_category, township from changes where outcome in ('undetermined', 'unasked')
        order by outcome = 'unasked', household_id limit {int(limit)}
    """


def nothing_unsettled_sql() -> str:
    """Return SQL of no household that was looked into, with the key of `changes` as it is."""
    return "select household_id, '' as possible, '' as settles, '' as quickest, '' as paths from changes where false"


def of_households_sql(table: str, columns: Sequence[str]) -> str:
    """Return SQL of the rows of households or persons that belong to the chosen households, in order."""
    return f"select {', '.join(columns)} from {table} semi join chosen using (household_id) order by {columns[0]}, {columns[1]}"


def of_persons_sql(table: str, columns: Sequence[str]) -> str:
    """Return SQL of the records of the chosen persons, in an order that does not depend on the file."""
    return f"select {', '.join(columns)} from {table} semi join chosen_person using (person_id) order by all"


def household_with_sql(table: str, key: str, text: str) -> str:
    """Return SQL of the household that has a row with this key, given as a literal of text."""
    return f"select household_id from {table} where cast({key} as varchar) = {text}"
