"""The job process: a job exists with its transaction or not at all, and a poisoned one ends."""

import asyncio
import os
import signal
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.ids import new_id
from persistence.crypto import FieldCipher
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.jobs.queue import enqueue
from persistence.jobs.upkeep import clear_expired, ensure_event_partitions
from persistence.jobs.worker import IMPORT, Worker, run_worker


async def operation(owner: asyncpg.Connection, attempts: int = 0) -> UUID:
    row_id = new_id()
    await owner.execute(
        "INSERT INTO operation (id, kind, status, actor, region_code, done, attempts, cancel_requested) "
        "VALUES ($1, 'import', 'queued', 'staff:1', 421081000000, 0, $2, false)",
        row_id, attempts,
    )  # fmt: skip
    return row_id


async def queue(pool: asyncpg.Pool, row_id: UUID) -> int | None:
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        return await enqueue(connection, IMPORT, str(row_id).encode(), dedupe_key=f"import:{row_id}")


async def until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_a_job_exists_with_its_transaction_or_not_at_all(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    row_id = await operation(owner)
    async with pool.acquire() as connection:
        with pytest.raises(RuntimeError, match="in the transaction"):
            await enqueue(connection, IMPORT, b"", dedupe_key="a")
        transaction = connection.transaction()
        await transaction.start()
        await enqueue(connection, IMPORT, b"", dedupe_key="a")
        await transaction.rollback()
    assert await owner.fetchval("SELECT count(*) FROM pgqueuer") == 0
    assert await queue(pool, row_id) is not None
    assert await queue(pool, row_id) is None  # waiting already
    assert await owner.fetchval("SELECT count(*) FROM pgqueuer") == 1


async def test_the_worker_does_the_work_and_stops_in_order(
    database: str, owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    done: list[UUID] = []

    async def body(_: asyncpg.Pool, __: FieldCipher, operation_id: UUID) -> None:
        done.append(operation_id)
        if len(done) == 2:
            raise ValueError("a value nobody should log")

    worker = Worker(database, cipher, run_import=body, today=lambda: date(2026, 11, 1))
    running = asyncio.create_task(worker.run())
    rows = [await operation(owner) for _ in range(3)]
    for row_id in rows:
        await queue(pool, row_id)

    async def one_left() -> bool:
        return len(done) == 3 and await owner.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'picked'") == 0

    await until(one_left)
    worker.stop.set()
    await asyncio.wait_for(running, 10)
    assert sorted(done) == rows
    again = await owner.fetch("SELECT payload, status::text, execute_after > now() AS later FROM pgqueuer")
    assert [tuple(row) for row in again] == [(str(done[1]).encode(), "queued", True)]
    assert "nobody should log" not in str(await owner.fetch("SELECT traceback FROM pgqueuer_log"))
    ran = {row["job"]: row["ran_on"] for row in await owner.fetch("SELECT * FROM job_run")}
    assert ran == dict.fromkeys(
        ("contracts", "determination", "duplicates", "search_keys", "statistics", "transfers", "upkeep"),
        date(2026, 11, 1),
    )


async def test_partitions_are_made_ahead(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        assert await ensure_event_partitions(connection, date(2031, 12, 5)) == 3
        assert await ensure_event_partitions(connection, date(2031, 12, 31)) == 0
    names = {row[0] for row in await owner.fetch("SELECT relname FROM pg_class WHERE relname LIKE 'event\\_203%'")}
    assert {"event_2031_12", "event_2032_01", "event_2032_02"} <= names


async def test_what_has_expired_is_cleared(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    for key, age in (("old", "25 hours"), ("young", "23 hours")):
        await owner.execute(
            "INSERT INTO idempotency_key (client_id, key, fingerprint, status, created_at) "
            f"VALUES ('c', $1, '', 201, now() - interval '{age}')",
            key,
        )
        await owner.execute(
            "INSERT INTO revocation (kind, value, before, expires_at) "
            f"VALUES ('jti', $1, now(), now() + interval '24 hours' - interval '{age}')",
            key,
        )
    async with pool.acquire() as connection:
        assert await clear_expired(connection) == 2
    assert await owner.fetchval("SELECT array_agg(key) FROM idempotency_key") == ["young"]
    assert await owner.fetchval("SELECT array_agg(value) FROM revocation") == ["young"]


async def test_files_that_no_case_holds_are_cleared_away(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    await owner.execute("SET session_replication_role = replica")  # whose case it is is of no matter here
    for digest in ("held", "orphaned"):
        await owner.execute("INSERT INTO attachment_content (id, digest) VALUES (gen_random_uuid(), $1)", digest)
    await owner.execute(
        "INSERT INTO care_case (id, region_code, number, source, category, audience, state, urgent, restricted, "
        "priority_class, work_order, remit, title, description, agency_id, received_at, accept_by, finish_by, due_at, "
        "days_flagged, extensions, escalation_level, reopened) "
        "SELECT $1, 421081000000, 'n', 'report', 'relief', 'child', 'received', false, true, 'normal', 1, 128, '事', "
        "'事', $1, now(), now(), now(), now(), false, 0, 0, 0",
        UUID(int=7),
    )
    await owner.execute(
        "INSERT INTO case_attachment "
        "(id, case_id, region_code, agency_id, name, media_type, size, digest, confidential) "
        "VALUES ($1, $1, 421081000000, $1, 'a.pdf', 'application/pdf', 1, 'held', false)",
        UUID(int=7),
    )
    await owner.execute("SET session_replication_role = origin")
    async with pool.acquire() as connection:
        assert await clear_expired(connection) == 1
        assert await clear_expired(connection) == 0
    assert await owner.fetchval("SELECT array_agg(digest) FROM attachment_content") == ["held"]


async def test_work_that_outlasts_the_grace_is_put_back(
    database: str, owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    begun = asyncio.Event()

    async def endless(_: asyncpg.Pool, __: FieldCipher, ___: UUID) -> None:
        await owner.execute("UPDATE operation SET status = 'running', attempts = attempts + 1")
        begun.set()
        await asyncio.sleep(3600)

    row_id = await operation(owner)
    await queue(pool, row_id)
    worker = Worker(database, cipher, run_import=endless)
    running = asyncio.create_task(worker.run(grace=0.1))
    await asyncio.wait_for(begun.wait(), 10)
    worker.stop.set()
    await asyncio.wait_for(running, 10)
    assert await owner.fetchval("SELECT status::text FROM pgqueuer") == "queued"
    assert tuple(await owner.fetchrow("SELECT status, attempts FROM operation")) == ("running", 0)


async def test_a_signal_ends_the_process_in_order(
    database: str, cipher: FieldCipher, owner: asyncpg.Connection
) -> None:
    running = asyncio.create_task(run_worker(database, cipher))

    async def at_work() -> bool:
        return bool(await owner.fetchval("SELECT count(*) FROM pgqueuer_schedules"))

    await until(at_work)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)
