"""What all tests share: Spark tests run in one worker, and under CI a skipped test has failed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")

# No deadline for one example: two workers share two cores. CI draws the same examples every time, so that a red run is
# about the change; at a desk the draw is new each time, and what it finds is written down as a case.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if IN_CI else "desk")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every Spark test into one worker; skip them, saying why, where Spark cannot run."""
    lacking = _what_spark_lacks()
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
            if lacking:
                item.add_marker(pytest.mark.skip(reason=lacking))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skip is a failure: nobody reads the reasons there. (An expected failure is not a skip.)"""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI, which must run everything: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped under CI, which must run everything: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of the source checkout."""
    return Path(__file__).resolve().parents[1]


def _what_spark_lacks() -> str:
    java = Path(os.environ.get("JAVA_HOME", "/nowhere")) / "bin" / "java"
    if not java.exists() and not shutil.which("java"):
        return "Spark needs Java: apt-get install --no-install-recommends openjdk-17-jre-headless"
    if not find_spec("pyspark"):
        return "Spark is not installed: make test installs it"
    return ""
