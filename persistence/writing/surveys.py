"""The surveys' part of a transaction: tallies by region, question and value."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import asyncpg

from domain.surveys.work import Cell

# In the cells' own order, so that two answers at once lock them one after the other.
_COUNT: Final = """
INSERT INTO survey_tally (id, survey_id, level, region_code, question, choice, people)
SELECT uuidv7(), $1, c.level, c.region_code, c.question, c.choice, 1
FROM unnest($2::smallint[], $3::bigint[], $4::text[], $5::text[]) WITH ORDINALITY
  AS c(level, region_code, question, choice, at)
ORDER BY c.at
ON CONFLICT (survey_id, level, region_code, question, choice) DO UPDATE SET people = survey_tally.people + 1
"""
_SAFE: Final = """
UPDATE survey_tally t SET people_safe = t.people
FROM unnest($2::smallint[], $3::bigint[], $4::text[], $5::text[]) AS c(level, region_code, question, choice)
WHERE t.survey_id = $1 AND t.level = c.level AND t.region_code = c.region_code AND t.question = c.question
  AND t.choice = c.choice
"""


class SurveySql:
    """See ``domain.surveys.work.SurveyWork``."""

    connection: asyncpg.Connection

    async def count_cells(self, survey_id: UUID, cells: Iterable[Cell]) -> None:
        """Count one more answer in each cell."""
        await self.connection.execute(_COUNT, survey_id, *_columns(cells))

    async def cells_of(self, survey_id: UUID) -> dict[Cell, int]:
        """Return what is counted in each cell."""
        rows = await self.connection.fetch(
            "SELECT level, region_code, question, choice, people FROM survey_tally WHERE survey_id = $1", survey_id
        )
        return {tuple(row)[:4]: row["people"] for row in rows}

    async def keep_safe(self, survey_id: UUID, cells: Iterable[Cell]) -> None:
        """Keep the counts of these cells as the ones that may be shown to who sees no person."""
        await self.connection.execute(_SAFE, survey_id, *_columns(cells))

    async def households_in(self, region_code: int) -> int:
        """Return how many households of a village are on the ledger."""
        found: int = await self.connection.fetchval(
            "SELECT count(*) FROM household WHERE region_code = $1", region_code
        )
        return found


def _columns(cells: Iterable[Cell]) -> list[list[object]]:
    listed = list(cells)
    return [[cell[at] for cell in listed] for at in range(4)]


__all__ = ["SurveySql"]
