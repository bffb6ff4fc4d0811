"""A transaction: all or nothing, the caller's rows alone, nobody's change overwritten."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from auth.policy import grants_of, remit_of
from domain.access import Access, Grant, RowScope
from domain.errors import Conflict, Forbidden, NotFound, Stale
from domain.events import Event
from domain.ids import new_id
from domain.regions.codes import range_of
from persistence.crypto import FieldCipher
from persistence.writing.unit_of_work import PostgresUnitOfWork, PostgresWork

WRITE = "people:write"
ROW = {"region_code": 421081100201, "name": "某", "remit": 128}


def access(region: str = "421081", role: str = "county_officer") -> Access:
    return Access(
        sub="staff:1",
        client_id="c",
        roles=(role,),
        grants=grants_of([role], "civil_affairs"),
        regions=(range_of(region),),
        remit=int(remit_of("civil_affairs")),
    )


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))


@pytest.fixture
def uow(pool: asyncpg.Pool, cipher: FieldCipher) -> PostgresUnitOfWork:
    return PostgresUnitOfWork(pool, cipher)


@pytest.fixture
def added(uow: PostgresUnitOfWork) -> Callable[..., Any]:
    async def add(**values: Any) -> dict[str, Any]:
        async with uow.begin(access(), WRITE) as work:
            return dict(await work.commit(await work.insert("person", ROW | values)))

    return add


async def test_without_commit_nothing_happened(uow: PostgresUnitOfWork, owner: asyncpg.Connection) -> None:
    async with uow.begin(access(), WRITE) as work:
        await work.insert("person", ROW)
        await work.append(Event("person.registered", "person", new_id()))
    with pytest.raises(ZeroDivisionError):
        await _failing_after_an_insert(uow)
    assert await owner.fetchval("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM event)") == 0


async def _failing_after_an_insert(uow: PostgresUnitOfWork) -> None:
    async with uow.begin(access(), WRITE) as work:
        await work.insert("person", ROW)
        raise ZeroDivisionError


async def _write(uow: PostgresUnitOfWork) -> None:
    async with uow.begin(access(), WRITE) as work:
        await work.insert("person", ROW)
        await work.commit(None)


async def test_what_the_hooks_do_shares_the_commit(
    pool: asyncpg.Pool, cipher: FieldCipher, owner: asyncpg.Connection
) -> None:
    seen: list[Any] = []

    async def on_begin(connection: asyncpg.Connection) -> None:
        seen.append(await connection.fetchval("SELECT current_setting('shouwang.remit')"))

    async def before_commit(connection: asyncpg.Connection, result: Any) -> None:
        seen.append((result, await connection.fetchval("SELECT count(*) FROM person")))
        seen.append(await owner.fetchval("SELECT count(*) FROM person"))

    uow = PostgresUnitOfWork(pool, cipher, on_begin=on_begin, before_commit=before_commit)
    async with uow.begin(access(), WRITE) as work:
        await work.insert("person", ROW)
        assert await work.commit("done") == "done"
    assert seen == ["128", ("done", 1), 0]
    assert await owner.fetchval("SELECT count(*) FROM person") == 1

    async def failing(_: asyncpg.Connection, __: Any) -> None:
        raise ZeroDivisionError

    uow = PostgresUnitOfWork(pool, cipher, before_commit=failing)
    with pytest.raises(ZeroDivisionError):
        await _write(uow)
    assert await owner.fetchval("SELECT count(*) FROM person") == 1


async def test_only_ones_own_rows(uow: PostgresUnitOfWork, added: Any, owner: asyncpg.Connection) -> None:
    row = await added()
    with pytest.raises(NotFound):
        async with uow.begin(access("421083"), WRITE) as work:
            await work.load("person", row["id"])
    with pytest.raises(Forbidden):
        async with uow.begin(access(), WRITE) as work:
            await work.insert("person", ROW | {"region_code": 421083100201})
    with pytest.raises(Forbidden):
        async with uow.begin(access(role="supervisor"), WRITE):
            pass
    async with uow.begin(access("421083"), WRITE) as work:
        assert await work.find("person", where={"id": row["id"]}) == []
        async with work.as_system():
            assert len(await work.find("person", where={"id": row["id"]})) == 1
        assert await work.find("person", where={"id": row["id"]}) == []
    assert await owner.fetchval("SELECT count(*) FROM person") == 1


async def test_seen_but_not_yours_to_change(uow: PostgresUnitOfWork, added: Any) -> None:
    row = await added()
    wide, narrow = access(), access()
    by_case = Grant(RowScope.ASSIGNED, wide.grants["people:read"].clearance)  # writes only what a case opens
    both = Access(
        sub="staff:2",
        client_id="c",
        roles=(),
        grants={"people:read": wide.grants["people:read"], WRITE: by_case},
        regions=narrow.regions,
        remit=128,
        agency_id=UUID(int=9),
    )
    with pytest.raises(Forbidden):
        async with uow.begin(both, WRITE) as work:
            await work.load("person", row["id"])
    with pytest.raises(NotFound):
        async with uow.begin(both, WRITE) as work:
            await work.load("person", new_id())


async def test_the_second_of_two_changes_is_stale(uow: PostgresUnitOfWork, added: Any) -> None:
    row = await added()

    async def change(name: str) -> str:
        try:
            async with uow.begin(access(), WRITE) as work:
                found = await work.load("person", row["id"], version=1)
                await asyncio.sleep(0.05)
                await work.update("person", found, {"name": name})
                return await work.commit(name)
        except Stale:
            return "stale"

    assert sorted(await asyncio.gather(change("甲"), change("甲"))) == ["stale", "甲"]
    async with uow.begin(access(), WRITE) as work:
        with pytest.raises(Stale):
            await work.update("person", row, {"name": "乙"})


async def test_secrets_are_sealed_masked_and_indexed(
    uow: PostgresUnitOfWork, added: Any, cipher: FieldCipher, owner: asyncpg.Connection
) -> None:
    row = await added(phone="13812341234", address="桃花山镇二组15号")
    stored = await owner.fetchrow("SELECT * FROM person")
    assert (stored["phone_masked"], stored["phone_blind"]) == ("138****1234", cipher.blind("phone", "13812341234"))
    assert b"13812341234" not in stored["phone_cipher"]
    async with uow.begin(access(), WRITE) as work:
        assert await work.reveal("person", row, ["phone", "identity_number"]) == {
            "phone": "13812341234",
            "identity_number": None,
        }
        await work.commit(await work.update("person", row, {"phone": None}))
    stored = await owner.fetchrow("SELECT * FROM person")
    assert (stored["phone_cipher"], stored["phone_masked"], stored["phone_blind"], stored["version"]) == (None,) * 3 + (
        2,
    )
    assert stored["address_masked"] == "桃花山镇***"


async def test_what_the_database_refuses_is_said_by_the_domain(uow: PostgresUnitOfWork, added: Any) -> None:
    await added(source_system="civil", external_id="7")
    with pytest.raises(Conflict) as refused:
        await added(source_system="civil", external_id="7")
    assert refused.value.code == "person.external_id_taken"
    await added(identity_number="421081198811250122")
    with pytest.raises(Conflict) as refused:
        await added(identity_number="421081198811250122")
    assert refused.value.code == "person.under_review"


async def test_a_circle_is_locked_in_one_order(uow: PostgresUnitOfWork, added: Any) -> None:
    wife, husband = await added(), await added()
    async with uow.begin(access(), WRITE) as work:
        tie = {
            "person_id": wife["id"],
            "relative_id": husband["id"],
            "relation": "11",
            "region_code": ROW["region_code"],
        }
        await work.insert("kinship", tie)
        await work.commit(None)
    order: list[str] = []

    async def hold(name: str, person: UUID) -> None:
        async with uow.begin(access(), WRITE) as work:
            assert isinstance(work, PostgresWork)
            assert await work.lock_circle(person) == {wife["id"], husband["id"]}
            order.append(f"{name} in")
            await asyncio.sleep(0.05)
            order.append(f"{name} out")
            await work.commit(None)

    await asyncio.gather(hold("a", wife["id"]), hold("b", husband["id"]), hold("c", wife["id"]))
    assert [one.split()[1] for one in order] == ["in", "out"] * 3


async def test_what_a_savepoint_undoes_leaves_no_event(uow: PostgresUnitOfWork, owner: asyncpg.Connection) -> None:
    kept, undone = Event("person.registered", "person", new_id()), Event("person.updated", "person", new_id())
    async with uow.begin(access(), WRITE) as work:
        assert isinstance(work, PostgresWork)
        await work.append(kept)
        with pytest.raises(ZeroDivisionError):
            await _undone(work, undone)
        await work.insert("person", ROW)  # under the caller's scope again
        await work.commit(None)
    assert [row["id"] for row in await owner.fetch("SELECT id FROM event")] == [kept.id]
    assert await owner.fetchval("SELECT count(*) FROM person") == 1


async def _undone(work: PostgresWork, event: Event) -> None:
    async with work.savepoint(), work.as_system():
        await work.insert("person", ROW)
        await work.append(event)
        raise ZeroDivisionError


async def test_a_commit_after_an_error_that_was_swallowed_is_no_success(
    uow: PostgresUnitOfWork, owner: asyncpg.Connection
) -> None:
    async with uow.begin(access(), WRITE) as work:
        assert isinstance(work, PostgresWork)
        await work.insert("person", ROW)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await work.connection.fetchval("SELECT 1 / 0")
        with pytest.raises(Conflict):
            await work.commit(None)
    assert await owner.fetchval("SELECT count(*) FROM person") == 0
