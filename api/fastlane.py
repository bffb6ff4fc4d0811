"""The fast lane: compiled reads and ``/graphql``, answered in front of the router.

A FastAPI route costs about 150 µs over bare ASGI, more than the read itself. One dictionary look-up
by method and path shape finds what a path means; everything else goes on to FastAPI, where the
same reads are declared so that OpenAPI stays true.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from api.door import Caller, enter, idempotency_of
from api.graphql.endpoint import Endpoint
from api.methods import GRAPHQL as GRAPHQL_METHODS
from api.methods import headless
from api.problems import Refused, language_of, problem_bytes, problem_object, request_id_of
from api.rest.documents import read_determination, read_me, read_proof, read_responsibility, read_statistics, read_work
from api.rest.reads import Found, Read, read_list, read_one
from api.rest.search import search_by_address
from api.services import Services
from domain.errors import ShouwangError

JSON = (b"content-type", b"application/json")
REPLAYED = (b"idempotency-replayed", b"true")
PRIVATE = (b"cache-control", b"private, no-cache")
GRAPHQL = "/graphql"

Handler = Callable[[Caller, Scope, str | None], Awaitable[Found]]


class FastLane:
    """Answers reads itself and hands everything else on."""

    def __init__(
        self, app: ASGIApp, services: Services, reads: Mapping[tuple[str, ...], Read], graphql: Endpoint
    ) -> None:
        self._app, self._services, self._graphql = app, services, graphql
        self._handlers = {shape: self._reader(read) for shape, read in reads.items()}
        self._handlers["v1", "me"] = self._me
        self._handlers["v1", "people:search"] = self._search
        self._handlers["v1", "people", "{id}", "determination"] = self._determination
        self._handlers["v1", "statistics"] = self._statistics
        self._handlers["v1", "responsibility"] = self._responsibility
        self._handlers["v1", "events", "{id}", "proof"] = self._proof
        self._handlers["v1", "work"] = self._work
        self._routes = {shape: "/" + "/".join(shape) for shape in self._handlers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, headless(send)
        path: str = scope["path"]
        if path == GRAPHQL:
            await self._answer_graphql(scope, receive, send)
            return
        if scope["method"] == "GET":
            shape, key = shape_of(path)
            handler = self._handlers.get(shape)
            if handler is not None:
                scope.setdefault("state", {})["route"] = self._routes[shape]
                await self._answer(handler, scope, key, send)
                return
        await self._app(scope, receive, send)

    def _reader(self, read: Read) -> Handler:
        async def one(caller: Caller, scope: Scope, key: str | None) -> Found:
            return await read_one(self._services.reads, caller.access, read.view, key or "", scope["query_string"])

        async def many(caller: Caller, scope: Scope, key: str | None) -> Found:
            return await read_list(self._services.reads, caller.access, read, key, scope["query_string"])

        return one if read.kind == "one" else many

    async def _me(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        del key
        return await read_me(self._services, caller, scope["query_string"])

    async def _search(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        del key
        return await search_by_address(self._services, caller, scope["query_string"])

    async def _statistics(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        del key
        return await read_statistics(self._services, caller, scope["query_string"])

    async def _responsibility(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        del key
        return await read_responsibility(self._services, caller, scope["query_string"])

    async def _determination(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        return await read_determination(self._services, caller, key or "", scope["query_string"])

    async def _proof(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        return await read_proof(self._services, caller, key or "", scope["query_string"])

    async def _work(self, caller: Caller, scope: Scope, key: str | None) -> Found:
        del key
        return await read_work(self._services, caller, scope["query_string"])

    async def _answer(self, handler: Handler, scope: Scope, key: str | None, send: Send) -> None:
        caller = None
        try:
            caller = await enter(self._services, scope, "rest")
            found = await handler(caller, scope, key)
        except (ShouwangError, ValidationError) as error:
            status, headers, body = problem_bytes(error, request_id_of(scope), language_of(scope["headers"]))
            await respond(send, status, [*headers, *(caller.limits if caller else [])], body)
            return
        etag = found.etag
        headers = [JSON, PRIVATE, *caller.limits]
        if etag is not None:
            headers.append((b"etag", etag.encode()))
            if etag in caller.headers.get(b"if-none-match", b"").decode("latin-1"):
                await respond(send, 304, headers[1:], b"")
                return
        await respond(send, 200, [*headers, (b"content-length", b"%d" % len(found.body))], found.body)

    async def _answer_graphql(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["route"] = GRAPHQL
        method = scope["method"]
        allow = (b"allow", GRAPHQL_METHODS.encode())
        if method == "OPTIONS":
            await respond(send, 204, [allow], b"")
            return
        if method not in {"GET", "POST"}:
            refused = Refused(405, "http.method_not_allowed", [allow])
            await respond(send, *problem_bytes(refused, request_id_of(scope), language_of(scope["headers"])))
            return
        caller = None
        try:
            caller = await enter(self._services, scope, "graphql")
            body = await read_body(receive) if method == "POST" else b""
            known = caller

            def problems(error: ShouwangError) -> dict[str, Any]:
                return problem_object(error, known.request_id, known.language)

            sent = await self._graphql.answer(
                caller.access, method, caller.headers, scope["query_string"], body, problems,
                origin=caller.origin, idempotency=idempotency_of(self._services, caller, b"POST /graphql", body),
            )  # fmt: skip
        except (ShouwangError, Refused, ValidationError) as error:
            status, headers, body = problem_bytes(error, request_id_of(scope), language_of(scope["headers"]))
            await respond(send, status, [*headers, *(caller.limits if caller else [])], body)
            return
        headers = [
            (b"content-type", sent.content_type.encode()), (b"content-length", b"%d" % len(sent.body)), PRIVATE,
            *caller.limits,
        ]  # fmt: skip
        if sent.replayed:
            headers.append(REPLAYED)
        await respond(send, sent.status, headers, sent.body)


def shape_of(path: str) -> tuple[tuple[str, ...], str | None]:
    """Return a path's shape and the id in it: ``/v1/people/x/history`` → (v1, people, {id}, history), x."""
    parts = path.split("/")
    if len(parts) > 3:  # noqa: PLR2004 - /v1/people/{id}
        return ("v1", parts[2], "{id}", *parts[4:]) if parts[1] == "v1" else (), parts[3]
    return tuple(parts[1:]), None


async def read_body(receive: Receive) -> bytes:
    """Return the whole body; its size is bounded by the gate in front."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(pieces)


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Send a whole response."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


__all__ = ["FastLane", "read_body", "respond"]
