"""Service contracts between agencies and social organisations."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from domain.contracts.model import ContractState
from persistence.tables.columns import Versioned, one_of, text_array


class ServiceContract(Versioned, table=True):
    """A contract (政府购买服务合同). ``assigned`` is counted up by who assigns a case, under the row's lock."""

    __tablename__ = "service_contract"
    __table_args__: Any = (
        one_of("state", ContractState, name="service_contract_state_known"),
        CheckConstraint("ends_on >= starts_on", name="service_contract_dated"),
        CheckConstraint("assigned >= 0 AND assigned <= quota", name="service_contract_quota"),
        CheckConstraint("amount_fen >= 0", name="service_contract_amount"),
        CheckConstraint("state <> 'active' OR activated_on IS NOT NULL", name="service_contract_activated"),
        Index("service_contract_region_idx", "region_code", "id"),
        Index("service_contract_ngo_idx", "ngo_agency_id", "id"),
        Index("service_contract_running_idx", "ends_on", postgresql_where="state = 'active'"),
    )

    region_code: int = Field(sa_type=BigInteger)  # the buyer's
    buyer_agency_id: UUID = Field(foreign_key="agency.id")
    ngo_agency_id: UUID = Field(foreign_key="agency.id")
    title: str
    starts_on: date
    ends_on: date
    categories: list[str] = text_array()
    regions: list[str] = text_array()
    quota: int
    assigned: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    amount_fen: int | None = Field(default=None, sa_type=BigInteger)
    state: str = ContractState.DRAFT
    activated_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None


__all__ = ["ServiceContract"]
