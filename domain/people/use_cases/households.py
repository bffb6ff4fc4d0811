"""Households and who lives in them; kinship."""

from typing import Final
from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Fault, InvalidInput
from domain.people.commands import AddMember, CreateHousehold, LeaveHousehold, RecordKinship, RemoveKinship
from domain.people.kin import CHILD, PARENT, SPOUSE
from domain.people.model import Population
from domain.people.remits import household_remit
from domain.people.use_cases.consequences import event_of, in_force, reevaluate, refresh_remits
from domain.people.use_cases.places import place
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "people:write"


async def create_household(access: Access, uow: UnitOfWork, command: CreateHousehold) -> Saved:
    """Enter a household with its first members, who leave the ones they were in."""
    async with uow.begin(access, WRITE) as work:
        region = await place(work, command.region)
        members = sorted({*(command.member_ids or ()), *((command.head_id,) if command.head_id else ())})
        if not members:
            raise InvalidInput(Fault("/member_ids", "household.without_member"))
        people = [in_force(await work.load("person", one)) for one in members]
        held = await work.populations(members)
        remit = household_remit(frozenset[Population]().union(*held.values()))
        values = {"region_code": region, "head_id": command.head_id, "address": command.address, "remit": remit}
        home = await work.insert("household", values)
        await work.append(event_of("household.created", home, subject=members[0], members=members))
        await _move_in(work, home, people)
        return await work.commit(Saved("household", home["id"], home["version"]))


async def add_member(access: Access, uow: UnitOfWork, command: AddMember) -> Saved:
    """Bring a person into a household."""
    async with uow.begin(access, WRITE) as work:
        person = in_force(await work.load("person", command.person_id))
        home = await work.load("household", command.household_id, version=command.version)
        if person["household_id"] == home["id"]:
            raise Conflict("household.member_already")
        changed = await work.update("household", home, {})
        await _move_in(work, changed, [person])
        return await work.commit(Saved("household", changed["id"], changed["version"]))


async def leave_household(access: Access, uow: UnitOfWork, command: LeaveHousehold) -> Saved:
    """Take a person out of her household; a household she headed has no head until one is named."""
    async with uow.begin(access, WRITE) as work:
        person = await work.load("person", command.person_id, version=command.version)
        if person["household_id"] is None:
            raise Conflict("household.not_a_member")
        left = await work.update("person", person, {"household_id": None})
        await work.append(
            event_of("person.household_left", left, subject=person["id"], household=person["household_id"])
        )
        await give_up_head(work, person)
        await refresh_remits(work, [person["id"]], [person["household_id"]])
        return await work.commit(Saved("person", left["id"], left["version"]))


async def _move_in(work: Work, home: Row, people: list[Row]) -> None:
    left: set[UUID | None] = set()
    for person in people:
        moved = await work.update("person", person, {"household_id": home["id"]})
        await work.append(event_of("person.household_joined", moved, subject=person["id"], household=home["id"]))
        await give_up_head(work, person)
        left.add(person["household_id"])
    await refresh_remits(work, [one["id"] for one in people], [home["id"], *left])


async def give_up_head(work: Work, person: Row) -> None:
    """Leave a household she headed without a head."""
    if person["household_id"] is None:
        return
    async with work.as_system():
        for old in await work.find("household", where={"id": person["household_id"], "head_id": person["id"]}):
            await work.update("household", old, {"head_id": None})


async def record_kinship(access: Access, uow: UnitOfWork, command: RecordKinship) -> Saved:
    """Record that ``relative`` is the ``relation`` of ``person``; both are determined anew where it counts."""
    async with uow.begin(access, WRITE) as work:
        if command.person_id == command.relative_id:
            raise InvalidInput(Fault("/relative_id", "kinship.self"))
        first, second = sorted((command.person_id, command.relative_id))  # lock in key order
        people = {one: in_force(await work.load("person", one)) for one in (first, second)}
        values = command.given() | {"region_code": people[command.person_id]["region_code"]}
        kinship = await work.insert("kinship", values)
        cause = event_of("kinship.recorded", kinship, subject=command.person_id, relation=command.relation)
        await work.append(cause)
        if command.relation in SPOUSE | PARENT | CHILD:
            await reevaluate(work, people, work.today, cause)
        return await work.commit(Saved("kinship", kinship["id"], kinship["version"]))


async def remove_kinship(access: Access, uow: UnitOfWork, command: RemoveKinship) -> Saved:
    """Take back a kinship recorded by mistake; the log keeps that it was."""
    async with uow.begin(access, WRITE) as work:
        kinship = await work.load("kinship", command.kinship_id, version=command.version)
        await work.delete("kinship", kinship)
        cause = event_of("kinship.removed", kinship, subject=kinship["person_id"], relation=kinship["relation"])
        await work.append(cause)
        await reevaluate(work, {kinship["person_id"], kinship["relative_id"]}, work.today, cause)
        return await work.commit(Saved("kinship", kinship["id"], kinship["version"]))
