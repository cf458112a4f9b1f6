"""Every benchmark of rules runs at a tiny size, and all ways of evaluating give the same answers. Nothing is timed here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from doudi.cli.bench import benchmarks
from doudi.home import checkout


def run(name: str, *options: str) -> str:
    """Run a benchmark in a process of its own, as `doudi bench` does, and return what it prints."""
    file = benchmarks(checkout() / "bench")[name]
    ended = subprocess.run([sys.executable, str(file), *options], capture_output=True, text=True, check=False,
                           env=os.environ | {"PYTHONUTF8": "1"})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


class TestRules:
    def test_compiled_by_hand_and_openfisca_answer_alike(self) -> None:
        told = run("rules", "--households", "4000", "--rounds", "1", "--unknown", "0.3", "--with", "openfisca")
        assert "answers: no difference" in told
        assert "ratio compiled / by hand" in told
        assert "ratio OpenFisca / compiled" in told


class TestOneFamily:
    def test_prints_medians_with_and_without_reasons(self) -> None:
        told = run("one_family", "--families", "5", "--rounds", "1", "--with", "openfisca")
        assert "with reasons" in told
        assert "ratio OpenFisca / ours" in told


class TestGrowth:
    def test_draws_time_and_memory(self, tmp_path: Path) -> None:
        told = run("growth", "--sizes", "300", "600", "--largest-area", "200", "--png", str(tmp_path / "growth.png"))
        assert (tmp_path / "growth.png").stat().st_size > 5_000
        assert "ratio of the most memory to the least" in told
