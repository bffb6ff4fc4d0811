"""The people's county, and the figures of it."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.access import Access
from domain.statistics.questions import AskStatistics, AskSummary
from domain.statistics.use_cases import statistics, summary
from persistence.statistics.figures import PostgresFigures
from tests.integration.people.conftest import (
    TODAY,
    access_of,
    caller,
    cipher,
    ledger,
    neighbour,
    officer,
    regions,
    register,
    unit_at,
    uow,
)

__all__ = ["caller", "cipher", "ledger", "neighbour", "officer", "regions", "register", "unit_at", "uow"]


class Asked:
    """Asks the figures as a caller would."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.figures = PostgresFigures(pool)

    async def __call__(self, access: Access | None = None, today: date = TODAY, **ask: Any) -> dict[str, Any]:
        """Return the whole answer."""
        return await statistics(access or access_of(), self.figures, AskStatistics.model_validate(ask), today)

    async def cells(self, *group_by: str, access: Access | None = None, **ask: Any) -> dict[tuple[str, ...], int]:
        """Return counts by their keys."""
        answer = await self(access, group_by=[*group_by], **ask)
        return {tuple(cell["keys"]): cell["n"] for cell in answer["cells"]}

    async def total(self, access: Access | None = None, **ask: Any) -> int:
        """Return the total."""
        found: int = (await self(access, **ask))["total"]
        return found

    async def summary(self, access: Access | None = None, region: str | None = None) -> dict[str, Any]:
        """Return the summary table."""
        return await summary(access or access_of(), self.figures, AskSummary(region=region))


@pytest.fixture
async def asked(pool: asyncpg.Pool, owner: asyncpg.Connection, regions: None) -> Asked:
    await owner.execute(
        "UPDATE region SET parent_code = CASE level WHEN 1 THEN NULL ELSE left(code, (ARRAY[0, 2, 4, 6, 9])[level]) END"
    )
    return Asked(pool)
