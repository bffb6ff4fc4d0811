"""Guardianship (监护): who guards whom, and the file that it opens to the guardian."""

from typing import Final

from domain.access import Access
from domain.errors import Conflict, Fault, InvalidInput
from domain.people.commands import DeclareGuardianship, EndGuardianship, UpdateGuardianship
from domain.people.use_cases.consequences import event_of, in_force
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "people:write"
VIA: Final = "guardianship"  # the ground on which the ward's file is open to the guardian


async def declare_guardianship(access: Access, uow: UnitOfWork, command: DeclareGuardianship) -> Saved:
    """Say who guards a ward, and open the ward's file to her. Raises ``Conflict`` where it is so already."""
    async with uow.begin(access, WRITE) as work:
        if command.ward_id == command.guardian_id:
            raise InvalidInput(Fault("/guardian_id", "guardianship.self"))
        first, second = sorted((command.ward_id, command.guardian_id))  # lock in key order
        people = {one: in_force(await work.load("person", one)) for one in (first, second)}
        values = command.given() | {
            "valid_from": command.valid_from or work.today,
            "region_code": people[command.ward_id]["region_code"],
        }
        row = await work.insert("guardianship", values)
        async with work.as_system():
            await work.open_access(command.guardian_id, command.ward_id, VIA, row["id"])
        changed = sorted(command.model_fields_set)
        await work.append(event_of("guardianship.declared", row, subject=command.ward_id, changed=changed))
        return await work.commit(Saved("guardianship", row["id"], row["version"]))


async def update_guardianship(access: Access, uow: UnitOfWork, command: UpdateGuardianship) -> Saved:
    """Change what is known of a guardianship in force."""
    async with uow.begin(access, WRITE) as work:
        row = await _in_force(work, command)
        changes = work.differing("guardianship", row, command.given("guardianship_id", "version"))
        if not changes:
            return await work.commit(Saved("guardianship", row["id"], row["version"]))
        changed = await work.update("guardianship", row, changes)
        await work.append(event_of("guardianship.updated", changed, subject=row["ward_id"], changed=sorted(changes)))
        return await work.commit(Saved("guardianship", row["id"], changed["version"]))


async def end_guardianship(access: Access, uow: UnitOfWork, command: EndGuardianship) -> Saved:
    """End a guardianship and close the ward's file to the guardian."""
    async with uow.begin(access, WRITE) as work:
        row = await _in_force(work, command)
        on = command.on or work.today
        if on < row["valid_from"]:
            raise InvalidInput(Fault("/on", "date.before_begin"))
        ended = await work.update("guardianship", row, {"valid_to": on, "end_reason": command.reason})
        async with work.as_system():
            await work.end_access(VIA, row["id"])
        await work.append(event_of("guardianship.ended", ended, subject=row["ward_id"], reason=command.reason))
        return await work.commit(Saved("guardianship", row["id"], ended["version"]))


async def _in_force(work: Work, command: UpdateGuardianship | EndGuardianship) -> Row:
    row = await work.load("guardianship", command.guardianship_id, version=command.version)
    if row["valid_to"] is not None:
        raise Conflict("guardianship.ended")
    return row
