"""The statistics for both transports: what was asked, as a command; the answer, as a document."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from domain.access import Access
from domain.people.days import today
from domain.statistics.questions import AskStatistics, AskSummary
from domain.statistics.use_cases import PERMISSION, SUMMARY, Figures, statistics, summary


class Statistics:
    """Answers questions about the figures; whoever may not ask is told so before what was wrong."""

    def __init__(self, figures: Figures, build: Callable[[Mapping[str, Any]], bytes]) -> None:
        self._figures, self._build = figures, build

    async def answer(self, access: Access, asked: Mapping[str, object]) -> dict[str, Any]:
        """Return the document of ``Statistics``."""
        access.grant(PERMISSION)
        return await statistics(access, self._figures, AskStatistics.model_validate(asked), today())

    async def summary(self, access: Access, asked: Mapping[str, object]) -> dict[str, Any]:
        """Return the document of ``StatisticsSummary``."""
        access.grant(SUMMARY)
        return await summary(access, self._figures, AskSummary.model_validate(asked))

    async def workbook(self, access: Access, asked: Mapping[str, object]) -> bytes:
        """Return the summary table as XLSX."""
        return await asyncio.to_thread(self._build, await self.summary(access, asked))


__all__ = ["Statistics"]
