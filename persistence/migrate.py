"""Bring a database to the newest schema."""

import asyncio
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).resolve().parent.parent


def configuration(dsn: str) -> Config:
    """Return Alembic's configuration for an owner's DSN."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "persistence" / "migrations"))
    config.attributes["dsn"] = dsn
    return config


def newest() -> str:
    """Return the revision the code expects; readiness compares it with the database's."""
    head = ScriptDirectory.from_config(configuration("")).get_current_head()
    if head is None:
        message = "no migration found"
        raise RuntimeError(message)
    return head


async def migrate(dsn: str, revision: str = "head") -> None:
    """Upgrade to a revision. The DSN is the owner's: the runtime role may change no table."""
    await asyncio.to_thread(command.upgrade, configuration(dsn), revision)


def run_script(script: str) -> None:
    """Run several statements at once inside a migration; the extended protocol takes one at a time."""
    adapted = op.get_bind().connection.dbapi_connection
    if adapted is None:
        message = "no open connection"
        raise RuntimeError(message)
    adapted.run_async(lambda connection: connection.execute(script))
