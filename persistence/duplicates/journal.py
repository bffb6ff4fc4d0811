"""What a merge changed, as it was before: kept sealed under the merge, put back when it is undone.

Rows are compared as the database writes them in JSON, before and after; what differs is kept column by
column. Undoing puts those columns back, if each still holds what the merge put there: what anybody has
changed since is not overwritten, and a column the merge did not touch keeps whatever it holds now.

A journal holds sealed columns in turn. They are always of the key that seals the journal, so that whoever
seals it anew (``persistence.keys``) finds nothing of an older key inside.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from domain.duplicates.work import Former
from domain.errors import Conflict
from persistence.crypto import FieldCipher
from persistence.keys.sealed_columns import SealedColumn, sealed_columns
from persistence.stored import columns

TABLE, COLUMN = "person_merge", "journal_cipher"
_OF_PAIR: Final = "= ANY ($1::uuid[])"
# $1: both people, $2: the one that is merged. The survivor's own statuses are determined, never put back.
_ROWS: Final = {
    "person": f"id {_OF_PAIR}",
    **{f"{one}_profile": f"person_id {_OF_PAIR}" for one in ("woman", "child", "elder")},
    "kinship": f"person_id {_OF_PAIR} OR relative_id {_OF_PAIR}",
    "guardianship": f"ward_id {_OF_PAIR} OR guardian_id {_OF_PAIR}",
    "absence": f"person_id {_OF_PAIR}",
    **dict.fromkeys(("sign_up", "survey_answer", "survey_reply"), f"person_id {_OF_PAIR}"),
    "care_case": f"person_id {_OF_PAIR} OR reporter_id {_OF_PAIR} OR barred && $1::uuid[]",
    "case_person": f"person_id {_OF_PAIR}",
    "left_behind_status": "person_id = $2",
    "person_access": f"person_id {_OF_PAIR} OR grantee_id {_OF_PAIR}",
    "household": f"head_id {_OF_PAIR} OR id IN (SELECT household_id FROM person WHERE id {_OF_PAIR})",
    "client": f"person_id {_OF_PAIR}",
    "duplicate_candidate": "person_id = $2 OR other_id = $2",
}
# Made anew from the rest after an undo, or kept for the rows themselves.
_DERIVED: Final = frozenset({"version", "updated_at", "remit", "evaluated_on", "next_review_on"})


async def snapshot(connection: asyncpg.Connection, people: Sequence[UUID], merged: UUID) -> dict[tuple[str, str], Any]:
    """Return every row a merge of two people may change."""
    rows: dict[tuple[str, str], Any] = {("", ""): {"people": [str(one) for one in people], "merged": str(merged)}}
    for table, where in _ROWS.items():
        arguments = [list(people)] if "$2" not in where else [list(people), merged]
        shown = where if "$1" in where else f"{where} AND $1::uuid[] IS NOT NULL"
        for row in await connection.fetch(f"SELECT to_jsonb(t) AS row FROM {table} t WHERE {shown}", *arguments):
            rows[table, row["row"]["id"]] = row["row"]
    return rows


async def keep(connection: asyncpg.Connection, cipher: FieldCipher, merge_id: UUID, former: Former) -> None:
    """Store, sealed, the columns that have changed since ``snapshot``."""
    entries = []
    for (table, key), before in former.items():
        if not table:
            continue
        after = await connection.fetchval(f"SELECT to_jsonb(t) FROM {table} t WHERE id = $1", UUID(key))
        changed = [name for name in _columns(table) if before[name] != after[name]]
        if changed:
            was, now = ({name: row[name] for name in changed} for row in (before, after))
            entries.append({"table": table, "id": key, "before": was, "after": now})
    sealed, mark = b"", None
    while sealed[:2] != mark:  # a key that comes into use in between: all of a journal is of one
        mark = cipher.mark
        sealed = cipher.seal_bytes(TABLE, COLUMN, merge_id.bytes, renewed(cipher, orjson.dumps(entries)))
    await connection.execute("UPDATE person_merge SET journal_cipher = $2 WHERE id = $1", merge_id, sealed)


async def restore(connection: asyncpg.Connection, cipher: FieldCipher, merge_id: UUID) -> None:
    """Put back what a merge changed. Raises ``Conflict`` (``merge.changed_since``)."""
    sealed = await connection.fetchval("SELECT journal_cipher FROM person_merge WHERE id = $1", merge_id)
    entries = orjson.loads(renewed(cipher, cipher.open_bytes(TABLE, COLUMN, merge_id.bytes, sealed)))
    survivor = await connection.fetchval("SELECT person_id FROM person_merge WHERE id = $1", merge_id)
    # The survivor first: an identity number is let go before its first holder has it again.
    for entry in sorted(entries, key=lambda one: (one["table"] != "person", one["id"] != str(survivor))):
        table, key = entry["table"], UUID(entry["id"])
        now = await connection.fetchval(f"SELECT to_jsonb(t) FROM {table} t WHERE id = $1 FOR UPDATE", key)
        if now is None or (table not in _DETERMINED and not _holds(cipher, entry, now)):
            raise Conflict("merge.changed_since")
        names = [name for name in entry["before"] if name not in {"version", "updated_at"}]
        put = ", ".join(f"{name} = was.{name}" for name in names)
        stamps = ", version = t.version + 1, updated_at = clock_timestamp()" if "version" in now else ""
        sql = f"UPDATE {table} t SET {put}{stamps} FROM jsonb_populate_record(NULL::{table}, $2) was WHERE t.id = $1"
        await connection.execute(sql, key, entry["before"])


def renewed(cipher: FieldCipher, journal: bytes) -> bytes:
    """Return a journal whose sealed columns are sealed, and indexed, under the keys of today. Raises ``Unreadable``."""
    entries = orjson.loads(journal)
    for entry in entries:
        for row in (entry["before"], entry["after"]):
            for column, text in _secrets(cipher, entry, row):
                if not cipher.is_current(_octets(row[column.column])):
                    key = column.bound({"id": UUID(entry["id"])})
                    row[column.column] = _hex(cipher.seal_bytes(column.table, column.label, key, text))
                for name, kind, part in column.blinds:
                    if name in row:
                        row[name] = _hex(cipher.blind(kind, part(text.decode())))
    return orjson.dumps(entries)


def _secrets(cipher: FieldCipher, entry: Any, row: Any) -> Iterator[tuple[SealedColumn, bytes]]:
    """Return the sealed columns that a row of an entry's table fills, opened."""
    for column in sealed_columns():
        if column.table == entry["table"] and row.get(column.column) is not None:
            key = column.bound({"id": UUID(entry["id"])})
            yield column, cipher.open_bytes(column.table, column.label, key, _octets(row[column.column]))


def _holds(cipher: FieldCipher, entry: Any, now: Any) -> bool:
    """Tell whether a row holds what the merge put there; sealed columns are compared by their texts."""
    after = entry["after"]
    compared = [name for name in after if name not in _DERIVED and not name.endswith(("_cipher", "_blind"))]
    texts, texts_now = (
        {column.column: text for column, text in _secrets(cipher, entry, row) if column.column in after}
        for row in (after, now)
    )
    return texts == texts_now and all(now[name] == after[name] for name in compared)


def _hex(data: bytes) -> str:
    """Return bytes as the database writes them in JSON."""
    return f"\\x{data.hex()}"


def _octets(text: str) -> bytes:
    """Return what ``_hex`` wrote."""
    return bytes.fromhex(text.removeprefix("\\x"))


_DETERMINED: Final = frozenset({"left_behind_status", "duplicate_candidate"})  # they follow from the rest


def _columns(table: str) -> list[str]:
    """Return the columns that are written; the others the database makes."""
    return [name for name, one in columns(table).items() if not one.computed and name not in {"version", "updated_at"}]


__all__ = ["COLUMN", "TABLE", "keep", "renewed", "restore", "snapshot"]
