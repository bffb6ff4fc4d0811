"""Files between regions: who sees what when, who may do what, and of two contradictory acts one wins."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from domain.people.commands import RecordDeath, RegisterPerson, UpdatePerson
from domain.people.use_cases import record_death, register_person, update_person
from domain.transfers.commands import (
    AcceptTransfer,
    ClaimPerson,
    MovePerson,
    RejectTransfer,
    RequestTransfer,
    WithdrawTransfer,
)
from domain.transfers.moving import move_person
from domain.transfers.use_cases import (
    accept_transfer,
    claim_person,
    reject_transfer,
    request_transfer,
    withdraw_transfer,
)
from domain.unit_of_work import Saved
from persistence.crypto import FieldCipher
from persistence.engine import scope_settings, set_scope
from persistence.jobs.transfers import expire
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.api.acts import identity_number
from tests.integration.transfers.test_moving import home, places

__all__ = ["home"]
VILLAGE, OTHER_VILLAGE, NEIGHBOUR = "421081100201", "421081100202", "421083100201"
NUMBER = identity_number("19881125")
TODAY = date(2026, 11, 1)


def offer(saved: Saved, **fields: Any) -> RequestTransfer:
    return RequestTransfer.model_validate({"person_id": saved.id, "region": NEIGHBOUR, "reason": "随迁居住", **fields})


def accept(asked: Saved, **fields: Any) -> AcceptTransfer:
    return AcceptTransfer.model_validate({"transfer_id": asked.id, **fields})


def withdraw(asked: Saved) -> WithdrawTransfer:
    return WithdrawTransfer(transfer_id=asked.id)


def reject(asked: Saved) -> RejectTransfer:
    return RejectTransfer(transfer_id=asked.id, note="查无此户")


def claim(**fields: Any) -> ClaimPerson:
    given = {"identity_number": NUMBER, "name": "王小花", "region": NEIGHBOUR, "reason": "已在本村居住"}
    return ClaimPerson.model_validate(given | fields)


async def code_of(error: type[Exception], act: Any) -> str:
    """Return the code with which an act is refused."""
    with pytest.raises(error) as refused:
        await act
    faults = getattr(refused.value, "faults", ())
    return str(faults[0].code if faults else refused.value.code)  # type: ignore[attr-defined]


async def seen_by(pool: asyncpg.Pool, access: Access, table: str) -> set[UUID]:
    """Return the rows that row-level security alone lets a caller see."""
    permission = {"event": "events:read", "transfer": "transfers:read"}.get(table, "people:read")
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, scope_settings(access, permission))
        return {row["id"] for row in await connection.fetch(f"SELECT id FROM {table}")}


async def test_a_household_is_handed_over(
    home: Any, officer: Access, neighbour: Access, uow: PostgresUnitOfWork, pool: asyncpg.Pool, ledger: Any
) -> None:
    people = await home()
    ids = {people[name].id for name in ("mother", "father", "child", "granny")}
    asked = await request_transfer(officer, uow, offer(people["mother"], together=True, days=10))
    row = await ledger.row("transfer", asked.id)
    assert (row["state"], row["due_on"], row["from_region_code"]) == ("requested", date(2026, 11, 11), int(VILLAGE))
    listed = await ledger.owner.fetch("SELECT * FROM transfer_person ORDER BY records DESC, name_masked")
    assert [
        (one["name_masked"], one["birth_year"], one["populations"], one["records"], one["handed_over"])
        for one in listed
    ] == [
        ("李**", 2018, ["child"], 5, False),
        ("王**", None, ["woman"], 4, False),
        ("张**", 1950, ["elder"], 2, False),
        ("李**", None, [], 1, False),
    ]
    # Until then nothing has changed: the sender works on, the receiver sees the request alone.
    assert await seen_by(pool, neighbour, "person") == set()
    assert await seen_by(pool, neighbour, "transfer") == {asked.id}
    edited = UpdatePerson.model_validate({"person_id": people["mother"].id, "version": 1, "ethnicity": "01"})
    await update_person(officer, uow, edited)
    before = await seen_by(pool, officer, "event")

    statuses = await ledger.statuses(people["mother"].id)
    accepted = await accept_transfer(neighbour, uow, accept(asked, moved_on="2026-10-20", address="五组9号"))
    assert (accepted.id, accepted.version) == (asked.id, 2)
    for person in ids:
        assert await places(ledger, person) == {int(NEIGHBOUR)}
        assert (await ledger.row("person", person))["household_id"] == people["household"].id
    assert (await ledger.row("household", people["household"].id))["region_code"] == int(NEIGHBOUR)
    assert await ledger.statuses(people["mother"].id) == statuses
    assert await seen_by(pool, neighbour, "person") == ids
    assert await seen_by(pool, officer, "person") == set()
    # The history goes along; the sender keeps the request and what happened up to then.
    assert before <= await seen_by(pool, neighbour, "event")
    traces = await seen_by(pool, officer, "event")
    assert before < traces
    left = {
        row["type"]
        for row in await ledger.owner.fetch("SELECT type FROM event WHERE id = ANY ($1)", [*traces - before])
    }
    assert left == {"transfer.accepted", "person.moved_out", "household.moved_out"}
    assert await seen_by(pool, officer, "transfer") == await seen_by(pool, neighbour, "transfer") == {asked.id}
    await update_person(neighbour, uow, UpdatePerson(person_id=people["mother"].id, version=3, ethnicity="08"))
    assert await seen_by(pool, officer, "event") == traces  # nothing new for the sender
    row = await ledger.row("transfer", asked.id)
    assert (row["state"], row["decided_by"], row["decided_by_agency_id"]) == (
        "accepted", neighbour.sub, neighbour.agency_id,
    )  # fmt: skip
    gone = await ledger.owner.fetch("SELECT person_id FROM transfer_person WHERE handed_over AND NOT open")
    assert {one["person_id"] for one in gone} == ids
    guarded = await ledger.owner.fetchval("SELECT person_id FROM person_access WHERE ended_at IS NULL")
    assert guarded == people["child"].id


async def test_departments_keep_their_trace_by_remit(  # noqa: PLR0917 - fixtures
    home: Any, officer: Access, neighbour: Access, caller: Any, uow: PostgresUnitOfWork, pool: asyncpg.Pool, ledger: Any
) -> None:
    people = await home()
    asked = await request_transfer(officer, uow, offer(people["mother"], together=True))
    single = await request_transfer(officer, uow, offer(await _elder(officer, uow)))
    federation, education = caller(agency_type="womens_federation"), caller(agency_type="education")
    assert await seen_by(pool, federation, "transfer") == {asked.id}
    assert await seen_by(pool, caller(agency_type="womens_federation", region="421083"), "transfer") == {asked.id}
    assert await seen_by(pool, caller(region="421083"), "transfer") == {asked.id, single.id}
    assert await seen_by(pool, caller(region="4401"), "transfer") == set()
    before = await seen_by(pool, federation, "event"), await seen_by(pool, education, "event")
    assert before[1] < before[0]
    await accept_transfer(neighbour, uow, accept(asked))
    for access, had in zip((federation, education), before, strict=True):
        assert had <= await seen_by(pool, access, "event")
        assert await seen_by(pool, access, "person") == set()


async def _elder(officer: Access, uow: PostgresUnitOfWork) -> Saved:
    command = RegisterPerson.model_validate({"name": "赵大爷", "region": VILLAGE, "elder": {}})
    return await register_person(officer, uow, command)


async def test_one_goes_and_joins_others(
    home: Any, officer: Access, neighbour: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await home()
    there = RegisterPerson.model_validate({"name": "孙大娘", "region": NEIGHBOUR, "new_household": True})
    host = await register_person(neighbour, uow, there)
    house = (await ledger.row("person", host.id))["household_id"]
    asked = await request_transfer(officer, uow, offer(people["child"]))
    await accept_transfer(neighbour, uow, accept(asked, household_id=str(house)))
    assert (await ledger.row("person", people["child"].id))["household_id"] == house
    assert await places(ledger, people["mother"].id) == {int(VILLAGE)}
    # A tie belongs to its person: the child's went, the guardian still sees her ward.
    ties = await ledger.owner.fetch("SELECT region_code FROM kinship WHERE person_id = $1", people["child"].id)
    assert {one["region_code"] for one in ties} == {int(NEIGHBOUR)}
    assert (await ledger.row("person", host.id))["remit"] == 128 | 32
    assert (await ledger.row("person", people["mother"].id))["remit"] == 128 | 1 | 16 | 64


async def test_who_was_born_meanwhile_goes_along(
    home: Any, officer: Access, neighbour: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await home()
    asked = await request_transfer(officer, uow, offer(people["mother"], together=True))
    newborn = {"name": "李小宝", "region": VILLAGE, "household_id": str(people["household"].id), "child": {}}
    baby = await register_person(officer, uow, RegisterPerson.model_validate(newborn))
    await accept_transfer(neighbour, uow, accept(asked))
    assert await places(ledger, baby.id) == {int(NEIGHBOUR)}
    row = await ledger.owner.fetchrow("SELECT * FROM transfer_person WHERE person_id = $1", baby.id)
    assert (row["transfer_id"], row["name_masked"], row["handed_over"]) == (asked.id, "李**", True)


async def test_a_claim_tells_no_more_than_it_was_told(
    register: Any, officer: Access, neighbour: Access, uow: PostgresUnitOfWork, pool: asyncpg.Pool, ledger: Any
) -> None:
    assert await code_of(Conflict, claim_person(neighbour, uow, claim())) == "transfer.nobody"
    held = await register("王翠花", identity_number=NUMBER, sex="2", woman={})
    asked = await claim_person(neighbour, uow, claim())
    row = await ledger.row("transfer", asked.id)
    assert (row["kind"], row["from_region_code"], row["household_id"]) == ("claim", None, None)
    listed = await ledger.owner.fetchrow("SELECT * FROM transfer_person")
    assert (listed["name_masked"], listed["birth_year"], listed["populations"], listed["records"]) == (
        "王**", 1988, [], None,
    )  # fmt: skip
    told = await ledger.owner.fetch("SELECT region_code, subject_id FROM event WHERE type = 'transfer.requested'")
    assert {tuple(one) for one in told} == {(int(VILLAGE), held.id), (int(NEIGHBOUR), None)}
    assert await code_of(Conflict, claim_person(neighbour, uow, claim())) == "person.under_review"
    assert await code_of(Forbidden, accept_transfer(neighbour, uow, accept(asked))) == "transfer.not_yours"
    assert await code_of(Forbidden, withdraw_transfer(officer, uow, withdraw(asked))) == "transfer.not_yours"
    await accept_transfer(officer, uow, accept(asked))
    assert await seen_by(pool, neighbour, "person") == {held.id}
    row = await ledger.row("transfer", asked.id)
    assert (row["state"], row["from_region_code"]) == ("accepted", int(VILLAGE))
    listed = await ledger.owner.fetchrow("SELECT * FROM transfer_person")
    assert (listed["name_masked"], listed["populations"], listed["handed_over"]) == ("王**", ["woman"], True)
    assert await code_of(Conflict, claim_person(neighbour, uow, claim())) == "person.duplicate"


async def test_a_claim_of_the_closed_and_of_whom_one_may_not_give(
    register: Any, officer: Access, neighbour: Access, caller: Any, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    elder = await register("赵大爷", identity_number=NUMBER)
    asked = await claim_person(caller(agency_type="womens_federation", region="421083"), uow, claim())
    federation = caller(agency_type="womens_federation")
    assert await code_of(Forbidden, accept_transfer(federation, uow, accept(asked))) == "household.outside_scope"
    await record_death(officer, uow, RecordDeath(person_id=elder.id, version=1, died_on=TODAY))
    assert (await ledger.row("transfer", asked.id))["state"] == "withdrawn"
    assert await code_of(Conflict, claim_person(neighbour, uow, claim())) == "person.under_review"


async def test_a_request_is_made_once_and_where_it_is_needed(
    home: Any, officer: Access, neighbour: Access, caller: Any, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await home()
    mother, before = people["mother"], await ledger.counts()
    assert await code_of(InvalidInput, request_transfer(officer, uow, offer(mother, region=OTHER_VILLAGE))) == (
        "transfer.not_needed"
    )
    assert await code_of(InvalidInput, request_transfer(officer, uow, offer(mother, region="4210"))) == (
        "region.too_coarse"
    )
    assert await code_of(NotFound, request_transfer(neighbour, uow, offer(mother, region=VILLAGE))) == "not_found"
    education = caller(agency_type="education")
    assert await code_of(Forbidden, request_transfer(education, uow, offer(people["child"], together=True))) == (
        "household.outside_scope"
    )
    assert await ledger.counts() == before
    asked = await request_transfer(officer, uow, offer(mother))
    before = await ledger.counts()
    assert await code_of(Conflict, request_transfer(officer, uow, offer(mother))) == "transfer.open"
    moving = MovePerson(person_id=mother.id, version=1, region=OTHER_VILLAGE, reason="易地搬迁")
    assert await code_of(Conflict, move_person(officer, uow, moving)) == "transfer.open"
    assert await code_of(Forbidden, accept_transfer(officer, uow, accept(asked))) == "transfer.not_yours"
    assert await code_of(NotFound, accept_transfer(caller(region="4401"), uow, accept(asked))) == "not_found"
    assert await code_of(Forbidden, accept_transfer(neighbour, uow, accept(asked, region=VILLAGE))) == (
        "region.outside_scope"
    )
    assert await ledger.counts() == before
    await reject_transfer(neighbour, uow, reject(asked))
    for act in (accept(asked),):
        assert await code_of(Conflict, accept_transfer(neighbour, uow, act)) == "transfer.rejected"
    assert await code_of(Conflict, withdraw_transfer(officer, uow, withdraw(asked))) == "transfer.rejected"
    assert (await request_transfer(officer, uow, offer(mother))).version == 1  # she may be asked for again


async def test_what_nobody_decides_expires(  # noqa: PLR0917 - fixtures
    home: Any, officer: Access, neighbour: Access, unit_at: Any, pool: asyncpg.Pool, cipher: FieldCipher, ledger: Any
) -> None:
    people = await home()
    asked = await request_transfer(officer, unit_at(), offer(people["mother"]))
    assert await expire(pool, cipher, date(2026, 11, 16)) == 0  # due on that day
    late = unit_at(date(2026, 11, 17))
    assert await code_of(Conflict, accept_transfer(neighbour, late, accept(asked))) == "transfer.expired"
    assert await expire(pool, cipher, date(2026, 11, 17)) == 1
    assert await expire(pool, cipher, date(2026, 11, 17)) == 0
    row = await ledger.row("transfer", asked.id)
    assert (row["state"], row["version"], row["decided_by"]) == ("expired", 2, "system:transfers")
    told = await ledger.owner.fetch("SELECT region_code, actor FROM event WHERE type = 'transfer.expired'")
    assert {tuple(one) for one in told} == {(int(VILLAGE), "system:transfers"), (int(NEIGHBOUR), "system:transfers")}
    await request_transfer(officer, late, offer(people["mother"]))


@pytest.mark.parametrize("rival", ["accept", "withdraw", "reject", "death", "move"])
async def test_of_two_contradictory_acts_one_wins(
    home: Any, officer: Access, neighbour: Access, unit_at: Any, ledger: Any, rival: str
) -> None:
    """An accept against something else, at the same moment on connections of their own, several times over."""
    people = await home()
    for who in ("mother", "father", "child"):
        person = people[who]
        asked = await request_transfer(officer, unit_at(), offer(person))
        death = RecordDeath(person_id=person.id, version=1, died_on=TODAY)
        moving = MovePerson(person_id=person.id, version=1, region=OTHER_VILLAGE, reason="易地搬迁")
        against: Callable[[], Any] = {
            "accept": lambda asked=asked: accept_transfer(neighbour, unit_at(), accept(asked)),
            "withdraw": lambda asked=asked: withdraw_transfer(officer, unit_at(), withdraw(asked)),
            "reject": lambda asked=asked: reject_transfer(neighbour, unit_at(), reject(asked)),
            "death": lambda death=death: record_death(officer, unit_at(), death),
            "move": lambda moving=moving: move_person(officer, unit_at(), moving),
        }[rival]
        outcomes: Any = await asyncio.gather(
            accept_transfer(neighbour, unit_at(), accept(asked)), against(), return_exceptions=True
        )
        first, second = outcomes
        assert isinstance(first, Saved) ^ isinstance(second, Saved), (first, second)
        state = (await ledger.row("transfer", asked.id))["state"]
        where = await places(ledger, person.id)
        if isinstance(first, Saved) or rival == "accept":
            assert (state, where) == ("accepted", {int(NEIGHBOUR)})
            lost: Any = second if isinstance(first, Saved) else first
            # Where the file has gone, the former holder finds nobody any more.
            expected = "not_found" if rival in {"death", "move"} else "transfer.accepted"
            assert lost.code in {expected, "transfer.open"} if rival == "move" else lost.code == expected, lost
        else:
            ended = {"withdraw": "withdrawn", "reject": "rejected", "death": "withdrawn"}[rival]
            assert (state, where) == (ended, {int(VILLAGE)})
            assert isinstance(first, Conflict)
            assert first.code == f"transfer.{ended}"
        still = await ledger.owner.fetchval("SELECT count(*) FROM transfer_person WHERE open")
        assert still == 0


async def test_a_request_against_a_move(home: Any, officer: Access, unit_at: Any, ledger: Any) -> None:
    """Whichever comes first: the request then names the new place, or the move waits for its end."""
    people = await home()
    person = people["mother"]
    moving = MovePerson(person_id=person.id, version=1, region=OTHER_VILLAGE, reason="易地搬迁")
    outcomes: Any = await asyncio.gather(
        request_transfer(officer, unit_at(), offer(person)), move_person(officer, unit_at(), moving),
        return_exceptions=True,
    )  # fmt: skip
    asked, moved = outcomes
    (where,) = await places(ledger, person.id)
    if isinstance(moved, Saved):
        assert where == int(OTHER_VILLAGE)
        assert isinstance(asked, Conflict)
        assert asked.code == "state.busy"
    else:
        assert isinstance(asked, Saved)
        assert isinstance(moved, Conflict)
        assert (where, moved.code) == (int(VILLAGE), "transfer.open")
        assert (await ledger.row("transfer", asked.id))["holder_region_code"] == where
