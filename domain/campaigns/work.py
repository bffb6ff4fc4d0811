"""What campaigns ask of a transaction beyond single rows."""

from datetime import date
from typing import Any, Protocol
from uuid import UUID

from domain.people.model import Population


class CampaignWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the campaigns' own."""

    async def enlist_villages(self, campaign: dict[str, Any]) -> int:
        """Give every village of the campaign's county in force its row; returns how many."""

    async def survey(self, person_id: UUID, region_code: int, population: Population, on: date) -> list[dict[str, Any]]:
        """Count an entry towards the open campaigns of her village; returns the villages that it set going."""

    async def freeze_figures(self, campaign_id: UUID) -> list[dict[str, Any]]:
        """Keep every village's figures as they are now; returns the rows with names of village and township."""


__all__ = ["CampaignWork"]
