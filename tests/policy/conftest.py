"""A tiny base pack, so that these tests do not move when a county's document does."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doudi.policy import api
from doudi.policy.run.answer import Answer
from doudi.policy.run.rows import Row
from doudi.policy.terms.errors import PolicyError

DAY = date(2025, 10, 31)
RULES = """\
rules:
  - {name: is_member, entity: person, label: 共同生活, kind: bool, formula: lives_together, clause: D-1}
  - {name: age, entity: person, label: 年龄, kind: int, unit: years, formula: age_on(birth), clause: D-1}
  - {name: yearly_income, entity: person, label: 年收入, kind: money, unit: fen per year, clause: D-1,
     formula: "as_yearly(sum_of(incomes, amount, within_months(received_on, 12)))"}
  - {name: member_count, entity: household, label: 人口, kind: int, unit: persons, formula: count_of(members), clause: D-1}
  - {name: annual_income, entity: household, label: 家庭年收入, kind: money, unit: fen per year, clause: D-1,
     formula: "sum_of(members, yearly_income)"}
  - {name: income_per_head, entity: household, label: 月人均收入, kind: money, unit: fen per month per person, clause: D-1,
     formula: "monthly(div_round(annual_income, member_count))", rounding: D-1 四舍五入到分}
  - {name: below_standard, entity: household, label: 人均收入低于标准, kind: bool, clause: D-1,
     formula: annual_income < yearly(standard) * member_count,
     says: {"yes": "月人均收入{income_per_head}，低于{area_kind}标准{standard}", "no": "不低于标准", unknown: 收入还不清楚}}
  - {name: above_standard, entity: household, label: 人均收入高于标准, kind: bool, clause: D-1,
     formula: annual_income > yearly(standard) * member_count}
  - {name: below_edge, entity: household, label: 人均收入不高于边缘线, kind: bool, clause: D-1,
     formula: "not exceeds_share(annual_income, yearly(standard) * member_count, edge_ratio)"}
  - {name: dibao_family, entity: household, label: 低保家庭, kind: bool, formula: member_count >= 1 and below_standard, clause: D-1}
  - {name: edge_family, entity: household, label: 边缘家庭, kind: bool, clause: D-1,
     formula: member_count >= 1 and not below_standard and below_edge and housing_safe}
  - {name: dibao_amount, entity: household, label: 家庭保障金, kind: money, unit: fen per month, clause: D-1,
     formula: "larger_of(standard * member_count - monthly(annual_income), 0)", rounding: D-1}
  - {name: single, entity: person, label: 单人保, kind: bool, formula: severe_illness and is_member, reading: R-1}
  - {name: single_amount, entity: person, label: 单人保障金, kind: money, unit: fen per month, formula: standard, reading: R-1}
  - {name: in_dibao_family, entity: person, label: 随户低保, kind: bool, formula: is_member and household.dibao_family, clause: D-1}
"""
BASE = {
    "pack.yaml": """\
name: toy
title: 玩具县
from: 2025-01-01
documents:
  - {id: D, number: 玩具〔2025〕1号, title: 玩具办法, issued: 2025-01-01}
""",
    "clauses.yaml": """\
clauses:
  - {id: D-1, article: 第一条, says: 收入低于标准的纳入低保。, kind: computable}
  - {id: D-2, article: 第二条, says: 十日内办结。, kind: procedural}
  - {id: D-3, article: 第三条, says: 各部门配合。, kind: organisational, why: 没有可计算的内容}
""",
    "readings.yaml": """\
readings:
  - {id: R-1, clause: D-1, question: 单人户怎样算, readings: [按本人, 按全家], chosen: 按本人, why: 有利于保障, tested_by: [一个人没有收入]}
""",
    "process.yaml": """\
steps:
  - {name: decide, label: 审批, says: 十日内办结, clause: D-2, limit: {count: 10, unit: working_days, from: 受理}}
""",
    "values/standards.yaml": """\
values:
  - name: standard
    label: 低保标准
    kind: money
    unit: fen per month per person
    by: area_kind
    clause: D-1
    changes:
      - {from: 2025-01-01, value: {urban: 80000, rural: 60000}, source: 玩具〔2025〕1号, confidence: confirmed}
      - {from: 2025-07-01, value: {urban: 90000, rural: 70000}, source: 玩具〔2025〕2号, confidence: assumed, note: 待核实}
  - name: edge_ratio
    label: 边缘倍数
    kind: ratio
    clause: D-1
    changes:
      - {from: 2025-01-01, value: "1.5", source: 玩具〔2025〕1号, confidence: confirmed}
  - {name: car_limit, label: 车辆限值, kind: money, unit: fen, clause: D-1,
     changes: [{from: 2025-01-01, value: 5000000, source: 玩具〔2025〕1号, confidence: confirmed}]}
  - {name: adult_age, label: 成年, kind: int, unit: years, clause: D-1,
     changes: [{from: 2025-01-01, value: 18, source: 玩具〔2025〕1号, confidence: confirmed}]}
""",
    "rules/facts.yaml": """\
entities:
  - {name: household, label: 家庭}
  - {name: person, label: 成员, parent: household, collection: persons}
  - {name: income, label: 收入, parent: person, collection: incomes, dated_by: received_on}
  - {name: car, label: 车辆, parent: household, collection: cars}
facts:
  - {name: area_kind, entity: household, label: 城乡, kind: text, choices: {urban: 城镇, rural: 农村}, describe: 户籍地}
  - {name: housing_safe, entity: household, label: 住房安全, kind: bool, optional: true, describe: 住房}
  - {name: rooms, entity: household, label: 房间数, kind: int, optional: true, describe: 房间}
  - {name: share, entity: household, label: 份额, kind: ratio, optional: true, describe: 份额}
  - {name: birth, entity: person, label: 出生日期, kind: date, describe: 身份证}
  - {name: lives_together, entity: person, label: 共同居住, kind: bool, optional: true, describe: 居住}
  - {name: severe_illness, entity: person, label: 重病, kind: bool, optional: true, describe: 诊断}
  - {name: level, entity: person, label: 残疾等级, kind: text, choices: {none: 无, "1": 一级, "2": 二级},
     optional: true, describe: 残疾人证}
  - {name: amount, entity: income, label: 金额, kind: money, unit: fen, optional: true, describe: 到手金额}
  - {name: kind, entity: income, label: 种类, kind: text, choices: {wage: 工资, gift: 馈赠}, describe: 种类}
  - {name: received_on, entity: income, label: 收到日期, kind: date, optional: true, describe: 收到日期}
  - {name: in_use, entity: car, label: 在用, kind: bool, optional: true, describe: 车辆登记}
  - {name: wheels, entity: car, label: 轮数, kind: int, optional: true, describe: 车辆登记}
sets:
  - {name: members, of: person, where: is_member, label: 共同生活成员, clause: D-1}
""",
    "rules/rules.yaml": RULES,
    "rules/results.yaml": """\
results:
  categories:
    - {name: dibao, label: 低保, clause: D-1}
    - {name: edge, label: 边缘, clause: D-1}
  household:
    choose: first
    steps:
      - {category: dibao, when: dibao_family, amount: dibao_amount, clause: D-1}
      - {category: edge, when: edge_family, clause: D-1}
  person:
    choose: better
    steps:
      - {category: dibao, as: single, label: 单人户, when: single, amount: single_amount, clause: D-1}
      - {category: dibao, when: in_dibao_family, clause: D-1}
  tags:
    - {tag: sick, label: 重病, level: person, when: single, clause: D-1}
  compatibility:
    - {these: [dibao, edge], are: exclusive, clause: D-1}
  lines: [below_standard, above_standard, below_edge]
  show: [income_per_head, person.age]
""",
    "cases/families.yaml": """\
families:
  alone: {household: {area_kind: rural, housing_safe: true}, persons: [{id: p1, birth: 1980-01-01, lives_together: true, incomes: []}]}
  healthy:
    household: {area_kind: rural, housing_safe: true}
    persons: [{id: p1, birth: 1980-01-01, lives_together: true, severe_illness: false, incomes: []}]
""",
    "cases/good/first.yaml": """\
- case: 一个人没有收入
  day: 2025-10-31
  like: alone
  expect: {household: {category: dibao, amount: 70000}}
""",
}
PERSON = {"birth": "1980-01-01", "lives_together": True, "severe_illness": False, "level": "none", "incomes": []}


class Toy:
    """The base pack in a folder, with texts laid over it for one test."""

    def __init__(self, policies: Path) -> None:
        self.policies = policies
        self.day = DAY

    def write(self, name: str, files: Mapping[str, str]) -> None:
        """Write another pack beside it."""
        for file, text in files.items():
            path = self.policies / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def load(self, files: Mapping[str, str] | None = None, name: str = "toy") -> api.LoadedPack:
        return api.load_pack(self.policies, name, files)

    def refusals(self, files: Mapping[str, str], name: str = "toy") -> list[str]:
        """Load, which must be refused, and return every message."""
        with pytest.raises(PolicyError) as refused:
            self.load(files, name)
        return [str(item) for item in refused.value.problems]

    def changed(self, file: str, old: str, new: str) -> dict[str, str]:
        """Return one file of the base pack with a text replaced."""
        assert old in BASE[file], f"{file} has no {old!r}"
        return {file: BASE[file].replace(old, new, 1)}

    def rule(self, formula: str, *, entity: str = "household", kind: str = "bool", unit: str = "", more: str = "") -> dict[str, str]:
        """Return files that add the rule `asked`, used by an alert."""
        unit_line = f"    unit: {unit}\n" if unit else ""
        text = (f"rules:\n  - name: asked\n    entity: {entity}\n    label: 所问\n    kind: {kind}\n{unit_line}    rounding: 见 D-1\n"
                f"    reading: R-1\n    formula: |\n      {formula}\n{more}"
                f"  - {{name: always, entity: {entity}, label: 总是, kind: bool, formula: \"true\", clause: D-1}}\n")
        alert = (f"alerts:\n  - {{name: ask, label: 所问, family: E, entity: {entity}, when: always, evidence: [asked], owner: township,\n"
                 "     clause: D-1}\n")
        return {"rules/asked.yaml": text, "alerts.yaml": alert}

    def family(self, *persons: Mapping[str, Any], **household: Any) -> dict[str, Any]:
        """Return a family: each person adds to somebody who lives at home without income."""
        people = [{"id": f"p{number}", **copy.deepcopy(PERSON), **person} for number, person in enumerate(persons, start=1)]
        return {"household": {"area_kind": "rural", "housing_safe": True, "cars": [], **household}, "persons": people}

    def answer(self, family: Mapping[str, Any], files: Mapping[str, str] | None = None, day: date = DAY, **changes: Any) -> Answer:
        pack = self.load(files)
        return api.evaluate(pack, family, day=day, changes=api.trial_values(pack.pack, changes, day))

    def asked(self, formula: str, family: Mapping[str, Any], *, entity: str = "household", day: date = DAY, **rule: str) -> Any:
        """Return what a formula gives for the household, or for the first person."""
        answer = self.answer(family, self.rule(formula, entity=entity, **rule), day)
        row: Row = answer.row if entity == "household" else answer.people[0]
        return answer.program.value(row, "asked")


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    policies = tmp_path_factory.mktemp("policies")
    Toy(policies).write("toy", BASE)
    return policies


@pytest.fixture
def toy(toy_folder: Path) -> Toy:
    """The base pack, shared: lay texts over it, do not write into it."""
    return Toy(toy_folder)


@pytest.fixture
def own_toy(tmp_path: Path) -> Toy:
    """A copy of the base pack that a test may write beside and into."""
    found = Toy(tmp_path)
    found.write("toy", BASE)
    return found
