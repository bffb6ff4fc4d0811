"""The inclusion proof of one event: enough to check, without the database, that a signed root holds it."""

import base64
from typing import Any

import asyncpg

from persistence.sealing.merkle import path_of
from persistence.sealing.statement import Statement

_SEEN = "SELECT true FROM event WHERE id = $1"
_SEAL = """
SELECT p.position, p.digest, s.*, k.public_key
FROM event_position p
JOIN LATERAL (
  SELECT * FROM event_seal WHERE first_position <= p.position ORDER BY first_position DESC LIMIT 1) s ON true
JOIN seal_key k USING (kid)
WHERE p.event_id = $1
"""
_LEAVES = "SELECT digest FROM event_position WHERE position >= $1 AND position < $2 ORDER BY position"


async def prove(connection: asyncpg.Connection, event_id: object) -> dict[str, Any] | None:
    """Return the proof of an event, None while it is not sealed. Raises ``LookupError`` for one that is unseen."""
    if not await connection.fetchval(_SEEN, event_id):
        raise LookupError
    row = await connection.fetchrow(_SEAL, event_id)
    if row is None:
        return None
    statement = Statement.from_row(row)
    leaves = [one["digest"] for one in await connection.fetch(_LEAVES, statement.first, statement.after)]
    index = row["position"] - statement.first
    return {
        "event_id": str(event_id),
        "digest": row["digest"].hex(),
        "position": row["position"],
        "index": index,
        "path": [one.hex() for one in path_of(leaves, index)],
        "seal": statement.members()
        | {
            "public_key": base64.b64encode(row["public_key"]).decode(),
            "signature": base64.b64encode(row["signature"]).decode(),
            "statement": statement.signed_bytes().decode(),
        },
    }


__all__ = ["prove"]
