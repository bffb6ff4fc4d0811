"""What an operator does by hand: signing keys, the first agency, clients."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from pydantic import ValidationError

from api.cli.keyring import cipher_of
from api.faults import read_faults
from api.settings import Settings
from auth import rotation
from auth.policy import PERMISSIONS, ROLES
from auth.secrets import hash_secret, new_secret
from domain.access import EVERYWHERE, Access, Clearance, Grant, RowScope
from domain.agencies import use_cases as agencies
from domain.agencies.commands import CreateAgency
from domain.errors import Fault, InvalidInput
from domain.events import Origin
from persistence.auth_store import AuthStore
from persistence.clients import NewClient, register_client
from persistence.engine import open_pool
from persistence.writing.unit_of_work import PostgresUnitOfWork

ORIGIN = Origin("cli")
OPERATOR = Access(
    sub="system:cli",
    client_id="system",
    roles=(),
    grants={"agencies:write": Grant(RowScope.NOBODY, Clearance())},
    regions=(EVERYWHERE,),
)


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


async def create_agency(settings: Settings, *, type_: str, name: str, region: str) -> str:
    """Enter an agency and return its id: the first has nobody who could ask for it. Raises ``ShouwangError``."""
    try:
        command = CreateAgency.model_validate({"type": type_, "name": name, "region": region})
    except ValidationError as error:
        raise InvalidInput(*read_faults(error.errors(), in_request=False)) from None
    async with runtime_pool(settings) as pool:
        unit = PostgresUnitOfWork(pool, cipher_of(settings), ORIGIN)
        return str((await agencies.create_agency(OPERATOR, unit, command)).id)


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
