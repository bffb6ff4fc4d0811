"""The nightly review: statuses that time alone has changed (留守状态到期复核).

Each due status is determined as of its own review day, not as of tonight: after an outage of a
week a child who was left behind for three of its days gets those three days.
"""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from domain.access import EVERYWHERE, Access, Clearance, Grant, RowScope
from domain.events import Origin
from domain.people.model import Remit
from domain.people.use_cases.consequences import reevaluate
from domain.regions.codes import published, range_of
from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.writing.unit_of_work import PostgresUnitOfWork, PostgresWork

JOB: Final = "determination"
BATCH: Final = 200
PERMISSION: Final = "people:write"
ACCESS: Final = Access(
    sub=f"system:{JOB}",
    client_id="system",
    roles=(),
    grants={PERMISSION: Grant(RowScope.REGION, Clearance())},
    regions=(EVERYWHERE,),
    remit=int(Remit.ANYONE),
)
ORIGIN: Final = Origin(channel="job")
log = structlog.get_logger(__name__)

_DUE = """
SELECT person_id, min(next_review_on) AS due FROM left_behind_status
WHERE valid_to IS NULL AND next_review_on <= $1 AND NOT person_id = ANY ($2::uuid[])
GROUP BY person_id ORDER BY due, person_id LIMIT $3
"""
_LOCK = "SELECT id FROM person WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"  # in key order, as everywhere
_CHANGED_RULES = """
SELECT region_code, valid_from AS day FROM rule_set WHERE valid_from > $1 AND valid_from <= $2
UNION SELECT region_code, valid_to FROM rule_set WHERE valid_to > $1 AND valid_to <= $2
"""
_BRING_FORWARD = """
UPDATE left_behind_status SET next_review_on = $3
WHERE valid_to IS NULL AND region_code >= $1 AND region_code < $2 AND (next_review_on IS NULL OR next_review_on > $3)
"""


async def review(pool: asyncpg.Pool, cipher: FieldCipher, today: date, last_ran_on: date | None = None) -> int:
    """Determine everybody anew whose review day has come; returns how many statuses changed.

    Works in batches that commit one by one and can be stopped and started at will. People whose
    review fails are logged by id and left for the next run. ``last_ran_on`` brings forward those
    for whom another rule set came into force since.
    """
    uow = PostgresUnitOfWork(pool, cipher, ORIGIN, today=lambda: today)
    if last_ran_on is not None:
        await _bring_forward(pool, last_ran_on, today)
    changed, failed = 0, set[UUID]()
    while (more := await _batch(uow, today, failed)) is not None:
        changed += more
    log.info("determination.reviewed", changed=changed, failed=len(failed), today=today.isoformat())
    return changed


async def _batch(uow: PostgresUnitOfWork, today: date, failed: set[UUID]) -> int | None:
    """Review up to ``BATCH`` people in one transaction; returns how many statuses changed, None when nobody is due."""
    async with uow.begin(ACCESS, PERMISSION) as work:
        assert isinstance(work, PostgresWork)
        due = {row["person_id"]: row["due"] for row in await work.connection.fetch(_DUE, today, list(failed), BATCH)}
        locked = [row["id"] for row in await work.connection.fetch(_LOCK, list(due))]
        changes = 0
        for person_id in locked:
            try:
                async with work.savepoint():  # one bad file must not stop the night
                    changes += await reevaluate(work, [person_id], due[person_id], None)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are reviewed
                failed.add(person_id)
                log.warning("determination.review_failed", person_id=str(person_id), error=type(error).__name__)
        await work.commit(None)
        return changes if due else None


async def _bring_forward(pool: asyncpg.Pool, last_ran_on: date, today: date) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        for row in await connection.fetch(_CHANGED_RULES, last_ran_on, today):
            span = range_of(published(row["region_code"])) if row["region_code"] else EVERYWHERE
            await connection.execute(_BRING_FORWARD, span.lo, span.hi, row["day"])


__all__ = ["ACCESS", "JOB", "review"]
