"""OAuth2 clients, the accounts they are bound to, and the keys that sign their tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class ClientKind(StrEnum):
    """Who acts when this client acts."""

    SYSTEM = "system"  # the system itself, for its agency
    APP = "app"  # nobody by itself: staff sign in through it, and act
    STAFF = "staff"  # one member of staff
    PERSON = "person"  # one resident or volunteer


class RevocationKind(StrEnum):
    """What a revocation names."""

    JTI = "jti"  # one token
    CLIENT = "client"  # all tokens of a client issued until a moment
    SUB = "sub"  # all tokens of who acts, through whichever client
    SESSION = "session"  # all tokens of one sign-in


@dataclass(frozen=True, slots=True)
class Client:
    """A client that may act now, with what it is bound to.

    ``region`` and ``agency_region`` are codes as published (2–12 digits), ``"0"`` the whole
    country. ``secret_hashes`` are argon2, ``jwks`` the public keys for ``private_key_jwt``. Through
    an app a member of staff acts with the roles of her account: then ``session_id`` names her sign-in.
    """

    id: UUID
    client_id: str
    kind: ClientKind
    roles: tuple[str, ...]
    scope: frozenset[str] = frozenset()  # permissions it may ask for; empty: all its roles give
    region: str | None = None  # narrower than the agency's
    agency_id: UUID | None = None
    agency_type: str | None = None
    agency_name: str | None = None
    agency_region: str | None = None
    staff_id: UUID | None = None
    person_id: UUID | None = None
    secret_hashes: tuple[str, ...] = field(default=(), repr=False)
    jwks: Mapping[str, Any] = field(default_factory=dict, repr=False)
    redirect_uris: tuple[str, ...] = ()
    cors_origins: frozenset[str] = frozenset()
    session_id: UUID | None = None
    name: str = ""
    documents_only: bool = False  # at /graphql it may ask its registered documents alone
    documents: frozenset[str] = field(default=frozenset(), repr=False)  # their SHA-256

    @property
    def is_public(self) -> bool:
        """Whether it keeps no secret: an app that runs in browsers or on phones (RFC 6749 section 2.1)."""
        return self.kind is ClientKind.APP and not self.secret_hashes and not self.jwks

    @property
    def sub(self) -> str:
        """Who acts: ``staff:<uuid>``, ``person:<uuid>`` or ``client:<client_id>``."""
        if self.kind is ClientKind.STAFF:
            return f"staff:{self.staff_id}"
        return f"person:{self.person_id}" if self.kind is ClientKind.PERSON else f"client:{self.client_id}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An ES256 key pair: published from its making, signing from ``signs_from``, refused from ``retired_at``."""

    kid: str
    private_pem: bytes = field(repr=False)
    public_jwk: Mapping[str, Any]
    signs_from: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """Tokens issued until ``before`` that this names are refused, however long they would live."""

    kind: RevocationKind
    value: str
    before: datetime


@dataclass(frozen=True, slots=True)
class AuthVersions:
    """Counters of what tokens hang on; each moves when something of its kind was committed."""

    directory: int  # clients, accounts, staff, agencies
    revocations: int
    keys: int
