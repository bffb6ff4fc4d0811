"""Acts about venues and activities (``tests.api.acts``)."""

from itertools import count
from typing import Any

from tests.api.acts import OFFICE, VILLAGE, Prepared, Stage, act

_numbers = count(1)


@act("village_worker", "venue.created")
async def create_venue(stage: Stage) -> Prepared:
    return Prepared({
        "region": VILLAGE, "kind": "womens_home", "name": f"{stage.sign}字第{next(_numbers)}妇女之家",
        "place": "村部二楼", "rooms": ["confiding_room", "heart_station"], "services": ["counselling"], "capacity": 20,
        "hours_note": "逢集日全天", "hours": [
            {"weekday": 6, "opens": "09:00", "closes": "12:00"}, {"weekday": 1, "opens": "08:30", "closes": "17:30"},
        ],
    })  # fmt: skip


async def step(stage: Stage, by: str, path: str, row: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Do a further act on a row and return it."""
    caller = await stage.service.caller(by)
    answer = await caller.post(path, body, headers={"if-match": f'"{row["version"]}"'})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def venue(stage: Stage, *, opened: bool = False) -> dict[str, Any]:
    """Return a venue of the pilot village."""
    made = await stage.create("village_worker", "/v1/venues", (await create_venue(stage)).body)
    return await step(stage, "village_worker", f"/v1/venues/{made['id']}:open", made, {}) if opened else made


@act("village_worker", "venue.updated")
async def update_venue(stage: Stage) -> Prepared:
    body = {"services": ["mediation", "legal_advice"], "place": None, "hours": [], "capacity": 35}
    return Prepared(body, (await venue(stage))["id"], 1)


@act("village_worker", "venue.opened")
async def open_venue(stage: Stage) -> Prepared:
    return Prepared({}, (await venue(stage))["id"], 1)


@act("village_worker", "venue.suspended")
async def suspend_venue(stage: Stage) -> Prepared:
    return Prepared({"reason": "房屋维修"}, (await venue(stage, opened=True))["id"], 2)


@act(OFFICE, "venue.closed")
async def close_venue(stage: Stage) -> Prepared:
    return Prepared({"reason": "并入新村部"}, (await venue(stage, opened=True))["id"], 2)


@act("village_worker", "activity.created")
async def create_activity(stage: Stage) -> Prepared:
    return Prepared({
        "region": VILLAGE, "venue_id": (await venue(stage, opened=True))["id"], "kind": "lecture",
        "title": f"{stage.sign}字第{next(_numbers)}讲：防诈骗", "description": "请带身份证",
        "starts_at": "2099-03-08T09:30:00+08:00", "ends_at": "2099-03-08T11:30:00+08:00",
        "sign_up_until": "2099-03-07T18:00:00+08:00", "capacity": 1, "audience": ["woman"],
    })  # fmt: skip


async def activity(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Return an activity open for sign-up in the pilot village: one place, for women."""
    made = await stage.create("village_worker", "/v1/activities", (await create_activity(stage)).body | changed)
    return await step(stage, "village_worker", f"/v1/activities/{made['id']}:open", made, {})


async def signed_up(stage: Stage, held: dict[str, Any]) -> dict[str, Any]:
    """Sign a new woman up."""
    person = await stage.person(woman={})
    return await stage.create(OFFICE, f"/v1/activities/{held['id']}:join", {"person_id": person["id"]})


async def begun(stage: Stage, held: dict[str, Any]) -> None:
    """Let an activity's day have come."""
    await stage.service.owner.execute(
        "UPDATE activity SET starts_at = '2020-03-08T09:30:00+08:00' WHERE id = $1", held["id"]
    )


@act("village_worker", "activity.updated", "sign_up.promoted")
async def update_activity(stage: Stage) -> Prepared:
    held = await activity(stage)
    await signed_up(stage, held)
    await signed_up(stage, held)
    body = {"capacity": 2, "title": f"{stage.sign}字新讲座", "starts_at": "2099-03-08T10:00:00+08:00"}
    return Prepared(body, held["id"], 2)


@act("village_worker", "activity.opened")
async def open_activity(stage: Stage) -> Prepared:
    made = await stage.create("village_worker", "/v1/activities", (await create_activity(stage)).body)
    return Prepared({}, made["id"], 1)


@act("village_worker", "activity.cancelled")
async def cancel_activity(stage: Stage) -> Prepared:
    return Prepared({"reason": "讲师生病"}, (await activity(stage))["id"], 2)


@act("village_worker", "activity.held")
async def hold_activity(stage: Stage) -> Prepared:
    held = await activity(stage)
    await begun(stage, held)
    return Prepared({"summary": "讲解三类骗局", "others_attended": 7}, held["id"], 2)


@act("village_worker", "sign_up.attended")
async def record_attendance(stage: Stage) -> Prepared:
    held = await activity(stage)
    first = await signed_up(stage, held)
    await begun(stage, held)
    return Prepared({"entries": [{"sign_up_id": first["id"], "attendance": "present", "minutes": 90}]}, held["id"])


@act("village_worker", "sign_up.recorded")
async def join_activity(stage: Stage) -> Prepared:
    person = await stage.person(woman={})
    return Prepared({"person_id": person["id"]}, (await activity(stage))["id"])


@act("village_worker", "sign_up.withdrawn", "sign_up.promoted")
async def withdraw_sign_up(stage: Stage) -> Prepared:
    held = await activity(stage)
    first = await signed_up(stage, held)
    await signed_up(stage, held)
    return Prepared({}, first["id"])
