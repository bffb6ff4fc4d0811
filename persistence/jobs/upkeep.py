"""What keeps the tables in shape: partitions made ahead, what has expired cleared away."""

from datetime import date
from typing import Final

import asyncpg

from persistence.engine import SYSTEM_SCOPE, set_scope

MONTHS_AHEAD: Final = 3

# Kept for as long as a caller may rely on it (conventions: an idempotency key 24 hours).
_EXPIRED: Final = {
    "idempotency_key": "created_at < clock_timestamp() - interval '24 hours'",
    "revocation": "expires_at < clock_timestamp()",
    "assertion_seen": "expires_at < clock_timestamp()",
    "rate_limit": "tat < clock_timestamp() - interval '1 day'",
    "client_lockout": "locked_until < clock_timestamp() - interval '1 day'",
    "authorization_code": "expires_at < clock_timestamp() - interval '1 day'",
    "refresh_token": "expires_at < clock_timestamp()",
    "account_session": (
        "coalesce(ended_at, expires_at) < clock_timestamp() - interval '180 days' "
        "AND NOT EXISTS (SELECT FROM refresh_token t WHERE t.session_id = account_session.id)"
    ),
    "pgqueuer_log": "created < clock_timestamp() - interval '30 days'",
}

_OLD_ROSTERS: Final = """
DELETE FROM operation_file f USING operation o
WHERE o.id = f.operation_id AND o.kind = 'export' AND o.finished_at < clock_timestamp() - interval '24 hours'
"""


_ORPHANS: Final = """
DELETE FROM attachment_content c WHERE NOT EXISTS (SELECT FROM case_attachment a WHERE a.digest = c.digest)
"""


async def ensure_event_partitions(connection: asyncpg.Connection, today: date) -> int:
    """Make the event log's partitions of this month and the next ones; returns how many were missing."""
    made: int = await connection.fetchval("SELECT ensure_event_partitions($1, $2)", today, MONTHS_AHEAD)
    return made


async def clear_expired(connection: asyncpg.Connection) -> int:
    """Delete what has expired; returns how many rows that were."""
    deleted = 0
    for table, expired in _EXPIRED.items():
        status: str = await connection.execute(f"DELETE FROM {table} WHERE {expired}")
        deleted += int(status.rpartition(" ")[2])
    # Exported rosters a day after they were made (that they were is in the log); files that no case holds.
    return deleted + await _clear(connection, _OLD_ROSTERS) + await _clear(connection, _ORPHANS)


async def _clear(connection: asyncpg.Connection, sql: str) -> int:
    """Delete what a statement finds among all rows; returns how many those were."""
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        status: str = await connection.execute(sql)
    return int(status.rpartition(" ")[2])


__all__ = ["clear_expired", "ensure_event_partitions"]
