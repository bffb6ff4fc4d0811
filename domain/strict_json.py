"""JSON as this service accepts it: one meaning for every reader, or refused.

RFC 8259 leaves open what a repeated key, a huge number or a lone surrogate means, and parsers
differ: what a gateway checks is then not what the service does. So (conventions, "REST"):
no byte order mark, valid UTF-8, no repeated key, no NaN or Infinity, whole numbers within int64,
no NUL and no lone surrogate in texts or keys, at most 32 levels. Requests, tokens and JSON-lines
imports are read here and nowhere else.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final

from domain.errors import Fault, InvalidInput

MAX_DEPTH: Final = 32
_INT64: Final = range(-(2**63), 2**63)
_INT64_DIGITS: Final = 20  # of -9223372036854775808, the sign included
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


class _Refused(Exception):
    """Carries the code of what is wrong out of the parser."""


def read_json(raw: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Return the value of a JSON text, or raise ``InvalidInput`` (malformed) with one fault.

    The fault's pointer is the whole document and nothing of the text is repeated in it.
    """
    if raw.startswith(b"\xef\xbb\xbf"):
        raise malformed("json.byte_order_mark")
    try:
        text = raw.decode()
        value = _DECODER.decode(text)
        # Only escapes can bring NUL or half a pair in, and only brackets can nest: most texts have neither.
        if "\\u" in text or text.count("{") + text.count("[") > max_depth:
            _walk(value, max_depth)
    except _Refused as refused:
        raise malformed(str(refused)) from None
    except UnicodeDecodeError:
        raise malformed("json.not_utf8") from None
    except RecursionError:
        raise malformed("json.too_deep") from None
    except ValueError:
        raise malformed("json.malformed") from None
    return value


def malformed(code: str) -> InvalidInput:
    """Return the error for a body that cannot be read at all."""
    return InvalidInput(Fault("", code), malformed=True)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members = list(pairs)
    found = dict(members)
    if len(found) != len(members):
        raise _Refused("json.repeated_key")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _INT64_DIGITS or int(digits) not in _INT64:
        raise _Refused("json.number_too_large")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused("json.number_too_large")
    return number


def _constant(_name: str) -> float:
    raise _Refused("json.not_a_number")


def _walk(root: Any, max_depth: int) -> None:
    """Look at every text and every level; a list of the work instead of recursion."""
    waiting: list[tuple[Any, int]] = [(root, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict | list):
            if depth > max_depth:
                raise _Refused("json.too_deep")
            if isinstance(value, dict):
                for key in value:
                    _check_text(key)
                value = value.values()
            waiting.extend((inner, depth + 1) for inner in value)


def _check_text(text: str) -> None:
    found = _UNSTORABLE.search(text)
    if found is not None:
        raise _Refused("json.nul" if found[0] == "\0" else "json.lone_surrogate")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)

__all__ = ["MAX_DEPTH", "malformed", "read_json"]
