"""The sealer: gives every committed event its gapless position and closes batches under a signed root.

Writers know nothing of it: an event carries its own digest and the number of its transaction
(``event.xact``), and that is all the write path pays. Every few seconds one sealer (an advisory lock)
takes a snapshot and looks at the events of transactions that had not ended at the snapshot before,
``pg_snapshot_xmin`` of which it kept: those it sees now and has not numbered yet get the next positions.
So positions are commit order from one round to the next; an event that commits late comes later and
leaves no gap. Within a round events stand by time, and those of an aggregate by its version even where
the clock stepped back: no version is sealed before the one it follows, for whoever sees the second sees
the first.

A batch commits as a whole and its root goes to the file afterwards; what a crash leaves undone the next
round does. Sealing has nothing to do with reading: until an event is sealed it is in nobody's feed.
"""

from pathlib import Path
from typing import Final

import asyncpg
import structlog

from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.sealing.keys import SigningKey, signing_key
from persistence.sealing.merkle import root_of
from persistence.sealing.roots import write_missing
from persistence.sealing.statement import NOTHING_BEFORE, Statement

LOCK: Final = 0x5357_7365  # "SWse"
BATCH: Final = 4_096
log = structlog.get_logger(__name__)

# Numbers of transactions are of one cluster: after a restore every event is looked at, once.
_WINDOW: Final = """
SELECT pg_snapshot_xmin(s)::text::bigint AS settled, pg_snapshot_xmax(s)::text::bigint AS newest,
       c.cluster, CASE WHEN t.cluster = c.cluster THEN t.settled END AS before
FROM pg_current_snapshot() s,
     (SELECT system_identifier::text AS cluster FROM pg_control_system()) c
     LEFT JOIN seal_state t ON t.id = 1
"""
# The moment an event counts by: its own, or that of an earlier version of its aggregate where the clock
# had stepped back in between.
_UNSEALED: Final = """
DECLARE unsealed NO SCROLL CURSOR WITH HOLD FOR
SELECT id, at, digest FROM (
  SELECT e.id, e.at, e.digest, e.aggregate_version,
         CASE WHEN e.aggregate_version IS NULL THEN e.at ELSE max(e.at) OVER (
           PARTITION BY e.aggregate_id, e.aggregate_version IS NULL
           ORDER BY e.aggregate_version, e.at, e.id) END AS counts
  FROM event e
  WHERE {window} NOT EXISTS (SELECT FROM event_position p WHERE p.event_id = e.id)) u
ORDER BY counts, at < counts, CASE WHEN at < counts THEN aggregate_version END, id
"""
_LAST: Final = "SELECT * FROM event_seal ORDER BY batch DESC LIMIT 1"
_POSITIONS: Final = """
INSERT INTO event_position (position, event_id, at, digest)
SELECT $1::bigint + n - 1, event_id, at, digest
FROM unnest($2::uuid[], $3::timestamptz[], $4::bytea[]) WITH ORDINALITY AS u (event_id, at, digest, n)
"""
_SETTLED: Final = """
INSERT INTO seal_state (id, cluster, settled) VALUES (1, $1, $2)
ON CONFLICT (id) DO UPDATE SET cluster = excluded.cluster, settled = excluded.settled
"""


async def seal(connection: asyncpg.Connection, cipher: FieldCipher, roots: Path | None, *, batch: int = BATCH) -> int:
    """Seal what has been committed so far; returns how many events. 0 also when another sealer is at work.

    ``connection`` must reach the server itself (advisory lock, held cursor) and be in no transaction.
    ``roots`` is the file outside the database; trouble with it is logged and made up for in a later
    round, for an unsealed event helps nobody.
    """
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        return 0
    try:
        sealed = await _seal(connection, cipher, batch)
        if roots is not None:
            await _write_out(connection, roots)
        return sealed
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _seal(connection: asyncpg.Connection, cipher: FieldCipher, batch: int) -> int:
    async with connection.transaction(isolation="repeatable_read"):
        await set_scope(connection, SYSTEM_SCOPE)
        window = await connection.fetchrow(_WINDOW)
        since = "" if window["before"] is None else (
            f"e.xact >= {window['before']:d} AND e.xact < {window['newest']:d} AND "
        )  # fmt: skip
        await connection.execute(_UNSEALED.format(window=since))
    sealed = 0
    try:
        while rows := await connection.fetch(f"FETCH FORWARD {batch} FROM unsealed"):
            async with connection.transaction():
                await _close_batch(connection, await signing_key(connection, cipher), rows)
            sealed += len(rows)
    finally:
        if not connection.is_closed():
            await connection.execute("CLOSE unsealed")
    if window["before"] != window["settled"]:
        await connection.execute(_SETTLED, window["cluster"], window["settled"])
    return sealed


async def _close_batch(connection: asyncpg.Connection, key: SigningKey, rows: list[asyncpg.Record]) -> None:
    """Number the events of a batch and sign its root, in the open transaction."""
    last = await connection.fetchrow(_LAST)
    before = None if last is None else Statement.from_row(last)
    first = 1 if before is None else before.after
    statement = Statement(
        batch=1 if before is None else before.batch + 1,
        first=first,
        count=len(rows),
        root=root_of([row["digest"] for row in rows]),
        previous=NOTHING_BEFORE if before is None else before.digest(),
        sealed_at=await connection.fetchval("SELECT clock_timestamp()"),
        kid=key.kid,
    )
    await connection.execute(
        _POSITIONS,
        first, [row["id"] for row in rows], [row["at"] for row in rows], [row["digest"] for row in rows],
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO event_seal (batch, first_position, count, root, previous, sealed_at, kid, signature) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        statement.batch, statement.first, statement.count, statement.root, statement.previous, statement.sealed_at,
        statement.kid, key.sign(statement.signed_bytes()),
    )  # fmt: skip


async def _write_out(connection: asyncpg.Connection, roots: Path) -> None:
    try:
        await write_missing(connection, roots)
    except OSError as error:
        log.error("seal.roots_not_written", error=type(error).__name__)  # noqa: TRY400 - the next round tries again


__all__ = ["BATCH", "LOCK", "seal"]
