"""Cross-origin calls of browsers (Fetch standard): only from origins that are listed.

No credentials are allowed, since callers carry a bearer token and no cookie.
"""

from collections.abc import Callable, Iterable
from typing import Final

Headers = list[tuple[bytes, bytes]]
METHODS: Final = b"GET, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS: Final = (
    b"Accept-Language, Authorization, Break-Glass, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
)
EXPOSED: Final = (
    b"Content-Language, ETag, Location, Operation-Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    b"Retry-After, X-Request-Id"
)
MAX_AGE: Final = b"600"


def origin_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the web origin a browser calls from."""
    for name, value in headers:
        if name == b"origin":
            return value.decode("latin-1")
    return None


def is_preflight(method: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a browser only asks whether it may call."""
    return method == "OPTIONS" and any(name == b"access-control-request-method" for name, _ in headers)


def allowing(origin: str | None, is_listed: Callable[[str], bool]) -> Headers:
    """Return the headers by which a browser lets a listed origin read the answer."""
    if origin is None:
        return []
    if not is_listed(origin):
        return [(b"vary", b"origin")]
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED),
        (b"vary", b"origin"),
    ]


PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-methods", METHODS),
    (b"access-control-allow-headers", REQUEST_HEADERS),
    (b"access-control-max-age", MAX_AGE),
]

__all__ = ["PREFLIGHT", "allowing", "is_preflight", "origin_of"]
