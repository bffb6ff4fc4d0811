"""Read models of who may call: accounts, clients, sign-ins. No secret is a field of any of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.accounts.model import AccountState, Role, SessionEnd
from domain.agencies.views import Agency, StaffMember
from domain.clients.model import ClientKind
from domain.scopes import Office
from domain.view import column, document, eq, has, many, one, view

ACCOUNTS = "accounts:write"


@view(
    "account",
    plural="accounts",
    permission="accounts:read",
    scope=Office(),
    actions={"administer": ACCOUNTS},
)
class Account:
    """What a member of staff signs in with (账号)."""

    id: UUID
    version: int
    login: str
    staff_id: UUID
    agency_id: UUID
    roles: list[Role]
    state: AccountState
    password_initial: bool
    second_factor: bool
    created_at: datetime
    updated_at: datetime
    staff: StaffMember = one("staff_id")
    agency: Agency = one("agency_id")
    __filters__ = (eq("login", "staff_id", "agency_id", "state"), has("roles"))
    __orders__ = ("-id", "id")


@view("client", plural="clients", permission="clients:read", scope=Office(), actions={"administer": "clients:write"})
class Client:
    """A system of an agency, or an app that staff sign in through (接入方)."""

    id: UUID
    version: int
    client_id: str
    name: str
    kind: ClientKind
    agency_id: UUID | None
    region: str | None = column("region_code")
    roles: list[Role]
    scope: str
    redirect_uris: list[str]
    cors_origins: list[str]
    documents_only: bool
    active: bool
    created_at: datetime
    updated_at: datetime
    agency: Agency = one("agency_id")
    documents: list[ClientDocument] = many("client_id", on="client_id")
    __filters__ = (eq("client_id", "kind", "agency_id", "active"), has("roles"))
    __orders__ = ("-id", "id")


@view("client_document", plural="client_documents", permission="clients:read", scope=Office())
class ClientDocument:
    """A registered GraphQL document of a client (登记的查询文档): at ``/graphql`` it is asked by its ``sha256``."""

    id: UUID
    version: int
    client_id: str
    agency_id: UUID
    sha256: str
    name: str
    text: str
    created_at: datetime
    client: Client = one("client_id", to="client_id")
    __filters__ = (eq("client_id", "sha256"),)
    __orders__ = ("-id", "id")


@view(
    "account_session",
    plural="sessions",
    permission="sessions:read",
    scope=Office(),
    actions={"end": "sessions:write"},
)
class Session:
    """A sign-in through an app (登录会话): one's own, and for an administrator those of her agency."""

    id: UUID
    version: int
    account_id: UUID
    staff_id: UUID
    agency_id: UUID
    client_id: str
    address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: SessionEnd | None
    staff: StaffMember = one("staff_id")
    __filters__ = (eq("account_id", "staff_id", "client_id"),)
    __orders__ = ("-id", "id")


@document(permission=ACCOUNTS)
class IssuedPassword:
    """An initial password, shown this once; it must be changed at the first sign-in."""

    account_id: UUID
    version: int
    login: str
    initial_password: str


@document(permission="clients:write")
class IssuedSecret:
    """A client's secret, shown this once; null for an app that keeps none."""

    id: UUID
    version: int
    client_id: str
    client_secret: str | None


@document(permission="own_account:write")
class OfferedSecondFactor:
    """A TOTP secret for an authenticator app (RFC 6238), shown this once; it counts once it is confirmed."""

    secret: str
    otpauth_uri: str


@document(permission="own_account:write")
class RecoveryCodes:
    """Codes that each stand once for the second factor, shown this once."""

    recovery_codes: list[str]


__all__ = [
    "Account",
    "Client",
    "ClientDocument",
    "IssuedPassword",
    "IssuedSecret",
    "OfferedSecondFactor",
    "RecoveryCodes",
    "Session",
]
