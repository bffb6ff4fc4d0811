"""Search keys that rows entered before the key existed still lack; the key is secret, so no migration can make it."""

from typing import Final
from uuid import UUID

import asyncpg
import structlog

from domain.codes.phone import tail
from persistence.crypto import FieldCipher, Unreadable
from persistence.engine import SYSTEM_SCOPE, set_scope

BATCH: Final = 1_000
log = structlog.get_logger(__name__)

# Locked, so that a number changed meanwhile does not get the old one's key; who is at work on a row makes it herself.
_DUE = """
SELECT id, phone_cipher FROM person
WHERE phone_cipher IS NOT NULL AND phone_tail_blind IS NULL AND id > $1
ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
"""
_FILL = """
UPDATE person p SET phone_tail_blind = n.blind FROM unnest($1::uuid[], $2::bytea[]) n (id, blind) WHERE p.id = n.id
"""


async def fill_phone_tails(pool: asyncpg.Pool, cipher: FieldCipher) -> int:
    """Make the missing keys of telephone numbers' ends, batch by batch; returns how many were made.

    Can be stopped and started at will. A number that does not open is logged by its row's id and left.
    """
    made, last = 0, UUID(int=0)
    async with pool.acquire() as connection:
        while True:
            async with connection.transaction():
                await set_scope(connection, SYSTEM_SCOPE)
                rows = await connection.fetch(_DUE, last, BATCH)
                if not rows:
                    return made
                ids: list[UUID] = []
                blinds: list[bytes] = []
                for row in rows:
                    try:
                        phone = cipher.open("person", "phone_cipher", row["id"], row["phone_cipher"])
                    except Unreadable:
                        log.warning("phone_tail.unreadable", person_id=str(row["id"]))
                        continue
                    ids.append(row["id"])
                    blinds.append(cipher.blind("phone_tail", tail(phone)))
                await connection.execute(_FILL, ids, blinds)
                made, last = made + len(ids), rows[-1]["id"]


__all__ = ["fill_phone_tails"]
