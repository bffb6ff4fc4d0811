"""Requests that nobody decided in time end by themselves, and both sides are told (转档申请到期)."""

from dataclasses import replace
from datetime import date
from typing import Final

import asyncpg
import structlog

from domain.access import Clearance, Grant, RowScope
from domain.events import Origin
from domain.transfers.requests import WRITE
from domain.transfers.use_cases import expire_transfer
from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.jobs import determination
from persistence.writing.unit_of_work import PostgresUnitOfWork

JOB: Final = "transfers"
ACCESS: Final = replace(determination.ACCESS, sub=f"system:{JOB}", grants={WRITE: Grant(RowScope.REGION, Clearance())})
log = structlog.get_logger(__name__)

_OVERDUE = "SELECT id FROM transfer WHERE state = 'requested' AND due_on < $1 ORDER BY due_on, id"


async def expire(pool: asyncpg.Pool, cipher: FieldCipher, today: date) -> int:
    """End what is overdue, each request in a transaction of its own; returns how many there were."""
    uow = PostgresUnitOfWork(pool, cipher, Origin(channel="job"), today=lambda: today)
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        overdue = [row["id"] for row in await connection.fetch(_OVERDUE, today)]
    ended = 0
    for transfer_id in overdue:
        async with uow.begin(ACCESS, WRITE) as work:
            ended += await expire_transfer(work, transfer_id)
            await work.commit(None)
    log.info("transfers.expired", ended=ended, today=today.isoformat())
    return ended


__all__ = ["JOB", "expire"]
