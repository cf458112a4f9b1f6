"""What becomes of each row: accepted, refused with its reasons, or no row at all; nothing is lost."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.hub.tables.manifest import Counts, RowsDoNotAddUp

HEADING = ["姓名", "身份证号", "死亡日期"]


def returned_rows(store: Any, outcome: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(store.folder / outcome.manifest.returned_as)
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


class TestRowsAddUp:
    def test_in_a_file_with_everything_in_it(self, write_xlsx: Any, person: Any, take: Any, rows_of: Any) -> None:
        rows = [
            ["2025年10月死亡人员名单", "", ""],
            ["单位：人", "", ""],
            HEADING,
            ["赵甲", person(1), "2025-10-03"],
            ["", "", ""],
            HEADING,
            ["钱乙", f" {person(2)} ", 45961],
            ["小计", "2", ""],
            ["孙丙", 9.9928119400101e17, "2025-10-05"],
            ["李丁", person(4)[:17] + "?", "去年"],
            ["赵甲", person(1), "2025-10-03"],
            ["合计", "4", ""],
            ["制表人：虚构", "", "制表时间：2025-11-03"],
        ]
        manifest = take(write_xlsx("名单.xlsx", rows)).manifest
        assert manifest.counts == Counts(read=13, heading=3, accepted=2, refused=2, ignored=6, remarked=2)
        assert manifest.ignored_for == {"空行": 1, "重复表头": 1, "合计行": 2, "表尾说明": 1, "与前面的行完全相同": 1}
        assert [row["name"] for row in rows_of("deaths")] == ["赵甲", "钱乙"]

    def test_counts_that_do_not_are_a_fault(self) -> None:
        with pytest.raises(RowsDoNotAddUp):
            Counts(read=3, heading=1, accepted=1).check()

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(
        rows=st.lists(
            st.lists(
                st.one_of(st.sampled_from(["", "赵甲", "合计", "2025-10-03", "姓名", "制表人：甲"]), st.text("甲乙1-\n,\"'", max_size=6)),
                min_size=0, max_size=5,
            ),
            max_size=12,
        ),
        encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    )  # fmt: skip
    def test_whatever_the_rows_are(self, rows: list[list[str]], encoding: str, write_csv: Any, person: Any, take: Any) -> None:
        sound = ["赵甲", person(1), "2025-10-03"]
        outcome = take(write_csv("2025年10月死亡.csv", [HEADING, sound, *rows], encoding), dataset="deaths")
        if outcome.refusal is None:
            counts = outcome.manifest.counts
            assert counts.read == counts.heading + counts.accepted + counts.refused + counts.ignored
            assert counts.heading == 1

    def test_a_table_with_a_heading_and_no_rows_says_that_there_is_nobody(self, write_xlsx: Any, take: Any, store: Any) -> None:
        outcome = take(write_xlsx("2025年10月死亡人员.xlsx", [HEADING]))
        assert outcome.manifest.counts.accepted == 0
        assert store.months("deaths") == ["2025-10"]


class TestRefusedRows:
    def test_come_back_as_a_copy_of_the_sheet_with_row_number_and_reasons(
        self, write_xlsx: Any, person: Any, take: Any, store: Any
    ) -> None:
        rows = [["2025年10月死亡人员名单"], [*HEADING, "备注"], ["赵甲", person(1), "2025-10-03", "好"], ["", "123", "去年", "坏"]]
        title, heading, row = returned_rows(store, take(write_xlsx("名单.xlsx", rows)))
        assert title[0] == "2025年10月死亡人员名单"
        assert heading == ("姓名", "身份证号", "死亡日期", "备注", "原行号", "原因")
        assert row[1:5] == ("123", "去年", "坏", 4)
        assert row[5] == "姓名：必填，但是空的；身份证号：身份证号应为18位，这里是3位；死亡日期：日期看不懂；请写成 2025-10-31"

    def test_may_be_mended_in_the_copy_and_sent_again_beside_the_others(
        self, write_xlsx: Any, person: Any, take: Any, store: Any, rows_of: Any
    ) -> None:
        rows = [["2025年10月死亡人员名单"], HEADING, ["赵甲", person(1), "2025-10-03"], ["钱乙", person(2), "去年"]]
        copy = store.folder / take(write_xlsx("名单.xlsx", rows)).manifest.returned_as
        book = openpyxl.load_workbook(copy)
        book.worksheets[0].cell(row=3, column=3).value = "2025-10-04"
        book.save(store.folder.parent / "改好.xlsx")
        assert take(store.folder.parent / "改好.xlsx", add=True).manifest.counts.accepted == 1
        assert [row["name"] for row in rows_of("deaths")] == ["赵甲", "钱乙"]

    def test_a_formula_of_a_sender_is_text_in_the_copy(self, write_csv: Any, person: Any, take: Any, store: Any) -> None:
        rows = [["姓名", "身份证号", "死亡日期"], ["赵甲", person(1), "2025-10-03"], ["=1+1", "123", "=HYPERLINK(1)"]]
        outcome = take(write_csv("2025年10月死亡.csv", rows))
        book = openpyxl.load_workbook(store.folder / outcome.manifest.returned_as)
        assert book.worksheets[0].cell(row=2, column=1).data_type == "s"

    def test_a_file_of_refused_rows_only_is_refused_and_still_comes_back(
        self, write_xlsx: Any, take: Any, store: Any
    ) -> None:
        outcome = take(write_xlsx("2025年10月死亡人员.xlsx", [HEADING, ["赵甲", "1.1E+17", "2025-10-03"]]))
        assert "全部退回" in str(outcome.refusal)
        assert "后几位已经丢失" in str(outcome.refusal)
        assert store.datasets() == []
        assert len(list(store.folder.rglob("*_退回.xlsx"))) == 1

    def test_a_row_wider_than_the_heading_is_refused(self, write_csv: Any, person: Any, take: Any) -> None:
        rows = [
            HEADING,
            ["赵甲", person(1), "2025-10-03"],
            ["钱，乙", person(2), "2025-10-04", "多出来的"],
            ["孙丙", person(3), "2025-10-05", ""],
        ]
        manifest = take(write_csv("2025年10月死亡.csv", rows)).manifest
        assert manifest.refused_for == {"这一行的格数多于表头": 1}
        assert manifest.counts.accepted == 2


class TestRowsOfOneKey:
    def test_the_same_row_again_is_ignored(self, write_xlsx: Any, person: Any, take: Any) -> None:
        row = ["赵甲", person(1), "2025-10-03"]
        counts = take(write_xlsx("2025年10月死亡.xlsx", [HEADING, row, row, row])).manifest.counts
        assert (counts.accepted, counts.ignored, counts.refused) == (1, 2, 0)

    def test_two_different_rows_are_both_refused_because_nobody_knows_which_is_right(
        self, write_xlsx: Any, person: Any, take: Any, store: Any, rows_of: Any
    ) -> None:
        rows = [HEADING, ["赵甲", person(1), "2025-10-03"], ["赵甲", person(1), "2025-10-04"], ["钱乙", person(2), "2025-10-04"]]
        outcome = take(write_xlsx("2025年10月死亡.xlsx", rows))
        assert [row["name"] for row in rows_of("deaths")] == ["钱乙"]
        assert [row[4] for row in returned_rows(store, outcome)[1:]] == [
            "与第3行的身份证号相同，内容不同，不知道哪一行对",
            "与第2行的身份证号相同，内容不同，不知道哪一行对",
        ]

    def test_a_conflict_is_found_across_the_blocks_of_a_streamed_file(
        self, write_csv: Any, person: Any, take: Any, store: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("doudi.hub.runs.intake.sheets.BYTES_A_BLOCK", 2048)
        rows = [HEADING, *([f"人{chr(0x4E00 + n)}", person(n), "2025-10-03"] for n in range(200))]
        rows.append([rows[1][0], rows[1][1], "2025-10-09"])
        outcome = take(write_csv("2025年10月死亡.csv", rows))
        assert (outcome.manifest.counts.accepted, outcome.manifest.counts.refused) == (199, 2)
        assert [row[3] for row in returned_rows(store, outcome)[1:]] == [2, 202]

    def test_people_without_a_number_are_not_taken_for_one_another(self, write_xlsx: Any, take: Any) -> None:
        rows = [HEADING, ["赵甲", "", "2025-10-03"], ["钱乙", "", "2025-10-03"], ["赵甲", "", "2025-10-03"]]
        counts = take(write_xlsx("2025年10月死亡.xlsx", rows)).manifest.counts
        assert (counts.accepted, counts.ignored) == (2, 1)


class TestWhatIsStored:
    def test_amounts_are_fen_in_the_unit_of_the_title(self, write_xlsx: Any, person: Any, take: Any, rows_of: Any) -> None:
        rows = [
            ["2025年10月医疗救助台账", "", "单位：万元", ""],
            ["姓名", "身份证号", "救助金额", "救助日期"],
            ["赵甲", person(1), 0.12, "2025-10-09"],
        ]
        manifest = take(write_xlsx("a.xlsx", rows)).manifest
        assert rows_of("medical_aid")[0]["amount"] == 120000
        assert manifest.read_as["units"]["amount"] == "万元"

    def test_blank_is_null_and_days_are_days(self, write_xlsx: Any, person: Any, take: Any, rows_of: Any) -> None:
        rows = [["姓名", "身份证号", "死亡日期", "性别"], ["赵甲", person(1), dt.date(2025, 10, 3), ""]]
        take(write_xlsx("2025年10月死亡.xlsx", rows))
        (row,) = rows_of("deaths")
        assert (row["died_on"], row["sex"], row["source_row"]) == (dt.date(2025, 10, 3), None, 2)
        assert "区划表" in row["remarks"]

    def test_a_merged_name_stands_for_all_its_rows_and_a_merged_amount_for_the_first_only(
        self, write_xlsx: Any, person: Any, take: Any, rows_of: Any
    ) -> None:
        rows = [
            ["承包方", "身份证号", "地块编码", "实测面积", "合同面积"],
            ["赵甲", person(1), "001", 1.5, 4],
            ["", "", "002", 2.25, ""],
        ]
        path = write_xlsx("2025年10月土地承包台账.xlsx", rows, merge=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 4, 2, 4)])
        take(path)
        first, second = rows_of("land_contract")
        assert second["identity_number"] == first["identity_number"] == person(1)
        assert (first["contract_area"], second["contract_area"]) == (4000, None)
        assert (first["measured_area"], second["measured_area"]) == (1500, 2250)
        assert "合并单元格" in second["remarks"]

    def test_files_are_for_their_owner_only(self, write_xlsx: Any, deaths: Any, take: Any, store: Any) -> None:
        take(write_xlsx("死亡.xlsx", deaths))
        for path in store.folder.rglob("*"):
            if path.name != ".lock":
                assert path.stat().st_mode & 0o077 == 0, path

    def test_the_schema_is_the_contract_s(self, write_xlsx: Any, deaths: Any, take: Any, store: Any) -> None:
        import pyarrow.parquet as pq

        take(write_xlsx("死亡.xlsx", deaths))
        assert pq.read_schema(store.paths("deaths")[0]).equals(store.schema("deaths"), check_metadata=True)


class TestAnotherCounty:
    def test_its_rows_are_refused(self, write_xlsx: Any, person: Any, take: Any) -> None:
        ours = [[f"人{n}", person(n), "2025-10-03", "420281100203"] for n in (1, 2, 3)]
        rows = [[*HEADING, "地区"], *ours, ["赵甲", person(4), "2025-10-03", "430681100203"]]
        manifest = take(write_xlsx("2025年10月死亡.xlsx", rows), area="420281").manifest
        assert manifest.refused_for == {"地区不属于本县（420281）": 1}

    def test_a_file_of_its_rows_is_refused_as_a_whole(self, write_xlsx: Any, person: Any, take: Any, store: Any) -> None:
        rows = [[*HEADING, "地区"], *([f"人{n}", person(n), "2025-10-03", "430681100203"] for n in (1, 2, 3))]
        assert "像是别的县的文件" in str(take(write_xlsx("2025年10月死亡.xlsx", rows), area="420281").refusal)
        assert store.datasets() == []

    def test_its_name_in_the_title_is_enough(self, write_xlsx: Any, deaths: Any, take: Any) -> None:
        named = [["汨罗市2025年10月死亡人员名单"], *deaths[1:]]
        assert "写的是汨罗市，不是大冶市（420281）" in str(take(write_xlsx("死亡.xlsx", named), area="420281").refusal)
        assert take(write_xlsx("死亡.xlsx", named), area="430681").refusal is None


def test_taking_a_file_in_does_not_import_pandas(write_xlsx: Any, deaths: Any, tmp_path: Path) -> None:
    import subprocess

    path = write_xlsx("死亡.xlsx", deaths)
    program = (
        "import sys; from doudi.cli.main import run; "
        f"status = run(['ingest', {str(path)!r}, '--store', {str(tmp_path / 's')!r}, '--json']); "
        "sys.exit(status or ('pandas' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 0
