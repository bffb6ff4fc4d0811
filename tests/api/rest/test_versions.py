"""Versions: ETag and 304 on reads, If-Match on updates, the same as GraphQL's ``expectedVersion``; merge patches."""

import re
from typing import Any

import pytest

from api.operations import WRITES
from tests.api.acts import ACTS, PHONE, Stage, rest
from tests.api.mutating import graphql
from tests.api.running import Caller, Service, graphql_problem, is_problem

CONTESTED = [write for write in WRITES if write.contested]
RENAME = "mutation($i: UpdatePersonInput!) { updatePerson(input: $i) { person { version name } } }"


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


@pytest.fixture
async def person(service: Service) -> dict[str, Any]:
    return await Stage(service, "梅").person(phone=PHONE, ethnicity="01")


async def test_a_read_is_answered_anew_only_when_it_changed(officer: Caller, person: dict[str, Any]) -> None:
    path = f"/v1/people/{person['id']}"
    read = await officer.get(path)
    etag = read.headers["etag"]
    assert re.fullmatch(r'"1-[0-9a-f]{16}"', etag)
    for known in (etag, f"W/{etag}", f'"0-0", {etag}'):
        same = await officer.get(path, headers={"if-none-match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert (await officer.get(path, headers={"if-none-match": '"1-0"'})).status_code == 200
    assert (await officer.get(f"{path}?fields=id,name")).headers["etag"] != etag
    changed = await officer.ask("PATCH", path, json={"name": "何竹"}, headers={"if-match": etag})
    assert changed.headers["etag"].startswith('"2-')
    again = await officer.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.headers["etag"]) == (200, changed.headers["etag"])
    assert again.content == changed.content


async def test_a_tag_is_of_what_the_caller_sees(service: Service, officer: Caller, person: dict[str, Any]) -> None:
    """Two callers with different sight must never take each other's copy for their own."""
    path = "/v1/people/" + (await (await service.caller("volunteer")).get("/v1/people")).json()["items"][0]["id"]
    office, own = await officer.get(path), await (await service.caller("volunteer")).get(path)
    assert office.content != own.content
    assert office.headers["etag"] != own.headers["etag"]


@pytest.mark.parametrize("write", CONTESTED, ids=lambda write: write.name)
async def test_an_update_names_the_version_it_changes(service: Service, write: Any) -> None:
    act = ACTS[write.name]
    prepared = await act.make(Stage(service, "梅"))
    caller, right = await service.caller(act.by), prepared.version
    before = await service.state()

    prepared.version = None
    is_problem(await rest(service, write, prepared, caller), 428, "version.required")
    graphql_problem(await graphql(write, prepared, caller), 400, "graphql.invalid")  # the schema demands it
    prepared.version = 7
    is_problem(await rest(service, write, prepared, caller), 412, "version.stale")
    graphql_problem(await graphql(write, prepared, caller), 412, "version.stale")
    for malformed in ("*", "abc", '""', '"-1"', '"99999999999"', '"١"'.encode()):
        path = write.path.replace("{id}", prepared.key or "")
        answer = await caller.ask(write.method, path, json=prepared.body, headers={"if-match": malformed})
        assert is_problem(answer, 400, "input.invalid")["errors"][0]["code"] == "version.malformed"
    assert await service.state() == before

    prepared.version = right
    assert (await rest(service, write, prepared, caller)).status_code == write.status
    assert (await rest(service, write, prepared, caller)).status_code in {404, 409, 412}


@pytest.mark.parametrize("write", [one for one in WRITES if one.method == "PATCH"], ids=lambda write: write.name)
async def test_an_update_that_changes_nothing_answers_the_row_as_it_is(service: Service, write: Any) -> None:
    act = ACTS[write.name]
    caller, prepared = await service.caller(act.by), await act.make(Stage(service, "竹"))
    once = await rest(service, write, prepared, caller)
    prepared.version = int(once.headers["etag"].strip('"').partition("-")[0])
    before = await service.state()
    again = await rest(service, write, prepared, caller)
    assert (again.status_code, again.content, again.headers["etag"]) == (200, once.content, once.headers["etag"])
    assert "errors" not in (await graphql(write, prepared, caller)).json()
    assert await service.state() == before


@pytest.mark.parametrize("how", ["PATCH", "POST"])
async def test_a_patch_keeps_what_it_does_not_name(officer: Caller, person: dict[str, Any], how: str) -> None:
    path = f"/v1/people/{person['id']}" + (":update" if how == "POST" else "")
    headers = {"if-match": '"1"', "content-type": "application/merge-patch+json"}
    if how == "POST":
        headers["content-type"] = "application/json"
    answer = await officer.ask(how, path, content=b'{"name":"\xe4\xbd\x95\xe7\xab\xb9","phone":null}', headers=headers)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["version"], changed["name"], changed["phone"]) == (2, "何竹", None)
    kept = ("sex", "birth_date", "ethnicity", "region", "household_id", "created_at")
    assert [changed[name] for name in kept] == [person[name] for name in kept]


async def test_an_update_answers_post_as_it_does_patch(service: Service) -> None:
    document = (await service.http.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        if "patch" in operations:
            twin = document["paths"][f"{path}:update"]["post"]
            assert twin["requestBody"] == operations["patch"]["requestBody"]
            assert twin["x-permission"] == operations["patch"]["x-permission"]


async def test_the_first_of_two_updates_wins(service: Service, officer: Caller, person: dict[str, Any]) -> None:
    path = f"/v1/people/{person['id']}"
    assert (await officer.patch(path, {"name": "何竹"}, 1)).status_code == 200
    before = await service.state()
    is_problem(await officer.patch(path, {"name": "何菊"}, 1), 412, "version.stale")
    late = await officer.graphql(RENAME, {"i": {"personId": person["id"], "expectedVersion": 1, "name": "何菊"}})
    graphql_problem(late, 412, "version.stale")
    assert late.json()["data"] == {"updatePerson": None}
    assert await service.state() == before
    assert (await officer.get(path)).json()["name"] == "何竹"
