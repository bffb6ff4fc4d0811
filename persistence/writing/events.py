"""Appending to the event log: the one place that writes table ``event``."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
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
_INSERT = f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({', '.join(f'${i + 1}' for i in range(len(COLUMNS)))})"


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
    at = await connection.fetchval("SELECT clock_timestamp()")
    rows = [_row(event, access, origin, at) for event in batch]
    await connection.executemany(_INSERT, [tuple(row[column] for column in COLUMNS) for row in rows])
    return [event.id for event in batch]


def digest_of(row: Mapping[str, Any]) -> bytes:
    """Return SHA-256 over an event row's canonical form, every column but the digest.

    Canonical: UTF-8 JSON, keys sorted, no white space, times in UTC with microseconds.
    """
    content = {column: row[column] for column in COLUMNS if column != "digest"}
    content["at"] = content["at"].astimezone(UTC).isoformat(timespec="microseconds")
    # default=str: asyncpg gives a subclass of UUID, which orjson does not take for one
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def _row(event: Event, access: Access, origin: Origin, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": event.id,
        "at": at,
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
    return row | {"digest": digest_of(row)}


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
