"""What signing in keeps: accounts with their secrets, attempts, codes, refresh tokens, sessions.

Every call is one short transaction of its own: a failed attempt stays counted and a reused code stays
an alarm, whatever becomes of the request around it.
"""

from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.access import Access
from domain.accounts.model import SessionEnd
from domain.accounts.sign_in import Code, Opened, SignInAccount, coarse
from domain.events import Event, Origin
from domain.ids import new_id
from persistence.crypto import FieldCipher
from persistence.writing.events import append_events
from persistence.writing.sign_ins import end_sessions

CODE_LIFE: Final = timedelta(seconds=60)
LONGEST_LOCK_SECONDS: Final = 900
FORGET_AFTER: Final = timedelta(days=1)

_ACCOUNT: Final = """
SELECT a.id, a.login, a.staff_id, a.agency_id, a.password_initial, a.second_factor,
       c.password_hash, c.totp_secret_cipher, g.region_code AS agency_region,
       a.state = 'active' AND s.valid_from <= current_date AND (s.valid_to IS NULL OR s.valid_to > current_date)
         AND g.valid_from <= current_date AND (g.valid_to IS NULL OR g.valid_to > current_date) AS open
FROM account a JOIN credential c ON c.id = a.id JOIN staff s ON s.id = a.staff_id JOIN agency g ON g.id = a.agency_id
"""
# An attempt is counted before it is checked: of many at once, only the free ones are checked at all.
_ATTEMPT: Final = f"""
INSERT INTO client_lockout AS l (name, failures, locked_until) VALUES ($1, 1, now())
ON CONFLICT (name) DO UPDATE SET
  failures = CASE WHEN l.locked_until < now() - $3::interval THEN 1 ELSE l.failures + 1 END,
  locked_until = now() + make_interval(secs => CASE
    WHEN l.locked_until < now() - $3::interval OR l.failures < $2 THEN 0
    ELSE least({LONGEST_LOCK_SECONDS}, 2 ^ least(l.failures - $2, 20)) END)
WHERE l.locked_until <= now()
RETURNING greatest(0, ceil(extract(epoch FROM locked_until - now())))::int
"""
_WAIT: Final = (
    "SELECT greatest(1, ceil(extract(epoch FROM locked_until - now())))::int FROM client_lockout WHERE name = $1"
)


NOBODY: Final = Access(sub="system:sign-in", client_id="sign-in", roles=(), grants={})


class AccountStore:
    """The tables of signing in, through the runtime pool."""

    def __init__(self, pool: asyncpg.Pool, cipher: FieldCipher, *, session_life: timedelta, idle: timedelta) -> None:
        """``session_life``: a sign-in ends after it, used or not; ``idle``: a refresh token left alone so long dies."""
        self._pool = pool
        self._cipher = cipher
        self._session_life = session_life
        self._idle = idle

    async def by_login(self, login: str) -> SignInAccount | None:
        """Return the account of a login name."""
        return self._account(await self._pool.fetchrow(f"{_ACCOUNT} WHERE a.login = $1", login))

    async def by_id(self, account_id: UUID) -> SignInAccount | None:
        """Return an account."""
        return self._account(await self._pool.fetchrow(f"{_ACCOUNT} WHERE a.id = $1", account_id))

    def _account(self, row: Mapping[str, Any] | None) -> SignInAccount | None:
        if row is None:
            return None
        sealed = row["totp_secret_cipher"]
        secret = None if sealed is None else self._cipher.open("credential", "totp_secret_cipher", row["id"], sealed)
        kept = {name: value for name, value in row.items() if name != "totp_secret_cipher"}
        return SignInAccount(**kept, totp_secret=secret)

    # --- attempts

    async def attempt(self, names: Mapping[str, int]) -> int:
        """Count an attempt under each name, with so many free; returns the seconds to wait, 0: it may be made."""
        async with self._pool.acquire() as connection, connection.transaction():
            for name, free in sorted(names.items()):
                if await connection.fetchval(_ATTEMPT, name, free, FORGET_AFTER) is None:
                    return int(await connection.fetchval(_WAIT, name))
        return 0

    async def forgive(self, account_name: str, address_name: str) -> None:
        """Forget an account's failed attempts, and take back the one just counted for the address."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("DELETE FROM client_lockout WHERE name = $1", account_name)
            await connection.execute(
                "UPDATE client_lockout SET failures = greatest(0, failures - 1), locked_until = now() WHERE name = $1",
                address_name,
            )

    async def record_failure(self, account: SignInAccount | None, origin: Origin) -> None:
        """Write down that somebody failed to sign in; the same, and as slowly, where there is no such account."""
        failed = (
            account_event("account.sign_in_failed", account)
            if account
            else Event("account.sign_in_failed", "account", new_id())
        )
        async with self._pool.acquire() as connection, connection.transaction():
            await append_events(connection, _as(account) if account else NOBODY, origin, [failed])

    # --- second factor, first password

    async def use_totp(self, account: SignInAccount, step: int) -> bool:
        """Use a time step up; False when it, or a later one, was used before."""
        used = await self._pool.fetchval(
            "UPDATE credential SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING true", account.id, step
        )
        return bool(used)

    async def use_recovery(self, account: SignInAccount, hashed: str, origin: Origin) -> bool:
        """Use a recovery code up; False when there is no such one left."""
        async with self._pool.acquire() as connection, connection.transaction():
            used = await connection.fetchval(
                "UPDATE credential SET recovery_hashes = array_remove(recovery_hashes, $2) "
                "WHERE id = $1 AND $2 = ANY (recovery_hashes) RETURNING true",
                account.id, hashed,
            )  # fmt: skip
            if used:
                event = account_event("account.recovery_code_used", account)
                await append_events(connection, _as(account), origin, [event])
        return bool(used)

    async def replace_initial(self, account: SignInAccount, hashed: str, origin: Origin) -> bool:
        """Put her own password in the place of an initial one; False when that was done already."""
        async with self._pool.acquire() as connection, connection.transaction():
            changed = await connection.fetchval(
                "UPDATE account SET password_initial = false, version = version + 1, updated_at = clock_timestamp() "
                "WHERE id = $1 AND password_initial RETURNING true",
                account.id,
            )
            replaced = changed and await connection.fetchval(
                "UPDATE credential SET password_hash = $3, version = version + 1, updated_at = clock_timestamp() "
                "WHERE id = $1 AND password_hash = $2 RETURNING true",
                account.id, account.password_hash, hashed,
            )  # fmt: skip
            if changed and not replaced:
                message = "an initial password changed under a sign-in"
                raise asyncpg.SerializationError(message)  # answered as "busy": she starts again
            if replaced:
                event = account_event("account.password_changed", account)
                await append_events(connection, _as(account), origin, [event])
        return bool(replaced)

    # --- codes, refresh tokens, sessions

    async def keep_code(self, code: Code) -> None:
        """Keep an authorization code for a minute."""
        await self._pool.execute(
            "INSERT INTO authorization_code (digest, client_id, redirect_uri, challenge, account_id, scope, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)",
            code.digest, code.client_id, code.redirect_uri, code.challenge, code.account_id, code.scope, CODE_LIFE,
        )  # fmt: skip

    async def redeem(
        self, digest: bytes, *, client_id: str, redirect_uri: str, challenge: str, refresh: bytes, origin: Origin
    ) -> Opened | None:
        """Open a session for a code, with its first refresh token; None when the code is not good.

        A code that comes twice was copied: what it gave is taken back (RFC 6749 section 4.1.2). One
        that comes from another app, address or verifier is spent.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            code = await connection.fetchrow(
                "SELECT *, expires_at > now() AS fresh FROM authorization_code WHERE digest = $1 FOR UPDATE", digest
            )
            if code is None:
                return None
            account = self._account(await connection.fetchrow(f"{_ACCOUNT} WHERE a.id = $1", code["account_id"]))
            if code["session_id"] is not None:
                await self._reused(connection, code["session_id"], account, origin)
                return None
            meant = (code["client_id"] == client_id, code["redirect_uri"] == redirect_uri)
            proven = compare_digest(code["challenge"], challenge)
            if not (code["fresh"] and all(meant) and proven and account is not None and account.open):
                await connection.execute("UPDATE authorization_code SET expires_at = now() WHERE digest = $1", digest)
                return None
            session = await connection.fetchval(
                "INSERT INTO account_session (id, account_id, staff_id, agency_id, client_id, scope, address, "
                "last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now() + $8::interval) "
                "RETURNING id",
                new_id(), account.id, account.staff_id, account.agency_id, client_id, code["scope"],
                coarse(origin.address), self._session_life,
            )  # fmt: skip
            await connection.execute("UPDATE authorization_code SET session_id = $2 WHERE digest = $1", digest, session)
            await self._keep_refresh(connection, refresh, session)
            event = _session_event("session.started", session, account, client_id=client_id)
            await append_events(connection, _as(account, client_id), origin, [event])
        return Opened(UUID(str(session)), code["scope"])

    async def rotate(self, digest: bytes, *, client_id: str, refresh: bytes, origin: Origin) -> Opened | None:
        """Put a new refresh token in the place of one; None when that is not good.

        One that comes twice, or from another app, was copied: the sign-in ends (RFC 9700 section 4.14).
        """
        async with self._pool.acquire() as connection, connection.transaction():
            token = await connection.fetchrow(
                "SELECT t.session_id, t.used_at, t.expires_at > now() AS fresh, s.account_id, s.client_id, s.scope, "
                "s.ended_at IS NULL AND s.expires_at > now() AS open "
                "FROM refresh_token t JOIN account_session s ON s.id = t.session_id WHERE t.digest = $1 FOR UPDATE",
                digest,
            )
            if token is None:
                return None
            account = self._account(await connection.fetchrow(f"{_ACCOUNT} WHERE a.id = $1", token["account_id"]))
            if token["used_at"] is not None or token["client_id"] != client_id:
                await self._reused(connection, token["session_id"], account, origin)
                return None
            if not (token["fresh"] and token["open"] and account is not None and account.open):
                return None
            await connection.execute("UPDATE refresh_token SET used_at = now() WHERE digest = $1", digest)
            await self._keep_refresh(connection, refresh, token["session_id"])
            await connection.execute(
                "UPDATE account_session SET last_used_at = now(), address = $2 WHERE id = $1",
                token["session_id"], coarse(origin.address),
            )  # fmt: skip
        return Opened(UUID(str(token["session_id"])), token["scope"])

    async def give_back(self, digest: bytes, *, client_id: str, origin: Origin) -> bool:
        """End the sign-in of a refresh token (RFC 7009); False when it is no token of this client."""
        async with self._pool.acquire() as connection, connection.transaction():
            found = await connection.fetchrow(
                "SELECT s.id, s.account_id FROM refresh_token t JOIN account_session s ON s.id = t.session_id "
                "WHERE t.digest = $1 AND s.client_id = $2",
                digest, client_id,
            )  # fmt: skip
            if found is None:
                return False
            account = self._account(await connection.fetchrow(f"{_ACCOUNT} WHERE a.id = $1", found["account_id"]))
            await self._end(connection, found["id"], account, SessionEnd.REVOKED, origin)
        return True

    async def _keep_refresh(self, connection: asyncpg.Connection, digest: bytes, session_id: UUID) -> None:
        await connection.execute(
            "INSERT INTO refresh_token (digest, session_id, expires_at) "
            "SELECT $1, id, least(expires_at, now() + $3::interval) FROM account_session WHERE id = $2",
            digest, session_id, self._idle,
        )  # fmt: skip

    async def _reused(
        self, connection: asyncpg.Connection, session_id: UUID, account: SignInAccount | None, origin: Origin
    ) -> None:
        await self._end(connection, session_id, account, SessionEnd.REUSE, origin)

    async def _end(
        self,
        connection: asyncpg.Connection,
        session_id: UUID,
        account: SignInAccount | None,
        why: SessionEnd,
        origin: Origin,
    ) -> None:
        for session in await end_sessions(connection, "id", session_id, why):
            if account is not None:
                event = _session_event("session.ended", session["id"], account, reason=why)
                await append_events(connection, _as(account, session["client_id"]), origin, [event])


def account_event(what: str, account: SignInAccount) -> Event:
    """Return an event of an account, seen by the auditors of its agency's region."""
    return Event(what, "account", account.id, account.agency_region or None, data={"staff_id": account.staff_id})


def _session_event(what: str, session_id: UUID, account: SignInAccount, **data: object) -> Event:
    about = {"staff_id": account.staff_id, **data}
    return Event(what, "account_session", session_id, account.agency_region or None, data=about)


def _as(account: SignInAccount, client_id: str = "sign-in") -> Access:
    """Return the account's owner as the actor of an event; she holds no grant."""
    return Access(
        sub=account.sub, client_id=client_id, roles=(), grants={}, agency_id=account.agency_id,
        staff_id=account.staff_id,
    )  # fmt: skip


__all__ = ["CODE_LIFE", "AccountStore"]
