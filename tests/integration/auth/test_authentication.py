"""A known caller costs no query; a revocation or a change of roles bites within a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from auth.authentication import Authenticator
from auth.oauth import AuthorizationServer
from auth.rotation import discard
from domain.access import EVERYWHERE, RegionRange, RowScope
from domain.clients.model import Revocation, RevocationKind
from domain.errors import NotAuthenticated
from persistence.auth_store import AuthStore
from persistence.auth_watch import watching
from tests.integration.auth.rows import ORIGIN, REALM, Ids, add_client, bearer, client_of, insert, token_of


async def refused(door: Authenticator, token: str) -> str:
    """Return the code with which a token is refused."""
    with pytest.raises(NotAuthenticated) as caught:
        await door.authenticate(bearer(token))
    return caught.value.code


async def test_a_system_acts_for_its_agency(door: Authenticator, server: AuthorizationServer, ids: Ids) -> None:
    access = await door.authenticate(bearer(await token_of(server, "welfare")))
    assert (access.sub, access.client_id, access.roles) == ("client:welfare", "welfare", ("integration",))
    assert (access.agency_id, access.agency_type, access.agency_name) == (ids.agency, "civil_affairs", "石首市民政局")
    assert (access.region, access.regions) == ("421081", (RegionRange(421081000000, 421082000000),))
    assert (access.remit, access.person_id, access.staff_id) == (128, None, None)
    assert access.grant("people:write").rows is RowScope.REGION


async def test_staff_work_where_they_are_posted(door: Authenticator, server: AuthorizationServer, ids: Ids) -> None:
    access = await door.authenticate(bearer(await token_of(server, "officer")))
    assert (access.sub, access.staff_id, access.agency_id) == (f"staff:{ids.staff}", ids.staff, ids.agency)
    assert (access.region, access.regions) == ("421081104", (RegionRange(421081104000, 421081105000),))


async def test_a_resident_has_no_region(door: Authenticator, server: AuthorizationServer, ids: Ids) -> None:
    access = await door.authenticate(bearer(await token_of(server, "resident")))
    assert (access.sub, access.person_id, access.grantee_id) == (f"person:{ids.person}", ids.person, ids.person)
    assert (access.region, access.regions, access.remit, access.agency_id) == (None, (), 0, None)
    assert access.grant("people:read").rows is RowScope.SELF


async def test_an_ngo_has_no_region_whatever_its_agency_says(
    door: Authenticator, server: AuthorizationServer, owner: asyncpg.Connection
) -> None:
    ngo = await insert(
        owner, "agency", type="ngo", level=3, name="社工服务中心", region_code=421081000000, valid_from=date(2024, 1, 1)
    )  # fmt: skip
    await add_client(owner, "ngo", agency_id=ngo, roles=["ngo_worker", "county_officer"])
    access = await door.authenticate(bearer(await token_of(server, "ngo")))
    assert (access.region, access.regions, access.remit, access.grantee_id) == (None, (), 0, ngo)
    assert access.grant("people:read").rows is RowScope.ASSIGNED


@pytest.mark.parametrize(
    ("stored", "reached"),
    [
        ((None, 0), ("0", [EVERYWHERE])),
        (("42", 0), ("42", [RegionRange(420000000000, 430000000000)])),
        (("421081104", 421081000000), ("421081104", [RegionRange(421081104000, 421081105000)])),
        (("4210", 421081000000), ("421081", [RegionRange(421081000000, 421082000000)])),
        (("421022", 421081000000), (None, [])),
    ],
)
async def test_a_clients_region_narrows_its_agencys(
    door: Authenticator,
    server: AuthorizationServer,
    owner: asyncpg.Connection,
    stored: tuple[str | None, int],
    reached: tuple[str | None, list[RegionRange]],
) -> None:
    own, agency = stored
    await owner.execute("UPDATE agency SET region_code = $1", agency)
    await owner.execute("UPDATE client SET region_code = $1 WHERE client_id = 'welfare'", own)
    access = await door.authenticate(bearer(await token_of(server, "welfare")))
    assert (access.region, list(access.regions)) == reached


async def test_a_scope_narrows_and_an_empty_one_is_not_everything(
    door: Authenticator, server: AuthorizationServer, owner: asyncpg.Connection
) -> None:
    token = await token_of(server, "welfare", "people:read codes:read")
    assert sorted((await door.authenticate(bearer(token))).grants) == ["codes:read", "people:read"]
    await owner.execute("UPDATE client SET scope = 'regions:read' WHERE client_id = 'welfare'")
    await door.refresh()
    assert (await door.authenticate(bearer(token))).grants == {}


async def test_a_known_token_costs_no_query(
    door: Authenticator, server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch, store: AuthStore
) -> None:
    headers = bearer(await token_of(server, "welfare"))
    first = await door.authenticate(headers)

    async def asked(_: Any) -> None:
        pytest.fail("a query was made for a known token")

    monkeypatch.setattr(store, "client", asked)
    monkeypatch.setattr(store, "versions", asked)
    assert await door.authenticate(headers) is first


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE client SET active = false WHERE client_id = 'officer'", "token.revoked"),
        ("DELETE FROM client WHERE client_id = 'officer'", "token.revoked"),
        ("UPDATE staff SET valid_to = current_date - 1", "token.revoked"),
        ("UPDATE agency SET valid_to = current_date - 1", "token.revoked"),
        ("UPDATE staff SET region_code = 421081105000", "token.outdated"),
        ("UPDATE client SET kind = 'system' WHERE client_id = 'officer'", "token.outdated"),
    ],
)
async def test_what_a_token_hangs_on_changes(
    door: Authenticator, server: AuthorizationServer, owner: asyncpg.Connection, change: str, code: str
) -> None:
    token = await token_of(server, "officer")
    await door.authenticate(bearer(token))
    await owner.execute(change)
    await door.refresh()
    assert await refused(door, token) == code


async def test_a_role_taken_away_is_gone_and_one_given_needs_a_new_token(
    door: Authenticator, server: AuthorizationServer, owner: asyncpg.Connection
) -> None:
    token = await token_of(server, "officer")
    assert (await door.authenticate(bearer(token))).may("people:write")
    await owner.execute("UPDATE client SET roles = '{supervisor,platform_admin}' WHERE client_id = 'officer'")
    await door.refresh()
    changed = await door.authenticate(bearer(token))
    assert (changed.roles, changed.grants) == ((), {})


async def test_revocations_name_a_token_a_client_or_somebody(
    door: Authenticator, server: AuthorizationServer, store: AuthStore, ids: Ids
) -> None:
    client = await client_of(store, "officer")
    for kind, value in ((RevocationKind.CLIENT, "officer"), (RevocationKind.SUB, f"staff:{ids.staff}")):
        token, other = await token_of(server, "officer"), await token_of(server, "welfare")
        await door.authenticate(bearer(token))
        await server.revoke_all(client, kind, value, ORIGIN)
        assert await refused(door, token) == "token.revoked"
        assert (await door.authenticate(bearer(other))).client_id == "welfare"
        await asyncio.sleep(1.1 - time.time() % 1)  # ``iat`` counts whole seconds


async def eventually(look: Callable[[], Awaitable[bool]], within: float) -> float:
    """Wait until something holds; returns the seconds it took."""
    started = time.monotonic()
    while not await look():
        assert time.monotonic() - started < within, "too late"
        await asyncio.sleep(0.01)
    return time.monotonic() - started


@pytest.mark.parametrize("notified", [True, False])
async def test_another_worker_learns_of_it_within_a_second(
    store: AuthStore, server: AuthorizationServer, database: str, notified: bool
) -> None:
    other = Authenticator(store, REALM)
    token = await token_of(server, "welfare")
    listening_at = database if notified else database.replace("host=", "host=/nowhere")

    async def is_refused() -> bool:
        try:
            await other.authenticate(bearer(token))
        except NotAuthenticated as error:
            return error.code == "token.revoked"
        return False

    async with watching(listening_at, other.refresh):
        await other.authenticate(bearer(token))
        await asyncio.sleep(0.6)
        until = datetime.now(UTC) + timedelta(minutes=10)
        await store.revoke(
            await client_of(store, "welfare"), Revocation(RevocationKind.CLIENT, "welfare", until), until, ORIGIN
        )
        took = await eventually(is_refused, 1.0)
    assert took < (0.3 if notified else 1.0)


async def test_a_worker_that_lost_its_database_trusts_nothing_for_long(
    store: AuthStore, server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [0.0]
    alone = Authenticator(store, REALM, ticks=lambda: ticks[0])
    headers = bearer(await token_of(server, "welfare"))
    await alone.authenticate(headers)

    async def lost() -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(store, "versions", lost)
    ticks[0] = 0.99
    assert (await alone.authenticate(headers)).client_id == "welfare"
    ticks[0] = 1.0
    with pytest.raises(ConnectionRefusedError):
        await alone.authenticate(headers)


async def test_a_change_during_the_look_up_is_not_remembered(
    door: Authenticator, server: AuthorizationServer, store: AuthStore, owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    token = await token_of(server, "officer")
    look_up = store.client

    async def overtaken(client_id: str) -> Any:
        found = await look_up(client_id)
        await owner.execute("UPDATE client SET active = false WHERE client_id = 'officer'")
        await door.refresh()
        return found

    monkeypatch.setattr(store, "client", overtaken)
    await door.authenticate(bearer(token))
    monkeypatch.undo()
    assert await refused(door, token) == "token.revoked"


async def test_the_tokens_of_a_leaked_key_die_with_it(
    door: Authenticator, server: AuthorizationServer, store: AuthStore, owner: asyncpg.Connection
) -> None:
    token = await token_of(server, "welfare")
    await door.authenticate(bearer(token))
    (leaked,) = await store.signing_keys()
    assert await discard(store, leaked.kid, ORIGIN)
    await door.refresh()
    assert await refused(door, token) == "token.key_unknown"
    assert (await door.authenticate(bearer(await token_of(server, "welfare")))).client_id == "welfare"
    assert not await discard(store, "01890000-0000-7000-8000-000000000000", ORIGIN)
    events = await owner.fetch("SELECT type FROM event WHERE aggregate = 'signing_key' ORDER BY at, id")
    assert [row["type"] for row in events] == ["signing_key.rotated", "signing_key.retired", "signing_key.rotated"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([], "token.missing"),
        ([(b"authorization", b"")], "token.scheme"),
        ([(b"authorization", b"Basic eDp5")], "token.scheme"),
        ([(b"authorization", b"Bearer a.b.c"), (b"authorization", b"Bearer a.b.c")], "token.scheme"),
        ([(b"authorization", b"Bearer ")], "token.malformed"),
        ([(b"authorization", b"bearer \xff")], "token.malformed"),
    ],
)
async def test_a_header_that_names_nobody(door: Authenticator, headers: list[tuple[bytes, bytes]], code: str) -> None:
    with pytest.raises(NotAuthenticated) as caught:
        await door.authenticate(headers)
    assert caught.value.code == code
