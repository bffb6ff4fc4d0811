"""The cases' part of a transaction."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.agencies.model import AgencyType
from persistence.writing import records

MOST_LEVELS: Final = 8  # more than any tree of offices has

# Rows that follow their case to whatever region it goes. The timeline stays where it was lived.
OF_CASE: Final = (
    "case_party", "case_person", "case_referral", "case_assignment", "case_note", "case_step", "case_attachment",
    "case_link",
)  # fmt: skip
_ABOVE: Final = """
SELECT a.id FROM agency a WHERE a.type = $1 AND a.valid_to IS NULL AND a.level <= 3
AND $2 >= a.region_code AND $2 < region_end(a.region_code) ORDER BY a.level DESC, a.id LIMIT 1
"""
# The parent on record while it is in force; without one the nearest of the same type around the agency's place, and
# of a village committee (村委会) the township's government.
_OFFICES_ABOVE: Final = f"""
WITH RECURSIVE up (id, n) AS (
  SELECT $1::uuid, 0
  UNION ALL
  SELECT s.above, up.n + 1 FROM up JOIN agency x ON x.id = up.id CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT p.id FROM agency p WHERE p.id = x.parent_id AND p.valid_to IS NULL),
    (SELECT a.id FROM agency a WHERE a.valid_to IS NULL AND a.level < x.level
     AND (a.type = x.type OR (x.type = '{AgencyType.VILLAGE_COMMITTEE}'
       AND a.type = '{AgencyType.TOWNSHIP_GOVERNMENT}'))
     AND x.region_code >= a.region_code AND x.region_code < region_end(a.region_code)
     ORDER BY a.level DESC, a.id LIMIT 1)) AS above) s
  WHERE s.above IS NOT NULL AND up.n < {MOST_LEVELS}
)
SELECT id FROM up WHERE n > 0 ORDER BY n
"""


class CaseSql:
    """See ``domain.cases.work.CaseWork``."""

    connection: asyncpg.Connection

    async def move_case(self, case_id: UUID, region_code: int) -> None:
        """Bring the copies of a case's region up to date."""
        for table in OF_CASE:
            await self.connection.execute(
                f"UPDATE {table} SET region_code = $2 WHERE case_id = $1 AND region_code <> $2", case_id, region_code
            )

    async def claim(self, record: str, row_id: UUID) -> dict[str, Any] | None:
        """Lock a row unless somebody else has it."""
        found = await records.select(self.connection, record, {"id": row_id}, skip=True)
        return found[0] if found else None

    async def mark_case(self, case_id: UUID, changes: Mapping[str, Any]) -> None:
        """Write the clock's columns of a case."""
        await records.mark(self.connection, "care_case", case_id, changes)

    async def offices_above(self, agency_id: UUID) -> list[UUID]:
        """Return the offices above an agency, nearest first; a circle of parents ends where it began."""
        found = [row["id"] for row in await self.connection.fetch(_OFFICES_ABOVE, agency_id)]
        return [one for one in dict.fromkeys(found) if one != agency_id]

    async def agency_above(self, agency_type: str, region_code: int) -> UUID | None:
        """Return the nearest agency of a type at or above the county of a place."""
        found: UUID | None = await self.connection.fetchval(_ABOVE, agency_type, region_code)
        return found


__all__ = ["OF_CASE", "CaseSql"]
