"""Time passes: statuses flip on their own day, once, and the log says that it was time."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.ids import new_id
from domain.people.use_cases.consequences import reevaluate
from persistence.crypto import FieldCipher
from persistence.jobs import determination
from persistence.jobs.daily import once_a_day
from persistence.jobs.determination import review

REGION = 421081100201
WIFE, HUSBAND = UUID(int=1), UUID(int=2)


async def person(owner: asyncpg.Connection, person_id: UUID, sex: str, born: date) -> None:
    await owner.execute(
        "INSERT INTO person "
        "(id, region_code, remit, name, name_pinyin, name_initials, sex, birth_date, situation, priority) "
        "VALUES ($1, $2, 128, '某', 'mou', 'm', $3, $4, 'living', 0)",
        person_id, REGION, sex, born,
    )  # fmt: skip


async def away(owner: asyncpg.Connection, person_id: UUID, since: date, returned_on: date | None = None) -> None:
    await owner.execute(
        "INSERT INTO absence (id, region_code, person_id, since, returned_on, reason) "
        "VALUES ($1, $2, $3, $4, $5, 'work')",
        new_id(), REGION, person_id, since, returned_on,
    )  # fmt: skip


async def waiting(owner: asyncpg.Connection, person_id: UUID, population: str, due: date) -> None:
    await owner.execute(
        "INSERT INTO left_behind_status (id, region_code, person_id, population, status, valid_from, evaluated_on, "
        "next_review_on, cause) VALUES ($1, $2, $3, $4, 'not_left_behind', '2026-01-01', '2026-01-01', $5, 'import')",
        new_id(), REGION, person_id, population, due,
    )  # fmt: skip


async def profile(owner: asyncpg.Connection, person_id: UUID, population: str) -> None:
    await owner.execute(
        f"INSERT INTO {population}_profile (id, region_code, person_id, valid_from) VALUES ($1, $2, $3, '2025-01-01')",
        new_id(), REGION, person_id,
    )  # fmt: skip


async def kin(owner: asyncpg.Connection, person_id: UUID, relative_id: UUID, relation: str) -> None:
    await owner.execute(
        "INSERT INTO kinship (id, region_code, person_id, relative_id, relation) VALUES ($1, $2, $3, $4, $5)",
        new_id(), REGION, person_id, relative_id, relation,
    )  # fmt: skip


@pytest.fixture
async def couple(owner: asyncpg.Connection) -> None:
    """A wife whose husband left on 1 April: the half year is reached on 1 October."""
    await person(owner, WIFE, "2", date(1990, 1, 1))
    await person(owner, HUSBAND, "1", date(1988, 1, 1))
    await kin(owner, WIFE, HUSBAND, "11")
    await profile(owner, WIFE, "woman")
    await away(owner, HUSBAND, date(2026, 4, 1))
    await waiting(owner, WIFE, "woman", date(2026, 10, 1))


async def statuses(owner: asyncpg.Connection, person_id: UUID) -> list[tuple[Any, ...]]:
    rows = await owner.fetch(
        "SELECT status, valid_from, valid_to, evaluated_on, next_review_on, cause FROM left_behind_status "
        "WHERE person_id = $1 ORDER BY id",
        person_id,
    )
    return [tuple(row) for row in rows]


@pytest.mark.usefixtures("couple")
async def test_a_status_flips_when_the_clock_passes(
    owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    assert await review(pool, cipher, date(2026, 9, 30)) == 0
    assert await owner.fetchval("SELECT count(*) FROM event") == 0
    assert await review(pool, cipher, date(2026, 10, 1)) == 1
    assert await review(pool, cipher, date(2026, 10, 1)) == 0
    day = date(2026, 10, 1)
    assert await statuses(owner, WIFE) == [
        ("not_left_behind", date(2026, 1, 1), day, date(2026, 1, 1), None, "import"),
        ("left_behind", day, None, day, None, "time"),
    ]
    event = await owner.fetchrow("SELECT * FROM event")
    assert await owner.fetchval("SELECT count(*) FROM event") == 1
    assert (event["type"], event["cause_id"], event["data"]["cause"]) == ("left_behind_status.changed", None, "time")
    assert (event["actor"], event["channel"], event["subject_id"]) == ("system:determination", "job", WIFE)


@pytest.mark.usefixtures("couple")
async def test_an_outage_of_weeks_is_made_up_day_by_day(
    owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    await owner.execute("UPDATE absence SET returned_on = '2026-10-04'")
    assert await review(pool, cipher, date(2026, 10, 20)) == 2
    assert [row[:3] for row in await statuses(owner, WIFE)] == [
        ("not_left_behind", date(2026, 1, 1), date(2026, 10, 1)),
        ("left_behind", date(2026, 10, 1), date(2026, 10, 4)),
        ("not_left_behind", date(2026, 10, 4), None),
    ]


async def test_more_people_than_a_batch(
    owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(determination, "BATCH", 3)
    for number in range(1, 8):
        child = UUID(int=number)
        await person(owner, child, "1", date(2010, 10, 1) + timedelta(days=number))
        await profile(owner, child, "child")
        await owner.execute("UPDATE child_profile SET both_parents_away = true")
        await waiting(owner, child, "child", date(2026, 1, 2))
    assert await review(pool, cipher, date(2026, 10, 31)) == 14  # left behind on review, too old on the birthday
    assert await owner.fetchval("SELECT count(*) FROM left_behind_status WHERE valid_to IS NULL") == 7
    last = await owner.fetchrow(
        "SELECT status, valid_from FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", UUID(int=7)
    )
    assert tuple(last) == ("not_left_behind", date(2026, 10, 8))


@pytest.mark.usefixtures("couple")
async def test_one_bad_file_does_not_stop_the_night(
    owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = UUID(int=9)
    await person(owner, bad, "1", date(2015, 1, 1))
    await waiting(owner, bad, "child", date(2026, 9, 1))

    async def failing(work: Any, people: Any, as_of: date, cause: Any) -> int:
        if bad in people:
            raise ValueError("a value nobody should log")
        return await reevaluate(work, people, as_of, cause)

    monkeypatch.setattr(determination, "reevaluate", failing)
    assert await review(pool, cipher, date(2026, 10, 1)) == 1
    assert [row[0] for row in await statuses(owner, bad)] == ["not_left_behind"]


@pytest.mark.usefixtures("couple")
async def test_a_rule_set_that_comes_into_force(
    owner: asyncpg.Connection, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    await owner.execute(
        "INSERT INTO rule_set (id, region_code, valid_from, source, parameters) "
        "VALUES ($1, 420000000000, '2026-09-01', '地方规定', $2)",
        UUID(int=3), {"months": 3},
    )  # fmt: skip
    assert await review(pool, cipher, date(2026, 9, 2), date(2026, 8, 30)) == 1
    assert (await statuses(owner, WIFE))[-1][:4] == ("left_behind", date(2026, 7, 1), None, date(2026, 9, 1))


async def test_once_a_day_over_several_processes(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    told: list[date | None] = []

    async def body(last: date | None) -> None:
        told.append(last)
        async with pool.acquire() as other:  # a second process finds the day taken
            assert await once_a_day(other, "a", date(2026, 11, 1), body) is False

    async with pool.acquire() as connection:
        assert await once_a_day(connection, "a", date(2026, 11, 1), body) is True
        assert await once_a_day(connection, "a", date(2026, 11, 1), body) is False
        assert await once_a_day(connection, "a", date(2026, 11, 4), body) is True
    assert told == [None, date(2026, 11, 1)]


async def test_a_day_that_failed_is_not_done(pool: asyncpg.Pool, owner: asyncpg.Connection) -> None:
    async def body(_: date | None) -> None:
        raise ConnectionError

    async with pool.acquire() as connection:
        with pytest.raises(ConnectionError):
            await once_a_day(connection, "a", date(2026, 11, 1), body)
    assert await owner.fetchval("SELECT count(*) FROM job_run") == 0
    assert await owner.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
