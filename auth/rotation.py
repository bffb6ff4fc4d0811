"""Changing signing keys: the first one, the regular hand-over, and the one that leaked."""

from datetime import datetime, timedelta

from auth.keys import TOKEN_LIFETIME, KeySet, new_key, retirement, utc_now
from auth.store import AuthStore
from domain.events import Origin


async def ensure_key(store: AuthStore, origin: Origin) -> None:
    """Make the first signing key of an installation; several workers may start at once."""
    keys = await store.signing_keys()
    if KeySet(keys).signing(utc_now()) is None:
        await _install(store, frozenset(key.kid for key in keys), utc_now(), TOKEN_LIFETIME, origin, first=True)


async def rotate(store: AuthStore, origin: Origin, lifetime: timedelta = TOKEN_LIFETIME) -> bool:
    """Publish a new key now; it signs ten minutes later. False when another process just did."""
    seen = frozenset(key.kid for key in await store.signing_keys())
    return await _install(store, seen, utc_now(), lifetime, origin)


async def rotate_if_due(store: AuthStore, origin: Origin, lifetime: timedelta = TOKEN_LIFETIME) -> bool:
    """Rotate when the youngest key has signed for 90 days; for the daily job."""
    keys, now = KeySet(await store.signing_keys()), utc_now()
    # The first key is ensure_key's to make: two makers at one start would retire each other's tokens early.
    due = keys.signing(now) is not None and keys.rotation_due(now)
    return due and await rotate(store, origin, lifetime)


async def discard(store: AuthStore, kid: str, origin: Origin) -> bool:
    """Retire a leaked key at once, its tokens with it, and let a new one sign at once. False: unknown kid."""
    if not await store.retire_key(kid, utc_now(), origin):
        return False
    await ensure_key(store, origin)
    return True


async def _install(
    store: AuthStore, seen: frozenset[str], now: datetime, lifetime: timedelta, origin: Origin, *, first: bool = False
) -> bool:
    successor = new_key(now, first=first)
    return await store.hand_over(successor, seen, retirement(successor, lifetime), origin)


__all__ = ["discard", "ensure_key", "rotate", "rotate_if_due"]
