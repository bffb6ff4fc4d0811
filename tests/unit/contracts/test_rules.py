"""Whether an assignment lies within a contract: each reason against has its own code, and all are said at once."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.contracts.model import CONTRACT_STATES, ContractAct, ContractState
from domain.contracts.rules import check_contract, in_order
from domain.errors import Conflict, InvalidInput
from domain.policy.model import CaseCategory

NGO = UUID(int=1)
CONTRACT: dict[str, Any] = {
    "ngo_agency_id": NGO, "state": "active", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31),
    "categories": ["education", "guardianship"], "regions": ["421081104", "421081001001"], "quota": 3, "assigned": 2,
}  # fmt: skip
CASE: dict[str, Any] = {
    "category": CaseCategory.EDUCATION,
    "region_code": 421081104209,
    "on": date(2026, 6, 1),
    "ngo_agency_id": NGO,
}


def codes(contract: dict[str, Any], case: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        check_contract(contract, **case)
    assert {one.pointer for one in refused.value.faults} == {"/contract_id"}
    return [one.code for one in refused.value.faults]


@pytest.mark.parametrize(
    "case",
    [{}, {"on": date(2026, 1, 1)}, {"on": date(2026, 12, 31)}, {"region_code": 421081104000},
     {"region_code": 421081001001}, {"category": CaseCategory.GUARDIANSHIP}],
)  # fmt: skip
def test_what_lies_within_is_let_through(case: dict[str, Any]) -> None:
    check_contract(CONTRACT, **CASE | case)


@pytest.mark.parametrize(
    ("contract", "case", "code"),
    [
        ({}, {"on": date(2025, 12, 31)}, "contract.outside_period"),
        ({}, {"on": date(2027, 1, 1)}, "contract.outside_period"),
        ({}, {"category": CaseCategory.VIOLENCE}, "contract.category_not_covered"),
        ({}, {"region_code": 421081105000}, "contract.region_not_covered"),
        ({}, {"region_code": 421081000000}, "contract.region_not_covered"),
        ({}, {"region_code": 421081001002}, "contract.region_not_covered"),
        ({"assigned": 3}, {}, "contract.quota_used"),
        ({"state": "draft"}, {}, "contract.not_active"),
        ({"state": "ended"}, {}, "contract.not_active"),
        ({}, {"ngo_agency_id": UUID(int=2)}, "contract.other_partner"),
    ],
)
def test_each_reason_has_its_code(contract: dict[str, Any], case: dict[str, Any], code: str) -> None:
    assert codes(CONTRACT | contract, CASE | case) == [code]


def test_all_reasons_are_said_at_once() -> None:
    worst = {"state": "draft", "assigned": 3}
    case = {"category": CaseCategory.LOAN, "region_code": 440305001001, "on": date(2030, 1, 1)}
    assert codes(CONTRACT | worst, CASE | case | {"ngo_agency_id": UUID(int=2)}) == [
        "contract.other_partner", "contract.not_active", "contract.outside_period", "contract.category_not_covered",
        "contract.region_not_covered", "contract.quota_used",
    ]  # fmt: skip


def test_a_period_may_be_one_day() -> None:
    in_order(date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refused:
        in_order(date(2026, 1, 2), date(2026, 1, 1))
    assert [(one.pointer, one.code) for one in refused.value.faults] == [("/ends_on", "contract.ends_before_start")]


def test_every_act_in_every_state() -> None:
    allowed = {
        (ContractState.DRAFT, ContractAct.UPDATE): ContractState.DRAFT,
        (ContractState.DRAFT, ContractAct.ACTIVATE): ContractState.ACTIVE,
        (ContractState.DRAFT, ContractAct.END): ContractState.ENDED,
        (ContractState.ACTIVE, ContractAct.END): ContractState.ENDED,
    }
    for state in ContractState:
        for act in ContractAct:
            if (state, act) in allowed:
                assert CONTRACT_STATES.after(state, act) is allowed[state, act]
            else:
                with pytest.raises(Conflict) as refused:
                    CONTRACT_STATES.after(state, act)
                assert refused.value.code == "contract.not_allowed"
