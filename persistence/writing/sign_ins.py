"""Ending sign-ins: the session is closed and its access tokens are refused, in one statement."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

LONGEST_TOKEN: Final = timedelta(days=1)  # no access token lives longer (api.settings)
COLUMNS: Final = frozenset({"id", "account_id", "client_id"})
_END: Final = """
WITH ended AS (
  UPDATE account_session SET ended_at = clock_timestamp(), end_reason = $2, version = version + 1,
    updated_at = clock_timestamp()
  WHERE {column} = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $4::uuid RETURNING *
), refused AS (
  INSERT INTO revocation (kind, value, before, expires_at)
  SELECT 'session', id::text, now() + $3::interval, now() + $3::interval FROM ended
  ON CONFLICT (kind, value) DO NOTHING
)
SELECT * FROM ended ORDER BY id
"""


async def end_sessions(
    connection: asyncpg.Connection, column: str, value: object, why: str, *, but: UUID | None = None
) -> list[dict[str, Any]]:
    """End the open sessions whose column has a value, inside the open transaction; returns them, ended."""
    if column not in COLUMNS:
        message = f"sign-ins are not ended by {column!r}"
        raise ValueError(message)
    return [dict(row) for row in await connection.fetch(_END.format(column=column), value, why, LONGEST_TOKEN, but)]


__all__ = ["end_sessions"]
