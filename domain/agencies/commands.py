"""What may be asked of the directory: agencies, departments, staff, leading groups.

Updates are merge patches: a field that is left out stays, ``null`` takes a value away. ``version``
is the one the caller read. RegionCodes are published codes (2–12 digits), ends of validity are the
first day on which the record is no longer in force.
"""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.agencies.model import AgencyType, DepartmentKind, LeadingGroupRole, StaffPost
from domain.codes.credit_code import BadCreditCode
from domain.codes.credit_code import parse as parse_credit_code
from domain.commands import Command, Day, Id, Name, RegionCode, ShortText, Version, choice
from domain.people.forms import Phone


def _credit_code(text: str) -> str:
    try:
        return parse_credit_code(text).number
    except BadCreditCode as error:
        raise PydanticCustomError(error.code, "not a unified social credit code") from None


CreditCode = Annotated[ShortText, AfterValidator(_credit_code)]
Post = Annotated[StaffPost, choice(StaffPost)]
Posts = Annotated[list[Post], Field(max_length=len(StaffPost))]


class CreateAgency(Command):
    """Enter an agency (机构) into the tree."""

    type: Annotated[AgencyType, choice(AgencyType)]
    name: Name
    short_name: Name | None = None
    region: RegionCode
    parent_id: Id | None = None
    credit_code: CreditCode | None = None
    valid_from: Day | None = None  # default: today


class UpdateAgency(Command):
    """Change what an agency is called, its credit code, its parent. Type and region never change."""

    agency_id: Id
    version: Version
    name: Name | None = None
    short_name: Name | None = None
    parent_id: Id | None = None
    credit_code: CreditCode | None = None


class EndAgency(Command):
    """Close an agency that has no open child agency and no staff in office."""

    agency_id: Id
    version: Version
    valid_to: Day | None = None  # default: today


class CreateDepartment(Command):
    """Enter a department (部门) of an agency."""

    agency_id: Id
    kind: Annotated[DepartmentKind, choice(DepartmentKind)]
    name: Name


class UpdateDepartment(Command):
    """Change a department's kind or name."""

    department_id: Id
    version: Version
    kind: Annotated[DepartmentKind, choice(DepartmentKind)] | None = None
    name: Name | None = None


class CreateStaff(Command):
    """Enter a member of staff (工作人员). Without ``region`` she works in all of her agency's."""

    agency_id: Id
    department_id: Id | None = None
    region: RegionCode | None = None
    name: Name
    posts: Posts = Field(default_factory=list)
    phone: Phone | None = None
    valid_from: Day | None = None  # default: today


class UpdateStaff(Command):
    """Change a member of staff. She changes agency by being ended here and entered there."""

    staff_id: Id
    version: Version
    department_id: Id | None = None
    region: RegionCode | None = None
    name: Name | None = None
    posts: Posts | None = None
    phone: Phone | None = None


class EndStaff(Command):
    """Take a member of staff out of office; her clients stop working that day."""

    staff_id: Id
    version: Version
    valid_to: Day | None = None  # default: today


class Seat(Command):
    """One seat of a leading group."""

    staff_id: Id
    role: Annotated[LeadingGroupRole, choice(LeadingGroupRole)]


Seats = Annotated[list[Seat], Field(min_length=1, max_length=100)]


class CreateLeadingGroup(Command):
    """Set up a leading group (领导小组): one head, deputies, members, in the order given."""

    name: Name
    region: RegionCode
    office_department_id: Id | None = None
    seats: Seats
    valid_from: Day | None = None  # default: today


class UpdateLeadingGroup(Command):
    """Change a leading group; ``seats`` replaces all seats."""

    leading_group_id: Id
    version: Version
    name: Name | None = None
    office_department_id: Id | None = None
    seats: Seats | None = None


class EndLeadingGroup(Command):
    """Dissolve a leading group."""

    leading_group_id: Id
    version: Version
    valid_to: Day | None = None  # default: today
