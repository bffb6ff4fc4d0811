"""A key makes a write happen once: repeated, mixed up, at the same time, after a day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from domain.errors import Conflict, InvalidInput
from domain.idempotency import Kept
from persistence.crypto import FieldCipher
from persistence.idempotency import IdempotencyKey, IdempotencyKeys

KEYS = IdempotencyKeys(FieldCipher(bytes(range(32))))
ANSWER = Kept(201, b'{"name":"\xe5\xbc\xa0"}', '"1-abc"')
REPLAYED = Kept(201, b'{"name":"\xe5\xbc\xa0"}', '"1-abc"', replayed=True)


def key(fingerprint: bytes = b"f", client_id: str = "welfare", name: str = "k") -> IdempotencyKey:
    return KEYS(client_id, name, fingerprint)


@asynccontextmanager
async def write(pool: asyncpg.Pool, one: IdempotencyKey) -> AsyncIterator[Kept | None]:
    """Claim a key; what ran in the block is committed with its answer."""
    async with pool.acquire() as connection, connection.transaction():
        kept = await one.begin(connection)
        yield kept
        if kept is None:
            await connection.execute("INSERT INTO job_run VALUES ($1, current_date)", one.fingerprint.hex())
            await one.keep(connection, ANSWER)


async def done(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM job_run"))


async def test_the_second_time_the_first_answer_is_given(pool: asyncpg.Pool) -> None:
    async with write(pool, key()) as kept:
        assert kept is None
    async with write(pool, key()) as kept:
        assert kept == REPLAYED
    assert await done(pool) == 1


async def test_another_request_under_the_same_key_is_refused(pool: asyncpg.Pool) -> None:
    async with write(pool, key()):
        pass
    with pytest.raises(InvalidInput) as caught:
        async with write(pool, key(b"other")):
            pass
    assert (caught.value.code, caught.value.malformed) == ("idempotency.mismatch", False)
    async with write(pool, key(b"other", client_id="officer")) as kept:
        assert kept is None, "keys of two clients have nothing to do with each other"
    assert await done(pool) == 2


async def test_while_one_is_in_flight_its_twin_is_told_so_at_once(pool: asyncpg.Pool) -> None:
    async with write(pool, key()):
        with pytest.raises(Conflict) as caught:
            async with asyncio.timeout(1), write(pool, key()):
                pass
        assert caught.value.code == "idempotency.in_flight"
    assert await done(pool) == 1


async def test_what_was_rolled_back_may_be_tried_again(pool: asyncpg.Pool) -> None:
    with pytest.raises(RuntimeError):
        async with write(pool, key()):
            raise RuntimeError
    async with write(pool, key()) as kept:
        assert kept is None
    assert await done(pool) == 1


async def test_many_at_once_happen_once(pool: asyncpg.Pool) -> None:
    async def attempt() -> str:
        try:
            async with write(pool, key()) as kept:
                return "replayed" if kept else "done"
        except Conflict:
            return "in flight"

    results = await asyncio.gather(*(attempt() for _ in range(20)))
    assert results.count("done") == 1
    assert await done(pool) == 1


async def test_the_loser_of_a_race_rolls_back(pool: asyncpg.Pool) -> None:
    async with write(pool, key()):
        pass

    async def lose() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO job_run VALUES ('loser', current_date)")
            await key().keep(connection, ANSWER)

    with pytest.raises(Conflict):
        await lose()
    assert await done(pool) == 1


async def test_after_a_day_a_key_is_new(pool: asyncpg.Pool, owner: asyncpg.Connection) -> None:
    async with write(pool, key(b"old")):
        pass
    await owner.execute("UPDATE idempotency_key SET created_at = now() - interval '24 hours'")
    async with write(pool, key(b"new")) as kept:
        assert kept is None
    async with write(pool, key(b"new")) as kept:
        assert kept == REPLAYED


async def test_answers_lie_sealed(pool: asyncpg.Pool, owner: asyncpg.Connection) -> None:
    async with write(pool, key()):
        pass
    assert ANSWER.body not in await owner.fetchval("SELECT body FROM idempotency_key")
