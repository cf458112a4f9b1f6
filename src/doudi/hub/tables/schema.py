"""How a data set lies in Parquet: one Arrow type a kind, and the unit of every amount written beside its column.

Money is whole fen in int64 (the unit says a month's, a year's or once). Areas are thousandths of a mu or of a square
metre in int64. Dates are date32; a month is the date of its first day. Everything else is text or bool. A cell left
blank is null: nothing is known, which is not zero and not no.
"""

from __future__ import annotations

import pyarrow as pa

from doudi.hub.tables.contract import Column, Contract

SOURCE_SHEET, SOURCE_ROW, REMARKS = "source_sheet", "source_row", "remarks"

TYPES = {
    "money": pa.int64(),
    "int": pa.int64(),
    "number": pa.int64(),
    "date": pa.date32(),
    "month": pa.date32(),
    "bool": pa.bool_(),
}


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type of a column's cells."""
    return TYPES.get(column.kind, pa.string())


def arrow_schema(contract: Contract) -> pa.Schema:
    """Return the schema of a data set's Parquet files.

    After the columns of the contract come where the row came from (sheet, row number as a spreadsheet counts) and what
    was remarked on it. Each field carries its kind, Chinese label and unit as metadata.
    """
    fields = [
        pa.field(
            column.name,
            arrow_type(column),
            metadata={"kind": column.kind, "label": column.label, **({"unit": column.unit} if column.unit else {})},
        )
        for column in contract.columns
    ]
    own = [
        pa.field(SOURCE_SHEET, pa.string()),
        pa.field(SOURCE_ROW, pa.int64()),
        pa.field(REMARKS, pa.string()),
    ]
    return pa.schema([*fields, *own], metadata={"dataset": contract.name, "contract": contract.digest})
