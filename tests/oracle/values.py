"""Stored values as they leave, and names as REST and GraphQL write them."""

from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any
from uuid import UUID

SHANGHAI = timezone(timedelta(hours=8))


def published(code: int | None) -> str | None:
    """Return a division's shortest code; 0 stands for everywhere, which has none."""
    if not code:
        return None
    text = str(code)
    return next(text[:digits] for digits in (2, 4, 6, 9, 12) if not text[digits:].strip("0"))


def as_json(value: Any) -> Any:
    """Return a stored value as it leaves: times in Shanghai's offset, without needless zeros."""
    match value:
        case datetime():
            text = value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
            return text + "+08:00"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case list():
            return [as_json(one) for one in value]
    return value


def snake(name: str) -> str:
    """``birthDate`` → ``birth_date``."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def camel(name: str) -> str:
    """``birth_date`` → ``birthDate``."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
