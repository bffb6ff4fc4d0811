"""What surveys ask of a transaction beyond single rows."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

Cell = tuple[int, int, str, str]
"""Level and 12-digit code of a region, question ("" for the answers themselves), value."""


class SurveyWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the surveys' own. Each is asked ``as_system``."""

    async def count_cells(self, survey_id: UUID, cells: Iterable[Cell]) -> None:
        """Count one more answer in each cell."""

    async def cells_of(self, survey_id: UUID) -> dict[Cell, int]:
        """Return what is counted in each cell."""

    async def keep_safe(self, survey_id: UUID, cells: Iterable[Cell]) -> None:
        """Keep the counts of these cells as the ones that may be shown to who sees no person."""

    async def households_in(self, region_code: int) -> int:
        """Return how many households of a village are on the ledger."""


__all__ = ["Cell", "SurveyWork"]
