"""A request's body has a size: more is refused with 413, counted as it arrives."""

from collections.abc import Callable, Iterable
from typing import Final

from starlette.types import Message, Receive

from api.problems import Refused

CODE: Final = "http.body_too_large"
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return ``Content-Length``; None when the body comes in chunks of unknown number."""
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


def limited(
    method: str, headers: Iterable[tuple[bytes, bytes]], receive: Receive, limit: int, over: Callable[[], None]
) -> Receive:
    """Return a ``receive`` that raises ``Refused`` beyond ``limit`` bytes, after calling ``over``.

    ``over`` is there because frameworks turn an error inside ``receive`` into a 400 of their own.
    A declared length above the limit is refused at once; servers hold callers to what they declare.
    """
    length = declared_length(headers)
    if length is not None and length > limit:
        raise refusal(limit)
    if length is not None or method in _BODILESS:
        return receive
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            over()
            raise refusal(limit)
        return message

    return counted


def refusal(limit: int) -> Refused:
    """Return the 413; the connection is closed, since the rest of the body is not read."""
    return Refused(413, CODE, [(b"connection", b"close")], limit=limit)


__all__ = ["limited", "refusal"]
