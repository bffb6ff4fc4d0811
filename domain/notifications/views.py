"""The read model of notices: one's inbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.agencies.views import Agency, StaffMember
from domain.notifications.model import NoticeKind
from domain.regions.views import Region
from domain.scopes import Addressed
from domain.view import between, computed, current, division, document, eq, one, view, within

WRITE = "notifications:write"


@view(
    "notification",
    plural="notifications",
    permission="notifications:read",
    scope=Addressed(),
    actions={"read": WRITE, "acknowledge": WRITE},
)
class Notification:
    """A notice (消息) to the caller's agency (``staff_id`` is null: its whole desk) or to herself.

    ``record`` and ``record_id`` name what it is about. On a desk the first who reads or acknowledges does so
    for all. ``sentence`` is made from kind, place and time, in the caller's language.
    """

    id: UUID
    version: int
    kind: NoticeKind
    urgent: bool
    sentence: str = computed("notice_sentence")
    record: str
    record_id: UUID
    region: str = division("region_code")
    agency_id: UUID
    staff_id: UUID | None
    due_at: datetime | None
    created_at: datetime
    read_at: datetime | None
    read_by: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    place: Region = one("region_code", to="lo")
    agency: Agency = one("agency_id")
    staff: StaffMember = one("staff_id")
    __filters__ = (
        current("unread", "read_at"),
        current("unacknowledged", "acknowledged_at"),
        eq("urgent", "kind", "record", "record_id", "staff_id"),
        within("region", "region_code"),
        between("due_at", "created_at"),
    )
    __orders__ = ("-id", "id")


@document(permission=WRITE)
class NotificationsRead:
    """How many notices were unread until now."""

    read: int


__all__ = ["Notification", "NotificationsRead"]
