"""The door of one worker, with real tables behind it."""

import asyncpg
import pytest

from auth.authentication import Authenticator
from auth.oauth import AuthorizationServer
from auth.rotation import ensure_key
from persistence.auth_store import AuthStore
from persistence.crypto import FieldCipher
from tests.integration.auth.rows import ORIGIN, REALM, Ids, add_all


@pytest.fixture
async def ids(owner: asyncpg.Connection) -> Ids:
    return await add_all(owner)


@pytest.fixture
async def store(pool: asyncpg.Pool, ids: Ids) -> AuthStore:
    kept = AuthStore(pool, FieldCipher(bytes(range(32))))
    await ensure_key(kept, ORIGIN)
    return kept


@pytest.fixture
def door(store: AuthStore) -> Authenticator:
    return Authenticator(store, REALM)


@pytest.fixture
def server(store: AuthStore, door: Authenticator) -> AuthorizationServer:
    return AuthorizationServer(store, door)
