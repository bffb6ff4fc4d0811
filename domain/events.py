"""Events: what happened, to which record, why. The log's rows are made from these.

An event never carries a plaintext personal value: ``data`` holds changed field names, ids, code
values that are open, and digests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.ids import new_id


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Types are ``aggregate.past_participle``: ``person.registered``."""

    type: str
    aggregate: str
    aggregate_id: UUID
    region_code: int | None = None  # 12-digit; who may read the event follows from it
    subject_id: UUID | None = None  # whose file it belongs to: the person's history is read by it
    aggregate_version: int | None = None
    purpose: str | None = None
    cause_id: UUID | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act came from: the channel, the request, the network address."""

    channel: str = "job"
    request_id: str | None = None
    address: str | None = None
