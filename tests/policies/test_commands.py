"""`doudi packs` and `doudi explain` on the real packs: they end well, say what they should, and their JSON can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doudi import home
from doudi.cli import main
from doudi.policy import api

PACKS = api.pack_names(home.policies())
COUNTIES = [name for name in PACKS if name != "national"]
DAY = ["--day", "2025-10-31"]


def said(*arguments: str, status: int = 0) -> str:
    """Run a command, which must end with a status, and return what it printed."""
    result = CliRunner().invoke(main.build(), list(arguments), env={"COLUMNS": "200"})
    assert result.exit_code == status, result.output
    return result.stdout


def read(*arguments: str) -> Any:
    """Return the JSON that a command prints."""
    return json.loads(said(*arguments, "--json"))


@pytest.fixture(scope="module", autouse=True)
def loaded_once() -> Iterator[None]:
    """Let every command of this file share the packs that were read: reading them is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        whole = api.load_pack
        once = lru_cache(maxsize=None)(whole)
        patch.setattr(api, "load_pack", lambda policies, name, files=None: whole(policies, name, files) if files else once(policies, name))
        yield


@pytest.fixture(scope="module")
def compared(family: str) -> list[dict[str, Any]]:
    """The example family under every pack."""
    found: list[dict[str, Any]] = read("packs", "compare", family, *DAY)
    return found


@pytest.fixture(scope="module")
def family() -> str:
    return str(home.home() / "examples" / "family.json")


class TestShow:
    @pytest.mark.parametrize("name", COUNTIES)
    def test_lists_values_with_sources_and_rules_with_clauses(self, name: str) -> None:
        found = read("packs", "show", name)
        assert found["pack"] == name
        assert all(value["source"] and value["confidence"] in ("confirmed", "assumed") for value in found["values"])
        assert all(rule["clauses"] for rule in found["rules"])

    def test_prints_tables(self) -> None:
        assert "dibao_standard" in said("packs", "show", "hubei/daye", *DAY)


class TestCoverage:
    @pytest.mark.parametrize("name", PACKS)
    def test_names_what_serves_each_clause(self, name: str) -> None:
        rows = read("packs", "coverage", name)
        assert rows
        assert all(row["by"] or row["why"] for row in rows)

    def test_prints_the_totals(self) -> None:
        assert re.search(r"共 \d+ 条：可计算 \d+，流程 \d+，组织 \d+", said("packs", "coverage", "hubei/daye"))


class TestCheck:
    def test_reports_cases_readings_and_what_is_assumed(self) -> None:
        found = read("packs", "check", "hubei/daye")[0]
        assert (found["pack"], found["problems"], found["failed"]) == ("hubei/daye", [], [])
        assert found["passed"] >= 25
        assert all(item["note"] for item in found["assumed"])
        assert found["readings"]

    def test_prints_that_it_passed(self) -> None:
        assert "henan/fangcheng 通过" in said("packs", "check", "henan/fangcheng")

    def test_a_name_that_is_no_pack_is_a_problem_and_not_a_pass(self) -> None:
        assert "没有名为 hubei/day 的政策包。是不是想写 hubei/daye？" in said("packs", "check", "hubei/day", status=1)


class TestReview:
    def test_writes_a_page_and_counts_every_sort(self, tmp_path: Path) -> None:
        page = tmp_path / "review.html"
        found = read("packs", "review", "hubei/daye", "--out", str(page))
        assert set(found["counts"]) == {"gap", "unreachable", "overlap", "cliff", "improvement"}
        assert sum(found["counts"].values()) == len(found["findings"])
        text = page.read_text("utf-8")
        assert text.startswith("<!doctype html>")
        assert "data:image/png;base64," in text


class TestCompare:
    def test_answers_under_every_pack_that_can_stand_alone(self, compared: list[dict[str, Any]]) -> None:
        assert {item["pack"] for item in compared} == set(COUNTIES)
        assert all(item.get("category") or item.get("refused") for item in compared)

    def test_a_move_says_what_it_would_change(self, compared: list[dict[str, Any]]) -> None:
        found = {item["pack"]: item for item in compared}
        assert "move" not in found["hubei/daye"]
        assert all(item["move"] for name, item in found.items() if name != "hubei/daye" and "category" in item)

    def test_prints_one_column_a_pack(self, family: str) -> None:
        assert "大冶" in said("packs", "compare", family, *DAY)

    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        assert main.run(["packs", "compare", str(tmp_path / "gone.json")]) == 2


class TestExplain:
    @pytest.mark.parametrize("name", COUNTIES)
    def test_the_example_is_answered_in_json(self, family: str, name: str) -> None:
        found = read("explain", family, "--pack", name, "--day", "2026-01-31", "--full")
        assert found["pack"] == name
        assert found["household"]["category"] in ("tekun", "dibao", "edge", "rigid_expenditure", "other_difficulty", "none", "undetermined")
        assert all(reason["sentence"] for reason in found["household"]["reasons"])
        assert found["tree"]

    def test_the_words_name_the_document_and_the_clause(self, family: str) -> None:
        text = said("explain", family, *DAY)
        assert "依据：冶政办函〔2025〕" in text.replace("\n", "")
        assert text.startswith("家庭：")

    def test_the_whole_tree_is_printed_when_asked(self, family: str) -> None:
        assert len(said("explain", family, "--full", *DAY)) > len(said("explain", family, *DAY))

    @pytest.mark.parametrize("text, status", [("{", 2), ("[]", 2), ('{"household": {}, "persons": []}', 2)])
    def test_a_file_that_is_no_family_is_refused(self, tmp_path: Path, text: str, status: int) -> None:
        (tmp_path / "family.json").write_text(text, "utf-8")
        assert main.run(["explain", str(tmp_path / "family.json")]) == status

    def test_a_day_before_the_pack_is_refused_with_what_to_do(self, family: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.run(["explain", family, "--day", "2001-01-01"]) == 2
        assert "还没有施行" in capsys.readouterr().err


class TestSchema:
    @pytest.mark.parametrize("name", PACKS)
    def test_is_printed_for_every_pack(self, name: str) -> None:
        assert json.loads(said("schema", name))["required"] == ["household", "persons"]
