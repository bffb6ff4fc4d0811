"""The limit holds over all workers, costs no query per request, and says when to come back."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.errors import TooManyRequests
from persistence.limits import RateLimits


class Clock:
    """Ticks that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


async def spent(limits: RateLimits, client_id: str, tries: int) -> int:
    """Return how many of some requests were let through."""
    passed = 0
    for _ in range(tries):
        try:
            await limits.admit(client_id)
            passed += 1
        except TooManyRequests:
            pass
    return passed


async def test_the_burst_is_shared_by_all_workers(pool: asyncpg.Pool) -> None:
    one, two = RateLimits(pool, 60, 40), RateLimits(pool, 60, 40)
    passed = await asyncio.gather(spent(one, "welfare", 50), spent(two, "welfare", 50))
    assert sum(passed) == 40
    assert await spent(one, "other", 1) == 1, "another client has its own bucket"


async def test_requests_at_once_in_one_worker_do_not_get_more(pool: asyncpg.Pool) -> None:
    limits = RateLimits(pool, 60, 40)
    results = await asyncio.gather(*(limits.admit("welfare") for _ in range(60)), return_exceptions=True)
    assert sum(isinstance(one, list) for one in results) == 40


async def test_a_lease_spares_the_queries(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    query = asyncpg.Pool.fetchval

    async def counted(self: asyncpg.Pool, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await query(self, *arguments)

    monkeypatch.setattr(asyncpg.Pool, "fetchval", counted)
    limits = RateLimits(pool, 6000, 1000)
    assert await spent(limits, "welfare", 200) == 200
    assert asked == 10
    flooded = RateLimits(pool, 60, 1)
    assert await spent(flooded, "flood", 500) == 1
    assert asked == 10 + 1 + 2, "one lease, one refusal; the flood is refused from memory"


async def test_headers_and_the_wait_are_exact(pool: asyncpg.Pool, owner: asyncpg.Connection) -> None:
    clock = Clock()
    limits = RateLimits(pool, 60, 2, clock)
    first = dict(await limits.admit("welfare"))
    assert first == {b"ratelimit-limit": b"2", b"ratelimit-remaining": b"1", b"ratelimit-reset": b"1"}
    assert dict(await limits.admit("welfare"))[b"ratelimit-remaining"] == b"0"
    with pytest.raises(TooManyRequests) as caught:
        await limits.admit("welfare")
    assert caught.value.parameters == {"retry_after": 1}
    await owner.execute("UPDATE rate_limit SET tat = now() + interval '4.5 s'")
    clock.now += 1.01
    with pytest.raises(TooManyRequests) as caught:
        await limits.admit("welfare")
    assert caught.value.parameters == {"retry_after": 4}
    await owner.execute("UPDATE rate_limit SET tat = now()")
    with pytest.raises(TooManyRequests):
        await limits.admit("welfare")
    clock.now += 4
    assert dict(await limits.admit("welfare"))[b"ratelimit-remaining"] == b"1"


async def test_unspent_tokens_lapse(pool: asyncpg.Pool) -> None:
    clock = Clock()
    limits = RateLimits(pool, 6000, 1000, clock)
    await limits.admit("welfare")
    clock.now += 11
    assert dict(await limits.admit("welfare"))[b"ratelimit-limit"] == b"1000"
    assert await pool.fetchval("SELECT count(*) FROM rate_limit") == 1
