"""Columns that recur: keys, versions, places, and the encrypted triple of a secret field.

A secret (identity number, phone, address) is stored as ``<name>_cipher`` (AES-GCM, see
``persistence.crypto``), ``<name>_masked`` (what lists show) and, where it is looked up by
exact value, ``<name>_blind`` (HMAC). Lists never decrypt.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from domain.ids import new_id

CODE_COLLATION = "C"


class Row(SQLModel):
    """Base of every table: nothing but a place for what all share."""


class Keyed(Row):
    """A row with a UUIDv7 key."""

    id: UUID = Field(default_factory=new_id, primary_key=True)


class Versioned(Keyed):
    """A row that changes: ``version`` is what ``If-Match`` compares, counted from 1."""

    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    created_at: datetime = Field(sa_type=TIMESTAMP(timezone=True), sa_column_kwargs={"server_default": text("now()")})
    updated_at: datetime = Field(sa_type=TIMESTAMP(timezone=True), sa_column_kwargs={"server_default": text("now()")})


class PersonBound(Versioned):
    """A row that belongs to one person's file.

    ``region_code`` is the 12-digit division (bigint) of that person, copied so that scope is a
    range on the row itself; ``county`` is its first six digits, the key by which the data can
    later be spread. ``township`` is its first nine, so that a township's pages come out of an index
    in their order, as a county's and a village's do.
    """

    region_code: int = Field(sa_type=BigInteger)
    county: int = Field(sa_type=BigInteger, sa_column_args=(Computed("region_code / 1000000", persisted=True),))
    township: int = Field(sa_type=BigInteger, sa_column_args=(Computed("region_code / 1000", persisted=True),))


def text_array() -> Any:
    """A ``text[]`` that is empty rather than null."""
    return Field(default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")})


def json_object() -> Any:
    """A ``jsonb`` object that is empty rather than null."""
    return Field(default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": text("'{}'")})


def moment(**kwargs: Any) -> Any:
    """A nullable ``timestamptz``."""
    return Field(default=None, sa_type=TIMESTAMP(timezone=True), nullable=True, **kwargs)


def soon() -> Any:
    """A nullable ``timestamptz`` that is now unless said otherwise: whoever looks for what is due finds new rows."""
    return moment(sa_column_kwargs={"server_default": text("now()")})


def at() -> Any:
    """A ``timestamptz``."""
    return Field(sa_type=TIMESTAMP(timezone=True))


def sort_key() -> Any:
    """A text ordered by code point: the embedded server has no Chinese collation, keys are pinyin."""
    return Field(default="", sa_type=Text(collation=CODE_COLLATION))


def made_key(expression: str) -> Any:
    """A key that the database itself makes of other columns; nobody writes it."""
    return Field(
        default=None, sa_type=Text(collation=CODE_COLLATION), sa_column_args=(Computed(expression, persisted=True),)
    )


def blob() -> Any:
    """A nullable ``bytea``."""
    return Field(default=None, sa_type=LargeBinary)


def small(default: int | None = None) -> Any:
    """A ``smallint``."""
    return Field(default=default, sa_type=SmallInteger)


def one_of(column: str, values: Any, *, name: str | None = None) -> CheckConstraint:
    """A CHECK that a text column holds one of the published values.

    Text with CHECK, not an enum type: enum equality is not leak-proof, so row-level security
    would keep it from using an index.
    """
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")
