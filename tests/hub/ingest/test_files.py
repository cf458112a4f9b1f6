"""Files of every kind that departments send hold the same rows, whatever they are called."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from doudi.demo.files.formats import write_html, write_ods
from doudi.demo.files.sheet import Sheet

HERE = Path(__file__).parent
TWO_DEATHS = [("赵甲", dt.date(2025, 10, 3)), ("钱乙", dt.date(2025, 10, 4))]


@pytest.fixture
def as_text(deaths: Any) -> list[list[str]]:
    """The list of deaths, every row of one length, every cell text."""
    return [[str(cell) for cell in [*row, "", "", "", ""][:4]] for row in deaths]


def two_deaths(rows: list[dict[str, Any]]) -> bool:
    return [(row["name"], row["died_on"]) for row in rows] == TWO_DEATHS


class TestEveryKindOfFile:
    def test_xlsx(self, write_xlsx: Any, deaths: Any, take: Any, rows_of: Any) -> None:
        take(write_xlsx("名单.xlsx", deaths))
        assert two_deaths(rows_of("deaths"))

    def test_real_xls_and_the_same_called_et(self, tmp_path: Path, take_all: Any, rows_of: Any) -> None:
        real = HERE / "files" / "written-by-xlwt.xls"
        shutil.copy(real, tmp_path / "同一份.et")
        first, second = take_all(real, tmp_path / "同一份.et")
        assert two_deaths(rows_of("deaths"))
        assert (first.state, second.state) == ("taken", "unchanged")

    def test_an_xlsx_called_xls_is_told_by_its_content(self, write_xlsx: Any, deaths: Any, take: Any, rows_of: Any) -> None:
        take(write_xlsx("名单.xls", deaths))
        assert two_deaths(rows_of("deaths"))

    def test_ods(self, tmp_path: Path, as_text: Any, take: Any, rows_of: Any) -> None:
        write_ods(tmp_path / "名单.ods", [Sheet("表一", as_text)])
        take(tmp_path / "名单.ods")
        assert two_deaths(rows_of("deaths"))

    def test_a_web_page_called_xls(self, tmp_path: Path, as_text: Any, take: Any, rows_of: Any) -> None:
        write_html(tmp_path / "名单.xls", [Sheet("表一", as_text)])
        take(tmp_path / "名单.xls")
        assert two_deaths(rows_of("deaths"))

    def test_a_web_page_in_gbk_with_cells_over_rows_and_columns(self, tmp_path: Path, person: Any, take: Any, rows_of: Any) -> None:
        page = f"""<html><meta charset=gb2312><table><tr><td colspan=4>2025年10月死亡人员</td></tr>
            <tr><th>乡镇</th><th>姓名</th><th>身份证号</th><th>死亡日期</th></tr>
            <tr><td rowspan=2>大桥镇</td><td>赵甲</td><td>{person(1)}</td><td>2025-10-03</td></tr>
            <tr><td>钱乙</td><td>{person(2)}</td><td>2025-10-04</td></tr></table></html>"""
        (tmp_path / "导出.xls").write_bytes(page.encode("gbk"))
        assert take(tmp_path / "导出.xls").refusal is None
        assert two_deaths(rows_of("deaths"))

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
    def test_csv_in_every_encoding(self, encoding: str, write_csv: Any, as_text: Any, take: Any, rows_of: Any) -> None:
        outcome = take(write_csv("名单.csv", as_text, encoding))
        assert two_deaths(rows_of("deaths"))
        assert outcome.manifest.read_as["encoding"] in {"utf-8", "gb18030", "utf-16"}

    @pytest.mark.parametrize("separator", ["\t", ";", "|"])
    def test_text_with_other_separators(self, separator: str, write_csv: Any, as_text: Any, take: Any, rows_of: Any) -> None:
        take(write_csv("名单.txt", as_text, separator=separator))
        assert two_deaths(rows_of("deaths"))

    def test_csv_whose_title_and_footer_are_shorter_than_its_rows(
        self, write_csv: Any, deaths: Any, take: Any, rows_of: Any
    ) -> None:
        short = [*deaths[:-2], ["合计", 2], ["制表人：虚构"]]
        counts = take(write_csv("名单.csv", short)).manifest.counts
        assert two_deaths(rows_of("deaths"))
        assert (counts.read, counts.heading, counts.accepted, counts.ignored) == (6, 2, 2, 2)

    def test_csv_with_a_line_break_inside_a_cell_keeps_its_row_numbers(
        self, write_csv: Any, person: Any, take: Any, rows_of: Any
    ) -> None:
        rows = [
            ["姓名", "身份证号", "死亡日期", "备注"],
            ["赵甲", person(1), "2025-10-03", "一\n二"],
            [],
            ["钱乙", person(2), "2025-10-04", ""],
        ]
        take(write_csv("2025年10月死亡.csv", rows))
        assert [row["source_row"] for row in rows_of("deaths")] == [2, 4]

    def test_a_large_csv_is_streamed_in_blocks_and_numbered_throughout(
        self, write_csv: Any, person: Any, take: Any, rows_of: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("doudi.hub.runs.intake.sheets.BYTES_A_BLOCK", 4096)
        rows = [["姓名", "身份证号", "死亡日期"], *([f"人{chr(0x4E00 + n)}", person(n), "2025-10-03"] for n in range(500))]
        rows.insert(250, ["合计"])
        counts = take(write_csv("2025年10月死亡.csv", rows)).manifest.counts
        assert (counts.read, counts.accepted, counts.ignored) == (502, 500, 1)
        assert [row["source_row"] for row in rows_of("deaths")] == [*range(2, 251), *range(252, 503)]


class TestFoldersAndArchives:
    def test_a_folder_is_taken_in_with_all_below_it(self, write_xlsx: Any, deaths: Any, take_all: Any, tmp_path: Path) -> None:
        write_xlsx("十月/卫健/死亡.xlsx", deaths)
        write_xlsx("十月/~$死亡.xlsx", deaths)
        assert [one.file for one in take_all(tmp_path / "十月")] == ["死亡.xlsx"]

    def test_an_archive_from_windows_keeps_its_chinese_names(
        self, write_xlsx: Any, deaths: Any, take: Any, tmp_path: Path, rows_of: Any
    ) -> None:
        path = write_xlsx("a.xlsx", deaths)
        with zipfile.ZipFile(tmp_path / "十月.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo("XX"), path.read_bytes())
        packed = (tmp_path / "十月.zip").read_bytes().replace(b"XX", "死".encode("gbk"))
        (tmp_path / "十月.zip").write_bytes(packed)
        assert take(tmp_path / "十月.zip").file == "死"
        assert two_deaths(rows_of("deaths"))


    def test_a_broken_file_in_an_archive_stops_no_other(
        self, write_xlsx: Any, deaths: Any, take_all: Any, tmp_path: Path, rows_of: Any
    ) -> None:
        good = write_xlsx("死亡.xlsx", deaths)
        with zipfile.ZipFile(tmp_path / "十月.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("名单.csv", "姓名,身份证号\n" * 500)
            archive.write(good, "死亡.xlsx")
            spoil_from = archive.infolist()[0].header_offset + 45
        packed = bytearray((tmp_path / "十月.zip").read_bytes())
        packed[spoil_from : spoil_from + 8] = b"\xff" * 8
        (tmp_path / "十月.zip").write_bytes(packed)
        broken, taken = take_all(tmp_path / "十月.zip")
        assert "名单.csv 已损坏" in str(broken.refusal)
        assert taken.state == "taken"
        assert two_deaths(rows_of("deaths"))


class TestFilesThatCannotBeTaken:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "是空文件"),
            (b"   \n ", "是空文件"),
            (b"%PDF-1.7 ...", "是PDF，不是表格"),
            (b"\x89PNG....", "是图片，不是表格"),
            (b"Rar!....", "RAR 压缩包"),
            (b"\x00\x01\x02\x03" * 100, "不是表格"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "已损坏或不是表格"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
            (b"PK\x03\x04 broken", "已损坏"),
            (b"<html><body>\xe7\x99\xbb\xe5\xbd\x95</body></html>", "里面没有表格"),
        ],
    )
    def test_are_refused_plainly_and_leave_nothing_behind(
        self, content: bytes, said: str, tmp_path: Path, take: Any, store: Any
    ) -> None:
        path = tmp_path / "十月.xls"
        path.write_bytes(content)
        outcome = take(path)
        assert said in str(outcome.refusal)
        assert outcome.refusal.to_do
        assert [one.name for one in store.folder.rglob("*") if one.name != ".lock"] == []

    def test_a_sheet_cut_off_in_the_middle_is_refused(self, write_xlsx: Any, deaths: Any, take: Any) -> None:
        path = write_xlsx("2025年10月死亡.xlsx", deaths)
        path.write_bytes(path.read_bytes()[:-2000])
        assert "已损坏" in str(take(path).refusal)

    @pytest.mark.parametrize("place", range(0, 4000, 400))
    def test_a_spreadsheet_with_bytes_wiped_out_anywhere_is_taken_or_refused(
        self, place: int, tmp_path: Path, as_text: Any, take: Any
    ) -> None:
        write_ods(tmp_path / "名单.ods", [Sheet("表一", as_text)])
        content = bytearray((tmp_path / "名单.ods").read_bytes())
        at = place % len(content)
        content[at : at + 60] = bytes(60)
        (tmp_path / "名单.ods").write_bytes(content)
        assert take(tmp_path / "名单.ods").state in {"taken", "refused"}

    @pytest.mark.parametrize("kept", [600, 1600, 4100, 4640, 5360])
    def test_an_xls_cut_off_anywhere_stops_no_other_file(
        self, kept: int, tmp_path: Path, write_xlsx: Any, deaths: Any, take_all: Any
    ) -> None:
        (tmp_path / "截断.xls").write_bytes((HERE / "files" / "written-by-xlwt.xls").read_bytes()[:kept])
        broken, good = take_all(tmp_path / "截断.xls", write_xlsx("死亡.xlsx", deaths))
        assert (broken.state, good.state) == ("refused", "taken")

    def test_a_quote_that_never_ends_is_told(self, tmp_path: Path, take: Any) -> None:
        (tmp_path / "2025年10月死亡.csv").write_text('姓名,"身份证号\n' + "赵甲,1\n" * 50_000, encoding="utf-8")
        assert "读不下去" in str(take(tmp_path / "2025年10月死亡.csv").refusal)

    def test_a_path_that_is_not_there_is_refused(self, take: Any, tmp_path: Path) -> None:
        from doudi.hub.runs.intake.files import WrongFile

        with pytest.raises(WrongFile, match="找不到文件"):
            take(tmp_path / "没有.xlsx")

    def test_a_workbook_without_content_is_refused(self, write_xlsx: Any, take: Any) -> None:
        assert "里没有内容" in str(take(write_xlsx("死亡.xlsx", [[]])).refusal)

    def test_one_bad_file_does_not_stop_the_others(self, write_xlsx: Any, deaths: Any, take_all: Any, tmp_path: Path) -> None:
        (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken archive")
        (tmp_path / "空.csv").write_bytes(b"")
        good = write_xlsx("死亡.xlsx", deaths)
        states = [one.state for one in take_all(tmp_path / "坏.xlsx", tmp_path / "空.csv", good)]
        assert states == ["refused", "refused", "taken"]
