"""Activities from their planning to the count of who came."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Fault, InvalidInput
from domain.people.use_cases.consequences import event_of
from domain.regions.codes import published, range_of
from domain.unit_of_work import Row, Saved, UnitOfWork, Work
from domain.venues.commands import (
    CancelActivity,
    CreateActivity,
    HoldActivity,
    OpenActivity,
    RecordAttendance,
    UpdateActivity,
)
from domain.venues.model import (
    ACTIVITY_STATES,
    SIGN_UP_STATES,
    ActivityAct,
    ActivityState,
    SignUpAct,
    SignUpState,
    VenueState,
)
from domain.venues.use_cases.hosting import check_host, division, event, required, save, saved, within_reach
from domain.venues.use_cases.seats import promote

WRITE: Final = "venues:write"


async def create_activity(access: Access, uow: UnitOfWork, command: CreateActivity) -> Saved:
    """Plan an activity."""
    async with uow.begin(access, WRITE) as work:
        region = await _place(work, command.region, command.venue_id)
        given = command.given("region") | {
            "agency_id": command.agency_id or access.agency_id,
            "sign_up_until": command.sign_up_until or command.starts_at,
        }
        _check_times(given)
        await check_host(work, given)
        row = await work.insert("activity", given | {"region_code": region, "state": ActivityState.PLANNED})
        await work.append(event("activity.created", row, activity_kind=command.kind))
        return await work.commit(saved("activity", row))


async def update_activity(access: Access, uow: UnitOfWork, command: UpdateActivity) -> Saved:
    """Change an activity that is still to come; it never gets fewer places than are taken."""
    async with uow.begin(access, WRITE) as work:
        row, _ = await _activity(work, command.activity_id, ActivityAct.UPDATE, command.version)
        given = command.given("activity_id", "version")
        required(given, "title", "starts_at", "ends_at", "sign_up_until")
        if "starts_at" in given and "sign_up_until" not in given:
            given["sign_up_until"] = min(row["sign_up_until"], given["starts_at"])
        _check_times({**row, **given})
        await check_host(work, given)
        changes = work.differing("activity", row, given)
        if changes.get("capacity") is not None and changes["capacity"] < row["taken"]:
            raise Conflict("activity.places_taken", taken=row["taken"])
        if changes:
            row = await save(work, "activity", row, changes, "updated")
            await promote(work, row["id"])
        return await work.commit(saved("activity", row))


async def open_activity(access: Access, uow: UnitOfWork, command: OpenActivity) -> Saved:
    """Announce an activity that has not begun."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _activity(work, command.activity_id, ActivityAct.OPEN, command.version)
        if await work.now() >= row["starts_at"]:
            raise Conflict("activity.begun")
        row = await save(work, "activity", row, {"state": state, "opened_on": work.today}, "opened")
        return await work.commit(saved("activity", row))


async def cancel_activity(access: Access, uow: UnitOfWork, command: CancelActivity) -> Saved:
    """Call an activity off; who has signed up keeps seeing it, with the reason."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _activity(work, command.activity_id, ActivityAct.CANCEL, command.version)
        row = await save(work, "activity", row, {"state": state, "reason": command.reason}, "cancelled")
        return await work.commit(saved("activity", row))


async def hold_activity(access: Access, uow: UnitOfWork, command: HoldActivity) -> Saved:
    """Record that an activity took place."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _activity(work, command.activity_id, ActivityAct.HOLD, command.version)
        await _check_begun(work, row)
        changes = {"state": state, "summary": command.summary, "others_attended": command.others_attended}
        row = await save(work, "activity", row, changes, "held")
        return await work.commit(saved("activity", row))


async def record_attendance(access: Access, uow: UnitOfWork, command: RecordAttendance) -> Saved:
    """Record who came. All entries hold, or none."""
    async with uow.begin(access, WRITE) as work:
        activity, _ = await _activity(work, command.activity_id, ActivityAct.ATTEND)
        await _check_begun(work, activity)
        for at, entry in enumerate(command.entries):
            found = await work.find("sign_up", where={"id": entry.sign_up_id, "activity_id": activity["id"]})
            if not found:
                raise InvalidInput(Fault(f"/entries/{at}/sign_up_id", "sign_up.unknown"))
            SIGN_UP_STATES.after(SignUpState(found[0]["state"]), SignUpAct.ATTEND)
            changes = work.differing("sign_up", found[0], entry.given("sign_up_id") | {"minutes": entry.minutes})
            if changes:
                row = await work.update("sign_up", found[0], changes)
                data = {"activity_id": activity["id"], "changed": sorted(changes)}
                await work.append(event_of("sign_up.attended", row, subject=row["person_id"], **data))
        async with work.as_system():
            await work.recount(activity["id"])
        return await work.commit(saved("activity", activity))


async def _activity(
    work: Work, activity_id: UUID, act: ActivityAct, version: int | None = None
) -> tuple[Row, ActivityState]:
    """Return an activity of the caller's region, locked, and its state after an act."""
    row = await work.load("activity", activity_id, version=version)
    within_reach(work.access, row["region_code"])
    return row, ACTIVITY_STATES.after(ActivityState(row["state"]), act)


async def _place(work: Work, code: str | None, venue_id: UUID | None) -> int:
    """Return whose activity it is: of the region named, which holds the venue, else of the venue's."""
    if code is None and venue_id is None:
        raise InvalidInput(Fault("/region", "field.required"))
    region = None if code is None else await division(work, code)
    if venue_id is None:
        assert region is not None
        return region
    found = await work.find("venue", where={"id": venue_id}, lock=False)
    if not found:
        raise InvalidInput(Fault("/venue_id", "venue.unknown"))
    at: int = found[0]["region_code"]
    if found[0]["state"] in (VenueState.SUSPENDED, VenueState.CLOSED):
        raise Conflict("venue.not_in_use")
    if region is None:
        within_reach(work.access, at)
        return at
    if at not in range_of(published(region)):
        raise InvalidInput(Fault("/venue_id", "activity.venue_elsewhere"))
    return region


def _check_times(values: Mapping[str, Any]) -> None:
    if values["ends_at"] <= values["starts_at"]:
        raise InvalidInput(Fault("/ends_at", "activity.ends_before_start"))
    if values["sign_up_until"] > values["ends_at"]:
        raise InvalidInput(Fault("/sign_up_until", "activity.sign_up_after_end"))


async def _check_begun(work: Work, activity: Row) -> None:
    if await work.now() < activity["starts_at"]:
        raise Conflict("activity.not_begun")
