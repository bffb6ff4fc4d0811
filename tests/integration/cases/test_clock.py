"""What time alone does to cases and referrals: told once each, in order, however many workers and outages."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from domain.cases.commands import AcceptCase, ReferCase, RegisterCase
from domain.cases.use_cases import accept_case, refer_case, register_case
from domain.events import Origin
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from domain.unit_of_work import Saved, Work
from persistence.crypto import FieldCipher
from persistence.jobs import cases as job
from persistence.jobs.cases import watch
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.notifications.conftest import ANNA, HERE, THERE
from tests.integration.people.conftest import VILLAGE

CITY, PROVINCE = UUID(int=73), UUID(int=74)
START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)  # a Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DUE = datetime(2026, 3, 18, tzinfo=SHANGHAI)  # the end of the fifteenth day
SOON, LATE, UP = NoticeKind.CASE_DUE_SOON, NoticeKind.CASE_OVERDUE, NoticeKind.CASE_ESCALATED
Clock = Callable[[datetime], PostgresUnitOfWork]


@pytest.fixture(autouse=True)
async def offices(owner: asyncpg.Connection, desks: None) -> None:
    """Two county offices; the one has a parent on record, which has none: the next one up is of its type."""
    for key, level, region in ((CITY, 2, 421000000000), (PROVINCE, 1, 420000000000)):
        await owner.execute(
            "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
            "VALUES ($1, 'civil_affairs', $2, '上级民政', $3, '2020-01-01')",
            key, level, region,
        )  # fmt: skip
    await owner.execute("UPDATE agency SET parent_id = $1 WHERE id = $2", CITY, HERE)


@pytest.fixture
def at(pool: asyncpg.Pool, cipher: FieldCipher) -> Clock:
    def unit(moment: datetime) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool, cipher, Origin("rest", "r"), today=moment.date, now=lambda: moment)

    return unit


@pytest.fixture
def round_at(pool: asyncpg.Pool, cipher: FieldCipher) -> Callable[[datetime], Awaitable[Counter[NoticeKind]]]:
    return lambda moment: watch(pool, cipher, moment)


Round = Callable[[datetime], Awaitable[Counter[NoticeKind]]]


async def raised(at: Clock, access: Access, **more: Any) -> Saved:
    body = {"category": "other", "title": "求助", "description": "灶坏了", "region": VILLAGE, "audience": "household"}
    return await register_case(access, at(START), RegisterCase.model_validate(body | more))


async def told(owner: asyncpg.Connection, record_id: UUID) -> list[tuple[UUID, UUID | None, str]]:
    rows = await owner.fetch(
        "SELECT agency_id, staff_id, kind FROM notification WHERE record_id = $1 "
        "AND kind NOT IN ('case_received', 'case_assigned', 'case_referred') ORDER BY id", record_id,
    )  # fmt: skip
    return [tuple(row) for row in rows]


async def lines(owner: asyncpg.Connection, case_id: UUID) -> list[tuple[str, datetime]]:
    rows = await owner.fetch(
        "SELECT act, at FROM case_entry WHERE case_id = $1 AND act IN ('warn', 'escalate') ORDER BY at", case_id
    )
    return [(row["act"], row["at"]) for row in rows]


async def test_a_month_of_days_tells_each_thing_once_and_in_time(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna)
    happened = []
    for hours in range(0, 31 * 24, 6):
        moment = START.replace(hour=0) + hours * HOUR
        happened += [(moment, kind.value) for kind in (await round_at(moment)).elements()]
    assert happened == [
        (DUE - 3 * DAY, SOON), (DUE, LATE), (DUE + DAY, UP), (DUE + 2 * DAY, UP),
    ]  # fmt: skip
    assert await told(owner, made.id) == [
        (HERE, None, SOON), (HERE, None, LATE), (CITY, None, UP), (PROVINCE, None, UP),
    ]  # fmt: skip
    assert await lines(owner, made.id) == [
        ("warn", DUE - 3 * DAY), ("escalate", DUE + DAY), ("escalate", DUE + 2 * DAY),
    ]  # fmt: skip
    row = await owner.fetchrow("SELECT * FROM care_case WHERE id = $1", made.id)
    assert (row["version"], row["escalation_level"], row["look_at"]) == (1, 2, None)
    assert (row["warned_for"], row["escalated_for"]) == (DUE, DUE)
    parties = await owner.fetch(
        "SELECT agency_id, role FROM case_party WHERE case_id = $1 AND ended_at IS NULL", made.id
    )
    assert {one["agency_id"]: one["role"] for one in parties} == {HERE: "lead", CITY: "overseer", PROVINCE: "overseer"}
    types = await owner.fetch("SELECT type, actor FROM event WHERE aggregate_id = $1 ORDER BY at, id", made.id)
    assert [tuple(one) for one in types][1:] == [
        ("case.warned", "system:cases"), ("case.escalated", "system:cases"), ("case.escalated", "system:cases"),
    ]  # fmt: skip


async def test_an_urgent_matter_is_told_by_hours(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna, urgent=True)
    happened = []
    for hours in range(48):
        happened += [(hours, kind.value) for kind in (await round_at(START + hours * HOUR)).elements()]
    assert happened == [(18, SOON), (24, LATE), (30, UP), (36, UP)]
    urgent = await owner.fetch("SELECT DISTINCT urgent FROM notification WHERE record_id = $1", made.id)
    assert [one["urgent"] for one in urgent] == [True]


async def test_the_handler_is_told_and_a_new_deadline_is_told_anew(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna)
    await round_at(DUE + DAY)
    command = AcceptCase(case_id=made.id, version=1, handler_id=ANNA)
    await accept_case(anna, at(DUE + DAY), command)
    row = await owner.fetchrow("SELECT * FROM care_case WHERE id = $1", made.id)
    finish = datetime(2026, 5, 2, tzinfo=SHANGHAI)
    assert (row["due_at"], row["look_at"], row["escalation_level"]) == (finish, finish - 3 * DAY, 0)
    assert await round_at(finish - 4 * DAY) == Counter()
    assert await round_at(finish - 3 * DAY) == Counter({SOON: 1})
    assert await round_at(finish) == Counter({LATE: 1})
    assert (await told(owner, made.id))[2:] == [
        (HERE, ANNA, SOON), (HERE, ANNA, LATE), (HERE, None, LATE),
    ]  # fmt: skip


async def test_after_an_outage_every_level_is_told_at_once(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna)
    assert await round_at(DUE + 9 * DAY) == Counter({LATE: 1, UP: 2})
    assert [one[0] for one in await told(owner, made.id)] == [HERE, CITY, PROVINCE]
    assert await round_at(DUE + 10 * DAY) == Counter()


async def test_two_workers_at_once_tell_everything_once(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = [await raised(at, anna) for _ in range(8)]
    one, other = await asyncio.gather(round_at(DUE + DAY), round_at(DUE + DAY))
    rest = await round_at(DUE + DAY)  # what both left because the other had it
    assert one + other + rest == Counter({LATE: 8, UP: 8})
    for case in made:
        assert await told(owner, case.id) == [(HERE, None, LATE), (CITY, None, UP)]
        assert [act for act, _ in await lines(owner, case.id)] == ["escalate"]


class Killed(BaseException):
    """The process is gone."""


async def test_what_a_killed_worker_had_not_finished_the_next_one_does(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await raised(at, anna) for _ in range(5)]
    ((wanted, attend),) = job.ROUND[-1:]
    attended: list[UUID] = []

    async def dies(work: Work, row_id: UUID) -> list[NoticeKind]:
        found = await attend(work, row_id)
        attended.append(row_id)
        if len(attended) == 3:
            raise Killed
        return found

    monkeypatch.setattr(job, "ROUND", ((wanted, dies),))
    with pytest.raises(Killed):
        await round_at(DUE + DAY)
    assert [len(await told(owner, case.id)) for case in made] == [2, 2, 0, 0, 0]
    monkeypatch.undo()
    assert await round_at(DUE + DAY) == Counter({LATE: 3, UP: 3})
    assert [len(await told(owner, case.id)) for case in made] == [2] * 5


async def test_one_bad_case_does_not_stop_the_round(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await raised(at, anna), await raised(at, anna)
    ((wanted, attend),) = job.ROUND[-1:]

    async def fails(work: Work, row_id: UUID) -> list[NoticeKind]:
        found = await attend(work, row_id)
        if row_id == bad.id:
            raise RuntimeError
        return found

    monkeypatch.setattr(job, "ROUND", ((wanted, fails),))
    assert await round_at(DUE) == Counter({LATE: 1})
    assert (len(await told(owner, bad.id)), len(await told(owner, good.id))) == (0, 1)


async def test_a_case_that_somebody_works_on_waits_for_the_next_round(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna)
    async with owner.transaction():
        await owner.execute("SELECT FROM care_case WHERE id = $1 FOR UPDATE", made.id)
        assert await round_at(DUE) == Counter()
    assert await round_at(DUE) == Counter({LATE: 1})


async def test_a_row_loaded_without_a_clock_is_looked_at_and_left_until_its_time(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna)
    await owner.execute("UPDATE care_case SET look_at = $1", START)
    assert await round_at(START) == Counter()
    assert await owner.fetchval("SELECT look_at FROM care_case WHERE id = $1", made.id) == DUE - 3 * DAY


async def test_a_referral_is_reminded_of_a_day_before_and_ends_unanswered(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    made = await raised(at, anna)
    body = {"case_id": made.id, "version": 1, "agency_id": THERE, "kind": "cooperation", "reason": "请协助"}
    referral = await refer_case(anna, at(START), ReferCase.model_validate(body))
    until = datetime(2026, 3, 10, tzinfo=SHANGHAI)  # five working days: the end of next Monday
    assert await owner.fetchval("SELECT respond_by FROM case_referral") == until
    happened = []
    for hours in range(0, 9 * 24, 6):
        moment = START.replace(hour=0) + hours * HOUR
        happened += [(moment, kind.value) for kind in (await round_at(moment)).elements()]
    assert happened == [(until - DAY, "referral_due"), (until, "referral_expired")]
    assert sorted(await told(owner, referral.id), key=lambda one: (one[2], one[0])) == [
        (THERE, None, "referral_due"), (HERE, None, "referral_expired"), (THERE, None, "referral_expired"),
    ]  # fmt: skip
    row = await owner.fetchrow("SELECT state, look_at FROM case_referral")
    assert tuple(row) == ("expired", None)
    assert await owner.fetchval("SELECT count(*) FROM case_party WHERE agency_id = $1 AND ended_at IS NULL", THERE) == 0


async def test_a_circle_of_parents_ends_where_it_began(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access
) -> None:
    await owner.execute("UPDATE agency SET parent_id = $1 WHERE id = $2", HERE, CITY)
    made = await raised(at, replace(anna))
    assert await round_at(DUE + 5 * DAY) == Counter({LATE: 1, UP: 1})
    assert [one[0] for one in await told(owner, made.id)] == [HERE, CITY]


@pytest.mark.parametrize(("until", "contract"), [(START + DAY, "active"), (START + 90 * DAY, "ended")])
async def test_an_assignment_ends_with_its_time_or_its_contract(
    at: Clock, round_at: Round, owner: asyncpg.Connection, anna: Access, until: datetime, contract: str
) -> None:
    made, ngo = await raised(at, anna), UUID(int=91)
    await owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'ngo', 3, '甲社', 421081000000, '2020-01-01')", ngo,
    )  # fmt: skip
    key = await owner.fetchval(
        "INSERT INTO service_contract (id, region_code, buyer_agency_id, ngo_agency_id, title, starts_on, ends_on, "
        "categories, regions, quota, assigned, state, activated_on) VALUES (gen_random_uuid(), 421081000000, $1, $2, "
        "'关爱', '2026-01-01', '2026-12-31', '{other}', '{}', 2, 1, $3, '2026-01-01') RETURNING id",
        HERE, ngo, contract,
    )  # fmt: skip
    assignment = await owner.fetchval(
        "INSERT INTO case_assignment (id, case_id, region_code, agency_id, contract_id, assigned_by_id, state, task, "
        "until) VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, 'open', '陪伴', $6) RETURNING id",
        made.id, int(VILLAGE), ngo, key, HERE, until,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO case_party (id, case_id, region_code, agency_id, role) "
        "VALUES (gen_random_uuid(), $1, $2, $3, 'ngo')", made.id, int(VILLAGE), ngo,
    )  # fmt: skip
    assert await round_at(START + 2 * DAY) == Counter({NoticeKind.ASSIGNMENT_ENDED: 1, NoticeKind.CASE_HANDED_BACK: 1})
    assert await round_at(START + 2 * DAY) == Counter()
    assert await owner.fetchval("SELECT state FROM case_assignment WHERE id = $1", assignment) == "expired"
    assert await owner.fetchval("SELECT ended_at FROM case_party WHERE agency_id = $1", ngo) == START + 2 * DAY
    acts = await owner.fetch("SELECT act FROM case_entry WHERE case_id = $1 ORDER BY at", made.id)
    assert [one["act"] for one in acts] == ["register", "expire_assignment"]
