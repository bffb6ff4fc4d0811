"""Moving house within the scope: the person, those of her household, every record, both places' logs."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.access import Access
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, ShouwangError, Stale
from domain.people.commands import AddMember, AdoptRules, DeclareGuardianship, RecordAbsence, RecordDeath, RecordKinship
from domain.people.use_cases import (
    add_member,
    adopt_rules,
    declare_guardianship,
    record_absence,
    record_death,
    record_kinship,
)
from domain.transfers.commands import MoveHousehold, MovePerson
from domain.transfers.moving import move_household, move_person
from domain.unit_of_work import Saved
from persistence.writing.unit_of_work import PostgresUnitOfWork

Register = Callable[..., Any]
VILLAGE, OTHER_VILLAGE, NEIGHBOUR = "421081100201", "421081100202", "421083100201"
THERE = int(OTHER_VILLAGE)
FILE = {
    "person": "id", "woman_profile": "person_id", "child_profile": "person_id", "elder_profile": "person_id",
    "kinship": "person_id", "guardianship": "ward_id", "absence": "person_id", "left_behind_status": "person_id",
}  # fmt: skip


def moving(saved: Saved, **fields: Any) -> MovePerson:
    given = {"person_id": saved.id, "version": saved.version, "region": OTHER_VILLAGE, "reason": "易地搬迁"}
    return MovePerson.model_validate(given | fields)


async def places(ledger: Any, person: Any) -> set[int]:
    """Return every place that stands on a row of a person's file."""
    found: set[int] = set()
    for table, column in FILE.items():
        rows = await ledger.owner.fetch(f"SELECT region_code FROM {table} WHERE {column} = $1", person)
        found |= {row["region_code"] for row in rows}
    return found


@pytest.fixture
def home(register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> Callable[..., Any]:
    """A mother, her husband who is away, their child and the grandmother who guards it, in one household."""

    async def make() -> dict[str, Saved]:
        mother = await register("王小花", sex="2", new_household=True, woman={})
        household = (await ledger.row("person", mother.id))["household_id"]
        father = await register("李大山", sex="1", household_id=str(household))
        child = await register("李小山", birth_date="2018-05-05", child={}, household_id=str(household))
        granny = await register("张秀英", sex="2", birth_date="1950-01-01", elder={}, household_id=str(household))
        for person, relative, relation in ((mother, father, "11"), (child, mother, "52"), (child, father, "51")):
            tie = RecordKinship(person_id=person.id, relative_id=relative.id, relation=relation)
            await record_kinship(officer, uow, tie)
        guarded = {"ward_id": child.id, "guardian_id": granny.id, "kind": "entrusted"}
        await declare_guardianship(officer, uow, DeclareGuardianship.model_validate(guarded))
        gone = {"person_id": father.id, "since": "2026-01-01", "destination": "深圳"}
        await record_absence(officer, uow, RecordAbsence.model_validate(gone))
        people = {"mother": mother, "father": father, "child": child, "granny": granny}
        return people | {"household": Saved("household", household, 1)}

    return make


async def test_a_household_moves_whole(home: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await home()
    statuses = {name: await ledger.statuses(people[name].id) for name in ("mother", "child", "granny")}
    moved = await move_person(officer, uow, moving(people["mother"], household="take", address="四组3号"))
    assert (moved.record, moved.id, moved.version) == ("person", people["mother"].id, 2)
    for name in ("mother", "father", "child", "granny"):
        assert await places(ledger, people[name].id) == {THERE}, name
        row = await ledger.row("person", people[name].id)
        assert (row["household_id"], row["version"], row["address_masked"]) == (people["household"].id, 2, "***")
    row = await ledger.row("household", people["household"].id)
    assert (row["region_code"], row["version"], row["head_id"]) == (THERE, 2, people["mother"].id)
    for name, before in statuses.items():
        assert await ledger.statuses(people[name].id) == before, name
    ward = await ledger.owner.fetchval("SELECT person_id FROM person_access WHERE ended_at IS NULL")
    assert ward == people["child"].id
    traces = await ledger.owner.fetch(
        "SELECT type, region_code, data, purpose FROM event WHERE subject_id = $1 AND type LIKE 'person.moved%' "
        "ORDER BY id",
        people["child"].id,
    )
    told = {"changed": ["region"], "from": VILLAGE, "to": OTHER_VILLAGE, "moved_on": "2026-11-01"}
    assert [tuple(one) for one in traces] == [
        ("person.moved_out", int(VILLAGE), told, "易地搬迁"),
        ("person.moved_in", THERE, told, "易地搬迁"),
    ]


async def test_a_household_moves_by_itself(home: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await home()
    death = RecordDeath(person_id=people["granny"].id, version=1, died_on=date(2026, 10, 30))
    await record_death(officer, uow, death)
    command = MoveHousehold.model_validate(
        {"household_id": people["household"].id, "version": 1, "region": OTHER_VILLAGE, "reason": "易地搬迁"}
    )
    assert (await move_household(officer, uow, command)).version == 2
    for name in ("mother", "father", "child", "granny"):  # her closed file belongs to the house, too
        assert await places(ledger, people[name].id) == {THERE}, name
    with pytest.raises(Stale):
        await move_household(officer, uow, command.model_copy(update={"region": VILLAGE}))


async def test_she_may_go_alone_or_to_others(home: Any, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    people = await home()
    alone = await move_person(officer, uow, moving(people["mother"]))
    row = await ledger.row("person", alone.id)
    assert (row["region_code"], row["household_id"]) == (THERE, None)
    left = await ledger.row("household", people["household"].id)
    assert (left["region_code"], left["head_id"]) == (int(VILLAGE), None)
    assert await places(ledger, people["child"].id) == {int(VILLAGE)}
    # The child's and the granny's bits still say woman in the house; the mother alone is one no longer.
    remits = {name: (await ledger.row("person", people[name].id))["remit"] for name in ("child", "granny", "mother")}
    assert remits == {"child": 128 | 2 | 32 | 64, "granny": 128 | 4 | 32 | 64, "mother": 128 | 1 | 16}
    joins = {"household": "join", "household_id": str(people["household"].id)}
    with pytest.raises(InvalidInput) as refused:
        await move_person(officer, uow, moving(people["child"], **joins))
    assert refused.value.faults[0].code == "household.elsewhere"
    back = moving(alone, region=VILLAGE, household="join", household_id=str(people["household"].id))
    assert (await move_person(officer, uow, back)).version == 3
    assert (await ledger.row("person", alone.id))["household_id"] == people["household"].id


async def test_the_rules_of_the_new_place_hold(
    home: Any, officer: Access, caller: Callable[..., Access], uow: PostgresUnitOfWork, unit_at: Any, ledger: Any
) -> None:
    people = await home()
    assert await ledger.status(people["mother"].id) == "left_behind"
    rules = AdoptRules.model_validate(
        {"region": OTHER_VILLAGE, "valid_from": "2026-11-01", "source": "x", "parameters": {"months": 24}}
    )
    await adopt_rules(caller("platform_admin", "platform_operator", "42"), uow, rules)
    await move_person(officer, unit_at(), moving(people["mother"], household="take"))
    assert await ledger.status(people["mother"].id) == "not_left_behind"
    change = await ledger.owner.fetchrow(
        "SELECT e.region_code, c.type AS cause FROM event e JOIN event c ON c.id = e.cause_id "
        "WHERE e.type = 'left_behind_status.changed' AND e.subject_id = $1 ORDER BY e.id DESC LIMIT 1",
        people["mother"].id,
    )
    assert tuple(change) == (THERE, "person.moved_in")


async def test_what_is_refused_changes_nothing(
    home: Any, officer: Access, neighbour: Access, caller: Callable[..., Access], uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await home()
    mother = people["mother"]
    before = await ledger.counts(), await ledger.row("person", mother.id)

    async def refused(error: type[ShouwangError], access: Access, **fields: Any) -> str:
        with pytest.raises(error) as raised:
            await move_person(access, uow, moving(mother, **fields))
        faults = getattr(raised.value, "faults", ())
        return faults[0].code if faults else raised.value.code

    assert await refused(Forbidden, officer, region=NEIGHBOUR) == "region.outside_scope"
    assert await refused(InvalidInput, officer, region=VILLAGE, household="take") == "move.nowhere"
    assert await refused(InvalidInput, officer, region="421081999999") == "region.unknown"
    assert await refused(Stale, officer, version=7) == "version.stale"
    assert await refused(NotFound, neighbour, region=NEIGHBOUR) == "not_found"
    village = caller("village_worker", "village_committee", VILLAGE)
    assert await refused(Forbidden, village) == "region.outside_scope"
    education = caller(agency_type="education")  # sees the child and nobody else of the house
    with pytest.raises(Forbidden) as raised:
        await move_person(education, uow, moving(people["child"], household="take"))
    assert raised.value.code == "household.outside_scope"
    assert (await ledger.counts(), await ledger.row("person", mother.id)) == before


async def test_of_two_moves_at_once_one_wins(home: Any, officer: Access, unit_at: Any, ledger: Any) -> None:
    people = await home()
    outcomes = await asyncio.gather(
        move_person(officer, unit_at(), moving(people["mother"], household="take")),
        move_person(officer, unit_at(), moving(people["mother"])),
        move_person(officer, unit_at(), moving(people["child"], household="take")),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Saved) for one in outcomes) in {1, 2}  # she alone, then the house without her
    assert all(isinstance(one, Saved | Conflict | Stale | InvalidInput) for one in outcomes), outcomes
    for name in ("mother", "father", "child", "granny"):
        assert len(await places(ledger, people[name].id)) == 1, name


async def test_members_who_joined_meanwhile_are_not_left_behind(
    home: Any, register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await home()
    cousin = await register("李小海")
    joining = AddMember(household_id=people["household"].id, version=1, person_id=cousin.id)
    await add_member(officer, uow, joining)
    await move_person(officer, uow, moving(people["mother"], household="take"))
    assert await places(ledger, cousin.id) == {THERE}


async def test_a_file_merged_into_hers_goes_with_her(
    home: Any, register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    people = await home()
    former = await register("王小花儿")
    await ledger.owner.execute(
        "UPDATE person SET merged_into = $2, deregistered_on = '2026-10-01' WHERE id = $1",
        former.id, people["mother"].id,
    )  # fmt: skip
    await move_person(officer, uow, moving(people["mother"], household="take"))
    assert await places(ledger, former.id) == {THERE}
