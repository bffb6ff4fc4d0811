"""The policy catalogue's part of a transaction: where a matter goes."""

from datetime import date

import asyncpg

from domain.policy.model import Audience, CaseCategory, RouteBasis
from domain.policy.routing import Route


class PolicySql:
    """See ``domain.policy.work.PolicyWork``."""

    connection: asyncpg.Connection

    async def route(self, category: CaseCategory, audience: Audience, region_code: int, on: date) -> Route:  # noqa: ARG002 - an empty catalogue answers all alike
        """Return where a matter goes: an empty catalogue names nobody."""
        return Route(RouteBasis.NONE, why=("nobody_here",))


__all__ = ["PolicySql"]
