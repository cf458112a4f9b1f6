"""`doudi packs compare`: one family under every pack, and what differs.

Families move, and resettlement must miss nobody and pay nobody twice: this shows what a move would change.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from doudi import home
from doudi.cli.family_files import day_of, read_family
from doudi.policy import api
from doudi.policy.run.answer import UNDETERMINED, Answer
from doudi.policy.run.words import value_words
from doudi.policy.terms.errors import NoAnswer

ORDER = ("tekun", "dibao", "edge", "rigid_expenditure", "other_difficulty", "none", UNDETERMINED)


def compare(file: Path, day: date | None) -> list[dict[str, Any]]:
    """Answer a family file under every pack that can stand alone. Packs not yet in force that day say so."""
    family = read_family(file)
    packs = [pack for name in api.pack_names(home.policies()) if not (pack := api.load_pack(home.policies(), name)).pack.abstract]
    asked = day or day_of(family) or max(pack.pack.start for pack in packs)
    found = [_one(pack, family, asked) for pack in packs]
    differing = _differing(found)
    base = next((item for item in found if item["pack"] == family.get("pack") and "category" in item), None)
    for item in found:
        item["values"] = {name: text for name, text in item.get("values", {}).items() if name in differing}
        if base is not None and item is not base and "category" in item:
            item["move"] = _move(base, item)
    return found


def _one(pack: api.LoadedPack, family: dict[str, Any], day: date) -> dict[str, Any]:
    head = {"pack": pack.pack.name, "title": pack.pack.title, "day": day.isoformat()}
    try:
        answer = api.evaluate(pack, family, day=day)
    except NoAnswer as error:
        return {**head, "refused": str(error)}
    level = pack.pack.results.household
    return {**head, "category": answer.household.category, "label": answer.household.label, "amount": answer.total,
            "persons": {key: item.label for key, item in answer.persons.items()},
            "tags": answer.tags, "lines": [line.words() for line in answer.lines],
            "reason": answer.reasons(answer.household, level)[0].words(),
            "settles": [item.words for item in answer.unsettled.settles], "values": _values(answer), "assumed": answer.assumed}


def _values(answer: Answer) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in answer.pack.pack.values.values():
        table: Any = answer.pack.value(value.name)
        for key in value.by:
            table = table.get(answer.row.facts.get(key), table.get("other")) if isinstance(table, dict) else table
        found[value.label] = value_words(answer.pack, value.type, table)
    return found


def _differing(found: list[dict[str, Any]]) -> set[str]:
    answered = [item["values"] for item in found if "values" in item]
    names = set.intersection(*(set(item) for item in answered)) if answered else set()
    return {name for name in names if len({item[name] for item in answered}) > 1}


def _move(base: dict[str, Any], item: dict[str, Any]) -> str:
    if item["category"] == base["category"] and item["amount"] == base["amount"]:
        return "迁入后类别和金额不变"
    same = item["label"] == base["label"]
    worse = ORDER.index(item["category"]) > ORDER.index(base["category"])
    amount = ""
    if item["amount"] is not None and base["amount"] is not None and item["amount"] != base["amount"]:
        change = item["amount"] - base["amount"]
        amount = f"，每月{'多' if change > 0 else '少'} {abs(change) / 100:.2f} 元"
    if same:
        return f"类别不变{amount}"
    return f"{'注意：' if worse else ''}由“{base['label']}”变为“{item['label']}”{amount}"


def show(found: list[dict[str, Any]]) -> None:
    """Print the comparison: one column a pack."""
    from rich.console import Console

    from doudi.cli.tables import grid

    console = Console(highlight=False, soft_wrap=True)
    table = grid("政策", "家庭类别", "每月合计", "若迁入", title=f"同一家庭在各地（{found[0]['day']}）" if found else "", lines=True)
    for item in found:
        if "refused" in item:
            table.add_row(_place(item), "—", "—", item["refused"])
        else:
            amount = "还不能确定" if item["amount"] is None else f"{item['amount'] / 100:,.2f} 元"
            table.add_row(_place(item), item["label"], amount, item.get("move", "（现在这里）"))
    Console(highlight=False).print(table)
    for item in found:
        if "refused" not in item:
            _show_why(console, item)


def _place(item: dict[str, Any]) -> str:
    return f"{item['title']}\n{item['pack']}"


def _show_why(console: Any, item: dict[str, Any]) -> None:
    from rich.markup import escape

    console.print(f"[bold]{escape(item['title'])}[/bold]")
    console.print(f"  {escape(item['reason'])}")
    for line in item["lines"]:
        console.print(f"  {escape(line)}")
    if item["settles"]:
        console.print(f"  还缺：{escape('、'.join(item['settles']))}")
    console.print("  与别处不同的值：" + "，".join(f"{name} {text}" for name, text in sorted(item["values"].items())))
