"""Jobs that run once a business day, whichever of several job processes comes first."""

from collections.abc import Awaitable, Callable
from datetime import date

import asyncpg

Body = Callable[[date | None], Awaitable[None]]
_RAN = """
INSERT INTO job_run (job, ran_on) VALUES ($1, $2) ON CONFLICT (job) DO UPDATE SET ran_on = EXCLUDED.ran_on
"""


async def once_a_day(connection: asyncpg.Connection, job: str, today: date, body: Body) -> bool:
    """Run ``body(last_ran_on)`` unless the job ran today already; tells whether it did run.

    A day is done when the body has returned: after a crash it runs again, after an outage it runs
    once and is told since when it did not. Bodies commit in pieces of their own and are safe to
    repeat. ``connection`` keeps an advisory lock meanwhile, so it must not be a pooler's.
    """
    if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", f"shouwang:{job}"):
        return False
    try:
        last = await connection.fetchval("SELECT ran_on FROM job_run WHERE job = $1", job)
        if last is not None and last >= today:
            return False
        await body(last)
        await connection.execute(_RAN, job, today)
        return True
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtext($1))", f"shouwang:{job}")


__all__ = ["once_a_day"]
