"""Contracts end with their period, and both sides are reminded before (合同到期提醒)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import asyncpg
import structlog

from domain.access import Clearance, Grant, RowScope
from domain.contracts.model import REMIND_DAYS
from domain.contracts.use_cases import WRITE, expire_contract, remind_of_end
from domain.events import Origin
from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.jobs import determination
from persistence.writing.unit_of_work import PostgresUnitOfWork

JOB: Final = "contracts"
ACCESS: Final = replace(determination.ACCESS, sub=f"system:{JOB}", grants={WRITE: Grant(RowScope.REGION, Clearance())})
log = structlog.get_logger(__name__)

_ENDING = "SELECT id FROM service_contract WHERE state = 'active' AND ends_on <= $1 ORDER BY ends_on, id"


async def watch(pool: asyncpg.Pool, cipher: FieldCipher, today: date) -> tuple[int, int]:
    """End what is over, remind of what soon will be, each contract in a transaction of its own; returns the counts."""
    uow = PostgresUnitOfWork(pool, cipher, Origin(channel="job"), today=lambda: today)
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        near = [row["id"] for row in await connection.fetch(_ENDING, today + timedelta(max(REMIND_DAYS)))]
    ended = told = 0
    for contract_id in near:
        async with uow.begin(ACCESS, WRITE) as work:
            ended += await expire_contract(work, contract_id)
            told += await remind_of_end(work, contract_id)
            await work.commit(None)
    log.info("contracts.watched", ended=ended, told=told, today=today.isoformat())
    return ended, told


__all__ = ["JOB", "watch"]
