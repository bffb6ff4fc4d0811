"""Appending to the event log: the one place that writes table ``event``."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from domain.access import Access
from domain.events import Event, Origin

COLUMNS = (
    "id", "at", "type", "aggregate", "aggregate_id", "subject_id", "aggregate_version", "region_code", "county",
    "actor", "actor_agency_id", "client_id", "channel", "purpose", "request_id", "origin", "cause_id", "data", "digest",
)  # fmt: skip
# Of each event; the other columns are the same for all events of a batch. ``front`` and ``back``
# are the digest's canonical text around the moment, which only the database knows.
_EACH = {
    "id": "uuid", "type": "text", "aggregate": "text", "aggregate_id": "uuid", "subject_id": "uuid",
    "aggregate_version": "int", "region_code": "bigint", "purpose": "text", "cause_id": "uuid",
    "data": "text", "front": "text", "back": "text",
}  # fmt: skip
_SHARED = {
    "actor": "text", "actor_agency_id": "uuid", "client_id": "text", "channel": "text", "request_id": "text",
    "origin": "text",
}  # fmt: skip
_MOMENT = """to_char(now.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
_VALUES = {
    **{name: f"e.{name}" for name in _EACH},
    **{name: f"${len(_EACH) + number}::{kind}" for number, (name, kind) in enumerate(_SHARED.items(), start=1)},
    "at": "now.at",
    "county": "e.region_code / 1000000",
    "data": "e.data::jsonb",
    "digest": f"sha256(convert_to(e.front || {_MOMENT} || e.back, 'UTF8'))",
}
_INSERT = (
    "WITH now AS MATERIALIZED (SELECT clock_timestamp() AS at) "
    f"INSERT INTO event ({', '.join(COLUMNS)}) SELECT {', '.join(_VALUES[name] for name in COLUMNS)} FROM now, "
    f"unnest({', '.join(f'${number}::{kind}[]' for number, kind in enumerate(_EACH.values(), start=1))}) "
    f"WITH ORDINALITY AS e ({', '.join(_EACH)}, place) ORDER BY e.place"
)
_GAP = ',"at":"","'  # no text holds it: a quotation mark inside one is escaped


async def append_events(
    connection: asyncpg.Connection, access: Access, origin: Origin, events: Iterable[Event]
) -> list[UUID]:
    """Append events inside the open transaction, in order; returns their ids.

    ``at`` is the database's clock, one moment for the batch: the log never depends on how well
    the clocks of several processes agree.
    """
    batch = list(events)
    if not batch:
        return []
    rows = [_row(event, access, origin) for event in batch]
    each = ([row[name] for row in rows] for name in _EACH)
    await connection.execute(_INSERT, *each, *(rows[0][name] for name in _SHARED))
    return [event.id for event in batch]


def digest_of(row: Mapping[str, Any]) -> bytes:
    """Return SHA-256 over an event row's canonical form, every column but the digest.

    Canonical: UTF-8 JSON, keys sorted, no white space, times in UTC with microseconds.
    """
    content = {column: row[column] for column in COLUMNS if column != "digest"}
    content["at"] = content["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical(content)).digest()


def _canonical(content: Mapping[str, Any]) -> bytes:
    # default=str: asyncpg gives a subclass of UUID, which orjson does not take for one
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)


def _row(event: Event, access: Access, origin: Origin) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": event.id,
        "at": "",
        "type": event.type,
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
        "subject_id": event.subject_id,
        "aggregate_version": event.aggregate_version,
        "region_code": event.region_code,
        "county": None if event.region_code is None else event.region_code // 1_000_000,
        "actor": access.sub,
        "actor_agency_id": access.agency_id,
        "client_id": access.client_id,
        "channel": origin.channel,
        "purpose": event.purpose,
        "request_id": origin.request_id,
        "origin": origin.address,
        "cause_id": event.cause_id,
        "data": _plain(event.data),
    }
    front, gap, back = _canonical(content).decode().partition(_GAP)
    assert gap
    around = {"front": f'{front},"at":"', "back": f'","{back}'}
    return content | around | {"data": orjson.dumps(content["data"]).decode()}


def _plain(value: Any) -> Any:
    """Return a value as JSON gives it back, so that a row read again has the same digest."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, UUID | date):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    return value


__all__ = ["COLUMNS", "append_events", "digest_of"]
