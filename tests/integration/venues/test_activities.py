"""Venues and activities in a county of two villages: who signs up whom, who waits, who sees what."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from auth.policy import grants_of
from domain.access import Access
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from domain.people.commands import RegisterPerson
from domain.people.use_cases import register_person
from domain.transfers.commands import MovePerson
from domain.transfers.moving import move_person
from domain.unit_of_work import Saved
from domain.venues import commands, use_cases
from persistence.engine import scope_settings, set_scope
from tests.integration.people.conftest import UnitAt, access_of

VILLAGE, OTHER, COUNTY = 421081100201, 421081100202, 421081000000
CLERK = access_of("village_worker", "village_committee", "421081100201")
OTHER_CLERK = access_of("village_worker", "village_committee", "421081100202")
FEDERATION = access_of("county_officer", "womens_federation", "421081")
LECTURE = {
    "region": "421081100201", "kind": "lecture", "title": "防诈骗讲座", "starts_at": "2099-03-08T09:30:00+08:00",
    "ends_at": "2099-03-08T11:30:00+08:00", "capacity": 1,
}  # fmt: skip
HOME = {"region": "421081100201", "kind": "womens_home", "name": "李花山村妇女之家"}


def resident_of(person: UUID) -> Access:
    return Access(
        sub=f"person:{person}", client_id="wx", roles=("resident",), grants=grants_of(["resident"], None),
        person_id=person,
    )  # fmt: skip


class Hall:
    """Does acts and reads what stands in the tables."""

    def __init__(self, owner: asyncpg.Connection, unit_at: UnitAt, officer: Access) -> None:
        self.owner, self.unit_at, self.officer = owner, unit_at, officer

    async def do(self, act: str, access: Access, **given: Any) -> Saved:
        command = getattr(commands, "".join(part.title() for part in act.split("_")))
        plain = {name: str(one) if isinstance(one, UUID) else one for name, one in given.items()}
        done: Saved = await getattr(use_cases, act)(access, self.unit_at(), command.model_validate(plain))
        return done

    async def woman(self, region: str = "421081100201", **fields: Any) -> UUID:
        body = {"region": region, "name": "王小花", "woman": {}, "new_household": True, **fields}
        return (await register_person(self.officer, self.unit_at(), RegisterPerson.model_validate(body))).id

    async def opened(self, **changed: Any) -> UUID:
        made = await self.do("create_activity", changed.pop("by", CLERK), **(LECTURE | changed))
        by = CLERK if (await self.row("activity", made.id))["region_code"] == VILLAGE else self.officer
        return (await self.do("open_activity", by, activity_id=made.id, version=1)).id

    async def begun(self, activity: UUID) -> None:
        await self.owner.execute(
            "UPDATE activity SET starts_at = '2020-03-08T09:30:00+08:00', sign_up_until = '2020-03-08T09:30:00+08:00' "
            "WHERE id = $1",
            activity,
        )

    async def row(self, table: str, key: UUID) -> asyncpg.Record:
        return await self.owner.fetchrow(f"SELECT * FROM {table} WHERE id = $1", key)

    async def counts(self, activity: UUID) -> tuple[int, int, int]:
        row = await self.row("activity", activity)
        return row["taken"], row["waiting"], row["attended"]

    async def queue(self, activity: UUID) -> list[tuple[UUID, str]]:
        sql = "SELECT person_id, state FROM sign_up WHERE activity_id = $1 ORDER BY arrival"
        return [(row["person_id"], row["state"]) for row in await self.owner.fetch(sql, activity)]

    async def everything(self) -> list[Any]:
        return [
            await self.owner.fetch(f"SELECT * FROM {one} ORDER BY id")
            for one in ("venue", "activity", "sign_up", "event")
        ]


@pytest.fixture
async def hall(owner: asyncpg.Connection, unit_at: UnitAt, officer: Access) -> Hall:
    await owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'civil_affairs', 3, '民政局', 421081000000, '2020-01-01')",
        officer.agency_id,
    )
    return Hall(owner, unit_at, officer)


async def refused(hall: Hall, kind: type[Exception], code: str, act: str, access: Access, /, **given: Any) -> None:
    """Check that an act is refused with a code and leaves everything as it was."""
    before = await hall.everything()
    with pytest.raises(kind) as found:
        await hall.do(act, access, **given)
    codes = [fault.code for fault in getattr(found.value, "faults", ())] or [getattr(found.value, "code", "")]
    assert codes == [code]
    assert await hall.everything() == before


async def test_a_venue_opens_is_suspended_opens_again_and_closes(hall: Hall) -> None:
    home = await hall.do("create_venue", CLERK, **HOME)
    await refused(hall, Conflict, "venue.duplicate", "create_venue", CLERK, **HOME)
    await refused(
        hall, Conflict, "venue.not_allowed", "suspend_venue", CLERK, venue_id=home.id, version=1, reason="检修"
    )
    await refused(hall, NotFound, "not_found", "open_venue", OTHER_CLERK, venue_id=home.id, version=1)
    await hall.do("open_venue", CLERK, venue_id=home.id, version=1)
    await refused(hall, Stale, "version.stale", "suspend_venue", CLERK, venue_id=home.id, version=1, reason="维修")
    await hall.do("suspend_venue", CLERK, venue_id=home.id, version=2, reason="维修")
    await refused(hall, Conflict, "venue.not_in_use", "create_activity", CLERK, **(LECTURE | {"venue_id": home.id}))
    row = await hall.row("venue", home.id)
    assert (row["state"], row["reason"], str(row["suspended_on"])) == ("suspended", "维修", "2026-11-01")
    await hall.do("open_venue", hall.officer, venue_id=home.id, version=3)
    row = await hall.row("venue", home.id)
    assert (row["state"], row["reason"], row["suspended_on"]) == ("open", None, None)
    await hall.do("close_venue", CLERK, venue_id=home.id, version=4, reason="合并")
    await refused(hall, Conflict, "venue.not_allowed", "open_venue", CLERK, venue_id=home.id, version=5)


async def test_a_county_s_own_is_seen_below_and_not_run_there(hall: Hall) -> None:
    station = await hall.do("create_venue", hall.officer, **(HOME | {"region": "421081"}))
    await refused(hall, NotFound, "not_found", "close_venue", CLERK, venue_id=station.id, version=1, reason="检修")
    await hall.do("open_venue", hall.officer, venue_id=station.id, version=1)
    await refused(
        hall, Forbidden, "region.forbidden", "close_venue", CLERK, venue_id=station.id, version=2, reason="检修"
    )
    await refused(hall, Forbidden, "region.forbidden", "create_venue", CLERK, **(HOME | {"region": "421081100202"}))
    lecture = await hall.opened(by=hall.officer, region="421081")
    villager = await hall.woman()
    await hall.do("join_activity", CLERK, activity_id=lecture, person_id=villager)
    assert await hall.counts(lecture) == (1, 0, 0)
    await refused(
        hall, Forbidden, "region.forbidden", "cancel_activity", CLERK, activity_id=lecture, version=2, reason="检修"
    )


async def test_of_two_who_want_the_last_place_one_waits(hall: Hall) -> None:
    """Both are at it at once; many times, so that the two really meet."""
    women = [await hall.woman() for _ in range(4)]
    for _ in range(5):
        lecture = await hall.opened(capacity=2)
        await hall.do("join_activity", CLERK, activity_id=lecture, person_id=women[0])
        await asyncio.gather(
            *(hall.do("join_activity", resident_of(one), activity_id=lecture, person_id=one) for one in women[1:3]),
            hall.do("join_activity", hall.officer, activity_id=lecture, person_id=women[3]),
        )
        queue = await hall.queue(lecture)
        assert [state for _, state in queue] == ["registered", "registered", "waiting", "waiting"]
        assert {person for person, _ in queue} == {*women}
        assert await hall.counts(lecture) == (2, 2, 0)


async def test_the_same_person_twice_at_once_gets_one_place(hall: Hall) -> None:
    woman, lecture = await hall.woman(), await hall.opened(capacity=9)
    done = await asyncio.gather(
        *(hall.do("join_activity", CLERK, activity_id=lecture, person_id=woman) for _ in range(3)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "Saved"]
    assert {one.code for one in done if isinstance(one, Conflict)} == {"sign_up.exists"}
    assert await hall.counts(lecture) == (1, 0, 0)


async def test_a_place_given_back_goes_to_who_waited_longest(hall: Hall) -> None:
    women = [await hall.woman() for _ in range(4)]
    lecture = await hall.opened()
    signed = [await hall.do("join_activity", CLERK, activity_id=lecture, person_id=one) for one in women]
    await hall.do("withdraw_sign_up", resident_of(women[1]), sign_up_id=signed[1].id)  # who waits frees no place
    assert [state for _, state in await hall.queue(lecture)] == ["registered", "withdrawn", "waiting", "waiting"]
    await hall.do("withdraw_sign_up", resident_of(women[0]), sign_up_id=signed[0].id)
    assert [state for _, state in await hall.queue(lecture)] == ["withdrawn", "withdrawn", "registered", "waiting"]
    assert await hall.counts(lecture) == (1, 1, 0)
    events = await hall.owner.fetch(
        "SELECT id, type, subject_id, cause_id FROM event WHERE type LIKE 'sign_up.%' ORDER BY at DESC, id DESC LIMIT 2"
    )
    assert [(one["type"], one["subject_id"]) for one in events] == [
        ("sign_up.promoted", women[2]), ("sign_up.withdrawn", women[0]),
    ]  # fmt: skip
    assert events[0]["cause_id"] == events[1]["id"]
    await refused(hall, Conflict, "sign_up.not_allowed", "withdraw_sign_up", CLERK, sign_up_id=signed[0].id)
    again = await hall.do("join_activity", CLERK, activity_id=lecture, person_id=women[0])
    assert (await hall.row("sign_up", again.id))["arrival"] == 5
    await hall.do("update_activity", CLERK, activity_id=lecture, version=2, capacity=3)
    assert await hall.counts(lecture) == (3, 0, 0)
    await refused(
        hall, Conflict, "activity.places_taken", "update_activity", CLERK, activity_id=lecture, version=3, capacity=2
    )


async def test_one_signs_up_oneself_and_one_s_ward_and_nobody_else(hall: Hall) -> None:
    mother, stranger = await hall.woman(), await hall.woman()
    child = await hall.woman(name="王小宝", sex="1", birth_date="2018-05-05", woman=None, child={})
    lecture = await hall.opened(capacity=None)
    await refused(
        hall, NotFound, "not_found", "join_activity", resident_of(mother), activity_id=lecture, person_id=stranger
    )
    await hall.owner.execute(
        "INSERT INTO person_access (id, grantee_id, person_id, via, via_id) VALUES (uuidv7(), $1, $2, 'pairing', $2)",
        mother, stranger,
    )  # fmt: skip
    await refused(
        hall,
        Forbidden,
        "sign_up.not_hers",
        "join_activity",
        resident_of(mother),
        activity_id=lecture,
        person_id=stranger,
    )
    await hall.owner.execute(
        "INSERT INTO guardianship (id, region_code, ward_id, guardian_id, kind, valid_from) "
        "VALUES (uuidv7(), 421081100201, $1, $2, 'parent', '2020-01-01')", child, mother,
    )  # fmt: skip
    await hall.owner.execute(
        "INSERT INTO person_access (id, grantee_id, person_id, via, via_id) "
        "VALUES (uuidv7(), $1, $2, 'guardianship', $2)",
        mother, child,
    )  # fmt: skip
    signed = await hall.do("join_activity", resident_of(mother), activity_id=lecture, person_id=child)
    await refused(hall, NotFound, "not_found", "withdraw_sign_up", resident_of(stranger), sign_up_id=signed.id)
    await refused(hall, NotFound, "not_found", "withdraw_sign_up", OTHER_CLERK, sign_up_id=signed.id)
    await hall.do("withdraw_sign_up", resident_of(mother), sign_up_id=signed.id)


async def test_sign_up_is_for_the_audience_and_in_time(hall: Hall) -> None:
    woman, elsewhere = await hall.woman(), await hall.woman("421081100202")
    planned = await hall.do("create_activity", CLERK, **LECTURE)
    act: dict[str, Any] = {"person_id": woman, "activity_id": planned.id}
    await refused(hall, NotFound, "not_found", "join_activity", resident_of(woman), **act)  # not announced yet
    await refused(hall, Conflict, "activity.not_allowed", "join_activity", CLERK, **act)
    for_children = await hall.opened(audience=["child", "elder"])
    await refused(
        hall, InvalidInput, "sign_up.not_audience", "join_activity", CLERK, activity_id=for_children, person_id=woman
    )
    lecture = await hall.opened()
    neighbour = {"activity_id": lecture, "person_id": elsewhere}
    await refused(hall, NotFound, "not_found", "join_activity", resident_of(elsewhere), **neighbour)
    await refused(hall, NotFound, "not_found", "join_activity", OTHER_CLERK, **neighbour)
    await hall.begun(lecture)
    act["activity_id"] = lecture
    await refused(hall, Conflict, "activity.sign_up_over", "join_activity", resident_of(woman), **act)
    await hall.do("join_activity", CLERK, **act)  # at the door
    await hall.owner.execute("UPDATE person SET situation = 'dead', died_on = '2026-01-01' WHERE id = $1", elsewhere)
    await refused(hall, Conflict, "person.dead", "join_activity", hall.officer, **neighbour)


async def test_attendance_is_recorded_whole_or_not_at_all(hall: Hall) -> None:
    women = [await hall.woman() for _ in range(3)]
    lecture, other = await hall.opened(capacity=2), await hall.opened()
    signed = [(await hall.do("join_activity", CLERK, activity_id=lecture, person_id=one)).id for one in women]
    foreign = await hall.do("join_activity", CLERK, activity_id=other, person_id=women[0])

    def entries(*given: tuple[UUID, str, int | None]) -> dict[str, Any]:
        made = [{"sign_up_id": str(one), "attendance": what, "minutes": spent} for one, what, spent in given]
        return {"activity_id": lecture, "entries": made}

    came = (signed[0], "present", 90)
    await refused(hall, Conflict, "activity.not_begun", "record_attendance", CLERK, **entries(came))
    await refused(hall, Conflict, "activity.not_begun", "hold_activity", CLERK, activity_id=lecture, version=2)
    await hall.begun(lecture)
    await refused(
        hall,
        InvalidInput,
        "sign_up.unknown",
        "record_attendance",
        CLERK,
        **entries(came, (foreign.id, "present", None)),
    )
    await refused(
        hall, Conflict, "sign_up.not_allowed", "record_attendance", CLERK, **entries(came, (signed[2], "present", None))
    )
    await hall.do("record_attendance", CLERK, **entries(came, (signed[1], "absent", None)))
    assert await hall.counts(lecture) == (2, 1, 1)
    rows = [await hall.row("sign_up", one) for one in signed]
    assert [(one["attendance"], one["minutes"]) for one in rows] == [("present", 90), ("absent", None), (None, None)]
    await hall.do("hold_activity", CLERK, activity_id=lecture, version=2, others_attended=4, summary="好")
    await hall.do("record_attendance", CLERK, **entries((signed[1], "present", 60)))  # she came late
    assert await hall.counts(lecture) == (2, 1, 2)
    await refused(hall, Conflict, "activity.not_allowed", "withdraw_sign_up", CLERK, sign_up_id=signed[2])
    row = await hall.row("activity", lecture)
    assert (row["state"], row["others_attended"], row["summary"]) == ("held", 4, "好")


async def test_an_activity_lies_around_its_venue(hall: Hall) -> None:
    home = await hall.do("create_venue", CLERK, **HOME)
    at_home = LECTURE | {"venue_id": home.id}
    wider = await hall.do("create_activity", hall.officer, **(at_home | {"region": "421081100"}))
    assert (await hall.row("activity", wider.id))["region_code"] == 421081100000
    own = await hall.do("create_activity", CLERK, **(at_home | {"region": None}))
    assert (await hall.row("activity", own.id))["region_code"] == VILLAGE
    await refused(
        hall, InvalidInput, "activity.venue_elsewhere", "create_activity", hall.officer,
        **(at_home | {"region": "421081100202"}),
    )  # fmt: skip
    await refused(hall, InvalidInput, "field.required", "create_activity", CLERK, **(LECTURE | {"region": None}))
    back = {"starts_at": LECTURE["ends_at"], "ends_at": LECTURE["starts_at"]}
    await refused(hall, InvalidInput, "activity.ends_before_start", "create_activity", CLERK, **(LECTURE | back))
    await refused(
        hall, InvalidInput, "agency.unknown", "create_activity", CLERK, **(LECTURE | {"agency_id": UUID(int=99)})
    )


async def test_sign_ups_move_with_the_person_and_she_may_still_withdraw(hall: Hall) -> None:
    woman, waiting = await hall.woman(), await hall.woman()
    lecture = await hall.opened()
    signed = await hall.do("join_activity", CLERK, activity_id=lecture, person_id=woman)
    await hall.do("join_activity", CLERK, activity_id=lecture, person_id=waiting)
    version = (await hall.row("person", woman))["version"]
    move = {
        "person_id": str(woman),
        "version": version,
        "region": "421081100202",
        "household": "take",
        "reason": "搬迁",
    }
    await move_person(hall.officer, hall.unit_at(), MovePerson.model_validate(move))
    assert (await hall.row("sign_up", signed.id))["region_code"] == OTHER
    await hall.do("withdraw_sign_up", resident_of(woman), sign_up_id=signed.id)
    assert await hall.queue(lecture) == [(woman, "withdrawn"), (waiting, "registered")]


async def test_the_wall_in_the_database(hall: Hall, pool: asyncpg.Pool, caller: Callable[..., Access]) -> None:
    """Past the compiled predicate: what row-level security alone lets through."""
    woman, elsewhere = await hall.woman(), await hall.woman("421081100202")
    home = await hall.do("create_venue", CLERK, **HOME)
    county = await hall.do("create_venue", hall.officer, **(HOME | {"region": "421081"}))
    township = await hall.do("create_venue", hall.officer, **(HOME | {"region": "421081100"}))
    for one in (home, county):
        await hall.do("open_venue", hall.officer, venue_id=one.id, version=1)

    async def seen(access: Access, permission: str = "venues:read") -> set[UUID]:
        async with pool.acquire() as connection, connection.transaction():
            await set_scope(connection, scope_settings(access, permission))
            return {row["id"] for row in await connection.fetch("SELECT id FROM venue")}

    assert await seen(hall.officer) == {home.id, county.id, township.id}
    assert await seen(CLERK) == {home.id, county.id}
    assert await seen(OTHER_CLERK) == {county.id}
    assert await seen(resident_of(woman)) == {home.id, county.id}
    assert await seen(resident_of(elsewhere)) == {county.id}
    assert await seen(caller(region="421083")) == set()
    assert await seen(resident_of(UUID(int=5))) == set()


async def test_sign_ups_go_with_a_file_that_is_merged_unless_the_survivor_has_a_place(hall: Hall) -> None:
    merged, survivor = await hall.woman(), await hall.woman()
    both, own = await hall.opened(capacity=5), await hall.opened(capacity=5)
    for lecture, person in ((both, merged), (both, survivor), (own, merged)):
        await hall.do("join_activity", CLERK, activity_id=lecture, person_id=person)
    async with hall.unit_at().begin(hall.officer, "people:write") as work:
        async with work.as_system():
            assert (await work.duplicates.hand_over(merged, survivor))["sign_up"] == 1
        await work.commit(None)
    assert await hall.queue(own) == [(survivor, "registered")]
    assert await hall.queue(both) == [(merged, "registered"), (survivor, "registered")]
