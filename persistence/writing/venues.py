"""The activities' part of a transaction: counts of sign-ups."""

from typing import Final
from uuid import UUID

import asyncpg

_RECOUNT: Final = """
UPDATE activity SET taken = s.taken, waiting = s.waiting, attended = s.attended, arrivals = s.arrivals
FROM (
  SELECT count(*) FILTER (WHERE state = 'registered') AS taken, count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'registered' AND attendance = 'present') AS attended, count(*) AS arrivals
  FROM sign_up WHERE activity_id = $1
) s
WHERE id = $1
"""


class VenueSql:
    """See ``domain.venues.work.VenueWork``."""

    connection: asyncpg.Connection

    async def recount(self, activity_id: UUID) -> None:
        """Bring an activity's counts in line with its sign-ups."""
        await self.connection.execute(_RECOUNT, activity_id)


__all__ = ["VenueSql"]
