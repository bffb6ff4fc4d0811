"""Merging one chunk, in one transaction with the operation's progress: after a crash all of it is there, or none."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.access import Access
from domain.campaigns.use_cases import of_village
from domain.events import Event, Origin
from domain.imports.determination import POPULATION
from domain.imports.model import ImportMode, RosterForm
from domain.imports.operations import ImportResult
from domain.people.use_cases.consequences import client_ended
from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, ScopeSettings, set_scope
from persistence.importing import known, log, plan, write
from persistence.importing.log import Author
from persistence.importing.resolve import resolve
from persistence.importing.staging import columns, create_tables
from persistence.writing import campaigns
from persistence.writing.events import append_events

CAUSE: Final = "operation.started"
TRIES: Final = 5
# Somebody else entered the same person, or holds her row: read the ledger again.
PASSING: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
# Plans are made while the tables are still small: only an index is right when they have grown.
# A chunk need not be on disk before the next begins: what a power cut takes is done again, progress
# and rows together. The transaction that ends the operation waits for all of them.
SETTINGS: Final = """
SELECT set_config('enable_seqscan', 'off', true), set_config('statement_timeout', '300s', true),
  set_config('synchronous_commit', 'off', true)
"""
ROWS: Final = """
INSERT INTO import_row (operation_id, row_number, sheet, sheet_row, form, outcome, person_id, subject_blind, first_row,
  left_behind, faults, repaired)
SELECT $1::uuid, row_number, sheet, sheet_row, $2::text, coalesce(outcome, 'created'),
  CASE WHEN $3 THEN person_id END, subject_blind, first_row, left_behind, faults, repaired
FROM stage_row
"""
COUNTS: Final = """
SELECT coalesce(outcome, 'created') AS outcome, left_behind, count(*) AS rows FROM stage_row GROUP BY 1, 2
"""
SURVEYED_VILLAGES: Final = "SELECT DISTINCT region_code FROM stage_person WHERE subject"
PROGRESS: Final = """
UPDATE operation SET done = $2, result = $3, cursor = cursor || jsonb_build_object('row', $2::int), attempts = 0,
  version = version + 1, updated_at = clock_timestamp()
WHERE id = $1 RETURNING cancel_requested
"""


@dataclass(frozen=True, slots=True)
class Import:
    """What all chunks of an operation share."""

    operation_id: UUID
    form: RosterForm
    mode: ImportMode
    as_of: date
    scope: ScopeSettings
    author: Author


@dataclass(frozen=True, slots=True)
class Staged:
    """A chunk as the parser handed it over: COPY text per staging table."""

    first: int
    last: int
    tables: Sequence[str]
    lines: Sequence[bytes]


async def prepare(connection: asyncpg.Connection) -> None:
    """Make the staging tables of this connection, with room for a chunk in memory."""
    await connection.execute("SET temp_buffers = '64MB'")
    await connection.execute(create_tables())


async def merge(
    connection: asyncpg.Connection, cipher: FieldCipher, work: Import, chunk: Staged, result: ImportResult
) -> tuple[ImportResult, bool]:
    """Merge a chunk; returns the counts so far and whether the caller wants to stop."""
    for attempt in range(1, TRIES + 1):
        try:
            async with connection.transaction():
                return await _merge(connection, cipher, work, chunk, result)
        except PASSING:
            if attempt == TRIES:
                raise
            await asyncio.sleep(0.05 * 2**attempt)
    raise AssertionError


async def _merge(
    connection: asyncpg.Connection, cipher: FieldCipher, work: Import, chunk: Staged, result: ImportResult
) -> tuple[ImportResult, bool]:
    await connection.execute(SETTINGS)
    await set_scope(connection, work.scope)
    for table, lines in zip(chunk.tables, chunk.lines, strict=True):
        if lines:
            await connection.copy_to_table(
                f"stage_{table}", source=io.BytesIO(lines), columns=columns(table), format="text"
            )
    found = await resolve(connection, work.as_of, later_chunk=chunk.first > 1)
    if found:
        await plan.plan_sealed(connection)
        await known.reseal(connection, cipher, work.form)
        await known.same_words(connection, work.form)
        await known.determine_anew(connection, work.form, work.as_of, work.scope)
        await plan.plan(connection, work.form, work.as_of)
    if work.mode is ImportMode.APPLY:
        await _write(connection, work, found)
    await connection.execute(ROWS, work.operation_id, work.form, work.mode is ImportMode.APPLY)
    result = _counted(result, await connection.fetch(COUNTS))
    stop = await connection.fetchval(PROGRESS, work.operation_id, chunk.last, result.model_dump(mode="json"))
    return result, bool(stop)


async def _write(connection: asyncpg.Connection, work: Import, found: int) -> None:
    await write.insert_all(connection, work.form, work.as_of, CAUSE, work.author.cause_id)
    if found:
        await write.update_all(connection, work.form, work.as_of)
        await known.priorities(connection)
        cause = work.author.cause_id
        ended = await write.end_clients(connection)
        await _append(connection, work, [client_ended(row, row["region_code"], cause) for row in ended])
    await _survey(connection, work)
    at = await connection.fetchval("SELECT clock_timestamp()")
    await log.append(connection, work.form, work.author, at)
    await set_scope(connection, SYSTEM_SCOPE)  # the guardianships behind them were written under the caller's
    await write.open_files(connection)
    await set_scope(connection, work.scope)


async def _survey(connection: asyncpg.Connection, work: Import) -> None:
    """Set the villages of these rows going in the open campaigns that ask for this form."""
    regions = [row["region_code"] for row in await connection.fetch(SURVEYED_VILLAGES)]
    started = await campaigns.set_going(connection, regions, POPULATION[work.form], work.as_of)
    cause = work.author.cause_id
    await _append(connection, work, [of_village("campaign_village.started", row, cause_id=cause) for row in started])


async def _append(connection: asyncpg.Connection, work: Import, events: Sequence[Event]) -> None:
    """Append events as acts of whoever asked for the import."""
    author = work.author
    actor = Access(author.sub, author.client_id or "", (), {}, agency_id=author.agency_id)
    await append_events(connection, actor, Origin(log.CHANNEL, author.request_id), events)


def _counted(result: ImportResult, counts: Sequence[Any]) -> ImportResult:
    outcomes: dict[str, int] = {}
    left = {True: 0, False: 0, None: 0}
    for row in counts:
        outcomes[row["outcome"]] = outcomes.get(row["outcome"], 0) + row["rows"]
        left[row["left_behind"]] += row["rows"]
    return result.plus(outcomes, left[True], left[False])


__all__ = ["CAUSE", "Import", "Staged", "merge", "prepare"]
