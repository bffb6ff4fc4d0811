"""Requests to hand files over from one region to another (转档)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from domain.transfers.model import TransferKind, TransferState
from persistence.tables.columns import Versioned, moment, one_of, small, text_array


class BetweenRegions(Versioned):
    """A row that two regions see: the one that holds the file and the one it is to go to.

    ``remit`` are the bits of ``domain.people.model.Remit`` by which departments of both see it.
    """

    holder_region_code: int = Field(sa_type=BigInteger)  # of the file when it was asked for
    to_region_code: int = Field(sa_type=BigInteger)
    remit: int = small()


class Transfer(BetweenRegions, table=True):
    """One request, and what became of it. It stays with both sides for good."""

    __tablename__ = "transfer"
    __table_args__: Any = (
        one_of("kind", TransferKind, name="transfer_kind_known"),
        one_of("state", TransferState, name="transfer_state_known"),
        Index("transfer_holder_idx", "holder_region_code", "id"),
        Index("transfer_to_idx", "to_region_code", "id"),
        Index("transfer_due_idx", "due_on", postgresql_where="state = 'requested'"),
    )

    kind: str
    state: str = TransferState.REQUESTED
    person_id: UUID = Field(foreign_key="person.id")  # who was asked for
    household_id: UUID | None = Field(default=None, foreign_key="household.id")  # the whole of it goes along
    from_region_code: int | None = Field(default=None, sa_type=BigInteger)  # shown: none of a claim that waits
    reason: str
    due_on: date
    requested_by: str
    requested_by_agency_id: UUID | None = None
    decided_at: Any = moment()
    decided_by: str | None = None
    decided_by_agency_id: UUID | None = None
    note: str | None = None  # why it was rejected or withdrawn


class TransferPerson(BetweenRegions, table=True):
    """A person of a request: as much of her as the other side may know before it is accepted."""

    __tablename__ = "transfer_person"
    __table_args__: Any = (
        Index("transfer_person_transfer_idx", "transfer_id", "id"),
        Index("transfer_person_person_idx", "person_id"),
        Index("transfer_person_open_key", "person_id", unique=True, postgresql_where="open"),
    )

    transfer_id: UUID = Field(foreign_key="transfer.id")
    person_id: UUID = Field(foreign_key="person.id")
    name_masked: str
    birth_year: int | None = small()
    populations: list[str] = text_array()
    records: int | None = None  # rows of her file
    open: bool = True  # nobody is asked for twice at a time
    handed_over: bool = False


__all__ = ["Transfer", "TransferPerson"]
