"""Methods of HTTP that no route declares: HEAD, OPTIONS, and what else an address answers (RFC 9110 section 9)."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.routing import Match
from starlette.types import Message, Scope, Send

METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")
GRAPHQL: Final = "GET, HEAD, OPTIONS, POST"


def allowed(routes: Sequence[Any], scope: Scope) -> str:
    """Return the value of ``Allow`` for an address: every method of every route that is there."""
    found = {
        one for one in METHODS if any(route.matches({**scope, "method": one})[0] is Match.FULL for route in routes)
    }
    given = {"HEAD"} if "GET" in found else set()
    return ", ".join(sorted(found | given | {"OPTIONS"})) if found else ""


def headless(send: Send) -> Send:
    """Return a ``send`` that keeps a body back: what GET would answer, for HEAD."""

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return forward


__all__ = ["GRAPHQL", "allowed", "headless"]
