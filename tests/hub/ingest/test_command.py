"""`doudi ingest` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doudi.cli.main import run


class TestTheCommand:
    def test_says_what_became_of_every_row(
        self, write_xlsx: Any, deaths: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        deaths[2][2] = "123"
        assert run(["ingest", str(write_xlsx("死亡.xlsx", deaths)), "--store", str(tmp_path / "库")]) == 0
        said = capsys.readouterr().out
        assert "死亡.xlsx → deaths 2025-10（卫生健康委员会）" in said
        assert "共 6 行 = 表头 2 + 入库 1 + 退回 1 + 略过 2" in said
        assert "退回 1 行: 身份证号：身份证号应为18位，这里是3位" in said
        assert "退回表: " in said

    def test_says_that_nothing_changed_the_second_time(
        self, write_xlsx: Any, deaths: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = ["ingest", str(write_xlsx("死亡.xlsx", deaths)), "--store", str(tmp_path / "库")]
        assert run(command) == run(command) == 0
        assert "已经收过，没有变化" in capsys.readouterr().out

    def test_ends_with_one_when_a_file_was_refused_and_takes_the_others(
        self, write_xlsx: Any, deaths: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "十月").mkdir()
        (tmp_path / "十月" / "空.csv").write_bytes(b"")
        (tmp_path / "十月" / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
        write_xlsx("十月/死亡.xlsx", deaths)
        assert run(["ingest", str(tmp_path / "十月"), "--store", str(tmp_path / "库")]) == 1
        said = capsys.readouterr()
        assert "不能收 空.csv: 空.csv 是空文件。" in said.err
        assert "不能收 坏.xlsx: 坏.xlsx 已损坏" in said.err
        assert "入库 2" in said.out
        assert "收下 1 份，以前收过 0 份，不能收 2 份。" in said.out

    def test_ends_with_two_when_nothing_could_be_taken(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "空.csv").write_bytes(b"")
        assert run(["ingest", str(tmp_path / "空.csv"), "--store", str(tmp_path / "库")]) == 2
        assert "不能收 空.csv" in capsys.readouterr().err

    def test_speaks_json_to_machines(
        self, write_xlsx: Any, deaths: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "空.csv").write_bytes(b"")
        run(["ingest", str(write_xlsx("死亡.xlsx", deaths)), str(tmp_path / "空.csv"), "--store", str(tmp_path / "库"), "--json"])
        taken, refused = json.loads(capsys.readouterr().out)
        assert (taken["state"], taken["manifest"]["counts"]["accepted"]) == ("taken", 2)
        assert (refused["state"], refused["refusal"]["refusal"]) == ("refused", "WrongFile")

    def test_refuses_a_data_set_that_is_none(self, write_xlsx: Any, deaths: Any, tmp_path: Path) -> None:
        assert run(["ingest", str(write_xlsx("死亡.xlsx", deaths)), "--dataset", "dead", "--store", str(tmp_path)]) == 2

    def test_shows_an_example_in_its_help(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["ingest", "--help"]) == 0
        assert "Example: doudi ingest" in capsys.readouterr().out
