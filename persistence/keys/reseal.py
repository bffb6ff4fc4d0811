"""Seals every field anew under the key and profile of today, in small batches, while the service runs.

Rows are walked in the order of their keys; how far a column is stands in the transaction of each batch, so
that a killed process loses none and repeats none. A batch locks its rows for a moment; what is written
meanwhile is sealed under the new key already. A long transaction may still commit a row under the old key
behind the walk: a column is done only when a last look finds none.

Blind indexes are made anew with the texts. Until all are, readers look for a value under every key of the
ring (``FieldCipher.blinds``), writers of one identity number take turns, and imports, which join by blind
index, wait (``settled``).
"""

from collections.abc import Iterable
from typing import Any, Final

import asyncpg
import structlog

from persistence.crypto import FieldCipher, Unreadable
from persistence.duplicates import journal
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.keys.sealed_columns import Row, SealedColumn, sealed_columns

LOCK: Final = 0x5357_726B  # "SWrk"
BATCH: Final = 500
log = structlog.get_logger(__name__)

_STATE: Final = "SELECT mark, column_name, after, done, finished_at FROM field_key_change WHERE id = 1"
_SAVE: Final = """
INSERT INTO field_key_change (id, mark, column_name, after, done, finished_at) VALUES (1, $1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, column_name = excluded.column_name, after = excluded.after,
  done = excluded.done, finished_at = excluded.finished_at
"""


async def settled(connection: asyncpg.Connection, cipher: FieldCipher) -> bool:
    """Tell whether every field and blind index is of today's key: nothing is being changed, or all is done."""
    row = await connection.fetchrow(_STATE)
    if row is None:
        return len(cipher.ring.masters) == 1
    return row["mark"] == _target(cipher) and row["finished_at"] is not None


def _target(cipher: FieldCipher) -> bytes:
    """Return what a whole installation is sealed under: profile, key, key of the blind indexes."""
    return cipher.mark + bytes((cipher.ring.blind_id,))


async def reseal(pool: asyncpg.Pool, cipher: FieldCipher, *, batch: int = BATCH) -> int | None:
    """Seal anew what is not of today's key; returns how many rows, None when there is nothing to do.

    Can be stopped and started at will. Fields that do not open are logged by table and left; they keep the
    old key from being retired.
    """
    async with pool.acquire() as connection:
        if await settled(connection, cipher):
            return None
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            return None
        try:
            return await _reseal(connection, cipher, batch)
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _reseal(connection: asyncpg.Connection, cipher: FieldCipher, batch: int) -> int:
    target, columns = _target(cipher), sealed_columns()
    row = await connection.fetchrow(_STATE)
    resumed = row is not None and row["mark"] == target and row["finished_at"] is None
    name, after, done = (row["column_name"], row["after"], row["done"]) if resumed else (columns[0].name, None, 0)
    begun = False
    for column in columns:
        begun = begun or column.name == name
        if not begun:
            continue
        after = after if column.name == name else None
        while True:
            found = await _batch(connection, cipher, column, after, batch, target, done)
            if found is None:
                break
            after, done = found
        done += await _stragglers(connection, cipher, column)
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        finished = await connection.fetchval("SELECT clock_timestamp()")
        await connection.execute(_SAVE, target, columns[-1].name, None, done, finished)
    log.info("field_keys.resealed", rows=done)
    return done


async def _batch(  # noqa: PLR0913, PLR0917 - where the walk is
    connection: asyncpg.Connection, cipher: FieldCipher, column: SealedColumn, after: list[str] | None, batch: int,
    target: bytes, done: int,
) -> tuple[list[str], int] | None:  # fmt: skip
    """Seal the next rows of a column anew and write down how far it is; None at its end."""
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        rows = await connection.fetch(_select(column, after), *(after or ()), min(batch, column.most or batch))
        if not rows:
            return None
        done += await _write(connection, cipher, column, rows)
        last = [str(rows[-1][key]) for key in column.keys]
        await connection.execute(_SAVE, target, column.name, last, done, None)
    return last, done


async def _stragglers(connection: asyncpg.Connection, cipher: FieldCipher, column: SealedColumn) -> int:
    """Seal what came in under an older key behind the walk."""
    mark, moved = cipher.mark, 0
    while True:
        async with connection.transaction():
            await set_scope(connection, SYSTEM_SCOPE)
            rows = await connection.fetch(
                f"SELECT {_names(column)} FROM {column.table} WHERE substr({column.column}, 1, 2) <> $1 "
                f"LIMIT {column.most or BATCH} FOR UPDATE", mark,
            )  # fmt: skip
            written = await _write(connection, cipher, column, rows)
        moved += written
        if not written:  # none left, or none that opens
            return moved


async def _write(connection: asyncpg.Connection, cipher: FieldCipher, column: SealedColumn, rows: Iterable[Row]) -> int:
    changes = []
    for row in rows:
        try:
            changed = _renewed(cipher, column, row)
        except Unreadable:
            log.error("field_keys.unreadable", column=column.name)  # noqa: TRY400 - the error says no more
            continue
        if changed is not None:
            changes.append((*(row[key] for key in column.keys), *changed))
    if changes:
        await connection.executemany(_update(column), changes)
    return len(changes)


def _renewed(cipher: FieldCipher, column: SealedColumn, row: Row) -> tuple[Any, ...] | None:
    """Return the cipher text and blind indexes of today, None where they are so already."""
    stored = row[column.column]
    if stored is None or (cipher.is_current(stored) and not column.blinds):
        return None
    bound = column.bound(row)
    plain = cipher.open_bytes(column.table, column.label, bound, stored)
    blinds = [cipher.blind(kind, part(plain.decode())) for _, kind, part in column.blinds]
    if (column.table, column.column) == (journal.TABLE, journal.COLUMN):
        plain = journal.renewed(cipher, plain)  # which holds columns of other tables, sealed
    current = cipher.is_current(stored)
    if current and all(row[name] == made for (name, *_), made in zip(column.blinds, blinds, strict=True)):
        return None
    return (stored if current else cipher.seal_bytes(column.table, column.label, bound, plain), *blinds)


def _names(column: SealedColumn) -> str:
    return ", ".join((*column.keys, column.column, *column.reads, *(name for name, *_ in column.blinds)))


def _select(column: SealedColumn, after: list[str] | None) -> str:
    keys, place = ", ".join(column.keys), len(column.keys)
    if after is None:
        where, limit = f"{column.column} IS NOT NULL", 1
    else:
        columns = _types(column)
        places = ", ".join(f"${at + 1}::text::{kind}" for at, kind in enumerate(columns))
        where, limit = f"({keys}) > ({places})", place + 1
    return f"SELECT {_names(column)} FROM {column.table} WHERE {where} ORDER BY {keys} LIMIT ${limit} FOR UPDATE"


def _types(column: SealedColumn) -> list[str]:
    from persistence.tables import metadata

    columns = metadata.tables[column.table].columns
    kinds = {"Uuid": "uuid", "UUID": "uuid", "Integer": "int", "SmallInteger": "int", "BigInteger": "bigint"}
    return [kinds.get(type(columns[key].type).__name__, "text") for key in column.keys]


def _update(column: SealedColumn) -> str:
    at = len(column.keys)
    names = [column.column, *(name for name, *_ in column.blinds)]
    changes = ", ".join(f"{name} = ${at + number + 1}" for number, name in enumerate(names))
    where = " AND ".join(f"{key} = ${number + 1}" for number, key in enumerate(column.keys))
    return f"UPDATE {column.table} SET {changes} WHERE {where}"


async def usage(connection: asyncpg.Connection) -> dict[str, dict[tuple[int, int], int]]:
    """Return for each column how many fields are sealed under each (profile, key id)."""
    found: dict[str, dict[tuple[int, int], int]] = {}
    async with connection.transaction(readonly=True):
        await set_scope(connection, SYSTEM_SCOPE)
        for column in sealed_columns():
            rows = await connection.fetch(
                f"SELECT get_byte({column.column}, 0) AS suite, get_byte({column.column}, 1) AS key, count(*) AS rows "
                f"FROM {column.table} WHERE {column.column} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
            )
            found[column.name] = {(row["suite"], row["key"]): row["rows"] for row in rows}
    return found


__all__ = ["LOCK", "reseal", "settled", "usage"]
