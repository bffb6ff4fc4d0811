"""What the world has between regions: requests to hand files over in every state, files opened in an emergency."""

from datetime import UTC, date, datetime
from itertools import cycle
from typing import TYPE_CHECKING, Any

from tests.oracle.directory import VILLAGES
from tests.oracle.ids import AGENCIES

if TYPE_CHECKING:
    from tests.oracle.world import World

Row = dict[str, Any]
STATES = ("requested", "accepted", "rejected", "withdrawn", "expired")
PLACES = (*VILLAGES, 421081100000, 421083000000)


def transfers(world: "World", people: list[Row]) -> None:
    """Make requests of one to three people; after some accepted ones they live there, after others they went on."""
    asked = cycle(people)
    for at in range(40):
        state, kind = STATES[at % len(STATES)], ("handover", "claim")[at % 2]
        chosen = [next(asked) for _ in range(at % 3 + 1)]
        remit = 0
        for one in chosen:
            remit |= one["remit"]
        holder = world.chance.choice(PLACES) if state == "accepted" else chosen[0]["region_code"]
        to = chosen[0]["region_code"] if state == "accepted" and at % 4 else world.chance.choice(PLACES)
        sides = {"holder_region_code": holder, "to_region_code": to, "remit": remit}
        decided = state not in ("requested", "expired")
        transfer = world.add("transfer", {
            "id": world.id(18), "kind": kind, "state": state, "person_id": chosen[0]["id"],
            "household_id": chosen[0]["household_id"] if len(chosen) > 1 else None,
            "from_region_code": None if kind == "claim" and state != "accepted" else holder,
            "reason": world.chance.choice(world.names), "due_on": date(2026, 1, 1 + at % 5),
            "requested_by": "staff:1", "requested_by_agency_id": world.maybe(AGENCIES.values()),
            "decided_at": world.moment() if decided else None, "decided_by": "staff:2" if decided else None,
            "decided_by_agency_id": world.maybe(AGENCIES.values()) if decided else None,
            "note": world.chance.choice(world.texts), **sides, **world.versioned(),
        })  # fmt: skip
        for one in chosen:
            world.add("transfer_person", {
                "id": world.id(19), "transfer_id": transfer["id"], "person_id": one["id"],
                "name_masked": one["name"][:1] + "*", "birth_year": world.maybe((1950, 2015)),
                "populations": world.some(("woman", "child", "elder")), "records": world.maybe((0, 7)), "open": False,
                "handed_over": state == "accepted", **sides, **world.versioned(),
            })  # fmt: skip


def openings(world: "World", people: list[Row]) -> None:
    """Make openings from near and far: in force, ended, reviewed; some with events of what was read."""
    for at in range(24):
        person = people[(at * 7) % len(people)]
        reviewed, ended = at % 3 == 0, at % 2 == 0
        opening = world.add("break_glass", {
            "id": world.id(20), "person_id": person["id"], "region_code": person["region_code"],
            "opener_region_code": world.chance.choice(PLACES), "remit": person["remit"], "actor": f"staff:{at % 3}",
            "agency_id": world.maybe(AGENCIES.values()), "supervisor_agency_id": world.maybe(AGENCIES.values()),
            "reason": world.chance.choice(world.names), "expires_at": datetime(2025 + at % 9, 1, 1, tzinfo=UTC),
            "ended_at": world.moment() if ended else None, "ended_by": "staff:1" if ended else None,
            "state": "reviewed" if reviewed else "unreviewed",
            "verdict": ("justified", "unjustified")[at % 2] if reviewed else None,
            "note": world.chance.choice(world.texts) if reviewed else None,
            "reviewed_at": world.moment() if reviewed else None, "reviewed_by": "staff:9" if reviewed else None,
            **world.versioned(),
        })  # fmt: skip
        for _ in range(at % 3):
            world.add("event", {
                "id": world.id(10), "at": world.moment(), "type": "break_glass.read", "aggregate": "break_glass",
                "aggregate_id": opening["id"], "subject_id": person["id"], "actor": opening["actor"], "channel": "rest",
                "region_code": opening["opener_region_code"], "county": opening["opener_region_code"] // 10**6,
                "data": {"views": ["Person"]}, "digest": b"\0" * 32,
            })  # fmt: skip
