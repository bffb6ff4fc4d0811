"""Who gets a free place: whoever has waited longest."""

from uuid import UUID

from domain.events import Event
from domain.people.use_cases.consequences import event_of
from domain.unit_of_work import Work
from domain.venues.model import SIGN_UP_STATES, SignUpAct, SignUpState, free_seats


async def promote(work: Work, activity_id: UUID, by: Event | None = None) -> None:
    """Give free places of an activity, which the caller has locked, to those who wait, in the order they came.

    They may be anybody's, so this sees beyond the caller's scope.
    """
    async with work.as_system():
        await work.recount(activity_id)
        (activity,) = await work.find("activity", where={"id": activity_id})
        if not activity["waiting"]:
            return
        waiting = await work.find("sign_up", where={"activity_id": activity_id, "state": SignUpState.WAITING})
        waiting.sort(key=lambda one: one["arrival"])
        for row in waiting[: free_seats(activity["capacity"], activity["taken"], len(waiting))]:
            state = SIGN_UP_STATES.after(SignUpState.WAITING, SignUpAct.PROMOTE)
            seated = await work.update("sign_up", row, {"state": state})
            await work.append(
                event_of("sign_up.promoted", seated, subject=seated["person_id"], by=by, activity_id=activity_id)
            )
        await work.recount(activity_id)
