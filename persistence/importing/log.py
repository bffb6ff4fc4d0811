"""The events of a merged chunk, set-based: one per record written, as ``persistence.writing.events`` keeps them.

The digest is SHA-256 over the same canonical JSON, put together in SQL; a test reads the rows back
and compares with ``digest_of``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from persistence.writing.events import COLUMNS

CHANNEL: Final = "import"


@dataclass(frozen=True, slots=True)
class Author:
    """Who asked for the import."""

    sub: str
    agency_id: UUID | None
    client_id: str | None
    request_id: str
    cause_id: UUID


# (staging table, id column, subject column, ledger table) and the event's type by act.
_RECORDS: Final = (
    ("household", "id", "head_id", "household", {"insert": "household.created"}),
    ("person", "id", "id", "person", {"insert": "person.registered", "update": "person.updated"}),
    (
        "guardianship", "target", "ward_id", "guardianship",
        {"insert": "guardianship.declared", "update": "guardianship.updated"},
    ),
    ("absence", "target", "person_id", "absence", {"insert": "absence.recorded", "update": "absence.updated"}),
    ("kinship", "target", "person_id", "kinship", {"insert": "kinship.recorded"}),
)  # fmt: skip
_CHANGED: Final = """'{"changed":' || to_json(s.changed)::text || '}'"""
_DATA: Final = {
    "absence.recorded": """'{"reason":"' || s.reason || '"}'""",
    "person.registered": "s.parts",
    "kinship.recorded": """'{"relation":"' || s.relation || '"}'""",
}
_STATUS: Final = (
    "SELECT 'left_behind_status.changed', 'left_behind_status', s.target, s.person_id, 1, s.region_code, "
    """'{"after":"' || s.status || '","before":' || coalesce('"' || s.before || '"', 'null') || """
    """',"flags":' || to_json(s.flags)::text || ',"population":"' || s.population || '","reasons":' || """
    "to_json(s.reasons)::text || '}' FROM stage_status s WHERE s.act IN ('insert', 'replace')"
)


def _written(form: str) -> str:
    """Return the query of what was written: type, aggregate, ids, version, region, data as canonical JSON.

    What is entered along with a new person stands in her own event; only her status has one, for
    others act on it. What is added to a known person's file is an event each.
    """
    profile = f"{form}_profile"
    opened = {"insert": f"{profile}.opened", "update": f"{profile}.updated"}
    parts = [_STATUS]
    for stage, key, subject, table, types in (*_RECORDS, (profile, "id", "person_id", profile, opened)):
        for act, kind in types.items():
            version = "1" if act == "insert" else f"(SELECT p.version FROM {table} p WHERE p.id = s.{key})"
            data = _DATA.get(kind, "'{}'") if act == "insert" else _CHANGED
            alone = act == "update" or stage in {"household", "person"}
            of_known = "" if alone else f" AND s.{subject} IN (SELECT id FROM stage_person WHERE known)"
            parts.append(
                f"SELECT '{kind}', '{table}', s.{key}, s.{subject}, {version}, s.region_code, {data} "
                f"FROM stage_{stage} s WHERE s.act = '{act}'{of_known}"
            )
    return " UNION ALL ".join(parts)


def statement(form: str) -> str:
    """Return the INSERT; parameters are the constant texts of the canonical JSON and the constant columns."""
    canonical = (
        """$1::text || e.aggregate || '","aggregate_id":"' || e.aggregate_id || '","aggregate_version":' || e.version"""
        """ || $2::text || e.region_code / 1000000 || ',"data":' || e.data || ',"id":"' || e.id || $3::text"""
        """ || e.region_code || $4::text || e.subject_id || '","type":"' || e.type || '"}'"""
    )
    values = {
        "id": "e.id",
        "at": "$5::timestamptz",
        "type": "e.type",
        "aggregate": "e.aggregate",
        "aggregate_id": "e.aggregate_id",
        "subject_id": "e.subject_id",
        "aggregate_version": "e.version",
        "region_code": "e.region_code",
        "county": "e.region_code / 1000000",
        "actor": "$6::text",
        "actor_agency_id": "$7::uuid",
        "client_id": "$8::text",
        "channel": f"'{CHANNEL}'",
        "purpose": "NULL",
        "request_id": "$9::text",
        "origin": "NULL",
        "cause_id": "$10::uuid",
        "data": "e.data::jsonb",
        "digest": f"sha256(convert_to({canonical}, 'UTF8'))",
    }
    return (
        f"INSERT INTO event ({', '.join(COLUMNS)}) SELECT {', '.join(values[one] for one in COLUMNS)} "
        "FROM (SELECT uuidv7() AS id, w.* FROM ("
        f"{_written(form)}) w (type, aggregate, aggregate_id, subject_id, version, region_code, data)) e"
    )


async def append(connection: asyncpg.Connection, form: str, author: Author, at: datetime) -> None:
    """Append the events of what the staging tables say was written."""
    text = {
        "actor": author.sub,
        "agency": None if author.agency_id is None else str(author.agency_id),
        "client": author.client_id,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    said = {key: orjson.dumps(value).decode() for key, value in text.items()}
    await connection.execute(
        statement(form),
        f'{{"actor":{said["actor"]},"actor_agency_id":{said["agency"]},"aggregate":"',
        f',"at":{said["at"]},"cause_id":"{author.cause_id}","channel":"{CHANNEL}","client_id":{said["client"]},"county":',
        '","origin":null,"purpose":null,"region_code":',
        f',"request_id":{orjson.dumps(author.request_id).decode()},"subject_id":"',
        at,
        author.sub,
        author.agency_id,
        author.client_id,
        author.request_id,
        author.cause_id,
    )


__all__ = ["Author", "append"]
