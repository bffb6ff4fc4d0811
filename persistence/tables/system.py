"""Events, operations and imports, idempotency, limits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field

from domain.imports.model import OperationStatus, RowOutcome
from persistence.tables.columns import Row, Versioned, json_object, moment, one_of, small, text_array

XACT = text("pg_current_xact_id()::text::bigint")


class Event(Row, table=True):
    """The one log: audit trail, change feed, webhook outbox. Append-only, partitioned by month.

    ``data`` holds changed field names, ids and digests, never a personal value. ``digest`` is
    SHA-256 over the row's canonical form.
    """

    __tablename__ = "event"
    __table_args__: Any = (
        Index("event_aggregate_idx", "aggregate_id", "at"),
        Index("event_subject_idx", "subject_id", "id"),
        Index("event_region_idx", "region_code", "at"),
        Index("event_xact_idx", "xact"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=TIMESTAMP(timezone=True))
    type: str
    aggregate: str
    aggregate_id: UUID
    subject_id: UUID | None = None  # the person whose file it belongs to
    aggregate_version: int | None = None
    region_code: int | None = Field(default=None, sa_type=BigInteger)
    county: int | None = Field(default=None, sa_type=BigInteger)
    actor: str  # sub of the token, or "system:<job>"
    actor_agency_id: UUID | None = None
    client_id: str | None = None
    channel: str  # rest | graphql | import | job | cli
    purpose: str | None = None  # why, where the act asks for it
    request_id: str | None = None
    origin: str | None = None  # network address the request came from
    cause_id: UUID | None = None  # the event that brought this one about
    data: dict[str, Any] = json_object()
    digest: bytes = Field(sa_type=LargeBinary)
    # The writing transaction, filled in by the database: what the sealer has not seen yet is found by
    # it. It says nothing in another cluster, so the digest leaves it out.
    xact: int | None = Field(default=None, sa_type=BigInteger, sa_column_kwargs={"server_default": XACT})


class Operation(Versioned, table=True):
    """Long work: what was asked, by whom, how far it is, how it ended."""

    __tablename__ = "operation"
    __table_args__: Any = (
        one_of("status", OperationStatus, name="operation_status_known"),
        Index("operation_agency_idx", "agency_id", "id"),
    )

    kind: str
    status: str = OperationStatus.QUEUED
    actor: str
    client_id: str | None = None
    agency_id: UUID | None = None
    region_code: int | None = Field(default=None, sa_type=BigInteger)
    access: dict[str, Any] = json_object()  # the caller's access, frozen when she asked
    parameters: dict[str, Any] = json_object()
    total: int | None = None
    done: int = 0
    cursor: dict[str, Any] = json_object()  # where to go on after a crash
    attempts: int = small(0)
    started_at: Any = moment()
    finished_at: Any = moment()
    cancel_requested: bool = False
    result: Any = json_object()
    problem: Any = json_object()


class OperationFile(Row, table=True):
    """Bytes of an operation (the uploaded roster, the report), encrypted, in pieces."""

    __tablename__ = "operation_file"
    __table_args__: Any = (ForeignKeyConstraint(["operation_id"], ["operation.id"]),)

    operation_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True)  # "input" | "report"
    piece: int = Field(primary_key=True)
    cipher: bytes = Field(sa_type=LargeBinary)


class ImportRow(Row, table=True):
    """How one roster row ended; never holds a rejected value."""

    __tablename__ = "import_row"
    __table_args__: Any = (
        one_of("outcome", RowOutcome, name="import_row_outcome_known"),
        ForeignKeyConstraint(["operation_id"], ["operation.id"]),
        Index("import_row_blind_idx", "operation_id", "subject_blind"),
    )

    operation_id: UUID = Field(primary_key=True)
    row_number: int = Field(primary_key=True)  # counted from the first person of the file
    sheet: str
    sheet_row: int  # as the spreadsheet numbers it, from 1
    form: str
    outcome: str
    person_id: UUID | None = None
    subject_blind: bytes | None = Field(default=None, sa_type=LargeBinary)
    first_row: int | None = None  # of a duplicate: the row it repeats
    left_behind: bool | None = None
    faults: list[dict[str, Any]] = json_object()  # [{cell, column, code, message}]
    repaired: list[str] = text_array()


class IdempotencyKey(Row, table=True):
    """An answer kept for 24 h, stored in the transaction of the write it answers."""

    __tablename__ = "idempotency_key"
    __table_args__: Any = (Index("idempotency_key_created_idx", "created_at"),)

    client_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)  # of method, path and body
    status: int = small()
    headers: dict[str, Any] = json_object()
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))


class RateLimit(Row, table=True):
    """Token bucket (GCRA) per client: the theoretical arrival time. UNLOGGED: a crash forgives."""

    __tablename__ = "rate_limit"
    __table_args__: Any = ({"prefixes": ["UNLOGGED"]},)

    client_id: str = Field(primary_key=True)
    tat: datetime = Field(sa_type=TIMESTAMP(timezone=True))


class JobRun(Row, table=True):
    """Day of the last scheduled run of a job, so that a missed day is caught up."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    ran_on: date
