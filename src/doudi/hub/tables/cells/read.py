"""Read one cell of any kind."""

from __future__ import annotations

from collections.abc import Callable

from doudi.hub.tables.cells import amount, day, identity, word
from doudi.hub.tables.cells.cell import Cell, CellRule, problem, type_of_raw

READERS: dict[str, Callable[[CellRule, type_of_raw], Cell]] = {
    "identity": identity.read_identity,
    "text": word.read_text,
    "name": word.read_name,
    "area": word.read_area,
    "phone": word.read_phone,
    "account": word.read_account,
    "bool": word.read_bool,
    "choice": word.read_choice,
    "date": day.read_date,
    "month": day.read_month,
    "money": amount.read_amount,
    "number": amount.read_amount,
    "int": amount.read_amount,
}

MISSING = "必填，但是空的"


def read_cell(rule: CellRule, raw: type_of_raw) -> Cell:
    """Read one cell as its contract says. A required cell left blank is a problem."""
    cell = READERS[rule.column.kind](rule, raw)
    if rule.column.required and cell.value is None and not cell.problem:
        return problem(MISSING)
    return cell
