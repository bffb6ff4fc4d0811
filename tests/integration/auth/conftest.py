"""The door of one worker, with real tables behind it."""

from datetime import timedelta

import asyncpg
import pytest

from auth.authentication import Authenticator
from auth.oauth import AuthorizationServer
from auth.rotation import ensure_key
from persistence.account_store import AccountStore
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
def accounts(pool: asyncpg.Pool, store: AuthStore) -> AccountStore:
    return AccountStore(pool, FieldCipher(bytes(range(32))), session_life=timedelta(days=14), idle=timedelta(days=3))


@pytest.fixture
def server(store: AuthStore, door: Authenticator, accounts: AccountStore) -> AuthorizationServer:
    return AuthorizationServer(store, door, accounts)
