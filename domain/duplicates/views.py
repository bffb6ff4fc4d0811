"""Read models of duplicates: the queue of questions, the merges, what a check answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.duplicates.model import DuplicateReason, DuplicateState, RaisedBy
from domain.people.views import Person
from domain.scopes import Subject
from domain.view import PERSONAL, division, document, embedded, eq, one, view, within


@view(
    "duplicate_candidate",
    plural="duplicates",
    permission="duplicates:read",
    scope=Subject("person_id"),
    actions={"decide": "duplicates:write"},
)
class Duplicate:
    """Two files that may be one person's; ``person`` was registered first and her agency decides.

    ``other_id`` is null where another agency asked about a person it does not see.
    """

    id: UUID
    version: int
    region: str = division("region_code")
    person_id: UUID
    other_id: UUID | None
    reasons: list[DuplicateReason]
    score: int
    state: DuplicateState
    raised_by: RaisedBy
    requested_by_agency_id: UUID | None
    decision: Annotated[str | None, PERSONAL]
    created_at: datetime
    updated_at: datetime
    person: Person = one("person_id")
    other: Person = one("other_id")
    __filters__ = (within("region", "region_code"), eq("state", "person_id", "other_id", "raised_by"))
    __orders__ = ("-score", "-id", "id")


@view(
    "person_merge",
    plural="merges",
    permission="duplicates:read",
    scope=Subject("person_id"),
    actions={"undo": "duplicates:write"},
)
class Merge:
    """A merge: ``person`` survives, ``merged`` is the closed file that leads to her."""

    id: UUID
    version: int
    region: str = division("region_code")
    person_id: UUID
    merged_id: UUID
    duplicate_id: UUID
    taken: list[str]
    undone_at: datetime | None
    undo_reason: Annotated[str | None, PERSONAL]
    created_at: datetime
    person: Person = one("person_id")
    merged: Person = one("merged_id")
    __filters__ = (within("region", "region_code"), eq("person_id", "merged_id", "duplicate_id"))
    __orders__ = ("-id", "id")


@document(permission="people:write")
class PersonCheck:
    """Who may be the same person. ``under_review``: somebody is, beyond the caller's sight; her agency was asked."""

    under_review: bool
    matches: list[PersonMatch] = embedded("matches")


@document(permission="people:write")
class PersonMatch:
    """A possible match, as little of her as tells her from others."""

    person_id: UUID
    name: Annotated[str, PERSONAL]  # masked always
    region: str
    birth_year: Annotated[int | None, PERSONAL]
    reasons: list[DuplicateReason]
    score: int


__all__ = ["Duplicate", "Merge", "PersonCheck", "PersonMatch"]
