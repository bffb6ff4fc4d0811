"""What pydantic and FastAPI found wrong, as our faults: a pointer, a stable code, no value.

Pydantic's own messages quote inputs and change between versions, so only the kind of an error
and a few of its bounds are taken over.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.messages import MESSAGES
from domain.errors import Fault

# pydantic error type -> (code, {our parameter: pydantic's context name})
_CODES: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "missing": ("field.required", {}),
    "missing_argument": ("field.required", {}),
    "extra_forbidden": ("field.unknown", {}),
    "unexpected_keyword_argument": ("field.unknown", {}),
    "string_too_short": ("field.too_short", {"minimum": "min_length"}),
    "string_too_long": ("field.too_long", {"maximum": "max_length"}),
    "too_short": ("field.too_short", {"minimum": "min_length"}),
    "too_long": ("field.too_long", {"maximum": "max_length"}),
    "greater_than_equal": ("field.too_small", {"minimum": "ge"}),
    "greater_than": ("field.too_small", {"minimum": "gt"}),
    "less_than_equal": ("field.too_large", {"maximum": "le"}),
    "less_than": ("field.too_large", {"maximum": "lt"}),
    "string_pattern_mismatch": ("field.pattern", {}),
    "enum": ("field.choice", {}),
    "literal_error": ("field.choice", {}),
    "json_invalid": ("json.malformed", {}),
}
_FORMS: Final = {"date": "field.date", "datetime": "field.time", "time": "field.time", "uuid": "field.id"}
MAX_STEP: Final = 80  # a member nobody knows may have any name
_OUTSIDE_BODY: Final = frozenset({"query", "header", "cookie"})
_TYPES: Final = {
    "string": "text", "int": "integer", "float": "number", "decimal": "number", "bool": "boolean", "list": "array",
    "dict": "object", "model": "object", "model_attributes": "object", "set": "array", "tuple": "array",
    "is": "object",
}  # fmt: skip


def read_faults(found: Iterable[Mapping[str, Any]], *, in_request: bool) -> tuple[Fault, ...]:
    """Return the faults of pydantic's list; ``in_request``: places begin with body, query, header …"""
    return tuple(_fault(one, in_request=in_request) for one in found)


def is_malformed(error: Mapping[str, Any]) -> bool:
    """Tell whether an error makes a request malformed (400) rather than its content refused (422)."""
    place = error["loc"]
    return error["type"] == "json_invalid" or bool(place and place[0] in _OUTSIDE_BODY)


def is_about_the_path(error: Mapping[str, Any]) -> bool:
    """Tell whether an error is about an id in the path."""
    return bool(error["loc"]) and error["loc"][0] == "path"


def pointer(place: Sequence[str | int], *, in_request: bool) -> str:
    """Return where it is, as RFC 6901: into the body, or ``/name`` of a parameter or header."""
    return _steps(place[1:] if in_request else place)


def _steps(place: Sequence[str | int]) -> str:
    return "".join("/" + str(step)[:MAX_STEP].replace("~", "~0").replace("/", "~1") for step in place)


def _fault(error: Mapping[str, Any], *, in_request: bool) -> Fault:
    kind: str = error["type"]
    place = error["loc"]
    at = "" if kind == "json_invalid" else pointer(place, in_request=in_request)
    context: Mapping[str, Any] = error.get("ctx") or {}
    if kind in _CODES:
        code, names = _CODES[kind]
        return Fault(at, code, {ours: context.get(theirs, "") for ours, theirs in names.items()})
    if kind in MESSAGES:  # a PydanticCustomError of a command: its type is our code
        return Fault(at, kind, dict(context))
    form = next((code for start, code in _FORMS.items() if kind.startswith(start)), None)
    if form is not None:
        return Fault(at, form)
    stem, _, rest = kind.rpartition("_")
    if rest == "type" and stem in _TYPES:
        return Fault(at, "field.type", {"expected": _TYPES[stem]})
    return Fault(at, "field.invalid")


__all__ = ["is_about_the_path", "is_malformed", "pointer", "read_faults"]
