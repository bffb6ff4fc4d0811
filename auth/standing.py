"""What somebody who asked for long work may do now: her access is never kept, only who she is."""

from datetime import datetime

from auth.accounts import access_of
from auth.store import AuthStore
from auth.tokens import Claims
from domain.access import Access
from domain.clients.model import Client, RevocationKind
from domain.errors import NotAuthenticated
from domain.exports.operations import Standing


async def access_now(store: AuthStore, standing: Standing, asked_at: datetime) -> Access | None:
    """Return the access of a caller at this moment, None where she may not act any more.

    What she gained since she asked does not count, what she lost does: a role, her client, her
    place; and a revocation of all her tokens since then.
    """
    client = await _acting(store, standing)
    named = {
        (RevocationKind.CLIENT, standing.client_id),
        (RevocationKind.SUB, standing.sub),
        (RevocationKind.SESSION, str(standing.session_id)),
    }
    revoked = any((one.kind, one.value) in named and one.before >= asked_at for one in await store.revocations())
    if client is None or revoked:
        return None
    claims = Claims(
        sub=standing.sub, client_id=standing.client_id, agency=standing.agency_id, region=standing.region,
        roles=standing.roles, scope=standing.permissions, iat=int(asked_at.timestamp()), exp=0, jti="",
    )  # fmt: skip
    try:
        return access_of(client, claims)
    except NotAuthenticated:
        return None


async def _acting(store: AuthStore, standing: Standing) -> Client | None:
    if standing.session_id is None:
        return await store.client(standing.client_id)
    return await store.signed_in(standing.client_id, standing.session_id)


__all__ = ["access_now"]
