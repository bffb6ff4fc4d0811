"""What is signed: one statement a batch, chained to the one before.

The signed bytes are canonical JSON (UTF-8, keys sorted, no white space, times in UTC with
microseconds, bytes in lower-case hexadecimal)::

    {"batch":7,"count":2,"first":41,"kid":"…","previous":"…","root":"…","sealed_at":"…","version":1}

``root`` is the RFC 6962 tree hash over the digests of the events at positions ``first`` to
``first + count - 1``; ``previous`` is SHA-256 of the statement of the batch before, 32 zero bytes for
batch 1. An event's digest is SHA-256 over its own canonical form (``persistence.writing.events``), so
every column of every event hangs on every later root.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, Self

import orjson

VERSION: Final = 1
NOTHING_BEFORE: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a seal says."""

    batch: int
    first: int
    count: int
    root: bytes
    previous: bytes
    sealed_at: datetime
    kid: str

    @property
    def after(self) -> int:
        """The position after the last of the batch."""
        return self.first + self.count

    def members(self) -> dict[str, Any]:
        """Return the members of the JSON object."""
        return {
            "version": VERSION,
            "batch": self.batch,
            "first": self.first,
            "count": self.count,
            "root": self.root.hex(),
            "previous": self.previous.hex(),
            "sealed_at": self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kid": self.kid,
        }

    def signed_bytes(self) -> bytes:
        """Return the bytes that are signed."""
        return orjson.dumps(self.members(), option=orjson.OPT_SORT_KEYS)

    def digest(self) -> bytes:
        """Return what the next statement names as its ``previous``."""
        return sha256(self.signed_bytes()).digest()

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the statement of a row of ``event_seal``."""
        return cls(
            row["batch"], row["first_position"], row["count"], row["root"], row["previous"], row["sealed_at"],
            row["kid"],
        )  # fmt: skip

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Self:
        """Return the statement of a JSON object; raises ``ValueError`` when it is none of ours."""
        try:
            if members["version"] != VERSION:
                raise ValueError(members["version"])
            return cls(
                int(members["batch"]), int(members["first"]), int(members["count"]), bytes.fromhex(members["root"]),
                bytes.fromhex(members["previous"]), datetime.fromisoformat(members["sealed_at"]), str(members["kid"]),
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise ValueError(str(error)) from None


__all__ = ["NOTHING_BEFORE", "VERSION", "Statement"]
