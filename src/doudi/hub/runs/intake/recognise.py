"""Which data set a sheet is, where its heading stands, and which of its columns is which.

Headings alone often fit several data sets (the rural and the urban person list have the same ones, and differ in what
年收入 means). Then the words in the file name, the sheet name and the title decide; where they do not, nothing is
guessed: the candidates are named and `--dataset` is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from doudi.hub.runs.intake.head import Head, HeadingRow, Known
from doudi.hub.tables.cells.cell import type_of_raw
from doudi.hub.tables.contract import Column, Contract
from doudi.hub.tables.headings import Heading, plain_heading
from doudi.refusal import Refusal

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

    `headings` is one name a column; `cells` are all the words that stand in the heading of a column, row by row; `above`
    are the rows down to and with the heading, as they came.
    """

    contract: Contract
    first_row: int
    depth: int
    places: tuple[Place, ...]
    headings: tuple[str, ...]
    cells: tuple[frozenset[str], ...]
    title: tuple[str, ...]
    unclear: tuple[str, ...]
    above: Sequence[Sequence[type_of_raw]] = ()

    @property
    def not_taken(self) -> list[str]:
        """Return the headings of columns that the contract has no need of."""
        taken = {place.at for place in self.places}
        return [heading for at, heading in enumerate(self.headings) if heading and at not in taken]


@dataclass(frozen=True)
class _Fit:
    """How well one heading fits one data set: its columns found, those that two columns claim, those missing."""

    contract: Contract
    heading: HeadingRow
    places: tuple[Place, ...]
    unclear: tuple[str, ...]
    missing: tuple[Column, ...]
    score: float = 0.0

    @property
    def rank(self) -> tuple[int, int, int]:
        """Return what makes one heading of a sheet better than another."""
        return (len(self.places), -len(self.missing), -self.heading.depth)

    @property
    def named(self) -> str:
        """Return the data set as a message names it."""
        return f"{self.contract.name}（{self.contract.label}）"


def recognise(head: Head, known: Known, *, file_name: str, sheet_name: str) -> Layout:
    """Return the layout of a sheet under the one contract that fits it.

    This will refuse a sheet that no contract fits, and one that several fit equally well.
    """
    scored = _scored(_best_fits(head, known).values(), head, file_name, sheet_name)
    complete = [one for one in scored if not one.missing]
    if not complete or complete[0].score < GOOD_ENOUGH:
        raise _not_recognised(scored, file_name, sheet_name)
    close = [one for one in complete if complete[0].score - one.score < TOO_CLOSE]
    if len(close) > 1:
        raise NotRecognised(
            f"{file_name} 的工作表“{sheet_name}”像好几种数据集，分不清：{'、'.join(one.named for one in close)}。",
            to_do=f"请用 --dataset 指明，例如 --dataset {close[0].contract.name}；或在文件名里写上数据集的名称。",
        )
    if scored[0].missing and scored[0].score - complete[0].score > FOR_MISSING_REQUIRED:
        raise _lacks(scored[0], file_name, sheet_name)
    return _laid_out(complete[0], head)


def lay_out(head: Head, known: Known, contract: Contract, *, file_name: str, sheet_name: str) -> Layout:
    """Return the layout of a sheet under a contract that was named. This will refuse one that lacks a column."""
    fit = _best_fits(head, known).get(contract.name)
    if fit is None:
        raise NotRecognised(
            f"{file_name} 的工作表“{sheet_name}”里找不到{contract.label}的表头。",
            to_do=f"表头应有：{'、'.join(column.label for column in contract.required)}。",
        )
    if fit.missing:
        raise _lacks(fit, file_name, sheet_name)
    return _laid_out(fit, head)


def _laid_out(fit: _Fit, head: Head) -> Layout:
    return Layout(
        contract=fit.contract,
        first_row=fit.heading.row + fit.heading.depth,
        depth=fit.heading.depth,
        places=fit.places,
        headings=fit.heading.headings,
        cells=head.words(fit.heading),
        title=head.title(fit.heading.row),
        unclear=fit.unclear,
        above=head.rows[: fit.heading.row + fit.heading.depth],
    )


def _lacks(fit: _Fit, file_name: str, sheet_name: str) -> HeadingsMissing:
    written = {plain_heading(one).text for column in fit.missing for one in column.headers}
    first_row = fit.heading.row + fit.heading.depth
    for heading in fit.unclear:
        if heading in written:
            return HeadingsMissing(
                f"{file_name} 的工作表“{sheet_name}”有两列表头都是“{heading}”，分不清用哪一列。",
                where=f"表头在第{first_row}行",
                to_do="请改掉其中一个列名后重新报送。",
            )
    lacking = "；".join(f"{one.label}（可写作 {'、'.join(one.headers[:4])}）" for one in fit.missing)
    return HeadingsMissing(
        f"{file_name} 的工作表“{sheet_name}”是{fit.contract.label}，但缺少必需的列：{lacking}。",
        where=f"表头在第{first_row}行：{'、'.join(one for one in fit.heading.headings if one)}",
        to_do="请补上这些列，或把列名改成上面的写法后重新报送。",
    )


def _not_recognised(scored: Sequence[_Fit], file_name: str, sheet_name: str) -> Refusal:
    if scored and scored[0].missing and len(scored[0].places) >= 3 and scored[0].score > GOOD_ENOUGH:
        return _lacks(scored[0], file_name, sheet_name)
    near = "、".join(one.named for one in scored[:3])
    return NotRecognised(
        f"{file_name} 的工作表“{sheet_name}”认不出是哪一种数据集。",
        where=f"最接近的是：{near}" if near else "前30行里没有找到认识的列名",
        to_do="如果确实是其中一种，请用 --dataset 指明；否则可能发错了文件。",
    )


def _scored(fits: Iterable[_Fit], head: Head, file_name: str, sheet_name: str) -> list[_Fit]:
    """Return the fits with their scores, the best first."""
    titles: dict[int, str] = {}
    scored = []
    for fit in fits:
        row = fit.heading.row
        if row not in titles:
            titles[row] = "".join(head.title(row))
        scored.append(replace(fit, score=_score(fit, file_name, sheet_name, titles[row])))
    return sorted(scored, key=lambda one: (-one.score, one.contract.name))


def _score(fit: _Fit, file_name: str, sheet_name: str, title: str) -> float:
    headings = sum(1 for names in fit.heading.names if names)
    score = len(fit.places) / max(headings, 1) * 0.7 + len(fit.places) / len(fit.contract.columns) * 0.3
    score -= FOR_MISSING_REQUIRED * len(fit.missing)
    for weight, text in ((IN_FILE_NAME, file_name), (IN_SHEET_NAME, sheet_name), (IN_TITLE, title)):
        longest = max((len(word) for word in fit.contract.file_name_words if word in text), default=0)
        score += weight + FOR_EACH_CHARACTER * longest if longest else 0.0
    return score


def _best_fits(head: Head, known: Known) -> dict[str, _Fit]:
    """Return for each data set the heading that fits it best; only data sets of which some heading is there."""
    best: dict[str, _Fit] = {}
    for heading in head.heading_rows(known):
        for dataset, claims in _claims(heading, known).items():
            # As many columns at the most as there are claims: fewer than are found already cannot be better.
            if dataset in best and len(claims) < len(best[dataset].places):
                continue
            fit = _fit(known.contracts[dataset], heading, claims)
            if dataset not in best or fit.rank > best[dataset].rank:
                best[dataset] = fit
    return best


_Claim = tuple[int, int, Column, Heading]
"""A column of a file that may be a column of the data set: its heading's rank, where it is, which, under what name."""


def _claims(heading: HeadingRow, known: Known) -> dict[str, list[_Claim]]:
    claims: dict[str, list[_Claim]] = {}
    for at, names in enumerate(heading.names):
        claimed: set[str] = set()
        for name in names:
            for meaning in known.meanings.get(name.text, ()):
                if meaning.dataset not in claimed:
                    claimed.add(meaning.dataset)
                    claims.setdefault(meaning.dataset, []).append((meaning.rank, at, meaning.column, name))
    return claims


def _fit(contract: Contract, heading: HeadingRow, claims: Sequence[_Claim]) -> _Fit:
    by_column: dict[str, list[_Claim]] = {}
    for claim in claims:
        by_column.setdefault(claim[2].name, []).append(claim)
    places, unclear = [], []
    for candidates in by_column.values():
        candidates.sort(key=lambda one: one[:2])
        rank, at, column, name = candidates[0]
        if len(candidates) > 1 and candidates[1][0] == rank:
            unclear.append(name.text)
        else:
            places.append(Place(at, column, name.unit, name.text))
    here = {place.column.name for place in places}
    return _Fit(
        contract=contract,
        heading=heading,
        places=tuple(sorted(places, key=lambda one: one.at)),
        unclear=tuple(unclear),
        missing=tuple(column for column in contract.required if column.name not in here),
    )
