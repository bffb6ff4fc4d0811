"""The read model of service contracts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from domain.agencies.views import Agency
from domain.contracts.model import ContractState
from domain.policy.model import CaseCategory
from domain.regions.views import Region
from domain.scopes import WithPartner
from domain.view import between, division, eq, has, one, view, within

WRITE = "contracts:write"
DRAFT, ACTIVE = ContractState.DRAFT.value, ContractState.ACTIVE.value


@view(
    "service_contract",
    plural="service_contracts",
    permission="contracts:read",
    scope=WithPartner("ngo_agency_id", "activated_on"),
    actions=dict.fromkeys(("update", "activate", "end"), WRITE),
    stages={"update": ("state", (DRAFT,)), "activate": ("state", (DRAFT,)), "end": ("state", (DRAFT, ACTIVE))},
)
class ServiceContract:
    """A contract by which an agency buys case work from a social organisation (政府购买服务合同).

    The organisation sees its own contracts, once they are in effect. The period holds both days;
    ``amount_fen`` is in fen; ``assigned`` counts the assignments, of ``quota``. Without ``end_reason`` an ended
    contract ended when its period did.
    """

    id: UUID
    version: int
    title: str
    region: str = division("region_code")
    buyer_agency_id: UUID
    ngo_agency_id: UUID
    starts_on: date
    ends_on: date
    categories: list[CaseCategory]
    regions: list[str]
    quota: int
    assigned: int
    amount_fen: int | None
    state: ContractState
    activated_on: date | None
    ended_on: date | None
    end_reason: str | None
    created_at: datetime
    updated_at: datetime
    area: Region = one("region_code", to="lo")
    buyer: Agency = one("buyer_agency_id")
    ngo: Agency = one("ngo_agency_id")
    __filters__ = (
        within("region", "region_code"),
        eq("state", "buyer_agency_id", "ngo_agency_id"),
        has("categories"),
        between("starts_on", "ends_on"),
    )
    __orders__ = ("-id", "id")


__all__ = ["ServiceContract"]
