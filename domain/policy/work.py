"""What asks the policy catalogue inside a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from domain.agencies.model import AgencyType
from domain.policy.matrix import Candidate, Office, Question
from domain.policy.model import Audience, CaseCategory
from domain.policy.routing import Route


@dataclass(frozen=True, slots=True)
class Around:
    """What the matrix decides a question on; ``default`` and ``laws`` are the default table's row."""

    candidates: Sequence[Candidate]
    default: tuple[AgencyType, ...]
    laws: tuple[str, ...]
    offices: Sequence[Office]


class PolicyWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the policy catalogue's."""

    async def route(self, category: CaseCategory, audience: Audience, region_code: int, on: date) -> Route:
        """Return where a matter of a place (12-digit number) goes on a day; ``basis`` none where nobody receives it."""

    async def around(self, question: Question) -> Around:
        """Return what the matrix decides a question on."""


__all__ = ["Around", "PolicyWork"]
