"""The figures follow every change in its own transaction, for every way of writing."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.access import Access
from domain.errors import Forbidden, InvalidInput
from domain.people.commands import (
    CloseProfile,
    DeclareGuardianship,
    Deregister,
    EndGuardianship,
    RecordAbsence,
    RecordDeath,
    RecordKinship,
    RecordReturn,
)
from domain.people.use_cases import (
    close_profile,
    declare_guardianship,
    deregister,
    end_guardianship,
    record_absence,
    record_death,
    record_kinship,
    record_return,
)
from domain.transfers.commands import MovePerson
from domain.transfers.moving import move_person
from persistence.engine import connect
from persistence.statistics.upkeep import fold, move_bands, recount
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.people.conftest import OTHER_VILLAGE, TODAY, VILLAGE, access_of
from tests.integration.statistics.conftest import Asked

Register = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("regions")


async def test_a_person_counts_from_the_commit_that_registers_her(register: Register, asked: Asked) -> None:
    assert await asked.total() == 0
    await register(sex="2", birth_date="1980-05-01", education="71", woman={}, hardship=["low_income"])
    await register(sex="1", birth_date="2016-05-01", child={"schooling": "primary"})
    await register()
    assert await asked.total() == 3
    assert await asked.total(population="woman") == 1
    assert await asked.cells("population") == {("woman",): 1, ("child",): 1, ("none",): 1}
    assert await asked.cells("age_band", "sex") == {
        ("6-13", "1"): 1,
        ("40-49", "2"): 1,
        ("not_stated", "not_stated"): 1,
    }
    assert await asked.cells("education", population="woman") == {("70",): 1}
    assert await asked.cells("hardship") == {("low_income",): 1, ("none",): 2}
    assert await asked.cells("schooling", population="child") == {("primary",): 1}
    assert await asked.total(priority="1") == 1
    assert await asked.total(sex="1", age_band="6-13") == 1


async def test_death_deregistration_and_a_closed_profile_end_the_count(
    register: Register, asked: Asked, officer: Access, uow: PostgresUnitOfWork, owner: asyncpg.Connection
) -> None:
    dead, gone, grown = await register(), await register(), await register(woman={})
    await record_death(officer, uow, RecordDeath(person_id=dead.id, version=1, died_on=date(2026, 10, 1)))
    await deregister(officer, uow, Deregister(person_id=gone.id, version=1, reason="迁出"))
    assert await asked.cells("population") == {("woman",): 1}
    profile = await owner.fetchrow("SELECT id, version FROM woman_profile")
    command = CloseProfile(profile_id=profile["id"], version=profile["version"], population="woman")  # type: ignore[arg-type]
    await close_profile(officer, uow, command)
    assert await asked.cells("population") == {("none",): 1}
    assert grown.id is not None


async def test_a_relative_s_absence_counts_at_the_one_left_behind(
    register: Register, asked: Asked, officer: Access, uow: PostgresUnitOfWork
) -> None:
    child = await register(sex="2", birth_date="2018-03-02", child={"schooling": "primary"})
    for relation, sex in (("51", "1"), ("52", "2")):
        parent = await register(sex=sex, birth_date="1990-01-01")
        await record_kinship(officer, uow, RecordKinship(person_id=child.id, relative_id=parent.id, relation=relation))
        away = await record_absence(officer, uow, RecordAbsence(person_id=parent.id, since=date(2026, 2, 1)))
    granny = await register(sex="2", birth_date="1960-01-01")
    held = await declare_guardianship(
        officer, uow,
        DeclareGuardianship.model_validate(
            {"ward_id": child.id, "guardian_id": granny.id, "kind": "entrusted", "relation": "62", "capability": "good"}
        ),
    )  # fmt: skip
    asks: Any = {"population": "child", "left_behind": True}
    assert await asked.cells("away", **asks) == {("both",): 1}
    assert await asked.cells("carer", "rating", **asks) == {("grandparents", "good"): 1}
    await end_guardianship(officer, uow, EndGuardianship(guardianship_id=held.id, version=1))
    assert await asked.cells("carer", **asks) == {("not_stated",): 1}
    await record_return(officer, uow, RecordReturn(absence_id=away.id, version=1))
    assert await asked.total(**asks) == 0
    assert await asked.cells("left_behind", population="child") == {("none",): 1}


async def test_a_move_counts_at_both_ends_and_above(
    register: Register, asked: Asked, officer: Access, uow: PostgresUnitOfWork, owner: asyncpg.Connection
) -> None:
    person = await register(woman={})
    await register(woman={})
    await fold(owner)
    assert await asked.cells("region", region="421081100") == {(VILLAGE,): 2}
    move = MovePerson(person_id=person.id, version=1, region=OTHER_VILLAGE, reason="迁居邻村")
    await move_person(officer, uow, move)
    for _ in range(2):  # pending, then folded
        assert await asked.cells("region", region="421081100") == {(VILLAGE,): 1, (OTHER_VILLAGE,): 1}
        assert await asked.cells("region", "population") == {("421081100", "woman"): 2}
        await fold(owner)
    assert await owner.fetchval("SELECT count(*) FROM figure_change") == 0
    assert await owner.fetchval("SELECT array_agg(n ORDER BY hi - lo) FROM figure") == [1, 1, 2, 2, 2, 2, 2]


async def test_raw_statements_count_too_and_a_rolled_back_one_does_not(
    register: Register, asked: Asked, owner: asyncpg.Connection
) -> None:
    one, other = await register(child={}), await register(child={})
    async with owner.transaction():
        await owner.execute("UPDATE person SET sex = '1'")
        await owner.execute("UPDATE child_profile SET schooling = 'junior'")
    assert await asked.cells("sex", "schooling") == {("1", "junior"): 2}
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute("UPDATE person SET sex = '2'")
    await transaction.rollback()
    assert await asked.cells("sex") == {("1",): 2}
    await owner.execute("UPDATE child_profile SET person_id = $1, valid_to = '2026-11-01' WHERE person_id = $2",
                        one.id, other.id)  # fmt: skip
    assert await asked.cells("population") == {("child",): 1, ("none",): 1}
    assert await owner.fetchval("SELECT count(*) FROM figure_touch") == 0


async def test_two_writers_of_one_person_wait_and_lose_nothing(
    register: Register, asked: Asked, database: str, owner: asyncpg.Connection
) -> None:
    one = await register(child={})
    first, second = await connect(database), await connect(database)
    try:
        mine, theirs = first.transaction(), second.transaction()
        await mine.start()
        await theirs.start()
        await first.execute("UPDATE person SET sex = '1' WHERE id = $1", one.id)
        await second.execute("UPDATE child_profile SET schooling = 'senior' WHERE person_id = $1", one.id)
        await first.execute("SET CONSTRAINTS figure_touch_at_commit IMMEDIATE")  # as far as a commit goes
        waiting = asyncio.create_task(theirs.commit())
        await asyncio.wait((waiting,), timeout=0.2)
        assert not waiting.done()
        await mine.commit()
        await waiting
    finally:
        await first.close()
        await second.close()
    assert await asked.cells("sex", "schooling") == {("1", "senior"): 1}
    assert (await recount(owner, TODAY)).differences == 0


async def test_age_bands_move_on_their_birthdays(register: Register, asked: Asked, owner: asyncpg.Connection) -> None:
    for born in ("2020-11-02", "2012-02-29", "1946-11-01", "1946-11-02"):
        await register(birth_date=born)
    assert await asked.cells("age_band") == {("0-5",): 1, ("14-15",): 1, ("70-79",): 1, ("80+",): 1}
    assert await move_bands(owner, date(2026, 11, 2)) == 2
    answer = await asked(group_by=["age_band"])
    assert answer["as_of"] == max("2026-11-02", answer["as_of"])
    assert {tuple(cell["keys"]): cell["n"] for cell in answer["cells"]} == {("6-13",): 1, ("14-15",): 1, ("80+",): 2}
    assert await owner.fetchval("SELECT next_band_on FROM person_figure ORDER BY 1 LIMIT 1") == date(2028, 2, 29)
    assert (await recount(owner, date(2026, 11, 2))).differences == 0


async def test_a_series_says_what_each_month_ended_with(
    unit_at: Callable[[date], PostgresUnitOfWork], officer: Access, asked: Asked, owner: asyncpg.Connection
) -> None:
    from domain.people.commands import RegisterPerson
    from domain.people.use_cases import register_person

    for day in (date(2026, 8, 5), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)):
        command = RegisterPerson.model_validate({"name": "王小花", "region": VILLAGE, "woman": {}})
        await register_person(officer, unit_at(day), command)
    for _ in range(2):
        series = await asked.cells("month", month_from="2026-07")
        assert series == {("2026-08",): 1, ("2026-09",): 1, ("2026-10",): 3, ("2026-11",): 4}
        assert await asked.cells("month", "region", month_from="2026-10", month_to="2026-10") == {
            ("2026-10", "421081100"): 3
        }
        await fold(owner)


async def test_whoever_sees_a_part_counts_that_part_under_its_own_name(register: Register, asked: Asked) -> None:
    await register(woman={}, household_id=None)
    await register(child={})
    await register(elder={}, birth_date="1950-01-01")
    await register(region=OTHER_VILLAGE, child={})
    village = access_of("village_worker", "village_committee", VILLAGE)
    assert await asked.total(village) == 3
    for beyond in (OTHER_VILLAGE, "421081"):  # her village would pass for the county
        with pytest.raises(Forbidden, match="outside_scope"):
            await asked(village, region=beyond)
    federation = access_of(agency_type="womens_federation")
    assert await asked.cells("population", access=federation) == {("woman",): 1, ("child",): 2}
    with pytest.raises(Forbidden, match="outside_remit"):
        await asked(federation, population="elder")
    assert await asked.total(access_of(agency_type="education")) == 2
    assert await asked.total(access_of(region="421083")) == 0


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ({"group_by": ["sex", "sex"]}, "statistics.group_twice"),
        ({"month_from": "2026-01"}, "statistics.month_without_group"),
        ({"group_by": ["month"], "month_to": "2026-12"}, "statistics.month_range"),
        ({"group_by": ["month"], "month_from": "2020-01"}, "statistics.month_range"),
        ({"region": "429999"}, "region.unknown"),
    ],
)
async def test_what_cannot_be_asked(asked: Asked, ask: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await asked(**ask)
    assert [fault.code for fault in refused.value.faults] == [code]


async def test_a_recount_finds_and_repairs_what_is_wrong(
    register: Register, asked: Asked, owner: asyncpg.Connection
) -> None:
    await register(woman={})
    two = await register(child={})
    await fold(owner)
    assert (await recount(owner, TODAY)).differences == 0
    await owner.execute(
        "UPDATE person_figure SET cell = 0 WHERE person_id = $1", two.id
    )  # a wrong person: 6 levels of 2 cells
    await owner.execute("UPDATE figure SET n = n + 7 WHERE hi - lo = 1000 AND cell & 1 = 1")
    found = await recount(owner, TODAY)
    assert (found.people, found.sums, found.repaired) == (1, 13, False)
    assert await owner.fetchval("SELECT differences FROM figure_state") == 14
    said = await owner.fetchrow("SELECT type, actor, data FROM event WHERE type LIKE 'figures.%'")
    assert said["type"] == "figures.differed"
    assert (said["actor"], said["data"]) == ("system:statistics", {"people": 1, "sums": 13, "repaired": False})
    found = await recount(owner, TODAY, repair=True)
    assert (found.people, found.repaired) == (1, True)
    assert (await recount(owner, TODAY)).differences == 0
    assert await asked.cells("population", region="421081100") == {("woman",): 1, ("child",): 1}
