"""What the door keeps: clients, signing keys, revocations, lock-outs, used assertions.

The tables carry no person; row-level security leaves them open to the runtime role. Clients are
entered and keys rotated from the command line.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.access import Access
from domain.clients.model import AuthVersions, Client, ClientKind, Revocation, RevocationKind, SigningKey
from domain.events import Event, Origin
from domain.regions.codes import padded
from persistence.crypto import FieldCipher
from persistence.writing.events import append_events

CHANNEL: Final = "shouwang_auth"
MAX_NAME: Final = 128
FREE_FAILURES: Final = 5  # a typing error, an old secret in one of several servers
LONGEST_LOCK_SECONDS: Final = 900
FORGET_AFTER: Final = timedelta(days=1)
KEY_LOCK: Final = 0x5357_6B65  # "SWke": one rotation at a time

DOCUMENTS: Final = "ARRAY(SELECT d.sha256 FROM client_document d WHERE d.client_id = c.client_id) AS documents"
CLIENT: Final = f"""
SELECT c.id, c.client_id, c.name, c.kind, c.roles, c.scope, c.secret_hashes, c.jwks, c.staff_id, c.person_id,
       c.redirect_uris, c.cors_origins, c.documents_only, {DOCUMENTS}, NULL::uuid AS session_id,
       coalesce(c.region_code, region_text(s.region_code)) AS region,
       a.id AS agency_id, a.type AS agency_type, a.name AS agency_name, region_text(a.region_code) AS agency_region
FROM client c
LEFT JOIN staff s ON s.id = c.staff_id
LEFT JOIN agency a ON a.id = CASE WHEN c.kind = 'staff' THEN s.agency_id ELSE c.agency_id END
WHERE c.client_id = $1 AND c.active
  AND (c.kind <> 'staff' OR (s.valid_from <= current_date AND (s.valid_to IS NULL OR s.valid_to > current_date)))
  AND (c.kind <> 'person' OR c.person_id IS NOT NULL)
  AND (a.id IS NULL OR (a.valid_from <= current_date AND (a.valid_to IS NULL OR a.valid_to > current_date)))
"""
# Who signed in through an app acts as the app with her own account's roles, as long as all of these hold.
SIGNED_IN: Final = f"""
SELECT c.id, c.client_id, c.name, 'staff' AS kind, u.roles, c.scope, c.secret_hashes, c.jwks, s.id AS staff_id,
       NULL::uuid AS person_id, c.redirect_uris, c.cors_origins, c.documents_only, {DOCUMENTS},
       e.id AS session_id,
       region_text(s.region_code) AS region,
       a.id AS agency_id, a.type AS agency_type, a.name AS agency_name, region_text(a.region_code) AS agency_region
FROM account_session e
JOIN client c ON c.client_id = e.client_id AND c.kind = 'app' AND c.active
JOIN account u ON u.id = e.account_id AND u.state = 'active'
JOIN staff s ON s.id = u.staff_id AND s.valid_from <= current_date AND (s.valid_to IS NULL OR s.valid_to > current_date)
JOIN agency a ON a.id = s.agency_id
  AND a.valid_from <= current_date AND (a.valid_to IS NULL OR a.valid_to > current_date)
WHERE e.id = $2 AND e.client_id = $1 AND e.ended_at IS NULL AND e.expires_at > now()
"""
ORIGINS: Final = "SELECT DISTINCT unnest(cors_origins) AS origin FROM client WHERE active"
FAILED: Final = f"""
INSERT INTO client_lockout AS l (name, failures, locked_until) VALUES ($1, 1, now())
ON CONFLICT (name) DO UPDATE SET
  failures = CASE WHEN l.locked_until < now() - $2::interval THEN 1 ELSE l.failures + 1 END,
  locked_until = now() + make_interval(secs => CASE
    WHEN l.locked_until < now() - $2::interval OR l.failures < {FREE_FAILURES} THEN 0
    ELSE least({LONGEST_LOCK_SECONDS}, 2 ^ least(l.failures - {FREE_FAILURES}, 20)) END)
RETURNING greatest(0, ceil(extract(epoch FROM locked_until - now())))::int
"""


class AuthStore:
    """The door's tables, through the runtime pool. Every call is one short transaction."""

    def __init__(self, pool: asyncpg.Pool, cipher: FieldCipher) -> None:
        self._pool = pool
        self._cipher = cipher

    async def client(self, client_id: str) -> Client | None:
        """Return a client that may act now; None when unknown, switched off, or its staff or agency ended."""
        return _client(await self._pool.fetchrow(CLIENT, client_id))

    async def signed_in(self, client_id: str, session_id: UUID) -> Client | None:
        """Return whoever signed in through an app, as a client; None when anything that this rests on has ended."""
        return _client(await self._pool.fetchrow(SIGNED_IN, client_id, session_id))

    async def document(self, client_id: str, digest: str) -> str | None:
        """Return the text of a registered GraphQL document of a client, or None."""
        text: str | None = await self._pool.fetchval(
            "SELECT text FROM client_document WHERE client_id = $1 AND sha256 = $2", client_id, digest
        )
        return text

    async def origins(self) -> frozenset[str]:
        """Return the web origins of all active clients."""
        return frozenset(row["origin"] for row in await self._pool.fetch(ORIGINS))

    async def revocations(self) -> list[Revocation]:
        """Return the revocations that can still matter to a token."""
        rows = await self._pool.fetch("SELECT kind, value, before FROM revocation WHERE expires_at > now()")
        return [Revocation(RevocationKind(row["kind"]), row["value"], row["before"]) for row in rows]

    async def revoke(self, client: Client, revocation: Revocation, expires_at: datetime, origin: Origin) -> None:
        """Refuse tokens from here on, on every worker within a second; ``client`` is whose they are."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO revocation (kind, value, before, expires_at) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (kind, value) DO UPDATE SET before = greatest(revocation.before, excluded.before), "
                "expires_at = greatest(revocation.expires_at, excluded.expires_at)",
                revocation.kind, revocation.value, revocation.before, expires_at,
            )  # fmt: skip
            data = {"kind": str(revocation.kind), "value": revocation.value}
            await append_events(connection, _as(client), origin, [_event("token.revoked", client, data)])

    async def record_issue(self, client: Client, jti: str, origin: Origin) -> None:
        """Write down that a client was given a token, and forget its failed attempts."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("DELETE FROM client_lockout WHERE name = $1", client.client_id)
            event = _event("token.issued", client, {"jti": jti, "sub": client.sub})
            await append_events(connection, _as(client), origin, [event])

    async def locked_for(self, client_id: str, client: Client | None) -> int:
        """Return for how many seconds a name may not try again; 0: it may."""
        seconds = await self._pool.fetchval(
            "SELECT ceil(extract(epoch FROM locked_until - now()))::int FROM client_lockout WHERE name = $1",
            _lock_name(client_id, client),
        )
        return max(0, seconds or 0)

    async def record_failure(self, client_id: str, client: Client | None, origin: Origin) -> int:
        """Count a failed attempt; returns the seconds to wait: 0 at first, then 1, 2, 4 … up to 15 minutes."""
        async with self._pool.acquire() as connection, connection.transaction():
            wait = int(await connection.fetchval(FAILED, _lock_name(client_id, client), FORGET_AFTER))
            if client is not None and wait:
                event = _event("client.locked_out", client, {"seconds": wait})
                await append_events(connection, _as(client), origin, [event])
        return wait

    async def use_assertion(self, client_id: str, jti: str, expires_at: datetime) -> bool:
        """Remember a client assertion; False when it was used before (RFC 7523: once only)."""
        made = await self._pool.fetchval(
            "INSERT INTO assertion_seen (client_id, jti, expires_at) VALUES ($1, $2, $3) "
            "ON CONFLICT DO NOTHING RETURNING true",
            client_id, jti, expires_at,
        )  # fmt: skip
        return bool(made)

    async def signing_keys(self) -> list[SigningKey]:
        """Return the key pairs that sign or verify, private halves opened."""
        return await self._signing_keys(self._pool)

    async def _signing_keys(self, source: asyncpg.Pool | asyncpg.Connection) -> list[SigningKey]:
        rows = await source.fetch(
            "SELECT kid, private_cipher, public_jwk, signs_from, retired_at FROM signing_key "
            "WHERE retired_at IS NULL OR retired_at > now() ORDER BY signs_from"
        )
        return [
            SigningKey(
                kid=row["kid"],
                private_pem=self._cipher.open_bytes(
                    "signing_key", "private", row["kid"].encode(), row["private_cipher"]
                ),
                public_jwk=row["public_jwk"],
                signs_from=row["signs_from"],
                retired_at=row["retired_at"],
            )
            for row in rows
        ]

    async def hand_over(
        self, successor: SigningKey, seen: frozenset[str], retired_at: datetime, origin: Origin
    ) -> bool:
        """Publish a new key and set the end of its predecessors.

        ``seen`` are the kids the decision rests on: when another process was first, nothing is
        done and False returned.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", KEY_LOCK)
            if {key.kid for key in await self._signing_keys(connection)} != seen:
                return False
            await connection.execute(
                "UPDATE signing_key SET retired_at = $1 WHERE retired_at IS NULL OR retired_at > $1", retired_at
            )
            sealed = self._cipher.seal_bytes("signing_key", "private", successor.kid.encode(), successor.private_pem)
            await connection.execute(
                "INSERT INTO signing_key (kid, private_cipher, public_jwk, created_at, signs_from) "
                "VALUES ($1, $2, $3, now(), $4)",
                successor.kid, sealed, dict(successor.public_jwk), successor.signs_from,
            )  # fmt: skip
            await self._record_key(connection, "signing_key.rotated", successor.kid, origin)
        return True

    async def retire_key(self, kid: str, at: datetime, origin: Origin) -> bool:
        """Refuse a key from a moment on: it leaked. Returns False for an unknown kid."""
        async with self._pool.acquire() as connection, connection.transaction():
            found = await connection.fetchval(
                "UPDATE signing_key SET retired_at = least(retired_at, $2) WHERE kid = $1 RETURNING true", kid, at
            )
            if found:
                await self._record_key(connection, "signing_key.retired", kid, origin)
        return bool(found)

    async def _record_key(self, connection: asyncpg.Connection, type_: str, kid: str, origin: Origin) -> None:
        await append_events(connection, KEY_KEEPER, origin, [Event(type_, "signing_key", UUID(kid))])

    async def versions(self) -> AuthVersions:
        """Return the counters of what tokens hang on."""
        return versions_of(await self._pool.fetch(VERSIONS))


VERSIONS: Final = "SELECT name, version FROM auth_change"


def versions_of(rows: list[Mapping[str, Any]]) -> AuthVersions:
    """Return the counters from the rows of ``VERSIONS``."""
    return AuthVersions(**{row["name"]: row["version"] for row in rows})


KEY_KEEPER: Final = Access(sub="system:keys", client_id="system", roles=(), grants={})


def _as(client: Client) -> Access:
    """Return the client as the actor of an event; it holds no grant."""
    return Access(
        sub=client.sub, client_id=client.client_id, roles=client.roles, grants={}, agency_id=client.agency_id,
        person_id=client.person_id, staff_id=client.staff_id,
    )  # fmt: skip


def _event(type_: str, client: Client, data: Mapping[str, object]) -> Event:
    """Return an event of a client; auditors of its region see it."""
    region = client.region or client.agency_region
    return Event(type_, "client", client.id, padded(region) if region and region != "0" else None, data=data)


def _lock_name(client_id: str, client: Client | None) -> str:
    """Return the row that counts a name's failures.

    Unknown names are counted too, or their answers would tell that they are unknown; 65,536 rows
    for all of them, or guessing names would fill the table.
    """
    return client.client_id if client else "?" + sha256(client_id.encode(errors="replace")).hexdigest()[:4]


def _client(row: Mapping[str, Any] | None) -> Client | None:
    if row is None:
        return None
    return Client(
        id=row["id"],
        client_id=row["client_id"],
        name=row["name"],
        kind=ClientKind(row["kind"]),
        roles=tuple(row["roles"]),
        scope=frozenset(row["scope"].split()),
        region=row["region"],
        agency_id=row["agency_id"],
        agency_type=row["agency_type"],
        agency_name=row["agency_name"],
        agency_region=row["agency_region"],
        staff_id=row["staff_id"],
        person_id=row["person_id"],
        secret_hashes=tuple(row["secret_hashes"]),
        jwks=row["jwks"],
        redirect_uris=tuple(row["redirect_uris"]),
        cors_origins=frozenset(row["cors_origins"]),
        session_id=row["session_id"],
        documents_only=row["documents_only"],
        documents=_shared(frozenset(row["documents"])),
    )


@lru_cache(maxsize=256)
def _shared(documents: frozenset[str]) -> frozenset[str]:
    """Return one object for equal sets: an app's documents are known once, not for each of its callers."""
    return documents


__all__ = ["CHANNEL", "VERSIONS", "AuthStore", "versions_of"]
