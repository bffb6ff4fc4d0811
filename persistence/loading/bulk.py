"""COPY into guarded tables, as their owner."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg


@asynccontextmanager
async def unforced(conn: asyncpg.Connection, *tables: str) -> AsyncIterator[None]:
    """Lift row-level security from the owner inside the open transaction, and put it back.

    PostgreSQL refuses COPY FROM where a policy applies, and FORCE applies ours to the owner too.
    The tables are locked meanwhile, so nobody ever sees them unguarded.
    """
    for table in tables:
        await conn.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        await conn.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


async def copy_rows(conn: asyncpg.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """COPY rows of equal columns, given by name."""
    listed = list(rows)
    if listed:
        columns = list(listed[0])
        records = [[row[column] for column in columns] for row in listed]
        await conn.copy_records_to_table(table, records=records, columns=columns)


async def insert_rows(conn: asyncpg.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows of equal columns, given by name: for ``jsonb``, whose codec is a text one; COPY is binary."""
    listed = list(rows)
    if listed:
        columns = list(listed[0])
        slots = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({slots})"
        await conn.executemany(sql, [[row[column] for column in columns] for row in listed])
