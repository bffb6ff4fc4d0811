"""Commands: what callers ask for, checked strictly before any decision.

Both transports build the same command from a JSON object: unknown fields are refused, nothing is
coerced (``true`` is not 1, ``"3"`` is not 3), dates and ids come as their texts. A pydantic error's
``type`` is the fault's code.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from domain.people.days import today
from domain.regions.codes import is_code

EARLIEST = date(1900, 1, 1)
LATEST_YEAR = 9998
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SPACES = re.compile(r"\s+")
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Command(BaseModel):
    """Base of all commands: strict, closed, unchanging."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def given(self, *without: str) -> dict[str, Any]:
        """Return the fields the caller named, for a merge patch: absent keeps, null clears."""
        return {
            name: getattr(self, name)
            for name in self.__class__.model_fields
            if name in self.model_fields_set - {*without}
        }


def _day(value: object) -> object:
    if isinstance(value, str):
        if _DAY.fullmatch(value) is None:
            raise PydanticCustomError("date.format", "a date is written YYYY-MM-DD")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("date.unknown", "no such day") from None
    return value


def _not_before_1900(value: date) -> date:
    if value < EARLIEST:
        raise PydanticCustomError("date.too_early", "earlier than 1900")
    return value


def _not_in_future(value: date) -> date:
    if value > today():
        raise PydanticCustomError("date.future", "later than today")
    return value


def _moment(value: object) -> object:
    if isinstance(value, str):
        if _TIME.fullmatch(value) is None:
            raise PydanticCustomError("time.malformed", "a time is written as in RFC 3339, with its offset")
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("time.malformed", "no such time") from None
    return value


def _with_offset(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("time.offset_missing", "a time needs its offset")
    if not EARLIEST.year <= value.year <= LATEST_YEAR:  # a day from either end, no offset leads out of the calendar
        raise PydanticCustomError("time.malformed", "no such time")
    return value


def _uuid(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _UUID.fullmatch(value) is None:
        raise PydanticCustomError("field.id", "an id is a UUID in its hyphenated form")
    return UUID(value)


def _clean(value: object) -> object:
    """Refuse what no field may hold: control characters, NUL, lone surrogates, what turns the reading order round."""
    if isinstance(value, str) and any(
        unicodedata.category(one) in {"Cc", "Cs"} or one in _REORDERING for one in value if one != "\n"
    ):
        raise PydanticCustomError("text.control_character", "control characters are not allowed")
    return value


def _not_blank(value: str) -> str:
    """Refuse what is only spaces and full stops: whoever is asked why gives words."""
    if not any(one.isalnum() for one in value):
        raise PydanticCustomError("text.blank", "words are needed")
    return value


def folded(value: object) -> object:
    """Bring a name or code to its one form: NFKC, single spaces, none around it.

    What cannot be seen has no place in it: two names that look alike would be two people.
    """
    cleaned = _clean(value)
    if isinstance(cleaned, str) and any(unicodedata.category(one) == "Cf" for one in cleaned):
        raise PydanticCustomError("text.invisible", "invisible characters are not allowed")
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", cleaned)).strip() if isinstance(cleaned, str) else cleaned


def _region(value: str) -> str:
    if not is_code(value):
        raise PydanticCustomError("region.format", "a division code has 2, 4, 6, 9 or 12 digits")
    return value


Chosen = TypeVar("Chosen", bound=StrEnum)


def _value_of(kind: type[Chosen]) -> Callable[[object], object]:
    values = {*kind}

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        if value not in values:
            raise PydanticCustomError("field.choice", "not one of the published values")
        return kind(value)

    return read


def choice(kind: type[Chosen]) -> Any:
    """Return the validator that reads one of an enumeration's texts."""
    return BeforeValidator(_value_of(kind))


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_not_before_1900)]
PastDay = Annotated[Day, AfterValidator(_not_in_future)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_with_offset)]
Id = Annotated[UUID, BeforeValidator(_uuid)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64), BeforeValidator(folded)]
ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_clean), AfterValidator(_not_blank)
]
LongText = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), BeforeValidator(_clean), AfterValidator(_not_blank)
]
Statement = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000), BeforeValidator(_clean), AfterValidator(_not_blank)
]
TwoDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$"), BeforeValidator(folded)]
RegionCode = Annotated[str, BeforeValidator(folded), AfterValidator(_region)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Count = Annotated[int, Field(ge=0, le=99)]

__all__ = [
    "Command",
    "Count",
    "Day",
    "Id",
    "LongText",
    "Moment",
    "Name",
    "PastDay",
    "RegionCode",
    "ShortText",
    "Statement",
    "TwoDigits",
    "Version",
    "choice",
    "folded",
]
