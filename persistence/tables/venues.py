"""Venues, activities, sign-ups. A sign-up belongs to a person's file, the others to no person."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field

from domain.venues.model import ActivityKind, ActivityState, Attendance, SignUpState, VenueKind, VenueState
from persistence.tables.columns import PersonBound, Versioned, json_object, one_of, small, text_array


class Venue(Versioned, table=True):
    """A venue (阵地). ``opened_on``: the day from which it is announced, kept when it is shut."""

    __tablename__ = "venue"
    __table_args__: Any = (
        one_of("kind", VenueKind, name="venue_kind_known"),
        one_of("state", VenueState, name="venue_state_known"),
        UniqueConstraint("region_code", "name", name="venue_name_key"),
        Index("venue_region_idx", "region_code", "id"),
    )

    region_code: int = Field(sa_type=BigInteger)
    kind: str
    name: str
    place: str | None = None
    agency_id: UUID = Field(foreign_key="agency.id")
    responsible_id: UUID | None = Field(default=None, foreign_key="staff.id")
    rooms: list[str] = text_array()
    services: list[str] = text_array()
    capacity: int | None = None
    hours_note: str | None = None
    hours: list[dict[str, Any]] = json_object()
    state: str = VenueState.PLANNED
    opened_on: date | None = None
    suspended_on: date | None = None
    closed_on: date | None = None
    reason: str | None = None


class Activity(Versioned, table=True):
    """An activity (活动). ``arrivals`` counts all who ever signed up, so that each has her own number."""

    __tablename__ = "activity"
    __table_args__: Any = (
        one_of("kind", ActivityKind, name="activity_kind_known"),
        one_of("state", ActivityState, name="activity_state_known"),
        CheckConstraint("ends_at > starts_at", name="activity_dated"),
        CheckConstraint("capacity IS NULL OR taken <= capacity", name="activity_not_overbooked"),
        Index("activity_region_idx", "region_code", "id"),
        Index("activity_venue_idx", "venue_id", "id"),
    )

    region_code: int = Field(sa_type=BigInteger)
    venue_id: UUID | None = Field(default=None, foreign_key="venue.id")
    place: str | None = None
    kind: str
    title: str
    description: str | None = None
    agency_id: UUID = Field(foreign_key="agency.id")
    responsible_id: UUID | None = Field(default=None, foreign_key="staff.id")
    starts_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    ends_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    sign_up_until: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    capacity: int | None = None
    audience: list[str] = text_array()  # populations; empty: everybody
    state: str = ActivityState.PLANNED
    opened_on: date | None = None
    reason: str | None = None
    summary: str | None = None
    arrivals: int = 0
    taken: int = 0
    waiting: int = 0
    attended: int = 0
    others_attended: int = 0


class SignUp(PersonBound, table=True):
    """A person's place in an activity, or in the queue for one."""

    __tablename__ = "sign_up"
    __table_args__: Any = (
        one_of("state", SignUpState, name="sign_up_state_known"),
        one_of("attendance", Attendance, name="sign_up_attendance_known"),
        UniqueConstraint("activity_id", "arrival", name="sign_up_arrival_key"),
        Index(
            "sign_up_current_key",
            "activity_id",
            "person_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("sign_up_person_idx", "person_id", "id"),
        Index("sign_up_county_idx", "county", "id"),
        Index("sign_up_township_idx", "township", "id"),
        Index("sign_up_region_idx", "region_code", "id"),
    )

    activity_id: UUID = Field(foreign_key="activity.id")
    person_id: UUID = Field(foreign_key="person.id")
    arrival: int
    state: str
    attendance: str | None = None
    minutes: int | None = small()


__all__ = ["Activity", "SignUp", "Venue"]
