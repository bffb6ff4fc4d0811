"""Registered documents: asked by their digest, and all that a bound client gets answered."""

import asyncio
from hashlib import sha256
from typing import Any

import pytest

from tests.api.account_acts import AGENCY, DOCUMENT, login
from tests.api.acts import VILLAGE
from tests.api.running import Caller, Service, graphql_problem, is_problem

RESPONSE = {"accept": "application/graphql-response+json"}
DIGEST = sha256(DOCUMENT.encode()).hexdigest()
REGISTER = f'mutation {{ registerPerson(input: {{region: "{VILLAGE}", name: "何梅"}}) {{ person {{ name }} }} }}'


class Front:
    """A third party's client, and the administrator who keeps it."""

    def __init__(self, keeper: Caller, made: dict[str, Any], caller: Caller) -> None:
        self.keeper, self.key, self.caller, self.version = keeper, made["id"], caller, 1
        self.sub = f"client:{made['client_id']}"

    async def act(self, verb: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        path, headers = f"/v1/clients/{self.key}{verb}", {"if-match": f'"{self.version}"'}
        answer = await self.keeper.ask("POST" if verb else "PATCH", path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        self.version += status < 300
        found: dict[str, Any] = answer.json()
        await asyncio.sleep(1.0)  # as long as a worker may take to learn of a change
        return found

    async def register(self, text: str = DOCUMENT) -> str:
        made = await self.act(":register_document", {"name": "首页", "text": text}, 201)
        return str(made["sha256"])

    async def ask(self, **request: Any) -> Any:
        return await self.caller.post("/graphql", request, headers=RESPONSE)

    async def by_digest(self, digest: str, **more: Any) -> Any:
        return await self.ask(extensions={"persistedQuery": {"version": 1, "sha256Hash": digest}}, **more)


@pytest.fixture
async def front(service: Service) -> Front:
    keeper = await service.caller(AGENCY)
    body = {"client_id": login(), "name": "小程序", "kind": "system", "roles": ["integration"]}
    made = (await keeper.post("/v1/clients", body)).json()
    form = {"grant_type": "client_credentials"}
    token = await service.http.post("/oauth/token", data=form, auth=(made["client_id"], made["client_secret"]))
    return Front(keeper, made, Caller("front", service.http, token.json()["access_token"]))


async def test_a_registered_document_is_asked_by_its_digest(front: Front) -> None:
    graphql_problem(await front.by_digest(DIGEST), 404, "graphql.document_unknown")
    assert await front.register() == DIGEST
    expected = {"data": {"me": {"sub": front.sub}}}
    assert (await front.by_digest(DIGEST)).json() == expected
    assert (await front.ask(query="{ me { sub } }")).json() == expected  # she is not bound
    by_get = {"extensions": f'{{"persistedQuery": {{"version": 1, "sha256Hash": "{DIGEST}"}}}}'}
    assert (await front.caller.get("/graphql", params=by_get)).json() == expected
    with_variables = await front.register("query($code: ID!) { region(code: $code) { code } }")
    asked = await front.by_digest(with_variables, variables={"code": "421081"})
    assert asked.json() == {"data": {"region": {"code": "421081"}}}
    await front.act(":remove_document", {"sha256": DIGEST}, 200)
    graphql_problem(await front.by_digest(DIGEST), 404, "graphql.document_unknown")


async def test_a_bound_client_gets_nothing_else_answered(service: Service, front: Front) -> None:
    await front.register()
    mutation = await front.register(REGISTER)
    await front.act("", {"documents_only": True}, 200)
    before = await service.state()
    other = DOCUMENT + " "
    for refused in (
        await front.ask(query=other),
        await front.ask(query=REGISTER + " "),
        await front.ask(query="{ __typename }"),
        await front.ask(query="not GraphQL"),
        await front.by_digest(sha256(other.encode()).hexdigest()),
        await front.by_digest(sha256(other.encode()).hexdigest(), query=other),
        await front.caller.get("/graphql", params={"query": "{ me { sub } }"}, headers=RESPONSE),
    ):
        assert refused.status_code == 403
        graphql_problem(refused, 403, "graphql.unregistered")
        assert "data" not in refused.json()
    assert await service.state() == before
    for answered in (await front.by_digest(DIGEST), await front.ask(query=DOCUMENT)):
        assert answered.json() == {"data": {"me": {"sub": front.sub}}}
    done = await front.by_digest(mutation)
    assert done.json() == {"data": {"registerPerson": {"person": {"name": "何梅"}}}}
    await front.act(":remove_document", {"sha256": mutation}, 200)
    before = await service.state()
    graphql_problem(await front.by_digest(mutation), 403, "graphql.unregistered")
    assert await service.state() == before
    await front.act("", {"documents_only": False}, 200)
    assert (await front.ask(query="{ me { sub } }")).json() == {"data": {"me": {"sub": front.sub}}}


async def test_another_clients_document_is_nobody_elses(service: Service, front: Front) -> None:
    await front.register()
    stranger = await service.caller("civil_affairs_county")
    asked = {"extensions": {"persistedQuery": {"sha256Hash": DIGEST}}}
    graphql_problem(await stranger.post("/graphql", asked, headers=RESPONSE), 404, "graphql.document_unknown")


@pytest.mark.parametrize(
    ("persisted", "code"),
    [
        (DIGEST, "client_document.sha256_malformed"),
        ({}, "client_document.sha256_malformed"),
        ({"sha256Hash": 1}, "client_document.sha256_malformed"),
        ({"sha256Hash": DIGEST.upper()}, "client_document.sha256_malformed"),
        ({"sha256Hash": DIGEST}, "graphql.digest_differs"),
    ],
)
async def test_a_digest_has_one_form_and_fits_the_text(front: Front, persisted: object, code: str) -> None:
    answer = await front.ask(query="{ me { sub } }", extensions={"persistedQuery": persisted})
    problem = graphql_problem(answer, 400, "graphql.request_malformed")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/extensions/persistedQuery/sha256Hash", code)
    ]


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("{ me { sub }", "client_document.invalid", "Line 1, column 13: Syntax Error: Expected Name"),
        ("{ nobody }", "client_document.invalid", "Line 1, column 3: Cannot query field 'nobody' on type 'Query'."),
        ("{ people(first: 100) { nodes { kin(first: 100) { nodes { id } } } } }", "graphql.cost", "10000 objects"),
        ("{ me { sub } }\x07", "text.control_character", ""),
        ("", "field.too_short", ""),
        ("#" * 20_001, "field.too_long", ""),
    ],
)
async def test_what_is_no_document_is_not_registered(
    service: Service, front: Front, text: str, code: str, says: str
) -> None:
    before = await service.state()
    headers = {"if-match": '"1"', "accept-language": "en"}
    path = f"/v1/clients/{front.key}:register_document"
    answer = await front.keeper.post(path, {"name": "首页", "text": text}, headers=headers)
    problem = is_problem(answer, 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/text", code)]
    assert says in problem["errors"][0]["message"]
    assert await service.state() == before


async def test_a_document_is_registered_once_and_removed_once(service: Service, front: Front) -> None:
    await front.register()
    before = await service.state()
    assert (await front.act(":register_document", {"name": "又", "text": DOCUMENT}, 409))["code"] == (
        "client_document.registered"
    )
    unknown = (await front.act(":remove_document", {"sha256": "0" * 64}, 422))["errors"]
    assert [(one["pointer"], one["code"]) for one in unknown] == [("/sha256", "client_document.unknown")]
    assert await service.state() == before
    listed = (await front.keeper.get(f"/v1/client_documents?sha256={DIGEST}")).json()["items"]
    (own,) = [one for one in listed if f"client:{one['client_id']}" == front.sub]
    assert (own["name"], own["text"]) == ("首页", DOCUMENT)
