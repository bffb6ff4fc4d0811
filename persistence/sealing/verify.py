"""Checks the sealed history: every event, every position, every root, and the roots kept outside.

One snapshot of the database, read batch by batch: memory is that of one batch (and of 32 bytes a batch
for the roots outside), time grows with the number of events. What is found is named by batch and, where
one event can be told, by position and id.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg

from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.sealing import roots as outside
from persistence.sealing.keys import public_keys, verifies
from persistence.sealing.merkle import root_of
from persistence.sealing.sealer import LOCK
from persistence.sealing.statement import NOTHING_BEFORE, Statement
from persistence.writing.events import digest_of

SEALS_AT_ONCE: Final = 1_000
SHA256_BYTES: Final = 32
# LIMIT: one index look-up an event, in its own month; joined freely, a batch would read whole partitions.
_ROWS: Final = """
SELECT p.position, p.event_id, p.digest AS leaf, e.*
FROM event_position p
LEFT JOIN LATERAL (SELECT * FROM event WHERE event.id = p.event_id AND event.at = p.at LIMIT 1) e ON true
WHERE p.position >= $1 AND p.position < $2 ORDER BY p.position
"""
# Events that no later round of the sealer will find: it looks at transactions from ``settled`` on.
_BEHIND: Final = """
SELECT e.id FROM event e, seal_state s
WHERE s.id = 1 AND s.cluster = (SELECT system_identifier::text FROM pg_control_system())
  AND (e.xact IS NULL OR e.xact < s.settled OR e.xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
  AND NOT EXISTS (SELECT FROM event_position p WHERE p.event_id = e.id)
ORDER BY e.id LIMIT 1000
"""


class Kind(StrEnum):
    """What can be wrong."""

    EDITED = "event_edited"  # the row is not what was sealed
    MISSING = "event_missing"  # a sealed event is gone
    POSITIONS = "positions_broken"  # positions of a batch are missing, doubled or beyond it
    ROOT = "root_mismatch"  # the batch's events or their order are not what was signed
    CHAIN = "chain_broken"  # a batch is missing, put in, or not the one the next was chained to
    SIGNATURE = "signature_invalid"  # the statement was changed, or signed by a key that is not ours
    UNSEALED = "event_unsealed"  # an event put in behind the sealer's back
    CUT = "root_lost"  # a root outside the database is not in it: the tail was cut off, or rewritten
    OUTSIDE = "roots_incomplete"  # the file outside lacks a root, or holds one that nobody signed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    kind: Kind
    batch: int | None = None
    position: int | None = None
    event_id: UUID | None = None


@dataclass(slots=True)
class Report:
    """What was checked and what was found; ``findings`` holds the first thousand."""

    events: int = 0
    batches: int = 0
    waiting: int = 0  # committed, not yet sealed
    outside: int = 0  # roots read from the file
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, *findings: Finding) -> None:
        """Keep findings."""
        self.found += len(findings)
        self.findings += findings[: max(0, MOST_FINDINGS - len(self.findings))]


MOST_FINDINGS: Final = 1_000
OnProgress = Callable[[int, int], None]


async def verify(
    connection: asyncpg.Connection,
    cipher: FieldCipher | None,
    roots: Path | None,
    *,
    since: int = 1,
    on_progress: OnProgress | None = None,
) -> Report:
    """Check every batch from ``since`` on; ``roots`` is the file outside, None leaves it out.

    With a cipher (the master keys) a root signed by a key that was slipped into the database is found
    even without the file. ``on_progress`` is told the batches done and all there are.
    """
    report = Report()
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)  # no batch between its commit and its line
    held = True
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await set_scope(connection, SYSTEM_SCOPE)
            total = await connection.fetchval("SELECT count(*) FROM event_seal WHERE batch >= $1", since)
            keys = await public_keys(connection, cipher)
            kept = _Kept(roots, keys, report) if roots is not None else None
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
            held = False
            expected = await _before(connection, since)
            async for row in _seals(connection, since):
                statement = Statement.from_row(row)
                report.add(*_chained(statement, row["signature"], keys, expected))
                report.add(*await _batch(connection, statement, report))
                if kept is not None:
                    report.add(*kept.compared(statement))
                expected = (statement.batch + 1, statement.after, statement.digest())
                report.batches += 1
                if on_progress is not None:
                    on_progress(report.batches, total)
            report.add(*await _around(connection, since, expected))
            report.waiting = await connection.fetchval(_WAITING)
            if kept is not None:
                report.add(*kept.left_over(expected[0], since))
    finally:
        if held and not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
    return report


_WAITING: Final = "SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM event_position)"
Expected = tuple[int, int, bytes]  # number, first position and ``previous`` of the next batch


async def _before(connection: asyncpg.Connection, since: int) -> Expected:
    row = await connection.fetchrow("SELECT * FROM event_seal WHERE batch < $1 ORDER BY batch DESC LIMIT 1", since)
    if row is None:
        return 1, 1, NOTHING_BEFORE
    last = Statement.from_row(row)
    return last.batch + 1, last.after, last.digest()


async def _seals(connection: asyncpg.Connection, since: int) -> AsyncIterator[asyncpg.Record]:
    last = since - 1
    while rows := await connection.fetch(
        "SELECT * FROM event_seal WHERE batch > $1 ORDER BY batch LIMIT $2", last, SEALS_AT_ONCE
    ):
        for row in rows:
            yield row
        last = rows[-1]["batch"]


def _chained(
    statement: Statement, signature: bytes, keys: Mapping[str, bytes], expected: Expected
) -> Iterator[Finding]:
    if (statement.batch, statement.first, statement.previous) != expected:
        yield Finding(Kind.CHAIN, statement.batch)
    public = keys.get(statement.kid)
    if public is None or not verifies(public, signature, statement.signed_bytes()):
        yield Finding(Kind.SIGNATURE, statement.batch)


async def _batch(connection: asyncpg.Connection, statement: Statement, report: Report) -> list[Finding]:
    """Check the events of a batch, one by one and as a tree."""
    rows = await connection.fetch(_ROWS, statement.first, statement.after)
    findings = []
    for row in rows:
        where = (statement.batch, row["position"], row["event_id"])
        if row["id"] is None:
            findings.append(Finding(Kind.MISSING, *where))
        elif row["digest"] != row["leaf"] or _digest(row) != row["leaf"]:
            findings.append(Finding(Kind.EDITED, *where))
    report.events += len(rows)
    if [row["position"] for row in rows] != list(range(statement.first, statement.after)):
        findings.append(Finding(Kind.POSITIONS, statement.batch))
    elif root_of([row["leaf"] for row in rows]) != statement.root:
        findings.append(Finding(Kind.ROOT, statement.batch))
    return findings


def _digest(row: Mapping[str, Any]) -> bytes:
    try:
        return digest_of(row)
    except (TypeError, ValueError):  # a value no writer of ours could have put there
        return b""


async def _around(connection: asyncpg.Connection, since: int, expected: Expected) -> list[Finding]:
    """Find positions beyond the last seal, and events that never got one."""
    beyond = await connection.fetch(
        "SELECT position, event_id FROM event_position WHERE position >= $1 OR position < 1 "
        "ORDER BY position LIMIT 1000",
        expected[1],
    )
    behind = await connection.fetch(_BEHIND) if since == 1 else []
    return [
        *(Finding(Kind.POSITIONS, None, row["position"], row["event_id"]) for row in beyond),
        *(Finding(Kind.UNSEALED, None, None, row["id"]) for row in behind),
    ]


# ---- the file outside --------------------------------------------------------------------------------


class _Kept:
    """The roots outside: 32 bytes for each batch, in order; what stands out of order is kept apart."""

    def __init__(self, path: Path, keys: Mapping[str, bytes], report: Report) -> None:
        self._digests = bytearray()
        self._others: dict[int, set[bytes]] = {}
        for line in outside.lines(path):
            try:
                root = outside.read(line)
            except ValueError:
                report.add(Finding(Kind.OUTSIDE))
                continue
            report.outside += 1
            statement = root.statement
            ours = keys.get(statement.kid, root.public_key) == root.public_key
            if not ours or not verifies(root.public_key, root.signature, statement.signed_bytes()):
                report.add(Finding(Kind.OUTSIDE, statement.batch))
            elif statement.batch == len(self._digests) // SHA256_BYTES + 1:
                self._digests += statement.digest()
            elif self._of(statement.batch) != statement.digest():
                self._others.setdefault(statement.batch, set()).add(statement.digest())

    def _of(self, batch: int) -> bytes | None:
        found = bytes(self._digests[(batch - 1) * SHA256_BYTES : batch * SHA256_BYTES]) if batch > 0 else b""
        return found or None

    def compared(self, statement: Statement) -> Iterator[Finding]:
        """Compare a batch of the database with what stands outside."""
        digest, batch = statement.digest(), statement.batch
        known = {self._of(batch), *self._others.pop(batch, ())} - {None}
        if known - {digest}:
            yield Finding(Kind.CUT, batch)
        if digest not in known:
            yield Finding(Kind.OUTSIDE, batch)

    def left_over(self, after: int, since: int) -> Iterator[Finding]:
        """Find roots of batches that the database does not hold."""
        beyond = range(max(after, since), len(self._digests) // SHA256_BYTES + 1)
        yield from (Finding(Kind.CUT, batch) for batch in sorted({*beyond, *self._others}) if batch >= since)


__all__ = ["Finding", "Kind", "Report", "verify"]
