"""`doudi explain ID`: a family of the last county run is asked about that run's pack and day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doudi.cli import families
from doudi.home import checkout
from doudi.hub.runs import families as county_run
from doudi.refusal import Refusal


def family() -> dict[str, object]:
    told = json.loads((checkout() / "examples" / "family.json").read_text(encoding="utf-8"))
    return {key: told[key] for key in ("household", "persons")}


class TestExplainAnId:
    def test_uses_the_pack_and_day_of_the_last_county_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run = tmp_path / "build" / "demo" / "determine"
        (run / "facts").mkdir(parents=True)
        (run / "run.json").write_text(json.dumps({"pack": "xinjiang/dabancheng", "day": "2025-11-15"}), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(county_run, "family_of", lambda facts, who: family())
        families.explain("H1", as_json=True)
        told = json.loads(capsys.readouterr().out)
        assert (told["pack"], told["day"]) == ("xinjiang/dabancheng", "2025-11-15")

    def test_says_what_to_do_when_there_was_no_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(Refusal, match="找不到事实表文件夹"):
            families.explain("H1")
