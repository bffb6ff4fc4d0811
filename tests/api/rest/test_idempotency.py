"""``Idempotency-Key``: done once, answered twice; on both transports, and never for another body or caller."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.acts import VILLAGE, Stage
from tests.api.mutating import camelled
from tests.api.running import Caller, Service, graphql_problem, is_problem

DOCUMENT = "mutation($input: RegisterPersonInput!) { registerPerson(input: $input) { person { id version name } } }"
BODY: dict[str, Any] = {"region": VILLAGE, "name": "何梅", "sex": "2", "birth_date": "1980-05-05"}


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


async def register(caller: Caller, channel: str, key: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"idempotency-key": key}
    if channel == "rest":
        return await caller.post("/v1/people", body, headers=headers)
    return await caller.graphql(DOCUMENT, {"input": camelled(body)}, headers=headers)


@pytest.mark.parametrize("channel", ["rest", "graphql"])
async def test_the_second_time_is_a_replay(service: Service, officer: Caller, channel: str) -> None:
    key = str(uuid4())
    first = await register(officer, channel, key, BODY)
    after_first = await service.state()
    second = await register(officer, channel, key, BODY)
    assert await service.state() == after_first
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers.get("etag") == first.headers.get("etag")
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")


@pytest.mark.parametrize("channel", ["rest", "graphql"])
async def test_a_key_is_for_one_request_only(service: Service, officer: Caller, channel: str) -> None:
    key = str(uuid4())
    await register(officer, channel, key, BODY)
    before = await service.state()
    for other in (
        await register(officer, channel, key, BODY | {"name": "何兰"}),
        await officer.post("/v1/households", {"region": VILLAGE}, headers={"idempotency-key": key}),
    ):
        problem = other.json() if "errors" not in other.json() else other.json()["errors"][0]["extensions"]
        assert (problem["status"], problem["code"]) == (422, "idempotency.mismatch")
    assert await service.state() == before


async def test_a_key_belongs_to_its_client(service: Service, officer: Caller) -> None:
    key = str(uuid4())
    mine = await register(officer, "rest", key, BODY)
    theirs = await register(await service.caller("welfare_system"), "rest", key, BODY)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize("channel", ["rest", "graphql"])
async def test_a_twin_in_flight_is_told_so(service: Service, officer: Caller, channel: str) -> None:
    """The first one waits for a table that we hold; its twin must not wait with it."""
    key, before = str(uuid4()), await service.state()
    async with service.owner.transaction():
        await service.owner.execute("LOCK TABLE person IN EXCLUSIVE MODE")
        first = asyncio.create_task(register(officer, channel, key, BODY))
        twin = await _until_claimed(officer, channel, key)
        if channel == "rest":
            is_problem(twin, 409, "idempotency.in_flight")
        else:
            graphql_problem(twin, 409, "idempotency.in_flight")
        assert not first.done()
    done = await first
    assert done.status_code == (201 if channel == "rest" else 200)
    again = await register(officer, channel, key, BODY)
    assert again.content == done.content
    after = await service.state()
    assert after["person"][0] == before["person"][0] + 1
    assert after["idempotency_key"][0] == before["idempotency_key"][0] + 1


async def _until_claimed(officer: Caller, channel: str, key: str) -> httpx.Response:
    """Return the twin's answer, sent when the first has had the time to claim the key."""
    await asyncio.sleep(0.5)
    return await asyncio.wait_for(register(officer, channel, key, BODY), 3)


@pytest.mark.parametrize("channel", ["rest", "graphql"])
async def test_a_refusal_is_not_kept(service: Service, officer: Caller, channel: str) -> None:
    key, before = str(uuid4()), await service.state()
    refused = await register(officer, channel, key, BODY | {"region": "421081999999"})
    problem = refused.json() if channel == "rest" else refused.json()["errors"][0]["extensions"]
    assert (problem["status"], problem["errors"][0]["code"]) == (422, "region.unknown")
    assert await service.state() == before
    mended = await register(officer, channel, key, BODY)
    assert mended.status_code == (201 if channel == "rest" else 200)
    assert "errors" not in mended.json()


@pytest.mark.parametrize("key", ["", "x" * 201, "ключ".encode(), "a\tb"])
async def test_a_key_is_visible_ascii(service: Service, officer: Caller, key: Any) -> None:
    before = await service.state()
    answer = await officer.post("/v1/people", BODY, headers={"idempotency-key": key})
    assert is_problem(answer, 400, "input.invalid")["errors"][0]["code"] == "idempotency.key"
    by_graphql = await officer.graphql(DOCUMENT, {"input": camelled(BODY)}, headers={"idempotency-key": key})
    assert is_problem(by_graphql, 400, "input.invalid")["errors"][0]["code"] == "idempotency.key"
    assert await service.state() == before


async def test_a_kept_answer_is_sealed(service: Service, officer: Caller) -> None:
    key = str(uuid4())
    assert (await register(officer, "rest", key, BODY)).status_code == 201
    (kept,) = await service.owner.fetch("SELECT body FROM idempotency_key WHERE key = $1", key)
    assert "何梅".encode() not in kept["body"]


async def test_a_reveal_is_never_replayed(service: Service, officer: Caller) -> None:
    """Each reveal is an act of its own, and stands in the log as one; whoever finds the key gets nothing."""
    person = await Stage(service, "梅").person(phone="19012345678")
    path, headers = f"/v1/people/{person['id']}:reveal", {"idempotency-key": str(uuid4())}
    before = await service.state()
    answers = [await officer.post(path, {"purpose": "核实"}, headers=headers) for _ in range(2)]
    assert [answer.json()["phone"] for answer in answers] == ["19012345678"] * 2
    after = await service.state()
    assert after["event"][0] == before["event"][0] + 2
    assert after["idempotency_key"] == before["idempotency_key"]
    stranger = await service.caller("neighbour_county")
    is_problem(await stranger.post(path, {"purpose": "核实"}, headers=headers), 404, "not_found")


async def test_both_transports_share_one_register(service: Service, officer: Caller) -> None:
    key = str(uuid4())
    assert (await register(officer, "rest", key, BODY)).status_code == 201
    answer = await register(officer, "graphql", key, BODY)
    graphql_problem(answer, 422, "idempotency.mismatch")


async def test_an_update_is_done_once(service: Service, officer: Caller) -> None:
    person = await Stage(service, "梅").person()
    headers = {"idempotency-key": str(uuid4())}
    first = await officer.patch(f"/v1/people/{person['id']}", {"name": "何竹"}, 1, headers=headers)
    second = await officer.patch(f"/v1/people/{person['id']}", {"name": "何竹"}, 1, headers=headers)
    assert (first.status_code, first.json()["version"]) == (200, 2)
    assert (second.status_code, second.content) == (200, first.content)
