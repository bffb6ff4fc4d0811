"""Deadlines of cases, referrals and assignments, every few minutes (个案期限预警与督办).

Each row whose moment has come is attended to in a transaction of its own, which locks it unless somebody else has
it: several workers share a round, and one that is killed leaves what it had not finished to the next.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from domain.access import Clearance, Grant, RowScope
from domain.cases.acts import WRITE
from domain.cases.use_cases.assignments import expire_assignment
from domain.cases.use_cases.clock import attend_case, attend_referral
from domain.events import Origin
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from domain.people.days import today as business_date
from domain.unit_of_work import Work
from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.jobs import determination
from persistence.writing.unit_of_work import PostgresUnitOfWork

JOB: Final = "cases"
ACCESS: Final = replace(determination.ACCESS, sub=f"system:{JOB}", grants={WRITE: Grant(RowScope.REGION, Clearance())})
log = structlog.get_logger(__name__)

Attend = Callable[[Work, UUID], Awaitable[list[NoticeKind]]]
_REFERRALS: Final = "SELECT id FROM case_referral WHERE state = 'sent' AND look_at <= $1 ORDER BY look_at, id"
_CASES: Final = "SELECT id FROM care_case WHERE look_at <= $1 ORDER BY look_at, id"
_ASSIGNMENTS: Final = (
    "SELECT a.id FROM case_assignment a JOIN service_contract s ON s.id = a.contract_id "
    "WHERE a.state = 'open' AND (a.until <= $1 OR s.state = 'ended') ORDER BY a.until, a.id"
)
ROUND: Final[tuple[tuple[str, Attend], ...]] = (
    (_REFERRALS, attend_referral), (_ASSIGNMENTS, expire_assignment), (_CASES, attend_case),
)  # fmt: skip
"""What is looked for, and what is done about each row of it."""


async def watch(pool: asyncpg.Pool, cipher: FieldCipher, now: datetime | None = None) -> Counter[NoticeKind]:
    """Do one round; returns what was told, and how often. ``now``: another moment than the database's own.

    A row that fails is logged by its id and looked at again in the next round.
    """
    if now is None:
        uow = PostgresUnitOfWork(pool, cipher, Origin(channel="job"), today=business_date)
    else:
        day = now.astimezone(SHANGHAI).date()
        uow = PostgresUnitOfWork(pool, cipher, Origin(channel="job"), today=lambda: day, now=lambda: now)
    told: Counter[NoticeKind] = Counter()
    for wanted, attend in ROUND:
        for row_id in await _due(pool, wanted, now):
            told.update(await _attended(uow, attend, row_id))
    if told:
        log.info("cases.watched", **{kind.value: number for kind, number in sorted(told.items())})
    return told


async def _due(pool: asyncpg.Pool, wanted: str, now: datetime | None) -> list[UUID]:
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        moment = now or await connection.fetchval("SELECT clock_timestamp()")
        return [row["id"] for row in await connection.fetch(wanted, moment)]


async def _attended(uow: PostgresUnitOfWork, attend: Attend, row_id: UUID) -> list[NoticeKind]:
    try:
        async with uow.begin(ACCESS, WRITE) as work:
            return await work.commit(await attend(work, row_id))
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the round; its error may quote it
        log.warning("cases.not_attended", id=str(row_id), error=type(error).__name__)
        return []


__all__ = ["ACCESS", "JOB", "watch"]
