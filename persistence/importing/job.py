"""The job behind ``POST /v1/imports``: from the stored file to merged rows, counts and report.

Restart-safe: progress is kept in the transaction of each chunk, ids follow from operation and row
number, and the parser reads the file from its start again to know what it knew. An operation
that makes no progress in several attempts is given up.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from domain.access import Access, RegionRange
from domain.events import Event, Origin
from domain.ids import new_id
from domain.imports.determination import POPULATION
from domain.imports.faults import BadFile
from domain.imports.model import ImportMode, OperationStatus, RosterForm
from domain.imports.operations import (
    INPUT,
    REPORT,
    FrozenAccess,
    ImportParameters,
    ImportResult,
    OperationProblem,
    may_enter,
    unknown_column,
)
from domain.people.days import today
from persistence.crypto import FieldCipher
from persistence.duplicates.jobs import after_import
from persistence.engine import SYSTEM_SCOPE, ScopeSettings, ranges_text, set_scope
from persistence.importing import files
from persistence.importing.child import Child, ChildLost, child
from persistence.importing.log import Author
from persistence.importing.merge import CAUSE, Import, Staged, merge, prepare
from persistence.importing.report import make_report
from persistence.sheets.reading import check_size
from persistence.writing.events import append_events

CHUNK_ROWS: Final = 5_000
MOST_ATTEMPTS: Final = 3  # without progress in between
TAKE_TRIES: Final = 60
TAKE_PAUSE: Final = 0.5  # seconds
_log = structlog.get_logger()

_BEGIN: Final = """
UPDATE operation SET status = 'running', started_at = coalesce(started_at, clock_timestamp()), attempts = attempts + 1,
  cursor = CASE WHEN cursor ? 'event' THEN cursor ELSE cursor || jsonb_build_object('event', coalesce(
    (SELECT e.id::text FROM event e WHERE e.aggregate_id = operation.id AND e.type = 'operation.started' LIMIT 1),
    $2::text)) END,
  version = version + 1, updated_at = clock_timestamp()
WHERE id = $1 AND status IN ('queued', 'running') AND NOT (status = 'queued' AND cancel_requested)
RETURNING *
"""
_END: Final = """
UPDATE operation SET status = $2, finished_at = clock_timestamp(), result = coalesce($3, result),
  problem = coalesce($4, problem), version = version + 1, updated_at = clock_timestamp()
WHERE id = $1 AND status IN ('queued', 'running')
"""
# All of the country down to its counties, and the villages of the counties the caller works in.
_DIVISIONS: Final = """
SELECT r.code, r.name, r.parent_code, coalesce(array_agg(a.name) FILTER (WHERE a.name IS NOT NULL), '{}') AS aliases
FROM region r LEFT JOIN (
  SELECT region_code, name FROM region_alias
  UNION SELECT successor_code, name FROM region WHERE valid_to IS NOT NULL AND successor_code IS NOT NULL
) a ON a.region_code = r.code
WHERE r.valid_to IS NULL AND (r.level <= 3 OR int8multirange(int8range(r.lo, r.hi)) && $1::text::int8multirange)
GROUP BY r.code
"""
_RULES: Final = """
SELECT DISTINCT ON (region_code) id, region_code, parameters FROM rule_set
WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) ORDER BY region_code, valid_from DESC
"""


@dataclass(frozen=True, slots=True)
class _Task:
    """An operation as it was taken up."""

    id: UUID
    access: FrozenAccess
    asked: ImportParameters
    cause_id: UUID
    after: int  # rows merged before
    result: ImportResult | None


class StillRunning(Exception):
    """Another process works on the operation; the queue should ask again later."""


async def run_import(pool: asyncpg.Pool, cipher: FieldCipher, operation_id: UUID) -> None:
    """Run an import to its end, or go on with it; one that has ended is left alone.

    Raises ``StillRunning`` where another process has it and keeps it.
    """
    async with pool.acquire() as connection:
        await _take(connection, operation_id)
        try:
            while (task := await _begin(connection, operation_id)) is not None:
                try:
                    await _run(connection, cipher, task)
                    if task.asked.mode is ImportMode.APPLY:
                        cause = Event(CAUSE, "operation", operation_id, id=task.cause_id)
                        await after_import(pool, cipher, operation_id, task.access.agency_id, cause)
                except BadFile as bad:
                    await _end(connection, operation_id, OperationStatus.FAILED, OperationProblem.of(bad.code))
                except ChildLost as lost:
                    _log.warning("import.parser_lost", operation_id=str(operation_id), error=str(lost))
        finally:
            await connection.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", str(operation_id))


async def _take(connection: asyncpg.Connection, operation_id: UUID) -> None:
    """Make this process the only one on the operation.

    A process that was killed leaves its lock behind for as long as its last statement still runs.
    """
    for _ in range(TAKE_TRIES):
        if await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", str(operation_id)):
            return
        await asyncio.sleep(TAKE_PAUSE)
    raise StillRunning


async def _begin(connection: asyncpg.Connection, operation_id: UUID) -> _Task | None:
    """Take an operation up; None when it has ended, was cancelled, or is given up."""
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        row = await connection.fetchrow(_BEGIN, operation_id, str(new_id()))
        if row is None:
            await connection.execute(_END, operation_id, OperationStatus.CANCELLED, None, None)
            return None
        if row["attempts"] > MOST_ATTEMPTS:
            problem = OperationProblem.of("file.too_many_attempts").model_dump(mode="json")
            await connection.execute(_END, operation_id, OperationStatus.FAILED, None, problem)
            return None
        after = row["cursor"].get("row", 0)
        return _Task(
            operation_id,
            FrozenAccess.model_validate(row["access"]),
            ImportParameters.model_validate(row["parameters"]),
            UUID(row["cursor"]["event"]),
            after,
            ImportResult.model_validate(row["result"]) if after else None,
        )


async def _run(connection: asyncpg.Connection, cipher: FieldCipher, task: _Task) -> None:
    async with child() as running:  # starting takes it as long as what comes before it is needed
        async with connection.transaction():
            await set_scope(connection, SYSTEM_SCOPE)
            content = await files.fetch(connection, cipher, task.id, INPUT)
            job = await _job(connection, task)
        if content is None:
            raise BadFile("file.unreadable")
        await asyncio.to_thread(check_size, content)
        await running.begin(job, content, cipher.hand_over())
        await prepare(connection)
        result, status = await _merge_all(connection, cipher, task, running)
        if status is OperationStatus.SUCCEEDED:
            report = await make_report(connection, task.id, running, result, status)
    if status is OperationStatus.CANCELLED:  # that parser was in the middle of the file
        async with child() as running:
            await running.begin({"parse": False}, content, b"")
            report = await make_report(connection, task.id, running, result, status)
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        await files.keep(connection, cipher, task.id, REPORT, report)
        await connection.execute(_END, task.id, status, result.model_dump(mode="json"), None)


async def _merge_all(
    connection: asyncpg.Connection, cipher: FieldCipher, task: _Task, running: Child
) -> tuple[ImportResult, OperationStatus]:
    """Merge what the parser hands over, chunk by chunk, while it makes the next."""
    result, work = task.result, None
    async for head, parts in running.frames():
        if head["kind"] == "start":
            work = _work(task, RosterForm(head["form"]))
            result = result or _counting(task, work, head)
            await _started(connection, task, work, head["rows"])
            continue
        assert work is not None
        assert result is not None
        chunk = Staged(head["first"], head["last"], head["tables"], parts)
        result, stop = await merge(connection, cipher, work, chunk, result)
        if stop:
            return result, OperationStatus.CANCELLED
    assert result is not None
    return result, OperationStatus.SUCCEEDED


async def _job(connection: asyncpg.Connection, task: _Task) -> dict[str, Any]:
    """Return what the parser needs to know besides the file."""
    divisions = await connection.fetch(_DIVISIONS, ranges_text(_counties(task.access.ranges)))
    return {
        "parse": True,
        "operation": str(task.id),
        "form": task.asked.form,
        "as_of": task.asked.as_of.isoformat(),
        "today": max(today(), task.asked.as_of).isoformat(),
        "chunk": CHUNK_ROWS,
        "after": task.after,
        "ranges": task.access.ranges,
        "divisions": [tuple(row) for row in divisions],
        "rules": [(str(one), *rest) for one, *rest in await connection.fetch(_RULES, task.asked.as_of)],
    }


def _counties(ranges: Sequence[tuple[int, int]]) -> list[RegionRange]:
    """Widen ranges to whole counties, so that a neighbouring village is told from an unknown one."""
    county = 1_000_000
    return [RegionRange(lo // county * county, -(-hi // county) * county) for lo, hi in ranges]


def _work(task: _Task, form: RosterForm) -> Import:
    """Return what the chunks share, or raise ``BadFile`` where the form is beyond the caller's remit."""
    access = task.access
    if not may_enter(access.remit, POPULATION[form]):
        raise BadFile("file.form_out_of_remit")
    scope = ScopeSettings(ranges_text([RegionRange(lo, hi) for lo, hi in access.ranges]), str(access.remit))
    author = Author(access.sub, access.agency_id, access.client_id, str(task.id), task.cause_id)
    return Import(task.id, form, task.asked.mode, task.asked.as_of, scope, author)


def _counting(task: _Task, work: Import, head: dict[str, Any]) -> ImportResult:
    warnings = tuple(unknown_column(one["column"]) for one in head["warnings"])
    return ImportResult(form=work.form, as_of=task.asked.as_of, rows=head["rows"], warnings=warnings)


async def _started(connection: asyncpg.Connection, task: _Task, work: Import, rows: int) -> None:
    """Write down how many rows there are and, before the first is merged, the event that causes all others."""
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        region = await connection.fetchval(
            "UPDATE operation SET total = $2, updated_at = clock_timestamp() WHERE id = $1 RETURNING region_code",
            task.id,
            rows,
        )
        known = await connection.fetchval("SELECT EXISTS (SELECT FROM event WHERE id = $1)", task.cause_id)
        if work.mode is ImportMode.APPLY and not known:
            event = Event(CAUSE, "operation", task.id, region, data={"form": work.form, "rows": rows}, id=task.cause_id)
            await append_events(connection, _actor(task.access), Origin("import", str(task.id)), [event])


def _actor(access: FrozenAccess) -> Access:
    return Access(access.sub, access.client_id, (), {}, agency_id=access.agency_id)


async def _end(
    connection: asyncpg.Connection, operation_id: UUID, status: OperationStatus, problem: OperationProblem
) -> None:
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        await connection.execute(_END, operation_id, status, None, problem.model_dump(mode="json"))


__all__ = ["run_import"]
