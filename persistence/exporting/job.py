"""The job behind ``POST /v1/exports``: from the caller's access as it is now to a sealed roster.

It writes nothing to the ledger, so a killed run is simply done again; the file, its event and the
end of the operation share one commit. Whoever may no longer have the roster, when the work begins
or when it ends, gets none.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from domain.access import Access
from domain.events import Event, Origin
from domain.exports.operations import FILE, ExportParameters, ExportResult, Standing, may_export
from domain.exports.roster import Roster
from domain.imports.model import OperationStatus, RosterForm
from domain.imports.operations import OperationProblem
from domain.people.days import today
from domain.regions.codes import padded
from persistence.crypto import FieldCipher
from persistence.data.forms import vocabulary
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.exporting.people import people, reveal, total
from persistence.importing import files
from persistence.reading.reader import Reader
from persistence.sheets.rosters import FILE_NAME, MOST_ROWS, RosterSheet, private_folder, roster
from persistence.writing.events import append_events

AccessNow = Callable[[Standing, datetime], Awaitable[Access | None]]
"""What a caller may do at this moment, None where she may do nothing any more."""

MOST_ATTEMPTS: Final = 3
TAKE_TRIES: Final = 60
TAKE_PAUSE: Final = 0.5  # seconds
LOG = structlog.get_logger(__name__)

_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended($1, 0))"
_BEGIN: Final = """
UPDATE operation SET status = 'running', started_at = coalesce(started_at, clock_timestamp()), attempts = attempts + 1,
  done = 0, version = version + 1, updated_at = clock_timestamp()
WHERE id = $1 AND status IN ('queued', 'running') RETURNING *
"""
_PROGRESS: Final = """
UPDATE operation SET done = $2, total = $3, updated_at = clock_timestamp() WHERE id = $1 RETURNING cancel_requested
"""
_END: Final = """
UPDATE operation SET status = $2, finished_at = clock_timestamp(), done = coalesce($3, done),
  result = coalesce($4, result), problem = coalesce($5, problem), version = version + 1, updated_at = clock_timestamp()
WHERE id = $1 AND status = 'running'
"""
# All counties, and what lies below the roster's own: what is further off the import could not read back.
_PLACES: Final = "SELECT code, path FROM region WHERE code LIKE $1 || '%' OR length(code) <= 6"
COUNTY_DIGITS: Final = 6


class StillRunning(Exception):
    """Another process works on the operation; the queue should ask again later."""


class Stopped(Exception):
    """The roster is not to be made: cancelled, or refused with a code."""

    def __init__(self, status: OperationStatus, code: str | None = None) -> None:
        super().__init__(code or status)
        self.status, self.code = status, code


async def run_export(pool: asyncpg.Pool, cipher: FieldCipher, operation_id: UUID, access_now: AccessNow) -> None:
    """Run an export to its end; one that has ended is left alone. Raises ``StillRunning``."""
    async with pool.acquire() as control:
        await _take(control, operation_id)
        try:
            row = await _as_system(control, "fetchrow", _BEGIN, operation_id)
            if row is None:
                return
            try:
                await _run(pool, control, cipher, row, access_now)
            except Stopped as stopped:
                LOG.info("export.stopped", operation_id=str(operation_id), status=stopped.status, code=stopped.code)
                problem = OperationProblem.of(stopped.code).model_dump(mode="json") if stopped.code else None
                await _as_system(control, "execute", _END, operation_id, stopped.status, None, None, problem)
        finally:
            await control.execute(_UNLOCK, str(operation_id))


async def _take(connection: asyncpg.Connection, operation_id: UUID) -> None:
    """Make this process the only one on the operation; one that was killed leaves its lock for a moment."""
    for _ in range(TAKE_TRIES):
        if await connection.fetchval(_LOCK, str(operation_id)):
            return
        await asyncio.sleep(TAKE_PAUSE)
    raise StillRunning


async def _as_system(connection: asyncpg.Connection, how: str, sql: str, *values: object) -> Any:
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        return await getattr(connection, how)(sql, *values)


async def _run(
    pool: asyncpg.Pool, control: asyncpg.Connection, cipher: FieldCipher, row: Mapping[str, Any], access_now: AccessNow
) -> None:
    if row["cancel_requested"]:
        raise Stopped(OperationStatus.CANCELLED)
    if row["attempts"] > MOST_ATTEMPTS:
        raise Stopped(OperationStatus.FAILED, "export.too_many_attempts")
    asked = ExportParameters.model_validate(row["parameters"])
    access = await _allowed(row, asked, access_now)
    reader = Reader(pool, cipher.key_for("page_token").hex())
    with private_folder(f"shouwang-export-{row['id']}") as folder:
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL statement_timeout = '300s'")
            rows = await _write(connection, control, reader, _Task(row["id"], access, asked, cipher, folder))
        content = await asyncio.to_thread((folder / FILE_NAME).read_bytes)
    access = await _allowed(row, asked, access_now)  # she may have lost it while the roster was made
    await _release(control, cipher, row, access, asked, rows, content)


async def _allowed(row: Mapping[str, Any], asked: ExportParameters, access_now: AccessNow) -> Access:
    """Return the caller as she stands now, or end the work where she may not have this roster."""
    access = await access_now(Standing.model_validate(row["access"]), row["created_at"])
    if access is None or not may_export(access, asked, padded(asked.region)):
        raise Stopped(OperationStatus.FAILED, "export.access_lost")
    return access


@dataclass(frozen=True, slots=True)
class _Task:
    """What the writing of one roster shares."""

    id: UUID
    access: Access
    asked: ExportParameters
    cipher: FieldCipher
    folder: Path


async def _write(connection: asyncpg.Connection, control: asyncpg.Connection, reader: Reader, task: _Task) -> int:
    """Write the roster into the folder; returns how many people it holds."""
    expected = await total(connection, reader, task.access, task.asked)
    if expected > MOST_ROWS:
        raise Stopped(OperationStatus.FAILED, "export.too_many_rows")
    places = dict(await connection.fetch(_PLACES, task.asked.region[:COUNTY_DIGITS]))
    rows = Roster(task.asked.form, vocabulary(), places)
    chosen = None if task.asked.fields is None else frozenset(task.asked.fields)
    seen = 0
    with ExitStack() as stack:
        sheet = stack.enter_context(roster(RosterForm(task.asked.form), task.folder))
        async for read, page in people(connection, reader, task.access, task.asked):
            if task.asked.reveal:
                await reveal(connection, task.cipher, page)
            await asyncio.to_thread(_add, sheet, rows, page, chosen)
            seen += read
            if await _as_system(control, "fetchval", _PROGRESS, task.id, seen, expected):
                raise Stopped(OperationStatus.CANCELLED)
        await asyncio.to_thread(stack.close)
    return sheet.rows


def _add(sheet: RosterSheet, rows: Roster, page: list[dict[str, Any]], chosen: frozenset[str] | None) -> None:
    for person in page:
        cells = rows.row(person)
        sheet.add(cells if chosen is None else {name: cell for name, cell in cells.items() if name in chosen})


async def _release(  # noqa: PLR0913, PLR0917 - all that one commit needs
    control: asyncpg.Connection,
    cipher: FieldCipher,
    row: Mapping[str, Any],
    access: Access,
    asked: ExportParameters,
    rows: int,
    content: bytes,
) -> None:
    """Keep the file, log that it was made, end the operation: in one commit, or none of it."""
    result = ExportResult(form=asked.form, as_of=today().isoformat(), rows=rows).model_dump(mode="json")
    event = Event(
        "export.made", "operation", row["id"], padded(asked.region), purpose=asked.purpose,
        data={"rows": rows, **asked.told()},
    )  # fmt: skip
    async with control.transaction():
        await set_scope(control, SYSTEM_SCOPE)
        await files.keep(control, cipher, row["id"], FILE, content)
        await append_events(control, access, Origin("job", str(row["id"])), [event])
        ended = await control.execute(_END, row["id"], OperationStatus.SUCCEEDED, rows, result, None)
        assert ended == "UPDATE 1", "nobody else ends an operation that is locked"


__all__ = ["AccessNow", "StillRunning", "run_export"]
