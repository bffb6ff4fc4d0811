"""Reaching the database from the command line: the one DATABASE_URL names, else the installation's own server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from api.cli.console import settings_or_exit
from api.settings import Settings

Result = TypeVar("Result")


class ServiceRuns(RuntimeError):
    """A service is running where none may."""


@asynccontextmanager
async def reached(settings: Settings, *, alone: bool = False) -> AsyncIterator[Settings]:
    """Give settings whose database answers: the embedded server is started unless it runs.

    ``alone``: no service may be running on it, else ``ServiceRuns``.
    """
    if settings.database_url is not None:
        yield settings
        return
    from api.embedded import OWNER, EmbeddedPostgres
    from api.processes import AlreadyRunning, only_one

    server = EmbeddedPostgres(settings.data_dir)
    known = settings.model_copy(update={"database_url": server.dsn(), "database_owner_url": server.dsn(OWNER)})
    try:
        with only_one(settings.data_dir):
            await server.start()
            try:
                yield known
            finally:
                await server.stop()
    except AlreadyRunning:
        if alone:
            raise ServiceRuns("服务正在运行，先停止它 / the service is running: stop it first") from None
        yield known


def on_database(work: Callable[[Settings], Awaitable[Result]]) -> Result:
    """Run something with settings whose database answers."""

    async def run() -> Result:
        async with reached(settings_or_exit()) as known:
            return await work(known)

    return asyncio.run(run())


__all__ = ["ServiceRuns", "on_database", "reached"]
