"""What an operator does by hand: signing keys, the first agency, clients."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
from pydantic import ValidationError

from api.cli.keyring import cipher_of
from api.faults import read_faults
from api.settings import Settings
from auth import rotation
from auth.credentials import Credentials
from auth.policy import PERMISSIONS, ROLES
from auth.secrets import hash_secret, new_secret
from auth.standing import access_now as standing_now
from domain.access import EVERYWHERE, Access, Clearance, Grant, RowScope
from domain.accounts import use_cases as accounts
from domain.accounts.commands import CreateAccount, ResetPassword
from domain.accounts.model import Role
from domain.agencies import staff
from domain.agencies import use_cases as agencies
from domain.agencies.commands import CreateAgency, CreateStaff
from domain.errors import Fault, InvalidInput, NotFound
from domain.events import Origin
from domain.exports.operations import Standing
from persistence.account_store import AccountStore
from persistence.auth_store import AuthStore
from persistence.clients import NewClient, register_client
from persistence.crypto import FieldCipher
from persistence.engine import open_pool
from persistence.writing.unit_of_work import PostgresUnitOfWork

ORIGIN = Origin("cli")
OPERATOR = Access(
    sub="system:cli",
    client_id="system",
    roles=(),
    grants={
        "accounts:write": Grant(RowScope.AGENCY, Clearance()),
        "agencies:write": Grant(RowScope.NOBODY, Clearance()),
        "staff:write": Grant(RowScope.NOBODY, Clearance()),
    },
    regions=(EVERYWHERE,),
    may_give=frozenset(Role),
)


@asynccontextmanager
async def runtime_pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    """Open a small pool as the runtime role."""
    pool = await open_pool(settings.direct_url, role=settings.database_role, size=2)
    try:
        yield pool
    finally:
        await pool.close()


async def access_now(pool: asyncpg.Pool, cipher: FieldCipher, standing: Standing, asked_at: datetime) -> Access | None:
    """Return what somebody who asked for long work may do at this moment."""
    return await standing_now(AuthStore(pool, cipher), standing, asked_at)


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


async def create_account(settings: Settings, *, login: str, agency: str, name: str, roles: list[str]) -> str:
    """Enter a member of staff with her account; returns the initial password. Raises ``ShouwangError``.

    Whoever runs the machine stands in for the agency's administrator.
    """
    async with runtime_pool(settings) as pool:
        unit = PostgresUnitOfWork(pool, cipher_of(settings), ORIGIN, secrets=_credentials(settings, pool))
        try:
            member = CreateStaff.model_validate({"agency_id": agency, "name": name, "posts": []})
            # Looked at before anything is written: a slip in the login leaves nobody behind.
            CreateAccount.model_validate({"staff_id": agency, "login": login, "roles": roles})
            entered = await staff.create_staff(OPERATOR, unit, member)
            account = {"staff_id": str(entered.id), "login": login, "roles": roles}
            operator = replace(OPERATOR, agency_id=member.agency_id)
            made = await accounts.create_account(operator, unit, CreateAccount.model_validate(account))
        except ValidationError as error:
            raise InvalidInput(*read_faults(error.errors(include_input=False), in_request=False)) from None
    return str(made["initial_password"])


async def reset_account(settings: Settings, login: str, *, second_factor: bool) -> str:
    """Give an account a new initial password and return it. Raises ``NotFound`` for an unknown login."""
    async with runtime_pool(settings) as pool:
        found = await pool.fetchrow("SELECT id, agency_id, version FROM account WHERE login = $1", login)
        if found is None:
            raise NotFound
        unit = PostgresUnitOfWork(pool, cipher_of(settings), ORIGIN, secrets=_credentials(settings, pool))
        command = ResetPassword(account_id=found["id"], version=found["version"], second_factor=second_factor)
        made = await accounts.reset_password(replace(OPERATOR, agency_id=found["agency_id"]), unit, command)
    return str(made["initial_password"])


def rotation_of(settings: Settings) -> Callable[[asyncpg.Pool], Coroutine[None, None, None]]:
    """Return the daily look at the signing keys: a new one when the youngest has signed for long enough."""
    lifetime = timedelta(seconds=settings.access_token_seconds)

    async def rotate(pool: asyncpg.Pool) -> None:
        await rotation.rotate_if_due(AuthStore(pool, cipher_of(settings)), Origin("job"), lifetime)

    return rotate


def _credentials(settings: Settings, pool: asyncpg.Pool) -> Credentials:
    life = timedelta(hours=settings.session_hours)
    return Credentials(AccountStore(pool, cipher_of(settings), session_life=life, idle=life))


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
