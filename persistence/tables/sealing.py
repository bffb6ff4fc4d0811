"""The sealed history (positions, signed roots, their keys), and how far a change of field keys is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlmodel import Field

from persistence.tables.columns import Row, moment


class EventPosition(Row, table=True):
    """Where an event stands in the one order of all events, counted from 1 without a gap.

    The audit chain, the change feed and webhooks read it: ``WHERE position > $1 ORDER BY position``,
    joined with ``event`` by (event_id, at). ``digest`` is the leaf that was sealed.
    """

    __tablename__ = "event_position"
    __table_args__: Any = (Index("event_position_event_key", "event_id", unique=True),)

    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    event_id: UUID
    at: datetime = Field(sa_type=TIMESTAMP(timezone=True))  # the event's own, which says its partition
    digest: bytes = Field(sa_type=LargeBinary)


class EventSeal(Row, table=True):
    """A batch of positions under one signed Merkle root, chained to the batch before."""

    __tablename__ = "event_seal"
    __table_args__: Any = (Index("event_seal_first_key", "first_position", unique=True),)

    batch: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    first_position: int = Field(sa_type=BigInteger)
    count: int
    root: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)  # digest of the statement before; zeros for the first
    sealed_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    kid: str = Field(foreign_key="seal_key.kid")
    signature: bytes = Field(sa_type=LargeBinary)


class SealKey(Row, table=True):
    """An Ed25519 key pair that signs roots and nothing else; the private half sealed under the master key."""

    __tablename__ = "seal_key"

    kid: str = Field(primary_key=True)
    private_cipher: bytes = Field(sa_type=LargeBinary)
    public_key: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))


class SealState(Row, table=True):
    """How far the sealer is: every transaction before ``settled`` has ended and its events have positions.

    Transaction numbers are those of one cluster; in another (after a restore) all events are looked at once.
    """

    __tablename__ = "seal_state"
    __table_args__: Any = (CheckConstraint("id = 1", name="seal_state_one_row"),)

    id: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    cluster: str
    settled: int = Field(sa_type=BigInteger)


class FieldKeyChange(Row, table=True):
    """How far the fields are sealed anew under another key: see ``persistence.keys.reseal``."""

    __tablename__ = "field_key_change"
    __table_args__: Any = (CheckConstraint("id = 1", name="field_key_change_one_row"),)

    id: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    mark: bytes = Field(sa_type=LargeBinary)  # profile, key, key of the blind indexes
    column_name: str  # "person.phone_cipher"
    after: list[str] | None = Field(default=None, sa_type=ARRAY(Text), nullable=True)  # key of the last row done
    done: int = Field(sa_type=BigInteger)
    finished_at: Any = moment()


__all__ = ["EventPosition", "EventSeal", "FieldKeyChange", "SealKey", "SealState"]
