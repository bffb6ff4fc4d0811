"""What asks the policy catalogue inside a transaction."""

from datetime import date
from typing import Protocol

from domain.policy.model import Audience, CaseCategory
from domain.policy.routing import Route


class PolicyWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the policy catalogue's."""

    async def route(self, category: CaseCategory, audience: Audience, region_code: int, on: date) -> Route:
        """Return where a matter of a place (12-digit number) goes on a day; ``basis`` none where nobody receives it."""


__all__ = ["PolicyWork"]
