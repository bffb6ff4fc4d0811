"""Bring a database to the newest schema.

Alembic and SQLAlchemy are loaded only by what migrates: an API process asks for ``newest`` alone.
"""

import asyncio
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ROOT / "persistence" / "migrations" / "versions"


def configuration(dsn: str) -> "Config":
    """Return Alembic's configuration for an owner's DSN."""
    from alembic.config import Config

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "persistence" / "migrations"))
    config.attributes["dsn"] = dsn
    return config


@cache
def newest() -> str:
    """Return the revision the code expects; readiness compares it with the database's.

    Revisions are numbered in their order and so are their files; a test compares with Alembic.
    """
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


async def migrate(dsn: str, revision: str = "head") -> None:
    """Upgrade to a revision. The DSN is the owner's: the runtime role may change no table."""
    from alembic import command

    await asyncio.to_thread(command.upgrade, configuration(dsn), revision)


def run_script(script: str) -> None:
    """Run several statements at once inside a migration; the extended protocol takes one at a time."""
    from alembic import op

    adapted = op.get_bind().connection.dbapi_connection
    if adapted is None:
        message = "no open connection"
        raise RuntimeError(message)
    adapted.run_async(lambda connection: connection.execute(script))
