"""From department tables to facts: who is believed, what silence means, what stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from doudi.hub.engines.duckdb_engine import DuckDBEngine
from doudi.hub.runs.facts import FactSet, NoPopulation, build_facts

DAY = date(2025, 10, 31)
WANG = "990181195003074217"  # head, 75
LIU = "990181195203074226"  # wife, 73
SON = "990181198003074238"  # son, 45
BOY = "990181201503074231"  # grandson, 10

Rows = list[dict[str, object]]
Content = Mapping[str, Mapping[str, Rows]]


def one(number: str, name: str, relation: str, **more: object) -> dict[str, object]:
    told = {"identity_number": number, "name": name, "relation": relation, "household_number": "7", "hukou_type": "rural"}
    return told | {"area": "石桥村", "town": "990181101000"} | more


FAMILY = [one(WANG, "王大山", "head", marital_status="married"), one(LIU, "刘桂英", "spouse"), one(SON, "王小山", "child")]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=2, scratch=tmp_path / "scratch")
    yield opened
    opened.close()


@pytest.fixture
def built(engine: DuckDBEngine, fill_store: Any) -> Callable[[Content], FactSet]:
    def build(content: Content) -> FactSet:
        population: Content = {"population": {"2025-10": FAMILY}}
        return build_facts(engine, fill_store({**population, **content}), day=DAY)

    return build


def rows(found: FactSet, entity: str) -> list[dict[str, Any]]:
    return pq.read_table(found.tables / entity).to_pylist()


def person(found: FactSet, number: str) -> dict[str, Any]:
    return next(row for row in rows(found, "person") if row["person_id"] == number)


def named(number: str, **more: object) -> dict[str, object]:
    return {"identity_number": number, "name": "某某", **more}


class TestFamilies:
    def test_the_register_makes_the_household(self, built: Any) -> None:
        found = built({})
        assert [row["household_id"] for row in rows(found, "household")] == ["H7"]
        assert {row["person_id"] for row in rows(found, "person")} == {WANG, LIU, SON}
        assert person(found, LIU)["relation"] == "spouse"
        assert person(found, WANG)["birth"] == date(1950, 3, 7)
        assert person(found, LIU)["sex"] == "female"

    def test_a_household_without_a_number_is_not_named_by_its_heads_identity_number(self, built: Any) -> None:
        people = [{**row, "household_number": None, "head_identity_number": WANG} for row in FAMILY]
        homes = rows(built({"population": {"2025-10": people}}), "household")
        assert len(homes) == 1
        assert WANG not in homes[0]["household_id"]

    def test_an_enrolment_ledger_moves_a_person_into_the_family_of_its_head(self, built: Any) -> None:
        boy = one(BOY, "王小宝", "head", household_number="9")
        ledger = [named(number, head_identity_number=WANG, relation=relation, area_kind="rural") for number, relation in
                  [(WANG, "head"), (BOY, "grandchild")]]  # fmt: skip
        found = built({"population": {"2025-10": [*FAMILY, boy]}, "edge_enrolment": {"2025-10": ledger}})
        assert (person(found, BOY)["household_id"], person(found, BOY)["relation"]) == ("H7", "grandchild")
        assert [row["household_id"] for row in rows(found, "household")] == ["H7"]

    def test_a_person_enrolled_alone_stays_in_the_family(self, built: Any) -> None:
        alone = named(SON, head_identity_number=SON, relation="head", area_kind="rural", single_person=True)
        found = built({"dibao_enrolment": {"2025-10": [alone]}})
        assert person(found, SON)["household_id"] == "H7"
        assert rows(found, "household")[0]["previous_category"] == "none"

    def test_a_village_is_called_by_its_name_where_the_table_of_areas_knows_it(self, engine: DuckDBEngine, fill_store: Any) -> None:
        people = [row | {"area": code} for row, code in zip(FAMILY, ["990181101200", "990181101201", None], strict=True)]
        store = fill_store({"population": {"2025-10": [people[0] | {"household_number": "8"}, people[1] | {"relation": "head"}]}})
        (store.folder / "areas.csv").write_text("代码,名称\n990181101200,石桥村\n", encoding="utf-8-sig")
        found = build_facts(engine, store, day=DAY)
        assert found.names is not None
        told = {row["person_id"]: row["village"] for row in pq.read_table(found.names).to_pylist()}
        assert told == {WANG: "石桥村", LIU: "990181101201"}

    def test_a_household_without_a_standing_waits(self, built: Any) -> None:
        unclear = [{**row, "hukou_type": None} for row in FAMILY]
        found = built({"population": {"2025-10": unclear}})
        assert found.waiting == 1
        assert rows(found, "household") == []
        assert pq.read_table(found.tables.parent / "not_ready.parquet").column("label").to_pylist() == ["城乡类别"]

    def test_no_register_is_refused(self, engine: DuckDBEngine, fill_store: Any) -> None:
        with pytest.raises(NoPopulation):
            build_facts(engine, fill_store({"school_roll": {"2025-10": [named(BOY, roll_number="1", state="enrolled")]}}), day=DAY)


class TestSilence:
    def test_a_register_that_arrived_and_does_not_name_you_says_no(self, built: Any) -> None:
        found = built({"disability_certificates": {"2025-10": [named(SON, disability_type="mental", disability_level="3")]}})
        assert (person(found, SON)["disability_type"], person(found, SON)["disability_level"]) == ("mental", "3")
        assert (person(found, WANG)["disability_type"], person(found, WANG)["disability_level"]) == ("none", "none")

    def test_a_register_that_never_arrived_leaves_it_unknown(self, built: Any) -> None:
        assert person(built({}), WANG)["disability_level"] is None
        assert person(built({}), WANG)["in_prison"] is None

    def test_a_register_of_two_years_ago_has_not_arrived(self, built: Any) -> None:
        found = built({"disability_certificates": {"2023-10": [named(SON, disability_type="mental", disability_level="3")]}})
        assert person(found, SON)["disability_level"] is None

    def test_a_cancelled_certificate_is_none(self, built: Any) -> None:
        row = named(SON, disability_type="mental", disability_level="1", state="cancelled")
        assert person(built({"disability_certificates": {"2025-10": [row]}}), SON)["disability_level"] == "none"

    def test_who_died_is_dead(self, built: Any) -> None:
        found = built({"deaths": {"2025-06": [named(LIU, died_on=date(2025, 5, 1))], "2025-10": [named(SON, died_on=date(2025, 11, 9))]}})
        assert person(found, LIU)["deceased"] is True
        assert person(found, SON)["deceased"] is False

    def test_property_is_asked_for_when_all_registers_have_arrived(self, built: Any) -> None:
        registers: Content = {"vehicles": {"2025-10": []}, "real_estate": {"2025-10": []}, "business_registration": {"2025-10": []}}
        assert person(built(registers), WANG)["assets_asked"] is False
        assert person(built({**registers, "bank_totals": {"2025-10": []}}), WANG)["assets_asked"] is True


DEPARTMENTS: Content = {
    "employment_contributions": {"2025-10": []}, "pension_enterprise": {"2025-10": []},
    "pension_government": {"2025-10": []}, "pension_resident": {"2025-10": []},
}  # fmt: skip


def amounts(found: FactSet, number: str) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in rows(found, "income"):
        if row["person_id"] == number:
            totals[row["kind"]] = totals.get(row["kind"], 0) + row["amount"]
    return totals


class TestIncomes:
    def test_a_monthly_pension_is_twelve_months_the_basic_part_apart(self, built: Any) -> None:
        pension = named(WANG, monthly_amount=23_300, basic_part=14_300, account_part=9_000, start_month=date(2015, 1, 1))
        found = built({**DEPARTMENTS, "pension_resident": {"2025-10": [pension]}})
        assert amounts(found, WANG) == {"basic_pension": 12 * 14_300, "pension": 12 * 9_000}
        assert person(found, WANG)["incomes_asked"] is True

    def test_what_began_in_spring_counts_from_spring(self, built: Any) -> None:
        work = named(SON, employer="石桥砖厂", state="paying", insured_as="employee", base=400_000, start_month=date(2025, 4, 1))
        found = built({**DEPARTMENTS, "employment_contributions": {"2025-10": [work]}})
        assert amounts(found, SON) == {"wage": 7 * 400_000}
        assert person(found, SON)["employed"] is True

    def test_each_month_is_told_by_its_own_file(self, built: Any) -> None:
        def paid(base: int) -> Rows:
            return [named(SON, employer="石桥砖厂", state="paying", base=base, start_month=date(2020, 1, 1))]

        files = {"2025-09": paid(300_000), "2025-10": paid(400_000)}
        found = built({**DEPARTMENTS, "employment_contributions": files})
        assert amounts(found, SON) == {"wage": 11 * 300_000 + 400_000}

    def test_flexible_contributions_tell_no_income(self, built: Any) -> None:
        work = named(SON, employer="个人", state="paying", insured_as="flexible", base=400_000)
        found = built({**DEPARTMENTS, "employment_contributions": {"2025-10": [work]}})
        assert amounts(found, SON) == {}
        assert person(found, SON)["incomes_asked"] is False

    def test_the_larger_of_declared_and_known_counts_not_both(self, built: Any) -> None:
        work = named(SON, employer="石桥砖厂", state="paying", base=300_000, start_month=date(2020, 1, 1))
        declared = [
            named(SON, head_identity_number=WANG, income_kind="wage", item_name="务工", amount=350_000, period="month"),
            named(WANG, head_identity_number=WANG, income_kind="business", item_name="养鱼", amount=500_000, period="year"),
        ]
        found = built({**DEPARTMENTS, "employment_contributions": {"2025-10": [work]}, "declared_income": {"2025-10": declared}})
        assert amounts(found, SON) == {"wage": 12 * 350_000}
        assert amounts(found, WANG) == {"business": 500_000}
        assert person(found, LIU)["incomes_asked"] is True

    def test_months_declared_are_the_months_counted(self, built: Any) -> None:
        declared = [named(SON, head_identity_number=WANG, income_kind="wage", item_name="务工", amount=350_000, period="month", months=8)]
        found = built({**DEPARTMENTS, "declared_income": {"2025-10": declared}})
        assert amounts(found, SON) == {"wage": 8 * 350_000}

    def test_what_a_family_declared_last_stands(self, built: Any) -> None:
        def said(amount: int) -> Rows:
            return [named(SON, head_identity_number=WANG, income_kind="wage", item_name="务工", amount=amount, period="year")]

        others = [named(BOY, head_identity_number=BOY, income_kind="wage", item_name="务工", amount=1, period="year")]
        months = {"2024-12": said(100), "2025-03": said(200), "2025-10": others}
        assert amounts(built({**DEPARTMENTS, "declared_income": months}), SON) == {"wage": 200}

    def test_a_family_that_declared_nothing_was_not_asked(self, built: Any) -> None:
        assert person(built(DEPARTMENTS), SON)["incomes_asked"] is False

    def test_departments_that_did_not_arrive_leave_everyone_unasked(self, built: Any) -> None:
        declared = [named(SON, head_identity_number=WANG, income_kind="wage", item_name="务工", amount=1, period="month")]
        assert person(built({"declared_income": {"2025-10": declared}}), SON)["incomes_asked"] is False

    def test_last_years_subsidy_is_outside_the_window(self, built: Any) -> None:
        paid = [named(WANG, subsidy_kind="地力", amount=40_000, paid_on=day) for day in (date(2024, 10, 31), date(2025, 6, 1))]
        assert amounts(built({**DEPARTMENTS, "farm_subsidies": {"2025-06": paid}}), WANG) == {"land_subsidy": 40_000}


class TestSpendingAndProperty:
    def test_a_bill_in_two_files_counts_once(self, built: Any) -> None:
        bill = named(WANG, bill_number="B1", settled_on=date(2025, 8, 1), total_cost=900_000, self_paid=300_000)
        found = built({"medical_settlements": {"2025-08": [bill], "2025-09": [bill]}})
        assert [(row["kind"], row["amount"]) for row in rows(found, "expense")] == [("medical", 300_000)]

    def test_registers_win_and_declarations_fill_their_gaps(self, built: Any) -> None:
        car = named(SON, plate="X", vehicle_type="car", use="private", registered_on=date(2020, 1, 1), price=6_000_000)
        declared = named(SON, head_identity_number=WANG, property_kind="vehicle", item_name="轿车", use="medical", value=1)
        found = built({"vehicles": {"2025-10": [car]}, "declared_property": {"2025-10": [declared]}})
        assert [(row["kind"], row["value"], row["use"], row["dataset"]) for row in rows(found, "asset")] == [
            ("vehicle", 6_000_000, "medical", "vehicles")
        ]

    def test_a_supporter_in_the_ledger_is_outside_the_family(self, built: Any) -> None:
        away = "990181197503074217"
        ledger = [
            {"identity_number": away, "name": "王大河", "supported_identity_number": WANG, "relation": "child", "agreed_support": 20_000,
             "pays_support": True, "income_per_head": 300_000},
            {"identity_number": SON, "name": "王小山", "supported_identity_number": WANG, "relation": "child"},
        ]  # fmt: skip
        found = built({"supporters": {"2025-10": ledger}})
        assert [(row["relation"], row["agreed_support"], row["birth"]) for row in rows(found, "supporter")] == [
            ("child", 20_000, date(1975, 3, 7))
        ]
        assert person(found, WANG)["supporters_asked"] is True
        assert person(found, LIU)["supporters_asked"] is False

    def test_nobody_outside_owes_a_healthy_adult_support(self, built: Any) -> None:
        assert person(built({"disability_certificates": {"2025-10": []}}), SON)["supporters_asked"] is True


class TestStanding:
    def test_what_is_enrolled_now(self, built: Any) -> None:
        ledger = [named(number, head_identity_number=WANG, relation="other", area_kind="urban", household_monthly_amount=88_000)
                  for number in (WANG, LIU, SON)]  # fmt: skip
        home = rows(built({"dibao_enrolment": {"2025-10": ledger}}), "household")[0]
        assert (home["previous_category"], home["previous_amount"], home["exit_months_used"]) == ("dibao", 88_000, 0)
        assert home["area_kind"] == "urban"

    def test_tekun_amounts_add_up(self, built: Any) -> None:
        ledger = [named(number, head_identity_number=number, area_kind="rural", basic_amount=90_000, care_amount=15_000)
                  for number in (WANG, LIU)]  # fmt: skip
        home = rows(built({"tekun_enrolment": {"2025-10": ledger}}), "household")[0]
        assert (home["previous_category"], home["previous_amount"]) == ("tekun", 210_000)

    def test_an_unsafe_house_and_a_monitored_family(self, built: Any) -> None:
        house = named(WANG, grade="D", only_house=True, assessed_on=date(2025, 1, 1))
        watched = named(WANG, monitor_type="marginal", risk_state="open")
        home = rows(built({"dilapidated_houses": {"2025-10": [house]}, "monitored_households": {"2025-10": [watched]}}), "household")[0]
        assert (home["housing_safe"], home["monitored_on_list"], home["poverty_risk"]) == (False, True, True)

    def test_every_fact_says_who_told_it(self, built: Any) -> None:
        found = built({"disability_certificates": {"2025-10": [named(SON, disability_type="mental", disability_level="3")]}})
        told = pq.read_table(found.tables.parent / "sources.parquet").to_pylist()
        assert {"entity": "person", "id": SON, "fact": "disability_level", "dataset": "disability_certificates"} in told
        known = {(row["id"], row["fact"]) for row in told}
        assert (SON, "labour_capacity") not in known


def test_the_same_rows_are_not_built_again(engine: DuckDBEngine, fill_store: Any) -> None:
    store = fill_store({"population": {"2025-10": FAMILY}})
    said: list[str] = []
    build_facts(engine, store, day=DAY, said=said.append)
    first = len(said)
    build_facts(engine, store, day=DAY, said=said.append)
    assert first > 0
    assert len(said) == first
