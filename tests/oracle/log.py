"""The world's event log, and its long operations with their rows."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.oracle.directory import VILLAGES
from tests.oracle.history import TYPES
from tests.oracle.ids import AGENCIES, key

if TYPE_CHECKING:
    from tests.oracle.world import World

Row = dict[str, Any]


def events(world: "World", people: list[Row]) -> None:
    """Make events: with and without a subject, of subjects who moved, without a region, of odd data."""
    data: tuple[Row, ...] = (
        {"changed": ["name", 'x"y']},
        {"changed": []},
        {},
        {"changed": "name"},
        {"changed": None},
        {"fields": ["phone", "name", "nickname"]},
        {"reason": "work", "relation": "01"},
        {"reason": "13912345678", "relation": {}},
    )
    for at in range(90):
        person = world.chance.choice(people)
        subject = person["id"] if at % 4 else None
        actors = ("staff:1", "system:review", f"person:{person['id']}", f"staff:{key(14, at % 45)}")
        region = world.chance.choice((person["region_code"],) * 6 + (VILLAGES[0], 421081000000, None))
        world.add("event", {
            "id": world.id(10), "at": world.moment(), "type": world.chance.choice(TYPES),
            "aggregate": world.chance.choice(("person", "absence")), "aggregate_id": person["id"],
            "subject_id": subject,
            "aggregate_version": world.maybe((1, 2)), "region_code": region, "county": region and region // 10**6,
            "actor": world.chance.choice(actors),
            "actor_agency_id": world.maybe(AGENCIES.values(), 0.4), "client_id": world.maybe(("console",)),
            "channel": world.chance.choice(("rest", "job")), "purpose": world.chance.choice(world.texts),
            "request_id": world.chance.choice(world.texts), "origin": None, "cause_id": world.maybe([person["id"]],
            0.8),
            "data": world.chance.choice(data), "digest": b"\0" * 32,
        })  # fmt: skip


def operations(world: "World", people: list[Row]) -> None:
    """Make operations of several agencies: whole, failed, waiting; with rows and notices."""
    began = datetime(2025, 6, 1, tzinfo=UTC)
    states: tuple[tuple[str, Row], ...] = (
        ("succeeded", {"started_at": began, "finished_at": began + timedelta(seconds=7), "total": 90, "done": 90}),
        ("failed", {"started_at": began, "finished_at": began, "total": None, "done": 3}),
        ("queued", {"total": None}),
        ("running", {"started_at": began - timedelta(days=9000), "total": 5, "done": 5}),
    )
    warnings = [{"code": "a", "message": 'say "好"'}, {"code": "b", "message": ""}]
    results: tuple[Row, ...] = (
        {}, {"form": "child", "rows": 3, "created": 2, "warnings": warnings}, {"rows": None, "warnings": None},
    )  # fmt: skip
    agencies = [AGENCIES[name] for name in ("civil", "civil", "federation", "neighbour", "ngo", "police")]
    for at, agency in enumerate([*agencies, None, *agencies]):
        status, progress = states[at % len(states)]
        region = (421081000000, 421081100000, 421083000000, None)[at % 4]
        operation = world.add("operation", {
            "id": world.id(11), "kind": "import", "status": status, "actor": "staff:1", "agency_id": agency,
            "region_code": region, "parameters": world.chance.choice(({}, {"form": "auto", "mode": "apply"})),
            "result": results[at % 3], "problem": world.chance.choice(({}, {"code": "file.unreadable",
            "message": "坏"})),
            **{"attempts": 1, "cancel_requested": False, "done": 0} | progress, **world.versioned(),
        })  # fmt: skip
        for number in range(1, world.chance.choice((1, 5, 14))):
            faults = [{"cell": world.maybe(("C4",)), "column": None, "code": "x", "message": "第\n行"}]
            world.add("import_row", {
                "operation_id": operation["id"], "row_number": number, "sheet": world.chance.choice(world.names),
                "sheet_row": number + 2, "form": "child", "outcome": world.chance.choice(("created", "rejected")),
                "person_id": world.maybe([one["id"] for one in people]), "first_row": world.maybe((1,), 0.8),
                "left_behind": world.maybe((True, False)), "faults": world.chance.choice((faults, faults * 2, [])),
                "repaired": world.some(("date", "space")),
            })  # fmt: skip
