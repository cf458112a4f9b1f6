"""The whole way on a small county: every planted family gets the answer it must get, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doudi.demo import showcase
from doudi.demo.showcase import Asked, Shown

ASKED = Asked(people=2_000, seed=4, months=2)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo, run once."""
    return showcase.show(tmp_path_factory.mktemp("demo") / "out", ASKED)


def test_every_department_file_is_taken_in(shown: Shown) -> None:
    assert len(shown.taken) == len(_manifest(shown)["files"])


def test_files_are_recognised_as_what_they_are(shown: Shown) -> None:
    meant = {Path(one["file"]).name: (one["dataset"], one["month"]) for one in _manifest(shown)["files"]}
    told = {one.file: (one.manifest.dataset, one.manifest.month) for one in shown.taken if one.manifest}
    assert told == meant


def test_exactly_the_good_rows_are_accepted(shown: Shown) -> None:
    meant = {Path(one["file"]).name: one["good"] for one in _manifest(shown)["files"]}
    for one in shown.taken:
        if one.manifest:
            assert one.manifest.counts.accepted == meant[one.file], one.file


def test_the_wrong_empty_broken_and_foreign_files_are_turned_away(shown: Shown) -> None:
    assert len(shown.turned_away) == 4
    assert all(one.refusal for one in shown.turned_away)


def test_rows_without_a_number_are_linked_or_said_to_be_open(shown: Shown) -> None:
    linked = shown.linked
    assert linked is not None
    assert linked.told == linked.accepted + linked.review + linked.unlinked


def test_every_planted_family_gets_its_answer(shown: Shown) -> None:
    assert [one for one in shown.truth if one.right < one.families] == []
    assert sum(one.families for one in shown.truth) > 20


def test_every_household_of_the_county_has_an_outcome(shown: Shown) -> None:
    assert shown.determined is not None
    outcomes = shown.determined.by_outcome()
    assert sum(one["households"] for one in outcomes.values()) == shown.determined.households + shown.determined.not_ready


def test_says_the_same_to_machines(shown: Shown) -> None:
    told = json.loads(json.dumps(showcase.as_json(shown), ensure_ascii=False))
    assert told["files"]["turned_away"] == 4
    assert set(told["seconds"]) == {"造县", "收文件", "认人", "整理情况", "逐户认定"}


def test_refuses_a_folder_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(showcase.NotADemoFolder):
        showcase.show(tmp_path, ASKED)
    assert (tmp_path / "mine.txt").is_file()


def _manifest(shown: Shown) -> dict[str, list[dict[str, str]]]:
    content: dict[str, list[dict[str, str]]] = json.loads((shown.out / "county" / "manifest.json").read_text("utf-8"))
    return content
