"""Checking a pack as a whole: types, units, cycles, cover of every day, grounds, uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from doudi.policy.pack.calls import NEEDS_READING, ROUNDING
from doudi.policy.pack.day import Checked, Key, generated_names
from doudi.policy.pack.model import Ground, Pack, Rule, Table, Value, Version
from doudi.policy.pack.typing import Typer
from doudi.policy.pack.words import FormulaError
from doudi.policy.terms.errors import PolicyError, Problem, Where, problem, suggestion
from doudi.policy.terms.kinds import yuan
from doudi.policy.terms.tree import Node

PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")
RESERVED = ("day", "unknown")
# Yuan taken for fen is a hundredfold; no standard moves so far in one step.
LEAP = 50
Typed = dict[Key, tuple[tuple[Version, Node], ...]]


def check(pack: Pack, case_titles: Iterable[str]) -> Checked:
    """Type and check a pack. Raises PolicyError with every problem found."""
    problems: list[Problem] = []
    typed = _type_rules(pack, problems)
    problems += [*_cycles(pack, typed), *_facts(pack)]
    problems += [*_sets(pack), *_results(pack), *_values(pack), *_versions(pack), *_templates(pack), *_alerts(pack)]
    problems += [*_grounds(pack), *_readings(pack, set(case_titles))]
    if not problems:
        problems += _unused(pack, typed)
    if problems:
        raise PolicyError(problems)
    return Checked(pack, typed)


def _type_rules(pack: Pack, problems: list[Problem]) -> Typed:
    typed: Typed = {}
    taken = generated_names(pack)
    for key, rule in pack.rules.items():
        if rule.entity not in pack.entities:
            problems.append(problem(rule.where, f"没有名为 {rule.entity} 的实体", suggestion(rule.entity, pack.entities)))
            continue
        if key in pack.facts or rule.name in pack.values or rule.name in RESERVED or key in taken:
            problems.append(problem(rule.where, f"名称 {rule.name} 已被事实、值或结果占用", "换一个名称"))
        versions = [_type_version(pack, rule, version, problems) for version in rule.versions]
        typed[key] = tuple((version, node) for version, node in zip(rule.versions, versions, strict=True) if node is not None)
    return typed


def _type_version(pack: Pack, rule: Rule, version: Version, problems: list[Problem]) -> Node | None:
    try:
        node = Typer(pack, rule.entity).formula(version.formula)
    except FormulaError as error:
        problems.append(problem(version.where, f"规则 {rule.name}：{error.what}", error.do))
        return None
    if not rule.type.fits(node.type):
        what = f"规则 {rule.name} 声明为{rule.type.words()}，公式得到的是{node.type.words()}"
        problems.append(problem(version.where, what, "改正公式，或改正 kind 和 unit"))
    used = {part.op for part in _deep(node)}
    if used & ROUNDING and not rule.rounding:
        what = f"规则 {rule.name} 用了取整（{'、'.join(sorted(used & ROUNDING))}）却没有写理由"
        problems.append(problem(version.where, what, "用 rounding 写明取整的依据"))
    if used & NEEDS_READING and not version.ground.readings:
        what = f"规则 {rule.name} 用 {'、'.join(sorted(used & NEEDS_READING))} 把“不清楚”当成了确定的答案"
        problems.append(problem(version.where, what, "去掉它；若确有依据，写一条 reading 并引用"))
    return node


def _deep(node: Node) -> Iterator[Node]:
    for part in node.walk():
        yield part
        for inner in part.inner():
            yield from _deep(inner)


def references(node: Node) -> set[Key]:
    """Return the facts and rules that a formula names, those inside aggregates included."""
    return {(part.entity, part.name) for part in _deep(node) if part.op in ("name", "up")}


def _cycles(pack: Pack, typed: Typed) -> list[Problem]:
    graph = {key: {ref for _, node in versions for ref in references(node) if ref in typed}
             for key, versions in typed.items()}
    state: dict[Key, int] = {}
    found: list[Problem] = []

    def visit(start: Key) -> None:
        stack: list[tuple[Key, Iterator[Key]]] = [(start, iter(sorted(graph[start])))]
        state[start] = 1
        while stack:
            key, rest = stack[-1]
            ref = next(rest, None)
            if ref is None:
                state[key] = 2
                stack.pop()
            elif state.get(ref, 0) == 0:
                state[ref] = 1
                stack.append((ref, iter(sorted(graph[ref]))))
            elif state[ref] == 1:
                names = [item for item, _ in stack]
                loop = [".".join(item) for item in [*names[names.index(ref):], ref]]
                found.append(problem(pack.rules[ref].where, f"规则互相引用成环：{' → '.join(loop)}", "断开其中一处引用"))

    for key in sorted(graph):
        if state.get(key, 0) == 0:
            visit(key)
    return found


def _names(pack: Pack, entity: str) -> list[str]:
    return [name for owner, name in [*pack.facts, *pack.rules] if owner == entity]


def _bool_rule(pack: Pack, entity: str, name: str, where: Where, what: str) -> list[Problem]:
    found = Typer(pack, entity).own(entity, name) if entity in pack.entities else None
    if found is None:
        return [problem(where, f"{what}指向的 {entity}.{name} 不存在", suggestion(name, _names(pack, entity)))]
    if found.kind != "bool":
        return [problem(where, f"{what}指向的 {entity}.{name} 不是“是/否”", "换成 kind: bool 的规则")]
    return []


def _sets(pack: Pack) -> list[Problem]:
    found: list[Problem] = []
    collections = {entity.collection for entity in pack.entities.values()}
    for item in pack.sets.values():
        if item.name in collections:
            found.append(problem(item.where, f"集合 {item.name} 与实体的 collection 同名", "换一个名称"))
        found += _bool_rule(pack, item.of, item.condition, item.where, f"集合 {item.name} 的 where ")
    return found


def _results(pack: Pack) -> list[Problem]:
    found: list[Problem] = []
    known = {category.name for category in pack.results.categories}
    for entity, level in (("household", pack.results.household), ("person", pack.results.person)):
        for step in level.steps:
            if step.category not in known:
                found.append(problem(step.where, f"类别 {step.category} 没有在 categories 里列出", suggestion(step.category, known)))
            found += _bool_rule(pack, entity, step.when, step.where, f"类别 {step.category} 的 when ")
            found += _amount(pack, entity, step.amount, step.where) if step.amount else []
    for tag in pack.results.tags:
        found += _bool_rule(pack, tag.level, tag.when, tag.where, f"标识 {tag.name} 的 when ")
    marks = known | {tag.name for tag in pack.results.tags}
    for pair in pack.results.compatibility:
        for name in pair.these:
            if name not in marks:
                found.append(problem(pair.where, f"兼容关系里的 {name} 不是类别或标识", suggestion(name, marks)))
    for name in (*pack.results.lines, *pack.results.show):
        entity, _, short = name.rpartition(".")
        rule = pack.rules.get((entity or "household", short))
        if rule is None or rule.entity not in ("household", "person"):
            hint = suggestion(short, _names(pack, entity or "household"))
            found.append(problem(pack.results.where, f"results 里的 {name} 不是家庭或成员的规则", hint))
        elif name in pack.results.lines and rule.type.kind != "bool":
            found.append(problem(pack.results.where, f"lines 里的 {name} 不是“是/否”", "写比较两个金额的规则；其他规则放在 show"))
    return found


def _facts(pack: Pack) -> Iterator[Problem]:
    """Facts belong to entities and have names of their own; entities are dated by dates; values vary by facts."""
    taken = generated_names(pack)
    for key, fact in pack.facts.items():
        if fact.entity not in pack.entities:
            yield problem(fact.where, f"没有名为 {fact.entity} 的实体", suggestion(fact.entity, pack.entities))
        elif fact.name in pack.values or fact.name in RESERVED or key in taken:
            yield problem(fact.where, f"名称 {fact.name} 已被值、结果或语言本身占用", "换一个名称")
    for entity in pack.entities.values():
        dated_by = pack.facts.get((entity.name, entity.dated_by))
        if entity.dated_by and (dated_by is None or dated_by.type.kind != "date"):
            what = f"实体 {entity.name} 的 dated_by {entity.dated_by} 不是它的日期事实"
            yield problem(entity.where, what, suggestion(entity.dated_by, [name for owner, name in pack.facts if owner == entity.name]))
    for value in pack.values.values():
        for by in value.by:
            if ("household", by) not in pack.facts:
                yield problem(value.where, f"值 {value.name} 按 {by} 区分，但家庭没有 {by} 这个事实", f"在 facts 里声明 household 的 {by}")


def _amount(pack: Pack, entity: str, name: str, where: Where) -> list[Problem]:
    found = Typer(pack, entity).own(entity, name)
    if found is None:
        return [problem(where, f"amount 指向的 {entity}.{name} 不存在", suggestion(name, _names(pack, entity)))]
    wanted = (found.kind, found.period, found.per_person) == ("money", "month", entity == "person")
    return [] if wanted else [problem(where, f"amount 指向的 {name} 是{found.words()}", "应为每月金额（fen per month）")]


def _values(pack: Pack) -> Iterator[Problem]:
    for value in pack.values.values():
        if not value.changes:
            if not pack.abstract:
                do = f"在 {pack.name} 的 values/ 里写出，并写 overrides: true"
                yield problem(value.where, f"值 {value.name}（{value.label}）没有取值", do)
        elif value.changes[0].start > pack.start:
            first = value.changes[0]
            what = f"值 {value.name} 从 {first.start} 起才有取值，而政策包从 {pack.start} 起施行"
            yield problem(first.where, what, "补上更早的取值（查不到就写 assumed 并说明）")
        if value.type.kind == "money":
            yield from _leaps(value)


def _leaps(value: Value) -> Iterator[Problem]:
    """An amount that falls or rises a hundredfold from one day to another is yuan written for fen, or the reverse."""
    for before, after in pairwise(value.changes):
        for old, new in zip(_amounts(before.value), _amounts(after.value), strict=False):
            low, high = sorted((abs(old), abs(new)))
            if low and high >= LEAP * low:
                what = f"值 {value.name} 从 {yuan(old)} 变为 {yuan(new)}，相差 {LEAP} 倍以上，像是把元写成了分"
                yield problem(after.where, what, "金额写整数分，例如 711 元写 71100")
                break


def _amounts(table: Table) -> list[int]:
    if isinstance(table, dict):
        return [amount for key in sorted(table) for amount in _amounts(table[key])]
    return [table] if isinstance(table, int) else []


def _versions(pack: Pack) -> Iterator[Problem]:
    for rule in pack.rules.values():
        starts = [version.start for version in rule.versions if version.start is not None]
        if starts != sorted(set(starts)):
            yield problem(rule.where, f"规则 {rule.name} 的版本没有按日期从早到晚排列，或有重复", "按 from 排序")
        elif starts and starts[0] > pack.start:
            yield problem(rule.where, f"规则 {rule.name} 从 {starts[0]} 起才有版本，而政策包从 {pack.start} 起施行", "补上更早的版本")


def _templates(pack: Pack) -> Iterator[Problem]:
    for rule in pack.rules.values():
        if rule.entity not in pack.entities:
            continue
        typer = Typer(pack, rule.entity)
        for text in rule.says.values():
            stray = re.search("[{}｛｝]", PLACEHOLDER.sub("", text))
            if stray is not None:
                what = f"规则 {rule.name} 的 says 里有不成对或写错的“{stray.group()}”：{text}"
                yield problem(rule.where, what, "名称用半角花括号括住，里面只写名称，如 {annual_income}")
            for name in PLACEHOLDER.findall(text):
                owner, _, short = name.rpartition(".")
                try:
                    if owner:
                        typer.up(owner, short)
                    elif typer.own(rule.entity, short) is None and short not in pack.values and short != "day":
                        raise FormulaError(f"不认识的名称 {short}", suggestion(short, [*_names(pack, rule.entity), *pack.values]))
                except FormulaError as error:
                    yield problem(rule.where, f"规则 {rule.name} 的 says：{error.what}", error.do)


def _alerts(pack: Pack) -> Iterator[Problem]:
    for alert in pack.alerts.values():
        yield from _bool_rule(pack, alert.entity, alert.when, alert.where, f"预警 {alert.name} 的 when ")
        for name in alert.evidence:
            if (alert.entity, name) not in pack.facts and (alert.entity, name) not in pack.rules:
                yield problem(alert.where, f"预警 {alert.name} 的 evidence {name} 不存在", suggestion(name, _names(pack, alert.entity)))


def grounds(pack: Pack) -> Iterator[tuple[str, str, Ground, Where, str]]:
    """Yield sort, name, ground, place and pack of everything that cites a clause or a reading."""
    for value in pack.values.values():
        yield "值", value.name, value.ground, value.where, value.pack
    for rule in pack.rules.values():
        for version in rule.versions:
            yield "规则", f"{rule.entity}.{rule.name}", version.ground, version.where, rule.pack
    for item in pack.sets.values():
        yield "集合", item.name, item.ground, item.where, item.pack
    results = pack.results
    for step in (*results.household.steps, *results.person.steps):
        yield "结果", step.category, step.ground, step.where, results.pack
    for word, rows in (("类别", results.categories), ("标识", results.tags)):
        for row in rows:
            yield word, row.name, row.ground, row.where, results.pack
    for pair in results.compatibility:
        yield "兼容关系", "、".join(pair.these), pair.ground, pair.where, results.pack
    for level in (results.household, results.person):
        yield "选择方式", level.choose, level.ground, level.where, results.pack
    for entry in pack.process.values():
        yield "流程", f"{entry.section}.{entry.name}", entry.ground, entry.where, entry.pack
    for alert in pack.alerts.values():
        yield "预警", alert.name, alert.ground, alert.where, alert.pack


def _grounds(pack: Pack) -> Iterator[Problem]:
    cited: set[str] = set()
    for word, name, ground, where, _ in grounds(pack):
        cited.update(ground.clauses)
        for clause in ground.clauses:
            if clause not in pack.clauses:
                yield problem(where, f"{word} {name} 引用的条款 {clause} 不存在", suggestion(clause, pack.clauses))
        for reading in ground.readings:
            if reading not in pack.readings:
                yield problem(where, f"{word} {name} 引用的读法 {reading} 不存在", suggestion(reading, pack.readings))
    for item in pack.clauses.values():
        if item.pack == pack.name and item.kind != "organisational" and item.id not in cited:
            what = f"条款 {item.id}（{item.article}）可计算或属流程，却没有规则、值、流程项或预警对应"
            yield problem(item.where, what, "写出对应的规则或流程项并引用它；若确属组织事项，改 kind 并写 why")


def _readings(pack: Pack, titles: set[str]) -> Iterator[Problem]:
    cited = {name for _, _, ground, _, _ in grounds(pack) for name in ground.readings}
    cited |= {name for ground in pack.overridden for name in ground.readings}
    for reading in pack.readings.values():
        for clause in reading.clauses:
            if clause not in pack.clauses:
                yield problem(reading.where, f"读法 {reading.id} 的条款 {clause} 不存在", suggestion(clause, pack.clauses))
        if reading.pack != pack.name:
            continue
        if reading.id not in cited:
            yield problem(reading.where, f"读法 {reading.id} 没有被任何规则、值或流程项引用", "在用到它的地方写 reading，或删去")
        if not reading.tested_by:
            yield problem(reading.where, f"读法 {reading.id} 没有用例验证边界", "在 tested_by 写上用例的标题")
        for title in reading.tested_by:
            if title not in titles:
                yield problem(reading.where, f"读法 {reading.id} 的用例“{title}”不存在", suggestion(title, titles))


def roots(pack: Pack) -> set[Key]:
    """Return the names that results, tags, lines and alerts ask for."""
    found: set[Key] = set()
    for entity, level in (("household", pack.results.household), ("person", pack.results.person)):
        for step in level.steps:
            found |= {(entity, step.when)} | ({(entity, step.amount)} if step.amount else set())
    found |= {(tag.level, tag.when) for tag in pack.results.tags}
    for name in (*pack.results.lines, *pack.results.show):
        entity, _, short = name.rpartition(".")
        found.add((entity or "household", short))
    for alert in pack.alerts.values():
        found |= {(alert.entity, alert.when)} | {(alert.entity, name) for name in alert.evidence}
    return found


def _unused(pack: Pack, typed: Typed) -> Iterator[Problem]:
    reached: set[Key] = set()
    waiting = list(roots(pack))
    while waiting:
        key = waiting.pop()
        if key in reached:
            continue
        reached.add(key)
        for _, node in typed.get(key, ()):
            waiting.extend(references(node))
        if key in pack.rules:
            waiting.extend(_spoken(pack.rules[key]))
    for key, rule in pack.rules.items():
        if rule.pack == pack.name and key not in reached:
            yield problem(rule.where, f"规则 {rule.entity}.{rule.name} 没有人用", "在结果、其他规则或预警里用上它，或删去")


def _spoken(rule: Rule) -> Iterator[Key]:
    for text in rule.says.values():
        for name in PLACEHOLDER.findall(text):
            owner, _, short = name.rpartition(".")
            yield (owner or rule.entity, short)
