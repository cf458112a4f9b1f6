"""The SQL stages: quoted names, no table read after it is dropped, and no column that nobody asked for."""

from __future__ import annotations

import re

import pytest

from doudi.policy import api
from doudi.policy.run.lowering import dialect
from doudi.policy.run.plan import Plan
from doudi.policy.terms.errors import NoAnswer


@pytest.fixture(params=["duckdb", "spark"])
def plan(request: pytest.FixtureRequest, toy) -> Plan:
    return api.sql_plan(toy.load(), day=toy.day, dialect=request.param)


class TestStages:
    def test_read_only_inputs_and_what_was_made_and_not_dropped(self, plan: Plan) -> None:
        there = set(plan.inputs)
        for stage in plan.stages:
            assert set(stage.reads) <= there, stage.name
            there.add(stage.name)
            there -= set(stage.drops)

    def test_never_drop_a_result_or_an_input(self, plan: Plan) -> None:
        dropped = {name for stage in plan.stages for name in stage.drops}
        assert dropped.isdisjoint(plan.results.values())
        assert dropped.isdisjoint(plan.inputs)

    def test_leave_only_results_behind(self, plan: Plan) -> None:
        left = {stage.name for stage in plan.stages} - {name for stage in plan.stages for name in stage.drops}
        assert left == set(plan.results.values())

    def test_drop_nothing_twice(self, plan: Plan) -> None:
        dropped = [name for stage in plan.stages for name in stage.drops]
        assert len(dropped) == len(set(dropped))

    def test_name_every_table_they_read_in_quotes(self, plan: Plan) -> None:
        mark = "`" if plan.dialect == "spark" else '"'
        for stage in plan.stages:
            assert all(f"{mark}{name}{mark}" in stage.sql for name in stage.reads), stage.name

    def test_quote_every_fact_and_rule(self, plan: Plan) -> None:
        mark = "`" if plan.dialect == "spark" else '"'
        text = " ".join(stage.sql for stage in plan.stages)
        for name in ("area_kind", "annual_income", "severe_illness", "received_on"):
            assert f"{mark}{name}{mark}" in text
            assert re.findall(rf"(?<![\w{mark}]){name}(?![\w{mark}])", text) == []

    def test_hold_no_division_and_no_decimal(self, plan: Plan) -> None:
        for stage in plan.stages:
            assert " / " not in stage.sql
            assert "double" not in stage.sql.lower()
            assert "decimal" not in stage.sql.lower()


class TestColumns:
    def test_inputs_hold_only_what_is_asked(self, toy) -> None:
        inputs = api.sql_plan(toy.load(), day=toy.day).inputs
        assert {entity: {column.name for column in table.columns} for entity, table in inputs.items()} == {
            "household": {"area_kind", "housing_safe"}, "person": {"birth", "lives_together", "severe_illness"},
            "income": {"amount", "received_on"}}

    def test_a_list_that_matters_brings_its_flag(self, toy) -> None:
        inputs = api.sql_plan(toy.load(), day=toy.day).inputs
        assert inputs["person"].asked == ("incomes_asked",)

    def test_optional_facts_may_be_null(self, toy) -> None:
        columns = {column.name: column.optional for column in api.sql_plan(toy.load(), day=toy.day).inputs["household"].columns}
        assert columns == {"area_kind": False, "housing_safe": True}

    def test_results_hold_categories_steps_tags_lines_and_what_is_shown(self, toy) -> None:
        outputs = api.sql_plan(toy.load(), day=toy.day).outputs
        assert [column.name for column in outputs["person"]] == [
            "category", "category_as", "category_amount", "person_step_1", "person_step_2", "single", "age"]
        assert {"below_standard", "below_edge", "income_per_head"} <= {column.name for column in outputs["household"]}

    def test_a_rule_that_is_asked_for_is_added(self, toy) -> None:
        plan = api.sql_plan(toy.load(), day=toy.day, outputs={"person": ["yearly_income", "level"]})
        assert {"yearly_income", "level"} <= {column.name for column in plan.outputs["person"]}
        assert "level" in {column.name for column in plan.inputs["person"].columns}

    def test_an_unknown_output_is_refused_with_the_nearest(self, toy) -> None:
        with pytest.raises(NoAnswer, match="person 没有 yearly_incom。是不是想写 yearly_income"):
            api.sql_plan(toy.load(), day=toy.day, outputs={"person": ["yearly_incom"]})

    def test_an_unknown_dialect_is_refused(self) -> None:
        with pytest.raises(ValueError, match="没有名为 mysql 的方言，可用：duckdb spark"):
            dialect("mysql")

    def test_a_text_in_a_pack_stays_a_text_in_sql(self, toy) -> None:
        files = toy.changed("rules/facts.yaml", "{none: 无,", '{"x\'); drop table person; --": 坏, none: 无,')
        rule = toy.rule("level = 'x''); drop table person; --'", entity="person")
        plan = api.sql_plan(toy.load({**files, **rule}), day=toy.day, outputs={"person": ["asked"]})
        assert "'x''); drop table person; --'" in plan.stages[0].sql

    def test_the_digest_moves_with_a_value(self, toy) -> None:
        plain = api.sql_plan(toy.load(), day=toy.day)
        tried = api.sql_plan(toy.load(), day=toy.day, set_values={"edge_ratio": 20_000})
        assert plain.digest != tried.digest
        assert plain.digest == api.sql_plan(toy.load(), day=toy.day).digest
