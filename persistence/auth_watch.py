"""Hearing of revocations and role changes: a notification wakes the worker, a poll makes sure.

One dedicated connection listens (past any pooler: ``Settings.direct_url``). Whether it lives or
not, ``on_change`` is called every half second, and at once when a notification comes; it reads
the counters itself. So a lost connection costs half a second, never the promise of one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg
import structlog

from persistence.auth_store import CHANNEL
from persistence.engine import connect

POLL_SECONDS: Final = 0.5
RECONNECT_SECONDS: Final = 2.0

log = structlog.get_logger(__name__)


@asynccontextmanager
async def watching(
    dsn: str, on_change: Callable[[], Awaitable[None]], *, role: str | None = None
) -> AsyncIterator[None]:
    """Call ``on_change`` twice a second and at every notification, as long as the context is open."""
    woken = asyncio.Event()
    tasks = [asyncio.create_task(_listen(dsn, role, woken)), asyncio.create_task(_poll(on_change, woken))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _poll(on_change: Callable[[], Awaitable[None]], woken: asyncio.Event) -> None:
    failing = False
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), POLL_SECONDS)
        woken.clear()
        try:
            await on_change()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if not failing:  # once per outage; callers meanwhile ask the database themselves
                log.warning("auth_changes.unreachable", exc_info=error)
            failing = True
        else:
            failing = False


async def _listen(dsn: str, role: str | None, woken: asyncio.Event) -> None:
    def wake(*_: Any) -> None:
        woken.set()

    while True:
        lost = asyncio.Event()
        try:
            connection = await connect(dsn, role=role, application_name="shouwang-auth")
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(RECONNECT_SECONDS)
            continue
        try:
            connection.add_termination_listener(lambda _, lost=lost: lost.set())
            await connection.add_listener(CHANNEL, wake)
            woken.set()  # what changed while nobody listened
            await lost.wait()
        finally:
            connection.terminate()


__all__ = ["watching"]
