"""The jobs of the figures: fold changes, move age bands on, publish a month, count anew."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from domain.access import Access
from domain.events import Event, Origin
from domain.ids import new_id
from domain.statistics.publication import published
from persistence.engine import SYSTEM_SCOPE, set_scope, set_today
from persistence.writing.events import append_events

FOLDED_AT_ONCE: Final = 50_000
COMPARED_AT_ONCE: Final = 5_000
JOB: Final = "statistics"
ACCESS: Final = Access(sub=f"system:{JOB}", client_id="system", roles=(), grants={})
log = structlog.get_logger(__name__)

_ALONE: Final = "SELECT pg_try_advisory_xact_lock(hashtext('shouwang:figures'))"
_WAIT: Final = "SELECT pg_advisory_xact_lock(hashtext('shouwang:figures'))"
_LEVELS: Final = "unnest(ARRAY[1, 1000, 1000000, 100000000, 10000000000, 1000000000000]::bigint[])"
# One statement: whoever reads meanwhile sees all of it or nothing, so every change counts exactly once.
_FOLD: Final = f"""
WITH taken AS (
  DELETE FROM figure_change WHERE id IN (SELECT id FROM figure_change ORDER BY id LIMIT $1)
  RETURNING region_code, month, cell, n),
each AS (
  SELECT region_code - region_code % width AS lo, region_code - region_code % width + width AS hi, month, cell, sum(n) n
  FROM taken, {_LEVELS} AS width GROUP BY 1, 2, 3, 4),
months AS (
  INSERT INTO figure_month AS f (lo, hi, month, cell, n) SELECT lo, hi, month, cell, n FROM each WHERE n <> 0
  ON CONFLICT (lo, hi, month, cell) DO UPDATE SET n = f.n + EXCLUDED.n),
sums AS (
  INSERT INTO figure AS f (lo, hi, cell, n) SELECT lo, hi, cell, sum(n) FROM each GROUP BY 1, 2, 3 HAVING sum(n) <> 0
  ON CONFLICT (lo, hi, cell) DO UPDATE SET n = f.n + EXCLUDED.n)
SELECT count(*) FROM taken
"""
_COUNTIES: Final = """
SELECT lo, cell, sum(n)::bigint AS n FROM (
  SELECT lo, cell, n FROM figure WHERE hi = lo + 1000000
  UNION ALL SELECT lo, cell, -n FROM figure_month WHERE hi = lo + 1000000 AND month > $1) each
GROUP BY lo, cell HAVING sum(n) <> 0
"""
_DIFFERENT: Final = """
SELECT p.id FROM unnest($1::uuid[]) AS p(id) JOIN figure_of($1, $2) fresh ON fresh.person_id = p.id
LEFT JOIN person_figure f ON f.person_id = p.id
WHERE (f.region_code, f.cell) IS DISTINCT FROM (fresh.region_code, fresh.cell)
"""
# What the figures say of each village against the people in it, and of each region against its villages.
_SUMS: Final = f"""
SELECT count(*) FROM (
  SELECT lo, hi, cell FROM (
    SELECT region_code - region_code % width AS lo, region_code - region_code % width + width AS hi, cell, n
    FROM (SELECT region_code, cell, 1 AS n FROM person_figure WHERE cell IS NOT NULL
          UNION ALL SELECT region_code, cell, -n FROM figure_change) one, {_LEVELS} AS width
    UNION ALL SELECT lo, hi, cell, -n FROM figure) each
  GROUP BY lo, hi, cell HAVING sum(n) <> 0) different
"""
_REBUILD: Final = f"""
WITH gone AS (DELETE FROM figure_change RETURNING 1),
sums AS (
  SELECT region_code - region_code % width AS lo, region_code - region_code % width + width AS hi, cell, count(*) AS n
  FROM person_figure, {_LEVELS} AS width WHERE cell IS NOT NULL GROUP BY 1, 2, 3),
now_ AS (
  SELECT coalesce(s.lo, f.lo) AS lo, coalesce(s.hi, f.hi) AS hi, coalesce(s.cell, f.cell) AS cell,
    coalesce(s.n, 0) AS n, coalesce(s.n, 0) - coalesce(f.n, 0) AS difference
  FROM sums s FULL JOIN figure f ON f.lo = s.lo AND f.hi = s.hi AND f.cell = s.cell),
months AS (
  INSERT INTO figure_month AS f (lo, hi, month, cell, n)
  SELECT lo, hi, $1, cell, difference FROM now_ WHERE difference <> 0
  ON CONFLICT (lo, hi, month, cell) DO UPDATE SET n = f.n + EXCLUDED.n)
INSERT INTO figure AS f (lo, hi, cell, n) SELECT lo, hi, cell, n FROM now_ WHERE difference <> 0
ON CONFLICT (lo, hi, cell) DO UPDATE SET n = EXCLUDED.n
"""


@dataclass(frozen=True, slots=True)
class Recount:
    """What a full recount found: people counted wrongly, sums that are not those of the people."""

    people: int
    sums: int
    repaired: bool

    @property
    def differences(self) -> int:
        """How many in all; 0 when the figures are right."""
        return self.people + self.sums


async def fold(connection: asyncpg.Connection) -> int:
    """Fold pending changes into the sums; returns how many. Nothing where another process is at it."""
    folded = 0
    while True:
        async with connection.transaction():
            if not await connection.fetchval(_ALONE):
                return folded
            await set_scope(connection, SYSTEM_SCOPE)
            taken: int = await connection.fetchval(_FOLD, FOLDED_AT_ONCE)
            if taken:
                await connection.execute("DELETE FROM figure WHERE n = 0")
                await connection.execute("DELETE FROM figure_month WHERE n = 0")
        folded += taken
        if taken < FOLDED_AT_ONCE:
            return folded


async def move_bands(connection: asyncpg.Connection, today: date) -> int:
    """Count everybody in the age band of today; returns how many moved on."""
    moved = 0
    while True:
        async with connection.transaction():
            await set_scope(connection, SYSTEM_SCOPE)
            await set_today(connection, today)
            some: int = await connection.fetchval("SELECT figure_move_bands()")
            if not some:
                await connection.execute("UPDATE figure_state SET as_of = greatest(as_of, $1)", today)
                return moved
        moved += some


async def publish(connection: asyncpg.Connection, today: date) -> int:
    """Publish the end of last month, once; returns how many numbers. They replace those of the month before."""
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    async with connection.transaction():
        await connection.execute(_WAIT)
        await set_scope(connection, SYSTEM_SCOPE)
        if await connection.fetchval("SELECT coalesce(published_for >= $1, false) FROM figure_state", month):
            return 0
        while await connection.fetchval(_FOLD, FOLDED_AT_ONCE):
            pass
        cells = [(row["lo"], row["cell"], row["n"]) for row in await connection.fetch(_COUNTIES, month)]
        rows = [
            (one.population.value, one.breakdown, one.region.lo, one.region.hi, one.category, month, one.n)
            for one in published(cells)
        ]
        await connection.execute("DELETE FROM published_figure")
        await connection.executemany("INSERT INTO published_figure VALUES ($1, $2, $3, $4, $5, $6, $7)", rows)
        await connection.execute("UPDATE figure_state SET published_for = $1", month)
    log.info("statistics.published", month=month.isoformat(), numbers=len(rows))
    return len(rows)


async def recount(connection: asyncpg.Connection, today: date, *, repair: bool = False) -> Recount:
    """Count everybody anew from the tables and compare; with ``repair`` the figures are put right.

    People are compared in batches while others write: who is found different is looked at once more
    under a lock. Differences are logged, kept in ``figure_state`` and, when there are any, are an event.
    """
    await move_bands(connection, today)
    people = 0
    async for ids in _batches(connection):
        async with connection.transaction():
            await set_scope(connection, SYSTEM_SCOPE)
            different = [row["id"] for row in await connection.fetch(_DIFFERENT, ids, today)]
            if different:
                await connection.execute(
                    "SELECT 1 FROM person_figure WHERE person_id = ANY ($1::uuid[]) ORDER BY person_id FOR UPDATE",
                    different,
                )
                different = [row["id"] for row in await connection.fetch(_DIFFERENT, different, today)]
                people += len(different)
                if repair and different:
                    await connection.execute("SELECT figure_refresh($1::uuid[])", different)
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        await connection.execute(_WAIT)
        if repair:  # nobody's change may commit between what is counted and what is deleted
            await connection.execute("LOCK TABLE figure_change, person_figure IN SHARE ROW EXCLUSIVE MODE")
        sums: int = await connection.fetchval(_SUMS)
        if repair and sums:
            await connection.execute(_REBUILD, today.replace(day=1))
        await connection.execute(
            "UPDATE figure_state SET recounted_at = clock_timestamp(), differences = $1",
            0 if repair else people + sums,
        )
    found = Recount(people, sums, repair and bool(people or sums))
    if found.differences:
        await _report(connection, found)
        log.error("statistics.differ", people=found.people, sums=found.sums, repaired=found.repaired)
    else:
        log.info("statistics.recounted")
    return found


async def _report(connection: asyncpg.Connection, found: Recount) -> None:
    data = {"people": found.people, "sums": found.sums, "repaired": found.repaired}
    event = Event("figures.differed", "figures", new_id(), region_code=0, data=data)
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        await append_events(connection, ACCESS, Origin(), [event])


async def _batches(connection: asyncpg.Connection) -> AsyncIterator[list[object]]:
    last = UUID(int=0)
    while True:
        async with connection.transaction():
            await set_scope(connection, SYSTEM_SCOPE)
            rows = await connection.fetch(
                "SELECT id FROM person WHERE id > $1 ORDER BY id LIMIT $2", last, COMPARED_AT_ONCE
            )
        if not rows:
            return
        last = rows[-1]["id"]
        yield [row["id"] for row in rows]


__all__ = ["JOB", "Recount", "fold", "move_bands", "publish", "recount"]
