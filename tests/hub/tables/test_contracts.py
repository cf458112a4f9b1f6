"""The contracts of the department data sets, and the checker that refuses a bad one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from doudi.hub.tables.contract import BadContract, Contract, NoSuchDataset, find_contract, read_contract
from doudi.hub.tables.schema import arrow_schema
from doudi.hub.tables.strict_yaml import BadYaml

# requirements.md section 3 (ML-4, DB-A2), the ledgers of practice.md 2.5 and of township-system.md 9.
DEMANDED = [
    "dibao_enrolment", "tekun_enrolment", "edge_enrolment", "rigid_enrolment", "orphans",
    "unattended_children", "disability_living_subsidy", "disability_care_subsidy", "monitored_households",
    "relocation", "retired_fishers", "land_contract", "farm_subsidies", "planting_area", "medical_enrolment",
    "medical_settlements", "medical_aid", "medical_high_cost_alerts", "school_roll", "education_aid",
    "employment_contributions", "unemployment", "work_injury", "pension_government", "pension_enterprise",
    "pension_resident", "public_rental", "dilapidated_houses", "population", "deaths", "health_aided_persons",
    "major_disease", "chronic_disease", "disaster_aid", "disability_certificates", "water_safety", "vehicles",
    "business_registration", "real_estate", "tax", "custody", "court", "housing_fund", "bank_totals",
    "commercial_insurance", "marriage", "funeral", "union_hardship", "charity_grants", "elderly_allowance",
    "cadre_relatives", "dibao_rural_families", "dibao_rural_persons", "dibao_urban_families",
    "dibao_urban_persons", "edge_families", "edge_persons", "rigid_families", "rigid_persons",
    "tekun_families", "tekun_persons", "payment_roster", "monthly_changes", "supporters", "check_requests",
    "declared_income", "declared_expenditure", "declared_property", "survey_households", "survey_members",
]  # fmt: skip

GOOD = """
name: pets
label: 宠物
department: 宠物局
says: Who has a pet.
clauses: [ML-4]
rhythm: {every: month, due_day: 10}
purpose: A test.
retention: {months: 12, basis: assumed}
absence_means: none_found
grain: one row per pet
key: [identity_number]
file_name_words: [宠物]
columns:
  - {name: identity_number, label: 身份证号, headers: [身份证号], kind: identity, required: true, need: link}
  - {name: price, label: 价格, headers: [价格], kind: money, unit: fen, min: 0, need: rule 1}
"""

Faulty = Callable[[str, str], str]


@pytest.fixture
def faulty(tmp_path: Path) -> Faulty:
    """Return a function that makes one change to a good contract and gives what the reader says to it."""

    def said(good: str, bad: str) -> str:
        assert good in GOOD
        path = tmp_path / "pets.yaml"
        path.write_text(GOOD.replace(good, bad), encoding="utf-8")
        with pytest.raises((BadContract, BadYaml)) as refusal:
            read_contract(path)
        return str(refusal.value)

    return said


class TestTheContractsOfTheCounty:
    def test_every_demanded_data_set_has_one(self, contracts: dict[str, Contract]) -> None:
        assert set(DEMANDED) - contracts.keys() == set()

    def test_each_says_what_a_missing_person_means(self, contracts: dict[str, Contract]) -> None:
        assert {one.absence_means for one in contracts.values()} == {"none_found", "no", "unknown"}

    @pytest.mark.parametrize("name", ["deaths", "bank_totals", "real_estate", "vehicles", "funeral"])
    def test_not_found_is_never_no_where_others_keep_such_lists_too(self, name: str, contracts: dict[str, Contract]) -> None:
        assert contracts[name].absence_means == "none_found"

    @pytest.mark.parametrize(
        ("name", "unit"),
        [
            ("dibao_rural_persons", "fen per year"),
            ("tekun_persons", "fen per year"),
            ("dibao_urban_persons", "fen per month"),
            ("edge_persons", "fen per month"),
            ("rigid_persons", "fen per month"),
        ],
    )
    def test_the_same_heading_is_a_year_in_one_list_and_a_month_in_another(
        self, name: str, unit: str, contracts: dict[str, Contract]
    ) -> None:
        assert contracts[name].headings["年收入"][1].unit == unit
        assert arrow_schema(contracts[name]).field("income").metadata[b"unit"] == unit.encode()

    def test_every_amount_has_a_unit_and_every_column_a_need(self, contracts: dict[str, Contract]) -> None:
        columns = [column for one in contracts.values() for column in one.columns]
        assert all(column.need for column in columns)
        assert all(column.unit for column in columns if column.kind in {"money", "number"})

    def test_every_clause_is_written_as_the_requirements_write_it(self, contracts: dict[str, Contract]) -> None:
        clauses = {clause for one in contracts.values() for clause in one.clauses}
        assert [one for one in clauses if not re.fullmatch(r"(DY|HZ|ML|DB|LN)-[A-Z]?\d+(\.\d+[a-z]?)?", one)] == []

    def test_bank_totals_need_an_authorisation_for_each_person(self, contracts: dict[str, Contract]) -> None:
        assert contracts["bank_totals"].by_name["authorisation"].required


class TestTheChecker:
    def test_reads_a_good_contract(self, tmp_path: Path) -> None:
        path = tmp_path / "pets.yaml"
        path.write_text(GOOD, encoding="utf-8")
        assert read_contract(path).by_name["price"].unit == "fen"

    def test_names_file_and_line(self, faulty: Faulty) -> None:
        assert "pets.yaml:16 column price: money needs a unit" in faulty(" unit: fen,", "")

    def test_refuses_an_unknown_key(self, faulty: Faulty) -> None:
        assert "the key porpose is not known" in faulty("purpose:", "porpose:")

    def test_refuses_an_unknown_kind(self, faulty: Faulty) -> None:
        assert "the kind coins is not known" in faulty("kind: money", "kind: coins")

    def test_refuses_a_unit_that_money_has_not(self, faulty: Faulty) -> None:
        assert "one of fen, fen per month, fen per year" in faulty("unit: fen", "unit: yuan")

    def test_refuses_a_key_column_that_is_not_there(self, faulty: Faulty) -> None:
        assert "pets.yaml:12 the key column chip" in faulty("key: [identity_number]", "key: [chip]")

    def test_refuses_a_heading_that_could_mean_two_columns(self, faulty: Faulty) -> None:
        assert "could mean identity_number or price" in faulty("headers: [价格]", "headers: [身份证号（元）]")

    def test_refuses_a_contract_that_any_file_would_fit(self, faulty: Faulty) -> None:
        assert "no column is required" in faulty("required: true", "required: false")

    def test_refuses_a_column_nobody_needs(self, faulty: Faulty) -> None:
        assert "need is missing" in faulty(", need: rule 1", "")

    def test_refuses_a_name_other_than_the_file_s(self, faulty: Faulty) -> None:
        assert "is not the name of the file" in faulty("name: pets", "name: cats")

    def test_refuses_the_same_key_twice(self, faulty: Faulty) -> None:
        assert "the key label stands here a second time" in faulty("label: 宠物\n", "label: 宠物\nlabel: 猫\n")

    def test_refuses_a_bare_no_which_some_readers_take_for_false(self, faulty: Faulty) -> None:
        assert 'Write "no"' in faulty("absence_means: none_found", "absence_means: no")

    def test_refuses_a_key_that_is_no_text(self, faulty: Faulty) -> None:
        assert "the key '1' is not text" in faulty("purpose:", "1:")

    def test_refuses_a_number_that_would_lose_exactness(self, faulty: Faulty) -> None:
        assert "would lose exactness" in faulty("min: 0", "min: 0.5")

    def test_refuses_a_word_that_means_two_choices(self, faulty: Faulty) -> None:
        said = faulty("kind: money, unit: fen, min: 0,", "kind: choice, choices: {cat: [猫], big_cat: [猫]},")
        assert "the word 猫 could mean cat or big_cat" in said

    def test_a_name_no_contract_has_is_refused_with_the_near_ones(self, contracts: dict[str, Contract]) -> None:
        with pytest.raises(NoSuchDataset, match="medical_settlements"):
            find_contract(contracts, "medical_bills")
