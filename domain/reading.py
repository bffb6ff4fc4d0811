"""Rules for what callers say when they read, the same for both transports."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from uuid import UUID

from domain.errors import Fault, InvalidInput
from domain.regions.codes import is_code
from domain.view import Filter, View

NOWHERE = UUID(int=0)
"""No row has this key: what an id of the wrong form is read as, since it names an absent row."""

LONGEST_TEXT = 500
INT_MAX = 2**31 - 1
CITY_DIGITS = 4


_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which UTF-8 has no bytes for
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)


def read_day(text: str) -> date:
    """Parse ``YYYY-MM-DD`` and none of ISO 8601's other forms; ``ValueError`` for anything else."""
    if _DAY.fullmatch(text) is None:
        raise ValueError
    return date.fromisoformat(text)


def read_time(text: str) -> datetime:
    """Parse an RFC 3339 time; that its offset is there is checked where it is used. ``ValueError`` otherwise."""
    if _TIME.fullmatch(text) is None:
        raise ValueError
    return datetime.fromisoformat(text)


def row_key(view: View, text: str) -> object:
    """Return the value a view's key is compared with."""
    kind = view.fields[view.key].type
    if kind is UUID:
        try:
            return UUID(text) if len(text) == 36 else NOWHERE  # noqa: PLR2004 - the canonical form
        except ValueError:
            return NOWHERE
    return "" if "\x00" in text or not _encodable(text) else text[:LONGEST_TEXT]


def check_text(text: str, pointer: str) -> str:
    """Refuse a text the database cannot hold, or one too long to be meant."""
    if "\x00" in text or not _encodable(text) or len(text) > LONGEST_TEXT:
        raise InvalidInput(Fault(pointer, "text.invalid"), malformed=True)
    return text


def _encodable(text: str) -> bool:
    return text.isascii() or _SURROGATE.search(text) is None


def order_of(view: View, asked: str | None, filters: Collection[str]) -> str:
    """Return the order of a list: the one asked for, else the searched field's, else the view's first.

    A search by the beginning of a text is answered in the order of that text: the index that finds
    the rows gives them so, and any other order would sort all that match.
    """
    if asked is not None:
        return check_order(view, asked)
    searched = (view.filters[name].field for name in filters if view.filters[name].op == "prefix")
    return next((field for field in searched if field in view.orders), view.orders[0])


def check_order(view: View, order: str) -> str:
    """Refuse an order the view does not offer."""
    if order not in view.orders:
        raise InvalidInput(Fault("/order_by", "order.unknown", {"known": ", ".join(view.orders)}), malformed=True)
    return order


def filter_structure(one: Filter, value: object, pointer: str) -> tuple[int, object]:
    """Return what of a filter's value is structure, and the value.

    Structure is the truth of a flag, the digits of a division, and of a city or a province the division itself
    (negative): how much of the table it holds decides how it is read.
    """
    if one.op == "within":
        code = str(value)
        if not is_code(code):
            raise InvalidInput(Fault(pointer, "region.malformed"), malformed=True)
        return len(code) if len(code) > CITY_DIGITS else -int(code), code
    if one.op in ("current", "condition"):
        return int(bool(value)), value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidInput(Fault(pointer, "time.offset_missing"), malformed=True)
        return 0, _in_utc(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > INT_MAX:
        raise InvalidInput(Fault(pointer, "number.range", {"least": -INT_MAX, "most": INT_MAX}), malformed=True)
    return 0, value


def _in_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC; one beyond the years 1 to 9999 there is their end: no row lies beyond it."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if moment.year == 1 else datetime.max.replace(tzinfo=UTC)
