"""How the command line ends: what worked, what was refused, what broke, what was interrupted."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import typer

from doudi import __version__, home
from doudi.cli import bench, main
from doudi.policy.terms import errors
from doudi.refusal import Refusal


class NoSignature(Refusal):
    """A refusal made for these tests."""


@pytest.fixture
def ended_by(monkeypatch: pytest.MonkeyPatch) -> object:
    """Return a function that runs a command which ends by raising the given error."""

    def run(error: BaseException) -> int:
        def register(app: typer.Typer) -> None:
            @app.command("end")
            def end() -> None:
                raise error

        monkeypatch.setattr(main, "COMMANDS", ())
        app = main.build()
        register(app)
        monkeypatch.setattr(main, "build", lambda: app)
        return main.run(["end"])

    return run


class TestHowItEnds:
    def test_a_refusal_is_one_message_and_status_2(self, ended_by, capsys) -> None:
        refusal = NoSignature("声明没有签字。", where="page 3", to_do="Ask the applicant to sign.")
        assert ended_by(refusal) == 2
        shown = capsys.readouterr()
        assert shown.err == "不能继续: 声明没有签字。\n  page 3\n  Ask the applicant to sign.\n"
        assert shown.out == ""

    def test_every_problem_of_a_pack_has_its_line(self, ended_by, capsys) -> None:
        problems = [errors.problem(errors.Where("values/lines.yaml", line), "没有单位", "写上 unit") for line in (3, 9)]
        assert ended_by(errors.PolicyError(problems)) == 2
        assert capsys.readouterr().err.splitlines() == [
            "不能继续: values/lines.yaml:3: 没有单位。写上 unit。",
            "  values/lines.yaml:9: 没有单位。写上 unit。",
        ]

    def test_a_fault_keeps_its_traceback(self, ended_by) -> None:
        with pytest.raises(ZeroDivisionError):
            ended_by(ZeroDivisionError())

    def test_ctrl_c_ends_with_130(self, ended_by) -> None:
        assert ended_by(KeyboardInterrupt()) == 130

    def test_a_command_may_choose_its_status(self, ended_by) -> None:
        assert ended_by(typer.Exit(3)) == 3

    def test_wrong_use_ends_with_2(self) -> None:
        assert main.run(["no-such-command"]) == 2

    def test_the_version_ends_with_0(self, capsys) -> None:
        assert main.run(["--version"]) == 0
        assert capsys.readouterr().out == f"doudi {__version__}\n"


class TestRefusal:
    def test_survives_the_way_between_processes(self) -> None:
        refusal = NoSignature("No signature.", where="page 3", to_do="Sign.")
        again = pickle.loads(pickle.dumps(refusal))  # noqa: S301  our own bytes, made on this line
        assert (type(again), str(again)) == (NoSignature, str(refusal))


class TestHome:
    def test_is_the_checkout_unless_named(self, monkeypatch, tmp_path: Path, checkout: Path) -> None:
        monkeypatch.delenv("DOUDI_HOME", raising=False)
        assert home.home() == checkout
        (tmp_path / "policies").mkdir()
        monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
        assert home.policies() == tmp_path / "policies"

    def test_a_folder_that_is_missing_is_named_with_what_to_do(self, monkeypatch, tmp_path: Path) -> None:
        monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
        with pytest.raises(home.NoHome, match="export DOUDI_HOME") as refusal:
            home.datasets()
        assert str(tmp_path / "datasets") in str(refusal.value)


class TestBench:
    def test_names_the_benchmarks_there_are(self, tmp_path: Path) -> None:
        (tmp_path / "rules.py").touch()
        (tmp_path / "_timing.py").touch()
        assert list(bench.benchmarks(tmp_path)) == ["rules"]

    def test_refuses_a_name_it_does_not_know(self, capsys) -> None:
        assert main.run(["bench", "no-such-benchmark"]) == 2
        assert "Choose one of:" in capsys.readouterr().err
