"""What a sign-in hangs on: taken away, it is gone on another worker within a second; keys change by themselves."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.cli.admin import create_account, reset_account, rotation_of
from api.settings import Mode, Settings
from auth.authentication import Authenticator
from auth.codes import challenge_of, digest_of, new_opaque
from auth.oauth import AuthorizationServer, Issued
from auth.secrets import hash_secret, matches
from domain.accounts.sign_in import Code, coarse, counted
from domain.errors import Conflict, InvalidInput, NotAuthenticated, NotFound
from domain.people.days import today
from persistence.account_store import AccountStore
from persistence.auth_store import AuthStore
from persistence.auth_watch import watching
from persistence.crypto import FieldCipher
from persistence.jobs.worker import Worker
from tests.integration.auth.rows import ORIGIN, REALM, Ids, add_client, bearer, client_of, insert
from tests.integration.auth.test_authentication import eventually

BACK, VERIFIER = "https://a.example/back", "v" * 43


@pytest.fixture
async def account(owner: asyncpg.Connection, ids: Ids) -> UUID:
    """An account of the officer, and an app of her agency."""
    await add_client(owner, "app", "app", agency_id=ids.agency, roles=[], secret_hashes=[], redirect_uris=[BACK])
    key = await insert(
        owner, "account", staff_id=ids.staff, agency_id=ids.agency, login="officer", roles=["county_officer"],
        state="active", password_initial=False, second_factor=False,
    )  # fmt: skip
    hashed = await hash_secret("not asked for here")
    await owner.execute("INSERT INTO credential (id, password_hash, totp_step) VALUES ($1, $2, 0)", key, hashed)
    return key


async def signed_in(store: AuthStore, accounts: AccountStore, server: AuthorizationServer, account: UUID) -> Issued:
    code = new_opaque()
    await accounts.keep_code(Code(digest_of(code), "app", BACK, challenge_of(VERIFIER), account, ""))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return await server.grant(await client_of(store, "app"), form, ORIGIN)


END_SESSION = (
    "WITH s AS (UPDATE account_session SET ended_at = now() RETURNING id) INSERT INTO revocation "
    "SELECT 'session', id::text, now() + interval '1 day', now() + interval '1 day' FROM s"
)
CHANGES = {
    "suspended": ("UPDATE account SET state = 'suspended'", "token.revoked"),
    "roles taken": ("UPDATE account SET roles = '{}'", None),
    "left office": ("UPDATE staff SET valid_to = current_date", "token.revoked"),
    "moved": ("UPDATE staff SET region_code = 421081105000", "token.outdated"),
    "app ended": ("UPDATE client SET active = false WHERE client_id = 'app'", "token.revoked"),
    "session ended": (END_SESSION, "token.revoked"),
}


@pytest.mark.parametrize("notified", [True, False])
@pytest.mark.parametrize("change", CHANGES)
async def test_another_worker_learns_of_it(  # noqa: PLR0917 - fixtures
    store: AuthStore, accounts: AccountStore, server: AuthorizationServer, account: UUID, database: str,
    owner: asyncpg.Connection, notified: bool, change: str,
) -> None:  # fmt: skip
    other = Authenticator(store, REALM)
    headers = bearer((await signed_in(store, accounts, server, account)).access_token)
    statement, code = CHANGES[change]

    async def holds_no_more() -> bool:
        try:
            access = await other.authenticate(headers)
        except NotAuthenticated as error:
            return error.code == code
        return code is None and access.roles == () and access.grants == {}

    listening_at = database if notified else database.replace("host=", "host=/nowhere")
    async with watching(listening_at, other.refresh):
        assert (await other.authenticate(headers)).roles == ("county_officer",)
        await asyncio.sleep(0.6)
        await owner.execute(statement)
        await eventually(holds_no_more, 10)  # a second on a machine with nothing else to do


async def test_two_workers_redeem_one_code_once(
    store: AuthStore, accounts: AccountStore, server: AuthorizationServer, account: UUID, owner: asyncpg.Connection
) -> None:
    code = new_opaque()
    await accounts.keep_code(Code(digest_of(code), "app", BACK, challenge_of(VERIFIER), account, ""))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    app = await client_of(store, "app")
    outcomes = await asyncio.gather(*(server.grant(app, form, ORIGIN) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Issued) for one in outcomes) <= 1
    assert {type(one) for one in outcomes} <= {Issued, InvalidInput}
    assert await owner.fetchval("SELECT count(*) FROM account_session") == 1
    assert await owner.fetchval("SELECT end_reason FROM account_session") == "reuse"


async def test_two_refreshes_at_once_end_the_family(
    store: AuthStore, accounts: AccountStore, server: AuthorizationServer, account: UUID, owner: asyncpg.Connection
) -> None:
    issued = await signed_in(store, accounts, server, account)
    form = {"grant_type": "refresh_token", "refresh_token": str(issued.refresh_token)}
    app = await client_of(store, "app")
    await asyncio.gather(*(server.grant(app, form, ORIGIN) for _ in range(2)), return_exceptions=True)
    assert await owner.fetchval("SELECT end_reason FROM account_session") == "reuse"
    assert await owner.fetchval("SELECT count(*) FROM refresh_token") == 2


async def test_attempts_at_once_do_not_pass_each_other(accounts: AccountStore, account: UUID) -> None:
    waits = await asyncio.gather(*(accounts.attempt({"account officer": 5}) for _ in range(30)))
    assert sum(wait == 0 for wait in waits) <= 6


def test_how_much_is_kept_of_an_address() -> None:
    assert [coarse(one) for one in ("203.0.113.7", "2001:db8:1:2::9", "::ffff:203.0.113.7", "socket", None)] == [
        "203.0.113.0/24", "2001:db8:1::/48", "203.0.113.0/24", None, None,
    ]  # fmt: skip
    assert [counted(one) for one in ("203.0.113.7", "2001:db8:1:2::9", None)] == [
        "203.0.113.7/32", "2001:db8:1:2::/64", "?",
    ]  # fmt: skip


@pytest.fixture
def settings(database: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path_factory.mktemp("cli"))


async def test_the_first_account_comes_from_the_command_line(
    settings: Settings, owner: asyncpg.Connection, ids: Ids
) -> None:
    async def people() -> int:
        found: int = await owner.fetchval("SELECT count(*) FROM staff")
        return found

    wanted: dict[str, Any] = {"agency": str(ids.agency), "name": "张红", "roles": ["agency_admin", "county_officer"]}
    before = await people()
    with pytest.raises(InvalidInput):
        await create_account(settings, login="Bad Name", **wanted)
    assert await people() == before
    password = await create_account(settings, login="first.admin", **wanted)
    kept = await owner.fetchrow("SELECT * FROM account JOIN credential USING (id) WHERE login = 'first.admin'")
    assert (kept["roles"], kept["password_initial"]) == (["agency_admin", "county_officer"], True)
    assert await matches(password, [kept["password_hash"]])
    with pytest.raises(Conflict):
        await create_account(settings, login="first.admin", **wanted)
    renewed = await reset_account(settings, "first.admin", second_factor=True)
    hashed = await owner.fetchval(
        "SELECT password_hash FROM account JOIN credential USING (id) WHERE login = $1", "first.admin"
    )
    assert (await matches(password, [hashed]), await matches(renewed, [hashed])) == (False, True)
    with pytest.raises(NotFound):
        await reset_account(settings, "nobody", second_factor=False)


async def test_the_worker_changes_signing_keys_in_time(
    settings: Settings, store: AuthStore, pool: asyncpg.Pool, owner: asyncpg.Connection, database: str
) -> None:
    # The worker's cipher is the installation's; the store's fixture key was sealed under another one.
    await owner.execute("DELETE FROM signing_key")
    from api.cli.keyring import cipher_of
    from auth.rotation import ensure_key

    await ensure_key(AuthStore(pool, cipher_of(settings)), ORIGIN)
    worker = Worker(database, FieldCipher(bytes(range(32))), also_daily={"signing_keys": rotation_of(settings)})
    await worker.daily(pool)
    assert await owner.fetchval("SELECT count(*) FROM signing_key") == 1
    assert await owner.fetchval("SELECT ran_on FROM job_run WHERE job = 'signing_keys'") == today()
    await owner.execute("UPDATE signing_key SET signs_from = now() - interval '91 days'")
    await owner.execute("DELETE FROM job_run")
    await worker.daily(pool)
    old, new = await owner.fetch("SELECT signs_from, retired_at FROM signing_key ORDER BY signs_from")
    assert old["retired_at"] > new["signs_from"]  # both verify while tokens of the old one live
    assert old["retired_at"] - new["signs_from"] >= timedelta(seconds=settings.access_token_seconds)
    assert new["retired_at"] is None
    await worker.daily(pool)
    assert await owner.fetchval("SELECT count(*) FROM signing_key") == 2
