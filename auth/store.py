"""What the door asks of storage. ``persistence.auth_store`` is it; nothing here knows SQL."""

from datetime import datetime
from typing import Protocol

from domain.clients.model import AuthVersions, Client, Revocation, SigningKey
from domain.events import Origin


class AuthStore(Protocol):
    """Clients, keys, revocations, lock-outs; each call is one short transaction."""

    async def client(self, client_id: str) -> Client | None:
        """Return a client that may act now, or None."""

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
