"""Every well-formed write, asked for by whoever may not do it: refused on both transports, and nothing changed."""

import pytest

from api.operations import WRITES
from domain.writes import Write
from persistence.demo.callers import CALLERS
from tests.api.acts import ACTS, Stage, rest
from tests.api.mutating import graphql
from tests.api.running import Service, is_problem

EVERYBODY = {"minors:report"}  # nobody is kept from it
EVERY_STAFF = {"notifications:write", "own_account:write", "sessions:write"}
OF_A_REGION = (
    "people:", "imports:", "campaign", "duplicates:", "venues:", "sign_ups:", "survey", "research", "contracts:",
)  # fmt: skip
PLANNED = ("campaign", "venue", "activity", "questionnaire", "survey", "report")
STRANGER = "neighbour_county"  # holds every permission of an office, in the next county


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
async def test_who_may_not_changes_nothing(service: Service, write: Write) -> None:
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    before = await service.state()
    refused = 0
    for one in CALLERS:
        caller = await service.caller(one.name)
        if write.permission in (await caller.get("/v1/me")).json()["permissions"]:
            continue
        is_problem(await rest(service, write, prepared, caller), 403, "access.forbidden")
        by_graphql = (await graphql(write, prepared, caller)).json()
        assert by_graphql["data"] == {"done": None}
        assert [error["extensions"]["code"] for error in by_graphql["errors"]] == ["access.forbidden"]
        refused += 1
    assert refused == 0 if write.permission in EVERYBODY else refused >= (4 if write.permission in EVERY_STAFF else 6)
    assert await service.state() == before


@pytest.mark.parametrize(
    "write",
    [one for one in WRITES if one.permission.startswith(OF_A_REGION)],
    ids=lambda write: write.name,
)
async def test_the_next_county_changes_nothing(service: Service, write: Write) -> None:
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    stranger, before = await service.caller(STRANGER), await service.state()
    by_rest = await rest(service, write, prepared, stranger)
    by_graphql = (await graphql(write, prepared, stranger)).json()
    problem = by_graphql["errors"][0]["extensions"]
    assert (problem["status"], problem["code"]) == (by_rest.status_code, by_rest.json()["code"])
    placed = ("register_person", "check_person", "create_household")
    own = (
        "create_campaign",
        "create_venue",
        "create_activity",
        "create_questionnaire",
        "create_survey",
        "create_report",
    )
    elsewhere = {"create_contract": (422, "input.invalid")}  # her own contract, for places that are not hers
    expected = elsewhere | dict.fromkeys(placed, (403, "region.outside_scope"))
    expected |= dict.fromkeys(own, (403, "region.forbidden"))
    assert (problem["status"], problem["code"]) == expected.get(write.name, (404, "not_found"))
    assert await service.state() == before


async def test_what_is_seen_and_not_ones_own_is_403(service: Service) -> None:
    """The directory is everybody's to read; to change it is the part of who runs it there."""
    await service.owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ('01890000-0000-7000-8000-0000000000ee', 'school', 3, '他省小学', 110101000000, '2020-01-01')"
    )
    path = "/v1/agencies/01890000-0000-7000-8000-0000000000ee"
    admin, before = await service.caller("platform_admin"), await service.state()
    assert (await admin.get(path)).status_code == 200
    is_problem(await admin.patch(path, {"name": "改名"}, 1), 403, "region.forbidden")
    absent = await admin.patch("/v1/agencies/01890000-0000-7000-8000-00000000dead", {"name": "改名"}, 1)
    is_problem(absent, 404, "not_found")
    supervisor = await service.caller("city_supervisor")
    person = (await supervisor.get("/v1/people?page_size=1")).json()["items"][0]
    is_problem(
        await supervisor.patch(f"/v1/people/{person['id']}", {"name": "改名"}, person["version"]),
        403,
        "access.forbidden",
    )
    assert person["access"] == {"update": False, "reveal": False, "history": True}
    assert await service.state() == before


async def test_a_duplicate_elsewhere_is_not_given_away(service: Service) -> None:
    """Inside the scope the holder's id is told, outside it only that the matter is under review."""
    held = await service.owner.fetchrow("SELECT id FROM person WHERE county = 421081 ORDER BY id LIMIT 1")
    office = await service.caller("civil_affairs_county")
    purpose = {"purpose": "核对重复", "fields": ["identity_number"]}
    number = (await office.post(f"/v1/people/{held['id']}:reveal", purpose)).json()["identity_number"]
    before = await service.state()
    body = {"name": "何梅", "identity_number": number}
    inside = await office.post("/v1/people", {**body, "region": "421081104209"})
    is_problem(inside, 409, "person.duplicate")
    assert await service.state() == before
    outside = await (await service.caller(STRANGER)).post("/v1/people", {**body, "region": "421022"})
    is_problem(outside, 409, "person.under_review")
    assert str(held["id"]) not in outside.text
    for answer in (inside, outside):
        assert number not in answer.text
    after = await service.state()
    assert {table for table, rows in after.items() if rows != before[table]} == {"duplicate_candidate", "event"}
    assert [event["type"] for event in await service.events_of(outside)] == ["duplicate.asked"]
