"""The change of field keys at work; and what may not run beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import structlog

from persistence.crypto import FieldCipher
from persistence.keys.reseal import LOCK, reseal, settled

EVERY: Final = 10.0  # seconds between two looks whether a key has changed
log = structlog.get_logger(__name__)


async def keep_resealing(pool: asyncpg.Pool, cipher: FieldCipher) -> None:
    """Seal fields anew whenever their key has changed, until cancelled. The log gets no error text."""
    while True:
        try:
            await reseal(pool, cipher)
        except Exception as error:  # noqa: BLE001 - tried again; what is done is done
            log.error("field_keys.failed", error=type(error).__name__)  # noqa: TRY400
        await asyncio.sleep(EVERY)


@asynccontextmanager
async def while_keys_rest(pool: asyncpg.Pool, cipher: FieldCipher) -> AsyncIterator[bool]:
    """Keep field keys from being changed inside the block; gives False while they are.

    An import joins people by blind index, set against set: it must meet one key only.
    """
    async with pool.acquire() as connection:
        held = await connection.fetchval("SELECT pg_try_advisory_lock_shared($1)", LOCK)
        try:
            yield held and await settled(connection, cipher)
        finally:
            if held and not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock_shared($1)", LOCK)


__all__ = ["keep_resealing", "while_keys_rest"]
