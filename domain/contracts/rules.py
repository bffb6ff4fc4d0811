"""What a service contract allows, pure: its own terms, and whether an assignment lies within them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.contracts.model import ContractState
from domain.errors import Fault, InvalidInput
from domain.policy.model import CaseCategory
from domain.regions.codes import range_of

CONTRACT = "/contract_id"


def check_contract(
    row: Mapping[str, Any], category: CaseCategory, region_code: int, on: date, *, ngo_agency_id: UUID
) -> None:
    """Refuse an assignment outside a contract: ``InvalidInput`` (422) with a fault for each reason.

    ``row`` is the contract, locked by who assigns; ``region_code`` the case's 12 digits; ``ngo_agency_id`` who is to
    work it. Faults: ``contract.other_partner``, ``contract.not_active``, ``contract.outside_period``,
    ``contract.category_not_covered``, ``contract.region_not_covered``, ``contract.quota_used``.
    """
    faults = []
    if row["ngo_agency_id"] != ngo_agency_id:
        faults.append(Fault(CONTRACT, "contract.other_partner"))
    if row["state"] != ContractState.ACTIVE:
        faults.append(Fault(CONTRACT, "contract.not_active", {"state": ContractState(row["state"])}))
    if not row["starts_on"] <= on <= row["ends_on"]:
        period = {"starts_on": row["starts_on"].isoformat(), "ends_on": row["ends_on"].isoformat()}
        faults.append(Fault(CONTRACT, "contract.outside_period", period))
    if category not in row["categories"]:
        faults.append(Fault(CONTRACT, "contract.category_not_covered", {"category": category}))
    if not any(region_code in range_of(code) for code in row["regions"]):
        faults.append(Fault(CONTRACT, "contract.region_not_covered"))
    if row["assigned"] >= row["quota"]:
        faults.append(Fault(CONTRACT, "contract.quota_used", {"quota": row["quota"]}))
    if faults:
        raise InvalidInput(*faults)


def in_order(starts_on: date, ends_on: date) -> None:
    """Refuse a period that ends before it begins."""
    if ends_on < starts_on:
        raise InvalidInput(Fault("/ends_on", "contract.ends_before_start", {"starts_on": starts_on.isoformat()}))


__all__ = ["check_contract", "in_order"]
