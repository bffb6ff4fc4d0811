"""One line a request: method, route template, status, duration, client, request id.

Never a path with its ids, a query string or a body. Rendering a line through the logging library
costs a third of a short read, so lines are collected and written together a few times a second,
and at the end. structlog's own lines (warnings, errors) are written at once, elsewhere.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from api.metrics import observe

FLUSH_SECONDS: Final = 0.25
FLUSH_LINES: Final = 1000
UNROUTED: Final = "-"


def to_stderr(text: str) -> None:
    """Write finished lines where the other log lines go."""
    sys.stderr.write(text)
    sys.stderr.flush()


class AccessLog:
    """Collects the lines of one worker."""

    def __init__(self, write: Callable[[str], None] = to_stderr) -> None:
        self._write = write
        self._waiting: list[tuple[float, str, str, int, float, str | None, str]] = []
        self._timer: asyncio.TimerHandle | None = None

    def record(self, scope: Any, status: int, seconds: float) -> None:
        """Note a finished request; ``seconds`` is its duration."""
        state = scope["state"]
        route = state.get("route") or getattr(scope.get("route"), "path", None) or UNROUTED
        observe(scope["method"], route, status, seconds)
        self._waiting.append(
            (time.time(), scope["method"], route, status, seconds, state.get("client_id"), state["request_id"])
        )
        if len(self._waiting) >= FLUSH_LINES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what has been collected."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._waiting = self._waiting, []
        if lines:
            self._write("".join(map(_line, lines)))


def _line(entry: tuple[float, str, str, int, float, str | None, str]) -> str:
    at, method, route, status, seconds, client_id, request_id = entry
    return (
        orjson.dumps(
            {
                "event": "request",
                "level": "info",
                "method": method,
                "route": route,
                "status": status,
                "duration_ms": round(seconds * 1000, 2),
                "client_id": client_id,
                "request_id": request_id,
                "timestamp": datetime.fromtimestamp(at, UTC),
            }
        ).decode()
        + "\n"
    )


__all__ = ["AccessLog"]
