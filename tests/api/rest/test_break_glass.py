"""Break-glass at the door: one header, both transports, one file, every read written down, nothing changed."""

from typing import Any

import pytest

from tests.api.acts import EMERGENCY, Stage, opened
from tests.api.running import Caller, Service, graphql_problem, is_problem

PERSON = "query($id: ID!) { person(id: $id) { id phone household { address } } }"
RENAME = "mutation($i: UpdatePersonInput!) { updatePerson(input: $i) { person { version } } }"


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


@pytest.fixture
async def opening(service: Service) -> dict[str, Any]:
    return await opened(Stage(service, "梅"))


async def test_one_file_is_read_under_the_header_and_each_read_is_an_event(
    service: Service, officer: Caller, opening: dict[str, Any]
) -> None:
    path, under = f"/v1/people/{opening['person_id']}", {"break-glass": opening["id"]}
    is_problem(await officer.get(path), 404, "not_found")
    by_rest = await officer.get(path, headers=under)
    assert (by_rest.status_code, by_rest.json()["name"]) == (200, "陈梅")
    assert by_rest.json()["access"] == {"update": False, "reveal": False, "history": False}
    by_graphql = await officer.graphql(PERSON, {"id": opening["person_id"]}, headers=under)
    assert by_graphql.json()["data"]["person"]["id"] == opening["person_id"]
    listed = await officer.get("/v1/people?fields=id&count=true", headers=under)
    assert [one["id"] for one in listed.json()["items"]] == [opening["person_id"]]
    found = await officer.get("/v1/people:search?q=陈梅&fields=id", headers=under)
    assert [one["id"] for one in found.json()["items"]] == [opening["person_id"]]
    assert [one["type"] for one in await service.events_of(found)] == ["search.made", "break_glass.read"]
    explained = await officer.get(f"{path}/determination", headers=under)
    assert explained.json()["person_id"] == opening["person_id"]
    for answer, views in (
        (by_rest, ["Person"]),
        (by_graphql, ["Household", "Person"]),
        (listed, ["Person"]),
        (explained, ["Determination"]),
    ):
        (event,) = await service.events_of(answer)
        assert (event["type"], str(event["aggregate_id"])) == ("break_glass.read", opening["id"])
        assert event["data"] == '{"views": [' + ", ".join(f'"{view}"' for view in views) + "]}"
    # Whoever else she may see as herself is not there under the opening.
    own = (await officer.get("/v1/people?page_size=1&fields=id")).json()["items"][0]["id"]
    is_problem(await officer.get(f"/v1/people/{own}", headers=under), 404, "not_found")
    supervisor = await service.caller("city_supervisor")
    told = f"/v1/break_glass/{opening['id']}/events?count=true"
    assert (await supervisor.get(told)).json()["total"] == 8  # with the opening itself, told in both counties
    reads = (await supervisor.get(f"{told}&type=break_glass.read")).json()
    assert (reads["total"], {one["type"] for one in reads["items"]}) == (6, {"break_glass.read"})
    waiting = await supervisor.everything("/v1/break_glass", state="unreviewed", opened_by=reads["items"][0]["actor"])
    assert opening["id"] in {one["id"] for one in waiting}
    assert [one["reason"] for one in waiting if one["id"] == opening["id"]] == [EMERGENCY]
    auditor = await service.caller("auditor")  # of the opener's county
    seen = (await auditor.get(f"/v1/break_glass/{opening['id']}?fields=reason,state,person.name")).json()
    assert (seen["reason"], seen["state"], seen["person"]) == (EMERGENCY, "unreviewed", None)
    history = await (await service.caller("neighbour_county")).get(f"{path}/history?fields=type")
    assert [one["type"] for one in history.json()["items"]].count("break_glass.read") == 6


async def test_nothing_is_changed_or_revealed_under_it(
    service: Service, officer: Caller, opening: dict[str, Any]
) -> None:
    path, under = f"/v1/people/{opening['person_id']}", {"break-glass": opening["id"]}
    before = await service.state()
    patched = await officer.patch(path, {"name": "改名"}, 1, headers=under)
    is_problem(patched, 403, "access.forbidden")
    revealed = await officer.post(f"{path}:reveal", {"purpose": "电话核实近况"}, headers=under)
    is_problem(revealed, 403, "access.forbidden")
    is_problem(await officer.get(f"{path}/history", headers=under), 403, "access.forbidden")
    change = {"personId": opening["person_id"], "expectedVersion": 1, "name": "改名"}
    graphql_problem(await officer.graphql(RENAME, {"i": change}, headers=under), 403, "access.forbidden")
    assert await service.state() == before


async def test_an_opening_is_its_owners_and_ends(service: Service, officer: Caller, opening: dict[str, Any]) -> None:
    path, under = f"/v1/people/{opening['person_id']}", {"break-glass": opening["id"]}
    for name in ("village_worker", "city_supervisor", "womens_federation_county"):
        is_problem(await (await service.caller(name)).get(path, headers=under), 403, "break_glass.closed")
    for name in ("ngo_partner", "volunteer", "auditor", "platform_admin", "province_statistician"):
        is_problem(await (await service.caller(name)).get(path, headers=under), 403, "access.forbidden")
    for malformed in ("", "x", "01890000-0000-7000-8000-00000000dead"):
        is_problem(await officer.get(path, headers={"break-glass": malformed}), 403, "break_glass.closed")
    assert (await officer.get(path, headers=under)).status_code == 200
    assert (await officer.post(f"/v1/break_glass/{opening['id']}:end")).status_code == 200
    before = await service.state()
    is_problem(await officer.get(path, headers=under), 403, "break_glass.closed")
    asked = await officer.graphql(PERSON, {"id": opening["person_id"]}, headers=under)
    is_problem(asked, 403, "break_glass.closed")
    assert await service.state() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": EMERGENCY},
        {"person_id": "01890000-0000-7000-8000-00000000dead", "reason": "急"},
        {"person_id": "01890000-0000-7000-8000-00000000dead", "reason": EMERGENCY, "hours": 4},
        {"person_id": "01890000-0000-7000-8000-00000000dead", "reason": EMERGENCY, "name": "陈梅"},
        {"name": "陈梅", "birth_date": "1980-05-05", "reason": EMERGENCY},
    ],
)
async def test_an_opening_says_whom_and_why(service: Service, officer: Caller, body: dict[str, Any]) -> None:
    before = await service.state()
    is_problem(await officer.post("/v1/break_glass", body), 422, "input.invalid")
    assert await service.state() == before
