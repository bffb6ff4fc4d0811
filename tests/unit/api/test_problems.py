"""Problem documents: exact bytes, two languages, no value and no exception text."""

from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api import problems
from api.faults import MAX_STEP
from api.problems import Refused, language_of, problem_bytes, problem_of
from domain.errors import (
    Conflict,
    Fault,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    PreconditionNeeded,
    ShouwangError,
    Stale,
    TooManyRequests,
)


class Command(BaseModel):
    """A command as the use cases take them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=5)
    sex: str = Field(default="1", pattern="^[0129]$")
    age: int = Field(default=1, ge=0, le=120)
    kin: list["Command"] = []


def document(error: BaseException, language: Any = "zh") -> dict[str, Any]:
    loaded = orjson.loads(problem_bytes(error, "r-1", language)[2])
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidInput(), 422, "input.invalid"),
        (InvalidInput(malformed=True), 400, "input.invalid"),
        (NotAuthenticated(), 401, "token.invalid"),
        (Forbidden(), 403, "access.forbidden"),
        (NotFound(), 404, "not_found"),
        (Conflict("person.duplicate"), 409, "person.duplicate"),
        (Stale(), 412, "version.stale"),
        (PreconditionNeeded(), 428, "version.required"),
        (TooManyRequests(retry_after=3), 429, "rate.limited"),
        (ShouwangError(), 500, "internal"),
        (Refused(413, "http.body_too_large", limit=9), 413, "http.body_too_large"),
        (HTTPException(404), 404, "http.not_found"),
        (HTTPException(405), 405, "http.method_not_allowed"),
        (HTTPException(418, "a secret"), 418, "http.error"),
        (ConnectionRefusedError("10.0.0.1"), 503, "service.unavailable"),
        (TimeoutError(), 503, "service.unavailable"),
        (asyncpg.QueryCanceledError("x"), 503, "service.unavailable"),
        (asyncpg.DeadlockDetectedError("x"), 503, "service.unavailable"),
        (asyncpg.TooManyConnectionsError("x"), 503, "service.unavailable"),
        (asyncpg.UniqueViolationError("Key (name)=(张三)"), 409, "state.conflict"),
        (asyncpg.CheckViolationError("Failing row contains (张三)"), 500, "internal"),
        (KeyError("张三"), 500, "internal"),
    ],
)
def test_each_error_has_its_status_and_code(error: BaseException, status: int, code: str) -> None:
    found, headers, body = problem_bytes(error, "r-1")
    told = orjson.loads(body)
    assert (found, told["status"], told["code"], told["type"]) == (status, status, code, f"/problems/{code}")
    assert dict(headers)[b"content-type"] == b"application/problem+json"
    assert "张三" not in body.decode()
    assert b"secret" not in body
    assert b"10.0.0.1" not in body


def test_a_problem_to_the_letter() -> None:
    error = InvalidInput(Fault("/name", "field.too_long", {"maximum": 50}))
    assert document(error) == {
        "type": "/problems/input.invalid",
        "title": "填写有误",
        "status": 422,
        "detail": "填写的内容有误，请按提示改正。",
        "code": "input.invalid",
        "request_id": "r-1",
        "errors": [{"pointer": "/name", "code": "field.too_long", "message": "最多50个（字数或项数）。"}],
    }
    assert document(error, "en")["errors"][0]["message"] == "At most 50 are allowed."


def test_absent_and_forbidden_rows_are_equal_to_the_byte() -> None:
    absent, hidden = NotFound(), NotFound(record="person", id="01890000-0000-7000-8000-000000000001")
    assert problem_bytes(absent, "r") == problem_bytes(hidden, "r")


def test_headers_tell_how_to_go_on() -> None:
    def headers(error: BaseException) -> dict[bytes, bytes]:
        return dict(problem_bytes(error, "r")[1])

    assert headers(TooManyRequests(retry_after=7))[b"retry-after"] == b"7"
    assert headers(NotAuthenticated("token.missing"))[b"www-authenticate"] == b'Bearer realm="shouwang"'
    assert headers(NotAuthenticated("token.expired"))[b"www-authenticate"].endswith(b'error="invalid_token"')
    assert headers(HTTPException(405, headers={"Allow": "GET"}))[b"allow"] == b"GET"
    assert headers(NotFound())[b"cache-control"] == b"no-store"


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.8,zh;q=0.2", "en"),
        ("en;q=0", "zh"),
        ("en;q=0.5,*;q=0.8", "zh"),
        ("fr,en;q=0.1", "en"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
        ("\xff\xfeen", "zh"),
    ],
)
def test_the_language_is_the_callers(accept: str | None, language: str) -> None:
    headers = [] if accept is None else [(b"accept-language", accept.encode("latin-1"))]
    assert language_of(headers) == language


def faults(**members: Any) -> list[tuple[str, str, dict[str, object]]]:
    with pytest.raises(ValidationError) as caught:
        Command.model_validate(members)
    return [(one.pointer, one.code, dict(one.parameters)) for one in problem_of(caught.value).faults]


def test_pydantics_faults_become_ours_without_the_value() -> None:
    assert faults() == [("/name", "field.required", {})]
    assert faults(name=1) == [("/name", "field.type", {"expected": "text"})]
    assert faults(name="") == [("/name", "field.too_short", {"minimum": 1})]
    assert faults(name="123456") == [("/name", "field.too_long", {"maximum": 5})]
    assert faults(name="a", sex="3") == [("/sex", "field.pattern", {})]
    assert faults(name="a", age=True) == [("/age", "field.type", {"expected": "integer"})]
    assert faults(name="a", age=121) == [("/age", "field.too_large", {"maximum": 120})]
    assert faults(name="a", age=-1) == [("/age", "field.too_small", {"minimum": 0})]
    assert faults(name="a", extra=1) == [("/extra", "field.unknown", {})]
    assert faults(name="a", kin=[{"name": "b", "a/b~": 1}]) == [("/kin/0/a~1b~0", "field.unknown", {})]
    assert len(faults(**{"name": "a", "x" * 999: 1})[0][0]) == 1 + MAX_STEP


async def test_an_application_answers_every_error_with_a_problem() -> None:
    app = FastAPI()
    problems.install(app)

    @app.post("/people/{person_id}")
    async def change(person_id: UUID, command: Command, page_size: Annotated[int, Query(ge=1)] = 1) -> None:
        del person_id, page_size
        if command.name == "boom":
            raise RuntimeError("张三")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    good = "/people/01890000-0000-7000-8000-000000000001"
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        answers = {
            "body": await client.post(good, json={"name": 1}),
            "query": await client.post(f"{good}?page_size=0", json={"name": "a"}),
            "json": await client.post(good, content=b"{", headers={"content-type": "application/json"}),
            "path": await client.post("/people/1", json={"name": "a"}),
            "address": await client.get("/nowhere", headers={"accept-language": "en"}),
            "method": await client.get(good),
            "boom": await client.post(good, json={"name": "boom"}),
        }
    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()} == {
        "body": (422, "input.invalid"),
        "query": (400, "input.invalid"),
        "json": (400, "input.invalid"),
        "path": (404, "not_found"),
        "address": (404, "http.not_found"),
        "method": (405, "http.method_not_allowed"),
        "boom": (500, "internal"),
    }
    assert answers["body"].json()["errors"][0]["pointer"] == "/name"
    assert answers["query"].json()["errors"][0]["pointer"] == "/page_size"
    assert answers["json"].json()["errors"][0]["code"] == "json.malformed"
    assert answers["address"].json()["title"] == "No such address"
    assert "errors" not in answers["path"].json()
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers.values())
    assert all("张三" not in answer.text for answer in answers.values())
