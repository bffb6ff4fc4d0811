"""Absences (外出): each moves the determination of the person, her spouse, parents and children."""

from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Fault, InvalidInput
from domain.events import Event
from domain.people.commands import RecordAbsence, RecordReturn, UpdateAbsence
from domain.people.days import refuse_before_birth
from domain.people.use_cases.consequences import event_of, in_force, reevaluate
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "people:write"


async def record_absence(access: Access, uow: UnitOfWork, command: RecordAbsence) -> Saved:
    """Record that somebody went away. Raises ``Conflict`` (``absence.open``, ``absence.overlaps``)."""
    async with uow.begin(access, WRITE) as work:
        circle = await work.lock_circle(command.person_id)
        person = in_force(await work.load("person", command.person_id))
        refuse_before_birth(person["birth_date"], command.since, "/since")
        values = command.given("destination_region") | await _destination(work, command.destination_region)
        values |= {"region_code": person["region_code"], "reason": command.reason}
        await _refuse_overlap(work, person["id"], values)
        absence = await work.insert("absence", values)
        given, reason = sorted(command.model_fields_set), command.reason
        cause = event_of("absence.recorded", absence, subject=person["id"], changed=given, reason=reason)
        return await _kept(work, absence, circle, cause)


async def update_absence(access: Access, uow: UnitOfWork, command: UpdateAbsence) -> Saved:
    """Correct what is known of an absence, also of one that is over."""
    async with uow.begin(access, WRITE) as work:
        absence, person, circle = await _absence(work, command)
        given = command.given("absence_id", "version")
        changes = {name: value for name, value in given.items() if name != "destination_region"}
        if "destination_region" in given:
            changes |= await _destination(work, given["destination_region"])
        merged = {**absence, **changes}
        if merged["returned_on"] is not None and merged["returned_on"] < merged["since"]:
            raise InvalidInput(Fault("/since", "absence.return_before_departure"))
        refuse_before_birth(person["birth_date"], merged["since"], "/since")
        await _refuse_overlap(work, absence["person_id"], merged)
        changes = work.differing("absence", absence, changes)
        if not changes:
            return await work.commit(Saved("absence", absence["id"], absence["version"]))
        changed = await work.update("absence", absence, changes)
        named = {"destination_region" if name == "destination_code" else name for name in changes}
        cause = event_of("absence.updated", changed, subject=absence["person_id"], changed=sorted(named))
        return await _kept(work, changed, circle, cause)


async def record_return(access: Access, uow: UnitOfWork, command: RecordReturn) -> Saved:
    """Record that somebody came home. Raises ``Conflict`` (``absence.ended``)."""
    async with uow.begin(access, WRITE) as work:
        absence, _, circle = await _absence(work, command)
        if absence["returned_on"] is not None:
            raise Conflict("absence.ended")
        on = command.returned_on or work.today
        if on < absence["since"]:
            raise InvalidInput(Fault("/returned_on", "absence.return_before_departure"))
        changed = await work.update("absence", absence, {"returned_on": on})
        cause = event_of("absence.returned", changed, subject=absence["person_id"], changed=["returned_on"])
        return await _kept(work, changed, circle, cause)


async def _absence(work: Work, command: UpdateAbsence | RecordReturn) -> tuple[Row, Row, frozenset[UUID]]:
    """Lock an absence, whose it is, and the people it touches, the people first as everywhere."""
    person_id = (await work.load("absence", command.absence_id, lock=False))["person_id"]
    circle = await work.lock_circle(person_id)
    person = in_force(await work.load("person", person_id))
    return await work.load("absence", command.absence_id, version=command.version), person, circle


async def _kept(work: Work, absence: Row, circle: frozenset[UUID], cause: Event) -> Saved:
    await work.append(cause)
    await reevaluate(work, circle, work.today, cause)
    return await work.commit(Saved("absence", absence["id"], absence["version"]))


async def _refuse_overlap(work: Work, person_id: UUID, spell: Any) -> None:
    """Nobody is away twice at a time; a day shared by a return and the next departure is fine."""
    for other in await work.find("absence", where={"person_id": person_id}):
        if other["id"] == spell.get("id"):
            continue
        ends, begins = other["returned_on"], other["since"]
        if (spell.get("returned_on") is None or begins < spell["returned_on"]) and (
            ends is None or spell["since"] < ends
        ):
            raise Conflict("absence.open" if ends is None else "absence.overlaps")


async def _destination(work: Work, code: str | None) -> dict[str, int | None]:
    if code is None:
        return {"destination_code": None}
    number = await work.region(code, work.today)
    if number is None:
        raise InvalidInput(Fault("/destination_region", "region.unknown"))
    return {"destination_code": number}
