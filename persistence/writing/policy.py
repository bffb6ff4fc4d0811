"""The policy catalogue's part of a transaction: where a matter goes."""

from datetime import date

import asyncpg

from domain.policy.matrix import Question, answer
from domain.policy.model import Audience, CaseCategory
from domain.policy.routing import Route
from domain.policy.work import Around
from persistence.catalogue import around


class PolicySql:
    """See ``domain.policy.work.PolicyWork``."""

    connection: asyncpg.Connection

    async def route(self, category: CaseCategory, audience: Audience, region_code: int, on: date) -> Route:
        """Return where a matter of a place goes on a day."""
        question = Question(category, audience, region_code, on)
        found = await self.around(question)
        return answer(question, found.candidates, found.default, found.offices).route

    async def around(self, question: Question) -> Around:
        """Return what the matrix decides a question on."""
        return await around(self.connection, question)


__all__ = ["PolicySql"]
