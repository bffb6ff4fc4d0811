"""HTTP around every operation: methods, addresses, media types, sizes, languages, request ids."""

import gzip
from typing import Any

import orjson
import pytest

from tests.api.acts import Stage
from tests.api.running import BASE, Caller, Service, is_problem


@pytest.fixture(scope="module")
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


@pytest.fixture(scope="module")
async def person(service: Service) -> str:
    made = await Stage(service, "梅").person()
    return str(made["id"])


@pytest.mark.parametrize("path", ["/v1/people/{id}", "/v1/people", "/v1/me", "/healthz", "/graphql?query={me{sub}}"])
async def test_head_is_get_without_the_body(officer: Caller, person: str, path: str) -> None:
    path = path.replace("{id}", person)
    got, head = await officer.get(path), await officer.ask("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/people", "GET, HEAD, OPTIONS, POST"),
        ("/v1/people/{id}", "GET, HEAD, OPTIONS, PATCH"),
        ("/v1/people/{id}:reveal", "GET, HEAD, OPTIONS, PATCH, POST"),  # to GET and PATCH it is an id, of nobody
        ("/v1/me", "GET, HEAD, OPTIONS"),
        ("/oauth/token", "OPTIONS, POST"),
        ("/graphql", "GET, HEAD, OPTIONS, POST"),
    ],
)
async def test_other_methods_hear_which_there_are(service: Service, person: str, path: str, allow: str) -> None:
    caller, path = await service.caller("civil_affairs_county"), path.replace("{id}", person)
    before = await service.state()
    for method in ("DELETE", "PUT", "TRACE"):
        refused = await caller.ask(method, path)
        is_problem(refused, 405, "http.method_not_allowed")
        assert refused.headers["allow"] == allow
    asked = await caller.ask("OPTIONS", path)
    assert (asked.status_code, asked.content, asked.headers["allow"]) == (204, b"", allow)
    assert await service.state() == before


@pytest.mark.parametrize(
    "path", ["/nope", "/v1", "/v1/nope", "/V1/people", "//v1/people", "/v1/people/{id}/", "/v1/people/{id}/nope"]
)
async def test_an_address_has_one_spelling(officer: Caller, person: str, path: str) -> None:
    is_problem(await officer.get(path.replace("{id}", person)), 404, "http.not_found")


@pytest.mark.parametrize("path", ["/v1/people", "/graphql"])
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "application/json; charset=gb18030"],
)
async def test_only_json_is_read(service: Service, officer: Caller, path: str, kind: str) -> None:
    before = await service.state()
    headers = {"content-type": kind} if kind else {}
    answer = await officer.ask("POST", path, content=b'{"region":"421081","name":"x"}', headers=headers)
    assert answer.status_code == 415
    document = answer.json()
    problem = document if path != "/graphql" else document["errors"][0]["extensions"]
    assert (problem["status"], problem["code"]) == (415, "media_type.unsupported")
    assert await service.state() == before


async def test_a_write_takes_no_parameters(service: Service, officer: Caller, person: str) -> None:
    before = await service.state()
    for path in ("/v1/people?dry_run=true", f"/v1/people/{person}:deregister?fields=id"):
        is_problem(await officer.post(path, {}), 400, "parameter.unknown")
    assert await service.state() == before


async def test_a_packed_body_is_refused_not_misread(service: Service, officer: Caller) -> None:
    before = await service.state()
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = await officer.ask("POST", "/v1/people", content=gzip.compress(b"{}"), headers=headers)
    is_problem(answer, 415, "media_type.unsupported")
    assert await service.state() == before


@pytest.mark.parametrize("path", ["/v1/people", "/graphql", "/oauth/token"])
async def test_a_body_has_a_size(service: Service, officer: Caller, path: str) -> None:
    before = await service.state()
    body = b" " * (1024 * 1024 + 1)
    declared = await officer.ask("POST", path, content=body, headers={"content-type": "application/json"})
    is_problem(declared, 413, "http.body_too_large")

    async def pieces() -> Any:
        for _ in range(5):
            yield body[: 256 * 1024]

    counted = await officer.ask("POST", path, content=pieces(), headers={"content-type": "application/json"})
    is_problem(counted, 413, "http.body_too_large")
    assert await service.state() == before


@pytest.mark.parametrize(
    ("wanted", "language", "title"),
    [
        (None, "zh", "没有找到"),
        ("en", "en", "Not found"),
        ("en-GB, zh;q=0.5", "en", "Not found"),
        ("zh-CN, en;q=0.9", "zh", "没有找到"),
        ("fr", "zh", "没有找到"),
        ("en;q=0", "zh", "没有找到"),
        ("en;q=nonsense", "zh", "没有找到"),
    ],
)
async def test_problems_speak_the_callers_language(
    officer: Caller, wanted: str | None, language: str, title: str
) -> None:
    headers = {"accept-language": wanted} if wanted else {}
    missing = await officer.get("/v1/people/x", headers=headers)
    assert is_problem(missing, 404, "not_found")["title"] == title
    assert (missing.headers["content-language"], missing.headers["vary"]) == (language, "accept-language")
    reveal = 'mutation { reveal(input: {personId: "x", purpose: "核对"}) { revealed { phone } } }'
    by_graphql = await officer.graphql(reveal, headers=headers)
    assert by_graphql.json()["errors"][0]["extensions"]["title"] in {title, "填写有误", "Invalid input"}


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nope", "/graphql", "/healthz"])
async def test_a_request_keeps_its_id(officer: Caller, path: str) -> None:
    assert (await officer.get(path, headers={"x-request-id": "A-b_c.1:2"})).headers["x-request-id"] == "A-b_c.1:2"
    for bad in ("a b", "x" * 129, "<script>", "é".encode()):
        given = (await officer.get(path, headers={"x-request-id": bad})).headers["x-request-id"]
        assert len(given) == 36


async def test_answers_carry_the_headers_of_the_house(service: Service, officer: Caller) -> None:
    for path in ("/v1/me", "/v1/people", "/v1/nope", "/graphql?query={me{sub}}"):
        headers = (await officer.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] in {"private, no-cache", "no-store"}


async def test_browsers_call_from_listed_origins_only(service: Service) -> None:
    asking = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
    is_problem(await service.http.options("/v1/people", headers=asking), 403, "client.origin")
    answer = await service.http.get("/healthz", headers={"origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_the_contract_is_served_as_it_is_published(service: Service) -> None:
    served = await service.http.get("/openapi.json")
    assert served.status_code == 200
    assert orjson.loads(served.content)["paths"].keys() >= {"/v1/people", "/oauth/token"}
    metadata = (await service.http.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["issuer"] == BASE
