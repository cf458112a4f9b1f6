"""Which data set a sheet is, where its heading stands, and which of its columns is which.

Headings alone often fit several data sets (the rural and the urban person list have the same ones, and differ in what
年收入 means). Then the words in the file name, the sheet name and the title decide; where they do not, nothing is
guessed: the candidates are named and `--dataset` is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doudi.hub.tables.cells.cell import plain_text, type_of_raw
from doudi.hub.tables.contract import Column, Contract
from doudi.hub.tables.headings import Heading, plain_heading
from doudi.refusal import Refusal

HEAD_ROWS = 30
GOOD_ENOUGH = 0.75
TOO_CLOSE = 0.08
IN_FILE_NAME, IN_SHEET_NAME, IN_TITLE = 0.6, 0.5, 0.5
FOR_EACH_CHARACTER = 0.06
FOR_MISSING_REQUIRED = 0.35


class NotRecognised(Refusal):
    """No data set fits this sheet, or several fit it equally well."""


class HeadingsMissing(Refusal):
    """The data set is known, and the file lacks a column it must have."""


@dataclass(frozen=True)
class Place:
    """A column of a file: where it is, as what it is read, and the unit its heading names."""

    at: int
    column: Column
    unit: str
    heading: str


@dataclass(frozen=True)
class Layout:
    """How one sheet is laid out. `first_row` is the number of rows up to and with the heading.

    `headings` is one name a column; `cells` are all the words that stand in the heading of a column, row by row.
    """

    contract: Contract
    first_row: int
    depth: int
    places: tuple[Place, ...]
    headings: tuple[str, ...]
    cells: tuple[frozenset[str], ...]
    title: tuple[str, ...]
    unclear: tuple[str, ...]
    score: float = 0.0

    @property
    def missing(self) -> list[Column]:
        """Return the required columns that the sheet has not."""
        here = {place.column.name for place in self.places}
        return [column for column in self.contract.required if column.name not in here]

    @property
    def not_taken(self) -> list[str]:
        """Return the headings of columns that the contract has no need of."""
        taken = {place.at for place in self.places}
        return [heading for at, heading in enumerate(self.headings) if heading and at not in taken]


def recognise(rows: Sequence[Sequence[type_of_raw]], contracts: Mapping[str, Contract], *, file_name: str, sheet_name: str) -> Layout:
    """Return the layout of a sheet under the one contract that fits it.

    This will refuse a sheet that no contract fits, and one that several fit equally well.
    """
    heads = _heading_rows(rows)
    layouts = [best for one in contracts.values() if (best := _best_layout(rows, heads, one))]
    scored = sorted((_scored(one, file_name, sheet_name) for one in layouts), key=lambda one: (-one.score, one.contract.name))
    complete = [one for one in scored if not one.missing]
    if not complete or complete[0].score < GOOD_ENOUGH:
        raise _not_recognised(scored, file_name, sheet_name)
    close = [one for one in complete if complete[0].score - one.score < TOO_CLOSE]
    if len(close) > 1:
        named = "、".join(f"{one.contract.name}（{one.contract.label}）" for one in close)
        raise NotRecognised(
            f"{file_name} 的工作表“{sheet_name}”像好几种数据集，分不清：{named}。",
            to_do=f"请用 --dataset 指明，例如 --dataset {close[0].contract.name}；或在文件名里写上数据集的名称。",
        )
    if scored[0].missing and scored[0].score - complete[0].score > FOR_MISSING_REQUIRED:
        raise _lacks(scored[0], file_name, sheet_name)
    return complete[0]


def lay_out(rows: Sequence[Sequence[type_of_raw]], contract: Contract, *, file_name: str, sheet_name: str) -> Layout:
    """Return the layout of a sheet under a contract that was named. This will refuse one that lacks a column."""
    layout = _best_layout(rows, _heading_rows(rows), contract)
    if layout is None:
        raise NotRecognised(
            f"{file_name} 的工作表“{sheet_name}”里找不到{contract.label}的表头。",
            to_do=f"表头应有：{'、'.join(column.label for column in contract.required)}。",
        )
    if layout.missing:
        raise _lacks(layout, file_name, sheet_name)
    return layout


def _lacks(layout: Layout, file_name: str, sheet_name: str) -> HeadingsMissing:
    written = {plain_heading(one).text for column in layout.missing for one in column.headers}
    for heading in layout.unclear:
        if heading in written:
            return HeadingsMissing(
                f"{file_name} 的工作表“{sheet_name}”有两列表头都是“{heading}”，分不清用哪一列。",
                where=f"表头在第{layout.first_row}行",
                to_do="请改掉其中一个列名后重新报送。",
            )
    lacking = "；".join(f"{one.label}（可写作 {'、'.join(one.headers[:4])}）" for one in layout.missing)
    return HeadingsMissing(
        f"{file_name} 的工作表“{sheet_name}”是{layout.contract.label}，但缺少必需的列：{lacking}。",
        where=f"表头在第{layout.first_row}行：{'、'.join(one for one in layout.headings if one)}",
        to_do="请补上这些列，或把列名改成上面的写法后重新报送。",
    )


def _not_recognised(scored: Sequence[Layout], file_name: str, sheet_name: str) -> Refusal:
    if scored and scored[0].missing and len(scored[0].places) >= 3 and scored[0].score > GOOD_ENOUGH:
        return _lacks(scored[0], file_name, sheet_name)
    near = "、".join(f"{one.contract.name}（{one.contract.label}）" for one in scored[:3])
    return NotRecognised(
        f"{file_name} 的工作表“{sheet_name}”认不出是哪一种数据集。",
        where=f"最接近的是：{near}" if near else "前30行里没有找到认识的列名",
        to_do="如果确实是其中一种，请用 --dataset 指明；否则可能发错了文件。",
    )


def _scored(layout: Layout, file_name: str, sheet_name: str) -> Layout:
    headings = sum(1 for one in layout.headings if one)
    score = len(layout.places) / max(headings, 1) * 0.7 + len(layout.places) / len(layout.contract.columns) * 0.3
    score -= FOR_MISSING_REQUIRED * len(layout.missing)
    words = layout.contract.file_name_words
    for weight, text in (
        (IN_FILE_NAME, file_name), (IN_SHEET_NAME, sheet_name), (IN_TITLE, "".join(layout.title)),
    ):  # fmt: skip
        longest = max((len(word) for word in words if word in text), default=0)
        score += weight + FOR_EACH_CHARACTER * longest if longest else 0.0
    return Layout(**{**layout.__dict__, "score": score})


@dataclass(frozen=True)
class _HeadingRow:
    """A row, or two, that may be the heading: for each column the names it may go by, the most exact first."""

    row: int
    depth: int
    names: tuple[tuple[Heading, ...], ...]


def _heading_rows(rows: Sequence[Sequence[type_of_raw]]) -> list[_HeadingRow]:
    return [
        _HeadingRow(row, depth, _names(rows[row], rows[row + 1] if depth == 2 else None))
        for row in range(min(len(rows), HEAD_ROWS))
        for depth in (1, 2)
        if row + depth <= len(rows)
    ]


def _best_layout(rows: Sequence[Sequence[type_of_raw]], heads: Sequence[_HeadingRow], contract: Contract) -> Layout | None:
    layouts = [_layout(rows, head, contract) for head in heads if _may_be_heading(head, contract)]
    return max(layouts, key=_rank, default=None)


def _may_be_heading(head: _HeadingRow, contract: Contract) -> bool:
    return any(name.text in contract.headings for names in head.names for name in names)


def _rank(layout: Layout) -> tuple[int, int, int]:
    return (len(layout.places), -len(layout.missing), -layout.depth)


def _layout(rows: Sequence[Sequence[type_of_raw]], head: _HeadingRow, contract: Contract) -> Layout:
    found: dict[str, list[tuple[int, Place]]] = {}
    for at, names in enumerate(head.names):
        name = next((one for one in names if one.text in contract.headings), None)
        if name is not None:
            rank, column = contract.headings[name.text]
            found.setdefault(column.name, []).append((rank, Place(at, column, name.unit, name.text)))
    places, unclear = [], []
    for candidates in found.values():
        candidates.sort(key=lambda one: (one[0], one[1].at))
        if len(candidates) > 1 and candidates[0][0] == candidates[1][0]:
            unclear.append(candidates[0][1].heading)
        else:
            places.append(candidates[0][1])
    title = [text for line in rows[: head.row] for cell in line if (text := plain_text(cell))]
    return Layout(
        contract=contract,
        first_row=head.row + head.depth,
        depth=head.depth,
        places=tuple(sorted(places, key=lambda one: one.at)),
        headings=tuple(names[0].text if names else "" for names in head.names),
        cells=_heading_cells(rows[head.row : head.row + head.depth], len(head.names)),
        title=tuple(dict.fromkeys(title)),
        unclear=tuple(unclear),
    )


def _heading_cells(rows: Sequence[Sequence[type_of_raw]], width: int) -> tuple[frozenset[str], ...]:
    texts = [[plain_heading(plain_text(cell)).text for cell in row] for row in rows]
    return tuple(frozenset(row[at] for row in texts if at < len(row) and row[at]) for at in range(width))


def _names(upper: Sequence[type_of_raw], lower: Sequence[type_of_raw] | None) -> tuple[tuple[Heading, ...], ...]:
    tops = [re.sub(r"\s+", "", plain_text(cell)) for cell in upper]
    if lower is None:
        return tuple((plain_heading(top),) if top else () for top in tops)
    names: list[list[str]] = []
    over = ""
    for top, cell in zip(tops, lower, strict=False):
        sub = re.sub(r"\s+", "", plain_text(cell))
        # A heading over several columns stands in the first of them only.
        over = top or (over if sub else "")
        if sub and over and sub != over:
            names.append([f"{over}/{sub}", f"{over}{sub}", sub])
        else:
            names.append([sub or over] if sub or over else [])
    return tuple(tuple(plain_heading(name) for name in forms) for forms in names)
