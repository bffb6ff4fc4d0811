"""What ``/metrics`` tells of requests: how many and how long, by route template and status; never by id."""

from functools import lru_cache
from typing import Final

from prometheus_client import Counter, Histogram

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS: Final = Counter("shouwang_http_requests", "Requests answered", ("method", "route", "status"))
SECONDS: Final = Histogram("shouwang_http_request_seconds", "Time to the answer", ("method", "route"), buckets=BUCKETS)
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"})


@lru_cache(maxsize=4096)
def _children(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return the two series of a kind of request; looking labels up each time costs more than counting."""
    known = method if method in METHODS else "OTHER"
    return REQUESTS.labels(known, route, str(status)), SECONDS.labels(known, route)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    count, duration = _children(method, route, status)
    count.inc()
    duration.observe(seconds)


__all__ = ["observe"]
