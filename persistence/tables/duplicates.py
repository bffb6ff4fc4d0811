"""Questions whether two files are one person's, and the merges that answered them."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from domain.duplicates.model import DuplicateState, RaisedBy
from persistence.tables.columns import PersonBound, blob, moment, one_of, small, text_array


class DuplicateCandidate(PersonBound, table=True):
    """A pair in the order of registration; the region is the first one's.

    ``other_id`` is null where an agency asked about somebody it does not see.
    """

    __tablename__ = "duplicate_candidate"
    __table_args__: Any = (
        one_of("state", DuplicateState, name="duplicate_candidate_state_known"),
        one_of("raised_by", RaisedBy, name="duplicate_candidate_raised_by_known"),
        CheckConstraint("person_id < other_id", name="duplicate_candidate_ordered"),
        CheckConstraint("score BETWEEN 0 AND 100", name="duplicate_candidate_score_known"),
        CheckConstraint("other_id IS NOT NULL OR requested_by_agency_id IS NOT NULL", name="duplicate_candidate_asked"),
        Index("duplicate_candidate_pair_key", "person_id", "other_id", unique=True),
        Index(
            "duplicate_candidate_asked_key",
            "person_id",
            "requested_by_agency_id",
            unique=True,
            postgresql_where="other_id IS NULL AND state IN ('open', 'under_review')",
        ),
        Index("duplicate_candidate_other_idx", "other_id"),
        Index("duplicate_candidate_county_idx", "county", "id"),
        Index("duplicate_candidate_township_idx", "township", "id"),
        Index("duplicate_candidate_region_idx", "region_code", "id"),
        Index("duplicate_candidate_score_idx", "county", "score", "id"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    other_id: UUID | None = Field(default=None, foreign_key="person.id")
    reasons: list[str] = text_array()
    score: int = small(0)
    state: str = DuplicateState.OPEN
    raised_by: str
    requested_by_agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    decision: str | None = None  # why they are two people


class PersonMerge(PersonBound, table=True):
    """A merge, and what it changed as it was before: sealed, since it holds whole rows of two files."""

    __tablename__ = "person_merge"
    __table_args__: Any = (
        Index("person_merge_person_idx", "person_id", "id"),
        Index("person_merge_merged_idx", "merged_id"),
        Index("person_merge_county_idx", "county", "id"),
        Index("person_merge_township_idx", "township", "id"),
        Index("person_merge_region_idx", "region_code", "id"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    merged_id: UUID = Field(foreign_key="person.id")
    duplicate_id: UUID = Field(foreign_key="duplicate_candidate.id")
    taken: list[str] = text_array()
    journal_cipher: bytes | None = blob()
    undone_at: Any = moment()
    undo_reason: str | None = None


__all__ = ["DuplicateCandidate", "PersonMerge"]
