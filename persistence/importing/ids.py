"""Ids of the people and households of an import: UUIDv7, and the same again after a crash.

    48 bits  the millisecond of the operation's own UUIDv7
    12 + 20  row number (rand_a and the head of rand_b: a counter, RFC 9562 section 6.2, method 1)
     8 bits  which person of the row
    34 bits  from the operation's random part

So a chunk that is read again makes the same ids, a person named in rows of several chunks has one
id, keys rise with the rows (inserts stay on the right edge of the index), and an id tells whether
this very import made it.
"""

import hashlib
from typing import Final
from uuid import UUID

SUBJECT, HOUSEHOLD, PROFILE = 0, 255, 254  # slots; relatives are 1, 2, 3 …
MOST_ROWS: Final = 2**32 - 1
_VERSION, _VARIANT = 7 << 76, 2 << 62
_TAIL_BITS, _SLOT_BITS, _LOW_ROW_BITS = 34, 8, 20
_TAIL = (1 << _TAIL_BITS) - 1


class Ids:
    """Makes the ids of one operation."""

    def __init__(self, operation_id: UUID) -> None:
        time = operation_id.int >> 80
        tail = int.from_bytes(hashlib.sha256(operation_id.bytes).digest()[:8], "big") & _TAIL
        self._base = time << 80 | _VERSION | _VARIANT | tail
        self.lowest = UUID(int=time << 80 | _VERSION | _VARIANT)
        self.highest = UUID(int=time << 80 | _VERSION | (1 << 76) - 1 & ~(3 << 62) | _VARIANT)
        self.tail = tail

    def of(self, row: int, slot: int) -> int:
        """Return the id of one person of a row, as a 128-bit number."""
        high, low = divmod(row, 1 << _LOW_ROW_BITS)
        return self._base | high << 64 | low << (_TAIL_BITS + _SLOT_BITS) | slot << _TAIL_BITS

    def made(self, one: UUID) -> bool:
        """Tell whether this operation made an id."""
        return self.lowest <= one <= self.highest and one.int & _TAIL == self.tail


__all__ = ["HOUSEHOLD", "MOST_ROWS", "PROFILE", "SUBJECT", "Ids"]
