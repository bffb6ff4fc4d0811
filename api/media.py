"""Media types of requests: JSON in UTF-8, and nothing else, whichever transport it comes by."""

from functools import lru_cache
from typing import Final

JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"


@lru_cache(maxsize=64)
def is_json(content_type: bytes) -> bool:
    """Tell whether a media type is JSON (or a JSON merge patch) in UTF-8."""
    kind, *parameters = (part.strip() for part in content_type.decode("latin-1").lower().split(";"))
    return kind in (JSON, MERGE_PATCH) and in_utf8(parameters)


def in_utf8(parameters: list[str]) -> bool:
    """Tell whether a media type's parameters name no other charset."""
    charsets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    return all(charset == "utf-8" for charset in charsets)


__all__ = ["JSON", "in_utf8", "is_json"]
