"""The made-up county's files, in every form departments send, are taken in exactly as its manifest says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from doudi.cli.main import run
from doudi.hub.runs.intake.duplicates import SAME_ROW

CONTRADICTS = "相同，内容不同，不知道哪一行对"


def test_good_bad_and_repeated_rows_are_told_apart_in_every_file(tmp_path: Path, take_all: Any) -> None:
    assert run(["generate", str(tmp_path / "county"), "--people", "1500", "--seed", "3", "--months", "1"]) == 0
    county = json.loads((tmp_path / "county" / "manifest.json").read_text(encoding="utf-8"))
    taken = {one.file: one for one in take_all(tmp_path / "county" / "files", area=str(county["code"]))}
    for made in county["files"]:
        manifest = taken[Path(made["file"]).name].manifest
        assert manifest is not None, taken[Path(made["file"]).name].refusal
        found = (manifest.dataset, manifest.month, manifest.counts.accepted, manifest.counts.refused)
        assert found == (made["dataset"], made["month"], made["good"], made["bad"]), made["file"]
        assert manifest.ignored_for.get(SAME_ROW, 0) == made["repeated"], made["file"]
        told = sum(count for reason, count in manifest.refused_for.items() if CONTRADICTS in reason)
        assert told == made["reasons"].get("contradicted", 0), made["file"]
    assert sum(made["reasons"].get("contradicted", 0) for made in county["files"]) >= 4
