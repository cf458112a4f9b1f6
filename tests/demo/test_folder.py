"""The folder of the made-up county: every data set, every format, counts that add up, the truth beside it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import python_calamine
from lxml import html

from doudi import home
from doudi.demo.folder import Folder, write_county
from doudi.demo.scenarios import SCENARIOS
from doudi.hub.tables.contract import read_contracts

PEOPLE = 2_500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A small county with three months of files."""
    return write_county(tmp_path_factory.mktemp("county"), people=PEOPLE, seed=5, months=3)


def _rows(folder: Folder, file: str, form: str) -> list[list[Any]]:
    """Read a file with a reader that knows nothing of the writer."""
    path = folder.path / file
    if form.startswith("csv"):
        encoding = {"csv_gbk": "gb18030", "csv_utf8": "utf-8", "csv_mark": "utf-8-sig"}[form]
        return list(csv.reader(io.StringIO(path.read_text(encoding))))
    if form == "html":
        tree = html.document_fromstring(path.read_text("gb18030"))
        return [[cell.text_content() for cell in row.iter("td")] for row in tree.iter("tr")]
    if form == "xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        return [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]
    workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
    return [row for sheet in sheets for row in sheet.to_python(skip_empty_area=False)]


def test_every_data_set_has_its_files(folder: Folder) -> None:
    assert {one.dataset for one in folder.files} == set(read_contracts(home.datasets()))


def test_every_format_is_there(folder: Folder) -> None:
    endings = {Path(one.file).suffix for one in folder.files}
    assert endings == {".xlsx", ".xls", ".et", ".ods", ".csv"}
    assert len({one.format for one in folder.files}) == 8


def test_monthly_lists_have_a_file_of_every_month(folder: Folder) -> None:
    months = Counter(one.dataset for one in folder.files)
    assert months["medical_settlements"] == months["dibao_enrolment"] == 3
    assert months["population"] == 1


def test_every_file_opens_with_an_independent_reader_and_holds_every_row(folder: Folder) -> None:
    for one in folder.files:
        rows = _rows(folder, one.file, one.format)
        assert len(rows) == one.rows + one.around, one.file


def test_every_title_says_that_the_data_are_made_up(folder: Folder) -> None:
    for one in folder.files:
        first = _rows(folder, one.file, one.format)[0]
        assert "虚构数据" in str(first[0]), one.file


def test_headings_are_those_of_the_contracts(folder: Folder) -> None:
    contracts = read_contracts(home.datasets())
    for one in folder.files:
        required = [column for column in contracts[one.dataset].columns if column.required and "/" not in column.label]
        written = {_plain(cell) for row in _rows(folder, one.file, one.format)[:4] for cell in row if cell}
        for column in required:
            assert written & {_plain(header) for header in column.headers}, (one.file, column.name)


def _plain(cell: object) -> str:
    return str(cell).replace("（元）", "").replace("（万元）", "").replace("（", "(").replace("）", ")")


def test_good_and_bad_rows_add_up(folder: Folder) -> None:
    for one in folder.files:
        assert one.good + one.bad + one.repeated == one.rows
        assert one.bad <= sum(one.reasons.values())
    assert sum(one.bad for one in folder.files) > 0


def test_the_manifest_tells_what_was_written(folder: Folder) -> None:
    told = json.loads((folder.path / "manifest.json").read_text("utf-8"))
    assert len(told["files"]) == len(folder.files)
    assert told["made_up"] == "虚构数据"
    assert all((folder.path / one["file"]).is_file() for one in told["files"])


def test_bad_files_lie_apart(folder: Folder) -> None:
    broken = {file.name for file in (folder.path / "broken").iterdir()}
    assert len(broken) == 4
    assert not broken & {Path(one.file).name for one in folder.files}


def test_staff_work_in_areas_of_the_county(folder: Folder) -> None:
    staff = json.loads((folder.path / "staff.json").read_text("utf-8"))["staff"]
    assert all(one["area"].startswith("990181") and one["phone"].startswith("154") for one in staff)
    assert len({one["name"] for one in staff}) > 50
    assert {one["role"] for one in staff} >= {"village_cadre", "township_clerk", "county_admin", "liaison"}


class TestTruth:
    def test_every_scenario_is_planted(self, folder: Folder) -> None:
        rows = pq.read_table(folder.path / "truth" / "planted.parquet").to_pylist()
        assert {row["scenario"] for row in rows} == {scenario.name for scenario in SCENARIOS}
        assert len(rows) == folder.planted

    def test_parquet_and_json_tell_the_same(self, folder: Folder) -> None:
        rows = pq.read_table(folder.path / "truth" / "planted.parquet").to_pylist()
        assert json.loads((folder.path / "truth" / "planted.json").read_text("utf-8"))["families"] == rows

    def test_the_dead_are_still_paid_and_in_the_list_of_deaths(self, folder: Folder) -> None:
        about = _about(folder, "paid_after_death")
        assert about <= _numbers(folder, "payment_roster", "2025-10")
        assert about <= _numbers(folder, "dibao_enrolment", "2025-10")
        assert about <= set.union(*(_numbers(folder, "deaths", month) for month in ("2025-08", "2025-09", "2025-10"))) | (
            _numbers(folder, "household_register", "2025-10")
        )

    def test_those_who_should_enter_are_on_no_list(self, folder: Folder) -> None:
        about = _about(folder, "should_enter")
        for dataset in ("dibao_enrolment", "tekun_enrolment", "edge_enrolment", "rigid_enrolment"):
            assert not about & _numbers(folder, dataset, "2025-10")

    def test_those_listed_twice_are_on_both_lists(self, folder: Folder) -> None:
        about = _about(folder, "listed_twice")
        assert about <= _numbers(folder, "dibao_enrolment", "2025-10")
        assert about <= _numbers(folder, "tekun_enrolment", "2025-10")

    def test_namesakes_have_one_name_and_birth_date_and_two_numbers(self, folder: Folder) -> None:
        rows = [row for row in _truth(folder) if row["scenario"] == "namesakes"]
        assert len({row["head_name"] for row in rows}) < len(rows)
        assert len({row["head_identity_number"] for row in rows}) == len(rows)


def _truth(folder: Folder) -> list[dict[str, Any]]:
    return pq.read_table(folder.path / "truth" / "planted.parquet").to_pylist()


def _about(folder: Folder, scenario: str) -> set[str]:
    return {row["about_identity_number"] for row in _truth(folder) if row["scenario"] == scenario}


def _numbers(folder: Folder, dataset: str, month: str) -> set[str]:
    one = next(file for file in folder.files if file.dataset == dataset and file.month == month)
    return {str(cell) for row in _rows(folder, one.file, one.format) for cell in row if len(str(cell)) == 18}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "again"):
        write_county(tmp_path / name, people=600, seed=9, months=2)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "again")


def test_another_seed_gives_another_county(tmp_path: Path) -> None:
    one, other = (write_county(tmp_path / str(seed), people=600, seed=seed, months=1) for seed in (1, 2))
    first, second = (_numbers(folder, "population", "2025-10") for folder in (one, other))
    assert len(first & second) < len(first) // 10


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
