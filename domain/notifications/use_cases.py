"""Reading and acknowledging notices.

That a notice was seen is kept, and is no event; to acknowledge one is an act of responsibility.
"""

from typing import Final

from domain.access import Access
from domain.errors import Conflict
from domain.events import Event
from domain.notifications.commands import AcknowledgeNotification, ReadAllNotifications, ReadNotification
from domain.unit_of_work import Saved, UnitOfWork

WRITE: Final = "notifications:write"
RECORD: Final = "notification"


async def read_notification(access: Access, uow: UnitOfWork, command: ReadNotification) -> Saved:
    """Mark a notice as read; who was first stays named."""
    async with uow.begin(access, WRITE) as work:
        row = await work.load(RECORD, command.notification_id)
        if row["read_at"] is None:
            row = await work.update(RECORD, row, {"read_at": await work.now(), "read_by": access.sub})
        return await work.commit(Saved(RECORD, row["id"], row["version"]))


async def acknowledge_notification(access: Access, uow: UnitOfWork, command: AcknowledgeNotification) -> Saved:
    """Acknowledge a notice, for oneself or for the desk. Raises ``Conflict`` (``notification.acknowledged``)."""
    async with uow.begin(access, WRITE) as work:
        row = await work.load(RECORD, command.notification_id)
        if row["acknowledged_at"] is not None:
            raise Conflict("notification.acknowledged")
        now = await work.now()
        changes = {"acknowledged_at": now, "acknowledged_by": access.sub}
        if row["read_at"] is None:
            changes |= {"read_at": now, "read_by": access.sub}
        row = await work.update(RECORD, row, changes)
        told = {"kind": row["kind"], "record": row["record"], "record_id": row["record_id"]}
        await work.append(
            Event(
                "notification.acknowledged",
                RECORD,
                row["id"],
                row["region_code"],
                aggregate_version=row["version"],
                data=told,
            )
        )
        return await work.commit(Saved(RECORD, row["id"], row["version"]))


async def read_all_notifications(access: Access, uow: UnitOfWork, command: ReadAllNotifications) -> dict[str, int]:
    """Mark the notices in one's inbox as read, up to the newest one that was shown."""
    async with uow.begin(access, WRITE) as work:
        await work.load(RECORD, command.up_to, lock=False)
        return await work.commit({"read": await work.read_all(command.up_to)})


__all__ = ["acknowledge_notification", "read_all_notifications", "read_notification"]
