"""Inboxes: told once, seen by the addressee alone, acknowledged by somebody."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from domain.errors import Conflict, NotFound
from domain.notifications.commands import AcknowledgeNotification, ReadAllNotifications, ReadNotification
from domain.notifications.notices import Notice, NoticeKind, notify
from domain.notifications.use_cases import acknowledge_notification, read_all_notifications, read_notification
from persistence.engine import scope_settings, set_scope
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.notifications.conftest import ANNA, BELLA, GONE, HERE, THERE

pytestmark = pytest.mark.usefixtures("desks")
CASE, PLACE = UUID(int=900), 421081100201


def told(kind: NoticeKind = NoticeKind.CASE_ASSIGNED, agency: UUID = HERE, **more: object) -> Notice:
    return Notice(kind, agency, "care_case", CASE, PLACE, **more)  # type: ignore[arg-type]


async def tell(uow: PostgresUnitOfWork, access: Access, *notices: Notice) -> int:
    async with uow.begin(access, "people:write") as work:
        return await work.commit(await notify(work, *notices))


async def seen(pool: asyncpg.Pool, access: Access) -> set[tuple[UUID, UUID | None, str]]:
    """Return what row-level security alone shows, under a permission that has nothing to do with inboxes."""
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, scope_settings(access, "agencies:read"))
        return {tuple(row) for row in await connection.fetch("SELECT agency_id, staff_id, slot FROM notification")}


async def keys(owner: asyncpg.Connection) -> Sequence[UUID]:
    return [row["id"] for row in await owner.fetch("SELECT id FROM notification ORDER BY id")]


async def test_what_is_told_twice_is_told_once(
    uow: PostgresUnitOfWork, stranger: Access, owner: asyncpg.Connection
) -> None:
    desk, hers = told(), told(staff_id=ANNA)
    assert await tell(uow, stranger) == 0
    assert await tell(uow, stranger, desk, hers, desk) == 2
    assert await tell(uow, stranger, desk, hers) == 0
    again = [told(slot="2"), told(NoticeKind.CASE_OVERDUE), told(agency=THERE), told(staff_id=BELLA)]
    assert await tell(uow, stranger, *again) == 4
    assert await owner.fetchval("SELECT count(*) FROM notification") == 6


async def test_a_notice_is_what_it_was_told_as(
    uow: PostgresUnitOfWork, stranger: Access, owner: asyncpg.Connection
) -> None:
    due = datetime(2026, 12, 1, 4, tzinfo=UTC)
    await tell(uow, stranger, told(staff_id=ANNA, urgent=True, due_at=due, slot="a"))
    row = dict(await owner.fetchrow("SELECT * FROM notification"))
    made = {name: row.pop(name) for name in ("id", "created_at", "updated_at")}
    assert row == {
        "version": 1, "agency_id": HERE, "staff_id": ANNA, "kind": "case_assigned", "urgent": True,
        "record": "care_case", "record_id": CASE, "region_code": PLACE, "due_at": due, "slot": "a", "read_at": None,
        "read_by": None, "acknowledged_at": None, "acknowledged_by": None,
    }  # fmt: skip
    assert made["id"].version == 7


async def test_what_is_meant_for_somebody_who_left_goes_to_her_desk(
    uow: PostgresUnitOfWork, stranger: Access, anna: Access, pool: asyncpg.Pool
) -> None:
    elsewhere = told(agency=THERE, staff_id=ANNA)  # nobody of that agency
    assert await tell(uow, stranger, told(staff_id=GONE), told(staff_id=GONE), elsewhere) == 2
    assert await seen(pool, anna) == {(HERE, None, "")}
    assert await seen(pool, stranger) == {(THERE, None, "")}


async def test_an_act_undone_tells_nobody(uow: PostgresUnitOfWork, stranger: Access, owner: asyncpg.Connection) -> None:
    async with uow.begin(stranger, "people:write") as work:
        assert await notify(work, told()) == 1  # and leaves without a commit
    assert await owner.fetchval("SELECT count(*) FROM notification") == 0


async def test_nobody_sees_what_is_told_to_another(
    uow: PostgresUnitOfWork, anna: Access, bella: Access, stranger: Access, pool: asyncpg.Pool
) -> None:
    await tell(uow, stranger, told(), told(staff_id=ANNA, slot="a"), told(staff_id=BELLA, slot="b"), told(agency=THERE))
    assert await seen(pool, anna) == {(HERE, None, ""), (HERE, ANNA, "a")}
    assert await seen(pool, bella) == {(HERE, None, ""), (HERE, BELLA, "b")}  # though she administers the agency
    assert await seen(pool, stranger) == {(THERE, None, "")}


async def test_the_first_reader_stays_named(
    uow: PostgresUnitOfWork, anna: Access, bella: Access, owner: asyncpg.Connection
) -> None:
    await tell(uow, anna, told())
    (key,) = await keys(owner)
    first = await read_notification(anna, uow, ReadNotification(notification_id=key))
    second = await read_notification(bella, uow, ReadNotification(notification_id=key))
    assert first == second
    assert first.version == 2
    assert await owner.fetchval("SELECT read_by FROM notification") == "staff:anna"
    assert await owner.fetchval("SELECT count(*) FROM event") == 0


async def test_to_acknowledge_is_an_act_done_once(
    uow: PostgresUnitOfWork, anna: Access, bella: Access, owner: asyncpg.Connection
) -> None:
    await tell(uow, anna, told())
    (key,) = await keys(owner)
    await acknowledge_notification(bella, uow, AcknowledgeNotification(notification_id=key))
    with pytest.raises(Conflict) as refused:
        await acknowledge_notification(anna, uow, AcknowledgeNotification(notification_id=key))
    assert refused.value.code == "notification.acknowledged"
    row = await owner.fetchrow("SELECT version, read_by, acknowledged_by, read_at = acknowledged_at FROM notification")
    assert tuple(row) == (2, "staff:bella", "staff:bella", True)
    event = await owner.fetchrow("SELECT type, actor, region_code, aggregate_id, data FROM event")
    assert tuple(event)[:4] == ("notification.acknowledged", "staff:bella", PLACE, key)
    assert event["data"] == {"kind": "case_assigned", "record": "care_case", "record_id": str(CASE)}


async def test_anothers_notice_is_an_absent_one(
    uow: PostgresUnitOfWork, anna: Access, bella: Access, stranger: Access, owner: asyncpg.Connection
) -> None:
    await tell(uow, anna, told(staff_id=ANNA))
    (key,) = await keys(owner)
    for access in (bella, stranger):
        with pytest.raises(NotFound):
            await read_notification(access, uow, ReadNotification(notification_id=key))
        with pytest.raises(NotFound):
            await acknowledge_notification(access, uow, AcknowledgeNotification(notification_id=key))
        with pytest.raises(NotFound):
            await read_all_notifications(access, uow, ReadAllNotifications(up_to=key))
    assert await owner.fetchval("SELECT version FROM notification") == 1


async def test_reading_all_leaves_what_came_later_and_what_is_anothers(
    uow: PostgresUnitOfWork, anna: Access, owner: asyncpg.Connection
) -> None:
    mine = [told(slot="1"), told(staff_id=ANNA, slot="2")]
    await tell(uow, anna, *mine, told(staff_id=BELLA), told(agency=THERE))
    shown = await owner.fetchval("SELECT max(id::text)::uuid FROM notification WHERE slot <> ''")
    await tell(uow, anna, told(slot="3"))
    assert await read_all_notifications(anna, uow, ReadAllNotifications(up_to=shown)) == {"read": 2}
    assert await read_all_notifications(anna, uow, ReadAllNotifications(up_to=shown)) == {"read": 0}
    read = await owner.fetch("SELECT slot FROM notification WHERE read_at IS NOT NULL ORDER BY slot")
    assert [row["slot"] for row in read] == ["1", "2"]
