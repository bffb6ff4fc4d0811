"""The outermost ring: every request passes here once, in one pure ASGI middleware.

It gives the request its id, holds it to size, time and number, completes the headers of the
answer, turns an accident into a problem document and writes the access line. One ring with one
``send`` of its own costs 15 µs; seven nested ones would cost as much as a short read.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware import cors
from api.middleware.access_log import AccessLog
from api.middleware.body import limited, refusal
from api.middleware.request_id import HEADER, request_id
from api.middleware.security_headers import with_security
from api.problems import Problem, Refused, language_of, problem_bytes

RETRY_SECONDS: Final = 1
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request and one process may take: bytes, seconds, requests in flight."""

    body_bytes: int = 1024 * 1024
    upload_bytes: int = 20 * 1024 * 1024
    seconds: float = 30.0  # until the answer begins; streams go on
    in_flight: int = 256
    uploads: re.Pattern[str] = re.compile(r"/v1/(imports|cases/[^/]+/attachments)")


class _Exchange:
    """One request's answer on its way out."""

    __slots__ = ("added", "deadline", "finished", "https", "scope", "send", "status", "too_large")

    def __init__(self, scope: Scope, send: Send, added: list[tuple[bytes, bytes]], *, https: bool) -> None:
        self.scope = scope
        self.send = send
        self.added = added
        self.https = https
        self.status = 0  # 0: nothing has been sent
        self.finished = False
        self.too_large = 0  # the limit that the body went over
        self.deadline: asyncio.Timeout | None = None

    async def forward(self, message: Message) -> None:
        if self.too_large:
            return  # whatever the application makes of the cut body is not the answer
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = with_security(list(message.get("headers", ())), https=self.https) + self.added
            message = {**message, "headers": headers}
            if self.deadline is not None and not self.deadline.expired():
                self.deadline.reschedule(None)
        elif message["type"] == "http.response.body":
            self.finished = not message.get("more_body", False)
        await self.send(message)

    async def answer(self, error: BaseException | Problem) -> None:
        language = language_of(self.scope["headers"])
        status, headers, body = problem_bytes(error, self.scope["state"]["request_id"], language)
        await self.plain(status, headers, body)

    async def plain(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.too_large, self.deadline = 0, None
        await self.forward({"type": "http.response.start", "status": status, "headers": headers})
        await self.forward({"type": "http.response.body", "body": body})


class Gate:
    """Wraps the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits | None = None,
        *,
        is_listed: Callable[[str], bool] = lambda _: False,
        https: bool = False,
        access_log: AccessLog | None = None,
    ) -> None:
        """``is_listed`` tells whether browsers may call from a web origin; ``https``: the public address is."""
        self._app = app
        self._limits = limits or Limits()
        self._is_listed = is_listed
        self._https = https
        self._access_log = access_log or AccessLog()
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = scope["headers"]
        identity = request_id(headers)
        scope.setdefault("state", {})["request_id"] = identity
        structlog.contextvars.bind_contextvars(request_id=identity)
        added = [(HEADER, identity.encode()), *cors.allowing(cors.origin_of(headers), self._is_listed)]
        exchange = _Exchange(scope, send, added, https=self._https)
        try:
            if cors.is_preflight(scope["method"], headers):
                await self._preflight(exchange)
            elif self._in_flight >= self._limits.in_flight:
                busy = (b"retry-after", str(RETRY_SECONDS).encode())
                await exchange.answer(Refused(503, "service.overloaded", [busy], retry_after=RETRY_SECONDS))
            else:
                await self._let_in(exchange, receive)
        finally:
            self._access_log.record(scope, exchange.status, time.perf_counter() - started)

    async def _preflight(self, exchange: _Exchange) -> None:
        origin = cors.origin_of(exchange.scope["headers"])
        if origin is not None and self._is_listed(origin):
            await exchange.plain(204, list(cors.PREFLIGHT))
        else:
            await exchange.answer(Refused(403, "client.origin"))

    async def _let_in(self, exchange: _Exchange, receive: Receive) -> None:
        self._in_flight += 1
        try:
            async with asyncio.timeout(self._limits.seconds) as exchange.deadline:
                await self._run(exchange, receive)
        except TimeoutError as error:
            if exchange.status or not (exchange.deadline and exchange.deadline.expired()):
                raise
            log.warning("request.timed_out", exc_info=error)
            busy = (b"retry-after", str(RETRY_SECONDS).encode())
            await exchange.answer(Refused(503, "http.timeout", [busy]))
        finally:
            self._in_flight -= 1

    async def _run(self, exchange: _Exchange, receive: Receive) -> None:
        """Run the application; what it throws becomes an answer while there still can be one."""
        scope = exchange.scope
        limit = self._limits.upload_bytes if self._limits.uploads.fullmatch(scope["path"]) else self._limits.body_bytes

        def over() -> None:
            exchange.too_large = 0 if exchange.status else limit

        try:
            counted = limited(scope["method"], scope["headers"], receive, limit, over)
            await self._app(scope, counted, exchange.forward)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:
            if exchange.status and not exchange.finished:
                raise  # half an answer is out: the server must cut the connection
            if not exchange.too_large:
                if not isinstance(error, Refused):
                    log.exception("request.failed", exc_info=error)
                if not exchange.status:
                    await exchange.answer(error)
        if exchange.too_large:
            await exchange.answer(refusal(limit))


__all__ = ["Gate", "Limits"]
