"""Files that no hub should take in: the wrong thing, an empty one, a broken one, another county's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from doudi.demo import areas
from doudi.demo.county import County
from doudi.demo.files.dress import dress, hand
from doudi.demo.files.formats import FORMATS
from doudi.demo.files.layout import draw_layout, lay_out
from doudi.demo.files.sheet import Cell, Sheet
from doudi.demo.lists.listing import complete
from doudi.demo.lists.registry import listing
from doudi.hub.tables.contract import Contract

ROWS = 40
KEPT_BYTES = 900
IDENTITY_LENGTH = 18


def write_broken(path: Path, county: County, contracts: Mapping[str, Contract]) -> None:
    """Write the four files that must be told plainly: 发错的, 空的, 损坏的, 别县的."""
    path.mkdir(parents=True, exist_ok=True)
    menu: list[list[Cell]] = [["虚构数据：食堂菜谱", None], ["星期", "菜"], ["一", "样例豆腐"], ["二", "示范白菜"]]
    FORMATS["xlsx"].write(path / "2025年9月份食堂菜谱.xlsx", [Sheet("Sheet1", menu)])
    (path / "2025年9月份残疾人证.csv").write_bytes(b"")
    whole = path / "2025年9月份不动产登记信息.xlsx"
    FORMATS["xlsx"].write(whole, _foreign(county, contracts["real_estate"]))
    whole.write_bytes(whole.read_bytes()[:KEPT_BYTES])
    FORMATS["xls"].write(path / "2025年9月份全员人口名册（外县）.xls", _foreign(county, contracts["population"]))


def _foreign(county: County, contract: Contract) -> list[Sheet]:
    """Return a short list of another made-up county: its name in the title, its code in areas and numbers."""
    month = county.months[-1]
    rows = listing(contract, county, month)[0].only(slice(0, ROWS))
    chance = county.chance("foreign")
    dressed = dress(contract, complete(contract, county, rows), hand(chance, "population", FORMATS["xls"]))
    dressed.columns = [[_moved(cell) for cell in column] for column in dressed.columns]
    layout = draw_layout(chance, FORMATS["html"], 0)
    sheets, _ = lay_out(contract, dressed, [0] * dressed.rows, month, layout)
    return [_renamed(sheet) for sheet in sheets]


def _moved(cell: Cell) -> Cell:
    """Return a cell with the code of the other county. Identity numbers stay: people keep theirs when they move."""
    own, other = str(areas.FIRST_COUNTY), str(areas.FOREIGN_COUNTY)
    if isinstance(cell, str) and cell.startswith(own) and len(cell) != IDENTITY_LENGTH:
        return other + cell[len(own) :]
    return cell


def _renamed(sheet: Sheet) -> Sheet:
    own, other = areas.COUNTY_NAME, areas.FOREIGN_COUNTY_NAME
    rows = [[cell.replace(own, other) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]
    return Sheet(sheet.name, rows)
