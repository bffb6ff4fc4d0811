"""The event log: every row says who, for whom, why, and carries its own digest."""

from datetime import date
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access, RegionRange
from domain.events import Event, Origin
from domain.ids import new_id
from persistence.writing.events import append_events, digest_of

ACCESS = Access(
    sub="staff:1",
    client_id="console",
    roles=("county_officer",),
    grants={},
    regions=(RegionRange(421081000000, 421082000000),),
    agency_id=UUID(int=7),
)
ORIGIN = Origin("rest", "req-1", "127.0.0.1")


async def test_a_row_says_everything_and_its_digest_holds(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    person, cause = new_id(), new_id()
    event = Event(
        "person.registered",
        "person",
        person,
        421081100201,
        subject_id=person,
        aggregate_version=1,
        purpose="census",
        cause_id=cause,
        data={"changed": ("name", "phone"), "on": date(2026, 11, 1), "whose": person},
    )
    async with pool.acquire() as connection, connection.transaction():
        assert await append_events(connection, ACCESS, ORIGIN, [event]) == [event.id]
    row = await owner.fetchrow("SELECT * FROM event")
    assert row["digest"] == digest_of(row)
    assert {key: row[key] for key in ("type", "aggregate", "aggregate_id", "subject_id", "aggregate_version")} == {
        "type": "person.registered",
        "aggregate": "person",
        "aggregate_id": person,
        "subject_id": person,
        "aggregate_version": 1,
    }
    assert (row["region_code"], row["county"]) == (421081100201, 421081)
    assert (row["actor"], row["actor_agency_id"], row["client_id"]) == ("staff:1", UUID(int=7), "console")
    assert (row["channel"], row["request_id"], row["origin"]) == ("rest", "req-1", "127.0.0.1")
    assert (row["purpose"], row["cause_id"]) == ("census", cause)
    assert row["data"] == {"changed": ["name", "phone"], "on": "2026-11-01", "whose": str(person)}
    changed = dict(row) | {"purpose": "another"}
    assert digest_of(changed) != row["digest"]


async def test_the_runtime_role_can_neither_change_nor_delete(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        async with connection.transaction():
            await append_events(connection, ACCESS, ORIGIN, [Event("a.b", "a", new_id())])
        for statement in ("UPDATE event SET actor = 'x'", "DELETE FROM event", "TRUNCATE event"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    assert await owner.fetchval("SELECT actor FROM event") == "staff:1"


async def test_nothing_to_append_asks_nothing(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        assert await append_events(connection, ACCESS, ORIGIN, []) == []
