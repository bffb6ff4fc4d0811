"""Bring a database to where the code wants it: schema, divisions, code lists, policies, demo county.

Loading 665,276 divisions takes seconds, so a second start must know that nothing is to do. What was
loaded is a digest of every file it came from, kept in the data directory beside the identity of the
database it was loaded into; a new migration or a changed list loads again, and only then.
"""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from api.cli import callers
from api.cli.console import progress
from api.processes import PARENT_VARIABLE
from api.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("persistence/migrations/versions", "persistence/data", "persistence/loading", "persistence/demo")
STAMP = "prepared.json"


class SchemaBehind(RuntimeError):
    """The database is not at the revision the code expects; the text names both."""


class PreparationFailed(RuntimeError):
    """Schema or data could not be brought up; what went wrong was said by the process that tried."""


async def prepare(settings: Settings) -> None:
    """Make a demo database ready; of a production one only look whether it is.

    Loading is done by a process of its own, whose memory goes with it.
    """
    if not settings.demo:
        await expect_newest(settings)
        return
    if await is_prepared(settings):
        return
    environment = settings.for_child(owner=True) | {PARENT_VARIABLE: str(os.getpid())}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.cli", "prepare", env=environment, start_new_session=True
    )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if code:
        raise PreparationFailed


async def is_prepared(settings: Settings) -> bool:
    """Tell whether everything the code ships is in the database, and the callers' file is there."""
    await _ensure_database(settings.owner_url)
    stamp = settings.data_dir / STAMP
    if not stamp.exists() or not callers.read(settings.data_dir):
        return False
    known: object = json.loads(stamp.read_text())
    return known == await _stamp(settings)


async def bring_up(settings: Settings) -> None:
    """Load schema, divisions, code lists, policy documents and demo county, showing how far it is."""
    (settings.data_dir / STAMP).unlink(missing_ok=True)
    await _ensure_database(settings.owner_url)
    with progress() as shown:
        for label, step in STEPS.items():
            task = shown.add_task(label, total=1)
            await step(settings)
            shown.advance(task)
    (settings.data_dir / STAMP).write_text(json.dumps(await _stamp(settings)) + "\n")


async def _stamp(settings: Settings) -> dict[str, str]:
    return {await _identity(settings.owner_url): fingerprint()}


async def migrate(settings: Settings) -> None:
    """Upgrade the schema, as its owner."""
    from persistence.migrate import migrate as upgrade

    await upgrade(settings.owner_url)


async def load_divisions(settings: Settings) -> None:
    """Load the shipped administrative divisions."""
    from persistence.loading.regions import load_regions

    await _as_owner(settings, load_regions)


async def load_code_lists(settings: Settings) -> None:
    """Load the shipped code lists."""
    from persistence.loading.codes import load_codes

    await _as_owner(settings, load_codes)


async def load_policy_documents(settings: Settings) -> None:
    """Load the shipped policy documents and the national default table."""
    from persistence.loading.policies import load_policies

    await _as_owner(settings, load_policies)


async def load_demo_county(settings: Settings) -> None:
    """Load the demo county, or renew its callers' secrets, and write the callers' file."""
    from api.cli.keyring import cipher_of
    from auth.secrets import hash_secret
    from persistence.demo.load import load_demo

    async def load(connection: asyncpg.Connection) -> None:
        demo = await load_demo(connection, cipher_of(settings), hash_secret)
        callers.write(settings.data_dir, [{**one, "access_token": None} for one in demo.callers])

    await _as_owner(settings, load)


STEPS: dict[str, Callable[[Settings], Awaitable[None]]] = {
    "数据库结构 / schema": migrate,
    "行政区划 / divisions": load_divisions,
    "代码表 / code lists": load_code_lists,
    "政策文件 / policy documents": load_policy_documents,
    "演示县 / demo county": load_demo_county,
}


async def expect_newest(settings: Settings) -> None:
    """Raise ``SchemaBehind`` unless the database is at the revision the code expects."""
    from persistence.engine import connect
    from persistence.migrate import newest

    connection = await connect(settings.direct_url)
    try:
        known = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        found = await connection.fetchval("SELECT version_num FROM alembic_version") if known else None
    finally:
        await connection.close()
    if found != newest():
        raise SchemaBehind(f"{found or '—'} → {newest()}")


def fingerprint() -> str:
    """Return a digest of everything a prepared database was made from."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


async def _as_owner(settings: Settings, load: Callable[[asyncpg.Connection], Awaitable[object]]) -> None:
    from persistence.engine import connect

    connection = await connect(settings.owner_url)
    try:
        await load(connection)
    finally:
        await connection.close()


async def _identity(dsn: str) -> str:
    """Return what tells this database from every other one."""
    from persistence.engine import connect

    connection = await connect(dsn)
    try:
        row = await connection.fetchrow(
            "SELECT system_identifier::text AS server, d.oid::text AS database FROM pg_control_system(), pg_database d "
            "WHERE d.datname = current_database()"
        )
    finally:
        await connection.close()
    return f"{row['server']}/{row['database']}"


async def _ensure_database(dsn: str) -> None:
    """Create the database a DSN names when its server does not have it."""
    from persistence.engine import connect

    parts = urlsplit(dsn)
    name = parts.path.lstrip("/")
    try:
        await (await connect(dsn)).close()
    except asyncpg.InvalidCatalogNameError:
        admin = await connect(urlunsplit(parts._replace(path="/postgres")))
        try:
            quoted = await admin.fetchval("SELECT quote_ident($1)", name)
            await admin.execute(f"CREATE DATABASE {quoted} ENCODING 'UTF8' TEMPLATE template0")
        finally:
            await admin.close()
