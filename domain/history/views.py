"""Read models of the history: events, and the proof that one of them is sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.agencies.views import Agency
from domain.history.model import EventKind
from domain.scopes import Log
from domain.view import between, computed, division, document, embedded, eq, one, prefix, view, within


@view("event", plural="events", permission="events:read", scope=Log(), versioned=False)
class Event:
    """What happened, who did it, for which agency, why, from where. Holds no personal value.

    ``sentence`` tells it in the caller's language; ``changed`` and ``revealed`` name fields.
    """

    id: UUID
    at: datetime
    type: str
    kind: EventKind = computed("event_kind")
    aggregate: str
    aggregate_id: UUID
    subject_id: UUID | None
    aggregate_version: int | None
    region: str | None = division("region_code")
    actor: str
    actor_agency_id: UUID | None
    client_id: str | None
    channel: str
    purpose: str | None
    request_id: str | None
    origin: str | None
    cause_id: UUID | None
    changed: list[str] = computed("event_changed")
    revealed: list[str] = computed("event_revealed")
    sentence: str = computed("event_sentence")
    actor_agency: Agency = one("actor_agency_id")
    __filters__ = (
        within("region", "region_code"),
        eq("kind", "type", "aggregate", "aggregate_id", "subject_id", "actor", "channel", "actor_agency_id"),
        prefix("type"),
        between("at"),
    )
    __orders__ = ("-id", "id")


@document(permission="events:read")
class EventProof:
    """That a sealed root holds an event: an audit path of RFC 6962, checked without asking us.

    SHA-256 of 0x00 and ``digest`` is the leaf; it is joined with each member of ``path`` in turn
    (SHA-256 of 0x01, left, right), ``index`` saying on which side, until it equals ``seal.root``. Bytes are
    hexadecimal, keys and signatures base64.
    """

    event_id: UUID
    digest: str
    position: int
    index: int
    path: list[str]
    seal: Seal = embedded("seal")


@document(permission="events:read")
class Seal:
    """A signed root: Ed25519 over ``statement``, which names the digest of the statement before it."""

    batch: int
    first: int
    count: int
    root: str
    previous: str
    sealed_at: datetime
    kid: str
    public_key: str
    signature: str
    statement: str


__all__ = ["Event", "EventProof", "Seal"]
