"""Clients, accounts and their sessions, signing keys, revocations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field

from domain.accounts.model import AccountState
from domain.clients.model import RevocationKind
from persistence.tables.columns import Row, Versioned, blob, json_object, moment, one_of, text_array


class Client(Versioned, table=True):
    """An OAuth2 client: a system of an agency, an app that staff sign in through, or one bound to somebody.

    ``secret_hashes`` holds argon2 hashes (two during rotation), ``jwks`` public keys for
    ``private_key_jwt``. Roles are those of ``auth.policy``.
    """

    __tablename__ = "client"
    __table_args__: Any = (
        one_of("kind", ("system", "app", "staff", "person"), name="client_kind_known"),
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
    redirect_uris: list[str] = text_array()  # where an app takes codes; compared letter by letter
    cors_origins: list[str] = text_array()  # web origins whose pages may call with its tokens
    documents_only: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )  # at /graphql it may ask its registered documents alone


class ClientDocument(Versioned, table=True):
    """A GraphQL document that a client may ask by its digest. It never changes: another text is another document."""

    __tablename__ = "client_document"
    __table_args__: Any = (
        Index("client_document_key", "client_id", "sha256", unique=True),
        Index("client_document_agency_idx", "agency_id", "id"),
    )

    client_id: str = Field(foreign_key="client.client_id")
    agency_id: UUID = Field(foreign_key="agency.id")
    sha256: str  # of the text in UTF-8, small hexadecimal digits
    name: str
    text: str


class Account(Versioned, table=True):
    """What a member of staff signs in with. Its secrets are in ``credential``; no read reaches those."""

    __tablename__ = "account"
    __table_args__: Any = (
        one_of("state", AccountState, name="account_state_known"),
        Index("account_login_key", "login", unique=True),
        Index("account_staff_key", "staff_id", unique=True),
        Index("account_agency_idx", "agency_id", "id"),
    )

    staff_id: UUID = Field(foreign_key="staff.id")
    agency_id: UUID = Field(foreign_key="agency.id")
    login: str
    roles: list[str] = text_array()
    state: str = "active"
    password_initial: bool = True  # made by an administrator; to be changed at the next sign-in
    second_factor: bool = False


class Credential(Versioned, table=True):
    """The secrets of an account, under its key: argon2 hash, sealed TOTP secret, hashes of recovery codes."""

    __tablename__ = "credential"

    id: UUID = Field(primary_key=True, foreign_key="account.id")
    password_hash: str
    totp_secret_cipher: bytes | None = blob()
    totp_step: int = Field(default=0, sa_type=BigInteger)  # the last time step used: a code is good once
    recovery_hashes: list[str] = text_array()


class AccountSession(Versioned, table=True):
    """A sign-in through an app: what its access and refresh tokens hang on."""

    __tablename__ = "account_session"
    __table_args__: Any = (
        Index("account_session_agency_idx", "agency_id", "id"),
        Index("account_session_staff_idx", "staff_id", "id"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    staff_id: UUID = Field(foreign_key="staff.id")
    agency_id: UUID = Field(foreign_key="agency.id")
    client_id: str
    scope: str
    address: str | None = None  # coarse: a network, not a machine
    last_used_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    expires_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    ended_at: Any = moment()
    end_reason: str | None = None


class AuthorizationCode(Row, table=True):
    """A code on its way to an app (RFC 6749 section 4.1), by its digest. Kept after use: a second use is an alarm."""

    __tablename__ = "authorization_code"
    __table_args__: Any = (Index("authorization_code_expires_idx", "expires_at"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    client_id: str
    redirect_uri: str
    challenge: str
    account_id: UUID = Field(foreign_key="account.id")
    scope: str
    expires_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    session_id: UUID | None = None  # what it gave


class RefreshToken(Row, table=True):
    """One refresh token of a session, by its digest; used once, then its successor holds."""

    __tablename__ = "refresh_token"
    __table_args__: Any = (
        Index("refresh_token_session_idx", "session_id"),
        Index("refresh_token_expires_idx", "expires_at"),
    )

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    session_id: UUID = Field(foreign_key="account_session.id")
    expires_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    used_at: Any = moment()


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
    """A token (by ``jti``) or everything of a client, subject or session issued before a moment."""

    __tablename__ = "revocation"
    __table_args__: Any = (
        one_of("kind", RevocationKind, name="revocation_kind_known"),
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


__all__ = [
    "Account",
    "AccountSession",
    "AssertionSeen",
    "AuthChange",
    "AuthorizationCode",
    "Client",
    "ClientDocument",
    "ClientLockout",
    "Credential",
    "RefreshToken",
    "Revocation",
    "SigningKey",
]
