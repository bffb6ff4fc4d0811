"""Clients, signing keys, revocations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field

from persistence.tables.columns import Row, Versioned, json_object, moment, one_of, text_array


class Client(Versioned, table=True):
    """An OAuth2 client: a system of an agency, or in demo mode one bound to a staff member or person.

    ``secret_hashes`` holds argon2 hashes (two during rotation), ``jwks`` public keys for
    ``private_key_jwt``. Roles are those of ``auth.policy``.
    """

    __tablename__ = "client"
    __table_args__: Any = (
        one_of("kind", ("system", "staff", "person"), name="client_kind_known"),
        Index("client_client_id_key", "client_id", unique=True),
    )

    client_id: str
    name: str
    kind: str
    agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    region_code: str | None = None  # narrower than the agency's region, as published (2–12 digits)
    roles: list[str] = text_array()
    scope: str = ""  # permissions it may ask for; empty: all its roles give
    secret_hashes: list[str] = text_array()
    jwks: dict[str, Any] = json_object()
    active: bool = True


class SigningKey(Row, table=True):
    """An ES256 key pair; the private half encrypted under the master key."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True)
    private_cipher: bytes = Field(sa_type=LargeBinary)
    public_jwk: dict[str, Any] = json_object()
    created_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    signs_from: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    retired_at: Any = moment()  # verifies no more from here on


class Revocation(Row, table=True):
    """A token (by ``jti``) or everything of a client or subject issued before a moment."""

    __tablename__ = "revocation"
    __table_args__: Any = (
        one_of("kind", ("jti", "client", "sub"), name="revocation_kind_known"),
        Index("revocation_expires_idx", "expires_at"),
    )

    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    before: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    expires_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))


class AssertionSeen(Row, table=True):
    """``jti`` of a client assertion already used (RFC 7523: once only)."""

    __tablename__ = "assertion_seen"

    client_id: str = Field(primary_key=True)
    jti: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))


class ClientLockout(Row, table=True):
    """Failed attempts to sign in, and how long the next must wait. All unknown names share few rows."""

    __tablename__ = "client_lockout"

    name: str = Field(primary_key=True)
    failures: int
    locked_until: datetime = Field(sa_type=TIMESTAMP(timezone=True))


class AuthChange(Row, table=True):
    """Counters that move when what tokens hang on was committed; every worker polls them."""

    __tablename__ = "auth_change"
    __table_args__: Any = (one_of("name", ("directory", "revocations", "keys"), name="auth_change_name_known"),)

    name: str = Field(primary_key=True)
    version: int = Field(default=0, sa_type=BigInteger)
    changed_by: int | None = Field(default=None, sa_type=BigInteger)  # transaction that moved it last: once is enough


__all__ = ["AssertionSeen", "AuthChange", "Client", "ClientLockout", "Revocation", "SigningKey"]
