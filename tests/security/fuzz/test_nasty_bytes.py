"""Requests no client should send, byte by byte: every one is answered with a problem, none with an accident."""

import json
from typing import Any

import pytest

from api.messages import MESSAGES
from tests.api.acts import VILLAGE
from tests.api.running import Caller, Service

WELL = b'{"region":"%s","name":"%%s"}' % VILLAGE.encode()
DEEP = 100_000
# (name, bytes, code of the first fault); each is a whole JSON body
BODIES: list[tuple[str, bytes, str]] = [
    ("empty object name", b'{"":1}', "field.unknown"),
    ("not json", b"region=421081", "json.malformed"),
    ("truncated", b'{"region":"4210', "json.malformed"),
    ("two documents", b"{}{}", "json.malformed"),
    ("comment", b'{"region":"421081"/**/}', "json.malformed"),
    ("trailing comma", b'{"region":"421081",}', "json.malformed"),
    ("single quotes", b"{'region':'421081'}", "json.malformed"),
    ("raw NUL", b'{"name":"a\x00b"}', "json.malformed"),
    ("escaped NUL", b'{"name":"a\\u0000b"}', "json.nul"),
    ("NUL in a name", b'{"a\\u0000b":1}', "json.nul"),
    ("lone high surrogate", b'{"name":"\\ud800"}', "json.lone_surrogate"),
    ("lone low surrogate", b'{"name":"\\udc00"}', "json.lone_surrogate"),
    ("surrogates the wrong way round", b'{"name":"\\udc00\\ud800"}', "json.lone_surrogate"),
    ("NaN", b'{"disability_grade":NaN}', "json.not_a_number"),
    ("Infinity", b'{"disability_grade":-Infinity}', "json.not_a_number"),
    ("10 to the 30th", b'{"disability_grade":1000000000000000000000000000000}', "json.number_too_large"),
    ("beyond int64", b'{"disability_grade":9223372036854775808}', "json.number_too_large"),
    ("a million digits", b'{"disability_grade":' + b"9" * 900_000 + b"}", "json.number_too_large"),
    ("huge exponent", b'{"disability_grade":1e999}', "json.number_too_large"),
    ("repeated key", b'{"name":"a","name":"b"}', "json.repeated_key"),
    ("repeated key, escaped", b'{"name":"a","\\u006eame":"b"}', "json.repeated_key"),
    ("repeated key below", b'{"woman":{"skills":"a","skills":"b"}}', "json.repeated_key"),
    ("deep arrays", b"[" * DEEP + b"]" * DEEP, "json.too_deep"),
    ("deep objects", b'{"a":' * DEEP + b"1" + b"}" * DEEP, "json.too_deep"),
    ("33 levels", b'{"a":' * 33 + b"1" + b"}" * 33, "json.too_deep"),
    ("unclosed", b"[" * DEEP, "json.too_deep"),
    ("invalid UTF-8", b'{"name":"\xff\xfe"}', "json.not_utf8"),
    ("overlong UTF-8", b'{"name":"\xc0\xaf"}', "json.not_utf8"),
    ("UTF-8 surrogate", b'{"name":"\xed\xa0\x80"}', "json.not_utf8"),
    ("GBK", '{"name":"张三"}'.encode("gb18030"), "json.not_utf8"),
    ("UTF-16", '{"name":"a"}'.encode("utf-16"), "json.not_utf8"),
    ("byte order mark", b"\xef\xbb\xbf{}", "json.byte_order_mark"),
    ("an array", b"[]", "json.not_object"),
    ("a text", b'"421081"', "json.not_object"),
    ("null", b"null", "json.not_object"),
]
# (name, a field with its value, code): well-formed JSON that no field takes
VALUES: list[tuple[str, str, Any, str]] = [
    ("true for a number", "disability_grade", True, "field.type"),
    ("text for a number", "disability_grade", "2", "field.type"),
    ("fraction for a number", "disability_grade", 2.5, "field.type"),
    ("number for a text", "name", 7, "field.type"),
    ("number for a flag", "capable", 1, "field.type"),
    ("control character", "name", "a\x1bb", "text.control_character"),
    ("zero-width space", "name", "a\u200bb", "text.invisible"),
    ("reading order turned", "name", "a\u202eb", "text.control_character"),
    ("nothing but spaces", "name", "\u3000 ", "field.too_short"),
    ("65 characters", "name", "张" * 65, "field.too_long"),
    ("object for a text", "name", {"a": 1}, "field.type"),
    ("text for a list", "hardship", "destitute", "field.type"),
    ("unknown choice", "health", "fine", "field.choice"),
    ("choice in capitals", "health", "HEALTHY", "field.choice"),
    ("no such day", "birth_date", "2023-02-29", "date.unknown"),
    ("a day as a number", "birth_date", 20200101, "field.date"),
    ("a day with time", "birth_date", "2020-01-01T00:00:00Z", "date.format"),
    ("day in other digits", "birth_date", "２０２０-01-01", "date.format"),
    ("a day to come", "birth_date", "9999-12-31", "date.future"),
    ("year nought", "birth_date", "0000-01-01", "date.unknown"),
    ("region in Arabic digits", "region", "٤٢١٠٨١", "region.format"),
    ("region with a wildcard", "region", "421081%", "region.format"),
    ("no UUID", "household_id", "0", "field.id"),
    ("UUID in braces", "household_id", "{01890000-0000-7000-8000-000000000001}", "field.id"),
    ("checksum", "identity_number", "421081198005050125", "identity_number.checksum"),
    ("telephone", "phone", "12345", "phone.format"),
    ("unknown field", "is_admin", True, "field.unknown"),
    ("a column of the table", "remit", 128, "field.unknown"),
    ("version", "version", 1, "field.unknown"),
]
EVERYWHERE = ("/v1/people", "/graphql")


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


def problem_of(path: str, answer: Any) -> dict[str, Any]:
    """Return the problem of either transport, checked."""
    document: dict[str, Any] = json.loads(answer.content)
    if path == "/graphql" and "errors" in document and "code" not in document:
        document = document["errors"][0]["extensions"]
    assert 400 <= document["status"] < 500, document
    assert document["code"] in MESSAGES
    assert all(one["code"] in MESSAGES for one in document.get("errors", ()))
    return document


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(("body", "code"), [pytest.param(body, code, id=name) for name, body, code in BODIES])
async def test_a_body_that_is_none(service: Service, officer: Caller, path: str, body: bytes, code: str) -> None:
    before = await service.state()
    answer = await officer.ask("POST", path, content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    document = problem_of(path, answer)
    if path == "/v1/people":
        assert answer.headers["content-type"] == "application/problem+json"
        assert code in [one["code"] for one in document["errors"]]
    elif code.startswith("json.") and code != "json.not_object":
        assert [one["code"] for one in document["errors"]] == [code]
    else:
        assert document["code"] == "graphql.request_malformed"
    assert await service.state() == before


@pytest.mark.parametrize(
    ("field", "value", "code"), [pytest.param(field, value, code, id=name) for name, field, value, code in VALUES]
)
async def test_a_value_that_does_not_fit(service: Service, officer: Caller, field: str, value: Any, code: str) -> None:
    before = await service.state()
    body = {"region": VILLAGE, "name": "何梅", field: value}
    answer = await officer.post("/v1/people", body)
    assert answer.status_code == 422, answer.text
    faults = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert faults == [(f"/{field}", code)]
    if isinstance(value, str) and len(value) > 3:  # what is refused is not repeated
        assert value not in answer.text
    by_graphql = await officer.graphql(
        "mutation($i: RegisterPersonInput!) { registerPerson(input: $i) { person { id } } }",
        {"i": {"region": VILLAGE, "name": "何梅", _camel(field): value}},
    )
    if code == "field.type" and field == "hardship":  # one value is a list of one, says the GraphQL specification
        return
    problem = problem_of("/graphql", by_graphql)
    assert problem["code"] in {"graphql.invalid", "input.invalid"}
    if isinstance(value, str) and len(value) > 3:
        assert value not in by_graphql.text
    assert await service.state() == before


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


@pytest.mark.parametrize(
    "query",
    [
        b"query={me{sub}}&query={me{sub}}", b"query=%zz", b"query=%", b"query=%ff", b"query=%00", b"query=", b"",
        b"query={me{sub}}&variables=%7B", b"query={me{sub}}&variables=[]", b"query={me{sub}}&variables=NaN",
        b"query={me{sub}}&extensions=1", b"query={me{sub}}&operationName=Nobody", b"query={me{sub", b"query=\xff",
        b"&".join(b"p%d=1" % n for n in range(99)), b"query={" + b"{" * 5000, b"query=%F0%9F%98%80",
        b'query={me{sub}}&variables={"a":1,"a":2}', b"query=%ED%A0%80",
    ],
)  # fmt: skip
async def test_a_query_string_that_is_none(officer: Caller, query: bytes) -> None:
    scope_path = "/graphql?" + query.decode("latin-1")
    answer = await officer.get(scope_path, headers={"accept": "application/graphql-response+json"})
    assert answer.status_code == 400, answer.text
    problem_of("/graphql", answer)


@pytest.mark.parametrize("path", ["/v1/people", "/v1/me", "/graphql", "/oauth/token", "/v1/people/x"])
async def test_headers_that_are_none(officer: Caller, path: str) -> None:
    for headers in (
        {"if-none-match": "x" * 60_000},
        {"accept-language": ",".join(["en;q=0.5"] * 5_000)},
        {"accept-language": b"\xff\xfe"},
        {"if-match": b"\xff"},
        {"x-request-id": "x" * 60_000},
        {"idempotency-key": "x" * 60_000},
        {"accept": ",".join(["text/x"] * 5_000)},
        {"accept": b"\xff"},
        {"content-length": "-1"},
        {"content-type": "application/json; charset=utf-16"},
        {"origin": b"\xff"},
        {"x" * 60_000: "1"},
    ):
        answer = await officer.ask("POST" if path == "/oauth/token" else "GET", path, headers=headers)
        assert answer.status_code < 500, (path, next(iter(headers))[:20])
        if answer.status_code >= 400:
            problem_of(path, answer)


@pytest.mark.parametrize(
    "token", [b"\xff", b"a b", b"a" * 100_000, b".", b"..", b"....", b"e30.e30.e30", b"eyJhbGciOiJub25lIn0.e30."]
)
async def test_a_token_that_is_none(service: Service, token: bytes) -> None:
    for path in EVERYWHERE:
        answer = await service.http.get(path, headers={b"authorization": b"Bearer " + token})
        assert answer.status_code == 401
        assert problem_of(path, answer)["code"].startswith("token.")


@pytest.mark.parametrize(
    "segment",
    ["%00", "%ff", "%", "%zz", "..", "%2e%2e", "%2f", "' OR 1=1 --", "01890000-0000-7000-8000-00000000000g",
     "01890000000070008000000000000001", "x" * 9_000, "%F0%9F%98%80", "%ED%A0%80", "null", "-1", "{id}",
     "%0d%0aSet-Cookie:x"],
)  # fmt: skip
async def test_an_id_that_is_none(service: Service, officer: Caller, segment: str) -> None:
    before = await service.state()
    for method, path in (
        ("GET", f"/v1/people/{segment}"), ("PATCH", f"/v1/people/{segment}"), ("POST", f"/v1/people/{segment}:reveal"),
        ("GET", f"/v1/regions/{segment}"), ("GET", f"/v1/codes/{segment}"), ("GET", f"/v1/people/{segment}/history"),
        ("GET", f"/v1/people/{segment}/determination"), ("GET", f"/v1/forms/{segment}/template.xlsx"),
    ):  # fmt: skip
        body = {} if method == "GET" else {"json": {"purpose": "核实"} if "reveal" in path else {}}
        answer = await officer.ask(method, path, headers={"if-match": '"1"'}, **body)
        assert answer.status_code in {404, 405}, (path[:60], answer.status_code)
        assert answer.json()["code"] in {"not_found", "http.not_found", "http.method_not_allowed"}
        assert "set-cookie" not in answer.headers
    assert await service.state() == before


REGISTER = 'mutation { registerPerson(input: {region: "421081", name: "n", FIELD}) { person { id } } }'
DOCUMENTS = [
    *(
        REGISTER.replace("FIELD", f"{field}: VALUE")
        for field in ("nme", "birthDate", "health", "woman", "disabilityGrade", "identityNumber", "phone")
    ),
    "{ people(filter: {name VALUE}) { totalCount } }",
    "{ people(filter: {birthDateFrom: VALUE}) { totalCount } }",
    "{ people(after: VALUE) { totalCount } }",
    "{ person(id: VALUE { id } }",
    "{ person(id: {a: VALUE}) { id } }",
    "{ ... VALUE }",
    "query($n: Int = VALUE) { people(first: $n) { totalCount } }",
]


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_no_value_comes_back_in_an_error(service: Service, officer: Caller, document: str) -> None:
    before = await service.state()
    answer = await officer.graphql(document.replace("VALUE", '"林秘密"'))
    problem_of("/graphql", answer)
    assert "秘密" not in answer.text
    assert await service.state() == before


@pytest.mark.parametrize("given", [{"nme": 1}, {"birthDate": "x"}, {"health": "x"}, {"woman": "x"}, {"capable": "x"}])
async def test_no_variable_comes_back_in_an_error(service: Service, officer: Caller, given: dict[str, Any]) -> None:
    before = await service.state()
    answer = await officer.graphql(
        "mutation($i: RegisterPersonInput!) { registerPerson(input: $i) { person { id } } }",
        {"i": {"region": VILLAGE, "name": "林秘密", "identityNumber": "421081198005050124", **given}},
    )
    assert problem_of("/graphql", answer)["code"] == "graphql.invalid"
    assert "秘密" not in answer.text
    assert "421081198005050124" not in answer.text
    assert await service.state() == before
