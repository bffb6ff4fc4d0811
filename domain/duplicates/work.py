"""What the use cases of duplicates ask of an open transaction, beyond single rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from domain.duplicates.model import DuplicateReason, RaisedBy


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that may be one person's, the one registered first in front."""

    person_id: UUID
    other_id: UUID
    region_code: int  # of the first
    reasons: tuple[DuplicateReason, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A person who may be the one asked about."""

    person_id: UUID
    name: str
    region_code: int
    birth_date: date | None
    reasons: tuple[DuplicateReason, ...]
    seen: bool  # by the caller


Former = Mapping[tuple[str, str], Mapping[str, Any]]
"""Rows as they were: (table, id) → columns."""


class DuplicateWork(Protocol):
    """The part of a transaction that is about duplicates."""

    async def pairs_of(self, people: Iterable[UUID]) -> list[Pair]:
        """Return whom people may be the same as, wherever they are, by the rules of detection."""

    async def add(self, pair: Pair, raised_by: RaisedBy) -> dict[str, Any] | None:
        """Enter a question; None where it was raised before, whatever was decided then."""

    async def ask(self, match: Match, agency_id: UUID | None) -> dict[str, Any] | None:
        """Enter an agency's question about a person it does not see; None where it has asked already."""

    async def matches(self, name: str, birth_date: date | None, number: str | None, region_code: int) -> list[Match]:
        """Return who may be the person described."""

    async def hand_over(self, merged: UUID, survivor: UUID) -> dict[str, int]:
        """Bring the rows of one file and what refers to it to another; returns how many, by table.

        What the survivor has already (an open profile of the kind, the same kinship) stays where it is.
        """

    async def supersede(self, person_id: UUID, besides: UUID) -> None:
        """Set the open questions about a person aside."""

    async def remember(self, people: Iterable[UUID], merged: UUID) -> Former:
        """Note what a merge may change, as it is now."""

    async def keep(self, merge_id: UUID, former: Former) -> None:
        """Store what has changed since, sealed, under a merge."""

    async def restore(self, merge_id: UUID) -> datetime:
        """Put back what a merge changed; returns when. Raises ``Conflict`` where it was changed again since."""


__all__ = ["DuplicateWork", "Former", "Match", "Pair"]
