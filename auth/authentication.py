"""Who is calling: from the ``Authorization`` header to an access, without a query when she is known.

Verifying a token costs 0.4 ms and reading its client a query, so both are remembered by the
token's digest. What is remembered is trusted for one second after the counters of
``persistence`` were last read: they are polled twice a second and at every notification, and
whoever finds them older than that reads them herself. A revocation or a change of roles
therefore bites within one second on every worker, also on one that has lost its database.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from auth.accounts import access_of
from auth.keys import KeySet
from auth.store import AuthStore
from auth.tokens import Claims, Realm, verify
from domain.access import Access
from domain.clients.model import AuthVersions, Client, RevocationKind
from domain.errors import NotAuthenticated

TRUSTED_SECONDS: Final = 1.0
REMEMBERED_TOKENS: Final = 10_000
_SCHEME: Final = b"bearer "


@dataclass(frozen=True, slots=True)
class _Known:
    access: Access
    claims: Claims


class Authenticator:
    """The remembered tokens, keys and revocations of one worker."""

    def __init__(
        self,
        store: AuthStore,
        realm: Realm,
        *,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """``clock`` gives Unix seconds, ``ticks`` seconds that never go back."""
        self.realm = realm
        self.keys = KeySet()
        self._store = store
        self._clock = clock
        self._ticks = ticks
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._revoked: dict[tuple[RevocationKind, str], float] = {}
        self._origins: frozenset[str] = frozenset()
        self._versions = AuthVersions(-1, -1, -1)
        self._trusted_until = float("-inf")
        self._epoch = 0
        self._refreshing = asyncio.Lock()

    async def authenticate(self, headers: Iterable[tuple[bytes, bytes]]) -> Access:
        """Return the access of a request by its ASGI headers, or raise ``NotAuthenticated``."""
        token = bearer_token(headers)
        digest = blake2b(token, digest_size=16).digest()
        known = self._known.get(digest)
        if known is not None and self._ticks() < self._trusted_until and self._clock() < known.claims.exp:
            return known.access
        return (await self._admit(token.decode("latin-1"), digest)).access

    async def claims(self, token: str) -> Claims | None:
        """Return the claims of a token that holds at this moment, None for any other; for introspection."""
        try:
            return (await self._admit(token, None)).claims
        except NotAuthenticated:
            return None

    async def refresh(self, *, force: bool = True) -> None:
        """Read the counters and take over what has changed; without ``force`` only when they are too old."""
        async with self._refreshing:
            if not force and self._ticks() < self._trusted_until:
                return
            started = self._ticks()
            versions = await self._store.versions()
            before = self._versions
            if versions.keys != before.keys:
                self.keys = KeySet(await self._store.signing_keys())
                self._forget_all()
            if versions.revocations != before.revocations:
                await self._take_over_revocations()
            if versions.directory != before.directory:
                self._origins = await self._store.origins()
                self._forget_all()
            self._versions = versions
            self._trusted_until = started + TRUSTED_SECONDS

    async def _admit(self, token: str, digest: bytes | None) -> _Known:
        await self.refresh(force=False)
        claims = verify(token, self.keys, self.realm, self._clock())
        epoch = self._epoch
        client = None if self._is_revoked(claims) else await self._acting(claims)
        # Asked again after the wait: a revocation may have come in between.
        if client is None or self._is_revoked(claims):
            raise NotAuthenticated("token.revoked")
        known = _Known(access_of(client, claims), claims)
        if digest is not None and epoch == self._epoch:
            self._remember(digest, known)
        return known

    async def _acting(self, claims: Claims) -> Client | None:
        if claims.sid is None:
            return await self._store.client(claims.client_id)
        return await self._store.signed_in(claims.client_id, claims.sid)

    def lists(self, origin: str) -> bool:
        """Tell whether some active client names a web origin; whose token comes from it, is asked at the door."""
        return origin in self._origins

    def _remember(self, digest: bytes, known: _Known) -> None:
        self._known[digest] = known
        if len(self._known) > REMEMBERED_TOKENS:
            self._known.popitem(last=False)  # the oldest has lived longest: it expires first

    def _forget_all(self) -> None:
        self._known.clear()
        self._epoch += 1

    async def _take_over_revocations(self) -> None:
        found = await self._store.revocations()
        self._revoked = {(one.kind, one.value): one.before.timestamp() for one in found}
        for digest in [digest for digest, one in self._known.items() if self._is_revoked(one.claims)]:
            del self._known[digest]

    def _is_revoked(self, claims: Claims) -> bool:
        if not self._revoked:
            return False
        named = (
            (RevocationKind.JTI, claims.jti),
            (RevocationKind.CLIENT, claims.client_id),
            (RevocationKind.SUB, claims.sub),
            (RevocationKind.SESSION, str(claims.sid)),
        )
        return any(claims.iat <= self._revoked.get(name, -1) for name in named)


def bearer_token(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the one bearer token of a request (RFC 6750 section 2.1), or raise ``NotAuthenticated``."""
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise NotAuthenticated("token.missing")
    if len(given) > 1 or given[0][: len(_SCHEME)].lower() != _SCHEME:
        raise NotAuthenticated("token.scheme")
    return given[0][len(_SCHEME) :].strip(b" ")


__all__ = ["Authenticator", "bearer_token"]
