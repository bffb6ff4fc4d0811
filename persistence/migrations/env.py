"""Alembic's environment: async, one transaction a migration, one migrator at a time."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from persistence.tables import metadata

ADVISORY_LOCK = 0x53486F75  # "SHou": two migrators wait for each other
HAND_MADE = ("pgqueuer",)  # made by their own SQL in a migration, not declared in persistence.tables


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Leave out what is not declared: the queue's tables and the event log's monthly partitions."""
    del parents
    return not (kind == "table" and name and (name.startswith((*HAND_MADE, "event_")) or name == "alembic_version"))


def run(connection: Connection) -> None:
    """Migrate on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        compare_type=True,
        transaction_per_migration=True,
    )
    connection.execute(text(f"SELECT pg_advisory_lock({ADVISORY_LOCK})"))
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
        connection.commit()


async def run_on(dsn: str) -> None:
    """Open an engine for the owner's DSN and migrate."""
    url = dsn.replace("postgresql://", "postgresql+asyncpg://", 1).replace("postgres://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on(context.config.attributes.get("dsn") or context.config.get_main_option("sqlalchemy.url") or ""))
