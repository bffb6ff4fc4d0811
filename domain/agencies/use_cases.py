"""Keeping the directory: agencies and departments.

Each use case is one transaction, ends in an event, and answers with what was saved. Records are
ended, never deleted: people, cases and events go on pointing at them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.access import Access
from domain.agencies import rules
from domain.agencies.commands import CreateAgency, CreateDepartment, EndAgency, UpdateAgency, UpdateDepartment
from domain.commands import Command
from domain.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from domain.events import Event
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

AGENCIES = "agencies:write"


async def create_agency(access: Access, uow: UnitOfWork, command: CreateAgency) -> Saved:
    """Enter an agency. Refused: a region outside the parent's, a bad or taken credit code, a duplicate."""
    async with uow.begin(access, AGENCIES) as work:
        start = command.valid_from or work.today
        region = await division(work, command.region)
        if command.parent_id is not None:
            parent = await open_agency(work, command.parent_id, "/parent_id")
            rules.beneath(region, parent["region_code"])
        await _not_there_yet(work, command.type, region, command.name)
        await _credit_code_free(work, command.credit_code)
        values = {
            "type": command.type,
            "level": rules.level(region),
            "name": command.name,
            "short_name": command.short_name,
            "region_code": region,
            "parent_id": command.parent_id,
            "credit_code": command.credit_code,
            "valid_from": start,
        }
        row = await work.insert("agency", values)
        await work.append(event("agency.created", "agency", row, region, values))
        return await work.commit(saved("agency", row))


async def update_agency(access: Access, uow: UnitOfWork, command: UpdateAgency) -> Saved:
    """Change name, short name, parent or credit code of an agency that has not ended."""
    async with uow.begin(access, AGENCIES) as work:
        agency = await work.load("agency", command.agency_id, version=command.version)
        within_reach(work.access, agency["region_code"])
        rules.still_open(agency["valid_to"], Conflict("agency.ended"))
        changes = work.differing("agency", agency, patch(command, "agency_id", required=("name",)))
        if changes.get("parent_id") is not None:
            await _movable(work, agency, changes["parent_id"])
        if "name" in changes:
            await _not_there_yet(work, agency["type"], agency["region_code"], changes["name"])
        await _credit_code_free(work, changes.get("credit_code"))
        return await save(work, "agency", agency, changes, "agency.updated")


async def end_agency(access: Access, uow: UnitOfWork, command: EndAgency) -> Saved:
    """Close an agency. Refused while agencies below it are open, staff are in office or it leads an open case."""
    async with uow.begin(access, AGENCIES) as work:
        agency = await work.load("agency", command.agency_id, version=command.version)
        within_reach(work.access, agency["region_code"])
        rules.still_open(agency["valid_to"], Conflict("agency.ended"))
        end = command.valid_to or work.today
        rules.ends_after_start(agency["valid_from"], end)
        if await work.find("agency", where={"parent_id": agency["id"]}, open_until="valid_to"):
            raise Conflict("agency.has_children")
        if await work.find("staff", where={"agency_id": agency["id"]}, open_until="valid_to"):
            raise Conflict("agency.has_staff")
        async with work.as_system():
            led = await work.find("care_case", where={"agency_id": agency["id"]}, open_until="closed_at", lock=False)
        if any(one["due_at"] is not None for one in led):
            raise Conflict("agency.has_cases")
        return await save(work, "agency", agency, {"valid_to": end}, "agency.ended")


async def create_department(access: Access, uow: UnitOfWork, command: CreateDepartment) -> Saved:
    """Enter a department of an agency; two of one name are refused."""
    async with uow.begin(access, AGENCIES) as work:
        agency = await open_agency(work, command.agency_id, "/agency_id")
        await _department_free(work, agency["id"], command.name)
        values = {"agency_id": agency["id"], "kind": command.kind, "name": command.name}
        row = await work.insert("department", values)
        await work.append(event("department.created", "department", row, agency["region_code"], values))
        return await work.commit(saved("department", row))


async def update_department(access: Access, uow: UnitOfWork, command: UpdateDepartment) -> Saved:
    """Change a department's kind or name."""
    async with uow.begin(access, AGENCIES) as work:
        department = await work.load("department", command.department_id, version=command.version)
        agency = await open_agency(work, department["agency_id"], "/department_id")
        changes = work.differing("department", department, patch(command, "department_id", required=("kind", "name")))
        if "name" in changes:
            await _department_free(work, agency["id"], changes["name"])
        return await save(work, "department", department, changes, "department.updated", agency["region_code"])


# --- what the use cases of this package share ------------------------------------------------------


async def division(work: Work, code: str, pointer: str = "/region") -> int:
    """Return the 12-digit number of a division in force that the caller may write in."""
    found = await work.region(code, work.today)
    if found is None:
        raise InvalidInput(Fault(pointer, "region.unknown"))
    within_reach(work.access, found)
    return found


def within_reach(access: Access, region_code: int) -> None:
    """Refuse to change what lies outside the caller's region: the directory is seen by all."""
    if not access.covers(region_code):
        raise Forbidden("region.forbidden")


async def open_agency(work: Work, agency_id: UUID, pointer: str) -> Row:
    """Return an agency named in a command, locked; refuse one that is absent, ended or out of reach."""
    try:
        agency = await work.load("agency", agency_id)
    except NotFound:
        raise InvalidInput(Fault(pointer, "agency.unknown")) from None
    within_reach(work.access, agency["region_code"])
    rules.still_open(agency["valid_to"], Conflict("agency.ended"))
    return agency


def patch(command: Command, *without: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields a merge patch names; refuse ``null`` for those a record cannot do without."""
    changes = command.given("version", *without)
    faults = [Fault(f"/{name}", "field.required") for name in required if name in changes and changes[name] is None]
    if faults:
        raise InvalidInput(*faults)
    return changes


async def save(
    work: Work, record: str, row: Row, changes: Mapping[str, Any], what: str, region_code: int | None = None
) -> Saved:
    """Write changes with their event and commit; without any, answer with the row as it is."""
    if changes:
        row = await work.update(record, row, changes)
        region = row["region_code"] if region_code is None else region_code
        await work.append(event(what, record, row, region, changes))
    return await work.commit(saved(record, row))


def event(what: str, record: str, row: Row, region_code: int, fields: Mapping[str, Any]) -> Event:
    """Return an event that names the changed fields, never a value."""
    return Event(
        type=what,
        aggregate=record,
        aggregate_id=row["id"],
        aggregate_version=row["version"],
        region_code=region_code,
        data={
            "fields": sorted(name for name, value in fields.items() if value is not None or what.endswith("updated"))
        },
    )


def saved(record: str, row: Row) -> Saved:
    """Return what a write answers with."""
    return Saved(record, row["id"], row["version"])


async def _not_there_yet(work: Work, kind: str, region_code: int, name: str) -> None:
    where = {"type": kind, "region_code": region_code, "name": name}
    if await work.find("agency", where=where, open_until="valid_to"):
        raise Conflict("agency.duplicate")


async def _credit_code_free(work: Work, code: str | None) -> None:
    if code is not None and await work.find("agency", where={"credit_code": code}):
        raise Conflict("agency.credit_code_taken")


async def _movable(work: Work, agency: Row, parent_id: UUID) -> None:
    parent = await open_agency(work, parent_id, "/parent_id")
    rules.beneath(agency["region_code"], parent["region_code"])
    line = [parent_id]
    above = parent["parent_id"]
    while above is not None and above not in line:
        line.append(above)
        above = (await work.load("agency", above))["parent_id"]
    rules.not_a_descendant(agency["id"], line)


async def _department_free(work: Work, agency_id: UUID, name: str) -> None:
    if await work.find("department", where={"agency_id": agency_id, "name": name}):
        raise Conflict("department.duplicate")
