"""What may be asked of venues and activities.

Updates are merge patches: a field that is left out stays, ``null`` takes a value away. ``version`` is
the one the caller read.
"""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.commands import Command, Id, LongText, Moment, Name, RegionCode, ShortText, Version, choice
from domain.people.model import Population
from domain.venues.model import ActivityKind, Attendance, VenueKind, VenueRoom, VenueService

Places = Annotated[int, Field(ge=1, le=100_000)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Clock = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
Rooms = Annotated[list[Annotated[VenueRoom, choice(VenueRoom)]], Field(max_length=len(VenueRoom))]
Services = Annotated[list[Annotated[VenueService, choice(VenueService)]], Field(max_length=len(VenueService))]
Audience = Annotated[list[Annotated[Population, choice(Population)]], Field(max_length=len(Population))]


class OpeningTime(Command):
    """One stretch of a weekday in which a venue is open: Monday is 1, times are ``HH:MM`` in China."""

    weekday: Weekday
    opens: Clock
    closes: Clock

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.closes <= self.opens:
            raise PydanticCustomError("venue.closes_before_opening", "it closes before it opens")
        return self


def _apart(times: list[OpeningTime]) -> list[OpeningTime]:
    ordered = sorted(times, key=lambda one: (one.weekday, one.opens))
    for one, following in pairwise(ordered):
        if one.weekday == following.weekday and following.opens < one.closes:
            raise PydanticCustomError("venue.hours_overlap", "two stretches of a day overlap")
    return ordered


OpeningTimes = Annotated[list[OpeningTime], Field(max_length=28), AfterValidator(_apart)]


class CreateVenue(Command):
    """Plan a venue (阵地). Without ``agency_id`` the caller's agency runs it."""

    region: RegionCode
    kind: Annotated[VenueKind, choice(VenueKind)]
    name: Name
    place: ShortText | None = None
    agency_id: Id | None = None
    responsible_id: Id | None = None
    rooms: Rooms = Field(default_factory=list)
    services: Services = Field(default_factory=list)
    capacity: Places | None = None
    hours_note: ShortText | None = None
    hours: OpeningTimes = Field(default_factory=list)


class UpdateVenue(Command):
    """Change a venue; ``hours`` replaces all of them. Kind and region never change."""

    venue_id: Id
    version: Version
    name: Name | None = None
    place: ShortText | None = None
    agency_id: Id | None = None
    responsible_id: Id | None = None
    rooms: Rooms | None = None
    services: Services | None = None
    capacity: Places | None = None
    hours_note: ShortText | None = None
    hours: OpeningTimes | None = None


class VenueCommand(Command):
    """What moves a venue."""

    venue_id: Id
    version: Version


class OpenVenue(VenueCommand):
    """Open a venue, or open it again."""


class SuspendVenue(VenueCommand):
    """Shut a venue for a time."""

    reason: ShortText


class CloseVenue(VenueCommand):
    """Give a venue up. It stays on record and is never opened again."""

    reason: ShortText


class CreateActivity(Command):
    """Plan an activity (活动) at a venue, or anywhere in a region.

    ``region`` says whom it is for (default: the venue's) and holds the venue; ``audience`` is empty where
    everybody may come; sign-up ends when it starts unless ``sign_up_until`` says earlier.
    """

    region: RegionCode | None = None
    venue_id: Id | None = None
    place: ShortText | None = None
    kind: Annotated[ActivityKind, choice(ActivityKind)]
    title: Name
    description: LongText | None = None
    starts_at: Moment
    ends_at: Moment
    sign_up_until: Moment | None = None
    capacity: Places | None = None
    audience: Audience = Field(default_factory=list)
    agency_id: Id | None = None
    responsible_id: Id | None = None


class UpdateActivity(Command):
    """Change an activity that is still to come. More places go to those who wait."""

    activity_id: Id
    version: Version
    place: ShortText | None = None
    title: Name | None = None
    description: LongText | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    sign_up_until: Moment | None = None
    capacity: Places | None = None
    audience: Audience | None = None
    responsible_id: Id | None = None


class OpenActivity(Command):
    """Announce an activity: from now on people may sign up."""

    activity_id: Id
    version: Version


class CancelActivity(Command):
    """Call an activity off, saying why."""

    activity_id: Id
    version: Version
    reason: ShortText


class HoldActivity(Command):
    """Record that an activity took place. ``others_attended`` counts who came without being on a list."""

    activity_id: Id
    version: Version
    summary: LongText | None = None
    others_attended: Annotated[int, Field(ge=0, le=100_000)] = 0


class Attended(Command):
    """Whether somebody who signed up came, and for how many minutes."""

    sign_up_id: Id
    attendance: Annotated[Attendance, choice(Attendance)]
    minutes: Annotated[int, Field(ge=1, le=10_080)] | None = None

    @model_validator(mode="after")
    def _only_when_there(self) -> Self:
        if self.attendance is Attendance.ABSENT and self.minutes is not None:
            raise PydanticCustomError("sign_up.absent_minutes", "somebody absent spent no time there")
        return self


class RecordAttendance(Command):
    """Record who came; a later record of the same person replaces the earlier."""

    activity_id: Id
    entries: Annotated[list[Attended], Field(min_length=1, max_length=200)]


class JoinActivity(Command):
    """Sign a person up; where no place is left she waits for one."""

    activity_id: Id
    person_id: Id


class WithdrawSignUp(Command):
    """Take a sign-up back; the place goes to who has waited longest."""

    sign_up_id: Id


__all__ = [
    "Attended",
    "CancelActivity",
    "CloseVenue",
    "CreateActivity",
    "CreateVenue",
    "HoldActivity",
    "JoinActivity",
    "OpenActivity",
    "OpenVenue",
    "OpeningTime",
    "RecordAttendance",
    "SuspendVenue",
    "UpdateActivity",
    "UpdateVenue",
    "VenueCommand",
    "WithdrawSignUp",
]
