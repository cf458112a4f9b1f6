"""Which data set a file is, which month it is about, and where its heading stands."""

from __future__ import annotations

from typing import Any

import pytest

from doudi.hub.runs.intake.titles import Found, find_month, furniture, month_in, reporter_in, unit_in
from doudi.hub.tables.headings import plain_heading

PERSON_LIST = ["姓名", "身份证号", "户主身份证号", "与户主关系", "性别", "年收入（元）", "劳动能力", "健康状况"]


class TestTheDataSet:
    @pytest.mark.parametrize(
        ("name", "dataset", "fen"),
        [
            ("农村低保人员查询_202510.xlsx", "dibao_rural_persons", 1200000),
            ("特困人员查询_202510.xlsx", "tekun_persons", 1200000),
            ("城市低保人员查询_202510.xlsx", "dibao_urban_persons", 1200000),
            ("低保边缘人员查询_202510.xlsx", "edge_persons", 1200000),
            ("刚性支出人员查询_202510.xlsx", "rigid_persons", 1200000),
        ],
    )
    def test_is_told_by_the_file_name_where_headings_are_the_same(
        self, name: str, dataset: str, fen: int, write_xlsx: Any, person: Any, take: Any, rows_of: Any, store: Any
    ) -> None:
        rows = [PERSON_LIST, ["赵甲", person(1), person(1), "本人", "男", 12000, "无", "体弱"]]
        assert take(write_xlsx(name, rows)).manifest.dataset == dataset
        assert rows_of(dataset)[0]["income"] == fen
        year = dataset in {"dibao_rural_persons", "tekun_persons"}
        assert store.schema(dataset).field("income").metadata[b"unit"] == (b"fen per year" if year else b"fen per month")

    def test_is_asked_for_where_nothing_tells(self, write_xlsx: Any, person: Any, take: Any) -> None:
        rows = [PERSON_LIST, ["赵甲", person(1), person(1), "本人", "男", 12000, "无", "体弱"]]
        path = write_xlsx("人员查询_202510.xlsx", rows)
        refusal = take(path).refusal
        assert "分不清" in str(refusal)
        assert "dibao_rural_persons" in str(refusal)
        assert "dibao_urban_persons" in str(refusal)
        assert take(path, dataset="dibao_urban_persons").manifest.dataset == "dibao_urban_persons"

    def test_is_told_by_the_title_or_the_sheet_name_too(self, write_xlsx: Any, person: Any, take: Any) -> None:
        row = ["赵甲", person(1), person(1), "本人", "男", 12000, "无", "体弱"]
        in_title = write_xlsx("a.xlsx", [["2025年10月农村低保人员查询"], PERSON_LIST, row])
        in_sheet = write_xlsx("b.xlsx", {"城市低保人员查询202510": [PERSON_LIST, row]})
        assert take(in_title).manifest.dataset == "dibao_rural_persons"
        assert take(in_sheet).manifest.dataset == "dibao_urban_persons"

    def test_a_table_that_is_none_of_them_is_refused(self, write_xlsx: Any, take: Any) -> None:
        refusal = take(write_xlsx("2025年10月食堂.xlsx", [["菜名", "价格"], ["豆腐", 5]])).refusal
        assert "认不出是哪一种数据集" in str(refusal)

    def test_a_missing_column_is_named_with_the_headings_it_may_have(self, write_xlsx: Any, take: Any) -> None:
        refusal = take(write_xlsx("2025年10月死亡人员.xlsx", [["姓名", "身份证号", "性别"], ["赵甲", "", "男"]]), dataset="deaths").refusal
        assert "缺少必需的列：死亡日期（可写作" in str(refusal)
        assert "表头在第1行" in str(refusal)

    def test_two_columns_of_one_heading_are_not_chosen_between(self, write_xlsx: Any, take: Any) -> None:
        rows = [["姓名", "身份证号", "死亡日期", "死亡日期"], ["赵甲", "", "2025-10-01", "2025-10-02"]]
        assert "有两列表头都是“死亡日期”" in str(take(write_xlsx("2025年10月死亡.xlsx", rows), dataset="deaths").refusal)

    def test_several_sheets_may_be_several_data_sets_and_some_none(
        self, write_xlsx: Any, person: Any, deaths: Any, take_all: Any
    ) -> None:
        grants = [["姓名", "身份证号", "救助金额", "救助日期"], ["赵甲", person(1), 500, "2025-10-09"]]
        path = write_xlsx("2025年10月.xlsx", {"填表说明": [["请如实填写"]], "死亡人员": deaths, "医疗救助": grants})
        first, second = take_all(path)
        assert {first.manifest.dataset, second.manifest.dataset} == {"deaths", "medical_aid"}
        assert first.not_taken == ("填表说明",)

    def test_sheets_of_villages_become_one_part_with_the_sheet_of_each_row(
        self, write_xlsx: Any, person: Any, take: Any, rows_of: Any
    ) -> None:
        heading = ["姓名", "身份证号", "死亡日期"]
        path = write_xlsx(
            "2025年10月死亡人员.xlsx",
            {"大桥村": [heading, ["赵甲", person(1), "2025-10-03"]], "小河村": [heading, ["钱乙", person(2), "2025-10-04"]]},
        )
        assert take(path).manifest.counts.accepted == 2
        assert [row["source_sheet"] for row in rows_of("deaths")] == ["大桥村", "小河村"]


class TestTheHeading:
    def test_may_stand_in_two_rows(self, write_xlsx: Any, take: Any, rows_of: Any) -> None:
        rows = [
            ["2025年10月月变动表", *[""] * 12],
            ["单位", "新增", "", "", "停保", "", "", "增发", "", "", "减发", "", ""],
            ["", *["户", "人", "金额"] * 4],
            ["大桥镇", 2, 5, 1500.5, 1, 1, 400, 0, 0, 0, 0, 0, 0],
            ["单位", "新增", "", "", "停保", "", "", "增发", "", "", "减发", "", ""],
            ["", *["户", "人", "金额"] * 4],
            ["合计", 2, 5, 1500.5, 1, 1, 400, 0, 0, 0, 0, 0, 0],
        ]
        outcome = take(write_xlsx("月变动.xlsx", rows, merge=[(1, 1, 1, 3), (1, 0, 2, 0)]))
        (row,) = rows_of("monthly_changes")
        assert (row["unit"], row["new_persons"], row["new_amount"], row["stopped_amount"]) == ("大桥镇", 5, 150050, 40000)
        assert outcome.manifest.ignored_for == {"合计行": 1, "重复表头": 2}

    def test_a_total_beside_the_columns_that_are_taken_is_a_total_too(self, write_xlsx: Any, take: Any) -> None:
        rows = [["序号", "单位", "新增户数"], [1, "大桥镇", 2], [2, "小河镇", 1], ["合计", "2个", 3]]
        manifest = take(write_xlsx("2025年10月月变动.xlsx", rows)).manifest
        assert (manifest.counts.accepted, manifest.ignored_for) == (2, {"合计行": 1})

    @pytest.mark.parametrize("total", ["合计", "合 计：", "合计人数", "合计（2个）", "全县合计"])
    def test_a_total_may_stand_in_any_column_that_is_not_taken(self, total: str, write_xlsx: Any, write_csv: Any, take: Any) -> None:
        first = [["序号", "单位", "新增户数"], [1, "大桥镇", 2], [2, "小河镇", 1], [total, "2个", 3]]
        for write, name in ((write_xlsx, "2025年10月月变动.xlsx"), (write_csv, "2025年10月月变动.csv")):
            assert take(write(name, first)).manifest.ignored_for == {"合计行": 1}
        last = [["单位", "新增户数", "新增人数", "序号"], ["大桥镇", 2, 3, 1], ["1个", 2, 3, total.removeprefix("全县")]]
        assert take(write_xlsx("2025年9月月变动.xlsx", last)).manifest.ignored_for == {"合计行": 1}

    @pytest.mark.parametrize("over", [["序号", "基本", "", "变动", ""], ["", "基本情况", "", "", ""], ["", "", "", "2025年", ""]])
    def test_that_comes_again_is_a_heading_with_the_line_over_it(
        self, over: list[str], write_xlsx: Any, write_csv: Any, take: Any, rows_of: Any
    ) -> None:
        under = ["" if over[0] else "序号", "单位", "备注", "新增户数", "新增人数"]
        rows = [["2025年10月月变动"], over, under, [1, "大桥镇", "", 2, 3], over, under, [2, "小河镇", "", 1, 1]]
        for write, name in ((write_xlsx, "a.xlsx"), (write_csv, "a.csv")):
            manifest = take(write(name, rows)).manifest
            assert (manifest.ignored_for, manifest.refused_for) == ({"重复表头": 2}, {})
            assert [row["unit"] for row in rows_of("monthly_changes")] == ["大桥镇", "小河镇"]

    def test_may_be_written_with_blanks_wide_characters_and_units(self) -> None:
        assert plain_heading(" 年 收 入（万元）") == ("年收入", "万元")
        assert plain_heading("低保（特困）证号") == ("低保(特困)证号", "")
        assert plain_heading("＊姓名：").text == "姓名"

    def test_columns_nobody_needs_are_counted_and_not_kept(self, write_xlsx: Any, person: Any, take: Any, store: Any) -> None:
        rows = [["姓名", "身份证号", "死亡日期", "宗教信仰"], ["赵甲", person(1), "2025-10-03", "某"]]
        outcome = take(write_xlsx("2025年10月死亡.xlsx", rows))
        assert outcome.manifest.read_as["sheets"]["Sheet1"]["columns_not_taken"] == ["宗教信仰"]
        assert "某" not in store.paths("deaths")[0].read_bytes().decode("utf-8", "ignore")


class TestTheMonth:
    @pytest.mark.parametrize(
        ("text", "month"),
        [
            ("2025年10月农村低保", "2025-10"), ("2025年9月份农村低保备案表.xls", "2025-09"), ("死亡_202510.csv", "2025-10"),
            ("农村低保家庭查询_20251105093012.xlsx", "2025-11"), ("2025-10医疗救助", "2025-10"), ("２０２５年１０月", "2025-10"),
            ("2025年1-10月汇总", "2025-10"), ("制表时间：2025年11月3日", ""), ("导出时间 2025-11-03 2025年10月", "2025-10"),
            ("名单", ""), ("风险未消除608人", ""), ("身份证 99928119400101", ""),
        ],
    )  # fmt: skip
    def test_is_read_from_titles_and_names(self, text: str, month: str) -> None:
        assert month_in(text) == month

    def test_a_year_is_enough_for_a_yearly_list_and_for_no_other(self) -> None:
        places = [Found("2025年耕地地力补贴", "文件名")]
        found = find_month(places, yearly=True)
        assert found is not None
        assert found.text == "2025-12"
        assert find_month(places, yearly=False) is None

    def test_is_asked_for_where_nothing_says_it(self, write_xlsx: Any, person: Any, take: Any) -> None:
        path = write_xlsx("死亡人员.xlsx", [["姓名", "身份证号", "死亡日期"], ["赵甲", person(1), "2025-10-03"]])
        assert "--month 2025-10" in str(take(path).refusal)
        assert take(path, month="2025-09").manifest.month == "2025-09"

    def test_a_month_that_is_none_is_refused(self, take: Any, tmp_path: Any) -> None:
        from doudi.hub.runs.ingest import MonthNotSaid

        with pytest.raises(MonthNotSaid):
            take(tmp_path, month="2025-13")

    def test_the_title_comes_before_the_file_name(self, write_xlsx: Any, deaths: Any, take: Any) -> None:
        manifest = take(write_xlsx("导出_20251105.xlsx", deaths)).manifest
        assert (manifest.month, manifest.read_as["month_from"]) == ("2025-10", "标题")


class TestTheSurroundings:
    def test_the_unit_and_the_reporting_office_are_read_off_the_title(self) -> None:
        assert unit_in(["2025年10月", "单位：万元"]) == "万元"
        assert reporter_in(["填报单位（盖章）：大桥镇人民政府   2025年"]) == "大桥镇人民政府"

    def test_the_office_in_the_title_is_the_sender(self, write_xlsx: Any, deaths: Any, take: Any) -> None:
        named = [deaths[0], ["填报单位：大桥镇卫生院"], *deaths[1:]]
        assert take(write_xlsx("死亡.xlsx", named)).manifest.sender == "大桥镇卫生院"
        assert take(write_xlsx("死亡2.xlsx", deaths)).manifest.sender == "卫生健康委员会"

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            (["", None, " "], "空行"), (["合 计", "", "5"], "合计行"), (["大桥镇小计", "", "5"], "合计行"), (["总计：", "3"], "合计行"),
            (["姓名", "身份证号", "金 额"], "重复表头"),
            (["制表人：某某", "", ""], "表尾说明"),
            (["单位负责人（签字）：", "", ""], "表尾说明"),
            (["填报单位：大桥镇", "2025年11月3日"], "表尾说明"), (["赵甲", "123", "5"], ""), (["", "", "5"], ""),
        ],
    )  # fmt: skip
    def test_lines_that_are_no_rows_are_told_from_rows(self, row: list[Any], why: str) -> None:
        assert furniture(row, [{"姓名"}, {"身份证号"}, {"发放", "金额"}]) == why
