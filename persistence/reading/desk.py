"""Counts what waits on a caller's desk: one statement, at one moment, under her scope.

Whoever has a case in hand is of the agency that leads it, so the agency's open cases hold her own and her
department's, and one walk over them counts all three. They stand first in the agency's work order.
"""

from datetime import timedelta
from typing import Any, Final

import asyncpg

from domain.access import Access, RowScope
from domain.cases.desk import COUNTS, GROUPS, PERMISSION
from domain.cases.model import WAITING, PriorityClass
from persistence.engine import scope_settings, set_scope
from persistence.reading.sql import literal

_GROUPS: Final = dict(
    zip(
        GROUPS,
        ("handler_id = $2", "department_id = (SELECT department_id FROM staff WHERE id = $2)", "true"),
        strict=True,
    )
)
_COUNTS: Final = dict(
    zip(
        COUNTS,
        (
            "true",
            f"state IN ({', '.join(map(literal, sorted(WAITING)))})",
            "due_at >= now() AND due_at <= now() + $4",
            "due_at < now()",
            f"priority_class = {literal(PriorityClass.URGENT)}",
        ),
        strict=True,
    )
)
_COLUMNS: Final = "c.handler_id, c.department_id, c.state, c.due_at, c.priority_class"
_COUNTED: Final = ", ".join(
    f"count(*) FILTER (WHERE {whose} AND {what}) AS {group}_{name}"
    for group, whose in _GROUPS.items()
    for name, what in _COUNTS.items()
)
_DESK: Final = f"""
WITH here AS MATERIALIZED (
  SELECT {_COLUMNS} FROM care_case c
  WHERE c.agency_id = $1 AND c.due_at IS NOT NULL AND ($3::text IS NULL OR c.region_code <@ $3::text::int8multirange)
  UNION ALL
  SELECT {_COLUMNS} FROM case_party y JOIN care_case c ON c.id = y.case_id
  WHERE y.agency_id = $1 AND y.ended_at IS NULL AND y.role = 'ngo' AND c.due_at IS NOT NULL AND c.agency_id <> $1
)
SELECT now() AS as_of, {_COUNTED},
  (SELECT count(*) FROM case_referral r WHERE r.to_agency_id = $1 AND r.state = 'sent') AS referrals,
  (SELECT count(*) FROM notification n
    WHERE n.agency_id = $1 AND n.read_at IS NULL AND (n.staff_id IS NULL OR n.staff_id = $2)) AS notices
FROM here
"""


class PostgresDesk:
    """The desk over a pool, for any caller: see ``domain.cases.desk.CountsWork``."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def count(self, access: Access, soon: timedelta) -> dict[str, Any]:
        """Return the counts."""
        scope = scope_settings(access, PERMISSION)
        by_region = access.grant("cases:read").rows is RowScope.REGION
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            await set_scope(connection, scope)
            row = await connection.fetchrow(
                _DESK, access.agency_id, access.staff_id, scope.ranges if by_region else None, soon
            )
        return dict(row)


__all__ = ["PostgresDesk"]
