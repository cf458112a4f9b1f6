"""Which builder makes which list, and in which months there is a file of it."""

from __future__ import annotations

from doudi.demo.county import County
from doudi.demo.lists.listing import Build, Listing, complete, some
from doudi.demo.lists.money import MONEY
from doudi.demo.lists.property import PROPERTY
from doudi.demo.lists.registers import REGISTERS
from doudi.demo.lists.survey import SURVEY
from doudi.demo.lists.welfare import WELFARE
from doudi.demo.shape import Columns
from doudi.hub.tables.contract import Contract

BUILDERS: dict[str, Build] = {**WELFARE, **SURVEY, **REGISTERS, **MONEY, **PROPERTY}

# Files of every month: what happens in a month, and who is on a list in it. Everything else is a register, of which the
# newest state is kept: one file.
EVERY_MONTH = (
    "dibao_enrolment", "tekun_enrolment", "edge_enrolment", "rigid_enrolment", "payment_roster", "dibao_rural_families",
    "dibao_rural_persons", "deaths", "funeral", "marriage", "medical_settlements",
    "medical_aid", "emergency_aid", "exits_and_refusals", "monthly_changes", "disaster_aid", "check_requests",
    "elderly_allowance", "employment_contributions", "disability_living_subsidy", "disability_care_subsidy",
)  # fmt: skip
SMALL_SHARE = 0.004


def months_of(dataset: str, county: County) -> list[str]:
    """Return the months of which there is a file of a data set, the newest last."""
    return county.months if dataset in EVERY_MONTH else county.months[-1:]


def listing(contract: Contract, county: County, month: str) -> tuple[Listing, Columns]:
    """Return the rows of a data set in a month, and their columns.

    A data set that no builder knows yet gets a few people and plain made-up values.
    """
    build = BUILDERS.get(contract.name)
    rows = build(county, month) if build else _few(contract, county)
    number = contract.by_name.get("identity_number")
    if number is not None and number.required and number.name not in rows.columns:
        # Who has no number of this country is on no list that asks for one.
        rows = rows.only(county.has_number[rows.who])
    return rows, complete(contract, county, rows)


def _few(contract: Contract, county: County) -> Listing:
    who = some(county, contract.name, (county.person("age") > 18) & (county.person("deceased") == 0), SMALL_SHARE)
    return Listing(who)
