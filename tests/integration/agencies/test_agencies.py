import asyncio
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
    CreateStaff,
    EndAgency,
    UpdateAgency,
    UpdateDepartment,
)
from domain.agencies.model import DepartmentKind
from domain.agencies.staff import create_staff
from domain.agencies.use_cases import (
    create_agency,
    create_department,
    end_agency,
    update_agency,
    update_department,
)
from domain.codes.credit_code import with_check
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, ShouwangError, Stale
from domain.unit_of_work import UnitOfWork

Events = Callable[[UUID], Awaitable[list[tuple[str, dict[str, object]]]]]
TODAY = date(2026, 11, 1)


def agency(**fields: Any) -> CreateAgency:
    known: dict[str, Any] = {"type": "civil_affairs", "name": "石首市民政局", "region": "421081"}
    return CreateAgency.model_validate(known | fields)


async def count(owner: asyncpg.Connection) -> tuple[int, int]:
    row = await owner.fetchrow("SELECT (SELECT count(*) FROM agency) AS a, (SELECT count(*) FROM event) AS e")
    return row["a"], row["e"]


async def test_an_agency_is_entered_with_its_level_and_an_event(
    admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, events: Events
) -> None:
    done = await create_agency(admin, uow, agency(credit_code=with_check("11421081MB0000001").lower()))
    row = await owner.fetchrow("SELECT * FROM agency WHERE id = $1", done.id)
    assert (row["level"], row["region_code"], row["valid_from"], row["valid_to"]) == (3, 421081000000, TODAY, None)
    assert row["credit_code"] == with_check("11421081MB0000001")
    assert await events(done.id) == [
        ("agency.created", {"fields": ["credit_code", "level", "name", "region_code", "type", "valid_from"]})
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"region": "429999"}, "region.unknown"),
        ({"region": "421081104299"}, "region.unknown"),  # a village that no longer is one
        ({"parent_id": "01890000-0000-7000-8000-00000000dead"}, "agency.unknown"),
    ],
)
async def test_a_bad_place_is_a_fault(
    admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        await create_agency(admin, uow, agency(**fields))
    assert [fault.code for fault in raised.value.faults] == [code]
    assert await count(owner) == (0, 0)


async def test_a_child_stands_in_its_parents_region(admin: Access, uow: UnitOfWork, owner: asyncpg.Connection) -> None:
    parent = await create_agency(admin, uow, agency())
    township = agency(type="township_government", name="桃花山镇人民政府", region="421081104", parent_id=str(parent.id))
    inside = await create_agency(admin, uow, township)
    assert await owner.fetchval("SELECT level FROM agency WHERE id = $1", inside.id) == 4
    before = await count(owner)
    for region in ("421022", "4210", "42"):
        with pytest.raises(InvalidInput) as raised:
            await create_agency(admin, uow, agency(region=region, parent_id=str(parent.id)))
        assert [(fault.pointer, fault.code) for fault in raised.value.faults] == [("/parent_id", "region.outside")]
    assert await count(owner) == before


async def test_no_agency_twice(admin: Access, uow: UnitOfWork, owner: asyncpg.Connection) -> None:
    code = with_check("11421081MB0000001")
    first = await create_agency(admin, uow, agency(credit_code=code))
    for fields, fault in (
        ({}, "agency.duplicate"),
        ({"name": " 石首市民政局 "}, "agency.duplicate"),
        ({"name": "另一个局", "credit_code": code}, "agency.credit_code_taken"),
    ):
        with pytest.raises(Conflict) as raised:
            await create_agency(admin, uow, agency(**fields))
        assert raised.value.code == fault
    assert await count(owner) == (1, 1)
    await end_agency(admin, uow, EndAgency(agency_id=first.id, version=1))
    again = await create_agency(admin, uow, agency())  # the name is free once the first has ended
    assert again.id != first.id


async def test_two_at_once_make_one(admin: Access, uow: UnitOfWork, owner: asyncpg.Connection) -> None:
    done = await asyncio.gather(*(create_agency(admin, uow, agency()) for _ in range(4)), return_exceptions=True)
    refused = [one for one in done if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [Conflict] * 3
    assert {one.code for one in refused if isinstance(one, Conflict)} == {"agency.duplicate"}
    assert await count(owner) == (1, 1)


async def test_who_may_not_changes_nothing(
    admin: Access, officer: Access, uow: UnitOfWork, owner: asyncpg.Connection
) -> None:
    with pytest.raises(Forbidden):
        await create_agency(officer, uow, agency())
    elsewhere = agency(region="11")  # outside Hubei
    with pytest.raises(ShouwangError) as raised:
        await create_agency(admin, uow, elsewhere)
    assert raised.value.code == "region.forbidden"
    assert await count(owner) == (0, 0)


async def test_an_update_changes_what_it_names(
    admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, events: Events
) -> None:
    made = await create_agency(admin, uow, agency(short_name="石首民政"))
    command = UpdateAgency.model_validate({"agency_id": str(made.id), "version": 1, "short_name": None})
    assert (await update_agency(admin, uow, command)).version == 2
    row = await owner.fetchrow("SELECT name, short_name FROM agency WHERE id = $1", made.id)
    assert tuple(row) == ("石首市民政局", None)
    assert (await events(made.id))[-1] == ("agency.updated", {"fields": ["short_name"]})
    with pytest.raises(Stale):
        await update_agency(admin, uow, command)
    with pytest.raises(InvalidInput):
        await update_agency(
            admin, uow, UpdateAgency.model_validate({"agency_id": str(made.id), "version": 2, "name": None})
        )
    unknown = UpdateAgency(agency_id=UUID(int=5), version=1, name="无")
    with pytest.raises(NotFound):
        await update_agency(admin, uow, unknown)


async def test_the_tree_has_no_ring(admin: Access, uow: UnitOfWork, owner: asyncpg.Connection) -> None:
    top = await create_agency(admin, uow, agency())
    below = await create_agency(admin, uow, agency(name="下属单位", parent_id=str(top.id)))
    lowest = await create_agency(admin, uow, agency(name="再下属单位", parent_id=str(below.id)))
    for parent in (top, below, lowest):
        with pytest.raises(InvalidInput) as raised:
            await update_agency(admin, uow, UpdateAgency(agency_id=top.id, version=1, parent_id=parent.id))
        assert [fault.code for fault in raised.value.faults] == ["agency.parent_below"]
    assert await owner.fetchval("SELECT parent_id FROM agency WHERE id = $1", top.id) is None


async def test_an_agency_ends_after_all_below_it(admin: Access, uow: UnitOfWork, owner: asyncpg.Connection) -> None:
    top = await create_agency(admin, uow, agency())
    child = await create_agency(admin, uow, agency(name="下属单位", parent_id=str(top.id)))
    end = EndAgency(agency_id=top.id, version=1)
    with pytest.raises(Conflict, match=r"agency\.has_children"):
        await end_agency(admin, uow, end)
    await end_agency(admin, uow, EndAgency(agency_id=child.id, version=1))
    await create_staff(admin, uow, CreateStaff(agency_id=top.id, name="陈小满"))
    with pytest.raises(Conflict, match=r"agency\.has_staff"):
        await end_agency(admin, uow, end)
    with pytest.raises(Conflict, match=r"agency\.ended"):
        await update_agency(admin, uow, UpdateAgency(agency_id=child.id, version=2, name="改名"))
    with pytest.raises(InvalidInput):
        await end_agency(admin, uow, EndAgency(agency_id=top.id, version=1, valid_to=date(2026, 10, 31)))
    assert await owner.fetchval("SELECT valid_to FROM agency WHERE id = $1", top.id) is None
    assert await owner.fetchval("SELECT valid_to FROM agency WHERE id = $1", child.id) == TODAY


async def test_departments(admin: Access, uow: UnitOfWork, owner: asyncpg.Connection, events: Events) -> None:
    home = await create_agency(admin, uow, agency(type="womens_federation", name="石首市妇女联合会"))
    made = await create_department(
        admin, uow, CreateDepartment(agency_id=home.id, kind=DepartmentKind.RIGHTS, name="权益部")
    )
    with pytest.raises(Conflict, match=r"department\.duplicate"):
        await create_department(
            admin, uow, CreateDepartment(agency_id=home.id, kind=DepartmentKind.RIGHTS, name="权益部")
        )
    await update_department(admin, uow, UpdateDepartment(department_id=made.id, version=1, name="权益与发展部"))
    assert await owner.fetchval("SELECT name FROM department") == "权益与发展部"
    assert [kind for kind, _ in await events(made.id)] == ["department.created", "department.updated"]
