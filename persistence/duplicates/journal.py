"""What a merge changed, as it was before: kept sealed under the merge, put back when it is undone.

Rows are compared as the database writes them in JSON, before and after; what differs is kept column by
column. Undoing puts those columns back, if each still holds what the merge put there: what anybody has
changed since is not overwritten, and a column the merge did not touch keeps whatever it holds now.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from domain.duplicates.work import Former
from domain.errors import Conflict
from persistence.crypto import FieldCipher
from persistence.tables import metadata

TABLE, COLUMN = "person_merge", "journal_cipher"
_OF_PAIR: Final = "= ANY ($1::uuid[])"
# $1: both people, $2: the one that is merged. The survivor's own statuses are determined, never put back.
_ROWS: Final = {
    "person": f"id {_OF_PAIR}",
    **{f"{one}_profile": f"person_id {_OF_PAIR}" for one in ("woman", "child", "elder")},
    "kinship": f"person_id {_OF_PAIR} OR relative_id {_OF_PAIR}",
    "guardianship": f"ward_id {_OF_PAIR} OR guardian_id {_OF_PAIR}",
    "absence": f"person_id {_OF_PAIR}",
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
    sealed = cipher.seal_bytes(TABLE, COLUMN, merge_id.bytes, orjson.dumps(entries))
    await connection.execute("UPDATE person_merge SET journal_cipher = $2 WHERE id = $1", merge_id, sealed)


async def restore(connection: asyncpg.Connection, cipher: FieldCipher, merge_id: UUID) -> None:
    """Put back what a merge changed. Raises ``Conflict`` (``merge.changed_since``)."""
    sealed = await connection.fetchval("SELECT journal_cipher FROM person_merge WHERE id = $1", merge_id)
    entries = orjson.loads(cipher.open_bytes(TABLE, COLUMN, merge_id.bytes, sealed))
    survivor = await connection.fetchval("SELECT person_id FROM person_merge WHERE id = $1", merge_id)
    # The survivor first: an identity number is let go before its first holder has it again.
    for entry in sorted(entries, key=lambda one: (one["table"] != "person", one["id"] != str(survivor))):
        table, key = entry["table"], UUID(entry["id"])
        now = await connection.fetchval(f"SELECT to_jsonb(t) FROM {table} t WHERE id = $1 FOR UPDATE", key)
        compared = [name for name in entry["after"] if name not in _DERIVED and not name.endswith("_cipher")]
        if now is None or (table not in _DETERMINED and any(now[name] != entry["after"][name] for name in compared)):
            raise Conflict("merge.changed_since")
        names = [name for name in entry["before"] if name not in {"version", "updated_at"}]
        put = ", ".join(f"{name} = was.{name}" for name in names)
        stamps = ", version = t.version + 1, updated_at = clock_timestamp()" if "version" in now else ""
        sql = f"UPDATE {table} t SET {put}{stamps} FROM jsonb_populate_record(NULL::{table}, $2) was WHERE t.id = $1"
        await connection.execute(sql, key, entry["before"])


_DETERMINED: Final = frozenset({"left_behind_status", "duplicate_candidate"})  # they follow from the rest


def _columns(table: str) -> list[str]:
    """Return the columns that are written; the others the database makes."""
    return [
        one.name
        for one in metadata.tables[table].columns
        if one.computed is None and one.name not in {"version", "updated_at"}
    ]


__all__ = ["keep", "restore", "snapshot"]
