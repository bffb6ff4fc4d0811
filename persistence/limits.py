"""The rate limit: so many requests a minute for each client, with room for a burst, over all workers.

The bucket is in the database, but a request does not ask there: a worker takes a small lease of
tokens at once and spends them itself (GCRA, ITU-T I.371). A client that is over its limit is
refused from memory until it may come back, so a flood costs no queries either.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from domain.errors import TooManyRequests

LEASE_SECONDS: Final = 0.2  # a lease is what the limit gives in this time …
LEASE_SHARE: Final = 20  # … but no more than this part of the burst
LEASE_LIFE: Final = 10.0  # unspent tokens lapse
REMEMBERED: Final = 10_000

# ``tat`` is when the bucket will be full again; taking tokens moves it on, and a request fits as
# long as it stays within the burst. $2: seconds the tokens cost, $3: seconds of burst.
TAKE: Final = """
INSERT INTO rate_limit AS r (client_id, tat) VALUES ($1, now() + make_interval(secs => $2))
ON CONFLICT (client_id) DO UPDATE SET tat = greatest(r.tat, now()) + make_interval(secs => $2)
WHERE greatest(r.tat, now()) + make_interval(secs => $2) - now() <= make_interval(secs => $3)
RETURNING extract(epoch FROM tat - now())::float8
"""
DEBT: Final = "SELECT greatest(0, extract(epoch FROM tat - now()))::float8 FROM rate_limit WHERE client_id = $1"


@dataclass(slots=True)
class _Lease:
    tokens: int = 0
    debt: float = 0.0  # seconds until the shared bucket is full, as of ``at``
    at: float = 0.0
    refused_until: float = 0.0
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)


class RateLimits:
    """The leases of one worker on the buckets of all. UNLOGGED: a crash forgives."""

    def __init__(
        self, pool: asyncpg.Pool, per_minute: int, burst: int, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """``per_minute`` requests on average, ``burst`` at once; ``ticks`` are seconds that never go back."""
        self._pool = pool
        self._limit = burst
        self._interval = 60 / per_minute
        self._burst = burst * self._interval
        self._lease = max(1, min(int(LEASE_SECONDS / self._interval), burst // LEASE_SHARE))
        self._ticks = ticks
        self._leases: dict[str, _Lease] = {}

    async def admit(self, client_id: str) -> list[tuple[bytes, bytes]]:
        """Let one request through; returns its ``RateLimit-*`` headers, or raises ``TooManyRequests``."""
        lease = self._leases.get(client_id) or self._new(client_id)
        now = self._ticks()
        if lease.tokens <= 0 or now - lease.at >= LEASE_LIFE:
            async with lease.renewing:
                now = self._ticks()
                if lease.tokens <= 0 or now - lease.at >= LEASE_LIFE:  # nobody renewed it while we waited
                    await self._renew(client_id, lease, now)
                lease.tokens -= 1
        else:
            lease.tokens -= 1
        return self._headers(lease, now)

    async def _renew(self, client_id: str, lease: _Lease, now: float) -> None:
        if now < lease.refused_until:
            raise TooManyRequests(retry_after=math.ceil(lease.refused_until - now))
        for tokens in {self._lease: None, 1: None}:  # a whole lease, or at least the one that is needed
            debt = await self._pool.fetchval(TAKE, client_id, tokens * self._interval, self._burst)
            if debt is not None:
                lease.tokens, lease.debt, lease.at = tokens, debt, now
                return
        debt = await self._pool.fetchval(DEBT, client_id) or 0.0
        wait = max(debt + self._interval - self._burst, self._interval)
        lease.tokens, lease.refused_until = 0, now + wait
        raise TooManyRequests(retry_after=math.ceil(wait))

    def _headers(self, lease: _Lease, now: float) -> list[tuple[bytes, bytes]]:
        debt = max(0.0, lease.debt - (now - lease.at))
        remaining = lease.tokens + int((self._burst - debt) / self._interval)
        return [
            (b"ratelimit-limit", b"%d" % self._limit),
            (b"ratelimit-remaining", b"%d" % max(0, min(self._limit, remaining))),
            (b"ratelimit-reset", b"%d" % math.ceil(debt)),
        ]

    def _new(self, client_id: str) -> _Lease:
        if len(self._leases) >= REMEMBERED:
            self._leases.clear()  # a forgotten lease costs its few tokens, it never gives more
        lease = self._leases[client_id] = _Lease()
        return lease


__all__ = ["RateLimits"]
