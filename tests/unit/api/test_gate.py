"""The outermost ring: ids, sizes, times, numbers, headers, accidents, the access line."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from api import problems
from api.middleware.access_log import AccessLog
from api.middleware.gate import Gate, Limits

ORIGIN = "https://console.example"


class Site:
    """A small application behind the gate, and what the gate logged."""

    def __init__(self, limits: Limits, *, https: bool = False) -> None:
        self.lines: list[dict[str, Any]] = []
        self.release = asyncio.Event()
        self.log = AccessLog(lambda text: self.lines.extend(map(orjson.loads, text.splitlines())))
        gate = Gate(self._app(), limits, is_listed=lambda origin: origin == ORIGIN, https=https, access_log=self.log)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(gate, client=("203.0.113.7", 1)), base_url="http://t"
        )

    def _app(self) -> FastAPI:
        app = FastAPI()
        problems.install(app)

        @app.get("/people/{person_id}")
        async def read(person_id: str, request: Request) -> str:
            request.state.client_id = "welfare"
            return request.state.request_id if person_id == "id" else person_id

        @app.post("/people")
        @app.post("/v1/imports")
        async def write(request: Request) -> int:
            return len(await request.body())

        @app.get("/slow")
        async def slow() -> None:
            await self.release.wait()

        @app.get("/stream")
        async def stream() -> StreamingResponse:
            async def pieces() -> AsyncIterator[bytes]:
                for _ in range(3):
                    await asyncio.sleep(0.08)
                    yield b"."

            return StreamingResponse(pieces())

        @app.get("/cached")
        async def cached() -> Response:
            return Response(headers={"cache-control": "private, no-cache"})

        @app.get("/page", response_class=HTMLResponse)
        async def page() -> str:
            return "<p>"

        @app.get("/boom")
        async def boom() -> None:
            raise RuntimeError("张三 13800000000")

        return app


@pytest.fixture
def site() -> Site:
    return Site(Limits(body_bytes=10, upload_bytes=20, seconds=0.15, in_flight=2))


async def test_a_harmless_request_id_is_kept_and_any_other_replaced(site: Site) -> None:
    kept = await site.client.get("/people/id", headers={"x-request-id": "abc-1.2:3_x"})
    assert (kept.headers["x-request-id"], kept.json()) == ("abc-1.2:3_x", "abc-1.2:3_x")
    for harmful in ("a b", "a\tb", "", "x" * 129, "守"):
        answer = await site.client.get("/people/id", headers=[(b"x-request-id", harmful.encode())])
        assert len(answer.headers["x-request-id"]) == 36
        assert answer.json() == answer.headers["x-request-id"]


@pytest.mark.parametrize(("path", "limit"), [("/people", 10), ("/v1/imports", 20)])
async def test_a_body_within_its_size_passes_and_a_larger_one_is_refused(site: Site, path: str, limit: int) -> None:
    async def pieces(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b"x"

    assert (await site.client.post(path, content=b"x" * limit)).json() == limit
    assert (await site.client.post(path, content=pieces(limit))).json() == limit
    for content in (b"x" * (limit + 1), pieces(limit + 1), pieces(10_000)):
        answer = await site.client.post(path, content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "http.body_too_large")
        assert answer.json()["detail"] == f"提交的内容超过{limit}字节的上限。"
        assert answer.headers["connection"] == "close"


async def test_a_request_that_takes_too_long_is_stopped_but_a_stream_goes_on(site: Site) -> None:
    answer = await site.client.get("/slow")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "http.timeout", "1")
    assert (await site.client.get("/stream")).text == "..."


async def test_more_requests_than_allowed_are_told_to_come_back(site: Site) -> None:
    waiting = [asyncio.create_task(site.client.get("/slow")) for _ in range(2)]
    await asyncio.sleep(0.02)
    answer = await site.client.get("/people/1")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        503,
        "service.overloaded",
        "1",
    )
    site.release.set()
    assert [one.status_code for one in await asyncio.gather(*waiting)] == [200, 200]
    assert (await site.client.get("/people/1")).status_code == 200


async def test_every_answer_is_guarded() -> None:
    site = Site(Limits(), https=True)
    plain, cached, page = [await site.client.get(path) for path in ("/people/1", "/cached", "/page")]
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert plain.headers["cache-control"] == "no-store"
    assert plain.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert plain.headers["strict-transport-security"] == "max-age=31536000"
    assert cached.headers["cache-control"] == "private, no-cache"
    assert page.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe-inline" not in page.headers["content-security-policy"].split("script-src")[-1].split(";")[0]


async def test_browsers_call_from_listed_origins_only(site: Site) -> None:
    ask = {"access-control-request-method": "POST"}
    allowed = await site.client.options("/people", headers={"origin": ORIGIN} | ask)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert "Idempotency-Key" in allowed.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in allowed.headers
    refused = await site.client.options("/people", headers={"origin": "https://evil.example"} | ask)
    assert (refused.status_code, refused.json()["code"]) == (403, "client.origin")
    assert "access-control-allow-origin" not in refused.headers
    read = await site.client.get("/people/1", headers={"origin": ORIGIN})
    assert (read.headers["access-control-allow-origin"], read.headers["vary"]) == (ORIGIN, "origin")
    assert "access-control-allow-origin" not in (await site.client.get("/people/1", headers={"origin": "null"})).headers


async def test_an_accident_is_a_problem_without_its_text(site: Site) -> None:
    with structlog.testing.capture_logs() as logged:
        answer = await site.client.get("/boom", headers={"x-request-id": "r-9"})
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "/problems/internal", "title": "系统错误", "status": 500, "code": "internal", "request_id": "r-9",
        "detail": "系统出错，请把请求编号告知管理员。",
    }  # fmt: skip
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [(line["event"], line["log_level"]) for line in logged] == [("request.failed", "error")]


async def test_an_accident_without_any_framework_is_a_problem_too() -> None:
    async def bare(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ValueError("张三")

    transport = httpx.ASGITransport(Gate(bare, access_log=AccessLog(lambda _: None)))
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


async def test_the_access_line_names_the_route_and_nobody(site: Site) -> None:
    await site.client.get("/people/42108119900101?name=secret", headers={"x-request-id": "r-1"})
    await site.client.get("/nowhere/42108119900101")
    site.log.flush()
    first, second = site.lines
    assert {name: first[name] for name in ("event", "method", "route", "status", "client_id", "request_id")} == {
        "event": "request", "method": "GET", "route": "/people/{person_id}", "status": 200, "client_id": "welfare",
        "request_id": "r-1",
    }  # fmt: skip
    assert 0 <= first["duration_ms"] < 1000
    assert (second["route"], second["status"], second["client_id"]) == ("-", 404, None)
    assert "42108119900101" not in str(site.lines)
    assert "secret" not in str(site.lines)


async def test_lines_are_written_by_themselves_soon(site: Site) -> None:
    await site.client.get("/people/1")
    assert site.lines == []
    await asyncio.sleep(0.4)
    assert len(site.lines) == 1
