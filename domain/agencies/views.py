"""Read models of the directory: agencies, departments, staff, leading groups; and who the caller is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.access import FieldClass
from domain.agencies.model import AgencyType, DepartmentKind, LeadingGroupRole, StaffPost
from domain.regions.views import Region
from domain.scopes import Everybody
from domain.scopes import Region as OfRegion
from domain.view import (
    NAME,
    between,
    current,
    division,
    document,
    embedded,
    eq,
    has,
    many,
    one,
    prefix,
    secret,
    view,
    within,
)

PHONE = secret(FieldClass.CONTACT, "phone_masked")


@view("agency", plural="agencies", permission="agencies:read", scope=Everybody(), actions={"update": "agencies:write"})
class Agency:
    """An agency (机构) of a region, in the tree of its type."""

    id: UUID
    version: int
    type: AgencyType
    level: int
    name: str
    short_name: str | None
    region: str = division("region_code")
    parent_id: UUID | None
    credit_code: str | None
    valid_from: date
    valid_to: date | None
    created_at: datetime
    updated_at: datetime
    place: Region = one("region_code", to="lo")
    parent: Agency = one("parent_id")
    children: list[Agency] = many("parent_id", order="id")
    departments: list[Department] = many("agency_id", order="id")
    staff: list[StaffMember] = many("agency_id", order="id")
    __filters__ = (
        within("region", "region_code"),
        eq("type", "level", "parent_id", "credit_code", "name"),
        prefix("name"),
        current("current", "valid_to"),
    )
    __orders__ = ("-id", "id")


@view(
    "department",
    plural="departments",
    permission="agencies:read",
    scope=Everybody(),
    actions={"update": "agencies:write"},
)
class Department:
    """A department (部门) inside an agency."""

    id: UUID
    version: int
    agency_id: UUID
    kind: DepartmentKind
    name: str
    agency: Agency = one("agency_id")
    staff: list[StaffMember] = many("department_id", order="id")
    __filters__ = (eq("agency_id", "kind"),)
    __orders__ = ("-id", "id")


@view("staff", plural="staff", permission="staff:read", scope=OfRegion(), actions={"update": "staff:write"})
class StaffMember:
    """A member of staff (工作人员) with her posts."""

    id: UUID
    version: int
    agency_id: UUID
    department_id: UUID | None
    region: str = division("region_code")
    name: Annotated[str, NAME]
    posts: list[StaffPost]
    phone: Annotated[str | None, PHONE]
    valid_from: date
    valid_to: date | None
    agency: Agency = one("agency_id")
    department: Department = one("department_id")
    __filters__ = (
        within("region", "region_code"),
        eq("agency_id", "department_id"),
        has("posts"),
        current("current", "valid_to"),
    )
    __orders__ = ("-id", "id")


@view("leading_group", plural="leading_groups", permission="agencies:read", scope=Everybody())
class LeadingGroup:
    """A leading group (领导小组) with its office at a department."""

    id: UUID
    version: int
    name: str
    region: str = division("region_code")
    office_department_id: UUID | None
    valid_from: date
    valid_to: date | None
    place: Region = one("region_code", to="lo")
    office: Department = one("office_department_id")
    seats: list[LeadingGroupMember] = many("leading_group_id", order="id")
    __filters__ = (within("region", "region_code"), between("valid_from"), current("current", "valid_to"))
    __orders__ = ("-id", "id")


@view("leading_group_member", permission="agencies:read", scope=Everybody(), versioned=False)
class LeadingGroupMember:
    """A seat in a leading group."""

    id: UUID
    leading_group_id: UUID
    staff_id: UUID
    role: LeadingGroupRole
    position: int
    staff: StaffMember = one("staff_id")
    __orders__ = ("id",)


@document()
class Me:
    """Who is asking: what the service takes the caller to be."""

    sub: str
    client_id: str
    roles: list[str]
    permissions: list[str]
    region: str | None
    remit: list[str]
    person_id: UUID | None
    staff_id: UUID | None
    agency: MyAgency = embedded("agency")
    clearance: MyClearance = embedded("clearance")


@document()
class MyAgency:
    """The agency the caller acts for."""

    id: UUID
    type: AgencyType
    name: str
    region: str | None


@document()
class MyClearance:
    """How much of each field class the caller sees of people: none, masked or full."""

    personal: str
    contact: str
    identity: str
    health: str
    hardship: str
    confidential: str


__all__ = ["Agency", "Department", "LeadingGroup", "LeadingGroupMember", "Me", "StaffMember"]
