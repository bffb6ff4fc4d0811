"""The read model of emergency openings: who opened whose file, why, for how long, and what a supervisor said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.agencies.views import Agency
from domain.break_glass.model import Review, Verdict
from domain.history.views import Event
from domain.people.views import Person
from domain.scopes import Regions
from domain.view import between, column, division, eq, many, one, view, within


@view(
    "break_glass",
    plural="break_glass",
    permission="break_glass:read",
    scope=Regions("region_code", "opener_region_code"),
    actions={"end": "break_glass:write", "review": "break_glass:review"},
)
class BreakGlassOpening:
    """A file opened in an emergency (应急查阅).

    ``events`` are all that was done with it; each read is one, written down before anything was released.
    """

    id: UUID
    version: int
    person_id: UUID
    region: str = division("region_code")
    opened_by: str = column("actor")
    agency_id: UUID | None
    supervisor_agency_id: UUID | None
    reason: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    state: Review
    verdict: Verdict | None
    note: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    agency: Agency = one("agency_id")
    supervisor_agency: Agency = one("supervisor_agency_id")
    person: Person = one("person_id")
    events: list[Event] = many("aggregate_id")
    __filters__ = (
        within("region", "region_code"),
        eq("state", "verdict", "person_id", "opened_by", "agency_id", "supervisor_agency_id"),
        between("created_at"),
    )
    __orders__ = ("-id", "id")


__all__ = ["BreakGlassOpening"]
