"""Notices in the inboxes of agencies and their staff."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from domain.notifications.model import NoticeKind
from persistence.tables.columns import Versioned, moment, one_of


class Notification(Versioned, table=True):
    """One notice. What is told twice is told once: see ``domain.notifications.model.Notice``."""

    __tablename__ = "notification"
    __table_args__: Any = (
        one_of("kind", NoticeKind, name="notification_kind_known"),
        UniqueConstraint(
            "agency_id", "staff_id", "kind", "record_id", "slot", name="notification_once_key",
            postgresql_nulls_not_distinct=True,
        ),
        Index("notification_agency_idx", "agency_id", "id"),
        Index("notification_unread_idx", "agency_id", "id", postgresql_where="read_at IS NULL"),
        Index("notification_record_idx", "record_id"),
    )  # fmt: skip

    agency_id: UUID = Field(foreign_key="agency.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    kind: str
    urgent: bool = False
    record: str
    record_id: UUID
    region_code: int = Field(sa_type=BigInteger)
    due_at: Any = moment()
    slot: str = ""
    read_at: Any = moment()
    read_by: str | None = None
    acknowledged_at: Any = moment()
    acknowledged_by: str | None = None


__all__ = ["Notification"]
