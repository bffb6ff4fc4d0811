"""Every sealed column: what its cipher text is bound to, and which blind indexes are made of its text.

Columns ``<name>_cipher`` of tables with an ``id`` are found in the tables' declarations; the few that
are bound to something else stand below. A test finds any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from domain.codes.phone import tail
from persistence.importing.files import _row_key as piece_key
from persistence.sealing.keys import row_key as seal_row_key
from persistence.stored import tables

Row = Mapping[str, Any]
BLINDS: Final[dict[str, tuple[tuple[str, str, Callable[[str], str]], ...]]] = {
    "identity_number": (("identity_number_blind", "identity_number", str),),
    "phone": (("phone_blind", "phone", str), ("phone_tail_blind", "phone_tail", tail)),
}
"""Secret field → (blind column, kind, what of the text), where the table has the column."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column. ``keys`` is the table's primary key, ``bound`` the row key that was authenticated with the text."""

    table: str
    column: str
    label: str  # the column's name under the seal
    keys: tuple[str, ...]
    reads: tuple[str, ...]  # further columns that ``bound`` needs
    bound: Callable[[Row], bytes]
    blinds: tuple[tuple[str, str, Callable[[str], str]], ...] = ()
    most: int | None = None  # rows sealed anew at once, where they are large

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.table}.{self.column}"


def _by_id(row: Row) -> bytes:
    key: bytes = row["id"].bytes
    return key


SPECIAL: Final = (
    SealedColumn("attachment_content", "content_cipher", "content_cipher", ("id",), (), _by_id, most=4),
    SealedColumn("signing_key", "private_cipher", "private", ("kid",), (), lambda row: row["kid"].encode()),
    SealedColumn(
        "seal_key", "private_cipher", "private_cipher", ("kid",), ("public_key",),
        lambda row: seal_row_key(row["kid"], row["public_key"]),
    ),
    SealedColumn(
        "operation_file", "cipher", "cipher", ("operation_id", "name", "piece"), (),
        lambda row: piece_key(row["operation_id"], row["name"], row["piece"]),
    ),
    SealedColumn(
        "idempotency_key", "body", "body", ("client_id", "key"), ("fingerprint",), lambda row: bytes(row["fingerprint"])
    ),
)  # fmt: skip


@cache
def sealed_columns() -> tuple[SealedColumn, ...]:
    """Return all of them, table by table."""
    named = {(one.table, one.column) for one in SPECIAL}
    found = []
    for table, columns in tables().items():
        for column in columns:
            name = column.removesuffix("_cipher")
            if name != column and (table, column) not in named:
                blinds = tuple(one for one in BLINDS.get(name, ()) if one[0] in columns)
                found.append(SealedColumn(table, column, column, ("id",), (), _by_id, blinds))
    return (*found, *SPECIAL)


__all__ = ["SealedColumn", "sealed_columns"]
