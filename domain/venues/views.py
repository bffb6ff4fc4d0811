"""Read models of venues, activities and sign-ups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.agencies.views import Agency, StaffMember
from domain.people.model import Population
from domain.people.views import Person
from domain.regions.views import Region
from domain.scopes import Announced, Subject
from domain.venues.model import (
    ActivityKind,
    ActivityState,
    Attendance,
    SignUpState,
    VenueKind,
    VenueRoom,
    VenueService,
    VenueState,
)
from domain.view import PERSONAL, between, division, document, embedded, eq, has, many, one, view, within

READ, WRITE, SIGN_UPS = "venues:read", "venues:write", "sign_ups:write"
ONCE_OPENED = Announced("opened_on")


@view(
    "venue", plural="venues", permission=READ, scope=ONCE_OPENED,
    actions=dict.fromkeys(("update", "open", "suspend", "close"), WRITE),
)  # fmt: skip
class Venue:
    """A venue (阵地): 妇女之家, 儿童之家 and the like. Who lives around it sees it once it has opened."""

    id: UUID
    version: int
    kind: VenueKind
    name: str
    region: str = division("region_code")
    place: str | None
    agency_id: UUID
    responsible_id: UUID | None
    rooms: list[VenueRoom]
    services: list[VenueService]
    capacity: int | None
    hours_note: str | None
    state: VenueState
    opened_on: date | None
    suspended_on: date | None
    closed_on: date | None
    reason: str | None
    created_at: datetime
    updated_at: datetime
    hours: list[VenueHours] = embedded("hours")
    area: Region = one("region_code", to="lo")
    agency: Agency = one("agency_id")
    responsible: StaffMember = one("responsible_id")
    activities: list[Activity] = many("venue_id")
    __filters__ = (
        within("region", "region_code"),
        eq("kind", "state", "agency_id"),
        has("rooms"),
        has("services"),
    )
    __orders__ = ("-id", "id")


@document()
class VenueHours:
    """A stretch of a weekday in which a venue is open: Monday is 1, times are ``HH:MM`` in China."""

    weekday: int
    opens: str
    closes: str


@view(
    "activity", plural="activities", permission=READ, scope=ONCE_OPENED,
    actions=dict.fromkeys(("update", "open", "record_attendance", "hold", "cancel"), WRITE) | {"join": SIGN_UPS},
)  # fmt: skip
class Activity:
    """An activity (活动). ``taken``, ``waiting`` and ``attended`` count sign-ups, also those the caller does not see.

    Who lives around it sees it once it is open for sign-up.
    """

    id: UUID
    version: int
    kind: ActivityKind
    title: str
    description: str | None
    region: str = division("region_code")
    venue_id: UUID | None
    place: str | None
    agency_id: UUID
    responsible_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    sign_up_until: datetime
    capacity: int | None
    audience: list[Population]
    state: ActivityState
    opened_on: date | None
    reason: str | None
    summary: str | None
    taken: int
    waiting: int
    attended: int
    others_attended: int
    created_at: datetime
    updated_at: datetime
    area: Region = one("region_code", to="lo")
    venue: Venue = one("venue_id")
    agency: Agency = one("agency_id")
    responsible: StaffMember = one("responsible_id")
    sign_ups: list[SignUp] = many("activity_id", order="id")
    __filters__ = (
        within("region", "region_code"),
        eq("kind", "state", "venue_id", "agency_id"),
        has("audience"),
        between("starts_at"),
    )
    __orders__ = ("-id", "id", "starts_at", "-starts_at")


@view(
    "sign_up", plural="sign_ups", permission="people:read", scope=Subject("person_id"),
    actions={"withdraw": SIGN_UPS},
)  # fmt: skip
class SignUp:
    """A person's place in an activity, or in the queue for one: ``arrival`` counts from 1. Part of her file."""

    id: UUID
    version: int
    activity_id: UUID
    person_id: UUID
    region: str = division("region_code")
    arrival: int
    state: Annotated[SignUpState, PERSONAL]
    attendance: Annotated[Attendance | None, PERSONAL]
    minutes: Annotated[int | None, PERSONAL]
    created_at: datetime
    updated_at: datetime
    person: Person = one("person_id")
    activity: Activity = one("activity_id")
    __filters__ = (within("region", "region_code"), eq("activity_id", "person_id", "state", "attendance"))
    __orders__ = ("-id", "id")


__all__ = ["Activity", "SignUp", "Venue"]
