r"""Values in PostgreSQL's COPY text format: one line a row, tabs between columns, ``\N`` for null."""

from collections.abc import Iterable
from datetime import date
from typing import Final

NULL: Final = "\\N"


def text(value: str | None) -> str:
    """Return a text; control characters were taken out when the cell was read, a backslash may remain."""
    if value is None:
        return NULL
    if value.isalnum():
        return value
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def flag(value: object) -> str:
    """Return a boolean or null."""
    return NULL if value is None else "t" if value else "f"


def number(value: object) -> str:
    """Return a number, a date or null."""
    return NULL if value is None else str(value)


def key(value: int | None) -> str:
    """Return a UUID kept as a 128-bit number."""
    return NULL if value is None else f"{value:032x}"


def octets(value: bytes | None) -> str:
    """Return bytes."""
    return NULL if value is None else "\\\\x" + value.hex()


def array(values: Iterable[str] | None) -> str:
    """Return a ``text[]``."""
    if values is None:
        return NULL
    quoted = ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values)
    return text("{" + quoted + "}")


def value(one: object) -> str:
    """Return a value of any kind a profile holds."""
    if one is None:
        return NULL
    if isinstance(one, bool):
        return "t" if one else "f"
    if isinstance(one, str):
        return text(one)
    if isinstance(one, int | date):
        return str(one)
    if isinstance(one, bytes):
        return octets(one)
    if isinstance(one, tuple | list):
        return array(one)
    message = f"no COPY form for {type(one).__name__}"
    raise TypeError(message)


__all__ = ["NULL", "array", "flag", "key", "number", "octets", "text", "value"]
