"""What `doudi packs show` prints: values, rules and results in force on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from doudi.policy.api import LoadedPack
from doudi.policy.pack.day import change_on
from doudi.policy.pack.model import Pack, Rule, Table, Value
from doudi.policy.run.reasons import citations
from doudi.policy.run.words import plain_words
from doudi.policy.terms.kinds import Type
from doudi.refusal import Refusal

SECTION_WORDS = {"steps": "步骤", "limits": "时限", "deciders": "谁决定", "publicity": "公示", "review": "复核", "exits": "退出",
                 "watch": "监测", "referrals": "转办", "ledgers": "台账"}
UNITS = {"working_days": "个工作日", "calendar_days": "天", "months": "个月", "years": "年", "persons": "人", "times": "次"}


def contents(pack: LoadedPack, day: date) -> dict[str, Any]:
    """Return a pack's contents on a day as plain data. Refuses a day before the pack."""
    items = pack.pack
    if day < items.start:
        raise Refusal(f"{items.name} 从 {items.start} 起施行，{day} 还没有施行", to_do="改问以后的日期")
    rules = [_rule(items, rule, day) for rule in items.rules.values()]
    names = {category.name: category.label for category in items.results.categories}
    steps = [{"level": level, "category": step.category, "as": step.shown_as, "when": step.when, "amount": step.amount,
              "level_label": items.entities[level].label, "label": names[step.category], "as_label": step.label,
              "when_label": _label(items, level, step.when), "amount_label": _label(items, level, step.amount)}
             for level, found in (("household", items.results.household), ("person", items.results.person)) for step in found.steps]
    process = [{"section": item.section, "label": item.label, "says": item.says, "who": item.who,
                "limit": f"{item.limit.count}{UNITS[item.limit.unit]}" if item.limit else ""} for item in items.process.values()]
    return {"pack": items.name, "title": items.title, "day": day.isoformat(), "digest": items.digest, "layers": list(pack.layers),
            "documents": [{"id": item.id, "number": item.number, "title": item.title} for item in items.documents.values()],
            "values": [_value(items, value, day) for value in items.values.values()], "rules": rules, "steps": steps, "process": process}


def _label(items: Pack, entity: str, name: str) -> str:
    rule = items.rules.get((entity, name)) or items.facts.get((entity, name))
    return rule.label if rule is not None else name


def served_by(items: Pack, sort: str, name: str) -> str:
    """Return what serves a clause in Chinese: the sort and the label, of `sort` and `name` as coverage gives them."""
    labels = {category.name: category.label for category in items.results.categories}
    labels |= {tag.name: tag.label for tag in items.results.tags}
    if sort == "规则":
        entity, _, short = name.rpartition(".")
        return f"规则：{_label(items, entity, short)}（{items.entities[entity].label}）"
    if sort == "流程":
        section, _, short = name.partition(".")
        return f"{SECTION_WORDS[section]}：{items.process[section, short].label}"
    if sort == "值":
        return f"值：{items.values[name].label}"
    if sort == "预警":
        return f"预警：{items.alerts[name].label}"
    if sort == "选择方式":
        return {"first": "选择方式：依次，先符合的算", "better": "选择方式：取对家庭更有利的"}[name]
    return f"{sort}：{'、'.join(labels.get(part, part) for part in name.split('、'))}"


def _value(items: Pack, value: Value, day: date) -> dict[str, str]:
    head = {"name": value.name, "label": value.label}
    if not value.changes:
        return {**head, "words": "由各地给出", "from": "", "source": "", "confidence": "", "note": ""}
    change = change_on(value, day)
    return {**head, "words": _words(items, value, change.value) + _unit(value.type), "from": str(change.start), "source": change.source,
            "confidence": change.confidence, "note": change.note}


def _unit(type_: Type) -> str:
    """Return （每人每月） for an amount of a person and month; nothing for what needs no unit."""
    if type_.kind != "money":
        return ""
    words = ("每人" if type_.per_person else "") + {"month": "每月", "year": "每年"}.get(type_.period, "")
    return f"（{words}）" if words else ""


def _rule(items: Pack, rule: Rule, day: date) -> dict[str, Any]:
    version = next(item for item in reversed(rule.versions) if item.start is None or item.start <= day)
    return {"rule": f"{rule.entity}.{rule.name}", "label": rule.label, "formula": " ".join(version.formula.split()),
            "clauses": [cited.words() for cited in citations(items, version.ground)]}


def _words(items: Pack, value: Value, table: Table) -> str:
    if isinstance(table, dict):
        names = {"urban": "城镇", "rural": "农村", "other": "其他"}
        return "，".join(f"{names.get(key, key)} {_words(items, value, item)}" for key, item in table.items())
    return plain_words(value.type, table)


def show(found: dict[str, Any]) -> None:
    """Print the contents as tables."""
    from rich.console import Console

    from doudi.cli.tables import grid

    console = Console(highlight=False)
    console.print(f"[bold]{found['title']}[/bold]（{found['pack']}，{found['day']}，继承 {' → '.join(found['layers'])}）")
    values = grid("值", "名称", "取值", "自", "来源", title="值", lines=True)
    values.columns[1].no_wrap = True  # a name is copied into --set
    for item in found["values"]:
        mark = " [yellow]暂定[/yellow]" if item["confidence"] == "assumed" else ""
        values.add_row(item["label"], item["name"], item["words"] + mark, item["from"], item["source"])
    rules = grid("规则", "含义", "公式", "依据", title="规则", lines=True)
    for item in found["rules"]:
        rules.add_row(item["rule"], item["label"], item["formula"], "\n".join(item["clauses"]))
    steps = grid("层级", "类别", "方式", "条件", "金额", title="结果", lines=True)
    for item in found["steps"]:
        steps.add_row(*(item[key] for key in ("level_label", "label", "as_label", "when_label", "amount_label")))
    process = grid("环节", "名称", "内容", "谁", "时限", title="流程", lines=True)
    for item in found["process"]:
        process.add_row(SECTION_WORDS[item["section"]], item["label"], item["says"], item["who"], item["limit"])
    for table in (values, rules, steps, process):
        console.print(table)
