"""Moving house (迁移): a person or a household goes to another division, and every record goes along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.events import Event
from domain.people.days import refuse_before_birth
from domain.people.use_cases.consequences import event_of, in_force, reevaluate, refresh_remits
from domain.people.use_cases.households import give_up_head
from domain.people.use_cases.places import place
from domain.regions.codes import published
from domain.transfers.commands import MoveHousehold, MovePerson
from domain.transfers.model import HouseholdChoice
from domain.transfers.requests import refuse_asked_for
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "people:write"
COUNTY: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Destination:
    """Where people go, when and why; ``household`` is the one they are in afterwards."""

    region: int
    moved_on: date
    reason: str
    household: UUID | None = None
    address: str | None = None  # the new one, where it is known
    cause: Event | None = None

    def of(self, **columns: Any) -> dict[str, Any]:
        """Return what changes on a row that goes there."""
        return {"region_code": self.region, **columns} | ({"address": self.address} if self.address else {})


async def move_person(access: Access, uow: UnitOfWork, command: MovePerson) -> Saved:
    """Move a person, alone or with her household, to another division of the caller's scope.

    Raises ``Forbidden`` (``region.outside_scope``: that takes a transfer; ``household.outside_scope``),
    ``Conflict`` (``transfer.open``: a request for her is waiting), ``InvalidInput`` (``move.nowhere``,
    ``household.elsewhere``).
    """
    async with uow.begin(access, WRITE) as work:
        seen = await work.load("person", command.person_id, lock=False)
        region = await place(work, command.region)
        together = command.household is HouseholdChoice.TAKE and seen["household_id"] is not None
        members = await own_members(work, seen["household_id"], seen["region_code"]) if together else [seen]
        circle = await work.lock_circle(*(one["id"] for one in members))
        person = in_force(await work.load("person", seen["id"], version=command.version))
        people = await as_they_were(work, members)
        await refuse_asked_for(work, people)
        if person["region_code"] == region:
            raise InvalidInput(Fault("/region", "move.nowhere"))
        home = seen["household_id"] if together else await joined(work, command.household_id, region)
        to = Destination(region, command.moved_on or work.today, command.reason, home, command.address)
        moved = await relocate(work, people, to)
        await reevaluate(work, circle, work.today, moved[person["id"]])
        (person,) = await work.find("person", where={"id": person["id"]})
        return await work.commit(Saved("person", person["id"], person["version"]))


async def move_household(access: Access, uow: UnitOfWork, command: MoveHousehold) -> Saved:
    """Move a household with everybody in it to another division of the caller's scope."""
    async with uow.begin(access, WRITE) as work:
        seen = await work.load("household", command.household_id, lock=False)
        region = await place(work, command.region)
        members = await own_members(work, seen["id"], seen["region_code"])
        if not members:
            raise Conflict("household.without_member")
        circle = await work.lock_circle(*(one["id"] for one in members))
        home = await work.load("household", seen["id"], version=command.version)
        people = await as_they_were(work, members)
        await refuse_asked_for(work, people)
        if home["region_code"] == region:
            raise InvalidInput(Fault("/region", "move.nowhere"))
        to = Destination(region, command.moved_on or work.today, command.reason, home["id"], command.address)
        moved = await relocate(work, people, to)
        await reevaluate(work, circle, work.today, next(iter(moved.values())))
        (home,) = await work.find("household", where={"id": home["id"]})
        return await work.commit(Saved("household", home["id"], home["version"]))


async def joined(work: Work, household_id: UUID | None, region: int) -> UUID | None:
    """Return the household somebody enters; it must be at the place she moves to."""
    if household_id is None:
        return None
    home = await work.load("household", household_id)
    if home["region_code"] != region:
        raise InvalidInput(Fault("/household_id", "household.elsewhere"))
    found: UUID = home["id"]
    return found


async def members_of(work: Work, household_id: UUID, region: int) -> list[Row]:
    """Return who goes with a household: everybody on its list in the county, also those who died.

    Who is on the list and lives in another county has been handed over there: her file stays.
    """
    async with work.as_system():
        listed = await work.find("person", where={"household_id": household_id}, lock=False)
    return [one for one in listed if one["region_code"] // COUNTY == region // COUNTY]


async def own_members(work: Work, household_id: UUID, region: int) -> list[Row]:
    """Return who goes with a household, all of them the caller's to move; ``Forbidden`` otherwise."""
    members = await members_of(work, household_id, region)
    refuse_outside(work, members)
    return members


def refuse_outside(work: Work, people: Sequence[Row]) -> None:
    """Refuse to move people who are not all in the caller's region and remit."""
    if not all(work.access.covers(one["region_code"]) and one["remit"] & work.access.remit for one in people):
        raise Forbidden("household.outside_scope")


async def as_they_were(work: Work, members: Sequence[Row]) -> list[Row]:
    """Return locked people as they are now; ``Conflict`` where somebody moved them before we had the lock."""
    people = []
    async with work.as_system():
        for member in sorted(members, key=lambda one: one["id"]):
            (person,) = await work.find("person", where={"id": member["id"]})
            if (person["household_id"], person["region_code"]) != (member["household_id"], member["region_code"]):
                raise Conflict("state.busy")
            people.append(person)
    return people


async def relocate(work: Work, people: Sequence[Row], to: Destination) -> dict[UUID, Event]:
    """Bring locked people with all records of their files to another division; returns each one's arrival.

    Both places keep a trace: ``moved_out`` stands in the log of the one, ``moved_in`` in that of the
    other. A household goes where those go who stay in it.
    """
    for person in people:
        refuse_before_birth(person["birth_date"], to.moved_on, "/moved_on")
    arrivals: dict[UUID, Event] = {}
    async with work.as_system():
        for person in people:
            moved = await work.update("person", person, to.of(household_id=to.household))
            arrivals[person["id"]] = await _traced(work, "person", person, moved, person["id"], to)
            for former in await work.find("person", where={"merged_into": person["id"]}):
                gone = await work.update("person", former, {"region_code": to.region})  # leads to her wherever she is
                arrivals[former["id"]] = await _traced(work, "person", former, gone, former["id"], to)
            if person["household_id"] != to.household:
                await give_up_head(work, person)
        await work.move_rows(arrivals, to.region)
        for home in await work.find("household", where={"id": to.household}):
            if home["region_code"] != to.region:
                brought = await work.update("household", home, to.of())
                await _traced(work, "household", home, brought, people[0]["id"], to)
    await refresh_remits(work, arrivals, [to.household, *(one["household_id"] for one in people)])
    return arrivals


async def _traced(work: Work, record: str, before: Row, after: Row, subject: UUID, to: Destination) -> Event:
    """Write down where a record left and where it came, one event for each place; returns the latter."""
    told: dict[str, Any] = {
        "changed": ["region"], "from": published(before["region_code"]), "to": published(to.region),
        "moved_on": to.moved_on,
    }  # fmt: skip
    left = {**after, "region_code": before["region_code"]}
    out = event_of(f"{record}.moved_out", left, subject=subject, by=to.cause, purpose=to.reason, **told)
    arrived = event_of(f"{record}.moved_in", after, subject=subject, by=to.cause, purpose=to.reason, **told)
    await work.append(out, arrived)
    return arrived


__all__ = [
    "Destination",
    "as_they_were",
    "joined",
    "members_of",
    "move_household",
    "move_person",
    "own_members",
    "refuse_outside",
    "relocate",
]
