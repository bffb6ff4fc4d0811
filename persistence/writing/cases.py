"""The cases' part of a transaction."""

from typing import Final
from uuid import UUID

import asyncpg

# Rows that follow their case to whatever region it goes. The timeline stays where it was lived.
OF_CASE: Final = (
    "case_party", "case_person", "case_referral", "case_assignment", "case_note", "case_step", "case_attachment",
    "case_link",
)  # fmt: skip
_ABOVE: Final = """
SELECT a.id FROM agency a WHERE a.type = $1 AND a.valid_to IS NULL AND a.level <= 3
AND $2 >= a.region_code AND $2 < region_end(a.region_code) ORDER BY a.level DESC, a.id LIMIT 1
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

    async def agency_above(self, agency_type: str, region_code: int) -> UUID | None:
        """Return the nearest agency of a type at or above the county of a place."""
        found: UUID | None = await self.connection.fetchval(_ABOVE, agency_type, region_code)
        return found


__all__ = ["OF_CASE", "CaseSql"]
