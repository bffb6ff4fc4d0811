"""Acts about notices (``tests.api.acts``)."""

from tests.api.acts import Prepared, Stage, act, opened

SUPERVISOR = "city_supervisor"


async def told(stage: Stage) -> str:
    """Return the notice of a file opened in an emergency, on the desk of the supervisor's agency."""
    page = await stage.one(f"/v1/notifications?record_id={(await opened(stage))['id']}", SUPERVISOR)
    (found,) = page["items"]
    key: str = found["id"]
    return key


@act(SUPERVISOR)  # that it was seen is kept, and is no event
async def read_notification(stage: Stage) -> Prepared:
    return Prepared({}, await told(stage))


@act(SUPERVISOR, "notification.acknowledged")
async def acknowledge_notification(stage: Stage) -> Prepared:
    return Prepared({}, await told(stage))


@act(SUPERVISOR)
async def read_all_notifications(stage: Stage) -> Prepared:
    before = {"up_to": await told(stage)}
    await (await stage.service.caller(SUPERVISOR)).post("/v1/notifications:read_all", before)
    return Prepared({"up_to": await told(stage)})
