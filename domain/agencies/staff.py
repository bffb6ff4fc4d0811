"""Keeping the directory: staff and leading groups. Same style as ``domain.agencies.use_cases``."""

from collections.abc import Sequence
from uuid import UUID

from domain.access import Access
from domain.agencies import rules
from domain.agencies.commands import (
    CreateLeadingGroup,
    CreateStaff,
    EndLeadingGroup,
    EndStaff,
    Seat,
    UpdateLeadingGroup,
    UpdateStaff,
)
from domain.agencies.use_cases import (
    AGENCIES,
    division,
    event,
    open_agency,
    patch,
    save,
    saved,
    within_reach,
)
from domain.errors import Conflict, Fault, InvalidInput, NotFound
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

STAFF = "staff:write"


async def create_staff(access: Access, uow: UnitOfWork, command: CreateStaff) -> Saved:
    """Enter a member of staff. Refused: a region outside her agency's, a department of another agency."""
    async with uow.begin(access, STAFF) as work:
        agency = await open_agency(work, command.agency_id, "/agency_id")
        region = await _workplace(work, command.region, agency)
        await _own_department(work, command.department_id, agency)
        values = {
            "agency_id": agency["id"],
            "department_id": command.department_id,
            "region_code": region,
            "name": command.name,
            "posts": sorted(set(command.posts)),
            "phone": command.phone,
            "valid_from": command.valid_from or work.today,
        }
        row = await work.insert("staff", values)
        await work.append(event("staff.created", "staff", row, region, values))
        return await work.commit(saved("staff", row))


async def update_staff(access: Access, uow: UnitOfWork, command: UpdateStaff) -> Saved:
    """Change a member of staff in office. ``region: null`` gives her all of her agency's region again."""
    async with uow.begin(access, STAFF) as work:
        member = await work.load("staff", command.staff_id, version=command.version)
        within_reach(work.access, member["region_code"])
        rules.still_open(member["valid_to"], Conflict("staff.ended"))
        agency = await open_agency(work, member["agency_id"], "/staff_id")
        changes = patch(command, "staff_id", "region", required=("name", "posts"))
        if "posts" in changes:
            changes["posts"] = sorted(set(changes["posts"]))
        if "region" in command.model_fields_set:
            changes["region_code"] = await _workplace(work, command.region, agency)
        changes = work.differing("staff", member, changes)
        await _own_department(work, changes.get("department_id"), agency)
        return await save(work, "staff", member, changes, "staff.updated")


async def end_staff(access: Access, uow: UnitOfWork, command: EndStaff) -> Saved:
    """Take a member of staff out of office."""
    async with uow.begin(access, STAFF) as work:
        member = await work.load("staff", command.staff_id, version=command.version)
        within_reach(work.access, member["region_code"])
        rules.still_open(member["valid_to"], Conflict("staff.ended"))
        end = command.valid_to or work.today
        rules.ends_after_start(member["valid_from"], end)
        return await save(work, "staff", member, {"valid_to": end}, "staff.ended")


async def create_leading_group(access: Access, uow: UnitOfWork, command: CreateLeadingGroup) -> Saved:
    """Set up a leading group; its office and every member belong to agencies of its region."""
    async with uow.begin(access, AGENCIES) as work:
        region = await division(work, command.region)
        await _office(work, command.office_department_id, region)
        await _seatable(work, command.seats, region)
        values = {
            "name": command.name,
            "region_code": region,
            "office_department_id": command.office_department_id,
            "valid_from": command.valid_from or work.today,
        }
        row = await work.insert("leading_group", values)
        await _seat(work, row["id"], command.seats)
        await work.append(event("leading_group.created", "leading_group", row, region, values | {"seats": True}))
        return await work.commit(saved("leading_group", row))


async def update_leading_group(access: Access, uow: UnitOfWork, command: UpdateLeadingGroup) -> Saved:
    """Change a leading group's name or office, or replace all its seats."""
    async with uow.begin(access, AGENCIES) as work:
        group = await work.load("leading_group", command.leading_group_id, version=command.version)
        within_reach(work.access, group["region_code"])
        rules.still_open(group["valid_to"], Conflict("leading_group.ended"))
        changes = work.differing(
            "leading_group", group, patch(command, "leading_group_id", "seats", required=("name",))
        )
        await _office(work, changes.get("office_department_id"), group["region_code"])
        if command.seats is None:
            return await save(work, "leading_group", group, changes, "leading_group.updated")
        seats = await work.find("leading_group_member", where={"leading_group_id": group["id"]})
        held = [(one["staff_id"], one["role"]) for one in sorted(seats, key=lambda one: one["position"])]
        if held == [(one.staff_id, one.role) for one in command.seats]:
            return await save(work, "leading_group", group, changes, "leading_group.updated")
        await _seatable(work, command.seats, group["region_code"])
        for seat in seats:
            await work.delete("leading_group_member", seat)
        await _seat(work, group["id"], command.seats)
        row = await work.update("leading_group", group, changes)
        named = changes | {"seats": True}
        await work.append(event("leading_group.updated", "leading_group", row, row["region_code"], named))
        return await work.commit(saved("leading_group", row))


async def end_leading_group(access: Access, uow: UnitOfWork, command: EndLeadingGroup) -> Saved:
    """Dissolve a leading group; its seats stay as they were."""
    async with uow.begin(access, AGENCIES) as work:
        group = await work.load("leading_group", command.leading_group_id, version=command.version)
        within_reach(work.access, group["region_code"])
        rules.still_open(group["valid_to"], Conflict("leading_group.ended"))
        end = command.valid_to or work.today
        rules.ends_after_start(group["valid_from"], end)
        return await save(work, "leading_group", group, {"valid_to": end}, "leading_group.ended")


async def _workplace(work: Work, code: str | None, agency: Row) -> int:
    """Return where she works: a part of her agency's region, or all of it."""
    if code is None:
        return int(agency["region_code"])
    region = await division(work, code)
    rules.region_inside(region, agency["region_code"])
    return region


async def _own_department(work: Work, department_id: UUID | None, agency: Row) -> None:
    if department_id is None:
        return
    if not await work.find("department", where={"id": department_id, "agency_id": agency["id"]}):
        raise InvalidInput(Fault("/department_id", "department.unknown"))


async def _office(work: Work, department_id: UUID | None, region_code: int) -> None:
    if department_id is None:
        return
    try:
        department = await work.load("department", department_id)
    except NotFound:
        raise InvalidInput(Fault("/office_department_id", "department.unknown")) from None
    agency = await open_agency(work, department["agency_id"], "/office_department_id")
    rules.region_inside(agency["region_code"], region_code, "/office_department_id")


async def _seatable(work: Work, seats: Sequence[Seat], region_code: int) -> None:
    rules.one_head([(seat.staff_id, seat.role) for seat in seats])
    for at, seat in enumerate(seats):
        pointer = f"/seats/{at}/staff_id"
        try:
            member = await work.load("staff", seat.staff_id)
        except NotFound:
            raise InvalidInput(Fault(pointer, "staff.unknown")) from None
        rules.still_open(member["valid_to"], Conflict("staff.ended"))
        rules.region_inside(member["region_code"], region_code, pointer)


async def _seat(work: Work, group_id: UUID, seats: Sequence[Seat]) -> None:
    for position, seat in enumerate(seats, 1):
        values = {"leading_group_id": group_id, "staff_id": seat.staff_id, "role": seat.role, "position": position}
        await work.insert("leading_group_member", values)
