"""Running a pack's cases: good families must get their answers, bad packs and inputs their exact messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doudi.policy import api
from doudi.policy.pack.fields import Fields
from doudi.policy.pack.reader import read_file
from doudi.policy.run.cases import Case, differences, good_cases
from doudi.policy.run.trial_values import trial_values
from doudi.policy.terms.errors import PolicyError, Where


@dataclass(frozen=True)
class Verdict:
    """How one case went: `faults` is empty when it passed."""

    title: str
    where: Where
    faults: tuple[str, ...]


def good(pack: api.LoadedPack) -> list[Verdict]:
    """Hold every good case of a pack against its answers. Raises PolicyError when the cases cannot be read."""
    return [_good(pack, case) for case in good_cases(pack.policies, list(pack.layers))]


def _good(pack: api.LoadedPack, case: Case) -> Verdict:
    try:
        changes = trial_values(pack.pack, case.values, case.day)
        faults = differences(case, api.evaluate(pack, case.family, day=case.day, changes=changes))
    except PolicyError as error:
        faults = [str(item) for item in error.problems]
    return Verdict(case.title, case.where, tuple(faults))


def bad(pack: api.LoadedPack) -> list[Verdict]:
    """Hold every bad case of a pack against the message it must give."""
    found = []
    folder = pack.policies / pack.pack.name / "cases" / "bad"
    for file in sorted(folder.glob("*.yaml")):
        name = f"cases/bad/{file.name}"
        for entry in read_file(file, name) or []:
            found.append(_bad(pack, Fields(entry, "用例", Where(name, 1))))
    return found


def _bad(pack: api.LoadedPack, fields: Fields) -> Verdict:
    title, message = fields.text("case"), fields.text("message")
    files: dict[str, Any] = fields.labels("files")
    given, day = fields.any("given"), fields.day_or_none("day")
    fields.taken.add("note")
    fields.close()
    try:
        if given is not None:
            api.evaluate(pack, given, day=day or pack.pack.start)
        else:
            loaded = api.load_pack(pack.policies, pack.pack.name, files)
            if day is not None:
                loaded.on(day)
    except PolicyError as error:
        said = [str(item) for item in error.problems]
        faults = () if message in said else (f"应报：{message}", *(f"实报：{item}" for item in said[:5]))
        return Verdict(title, fields.where, faults)
    return Verdict(title, fields.where, (f"应报：{message}", "实际没有报错"))
