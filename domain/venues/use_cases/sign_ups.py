"""Signing up and taking it back, by staff for a person, by herself, by the guardian for her ward.

The activity's row is locked first: two who want the last place come one after the other.
"""

from typing import Final
from uuid import UUID

from domain.access import Access, RowScope
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.people.model import Population
from domain.people.use_cases.consequences import event_of, in_force
from domain.unit_of_work import Row, Saved, UnitOfWork, Work
from domain.venues.commands import JoinActivity, WithdrawSignUp
from domain.venues.model import (
    ACTIVITY_STATES,
    SIGN_UP_STATES,
    ActivityAct,
    ActivityState,
    SignUpAct,
    SignUpState,
    VenueState,
    free_seats,
)
from domain.venues.use_cases.hosting import saved
from domain.venues.use_cases.seats import promote

WRITE: Final = "sign_ups:write"


async def join_activity(access: Access, uow: UnitOfWork, command: JoinActivity) -> Saved:
    """Sign a person up: a place while there are any, else the end of the queue.

    After ``sign_up_until`` only staff may, at the door. Raises ``Conflict`` (``sign_up.exists``,
    ``activity.sign_up_over``, ``activity.venue_closed``).
    """
    async with uow.begin(access, WRITE) as work:
        activity = await work.load("activity", command.activity_id)
        person = in_force(await work.load("person", command.person_id, lock=False))
        await _check_hers(work, person["id"])
        ACTIVITY_STATES.after(ActivityState(activity["state"]), ActivityAct.SIGN_UP)
        await _check_venue(work, activity)
        if _herself(access) and await work.now() > activity["sign_up_until"]:
            raise Conflict("activity.sign_up_over")
        await _check_audience(work, activity, person["id"])
        seated = free_seats(activity["capacity"], activity["taken"], 1)
        row = await work.insert(
            "sign_up",
            {
                "activity_id": activity["id"],
                "person_id": person["id"],
                "region_code": person["region_code"],
                "arrival": activity["arrivals"] + 1,
                "state": SignUpState.REGISTERED if seated else SignUpState.WAITING,
            },
        )
        async with work.as_system():
            await work.recount(activity["id"])
        data = {"activity_id": activity["id"], "state": row["state"]}
        await work.append(event_of("sign_up.recorded", row, subject=person["id"], **data))
        return await work.commit(saved("sign_up", row))


async def withdraw_sign_up(access: Access, uow: UnitOfWork, command: WithdrawSignUp) -> Saved:
    """Take a sign-up back; the place goes to who has waited longest."""
    async with uow.begin(access, WRITE) as work:
        activity_id = (await work.load("sign_up", command.sign_up_id, lock=False))["activity_id"]
        async with work.as_system():  # she may have moved out of the activity's region meanwhile
            (activity,) = await work.find("activity", where={"id": activity_id})
        row = await work.load("sign_up", command.sign_up_id)
        await _check_hers(work, row["person_id"])
        ACTIVITY_STATES.after(ActivityState(activity["state"]), ActivityAct.WITHDRAW)
        state = SIGN_UP_STATES.after(SignUpState(row["state"]), SignUpAct.WITHDRAW)
        row = await work.update("sign_up", row, {"state": state})
        withdrawn = event_of("sign_up.withdrawn", row, subject=row["person_id"], activity_id=activity_id)
        await work.append(withdrawn)
        await promote(work, activity_id, withdrawn)
        return await work.commit(saved("sign_up", row))


def _herself(access: Access) -> bool:
    return access.grant(WRITE).rows is RowScope.SELF


async def _check_hers(work: Work, person_id: UUID) -> None:
    """Refuse whoever acts for herself and names somebody who is neither she nor her ward."""
    me = work.access.person_id
    if not _herself(work.access) or person_id == me:
        return
    where = {"ward_id": person_id, "guardian_id": me}
    if not await work.find("guardianship", where=where, open_until="valid_to", lock=False):
        raise Forbidden("sign_up.not_hers")


async def _check_venue(work: Work, activity: Row) -> None:
    """Refuse a sign-up for what would be held at a venue that was given up."""
    if activity["venue_id"] is None:
        return
    async with work.as_system():  # it may lie beyond what she sees
        (venue,) = await work.find("venue", where={"id": activity["venue_id"]}, lock=False)
    if venue["state"] == VenueState.CLOSED:
        raise Conflict("activity.venue_closed")


async def _check_audience(work: Work, activity: Row, person_id: UUID) -> None:
    """Refuse a person whom the activity is not for; an empty audience is everybody."""
    audience = frozenset(map(Population, activity["audience"]))
    if audience and not audience & (await work.populations([person_id]))[person_id]:
        raise InvalidInput(Fault("/person_id", "sign_up.not_audience"))
