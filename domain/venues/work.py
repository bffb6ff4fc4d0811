"""What activities ask of a transaction beyond single rows."""

from typing import Protocol
from uuid import UUID


class VenueWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the venues' own."""

    async def recount(self, activity_id: UUID) -> None:
        """Bring an activity's counts in line with its sign-ups; no version, for nobody edits them."""


__all__ = ["VenueWork"]
