"""What the papers promise: the README's commands exist, links lead somewhere, the changelog names law and period."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FRAGMENT_LINES = ("law", "period", "touches")
PERIOD = re.compile(r"none|\d{4}-\d{2}-\d{2}( to \d{4}-\d{2}-\d{2}| onwards)?")


def fragment_faults(text: str) -> list[str]:
    """Return what is wrong with a changelog fragment: its front lines, its period, its sentence."""
    front, _, body = text.partition("\n\n")
    lines = dict(line.split(": ", 1) for line in front.splitlines() if ": " in line)
    faults = [f"no line '{name}: ...'" for name in FRAGMENT_LINES if not lines.get(name, "").strip()]
    faults += [f"unknown line '{name}:'" for name in lines if name not in FRAGMENT_LINES]
    if "period" in lines and not PERIOD.fullmatch(lines["period"]):
        faults.append(f"period '{lines['period']}' is not 'none', '2025-10-01', '... to ...' or '... onwards'")
    if not body.strip():
        faults.append("no sentence after the front lines")
    return faults


def dead_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead to no file."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [to for to in targets if "://" not in to and not (page.parent / to).exists()]


class TestReadme:
    @pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
    def test_gives_the_two_commands_and_both_exist(self, name: str, checkout: Path) -> None:
        text = (checkout / name).read_text(encoding="utf-8")
        makefile = (checkout / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
        named = set(re.findall(r"\bmake ([a-z-]+)", text))
        assert {"demo", "test"} <= named
        assert named - targets == set()

    def test_ci_runs_the_readmes_test_command(self, checkout: Path) -> None:
        assert "\nmake test\n" in (checkout / ".ci" / "run").read_text(encoding="utf-8")


class TestLinks:
    def test_lead_to_files(self, files: list[Path], checkout: Path) -> None:
        pages = [file for file in files if file.suffix == ".md"]
        assert {str(page.relative_to(checkout)): dead_links(page) for page in pages if dead_links(page)} == {}

    def test_a_dead_link_is_found(self, tmp_path: Path) -> None:
        (tmp_path / "page.md").write_text("See [here](gone.md#part) and [there](page.md).", "utf-8")
        assert dead_links(tmp_path / "page.md") == ["gone.md"]


class TestChangelog:
    def test_every_fragment_names_law_period_and_what_it_touches(self, checkout: Path) -> None:
        fragments = [file for file in (checkout / "changelog.d").glob("*.md") if file.name != "README.md"]
        assert fragments
        texts = {file.name: file.read_text(encoding="utf-8") for file in fragments}
        assert {name: fragment_faults(text) for name, text in texts.items() if fragment_faults(text)} == {}

    def test_a_fragment_without_a_law_or_with_a_vague_period_is_found(self) -> None:
        assert fragment_faults("period: soon\ntouches: policies\n\nText.") == [
            "no line 'law: ...'",
            "period 'soon' is not 'none', '2025-10-01', '... to ...' or '... onwards'",
        ]
        assert fragment_faults("law: none\nperiod: none\ntouches: cli\n\nA sentence.\n") == []


class TestDatasets:
    """A contract says what it is for, how often it comes, by which rule, how long it is kept, and why each column."""

    NEEDED = ("name", "label", "department", "says", "clauses", "rhythm", "purpose", "retention", "columns")
    COLUMN_NEEDS = ("label", "kind", "need")

    def contract_faults(self, contract: dict[str, Any]) -> list[str]:
        columns = contract.get("columns") or []
        lacking = [(column.get("name"), key) for column in columns for key in self.COLUMN_NEEDS if not column.get(key)]
        faults = [f"no {key}" for key in self.NEEDED if not contract.get(key)]
        return faults + [f"column {name} has no {key}" for name, key in lacking]

    def test_every_contract_is_complete(self, checkout: Path) -> None:
        files = sorted((checkout / "datasets").glob("[!_]*.yaml"))
        assert files
        contracts = {file.name: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
        faults = {name: self.contract_faults(contract) for name, contract in contracts.items()}
        assert {name: found for name, found in faults.items() if found} == {}

    def test_a_contract_without_a_purpose_is_found(self) -> None:
        columns = [{"name": "a", "label": "b", "kind": "c"}]
        contract = dict.fromkeys(self.NEEDED, "x") | {"purpose": "", "columns": columns}
        assert self.contract_faults(contract) == ["no purpose", "column a has no need"]
