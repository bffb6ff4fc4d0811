"""Query strings of reads: every parameter is known, given once, and of its type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import parse_qsl
from uuid import UUID

from domain.errors import Fault, InvalidInput
from domain.reading import check_text, filter_structure, order_of, read_day, read_time
from domain.view import View

DEFAULT_PAGE = 20
MOST_PER_PAGE = 200
MOST_PARAMETERS = 40
INT_DIGITS = 10
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class ListParameters:
    """What a list was asked for; all but ``values`` is structure."""

    fields: str
    filters: tuple[tuple[str, str, int], ...]
    order: str
    size: int
    after: bool
    count: bool


def given(query: bytes) -> dict[str, str]:
    """Parse a query string; a parameter given twice or not in UTF-8 is refused."""
    if not query:
        return {}
    try:
        pairs = _pairs(query)
    except (UnicodeDecodeError, ValueError):
        raise InvalidInput(Fault("", "query.malformed"), malformed=True) from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidInput(Fault(f"/{_shown(name)}", "parameter.repeated"), malformed=True)
        found[name] = check_text(value, f"/{_shown(name)}")
    return found


def _pairs(query: bytes) -> list[tuple[str, str]]:
    """Return names and values; ``ValueError`` for what is no query string. Most have nothing escaped in them."""
    if b"%" in query or b"+" in query:
        if _BROKEN_ESCAPE.search(query):
            raise ValueError  # read on, it would mean itself
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, strict_parsing=False, errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )  # fmt: skip
    parts = query.decode("ascii").split("&")
    if len(parts) > MOST_PARAMETERS:
        raise ValueError
    return [(name, value) for name, _, value in (part.partition("=") for part in parts if part)]


def _shown(name: str) -> str:
    """Echo no more of an unknown name than can be one of ours."""
    return name if name.isidentifier() and name.isascii() and len(name) <= 63 else "parameter"  # noqa: PLR2004


def unknown(rest: dict[str, str]) -> None:
    """Refuse what is left: an unknown parameter is never ignored (it may have been meant as a filter)."""
    if rest:
        faults = [Fault(f"/{_shown(name)}", "parameter.unknown") for name in rest]
        raise InvalidInput(*faults, code="parameter.unknown", malformed=True)


def of_list(view: View, query: bytes) -> tuple[ListParameters, dict[str, object]]:
    """Return a list's structure and values."""
    rest = given(query)
    fields = rest.pop("fields", "")
    size = integer(rest.pop("page_size", str(DEFAULT_PAGE)), "/page_size", 1, MOST_PER_PAGE)
    asked = rest.pop("order_by", None)
    count = boolean(rest.pop("count", "false"), "/count")
    values: dict[str, object] = {}
    token = rest.pop("page_token", None)
    if token:
        values["page_token"] = token
    filters = []
    for name, one in view.filters.items():
        text = rest.pop(name, None)
        if text is None:
            continue
        value = PARSERS.get(one.type, _enumerated(one.type))(text, f"/{name}")
        how, value = filter_structure(one, value, f"/{name}")
        filters.append((name, name, how))
        values[name] = value
    unknown(rest)
    order = order_of(view, asked, [name for name, _, _ in filters])
    return ListParameters(fields, tuple(filters), order, size, token is not None and token != "", count), values


def integer(text: str, pointer: str, least: int = -(2**31) + 1, most: int = 2**31 - 1) -> int:
    """Parse a plain decimal number within bounds."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= INT_DIGITS and least <= int(text) <= most):
        raise InvalidInput(Fault(pointer, "number.range", {"least": least, "most": most}), malformed=True)
    return int(text)


def boolean(text: str, pointer: str) -> bool:
    """Parse ``true`` or ``false``."""
    if text not in ("true", "false"):
        raise InvalidInput(Fault(pointer, "boolean.malformed"), malformed=True)
    return text == "true"


def day(text: str, pointer: str) -> date:
    """Parse ``YYYY-MM-DD``."""
    try:
        return read_day(text)
    except ValueError:
        raise InvalidInput(Fault(pointer, "date.malformed"), malformed=True) from None


def moment(text: str, pointer: str) -> datetime:
    """Parse an RFC 3339 time with offset."""
    try:
        return read_time(text)
    except ValueError:
        raise InvalidInput(Fault(pointer, "time.malformed"), malformed=True) from None


def identifier(text: str, pointer: str) -> UUID:
    """Parse a UUID in its canonical form."""
    try:
        if len(text) == 36:  # noqa: PLR2004 - the canonical form
            return UUID(text)
    except ValueError:
        pass
    raise InvalidInput(Fault(pointer, "id.malformed"), malformed=True)


def _plain(text: str, pointer: str) -> str:
    del pointer
    return text


Parser = Callable[[str, str], object]
PARSERS: dict[type, Parser] = {
    str: _plain, int: integer, bool: boolean, date: day, datetime: moment, UUID: identifier,
}  # fmt: skip


def _enumerated(kind: type) -> Parser:
    def parse(text: str, pointer: str) -> object:
        if not issubclass(kind, StrEnum) or text not in {member.value for member in kind}:
            known = ", ".join(member.value for member in kind) if issubclass(kind, StrEnum) else ""
            raise InvalidInput(Fault(pointer, "value.unknown", {"known": known}), malformed=True)
        return text

    return parse
