"""Files opened in an emergency (应急查阅)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field

from domain.break_glass.model import Review, Verdict
from persistence.tables.columns import Versioned, moment, one_of, small


class BreakGlass(Versioned, table=True):
    """One opening; the row of ``person_access`` that opens the file names it as its grantee and its ground."""

    __tablename__ = "break_glass"
    __table_args__: Any = (
        one_of("state", Review, name="break_glass_state_known"),
        one_of("verdict", Verdict, name="break_glass_verdict_known"),
        Index("break_glass_region_idx", "region_code", "id"),
        Index("break_glass_opener_idx", "opener_region_code", "id"),
        Index("break_glass_person_idx", "person_id"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    region_code: int = Field(sa_type=BigInteger)  # where the file was kept
    opener_region_code: int = Field(sa_type=BigInteger)
    remit: int = small()  # by which departments of both places see it
    actor: str
    agency_id: UUID | None = None
    supervisor_agency_id: UUID | None = None
    reason: str
    expires_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    ended_at: Any = moment()
    ended_by: str | None = None
    state: str = Review.UNREVIEWED
    verdict: str | None = None
    note: str | None = None
    reviewed_at: Any = moment()
    reviewed_by: str | None = None


__all__ = ["BreakGlass"]
