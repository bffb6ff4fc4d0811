"""Doing a thing once although it is asked twice (``Idempotency-Key``; conventions, "Writes").

The key is looked up and the answer kept inside the transaction of the write, so that neither can
be there without the other.
"""

from dataclasses import dataclass
from typing import Final

KEPT_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is sent and as it is kept under an idempotency key."""

    status: int
    body: bytes
    etag: str = ""
    replayed: bool = False


__all__ = ["KEPT_HOURS", "Kept"]
