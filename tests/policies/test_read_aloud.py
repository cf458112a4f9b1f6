"""Every sentence that a good case of a county gives can be read aloud: no identifiers, no doubled units, no holes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from doudi import home
from doudi.policy import api
from doudi.policy.run.cases import Case, good_cases
from doudi.policy.run.reasons import Reason
from doudi.policy.run.rows import Row
from doudi.policy.run.trial_values import trial_values
from doudi.policy.terms.errors import PolicyError

COUNTIES = [name for name in api.pack_names(home.policies()) if name != "national"]
WRONG = re.compile(r"[A-Za-z]{3,}|[a-z]_|[A-Z]-[A-Z]|[{}]|(人|元|倍|岁|次|个月|天|套|每年|每月|[。：；，、])\1|（）|不清楚[元人岁]")


def sentences(pack: api.LoadedPack, case: Case) -> Iterator[str]:
    """Yield the sentences of a case's answer, with whose they are left out."""
    answer = api.evaluate(pack, case.family, day=case.day, changes=trial_values(pack.pack, case.values, case.day))
    results = pack.pack.results
    seen: set[int] = set()
    waiting: list[Reason] = [*answer.tree(), *answer.reasons(answer.household, results.household),
                             *(answer.decisive(outcome, results.person) for outcome in answer.persons.values())]
    while waiting:
        reason = waiting.pop()
        if id(reason) not in seen:
            seen.add(id(reason))
            waiting += reason.because
            owner: Row | None = reason.row
            while owner is not None and owner.entity != "person":
                owner = owner.parent
            yield reason.sentence.removeprefix(owner.name or owner.id) if owner is not None else reason.sentence
    yield from (line.words() for line in answer.lines if not line.rule.startswith("person."))


@pytest.mark.parametrize("name", COUNTIES)
def test_every_sentence_can_be_read_aloud(name: str) -> None:
    pack = api.load_pack(home.policies(), name)
    wrong: set[str] = set()
    for case in good_cases(pack.policies, list(pack.layers)):
        try:
            wrong |= {text for text in sentences(pack, case) if WRONG.search(text)}
        except PolicyError:  # a case of a day or a family that is refused has no sentences
            continue
    assert not wrong
