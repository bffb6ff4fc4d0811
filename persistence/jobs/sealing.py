"""The sealer at work: a round every few seconds, on a connection of its own."""

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncpg
import structlog

from persistence.crypto import FieldCipher
from persistence.engine import connect
from persistence.sealing.sealer import seal

log = structlog.get_logger(__name__)


async def keep_sealing(
    dsn: str, cipher: FieldCipher, stop: asyncio.Event, *, role: str | None, roots: Path | None, every: float
) -> None:
    """Seal until told to stop, once more after that; trouble is logged and tried again in the next round.

    What has been committed when the process ends is sealed: a last round follows the stop.
    """
    connection: asyncpg.Connection | None = None
    last = False
    while not last:
        last = stop.is_set()
        try:
            if connection is None or connection.is_closed():
                connection = await connect(dsn, **({"role": role} if role else {}))
            await seal(connection, cipher, roots)
        except Exception as error:  # noqa: BLE001 - the next round makes up for it; the text may quote a row
            log.error("seal.failed", error=type(error).__name__)  # noqa: TRY400
            _close(connection)
            connection = None
        if not last:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)
    _close(connection)


def _close(connection: asyncpg.Connection | None) -> None:
    if connection is not None:
        connection.terminate()


__all__ = ["keep_sealing"]
