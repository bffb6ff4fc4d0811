"""Every change of facts moves the determination of everybody it touches, in its own transaction."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.access import Access
from domain.errors import Conflict, InvalidInput, NotFound, Stale
from domain.people.commands import (
    CloseProfile,
    Deregister,
    Determine,
    OpenProfile,
    RecordAbsence,
    RecordDeath,
    RecordKinship,
    RecordReturn,
    RemoveKinship,
    UpdateAbsence,
    UpdatePerson,
    UpdateProfile,
)
from domain.people.use_cases import (
    close_profile,
    deregister,
    explain_determination,
    open_profile,
    record_absence,
    record_death,
    record_kinship,
    record_return,
    remove_kinship,
    update_absence,
    update_person,
    update_profile,
)
from domain.unit_of_work import Saved
from persistence.writing.unit_of_work import PostgresUnitOfWork

Register = Callable[..., Any]
LEFT, NOT = "left_behind", "not_left_behind"
TODAY = date(2026, 11, 1)


@pytest.fixture
def family(register: Register, officer: Access, uow: PostgresUnitOfWork) -> Callable[[], Any]:
    """A wife with a profile, her husband, their child with a profile, his mother with a profile."""

    async def make() -> dict[str, Saved]:
        people = {
            "wife": await register("王小花", sex="2", birth_date="1990-01-01", woman={}),
            "husband": await register("李大山", sex="1", birth_date="1988-01-01"),
            "child": await register("李小山", sex="1", birth_date="2016-05-05", child={}),
            "elder": await register("张秀英", sex="2", birth_date="1950-01-01", elder={}),
        }
        ties = [
            ("wife", "husband", "11"),
            ("child", "husband", "51"),
            ("child", "wife", "52"),
            ("elder", "husband", "20"),
        ]
        for person, relative, relation in ties:
            command = RecordKinship(person_id=people[person].id, relative_id=people[relative].id, relation=relation)
            await record_kinship(officer, uow, command)
        return people

    return make


async def away(officer: Access, uow: PostgresUnitOfWork, person: Saved, since: str, **more: Any) -> Saved:
    command = RecordAbsence.model_validate({"person_id": person.id, "since": since} | more)
    return await record_absence(officer, uow, command)


async def test_a_departure_moves_wife_child_and_mother(
    family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await family()
    for who in ("wife", "child", "elder"):
        assert await ledger.status(people[who].id) == NOT
    absence = await away(officer, uow, people["husband"], "2026-03-01", destination="广东省深圳市")
    assert [await ledger.status(people[who].id) for who in ("wife", "child", "elder")] == [LEFT, NOT, LEFT]
    assert await ledger.statuses(people["wife"].id) == [
        ("woman", NOT, TODAY, TODAY),
        ("woman", LEFT, TODAY, None),
    ]
    row = await ledger.owner.fetchrow(
        "SELECT * FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", people["wife"].id
    )
    cause = await ledger.owner.fetchrow("SELECT * FROM event WHERE type = 'absence.recorded'")
    assert (row["reasons"], row["cause"], row["cause_event_id"]) == (
        ["husband_away_6_months"],
        "absence.recorded",
        cause["id"],
    )
    assert cause["aggregate_id"] == absence.id
    changes = await ledger.owner.fetch(
        "SELECT subject_id, data FROM event WHERE cause_id = $1 ORDER BY id", cause["id"]
    )
    assert {change["subject_id"] for change in changes} == {people["wife"].id, people["elder"].id}
    assert {change["data"]["after"] for change in changes} == {LEFT}


async def test_both_parents_gone_and_one_back(
    family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await family()
    first = await away(officer, uow, people["husband"], "2026-03-01")
    await away(officer, uow, people["wife"], "2026-10-20")
    assert [await ledger.status(people[who].id) for who in ("wife", "child")] == [NOT, LEFT]
    back = RecordReturn(absence_id=first.id, version=first.version, returned_on=date(2026, 10, 25))
    returned = await record_return(officer, uow, back)
    assert returned.version == 2
    assert [await ledger.status(people[who].id) for who in ("wife", "child", "elder")] == [NOT, NOT, NOT]
    with pytest.raises(Conflict) as refused:
        await record_return(officer, uow, RecordReturn(absence_id=first.id, version=2))
    assert refused.value.code == "absence.ended"


async def test_nobody_is_away_twice(family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await family()
    await away(officer, uow, people["husband"], "2025-01-01", returned_on="2025-06-01")
    await away(officer, uow, people["husband"], "2025-06-01")
    before = await ledger.counts()
    for since, code in (("2026-02-01", "absence.open"), ("2025-03-01", "absence.overlaps")):
        with pytest.raises(Conflict) as refused:
            await away(officer, uow, people["husband"], since)
        assert refused.value.code == code
    assert await ledger.counts() == before


async def test_a_corrected_absence_counts_anew(
    family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await family()
    absence = await away(officer, uow, people["husband"], "2026-03-01")
    study = UpdateAbsence.model_validate({"absence_id": absence.id, "version": 1, "reason": "study"})
    await update_absence(officer, uow, study)
    assert await ledger.status(people["wife"].id) == NOT
    with pytest.raises(Stale):
        await update_absence(officer, uow, study)


async def test_a_death_closes_the_file_and_moves_the_family(
    family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await family()
    await away(officer, uow, people["wife"], "2026-03-01")
    await away(officer, uow, people["husband"], "2026-03-01")
    assert await ledger.status(people["child"].id) == LEFT
    husband = await ledger.row("person", people["husband"].id)
    death = RecordDeath(person_id=people["husband"].id, version=husband["version"], died_on=date(2026, 10, 30))
    await record_death(officer, uow, death)
    assert await ledger.owner.fetchval(
        "SELECT returned_on FROM absence WHERE person_id = $1", people["husband"].id
    ) == date(2026, 10, 30)
    child = await ledger.owner.fetchrow(
        "SELECT * FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", people["child"].id
    )
    assert (child["status"], child["reasons"]) == (LEFT, ["father_dead", "mother_away"])
    elder = await ledger.owner.fetchrow(
        "SELECT * FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", people["elder"].id
    )
    assert (elder["status"], elder["flags"]) == (NOT, ["alone"])
    with pytest.raises(Conflict) as refused:
        await update_person(officer, uow, UpdatePerson(person_id=people["husband"].id, version=2, name="改名"))
    assert refused.value.code == "person.dead"


async def test_a_dead_woman_has_no_status(family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await family()
    await record_death(officer, uow, RecordDeath(person_id=people["wife"].id, version=1, died_on=TODAY))
    assert await ledger.statuses(people["wife"].id) == [("woman", NOT, TODAY, TODAY)]
    profile = await ledger.owner.fetchrow("SELECT * FROM woman_profile")
    assert (profile["valid_to"], profile["end_reason"]) == (TODAY, "death")
    assert (await ledger.row("person", people["wife"].id))["remit"] == 128
    assert "left_behind_status.ended" in await ledger.events()


async def test_deregistration_closes_too(family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await family()
    await away(officer, uow, people["husband"], "2026-03-01")
    await deregister(officer, uow, Deregister(person_id=people["husband"].id, version=1, reason="迁出"))
    assert [await ledger.status(people[who].id) for who in ("wife", "elder")] == [NOT, NOT]
    assert (await ledger.row("person", people["husband"].id))["deregistered_on"] == TODAY


async def test_kin_outside_the_scope_count_all_the_same(
    register: Register, officer: Access, neighbour: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    wife = await register(sex="2", woman={})
    husband = await register("李大山", access=neighbour, region="421083100201", sex="1")
    async with ledger.owner.transaction():
        await ledger.owner.execute(
            "INSERT INTO kinship (id, person_id, relative_id, relation, region_code) "
            "VALUES ($1, $2, $3, '11', 421081100201)",
            UUID(int=5),
            wife.id,
            husband.id,
        )
    await away(neighbour, uow, husband, "2026-01-01")
    assert await ledger.status(wife.id) == LEFT
    with pytest.raises(NotFound):
        await update_person(neighbour, uow, UpdatePerson(person_id=wife.id, version=1, name="改名"))


async def test_kinship_taken_back(family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await family()
    await away(officer, uow, people["husband"], "2026-03-01")
    tie = await ledger.owner.fetchval("SELECT id FROM kinship WHERE relation = '11'")
    await remove_kinship(officer, uow, RemoveKinship(kinship_id=tie, version=1))
    assert await ledger.status(people["wife"].id) == NOT
    tie_again = RecordKinship(person_id=people["child"].id, relative_id=people["wife"].id, relation="52")
    with pytest.raises(Conflict) as refused:
        await record_kinship(officer, uow, tie_again)
    assert refused.value.code == "kinship.exists"


async def test_profiles_open_change_and_close(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    saved = await register(birth_date="1950-01-01", sex="1")
    opened = await open_profile(
        officer, uow, OpenProfile.model_validate({"person_id": saved.id, "elder": {"living_children": 2}})
    )
    assert (await ledger.row("person", saved.id))["remit"] == 128 + 4 + 64
    assert await ledger.status(saved.id) == NOT
    away_now = {
        "profile_id": opened.id,
        "version": 1,
        "elder": {"children_away": 2, "emergency_contact": "13812341234"},
    }
    changed = await update_profile(officer, uow, UpdateProfile.model_validate(away_now))
    assert await ledger.status(saved.id) == LEFT
    assert (await ledger.row("elder_profile", opened.id))["emergency_contact_masked"] == "138****1234"
    with pytest.raises(Conflict) as refused:
        await open_profile(officer, uow, OpenProfile.model_validate({"person_id": saved.id, "elder": {}}))
    assert refused.value.code == "profile.open"
    with pytest.raises(InvalidInput):
        await open_profile(officer, uow, OpenProfile.model_validate({"person_id": saved.id, "woman": {}}))
    closing = {"population": "elder", "profile_id": opened.id, "version": changed.version}
    await close_profile(officer, uow, CloseProfile.model_validate(closing))
    assert (await ledger.row("person", saved.id))["remit"] == 128
    assert await ledger.statuses(saved.id) == [("elder", NOT, TODAY, TODAY), ("elder", LEFT, TODAY, TODAY)]


async def test_the_explanation(family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await family()
    await away(officer, uow, people["husband"], "2026-03-01")
    before = await ledger.counts()
    found = await explain_determination(officer, uow, Determine(person_id=people["wife"].id))
    assert found.model_dump(mode="json") == {
        "person_id": str(people["wife"].id),
        "as_of": "2026-11-01",
        "rule_set": {
            "id": "01890000-0000-7000-8000-000000000001",
            "source": "国发〔2016〕13号；民发〔2019〕86号",
            "parameters": found.rule_set.parameters,
        },
        "results": [
            {
                "population": "woman",
                "status": "left_behind",
                "since": "2026-09-01",
                "reasons": [
                    {
                        "code": "husband_away_6_months",
                        "message": "丈夫自2026年3月1日起外出务工或经商，已满6个月",
                        "facts": {"since": "2026-03-01", "months": 6},
                    }
                ],
                "flags": [],
                "next_review_on": None,
            }
        ],
        "rule_set_id": "01890000-0000-7000-8000-000000000001",
        "rule_set_source": "国发〔2016〕13号；民发〔2019〕86号",
    }
    assert found.rule_set.parameters["months"] == 6
    assert await ledger.counts() == before


async def test_the_nearest_rule_set_wins(family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await family()
    for number, (code, months) in enumerate(((420000000000, 12), (421081000000, 3), (421083000000, 1))):
        await ledger.owner.execute(
            "INSERT INTO rule_set (id, region_code, valid_from, source, parameters) "
            "VALUES ($1, $2, '2026-01-01', '地方规定', $3)",
            UUID(int=number + 1), code, {"months": months},
        )  # fmt: skip
    await away(officer, uow, people["husband"], "2026-07-15")
    found = await explain_determination(officer, uow, Determine(person_id=people["wife"].id))
    assert (found.results[0].reasons[0].code, found.rule_set.source) == ("husband_away_3_months", "地方规定")
    assert await ledger.status(people["wife"].id) == LEFT


async def test_two_parents_recorded_at_the_same_moment(
    family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await family()
    await asyncio.gather(
        away(officer, uow, people["husband"], "2026-10-01"), away(officer, uow, people["wife"], "2026-10-01")
    )
    assert await ledger.status(people["child"].id) == LEFT
    assert (
        await ledger.owner.fetchval(
            "SELECT count(*) FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", people["child"].id
        )
        == 1
    )


async def test_a_past_day_is_explained_by_what_held_then(
    family: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await family()
    await away(officer, uow, people["husband"], "2026-03-01")
    await ledger.owner.execute("UPDATE woman_profile SET valid_from = '2026-01-01'")
    then = Determine(person_id=people["wife"].id, as_of=date(2026, 8, 31))
    found = await explain_determination(officer, uow, then)
    assert [(one.status, one.next_review_on) for one in found.results] == [(NOT, date(2026, 9, 1))]
    assert found.results[0].reasons[0].message == "丈夫自2026年3月1日起外出，未满6个月"
    before_the_profile = await explain_determination(
        officer, uow, Determine(person_id=people["wife"].id, as_of=date(2025, 1, 1))
    )
    assert before_the_profile.results == []
