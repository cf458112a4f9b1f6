"""What all tests share: Spark tests run in one worker, and under CI a skipped test has failed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import pytest

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")

# No deadline for one example: two workers share two cores. CI draws the same examples every time, so that a red run is
# about the change; at a desk the draw is new each time, and what it finds is written down as a case.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if IN_CI else "desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip Spark tests, saying why, where Spark cannot run; refuse one that the scheduler could not tell by its name."""
    lacking = _what_spark_lacks()
    for item in items:
        if item.get_closest_marker("spark"):
            if not _is_spark(item.nodeid):
                raise pytest.UsageError(f"{item.nodeid} is marked spark: put the word spark into its name, file or parameter")
            if lacking:
                item.add_marker(pytest.mark.skip(reason=lacking))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give every Spark test to one worker, so that there is one session; share out all others one by one.

    xdist's own groups do nothing under pytest 9.2 (pytest-dev/pytest-xdist#1386), and the controller sees names only.
    """
    from xdist.scheduler import LoadScopeScheduling

    class OneSparkWorker(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "spark" if _is_spark(nodeid) else nodeid

    return OneSparkWorker(config, log)


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


def _is_spark(nodeid: str) -> bool:
    return "spark" in nodeid.lower()


def _what_spark_lacks() -> str:
    java = Path(os.environ.get("JAVA_HOME", "/nowhere")) / "bin" / "java"
    if not java.exists() and not shutil.which("java"):
        return "Spark needs Java: apt-get install --no-install-recommends openjdk-17-jre-headless"
    if not find_spec("pyspark"):
        return "Spark is not installed: make test installs it"
    return ""
