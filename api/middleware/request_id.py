"""The id of a request: taken from the caller when it has a harmless form, made here otherwise."""

import re
from collections.abc import Iterable
from typing import Final

from domain.ids import new_id

HEADER: Final = b"x-request-id"
_HARMLESS: Final = re.compile(rb"[A-Za-z0-9._:-]{1,128}")  # it goes into logs, events and answers
_A_NUMBER: Final = re.compile(rb"[0-9]{7,}[0-9Xx]?")  # may be somebody's telephone or identity number


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id under which this request is logged, answered and written into events."""
    given = [value for name, value in headers if name == HEADER]
    if len(given) == 1 and _HARMLESS.fullmatch(given[0]) and not _A_NUMBER.fullmatch(given[0]):
        return given[0].decode()
    return str(new_id())


__all__ = ["HEADER", "request_id"]
