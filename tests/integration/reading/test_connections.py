"""The connections of compiled reads: bounded, whole after a cancelled read, a refused one, a lost server."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from persistence.engine import RUNTIME_ROLE, open_reads
from persistence.reading.connections import ReadConnections

PID = "SELECT pg_backend_pid()"
SLOW = "SELECT pg_sleep(20)::text"


@pytest.fixture
async def reads(database: str) -> AsyncIterator[ReadConnections]:
    """Two connections at most."""
    opened = open_reads(database, role=RUNTIME_ROLE, size=2)
    yield opened
    await asyncio.wait_for(opened.close(), 10)


async def backends(owner: asyncpg.Connection, *, running: str = "%") -> int:
    """Count the runtime role's connections; ``running``: the statement they are at."""
    found: int = await owner.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND query LIKE $1",
        running,
    )
    return found


async def until(owner: asyncpg.Connection, number: int, *, running: str = "%") -> None:
    """Wait until the server has so many connections."""
    async with asyncio.timeout(10):
        while await backends(owner, running=running) != number:
            await asyncio.sleep(0.02)


async def test_a_session_is_that_of_the_runtime_role_and_bounded_in_time(reads: ReadConnections) -> None:
    assert await reads.fetchval("SELECT current_user::text") == RUNTIME_ROLE
    assert await reads.fetchval("SELECT current_setting('statement_timeout')") == "30s"
    assert await reads.fetchval("SELECT current_setting('TimeZone')") == "Asia/Shanghai"


async def test_reads_one_after_the_other_share_one_connection(
    reads: ReadConnections, owner: asyncpg.Connection
) -> None:
    assert len({await reads.fetchval(PID) for _ in range(5)}) == 1
    assert await backends(owner) == 1


async def test_no_more_connections_than_allowed_whoever_asks(reads: ReadConnections, owner: asyncpg.Connection) -> None:
    pids = await asyncio.gather(*(reads.fetchval("SELECT pg_backend_pid() FROM pg_sleep(0.02)") for _ in range(12)))
    assert len(set(pids)) == 2
    assert await backends(owner) == 2


async def test_a_refused_statement_leaves_its_connection_in_use(
    reads: ReadConnections, owner: asyncpg.Connection
) -> None:
    before = await reads.fetchval(PID)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await reads.fetchval("SELECT 1 / $1::int", 0)
    with pytest.raises(asyncpg.DataError):
        await reads.fetchval("SELECT $1::int", "one")
    assert await reads.fetchval(PID) == before
    assert await backends(owner) == 1


async def test_a_cancelled_read_ends_on_the_server_and_its_answer_is_nobody_elses(
    reads: ReadConnections, owner: asyncpg.Connection
) -> None:
    tasks = [asyncio.create_task(reads.fetchval(SLOW)) for _ in range(2)]
    await until(owner, 2, running="%pg_sleep%")
    for task in tasks:
        task.cancel()
    assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [asyncio.CancelledError] * 2
    async with asyncio.timeout(10):
        assert await asyncio.gather(*(reads.fetchval("SELECT $1::int", one) for one in range(8))) == list(range(8))
    await until(owner, 0, running="%pg_sleep%")
    async with asyncio.timeout(10):
        while await backends(owner) > 2:  # the server notices a closed connection in its own time
            await asyncio.sleep(0.02)


async def test_a_read_cancelled_while_it_waits_gives_its_place_back(
    reads: ReadConnections, owner: asyncpg.Connection
) -> None:
    slow = [asyncio.create_task(reads.fetchval(SLOW)) for _ in range(2)]
    await until(owner, 2, running="%pg_sleep%")
    waiting = [asyncio.create_task(reads.fetchval("SELECT 1")) for _ in range(3)]
    await asyncio.sleep(0)
    for task in (*waiting, *slow):
        task.cancel()
    await asyncio.gather(*waiting, *slow, return_exceptions=True)
    async with asyncio.timeout(10):
        assert await asyncio.gather(*(reads.fetchval("SELECT 1") for _ in range(4))) == [1] * 4


async def test_connections_killed_while_idle_are_replaced_without_a_word(
    reads: ReadConnections, owner: asyncpg.Connection
) -> None:
    before = set(await asyncio.gather(*(reads.fetchval("SELECT pg_backend_pid() FROM pg_sleep(0.02)") for _ in "12")))
    await kill(owner)
    await until(owner, 0)
    async with asyncio.timeout(10):
        await asyncio.sleep(0.05)  # the news of it reaches us
        after = set(await asyncio.gather(*(reads.fetchval(PID) for _ in range(6))))
    assert after
    assert not before & after
    assert await backends(owner) <= 2


async def test_connections_killed_at_work_fail_as_unavailable_and_leave_no_gap(
    reads: ReadConnections, owner: asyncpg.Connection
) -> None:
    for _ in range(3):
        tasks = [asyncio.create_task(reads.fetchval(SLOW)) for _ in range(2)]
        await until(owner, 2, running="%pg_sleep%")
        await kill(owner)
        failed = await asyncio.gather(*tasks, return_exceptions=True)
        # SQLSTATE classes 57P and 08: api.problems makes them 503 with Retry-After.
        assert all(isinstance(one, asyncpg.PostgresError) for one in failed), failed
        assert all(one.sqlstate[:2] in ("57", "08") for one in failed)  # type: ignore[union-attr]
        await until(owner, 0)
        await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        assert await asyncio.gather(*(reads.fetchval("SELECT 1") for _ in range(4))) == [1] * 4


async def test_a_server_that_cannot_be_reached_is_said_each_time_and_costs_no_place() -> None:
    nowhere = open_reads("postgresql://nobody@/none?host=/nonexistent", role=None, size=2)
    for _ in range(5):
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
            await asyncio.wait_for(nowhere.fetchval("SELECT 1"), 10)
    await asyncio.wait_for(nowhere.close(), 10)


async def test_closing_waits_for_reads_under_way(database: str, owner: asyncpg.Connection) -> None:
    reads = open_reads(database, role=RUNTIME_ROLE, size=2)
    under_way = asyncio.create_task(reads.fetchval("SELECT 7 FROM pg_sleep(0.2)"))
    await until(owner, 1, running="%pg_sleep%")
    await asyncio.wait_for(reads.close(), 10)
    assert await under_way == 7
    await until(owner, 0)


async def kill(owner: asyncpg.Connection) -> None:
    """End every connection to the database but ours."""
    await owner.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
