"""Nothing is skipped unseen: under CI a skip has failed, elsewhere it says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = {
    "test_one": "import pytest\n\ndef test_later():\n    pytest.skip('not today')\n",
    "test_file": "import pytest\n\npytest.importorskip('no_such_library')\n",
    "test_spark": "import pytest\n\n@pytest.mark.spark\ndef test_on_spark(): ...\n",
}

SPARK_MARK = ("-o", "markers=spark: needs Java")

WRITES_ITS_PROCESS = """
import os, pathlib, pytest, time

@pytest.mark.parametrize("kind", ["spark", "plain"])
@pytest.mark.parametrize("turn", range(4))
def test_process(kind, turn):
    time.sleep(0.1)
    with pathlib.Path(__file__).with_name(kind).open("a") as written:
        print(os.getpid(), file=written)
"""


@pytest.fixture
def skipping(checkout: Path, tmp_path: Path) -> Path:
    """A folder with our conftest and three files: one skips a test, one skips itself, one needs the Java that is not there."""
    shutil.copy(checkout / "tests" / "conftest.py", tmp_path)
    for name, text in SKIPS.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return tmp_path


class TestSkips:
    def test_are_failures_under_ci(self, skipping: Path) -> None:
        assert " 1 error " in closing_of(skipping, ci="true")  # the file that skips itself: pytest runs nothing else then
        (skipping / "test_file.py").unlink()
        assert " 1 failed, 1 error " in closing_of(skipping, ci="true")

    def test_are_skips_elsewhere(self, skipping: Path) -> None:
        assert "3 skipped" in closing_of(skipping, ci="")


def closing_of(folder: Path, *arguments: str, ci: str) -> str:
    """Run pytest on a folder where there is no Java, and return its closing line."""
    environment = os.environ | {"PATH": "/nowhere", "JAVA_HOME": "/nowhere", "CI": ci}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *SPARK_MARK, *arguments, str(folder)]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode != 0) == bool(ci), ended.stdout + ended.stderr
    return ended.stdout.splitlines()[-1]


class TestWorkers:
    def test_all_spark_tests_run_in_one(self, skipping: Path) -> None:
        for name in ("one", "other"):
            (skipping / f"test_{name}.py").write_text(WRITES_ITS_PROCESS, "utf-8")
        closing_of(skipping, "-n", "2", ci="")
        on_spark, others = (set((skipping / kind).read_text().split()) for kind in ("spark", "plain"))
        assert (len(on_spark), len(on_spark | others)) == (1, 2)
