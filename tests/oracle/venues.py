"""The world's venues and activities: of divisions of every level, opened or not, and who signed up."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.people.model import Population
from domain.venues.model import (
    ActivityKind,
    ActivityState,
    Attendance,
    SignUpState,
    VenueKind,
    VenueRoom,
    VenueService,
)
from tests.oracle.directory import VILLAGES
from tests.oracle.ids import AGENCIES, key

if TYPE_CHECKING:
    from tests.oracle.world import Row, World

OPENED = date(2026, 2, 1)
HOURS = {"weekday": 1, "opens": "08:30", "closes": "17:30"}


def venues(world: "World", people: "list[Row]") -> None:
    """Make venues and activities of villages and all that lies above them, and sign-ups of people anywhere."""
    regions = sorted({village // width * width for village in VILLAGES for width in (1, 10**3, 10**6, 10**8, 10**10)})
    activities = []
    for at, region in enumerate(regions):
        venue = world.add("venue", {
            "id": world.id(21), "region_code": region, "kind": [*VenueKind][at % len(VenueKind)],
            "name": f"{world.names[at % len(world.names)]}{at}", "place": world.chance.choice(world.texts),
            "agency_id": AGENCIES["federation"], "responsible_id": world.maybe([key(14, 0), key(14, 1)]),
            "rooms": world.some([*VenueRoom]), "services": world.some([*VenueService]),
            "capacity": world.maybe((1, 30)), "hours_note": world.chance.choice(world.texts),
            "hours": [HOURS, HOURS | {"weekday": 7}][: at % 3], "state": ("open", "planned", "suspended")[at % 3],
            "opened_on": None if at % 3 == 1 else OPENED, "suspended_on": world.day(0.8), "closed_on": None,
            "reason": world.chance.choice(world.texts), **world.versioned(),
        })  # fmt: skip
        hosted = (None, venue, venue)[: at % 3 + 1]
        activities += [_activity(world, region, one, at + number) for number, one in enumerate(hosted)]
    for at, person in enumerate(people):
        for number in range(at % 3):
            activity = activities[(at * 7 + number) % len(activities)]
            activity["arrivals"] += 1
            world.add("sign_up", world.bound(23, person) | {
                "activity_id": activity["id"], "person_id": person["id"], "arrival": activity["arrivals"],
                "state": [*SignUpState][(at + number) % 3], "attendance": world.maybe([*Attendance]),
                "minutes": world.maybe((45, 90)),
            })  # fmt: skip


def _activity(world: "World", region: int, venue: "Row | None", at: int) -> "Row":
    starts = datetime(2026, 3, 8, 1, 30, tzinfo=UTC) + timedelta(days=at % 3)
    row: dict[str, Any] = {
        "id": world.id(22), "region_code": region, "venue_id": venue and venue["id"],
        "place": world.chance.choice(world.texts), "kind": [*ActivityKind][at % len(ActivityKind)],
        "title": world.chance.choice(world.names), "description": world.chance.choice(world.texts),
        "agency_id": AGENCIES["federation"], "responsible_id": world.maybe([key(14, 0)]), "starts_at": starts,
        "ends_at": starts + timedelta(hours=2), "sign_up_until": starts, "capacity": world.maybe((20, 50)),
        "audience": world.some([*Population]), "state": [*ActivityState][at % 4],
        "opened_on": None if at % 4 == 0 else OPENED, "reason": world.chance.choice(world.texts),
        "summary": world.chance.choice(world.texts), "arrivals": 0, "taken": at % 5, "waiting": 0, "attended": 0,
        "others_attended": at, **world.versioned(),
    }  # fmt: skip
    return world.add("activity", row)


__all__ = ["venues"]
