"""The notices' part of a transaction: delivery to many inboxes at once, each notice once."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from domain.access import Access
from domain.ids import new_id
from domain.notifications.model import Notice

# Written in one order by everybody, so that two who tell the same cannot wait for each other.
_DELIVER: Final = """
INSERT INTO notification (id, agency_id, staff_id, kind, urgent, record, record_id, region_code, due_at, slot)
SELECT n.id, n.agency_id,
  (SELECT s.id FROM staff s WHERE s.id = n.staff_id AND s.agency_id = n.agency_id AND s.valid_from <= $11
     AND (s.valid_to IS NULL OR s.valid_to > $11)),
  n.kind, n.urgent, n.record, n.record_id, n.region_code, n.due_at, n.slot
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bool[], $6::text[], $7::uuid[], $8::bigint[],
  $9::timestamptz[], $10::text[])
  AS n (id, agency_id, staff_id, kind, urgent, record, record_id, region_code, due_at, slot)
ORDER BY 2, 3, 4, 7, 10
ON CONFLICT ON CONSTRAINT notification_once_key DO NOTHING
"""
_READ_ALL: Final = """
UPDATE notification SET read_at = clock_timestamp(), read_by = $3, version = version + 1, updated_at = clock_timestamp()
WHERE id IN (
  SELECT id FROM notification
  WHERE agency_id = $1 AND (staff_id IS NULL OR staff_id = $2) AND read_at IS NULL AND id <= $4
  ORDER BY id FOR NO KEY UPDATE)
"""


class NotificationSql:
    """See ``domain.notifications.work.NotificationWork``."""

    connection: asyncpg.Connection
    access: Access
    today: date

    async def deliver(self, notices: Sequence[Notice]) -> int:
        """Put notices into inboxes, each once; returns how many were new."""
        rows = [
            (new_id(), one.agency_id, one.staff_id, one.kind, one.urgent, one.record, one.record_id, one.region_code,
             one.due_at, one.slot)
            for one in notices
        ]  # fmt: skip
        status: str = await self.connection.execute(_DELIVER, *map(list, zip(*rows, strict=True)), self.today)
        return int(status.rpartition(" ")[2])

    async def read_all(self, up_to: UUID) -> int:
        """Mark every unread notice in the caller's inbox as read, up to one; returns how many."""
        mine = (self.access.agency_id, self.access.staff_id, self.access.sub)
        status: str = await self.connection.execute(_READ_ALL, *mine, up_to)
        return int(status.rpartition(" ")[2])


__all__ = ["NotificationSql"]
