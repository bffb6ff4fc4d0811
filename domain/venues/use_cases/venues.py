"""Venues from their planning to their close."""

from typing import Any, Final

from domain.access import Access
from domain.unit_of_work import Row, Saved, UnitOfWork, Work
from domain.venues.commands import CloseVenue, CreateVenue, OpenVenue, SuspendVenue, UpdateVenue, VenueCommand
from domain.venues.model import VENUE_STATES, VenueAct, VenueState
from domain.venues.use_cases.hosting import check_host, division, event, required, save, saved, within_reach

WRITE: Final = "venues:write"


async def create_venue(access: Access, uow: UnitOfWork, command: CreateVenue) -> Saved:
    """Plan a venue. Raises ``Conflict`` (``venue.duplicate``) where the division has one of this name."""
    async with uow.begin(access, WRITE) as work:
        region = await division(work, command.region)
        given = command.given("region") | {
            "agency_id": command.agency_id or access.agency_id,
            "hours": [one.model_dump() for one in command.hours],
        }
        await check_host(work, given)
        row = await work.insert("venue", given | {"region_code": region, "state": VenueState.PLANNED})
        await work.append(event("venue.created", row, venue_kind=command.kind))
        return await work.commit(saved("venue", row))


async def update_venue(access: Access, uow: UnitOfWork, command: UpdateVenue) -> Saved:
    """Change what is known of a venue that is not closed."""
    async with uow.begin(access, WRITE) as work:
        row, _ = await _venue(work, command, VenueAct.UPDATE)
        given = command.given("venue_id", "version")
        required(given, "name", "agency_id")
        if "hours" in given:
            given["hours"] = [one.model_dump() for one in command.hours or ()]
        await check_host(work, given)
        changes = work.differing("venue", row, given)
        if changes:
            row = await save(work, "venue", row, changes, "updated")
        return await work.commit(saved("venue", row))


async def open_venue(access: Access, uow: UnitOfWork, command: OpenVenue) -> Saved:
    """Open a venue, or open it again after it was suspended."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _venue(work, command, VenueAct.OPEN)
        opened_on = row["opened_on"] or work.today
        changes = {"state": state, "opened_on": opened_on, "suspended_on": None, "reason": None}
        return await _moved(work, row, changes, "opened")


async def suspend_venue(access: Access, uow: UnitOfWork, command: SuspendVenue) -> Saved:
    """Shut a venue for a time, saying why."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _venue(work, command, VenueAct.SUSPEND)
        changes = {"state": state, "suspended_on": work.today, "reason": command.reason}
        return await _moved(work, row, changes, "suspended")


async def close_venue(access: Access, uow: UnitOfWork, command: CloseVenue) -> Saved:
    """Give a venue up, saying why."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _venue(work, command, VenueAct.CLOSE)
        return await _moved(work, row, {"state": state, "closed_on": work.today, "reason": command.reason}, "closed")


async def _venue(work: Work, command: VenueCommand | UpdateVenue, act: VenueAct) -> tuple[Row, VenueState]:
    """Return a venue of the caller's region, locked, and its state after an act."""
    row = await work.load("venue", command.venue_id, version=command.version)
    within_reach(work.access, row["region_code"])
    return row, VENUE_STATES.after(VenueState(row["state"]), act)


async def _moved(work: Work, row: Row, changes: dict[str, Any], what: str) -> Saved:
    return await work.commit(saved("venue", await save(work, "venue", row, changes, what)))
