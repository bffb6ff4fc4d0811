"""What the door asks of storage.

``persistence.auth_store`` and ``persistence.account_store`` are it; nothing here knows SQL.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.sign_in import Code, Opened, SignInAccount
from domain.clients.model import AuthVersions, Client, Revocation, SigningKey
from domain.events import Origin


class AuthStore(Protocol):
    """Clients, keys, revocations, lock-outs; each call is one short transaction."""

    async def client(self, client_id: str) -> Client | None:
        """Return a client that may act now, or None."""

    async def signed_in(self, client_id: str, session_id: UUID) -> Client | None:
        """Return whoever signed in through an app, as a client that may act now, or None."""

    async def document(self, client_id: str, digest: str) -> str | None:
        """Return the text of a registered GraphQL document of a client, or None."""

    async def origins(self) -> frozenset[str]:
        """Return the web origins of all active clients."""

    async def versions(self) -> AuthVersions:
        """Return the counters of what tokens hang on."""

    async def revocations(self) -> list[Revocation]:
        """Return the revocations that can still matter to a token."""

    async def revoke(self, client: Client, revocation: Revocation, expires_at: datetime, origin: Origin) -> None:
        """Refuse tokens from here on; ``client`` is who asks."""

    async def record_issue(self, client: Client, jti: str, origin: Origin) -> None:
        """Write down that a client was given a token, and forget its failed attempts."""

    async def locked_for(self, client_id: str, client: Client | None) -> int:
        """Return for how many seconds a name may not try again; 0: it may."""

    async def record_failure(self, client_id: str, client: Client | None, origin: Origin) -> int:
        """Count a failed attempt; returns the seconds to wait."""

    async def use_assertion(self, client_id: str, jti: str, expires_at: datetime) -> bool:
        """Remember a client assertion; False when it was used before."""

    async def signing_keys(self) -> list[SigningKey]:
        """Return the key pairs that sign or verify."""

    async def hand_over(
        self, successor: SigningKey, seen: frozenset[str], retired_at: datetime, origin: Origin
    ) -> bool:
        """Publish a new key and set the end of its predecessors; False when another process was first."""

    async def retire_key(self, kid: str, at: datetime, origin: Origin) -> bool:
        """Refuse a key from a moment on; False for an unknown kid."""


class AccountStore(Protocol):
    """Accounts with their secrets, attempts, codes, refresh tokens; each call is one short transaction."""

    async def by_login(self, login: str) -> SignInAccount | None:
        """Return the account of a login name."""

    async def by_id(self, account_id: UUID) -> SignInAccount | None:
        """Return an account."""

    async def attempt(self, names: Mapping[str, int]) -> int:
        """Count an attempt under each name, with so many free; returns the seconds to wait, 0: it may be made."""

    async def forgive(self, account_name: str, address_name: str) -> None:
        """Forget an account's failed attempts, and take back the one just counted for the address."""

    async def record_failure(self, account: SignInAccount | None, origin: Origin) -> None:
        """Write down that somebody failed to sign in."""

    async def use_totp(self, account: SignInAccount, step: int) -> bool:
        """Use a time step up; False when it, or a later one, was used before."""

    async def use_recovery(self, account: SignInAccount, hashed: str, origin: Origin) -> bool:
        """Use a recovery code up; False when there is no such one left."""

    async def replace_initial(self, account: SignInAccount, hashed: str, origin: Origin) -> bool:
        """Put her own password in the place of an initial one; False when that was done already."""

    async def keep_code(self, code: Code) -> None:
        """Keep an authorization code for a minute."""

    async def redeem(
        self, digest: bytes, *, client_id: str, redirect_uri: str, challenge: str, refresh: bytes, origin: Origin
    ) -> Opened | None:
        """Open a session for a code, with its first refresh token; None when the code is not good."""

    async def rotate(self, digest: bytes, *, client_id: str, refresh: bytes, origin: Origin) -> Opened | None:
        """Put a new refresh token in the place of one; None when that is not good."""

    async def give_back(self, digest: bytes, *, client_id: str, origin: Origin) -> bool:
        """End the sign-in of a refresh token; False when it is no token of this client."""
