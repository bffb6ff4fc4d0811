"""Looking for duplicates where no clerk is at work: every night, and after an import."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from domain.access import EVERYWHERE, Access, Clearance, Grant, RowScope
from domain.duplicates.detecting import DECIDE, look_for_duplicates
from domain.duplicates.model import DuplicateReason, RaisedBy
from domain.duplicates.work import Match
from domain.events import Event, Origin
from domain.people.model import Remit
from domain.people.use_cases.consequences import event_of
from persistence.crypto import FieldCipher
from persistence.writing.unit_of_work import PostgresUnitOfWork, PostgresWork

JOB: Final = "duplicates"
BATCH: Final = 1_000
ACCESS: Final = Access(
    sub=f"system:{JOB}",
    client_id="system",
    roles=(),
    grants={DECIDE: Grant(RowScope.REGION, Clearance())},
    regions=(EVERYWHERE,),
    remit=int(Remit.ANYONE),
)
log = structlog.get_logger(__name__)

_CHANGED: Final = """
SELECT id FROM person WHERE id > $1 AND updated_at >= $2 AND deregistered_on IS NULL ORDER BY id LIMIT $3
"""
_IMPORTED: Final = """
SELECT DISTINCT person_id AS id FROM import_row
WHERE operation_id = $1 AND outcome IN ('created', 'updated') AND person_id > $2 ORDER BY person_id LIMIT $3
"""
# Whom a roster named by an identity number that somebody beyond the caller's sight holds.
_HIDDEN: Final = """
SELECT DISTINCT p.id, p.region_code FROM import_row r
CROSS JOIN LATERAL person_by_identity(ARRAY[r.subject_blind]) p
WHERE r.operation_id = $1 AND r.outcome = 'rejected' AND r.subject_blind IS NOT NULL
  AND r.faults @> '[{"code": "person.under_review"}]'
"""
_EVERYBODY: Final = date(1970, 1, 1)


async def look_through(pool: asyncpg.Pool, cipher: FieldCipher, today: date, last_ran_on: date | None = None) -> int:
    """Look at everybody who changed since the last run; returns how many questions were new.

    Batches commit one by one, and what was raised before stays as it is: safe to repeat.
    """
    since = last_ran_on - timedelta(days=1) if last_ran_on else _EVERYBODY
    uow = PostgresUnitOfWork(pool, cipher, Origin(channel="job"), today=lambda: today)
    raised, last = 0, UUID(int=0)
    while True:
        async with uow.begin(ACCESS, DECIDE) as work:
            assert isinstance(work, PostgresWork)
            people = [row["id"] for row in await work.connection.fetch(_CHANGED, last, since, BATCH)]
            if not people:
                break
            raised += await look_for_duplicates(work, people, RaisedBy.JOB, None)
            last = people[-1]
            await work.commit(None)
    log.info("duplicates.looked_through", raised=raised, today=today.isoformat())
    return raised


async def after_import(
    pool: asyncpg.Pool, cipher: FieldCipher, operation_id: UUID, agency_id: UUID | None, cause: Event
) -> int:
    """Look at the people an import entered or changed, and ask the agencies of those it was kept from."""
    uow = PostgresUnitOfWork(pool, cipher, Origin("import", str(operation_id)))
    raised, last = 0, UUID(int=0)
    people: Sequence[UUID] = ()
    while True:
        async with uow.begin(ACCESS, DECIDE) as work:
            assert isinstance(work, PostgresWork)
            people = [row["id"] for row in await work.connection.fetch(_IMPORTED, operation_id, last, BATCH)]
            if not people:
                break
            raised += await look_for_duplicates(work, people, RaisedBy.IMPORT, cause)
            last = people[-1]
            await work.commit(None)
    if agency_id is None:
        return raised
    async with uow.begin(ACCESS, DECIDE) as work:
        assert isinstance(work, PostgresWork)
        for row in await work.connection.fetch(_HIDDEN, operation_id):
            match = Match(row["id"], "", row["region_code"], None, (DuplicateReason.IDENTITY_NUMBER,), seen=False)
            asked = await work.duplicates.ask(match, agency_id)
            if asked is not None:
                raised += 1
                event = event_of("duplicate.asked", asked, subject=match.person_id, by=cause, reasons=match.reasons)
                await work.append(event)
        await work.commit(None)
    return raised


__all__ = ["JOB", "after_import", "look_through"]
