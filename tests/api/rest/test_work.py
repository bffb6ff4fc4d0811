"""The caller's desk: its counts are those of her lists, for every kind of office."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.acts import OFFICE, Stage
from tests.api.case_acts import case
from tests.api.mutating import leaves, snaked
from tests.api.rest.test_attachments import takes_part
from tests.api.running import Service, graphql_problem, is_problem

OFFICES = (
    OFFICE, "womens_federation_county", "police_county", "township_worker", "village_worker", "neighbour_county",
    "city_supervisor", "ngo_partner",
)  # fmt: skip


async def total(service: Service, name: str, **filters: str) -> int:
    """Return how many cases a list of a caller's counts."""
    answer = await (await service.caller(name)).get("/v1/cases", params={"count": "true", "page_size": "1", **filters})
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["total"]
    return found


async def caseload(service: Service) -> None:
    """Raise cases in several states, some late, some with a handler, one for an NGO."""
    stage = Stage(service, "卯")
    me = (await (await service.caller(OFFICE)).get("/v1/me")).json()
    made = [await case(stage, *acts, urgent=at == 0) for at, acts in enumerate(((), (), ("accept",), ("accept",)))]
    await case(stage, "accept", "start", "resolve", "reply")  # nobody waits for it any more
    await service.owner.execute("UPDATE care_case SET handler_id = $1 WHERE id = $2", me["staff_id"], made[2]["id"])
    late = "UPDATE care_case SET due_at = now() - interval '1 hour' WHERE id = $1"
    await service.owner.execute(late, made[2]["id"])
    await service.owner.execute(late.replace("- interval '1 hour'", "+ interval '71 hours'"), made[3]["id"])
    await takes_part(service, made[3], "ngo_partner", "ngo")


async def desk(service: Service, name: str) -> dict[str, Any]:
    """Return a caller's desk, the same over both transports."""
    caller = await service.caller(name)
    by_rest = await caller.get("/v1/work")
    assert by_rest.status_code == 200, by_rest.text
    found: dict[str, Any] = by_rest.json()
    groups = " ".join(f"{one} {{ {leaves('DeskCounts')} }}" for one in ("mine", "department", "agency"))
    by_graphql = await caller.graphql(f"{{ work {{ asOf referrals notices {groups} }} }}")
    assert snaked(by_graphql.json()["data"]["work"]) | {"as_of": ""} == found | {"as_of": ""}
    return found


@pytest.mark.parametrize("name", OFFICES)
async def test_a_desk_counts_what_its_lists_show(service: Service, name: str) -> None:
    await caseload(service)
    me = (await (await service.caller(name)).get("/v1/me")).json()
    found = await desk(service, name)
    ours = {} if name == "ngo_partner" else {"agency_id": me["agency"]["id"]}
    assert found["agency"]["open"] == await total(service, name, open="true", **ours)
    assert found["agency"]["overdue"] == await total(service, name, overdue="true", **ours)
    assert found["agency"]["urgent"] == await total(service, name, open="true", priority_class="urgent", **ours)
    waiting = [await total(service, name, state=one, **ours) for one in ("received", "redirected")]
    assert found["agency"]["waiting"] == sum(waiting)
    now = await service.owner.fetchval("SELECT now()")
    span = {"due_at_from": now.isoformat(), "due_at_to": (now + timedelta(hours=72)).isoformat()}
    assert found["agency"]["due_soon"] == await total(service, name, **span, **ours)
    unread = await (await service.caller(name)).get("/v1/notifications", params={"unread": "true", "count": "true"})
    assert found["notices"] == unread.json()["total"]
    asked = {"count": "true", "state": "sent", "to_agency_id": me["agency"]["id"]}
    waits = await (await service.caller(name)).get("/v1/case_referrals", params=asked)
    assert found["referrals"] == waits.json()["total"]
    if me["staff_id"] and name != "ngo_partner":
        assert found["mine"]["open"] == await total(service, name, open="true", handler_id=me["staff_id"])
        assert found["mine"]["overdue"] == await total(service, name, overdue="true", handler_id=me["staff_id"])


async def test_what_was_done_is_on_the_desk(service: Service) -> None:
    before = {name: await desk(service, name) for name in (OFFICE, "ngo_partner")}
    await caseload(service)
    after = {name: await desk(service, name) for name in (OFFICE, "ngo_partner")}
    grown = {one: after[OFFICE]["agency"][one] - before[OFFICE]["agency"][one] for one in after[OFFICE]["agency"]}
    assert grown == {"open": 4, "waiting": 2, "due_soon": 2, "overdue": 1, "urgent": 1}
    mine = {one: after[OFFICE]["mine"][one] - before[OFFICE]["mine"][one] for one in after[OFFICE]["mine"]}
    assert mine == {"open": 1, "waiting": 0, "due_soon": 0, "overdue": 1, "urgent": 0}
    assert after["ngo_partner"]["agency"]["open"] == before["ngo_partner"]["agency"]["open"] + 1


async def test_who_has_no_desk(service: Service) -> None:
    for name in ("resident", "volunteer", "auditor", "platform_admin", "welfare_system"):
        caller = await service.caller(name)
        is_problem(await caller.get("/v1/work"), 403, "access.forbidden")
        graphql_problem(await caller.graphql("{ work { asOf } }"), 403, "access.forbidden")
    is_problem(await (await service.caller(OFFICE)).get("/v1/work", params={"x": "1"}), 400, "parameter.unknown")
