"""What an operator does by hand: signing keys, clients, divisions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from api.cli.keyring import cipher_of
from api.settings import Settings
from auth import rotation
from auth.policy import PERMISSIONS, ROLES
from auth.secrets import hash_secret, new_secret
from domain.errors import Fault, InvalidInput
from domain.events import Origin
from persistence.auth_store import AuthStore
from persistence.clients import NewClient, register_client
from persistence.engine import open_pool

ORIGIN = Origin("cli")


@asynccontextmanager
async def runtime_pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    """Open a small pool as the runtime role."""
    pool = await open_pool(settings.direct_url, role=settings.database_role, size=2)
    try:
        yield pool
    finally:
        await pool.close()


async def rotate_keys(settings: Settings, leaked: str | None) -> bool:
    """Publish a new signing key, or retire a leaked one at once; False when there was nothing to do."""
    async with runtime_pool(settings) as pool:
        store = AuthStore(pool, cipher_of(settings))
        return await (rotation.discard(store, leaked, ORIGIN) if leaked else rotation.rotate(store, ORIGIN))


async def create_client(settings: Settings, client: NewClient) -> str:
    """Register a system's client and return its secret, which is shown this once. Raises ``ShouwangError``."""
    unknown = [role for role in client.roles if role not in ROLES]
    if unknown or not client.roles:
        raise InvalidInput(Fault("/roles", "client.role_unknown"))
    if [one for one in client.scope if one not in PERMISSIONS]:
        raise InvalidInput(Fault("/scope", "client.scope_unknown"))
    secret = new_secret()
    hashed = await hash_secret(secret)
    async with runtime_pool(settings) as pool, pool.acquire() as connection:
        await register_client(connection, client, hashed)
    return secret
