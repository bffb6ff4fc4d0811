"""Reading the figures: folded sums and pending changes, in one statement and so in one snapshot."""

from datetime import date
from typing import Final

import asyncpg

from domain.access import EVERYWHERE, Access
from domain.people.model import Population
from domain.regions.codes import range_of
from domain.statistics.answers import Counted
from domain.statistics.questions import Counting
from domain.statistics.use_cases import PERMISSION, Division
from persistence.engine import scope_settings, set_scope

_DIVISION: Final = "SELECT code, name FROM region WHERE code = $1"
_CHILDREN: Final = "SELECT code, name FROM region WHERE parent_code IS NOT DISTINCT FROM $1 ORDER BY code"
_PROVINCES: Final = "SELECT code, name FROM region WHERE level = 1 ORDER BY code"
# Row-level security says the same of each row again.
_FITS: Final = """
cell & $4 = $5 AND ($6 = 0 OR cell & $6 <> 0) AND ($7 & 128 <> 0 OR cell & $7 & 7 <> 0)
"""
_NOW: Final = f"""
SELECT node.place, NULL::date AS month, f.cell & $8 AS kept, f.n
FROM node JOIN figure f ON f.lo = node.lo AND f.hi = node.hi WHERE {_FITS}
UNION ALL
SELECT node.place, NULL, c.cell & $8, c.n
FROM node JOIN figure_change c ON c.region_code >= node.lo AND c.region_code < node.hi WHERE {_FITS}
"""
_CHANGES: Final = f"""
UNION ALL
SELECT node.place, f.month, f.cell & $8, f.n
FROM node JOIN figure_month f ON f.lo = node.lo AND f.hi = node.hi AND f.month > $9 WHERE {_FITS}
UNION ALL
SELECT node.place, c.month, c.cell & $8, c.n
FROM node JOIN figure_change c ON c.region_code >= node.lo AND c.region_code < node.hi AND c.month > $9 WHERE {_FITS}
"""
_COUNT: Final = """
WITH node AS (SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS t(place, lo, hi)),
summed AS (SELECT place, month, kept, sum(n)::bigint AS n FROM ({counted}) each GROUP BY place, month, kept)
SELECT (SELECT as_of FROM figure_state) AS as_of, array_agg(place) AS places, array_agg(month) AS months,
  array_agg(kept) AS kept, array_agg(n) AS n
FROM summed
"""
_PUBLISHED: Final = """
SELECT month, lo, hi, category, n FROM published_figure p
JOIN unnest($3::bigint[], $4::bigint[]) AS node(node_lo, node_hi) ON p.lo = node_lo AND p.hi = node_hi
WHERE population = $1 AND breakdown = $2
"""
_STATE: Final = "SELECT (published_for + interval '1 month' - interval '1 day')::date FROM figure_state"


class PostgresFigures:
    """The figures over a pool, for any caller: see ``domain.statistics.use_cases.Figures``."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def division(self, code: str) -> Division | None:
        """Return a division, in force or not; None where there is none."""
        row = await self._pool.fetchrow(_DIVISION, code)
        return Division(row["code"], row["name"]) if row else None

    async def children(self, code: str | None) -> list[Division]:
        """Return the divisions directly below one, or the provinces."""
        rows = await (self._pool.fetch(_CHILDREN, code) if code else self._pool.fetch(_PROVINCES))
        return [Division(row["code"], row["name"]) for row in rows]

    async def count(self, access: Access, asked: Counting) -> Counted:
        """Count cells, all in one snapshot, under the caller's scope."""
        nodes = [(place, one.lo, one.hi) for place, each in enumerate(asked.places) for one in each.seen]
        values: list[object] = [list(column) for column in zip(*nodes, strict=True)]
        values += [asked.mask, asked.value, asked.some, asked.remit, asked.kept]
        counted = _NOW
        if asked.since is not None:
            counted += _CHANGES
            values.append(asked.since)
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            await set_scope(connection, scope_settings(access, PERMISSION))
            row = await connection.fetchrow(_COUNT.format(counted=counted), *values)
        columns = (row["places"], row["months"], row["kept"], row["n"])
        return Counted(row["as_of"], tuple(zip(*(column or () for column in columns), strict=True)))

    async def published(
        self, population: Population, breakdown: str, regions: list[str | None]
    ) -> tuple[date | None, list[tuple[str | None, str, int | None]]]:
        """Return (region, category, n or None where hidden) of published tables, and the day they are of."""
        nodes = [range_of(code) if code else EVERYWHERE for code in regions]
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            as_of = await connection.fetchval(_STATE)
            rows = await connection.fetch(
                _PUBLISHED, population, breakdown, [one.lo for one in nodes], [one.hi for one in nodes]
            )
        named = {(one.lo, one.hi): code for one, code in zip(nodes, regions, strict=True)}
        return as_of, [(named[row["lo"], row["hi"]], row["category"], row["n"]) for row in rows]


__all__ = ["PostgresFigures"]
