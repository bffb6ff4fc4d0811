"""What may be asked about accounts, clients and sign-ins. Secrets come in here; none of them is ever shown again."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.accounts.model import Role
from domain.accounts.rules import origin_fault, redirect_fault
from domain.clients.documents import LONGEST_DOCUMENT, SHA256
from domain.clients.model import ClientKind
from domain.commands import Command, Id, Name, RegionCode, ShortText, Version, choice

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")
_CODE = re.compile(r"[0-9]{6}")
_PERMISSION = re.compile(r"[a-z_]{1,40}:[a-z_]{1,40}")


def _login(text: str) -> str:
    if not _LOGIN.fullmatch(text):
        raise PydanticCustomError("account.login_malformed", "a login name: 3 to 32 of a-z 0-9 . _ -")
    return text


def _client_id(text: str) -> str:
    if not _CLIENT_ID.fullmatch(text):
        raise PydanticCustomError("client.id_malformed", "a client id: 3 to 64 letters, digits, . _ -")
    return text


def _six_digits(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise PydanticCustomError("second_factor.code_malformed", "a code has six digits")
    return text


def _redirect(text: str) -> str:
    code = redirect_fault(text)
    if code is not None:
        raise PydanticCustomError(code, "not an address a code may be sent to")
    return text


def _origin(text: str) -> str:
    code = origin_fault(text)
    if code is not None:
        raise PydanticCustomError(code, "not a web origin")
    return text


def _permission(text: str) -> str:
    if not _PERMISSION.fullmatch(text):
        raise PydanticCustomError("client.scope_unknown", "a permission is written people:read")
    return text


def _made_here(kind: ClientKind) -> ClientKind:
    if kind not in {ClientKind.SYSTEM, ClientKind.APP}:
        raise PydanticCustomError("field.choice", "a system or an app")
    return kind


def _document(text: str) -> str:
    """Keep a document to the letter, for its digest is of that: layout is left in, what no text holds is refused."""
    if any(unicodedata.category(one) in {"Cc", "Cs"} and one not in "\n\r\t" for one in text):
        raise PydanticCustomError("text.control_character", "control characters are not allowed")
    return text


def _sha256(text: str) -> str:
    if not SHA256.fullmatch(text):
        raise PydanticCustomError("client_document.sha256_malformed", "64 hexadecimal digits in small letters")
    return text


OneRole = Annotated[Role, choice(Role)]
Roles = Annotated[list[OneRole], Field(min_length=1, max_length=4)]
Login = Annotated[ShortText, AfterValidator(_login)]
ClientName = Annotated[ShortText, AfterValidator(_client_id)]
Password = Annotated[str, Field(min_length=1, max_length=256, repr=False)]
TotpCode = Annotated[str, Field(max_length=16, repr=False), AfterValidator(_six_digits)]
Address = Annotated[str, Field(max_length=500)]
RedirectUris = Annotated[list[Annotated[Address, AfterValidator(_redirect)]], Field(max_length=10)]
Origins = Annotated[list[Annotated[Address, AfterValidator(_origin)]], Field(max_length=20)]
Permissions = Annotated[list[Annotated[str, AfterValidator(_permission)]], Field(max_length=100)]

DocumentText = Annotated[str, Field(min_length=1, max_length=LONGEST_DOCUMENT), AfterValidator(_document)]
Sha256 = Annotated[str, AfterValidator(_sha256)]


class CreateAccount(Command):
    """Open an account for a member of staff in office. She has at most one."""

    staff_id: Id
    login: Login
    roles: Roles


class SuspendAccount(Command):
    """Shut an account; its sign-ins end with it."""

    account_id: Id
    version: Version


class RestoreAccount(Command):
    """Open a suspended account again, with the password it had."""

    account_id: Id
    version: Version


class ResetPassword(Command):
    """Give an account a new initial password; its sign-ins end. ``second_factor`` true takes that away too."""

    account_id: Id
    version: Version
    second_factor: bool = False


class GiveRole(Command):
    """Give an account one more role."""

    account_id: Id
    version: Version
    role: OneRole


class TakeRole(Command):
    """Take a role from an account."""

    account_id: Id
    version: Version
    role: OneRole


class ChangePassword(Command):
    """Change one's own password."""

    current_password: Password
    new_password: Password


class EnrolSecondFactor(Command):
    """Get a TOTP secret (RFC 6238) for an authenticator app; it counts once it is confirmed."""

    current_password: Password


class ConfirmSecondFactor(Command):
    """Show by a code that the authenticator app has the secret; returns the recovery codes, once."""

    code: TotpCode


class RemoveSecondFactor(Command):
    """Sign in without a second factor again."""

    current_password: Password


class CreateClient(Command):
    """Enter a client of one's agency: a ``system`` with roles, or an ``app`` that staff sign in through.

    An app that runs in browsers or on phones keeps no secret: ``confidential`` false.
    """

    client_id: ClientName
    name: Name
    kind: Annotated[ClientKind, choice(ClientKind), AfterValidator(_made_here)]
    roles: Annotated[list[OneRole], Field(max_length=4)] = Field(default_factory=list)
    region: RegionCode | None = None  # narrower than the agency's
    scope: Permissions = Field(default_factory=list)  # only these permissions; empty: all
    redirect_uris: RedirectUris = Field(default_factory=list)
    cors_origins: Origins = Field(default_factory=list)
    confidential: bool = True
    documents_only: bool = False  # at /graphql it may ask its registered documents alone


class UpdateClient(Command):
    """Change what a client is called, its roles, limits and addresses. Lists replace what was there."""

    id: Id
    version: Version
    name: Name | None = None
    roles: Annotated[list[OneRole], Field(max_length=4)] | None = None
    scope: Permissions | None = None
    redirect_uris: RedirectUris | None = None
    cors_origins: Origins | None = None
    documents_only: bool | None = None


class NewClientSecret(Command):
    """Make a client a new secret. The one before it stays good until it is retired, an older one ends now."""

    id: Id
    version: Version


class RetireClientSecret(Command):
    """End all secrets of a client but the newest."""

    id: Id
    version: Version


class RegisterDocument(Command):
    """Register a GraphQL document that a client may ask by the SHA-256 of its text."""

    id: Id
    version: Version
    name: Name
    text: DocumentText


class RemoveDocument(Command):
    """Take a registered document from a client, by the SHA-256 of its text (64 hexadecimal digits)."""

    id: Id
    version: Version
    sha256: Sha256


class EndClient(Command):
    """Switch a client off for good; its tokens and sign-ins end."""

    id: Id
    version: Version


class EndSession(Command):
    """End a sign-in: one's own, or as administrator one of one's agency."""

    session_id: Id
