"""Every pack of the country: it passes its check, its cases hold, its values say where they come from, its clauses are served."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from doudi import home
from doudi.policy import api, verify
from doudi.policy.pack.reader import read_file
from doudi.policy.run.cases import Case, good_cases
from doudi.policy.terms.errors import NoAnswer

PACKS = api.pack_names(home.policies())
FEWEST_CASES = 25


@cache
def pack_of(name: str) -> api.LoadedPack:
    return api.load_pack(home.policies(), name)


def layers_of(name: str) -> list[str]:
    """Return a pack's chain from pack.yaml alone, so that listing the tests loads no pack."""
    found: list[str] = []
    while name:
        found.insert(0, name)
        name = read_file(home.policies() / name / "pack.yaml", "pack.yaml").get("extends", "")
    return found


def titles(name: str, folder: str) -> list[str]:
    """Return the titles of a pack's own cases in order, without reading the families."""
    files = sorted((home.policies() / name / "cases" / folder).glob("*.yaml"))
    return [entry["case"] for file in files for entry in read_file(file, file.name) or []]


GOOD = [(name, title) for name in PACKS for title in titles(name, "good")]
BAD = [(name, title) for name in PACKS for title in titles(name, "bad")]


@cache
def verdicts(name: str, folder: str) -> dict[str, tuple[str, ...]]:
    run = verify.good if folder == "good" else verify.bad
    return {verdict.title: verdict.faults for verdict in run(pack_of(name))}


@cache
def cases_of(name: str) -> list[Case]:
    return good_cases(home.policies(), layers_of(name))


def ids(cases: list[tuple[str, str]]) -> list[str]:
    return [f"{name}: {title}" for name, title in cases]


class TestCases:
    @pytest.mark.parametrize("name, title", GOOD, ids=ids(GOOD))
    def test_a_good_family_gets_its_answer(self, name: str, title: str) -> None:
        assert verdicts(name, "good")[title] == ()

    @pytest.mark.parametrize("name, title", BAD, ids=ids(BAD))
    def test_a_bad_pack_or_family_gets_its_message(self, name: str, title: str) -> None:
        assert verdicts(name, "bad")[title] == ()

    @pytest.mark.parametrize("name", PACKS)
    def test_there_are_enough_good_ones_and_some_bad_ones(self, name: str) -> None:
        assert len(titles(name, "good")) >= FEWEST_CASES
        assert titles(name, "bad")

    @pytest.mark.parametrize("name", PACKS)
    def test_no_two_have_one_title(self, name: str) -> None:
        found = Counter(titles(name, "good") + titles(name, "bad"))
        assert [title for title, count in found.items() if count > 1] == []

    @pytest.mark.parametrize("name", PACKS)
    def test_every_good_one_expects_something(self, name: str) -> None:
        assert [case.title for case in cases_of(name) if not any(case.expect.values()) and "unknown" not in case.expect] == []

    @pytest.mark.parametrize("name", PACKS)
    def test_every_good_family_is_allowed_by_the_schema(self, name: str) -> None:
        validator = jsonschema_rs.Draft202012Validator(api.family_schema(pack_of(name)))
        assert [case.title for case in cases_of(name) if not validator.is_valid(as_json(case.family))] == []


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("name", PACKS)
class TestPack:
    def test_passes_its_check(self, name: str) -> None:
        assert pack_of(name).pack.name == name

    def test_every_value_has_a_source_and_every_assumed_one_a_note(self, name: str) -> None:
        changes = [(value.name, change) for value in pack_of(name).pack.values.values() for change in value.changes]
        assert [key for key, change in changes if not change.source] == []
        assert [key for key, change in changes if change.confidence == "assumed" and not change.note] == []

    def test_every_fact_is_described_and_every_choice_has_a_label(self, name: str) -> None:
        facts = pack_of(name).pack.facts.values()
        assert [fact.name for fact in facts if not fact.describe or not all(fact.choices.values())] == []

    def test_every_rule_has_a_ground(self, name: str) -> None:
        rules = pack_of(name).pack.rules.values()
        assert [rule.name for rule in rules for version in rule.versions
                if not version.ground.clauses and not version.ground.readings] == []

    def test_every_clause_to_be_computed_or_followed_is_served(self, name: str) -> None:
        served = api.coverage(pack_of(name))
        assert served
        assert [row.clause.id for row in served if row.clause.kind != "organisational" and not row.by] == []

    def test_every_organisational_clause_says_why(self, name: str) -> None:
        assert [row.clause.id for row in api.coverage(pack_of(name)) if row.clause.kind == "organisational" and not row.clause.why] == []

    def test_every_clause_is_of_a_document_it_lists(self, name: str) -> None:
        pack = pack_of(name).pack
        assert [clause for clause in pack.clauses if clause.split("-")[0] not in pack.documents] == []

    def test_answers_on_its_first_day_and_on_every_day_of_change(self, name: str) -> None:
        loaded = pack_of(name)
        if loaded.pack.abstract:
            return
        starts = {change.start for value in loaded.pack.values.values() for change in value.changes} | {loaded.pack.start}
        days = starts | {day - timedelta(days=1) for day in starts}
        for day in sorted(day for day in days if day >= loaded.pack.start):
            assert loaded.on(day).day == day

    def test_says_plainly_that_it_does_not_cover_the_day_before(self, name: str) -> None:
        loaded = pack_of(name)
        with pytest.raises(NoAnswer, match="还没有施行"):
            loaded.on(loaded.pack.start - timedelta(days=1))

