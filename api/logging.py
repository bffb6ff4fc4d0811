"""Logs: one JSON object a line (or coloured text on a terminal), for our own and for libraries' loggers.

Nothing personal is written. Three rules see to it: an exception is logged as its type, its code and
the places it passed, never with its message (PostgreSQL quotes the values of a row in it); values
under a personal name are withheld; and whatever still looks like an identity number or a mobile
phone is blotted out of the finished line. What ends a process or a thread goes the same way, and so
does what is logged where nobody set logging up: structlog's own default would print every frame with
its local variables.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Literal

import orjson
import structlog

Entry = MutableMapping[str, Any]

PERSONAL = frozenset({
    "address", "authorization", "birth_date", "body", "client_secret", "identity_number", "name", "password", "phone",
    "query", "secret", "token",
})  # fmt: skip
WITHHELD = "[withheld]"
_LOOKS_PERSONAL = re.compile(r"(?<![0-9A-Za-z-])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z-])")
_QUOTED = re.compile(r"[\n(<]")
_FRAMES = 12
_QUIET = {"uvicorn.access": logging.WARNING, "asyncio": logging.WARNING, "alembic": logging.WARNING}


def configure(level: str = "info", style: Literal["auto", "json", "console"] = "auto") -> None:
    """Set up logging for this process; the last call holds."""
    console = style == "console" or (style == "auto" and sys.stderr.isatty())
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
        frames,
        withhold,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    render = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback) if console else as_json
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render, blot_out],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, root.level))
    sys.excepthook = lambda _, error, __: _last_words(error)
    threading.excepthook = lambda what: _last_words(what.exc_value)
    sys.unraisablehook = lambda what: _last_words(what.exc_value)


def ensure() -> None:
    """Set structlog up where nobody called ``configure``: an application that another program serves."""
    if not structlog.is_configured():
        own = (structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, frames, withhold)
        structlog.configure(processors=[*own, as_json, blot_out])


def _last_words(error: BaseException | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        structlog.get_logger("shouwang").critical("unexpected", exc_info=error)


def without_values(_: Any, __: str, entry: Entry) -> Entry:
    """Cut asyncio's reports before the futures, callbacks and arguments, which they quote with all their values."""
    if entry.get("logger") == "asyncio":
        entry["event"] = _QUOTED.split(str(entry["event"]), maxsplit=1)[0].rstrip()
    return entry


def frames(_: Any, __: str, entry: Entry) -> Entry:
    """Put an exception's type, code and places where its text would be."""
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return entry
    entry["error"] = type(error).__qualname__
    code = getattr(error, "code", None) or getattr(error, "sqlstate", None)
    if isinstance(code, str):
        entry["error_code"] = code
    entry["frames"] = places(error.__traceback__)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        entry["cause"] = type(cause).__qualname__
        entry["cause_frames"] = places(cause.__traceback__)
    return entry


def places(trace: TracebackType | None) -> list[str]:
    """Return ``file:line function`` of the innermost frames, the outermost of them first."""
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-_FRAMES:]]


def withhold(_: Any, __: str, entry: Entry) -> Entry:
    """Withhold values under a personal name."""
    for name in PERSONAL & entry.keys():
        entry[name] = WITHHELD
    return entry


def as_json(_: Any, __: str, entry: Entry) -> str:
    """Render one line."""
    return orjson.dumps(entry, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def blot_out(_: Any, __: str, line: Any) -> str:
    """Blot out what looks like an identity number or a mobile phone."""
    return _LOOKS_PERSONAL.sub(WITHHELD, str(line))


def _short(path: str) -> str:
    for mark in ("/site-packages/", "/lib/python"):
        if mark in path:
            return path.rpartition(mark)[2]
    return "/".join(path.split("/")[-3:])
