"""The campaigns' part of a transaction: all villages of a county at once, entries counted, figures kept."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.campaigns.model import UNDER_WAY
from domain.people.model import Population
from persistence.reading.expressions import EXPRESSIONS

_ENLIST: Final = """
INSERT INTO campaign_village (id, campaign_id, region_code, due_on, state, returned_times)
SELECT uuidv7(), $1, r.lo, $3, 'not_started', 0 FROM region r
WHERE r.level = 5 AND r.lo >= $2 AND r.lo < $2 + 1000000 AND r.valid_from <= $4
  AND (r.valid_to IS NULL OR r.valid_to > $4)
ORDER BY r.lo
"""
_RUNNING: Final = """
SELECT v.id, v.state FROM campaign_village v JOIN campaign c ON c.id = v.campaign_id
WHERE c.state = 'open' AND v.region_code = ANY ($1::bigint[]) AND $2 = ANY (c.forms) AND $3::date >= c.opens_on
"""
_GOING: Final = f"""
UPDATE campaign_village SET state = 'in_progress', started_on = coalesce(started_on, $3::date), version = version + 1,
  updated_at = clock_timestamp()
WHERE id IN (SELECT id FROM running) AND state IN ({", ".join(f"'{one}'" for one in sorted(UNDER_WAY))})
RETURNING *
"""
# Within a campaign an entry in the field is a survey of that day, as a roster's row is one of the roster's.
_SURVEY: Final = f"""
WITH running AS ({_RUNNING}), entered AS (
  UPDATE person SET surveyed_on = greatest(surveyed_on, $3::date)
  WHERE id = $4 AND EXISTS (SELECT FROM running) AND surveyed_on IS DISTINCT FROM greatest(surveyed_on, $3::date)
)
{_GOING}
"""
_FREEZE: Final = f"""
WITH kept AS (
  UPDATE campaign_village SET figures = {EXPRESSIONS["campaign_village_figures"].format(t="campaign_village")},
    version = version + 1, updated_at = clock_timestamp()
  WHERE campaign_id = $1 RETURNING *
)
SELECT k.*, coalesce(r.name, '') AS name, coalesce(u.name, '') AS township_name
FROM kept k
LEFT JOIN region r ON r.code = k.region_code::text LEFT JOIN region u ON u.code = k.township::text
ORDER BY k.region_code
"""


class CampaignSql:
    """See ``domain.campaigns.work.CampaignWork``."""

    connection: asyncpg.Connection

    async def enlist_villages(self, campaign: dict[str, Any]) -> int:
        """Give every village of the campaign's county in force its row."""
        status: str = await self.connection.execute(
            _ENLIST, campaign["id"], campaign["region_code"], campaign["due_on"], campaign["opened_on"]
        )
        return int(status.rpartition(" ")[2])

    async def survey(self, person_id: UUID, region_code: int, population: Population, on: date) -> list[dict[str, Any]]:
        """Count an entry towards the open campaigns of her village."""
        rows = await self.connection.fetch(_SURVEY, [region_code], population, on, person_id)
        return [dict(row) for row in rows]

    async def freeze_figures(self, campaign_id: UUID) -> list[dict[str, Any]]:
        """Keep every village's figures as they are now."""
        return [dict(row) for row in await self.connection.fetch(_FREEZE, campaign_id)]


async def set_going(
    connection: asyncpg.Connection, regions: Iterable[int], population: Population, as_of: date
) -> list[dict[str, Any]]:
    """Set the villages of a roster's people going; returns the rows that this changed."""
    rows = await connection.fetch(f"WITH running AS ({_RUNNING}) {_GOING}", list(regions), population, as_of)
    return [dict(row) for row in rows]


__all__ = ["CampaignSql", "set_going"]
