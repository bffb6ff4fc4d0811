"""What may be asked of service contracts.

Updates are merge patches: a field that is left out stays, ``null`` takes a value away. ``version`` is
the one the caller read.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.commands import Command, Day, Id, Name, RegionCode, ShortText, Version, choice
from domain.policy.model import CaseCategory

MOST_FEN = 2_000_000_000


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Categories = Annotated[
    list[Annotated[CaseCategory, choice(CaseCategory)]],
    Field(min_length=1, max_length=len(CaseCategory)),
    AfterValidator(_once),
]
Regions = Annotated[list[RegionCode], Field(min_length=1, max_length=200), AfterValidator(_once)]
Quota = Annotated[int, Field(ge=1, le=100_000)]
Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]


class CreateContract(Command):
    """Draw up a contract of the caller's agency with a social organisation.

    The period holds both days. ``regions`` lie within the buyer's own; ``quota`` is how many assignments the
    period allows; ``amount_fen`` is money in fen, at most 20 million yuan.
    """

    ngo_agency_id: Id
    title: Name
    starts_on: Day
    ends_on: Day
    categories: Categories
    regions: Regions
    quota: Quota
    amount_fen: Fen | None = None


class UpdateContract(Command):
    """Change a draft; what both sides agreed on is not changed any more."""

    contract_id: Id
    version: Version
    ngo_agency_id: Id | None = None
    title: Name | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    categories: Categories | None = None
    regions: Regions | None = None
    quota: Quota | None = None
    amount_fen: Fen | None = None


class ActivateContract(Command):
    """Put a contract into effect: from now on the organisation sees it, and cases may be assigned under it."""

    contract_id: Id
    version: Version


class EndContract(Command):
    """End a contract before its time, or drop a draft, saying why."""

    contract_id: Id
    version: Version
    reason: ShortText


__all__ = ["ActivateContract", "CreateContract", "EndContract", "UpdateContract"]
