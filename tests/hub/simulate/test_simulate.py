"""Another value of the policy: who enters, who leaves, what it costs; the pack itself stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from doudi import home
from doudi.cli import main
from doudi.demo.facts import write_facts
from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs import what_if_plot
from doudi.hub.runs.fact_set import FactSet, fact_set
from doudi.hub.runs.simulate import NothingSet, Simulated, Trial, simulate, trial_values
from doudi.policy import api
from doudi.policy.api import LoadedPack

DAY = date(2025, 10, 31)
HOUSEHOLDS = 500


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> FactSet:
    folder = tmp_path_factory.mktemp("county")
    list(write_facts(folder, households=HOUSEHOLDS, seed=5, day=np.datetime64(DAY.isoformat()), largest_area=300))
    return fact_set(folder)


@pytest.fixture(scope="module")
def pack() -> LoadedPack:
    return api.load_pack(home.policies(), "hubei/daye")


@pytest.fixture
def run(facts: FactSet, pack: LoadedPack, tmp_path: Path) -> Iterator[Callable[..., Simulated]]:
    sql = DuckDBEngine(threads=2, scratch=tmp_path / "scratch")

    def ran(*said: str) -> Simulated:
        trial = Trial(pack, DAY, trial_values(pack, said, DAY), said, tmp_path / "out")
        return simulate(sql, sql, facts, trial)

    yield ran
    sql.close()


class TestSimulate:
    def test_a_higher_standard_lets_families_in_and_none_out(self, run: Callable[..., Simulated]) -> None:
        found = run("dibao_standard.rural=90000", "dibao_standard.urban=100000")
        rows = {row["category"]: row for row in found.categories}
        assert rows["dibao"]["households_after"] > rows["dibao"]["households_before"]
        assert rows["dibao"]["money_after"] > rows["dibao"]["money_before"]
        assert found.by_move()["enter"]["households"] > 0
        assert "leave" not in found.by_move()

    def test_the_value_in_force_changes_nothing(self, run: Callable[..., Simulated], pack: LoadedPack) -> None:
        table = pack.on(DAY).value("dibao_standard")
        assert isinstance(table, dict)
        found = run(f"dibao_standard.rural={table['rural']}")
        assert found.by_move().keys() <= {"same", "open"}
        assert all(row["money_before"] == row["money_after"] for row in found.categories)

    def test_everybody_is_weighed_once(self, run: Callable[..., Simulated]) -> None:
        found = run("dibao_standard.rural=75000")
        rows = pq.read_table(found.out / "weighed").to_pylist()
        assert len({row["household_id"] for row in rows}) == len(rows) == HOUSEHOLDS
        assert sum(row["households"] for row in found.moves) == HOUSEHOLDS
        assert sum(row["people"] for row in rows) == found.persons
        by_category = sum(row["money_after"] - row["money_before"] for row in found.categories)
        assert by_category == sum(row["money_after"] - row["money_before"] for row in rows) * 12

    def test_who_is_called_unchanged_costs_nothing_more(self, run: Callable[..., Simulated]) -> None:
        """A family in no category may have a member taken alone, whose amount follows the standard."""
        found = run("dibao_standard.rural=75000")
        assert found.by_move()["same"]["money"] == 0
        rows = pq.read_table(found.out / "weighed").to_pylist()
        assert all(row["money_before"] == row["money_after"] for row in rows if row["move"] == "same")

    def test_writes_a_workbook_and_a_picture(self, run: Callable[..., Simulated]) -> None:
        found = run("dibao_standard.rural=75000")
        book = openpyxl.load_workbook(found.out / "simulate.xlsx")
        assert book.sheetnames == ["汇总", "按类别", "按乡镇和类别", "受影响的户"]
        assert found.plot is None or Path(found.plot).read_bytes().startswith(b"\x89PNG")

    def test_no_chinese_font_means_no_picture_and_no_error(self, run: Callable[..., Simulated], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(what_if_plot, "FONTS", ())
        found = run("dibao_standard.rural=75000")
        assert found.plot is None
        assert not (found.out / "simulate.png").exists()


class TestValues:
    def test_an_unknown_name_is_told_with_the_nearest(self, pack: LoadedPack) -> None:
        with pytest.raises(Exception, match="dibao_standard"):
            trial_values(pack, ["dibao_standart.rural=1"], DAY)

    def test_an_unknown_key_is_told_with_the_choices(self, pack: LoadedPack) -> None:
        with pytest.raises(Exception, match="rural"):
            trial_values(pack, ["dibao_standard.village=1"], DAY)

    @pytest.mark.parametrize("said", [[], ["dibao_standard.rural"], ["=3"], ["dibao_standard.rural="]])
    def test_nothing_to_try_is_refused(self, pack: LoadedPack, said: list[str]) -> None:
        with pytest.raises(NothingSet):
            trial_values(pack, said, DAY)


class TestCommand:
    def test_prints_json_and_ends_well(self, facts: FactSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        asked = ["simulate", "--set", "dibao_standard.rural=75000", "--facts", str(facts.tables), "--day", "2025-10-31"]
        assert main.run([*asked, "--out", str(tmp_path), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["households"] == HOUSEHOLDS
        assert told["set"] == ["dibao_standard.rural=75000"]

    def test_a_wrong_name_is_refused_before_anything_is_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        asked = ["simulate", "--set", "dibao_standart.rural=1", "--facts", str(tmp_path), "--day", "2025-10-31"]
        assert main.run([*asked, "--out", str(tmp_path / "out")]) == main.REFUSED
        assert "dibao_standard" in capsys.readouterr().err
        assert not (tmp_path / "out").exists()
