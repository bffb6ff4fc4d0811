"""The connections that compiled reads run on: one statement each, nothing to reset, the last used first.

``asyncpg.Pool`` resets, shields and times every release for what transactions may leave behind:
20 µs, a fifth of a short read. A compiled read leaves nothing: it is one statement, and its
settings end with it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import asyncpg

CLOSE_SECONDS: Final = 5.0


class ReadConnections:
    """At most ``size`` connections, opened when they are needed; few stay warm when few are."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int) -> None:
        self._connect = connect
        self._size = size
        self._places = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []
        self._ending: set[asyncio.Task[None]] = set()

    async def fetchval(self, query: str, *arguments: object) -> Any:
        """Run one statement and return the first column of its first row."""
        await self._places.acquire()
        try:
            connection = self._warm() or await self._connect()
        except BaseException:
            self._places.release()
            raise
        try:
            found = await connection.fetchval(query, *arguments)
        except (asyncpg.PostgresError, asyncpg.InterfaceError):  # refused: the connection is as good as before
            self._give_back(connection)
            raise
        except BaseException:  # cancelled: the answer may still come, and would be the next one's
            self._end(connection)
            raise
        self._give_back(connection)
        return found

    def _warm(self) -> asyncpg.Connection | None:
        """Return an open connection; those that the server has closed meanwhile are forgotten."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    def _give_back(self, connection: asyncpg.Connection) -> None:
        if not connection.is_closed():
            self._idle.append(connection)
        self._places.release()

    def _end(self, connection: asyncpg.Connection) -> None:
        """Close a connection behind the caller's back; its place is free when the server has let go of it."""
        task = asyncio.get_running_loop().create_task(self._closed(connection))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _closed(self, connection: asyncpg.Connection) -> None:
        try:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=CLOSE_SECONDS)  # first ends the statement: asyncpg asks the server to
        finally:
            self._places.release()

    async def close(self) -> None:
        """Wait for the statements under way and close every connection."""
        for _ in range(self._size):
            await self._places.acquire()
        while self._idle:
            await self._idle.pop().close(timeout=CLOSE_SECONDS)


__all__ = ["ReadConnections"]
