"""Many families: the rules of a pack as named stages, each one SELECT, alternating between persons and households."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from doudi.policy.pack.day import DayPack, Key
from doudi.policy.run.aggregates import AggregateSql, Joined, shared_filter
from doudi.policy.run.graph import Graph, parts
from doudi.policy.run.lowering import Dialect, Lowering, dialect
from doudi.policy.terms.errors import NoAnswer, Where, problem, suggestion
from doudi.policy.terms.tree import Aggregate, Node

KEYS = {"household": ("household_id",), "person": ("person_id", "household_id")}
FOREVER = 10**6


@dataclass(frozen=True)
class InputColumn:
    """A column of an input table; optional ones may hold NULL for unknown."""

    name: str
    kind: str
    optional: bool


@dataclass(frozen=True)
class InputTable:
    """A table that the stages read: keys, facts, and flags `<collection>_asked`."""

    entity: str
    columns: tuple[InputColumn, ...]
    key: str
    parent_key: str
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """Create a table `name` from `sql`, which reads the tables in `reads`; then drop the tables in `drops`."""

    name: str
    entity: str
    sql: str
    reads: tuple[str, ...]
    drops: tuple[str, ...]


@dataclass(frozen=True)
class OutputColumn:
    """A column of a result table."""

    name: str
    kind: str
    unit: str
    label: str


@dataclass(frozen=True)
class Plan:
    """Input tables by entity (named as the entity), stages in order, and the result tables by entity."""

    dialect: str
    inputs: dict[str, InputTable]
    stages: tuple[Stage, ...]
    results: dict[str, str]
    outputs: dict[str, tuple[OutputColumn, ...]]

    @property
    def digest(self) -> str:
        """Digest of everything the stages do."""
        return hashlib.sha256("\n".join(f"{stage.name}: {stage.sql}" for stage in self.stages).encode()).hexdigest()


def compile_plan(pack: DayPack, dialect_name: str, outputs: Mapping[str, Iterable[str]]) -> Plan:
    """Compile a pack on a day. `outputs` adds facts or rules by entity. Raises NoAnswer for an unknown one."""
    wanted = default_outputs(pack)
    for entity, names in outputs.items():
        for name in names:
            key = (entity, name)
            if key not in pack.nodes and key not in pack.pack.facts:
                known = [item for owner, item in [*pack.nodes, *pack.pack.facts] if owner == entity]
                raise NoAnswer([problem(Where("outputs", 1), f"{entity} 没有 {name}", suggestion(name, known))])
            if key not in wanted:
                wanted.append(key)
    graph = Graph(pack)
    graph.need(wanted)
    return _Compiler(graph, dialect(dialect_name), wanted).plan()


def default_outputs(pack: DayPack) -> list[Key]:
    """Return categories, amounts, step conditions, tags, lines and shown rules."""
    results = pack.pack.results
    found: list[Key] = []
    for entity, level in (("household", results.household), ("person", results.person)):
        found += [(entity, name) for name in ("category", "category_as", "category_amount")]
        found += [(entity, f"{entity}_step_{number}") for number in range(1, len(level.steps) + 1)]
    found += [(tag.level, tag.when) for tag in results.tags]
    for name in (*results.lines, *results.show):
        entity, _, short = name.rpartition(".")
        found.append((entity or "household", short))
    return list(dict.fromkeys(found))


@dataclass
class _Compiler:
    graph: Graph
    speech: Dialect
    wanted: list[Key]
    tables: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    uses: dict[Key, set[tuple[int, str]]] = field(default_factory=dict)
    sides: set[str] = field(default_factory=set)

    def plan(self) -> Plan:
        self._note_uses()
        stages: list[Stage] = []
        levels = sorted({self.graph.levels[key] for key in self.graph.order if self.graph.is_table(key[0])})
        for level in levels:
            made = []
            for entity in ("person", "household"):
                keys = [key for key in self.graph.order if key[0] == entity and self.graph.levels[key] == level]
                if keys:
                    stage = _StageBuilder(self, entity, level, keys).stage()
                    stages.append(stage)
                    if self.is_side(entity, level):
                        self.sides.add(stage.name)
                    made.append((entity, level, stage.name))
            for entity, number, name in made:
                self.tables.setdefault(entity, []).append((number, name))
        results = {entity: self.table_of(entity, FOREVER) for entity in ("household", "person")}
        read = {name for stage in stages for name in stage.reads}
        return Plan(self.speech.name, self._inputs(read), _with_drops(stages, set(results.values())), results, self._outputs())

    def table_of(self, entity: str, level: int, *, own: bool = True) -> str:
        """Return the newest table of an entity whose level is at most `level`: the input if none.

        The entity's own later stages (`own`) pass by side tables, which hold only what other entities read.
        """
        found = [name for number, name in self.tables.get(entity, []) if number <= level and not (own and name in self.sides)]
        return found[-1] if found else entity

    def next_level(self, entity: str, level: int) -> int:
        """Return the level of an entity's next stage."""
        levels = (self.graph.levels[key] for key in self.graph.order if key[0] == entity)
        return min((number for number in levels if number > level), default=FOREVER)

    def is_side(self, entity: str, level: int) -> bool:
        """Tell whether a stage computes only what other entities read before the entity's next stage."""
        following = self.next_level(entity, level)
        made = [key for key in self.graph.order if key[0] == entity and self.graph.levels[key] == level]
        later = [use for key in made for use in self.uses.get(key, ()) if use[0] > level]
        return all(reader != entity and number <= following for number, reader in later)

    def keeps(self, entity: str, level: int) -> list[str]:
        """Return the names that a table of this level must hold for later readers."""
        side, following = self.is_side(entity, level), self.next_level(entity, level)
        return [name for (owner, name), uses in self.uses.items()
                if owner == entity and self.graph.levels.get((owner, name), -1) <= level
                and any(level < number and (not side or (reader != entity and number <= following)) for number, reader in uses)]

    def _note_uses(self) -> None:
        for key in self.wanted:
            self._use(key, FOREVER, key[0])
        for key in self.graph.order:
            if self.graph.is_table(key[0]):
                self._note(self.graph.nodes[key], key[0], self.graph.levels[key])

    def _use(self, key: Key, level: int, reader: str) -> None:
        self.uses.setdefault(key, set()).add((level, reader))

    def _note(self, node: Node, entity: str, level: int) -> None:
        for part in parts(node):
            if part.op in ("name", "up"):
                self._use((part.entity, part.name), level, entity)
            if part.aggregate is not None:
                asked = self.graph.asked_column(part.aggregate)
                if asked is not None:
                    self._use((entity, asked), level, entity)
                self._note_children(part.aggregate, entity, level)

    def _note_children(self, found: Aggregate, entity: str, level: int) -> None:
        inner = [node for node in (found.expression, found.filter) if node is not None]
        seen: set[Key] = set()
        while inner:
            for part in parts(inner.pop()):
                key = (part.entity, part.name)
                if part.op in ("name", "up") and key not in seen:
                    seen.add(key)
                    self._use(key, level, entity)
                    if part.op == "name" and not self.graph.is_table(part.entity) and key in self.graph.nodes:
                        node = self.graph.nodes[key]
                        inner.append(node)
        if found.kind == "latest_of":
            self._use((found.entity, self.graph.pack.pack.entities[found.entity].dated_by), level, entity)

    def _inputs(self, read: set[str]) -> dict[str, InputTable]:
        found: dict[str, InputTable] = {}
        for entity, item in self.graph.pack.pack.entities.items():
            columns = [InputColumn(name, fact.type.kind, fact.optional) for (owner, name), fact in self.graph.pack.pack.facts.items()
                       if owner == entity and (owner, name) in self.uses]
            asked = [name for owner, name in self.uses
                     if owner == entity and name.endswith("_asked") and (owner, name) not in self.graph.levels]
            if entity in read or self.graph.is_table(entity):
                key = f"{entity}_id" if self.graph.is_table(entity) else f"{entity}_seq"
                parent_key = f"{item.parent}_id" if item.parent else ""
                found[entity] = InputTable(entity, tuple(columns), key, parent_key, tuple(asked))
        return found

    def _outputs(self) -> dict[str, tuple[OutputColumn, ...]]:
        found: dict[str, list[OutputColumn]] = {"household": [], "person": []}
        for entity, name in self.wanted:
            type_ = self.graph.pack.type_of((entity, name))
            label = self.graph.pack.labels.get((entity, name)) or self.graph.pack.pack.facts[entity, name].label
            found[entity].append(OutputColumn(name, type_.kind, type_.period, label))
        return {entity: tuple(columns) for entity, columns in found.items()}


def _with_drops(stages: list[Stage], results: set[str]) -> tuple[Stage, ...]:
    made = {stage.name for stage in stages}
    last: dict[str, int] = {}
    for number, stage in enumerate(stages):
        for name in (*stage.reads, stage.name):
            last[name] = number
    found = []
    for number, stage in enumerate(stages):
        drops = tuple(sorted(name for name, end in last.items() if end == number and name in made and name not in results))
        found.append(Stage(stage.name, stage.entity, stage.sql, stage.reads, drops))
    return tuple(found)


class _StageBuilder:
    """Writes the SELECT of one stage: base table, parent's columns, grouped children, then rules in chained selects."""

    def __init__(self, compiler: _Compiler, entity: str, level: int, keys: list[Key]) -> None:
        self.compiler = compiler
        self.graph = compiler.graph
        self.speech = compiler.speech
        self.entity = entity
        self.level = level
        self.keys = keys
        self.reads: list[str] = []
        self.ups: dict[Key, str] = {}
        self.children: dict[str, list[tuple[Aggregate, dict[str, str]]]] = {}
        self.lowering = Lowering(self.speech, self._column, self.graph.unknowable)

    def q(self, name: str) -> str:
        """Return a quoted name."""
        return self.speech.quote(name)

    def _read(self, entity: str) -> str:
        name = self.compiler.table_of(entity, self.level - 1, own=entity == self.entity)
        if name not in self.reads:
            self.reads.append(name)
        return self.q(name)

    def stage(self) -> Stage:
        """Return the stage."""
        rules = [(key[1], self.lowering.text(self.graph.nodes[key])) for key in self.keys]
        keeps = self.compiler.keeps(self.entity, self.level)
        base = self._base(keeps)
        sql = base
        for group in _depths(self.graph, self.keys):
            chosen = [(name, text) for name, text in rules if name in group]
            sql = f"select *, {', '.join(f'{text} as {self.q(name)}' for name, text in chosen)}\nfrom ({sql}) as s"
        columns = [self.q(name) for name in dict.fromkeys((*KEYS[self.entity], *keeps))]
        sql = f"select {', '.join(columns)}\nfrom ({sql}) as r"
        return Stage(f"{self.entity}_{self.level}", self.entity, sql, tuple(self.reads), ())

    def _base(self, keeps: list[str]) -> str:
        own = set(keeps) | {name for key in self.keys for name in self._own_names(self.graph.nodes[key])}
        made = {name for _, name in self.keys}
        columns = [f"b.{self.q(name)}" for name in (*KEYS[self.entity], *sorted(own - made))]
        joins = []
        if self.ups:
            parent = self.graph.parent(self.entity)
            columns += [f"u.{self.q(name)} as {self.q(alias)}" for (_, name), alias in self.ups.items()]
            joins.append(f"join {self._read(parent)} as u on u.{self.q(parent + '_id')} = b.{self.q(parent + '_id')}")
        for child, found in self.children.items():
            key = self.q(f"{self.entity}_id")
            columns += [f"c_{child}.{name}" for _, names in found for name in names.values()]
            columns.append(f"c_{child}.{key} as {self.q(child + '_found')}")
            joins.append(f"left join ({self._grouped(child, found)}) as c_{child} on c_{child}.{key} = b.{key}")
        return f"select {', '.join(columns)}\nfrom {self._read(self.entity)} as b\n" + "\n".join(joins)

    def _own_names(self, node: Node) -> set[str]:
        found = {part.name for part in parts(node) if part.op == "name"}
        for part in parts(node):
            if part.aggregate is not None:
                asked = self.graph.asked_column(part.aggregate)
                found |= {asked} if asked is not None else set()
        return found

    def _column(self, node: Node) -> str:
        if node.op == "name":
            return self.q(node.name)
        if node.op == "up":
            key = (node.entity, node.name)
            self.ups.setdefault(key, f"{node.entity}__{node.name}__up")
            return self.q(self.ups[key])
        found = node.aggregate
        assert found is not None
        names = self._aggregate_names(found)
        default = self.lowering.text(found.default) if found.default is not None else None
        asked = self.graph.asked_column(found)
        writer = AggregateSql(self.graph, self.speech, lambda inner: "")
        joined = Joined(self.q(asked) if asked is not None else None, self.q(f"{found.entity}_found"), default)
        return writer.finished(found, names, joined, open_=writer.open(found, self._dated_by(found.entity)))

    def _aggregate_names(self, found: Aggregate) -> dict[str, str]:
        known = self.children.setdefault(found.entity, [])
        for item, names in known:
            if item == found:
                return names
        roles = self._grouped_columns(found)
        names = {role: self.q(f"{found.entity}_{len(known)}_{role}") for role in roles}
        known.append((found, names))
        return names

    def _dated_by(self, entity: str) -> str:
        return self.graph.pack.pack.entities[entity].dated_by

    def _grouped_columns(self, found: Aggregate) -> dict[str, str]:
        child = _ChildScope(self, found.entity)
        sequence = self.q(f"{found.entity}_id" if self.graph.is_table(found.entity) else f"{found.entity}_seq")
        return AggregateSql(self.graph, self.speech, child.text).grouped(found, dated_by=self._dated_by(found.entity), sequence=sequence)

    def _grouped(self, child: str, found: list[tuple[Aggregate, dict[str, str]]]) -> str:
        key = self.q(f"{self.entity}_id")
        scope = _ChildScope(self, child)
        shared, items = shared_filter(self.graph, [item for item, _ in found])
        columns = [f"{text} as {names[role]}" for item, (_, names) in zip(items, found, strict=True)
                   for role, text in self._grouped_columns(item).items()]
        where = f" where {' and '.join(scope.text(part) for part in shared)}" if shared else ""
        source = scope.source([*items, *(Aggregate("count_of", child, "", None, part, None) for part in shared)])
        return f"select {key}, {', '.join(columns)} from {source} as g{where} group by {key}"


class _ChildScope:
    """Prints expressions over children: persons are a table, records an inline select that computes their rules."""

    def __init__(self, builder: _StageBuilder, entity: str) -> None:
        self.builder = builder
        self.graph = builder.graph
        self.entity = entity
        self.lowering = Lowering(builder.speech, self._column, self.graph.unknowable)

    def text(self, node: Node) -> str:
        """Return the SQL of a node in the child's scope."""
        return self.lowering.text(node)

    def _column(self, node: Node) -> str:
        return self.builder.q(node.name if node.op == "name" else f"{node.entity}__{node.name}__up")

    def source(self, found: list[Aggregate]) -> str:
        """Return what to select the children from."""
        names, ups = self._needs(found)
        if self.graph.is_table(self.entity) and not ups:
            return self.builder._read(self.entity)
        return f"({self._inline(names, ups)})"

    def _needs(self, found: list[Aggregate]) -> tuple[list[Key], set[Key]]:
        """Return the child's own names in dependency order and the parent's names that expressions use."""
        names: set[Key] = set()
        ups: set[Key] = set()
        waiting = [node for item in found for node in (item.expression, item.filter) if node is not None]
        for item in found:
            if item.kind == "latest_of":
                names.add((item.entity, self.graph.pack.pack.entities[item.entity].dated_by))
        while waiting:
            for part in parts(waiting.pop()):
                key = (part.entity, part.name)
                if part.op == "up":
                    ups.add(key)
                elif part.op == "name" and key not in names:
                    names.add(key)
                    if key in self.graph.nodes and not self.graph.is_table(self.entity):
                        waiting.append(self.graph.nodes[key])
        rules = [key for key in self.graph.order if key in names]
        return sorted(names - set(rules)) + rules, ups

    def _inline(self, names: list[Key], ups: set[Key]) -> str:
        q, builder = self.builder.q, self.builder
        computed = [] if self.graph.is_table(self.entity) else [key for key in names if key in self.graph.nodes]
        plain = [key[1] for key in names if key not in computed]
        keys = ("person_id", "household_id") if self.entity == "person" else (f"{builder.entity}_id", f"{self.entity}_seq")
        columns = [f"e.{q(name)}" for name in dict.fromkeys((*keys, *plain))]
        join = ""
        if ups:
            columns += [f"{'u' if entity == builder.entity else 'g'}.{q(name)} as {q(f'{entity}__{name}__up')}"
                        for entity, name in sorted(ups)]
            join = self._ancestors({entity for entity, _ in ups})
        sql = f"select {', '.join(columns)} from {builder._read(self.entity)} as e{join}"
        for group in _depths(self.graph, computed):
            texts = [f"{self.text(self.graph.nodes[key])} as {q(key[1])}" for key in computed if key[1] in group]
            sql = f"select *, {', '.join(texts)} from ({sql}) as i"
        return sql

    def _ancestors(self, entities: set[str]) -> str:
        """Return the joins that give a record what its owner (u) and the owner's household (g) know."""
        key = self.builder.q(f"{self.builder.entity}_id")
        join = f" join {self.builder._read(self.builder.entity)} as u on u.{key} = e.{key}"
        for entity in sorted(entities - {self.builder.entity}):
            far = self.builder.q(f"{entity}_id")
            join += f" join {self.builder._read(entity)} as g on g.{far} = u.{far}"
        return join


def _depths(graph: Graph, keys: list[Key]) -> list[set[str]]:
    """Group rules so that each group only uses earlier groups."""
    depth: dict[Key, int] = {}
    chosen = set(keys)
    for key in keys:
        refs = {(part.entity, part.name) for part in parts(graph.nodes[key]) if part.op == "name"}
        depth[key] = 1 + max((depth[ref] for ref in refs if ref in chosen and ref in depth), default=0)
    return [{key[1] for key in keys if depth[key] == number} for number in range(1, max(depth.values(), default=0) + 1)]
