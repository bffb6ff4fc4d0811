from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from domain.agencies.commands import (
    CreateAgency,
    CreateDepartment,
    CreateLeadingGroup,
    CreateStaff,
    EndLeadingGroup,
    EndStaff,
    UpdateLeadingGroup,
    UpdateStaff,
)
from domain.agencies.model import AgencyType, DepartmentKind
from domain.agencies.staff import (
    create_leading_group,
    create_staff,
    end_leading_group,
    end_staff,
    update_leading_group,
    update_staff,
)
from domain.agencies.use_cases import create_agency, create_department
from domain.errors import Conflict, Forbidden, InvalidInput
from domain.unit_of_work import Saved, UnitOfWork
from persistence.crypto import FieldCipher

Events = Callable[[UUID], Awaitable[list[tuple[str, dict[str, object]]]]]
TODAY = date(2026, 11, 1)


@pytest.fixture
async def federation(admin: Access, uow: UnitOfWork) -> Saved:
    return await create_agency(
        admin, uow, CreateAgency(type=AgencyType.WOMENS_FEDERATION, name="石首市妇女联合会", region="421081")
    )


def staff(agency: Saved, **fields: Any) -> CreateStaff:
    return CreateStaff.model_validate({"agency_id": str(agency.id), "name": "陈小满"} | fields)


async def test_staff_is_entered_with_her_phone_sealed(
    admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, federation: Saved, events: Events
) -> None:
    posts = ["federation_executive", "child_director", "federation_executive"]
    done = await create_staff(admin, uow, staff(federation, phone="199 0000 1234", region="421081104", posts=posts))
    row = await owner.fetchrow("SELECT * FROM staff WHERE id = $1", done.id)
    assert (row["region_code"], row["posts"]) == (421081104000, ["child_director", "federation_executive"])
    assert (row["phone_masked"], row["valid_from"], row["valid_to"]) == ("199****1234", TODAY, None)
    cipher = FieldCipher(bytes(range(32)))
    assert cipher.open("staff", "phone_cipher", done.id, row["phone_cipher"]) == "19900001234"
    [(kind, data)] = await events(done.id)
    assert kind == "staff.created"
    assert "1990" not in str(data)
    assert "陈" not in str(data)


async def test_staff_works_within_her_agencys_region(
    admin: Access, officer: Access, uow: UnitOfWork, owner: asyncpg.Connection, federation: Saved
) -> None:
    other = await create_agency(
        admin, uow, CreateAgency(type=AgencyType.CIVIL_AFFAIRS, name="公安县民政局", region="421022")
    )
    foreign = await create_department(
        admin, uow, CreateDepartment(agency_id=other.id, kind=DepartmentKind.OFFICE, name="办公室")
    )
    for fields, fault in (
        ({"region": "421022"}, ("/region", "region.outside")),
        ({"region": "4210"}, ("/region", "region.outside")),
        ({"department_id": str(foreign.id)}, ("/department_id", "department.unknown")),
    ):
        with pytest.raises(InvalidInput) as raised:
            await create_staff(admin, uow, staff(federation, **fields))
        assert [(one.pointer, one.code) for one in raised.value.faults] == [fault]
    with pytest.raises(Forbidden):
        await create_staff(officer, uow, staff(federation))
    assert await owner.fetchval("SELECT count(*) FROM staff") == 0


async def test_staff_is_updated_and_ended_never_deleted(
    admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, federation: Saved, events: Events
) -> None:
    made = await create_staff(admin, uow, staff(federation, phone="19900001234", region="421081104"))
    change = UpdateStaff.model_validate(
        {"staff_id": str(made.id), "version": 1, "phone": None, "region": None, "posts": ["head"]}
    )
    assert (await update_staff(admin, uow, change)).version == 2
    row = await owner.fetchrow("SELECT * FROM staff")
    assert (row["phone_cipher"], row["phone_masked"], row["region_code"]) == (None, None, 421081000000)
    await end_staff(admin, uow, EndStaff(staff_id=made.id, version=2))
    assert await owner.fetchval("SELECT valid_to FROM staff WHERE id = $1", made.id) == TODAY
    with pytest.raises(Conflict, match=r"staff\.ended"):
        await end_staff(admin, uow, EndStaff(staff_id=made.id, version=3))
    assert [kind for kind, _ in await events(made.id)] == ["staff.created", "staff.updated", "staff.ended"]
    assert (await events(made.id))[1][1] == {"fields": ["phone", "posts", "region_code"]}


async def test_a_leading_group_has_one_head_and_its_office(
    admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, federation: Saved, events: Events
) -> None:
    office = await create_department(
        admin, uow, CreateDepartment(agency_id=federation.id, kind=DepartmentKind.CHILDREN_FAMILY, name="儿童和家庭部")
    )
    one, two = [str((await create_staff(admin, uow, staff(federation, name=name))).id) for name in ("甲", "乙")]

    def group(*seats: tuple[str, str]) -> CreateLeadingGroup:
        return CreateLeadingGroup.model_validate(
            {
                "name": "关爱留守妇女儿童工作领导小组",
                "region": "421081",
                "office_department_id": str(office.id),
                "seats": [{"staff_id": staff_id, "role": role} for staff_id, role in seats],
            }
        )

    for seats, fault in (
        ([(one, "member")], ("/seats", "leading_group.one_head")),
        ([(one, "head"), (two, "head")], ("/seats", "leading_group.one_head")),
        ([(one, "head"), (one, "member")], ("/seats/1/staff_id", "leading_group.seat_doubled")),
        ([("01890000-0000-7000-8000-00000000dead", "head")], ("/seats/0/staff_id", "staff.unknown")),
    ):
        with pytest.raises(InvalidInput) as raised:
            await create_leading_group(admin, uow, group(*seats))
        assert [(fault_.pointer, fault_.code) for fault_ in raised.value.faults] == [fault]
    assert await owner.fetchval("SELECT count(*) FROM leading_group") == 0

    made = await create_leading_group(admin, uow, group((one, "head"), (two, "deputy")))
    change = UpdateLeadingGroup.model_validate(
        {"leading_group_id": str(made.id), "version": 1, "seats": [{"staff_id": two, "role": "head"}]}
    )
    assert (await update_leading_group(admin, uow, change)).version == 2
    seats_now = await owner.fetch("SELECT staff_id::text, role, position FROM leading_group_member")
    assert [tuple(row) for row in seats_now] == [(two, "head", 1)]
    await end_leading_group(admin, uow, EndLeadingGroup(leading_group_id=made.id, version=2))
    assert [kind for kind, _ in await events(made.id)] == [
        "leading_group.created",
        "leading_group.updated",
        "leading_group.ended",
    ]
