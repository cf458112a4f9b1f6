"""What a county run asks of a pack, and the pack's words for the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.policy import api
from doudi.policy.api import LoadedPack
from doudi.policy.terms.kinds import yuan

OUTCOMES = {
    "enter": "拟纳入",
    "leave": "拟退出",
    "change_category": "拟转类",
    "change_amount": "拟调整金额",
    "undetermined": "在册，暂不能断定",
    "same": "维持不变",
    "unasked": "不在册，情况不全",
    "none": "不在册，不符合",
    "not_ready": "缺必填情况",
}
"""What becomes of a household; each household has exactly one."""

NO_CATEGORY = "none"
NO_CATEGORY_LABEL = "无"
MEASURES = {
    "household": ("township", "area_kind", "previous_category", "previous_amount", "member_count", "annual_income", "income_per_head"),
    "person": ("relation", "is_member", "annual_income"),
}
STANDARD = "dibao_standard"
KINDS_OF_AREA = {"urban": "城镇", "rural": "农村", "other": "其他"}
RELATIONS = {
    "head": "户主", "spouse": "配偶", "child": "子女", "child_in_law": "儿媳女婿", "grandchild": "孙辈", "parent": "父母",
    "parent_in_law": "公婆岳父母", "grandparent": "祖辈", "sibling": "兄弟姐妹", "other": "其他",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The words of one pack: categories, ways of belonging to them, and the ground of each step with its clauses."""

    title: str
    categories: Mapping[str, str]
    ways: Mapping[tuple[str, str], str]
    grounds: Mapping[tuple[str, str, str], str]
    tags: Mapping[str, str]

    def category(self, name: object, way: object = None) -> str:
        """Return the label of a category; without one it cannot be told yet."""
        if name is None:
            return "暂不能断定"
        if name == NO_CATEGORY:
            return NO_CATEGORY_LABEL
        label = self.categories.get(str(name), str(name))
        how = self.ways.get((str(name), str(way or "")))
        return f"{label}（{how}）" if how else label

    def ground(self, level: str, name: object, way: object) -> str:
        """Return why a category was given: the label of the step's rule, and the clauses of the pack."""
        return self.grounds.get((level, str(name), str(way or "")), "")


def words(pack: LoadedPack) -> Words:
    """Return the words of a pack."""
    results = pack.pack.results
    ways, grounds = {}, {}
    for level, steps in (("household", results.household.steps), ("person", results.person.steps)):
        for step in steps:
            rule = pack.pack.rules.get((level, step.when))
            label = rule.label if rule else step.when
            ways[step.category, step.shown_as] = step.label
            grounds[level, step.category, step.shown_as] = f"{label}（{_cited(pack, step.ground.clauses)}）"
    return Words(
        title=pack.pack.title,
        categories={one.name: one.label for one in results.categories},
        ways=ways,
        grounds=grounds,
        tags={tag.when: tag.label for tag in results.tags if tag.level == "household"},
    )


def measures(pack: LoadedPack) -> dict[str, list[str]]:
    """Return the rules and facts to be answered beside the categories, as far as the pack has them."""
    return {
        entity: [name for name in names if (entity, name) in pack.pack.rules or (entity, name) in pack.pack.facts]
        for entity, names in MEASURES.items()
    }


def plan(pack: LoadedPack, *, day: date, dialect: str, values: Mapping[str, Any] | None = None) -> Any:
    """Return the compiled pack for a day with the measures that lists and differences need."""
    return api.sql_plan(pack, day=day, dialect=dialect, outputs=measures(pack), set_values=values)


def trial_words(pack: LoadedPack, said: str) -> str:
    """Return `dibao_standard.rural=76000` in words: 最低生活保障标准（农村）改为 760元."""
    path, _, raw = said.partition("=")
    name, *keys = path.strip().split(".")
    value = pack.pack.values.get(name)
    if value is None:
        return said
    amount = yuan(int(raw)) if value.type.kind == "money" and raw.strip().isdigit() else raw.strip()
    which = f"（{'、'.join(KINDS_OF_AREA.get(key, key) for key in keys)}）" if keys else ""
    return f"{value.label}{which}改为 {amount}"


def standard(pack: LoadedPack, day: date, values: Mapping[str, Any] | None = None) -> Any:
    """Return the allowance standard of a day in fen per month per person: an amount, or a table by household fact."""
    return pack.on(day, values).value(STANDARD) if STANDARD in pack.pack.values else None


def standard_by(pack: LoadedPack) -> Sequence[str]:
    """Return the household facts by which the allowance standard varies."""
    return pack.pack.values[STANDARD].by if STANDARD in pack.pack.values else ()


def _cited(pack: LoadedPack, clauses: Sequence[str]) -> str:
    found = []
    for name in clauses:
        clause = pack.pack.clauses.get(name)
        document = pack.pack.documents.get(name.split("-", 1)[0])
        if clause is not None:
            found.append(f"{document.number if document else ''}{clause.article}")
    return "；".join(dict.fromkeys(found))
