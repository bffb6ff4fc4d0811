"""Idempotency keys: claimed first and answered last in the transaction of the write."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import asyncpg

from domain.errors import Conflict, InvalidInput
from domain.idempotency import KEPT_HOURS, Kept
from persistence.crypto import FieldCipher

# The advisory lock tells an unfinished twin without waiting for it; it ends with the transaction.
LOOK_UP: Final = """
SELECT pg_try_advisory_xact_lock(hashtextextended($1 || chr(10) || $2, 0)) AS alone,
       k.fingerprint, k.status, k.headers, k.body
FROM (SELECT 1) AS one
LEFT JOIN idempotency_key k ON k.client_id = $1 AND k.key = $2 AND k.created_at > now() - $3::interval
"""
KEEP: Final = """
INSERT INTO idempotency_key AS k (client_id, key, fingerprint, status, headers, body, created_at)
VALUES ($1, $2, $3, $4, $5, $6, now())
ON CONFLICT (client_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
  headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
WHERE k.created_at <= now() - $7::interval
RETURNING true
"""
LIFE: Final = timedelta(hours=KEPT_HOURS)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """One request's key. ``fingerprint`` says who acts, the method, the address and the body.

    Answers may show a person, a reveal even her identity number: they are kept sealed.
    """

    client_id: str
    key: str
    fingerprint: bytes
    cipher: FieldCipher = field(repr=False)

    async def begin(self, connection: asyncpg.Connection) -> Kept | None:
        """Claim the key, or return the answer kept under it; to run first in the transaction.

        Raises ``InvalidInput`` (422 ``idempotency.mismatch``) when the key was used for another
        request, ``Conflict`` (409 ``idempotency.in_flight``) while another transaction works on it.
        """
        row = await connection.fetchrow(LOOK_UP, self.client_id, self.key, LIFE)
        if row["fingerprint"] is None:
            if not row["alone"]:
                raise Conflict("idempotency.in_flight")
            return None
        if row["fingerprint"] != self.fingerprint:
            raise InvalidInput(code="idempotency.mismatch")
        body = self.cipher.open_bytes("idempotency_key", "body", self.fingerprint, row["body"])
        return Kept(row["status"], body, row["headers"].get("etag", ""), replayed=True)

    async def keep(self, connection: asyncpg.Connection, answer: Kept) -> None:
        """Keep the answer for 24 h; to run last in the transaction.

        Raises ``Conflict`` if another transaction was faster after all: this one must roll back.
        """
        body = self.cipher.seal_bytes("idempotency_key", "body", self.fingerprint, answer.body)
        headers = {"etag": answer.etag} if answer.etag else {}
        kept = await connection.fetchval(
            KEEP, self.client_id, self.key, self.fingerprint, answer.status, headers, body, LIFE
        )
        if not kept:
            raise Conflict("idempotency.in_flight")


class IdempotencyKeys:
    """Makes the key of one request; holds the cipher for all of them."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher

    def __call__(self, client_id: str, key: str, fingerprint: bytes) -> IdempotencyKey:
        """Return the key of one request."""
        return IdempotencyKey(client_id, key, fingerprint, self._cipher)


__all__ = ["IdempotencyKey", "IdempotencyKeys"]
