"""Nothing is skipped unseen: under CI a skip has failed, elsewhere it says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = {
    "a test": "import pytest\n\ndef test_later():\n    pytest.skip('not today')\n",
    "a file": "import pytest\n\npytest.importorskip('no_such_library')\n",
    "a Spark test": "import pytest\n\n@pytest.mark.spark\ndef test_on_spark(): ...\n",
}


class TestSkips:
    @pytest.mark.parametrize("skipped", SKIPS)
    def test_are_failures_under_ci_and_only_there(self, skipped: str, checkout: Path, tmp_path: Path) -> None:
        shutil.copy(checkout / "tests" / "conftest.py", tmp_path)
        (tmp_path / "test_it.py").write_text(SKIPS[skipped], "utf-8")
        without_java = os.environ | {"PATH": "/nowhere", "JAVA_HOME": "/nowhere"}
        assert failed(tmp_path, without_java | {"CI": "true"})
        assert not failed(tmp_path, without_java | {"CI": ""})


def failed(folder: Path, environment: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "markers=spark: needs Java", str(folder)]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    closing = ended.stdout.splitlines()[-1]
    assert "failed" in closing or "error" in closing or "skipped" in closing, ended.stdout + ended.stderr
    return ended.returncode != 0 and "skipped under CI" in ended.stdout
