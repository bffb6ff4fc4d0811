"""Places (行政区划), published code lists, agencies and their staff."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from domain.agencies.model import AgencyType, DepartmentKind, LeadingGroupRole
from persistence.tables.columns import Keyed, Row, Versioned, blob, one_of, small, sort_key, text_array


class Region(Row, table=True):
    """A division: GB/T 2260 plus the NBS codes of 2, 4, 6, 9 and 12 digits.

    ``lo`` and ``hi`` are the half-open range of 12-digit codes below it. The key is the code as
    published, not ``lo``: 东莞, 中山, 儋州 and 金门 share their padded code with their parent.
    A division is never deleted; ``valid_to`` ends it and ``successor_code`` says what followed.
    """

    __tablename__ = "region"
    __table_args__: Any = (
        Index("region_lo_idx", "lo"),
        Index("region_county_idx", "lo", postgresql_where="level = 3"),
        Index("region_parent_idx", "parent_code", "code"),
        Index("region_name_idx", "name"),
        Index("region_path_idx", "path"),
        Index("region_pinyin_idx", "pinyin"),
        Index("region_initials_idx", "initials"),
    )

    code: str = Field(primary_key=True, sa_type=Text(collation="C"))
    name: str = sort_key()
    path: str = sort_key()  # names from the province down, e.g. 湖北省荆州市石首市桃花山镇
    level: int = small()
    parent_code: str | None = Field(default=None, sa_type=Text(collation="C"))
    lo: int = Field(sa_type=BigInteger)
    hi: int = Field(sa_type=BigInteger)
    pinyin: str = sort_key()
    initials: str = sort_key()
    valid_from: date
    valid_to: date | None = None
    successor_code: str | None = Field(default=None, sa_type=Text(collation="C"))
    source: str


class RegionAlias(Keyed, table=True):
    """Another name that papers use for a division (曾用名, 俗称, a printed short form).

    A name that a newer list of divisions replaced (曾用名) carries the days it was in force.
    """

    __tablename__ = "region_alias"
    __table_args__: Any = (UniqueConstraint("region_code", "name"), Index("region_alias_name_idx", "name"))

    region_code: str = Field(sa_type=Text(collation="C"), foreign_key="region.code")
    name: str = sort_key()
    valid_from: date | None = None
    valid_to: date | None = None


class CodeList(Row, table=True):
    """A published list of codes and the standard it follows."""

    __tablename__ = "code_list"

    id: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    standard: str


class CodeItem(Row, table=True):
    """One code with its Chinese and English label."""

    __tablename__ = "code_item"
    __table_args__: Any = (Index("code_item_list_position_idx", "list_id", "position"),)

    list_id: str = Field(primary_key=True, foreign_key="code_list.id")
    code: str = Field(primary_key=True, sa_type=Text(collation="C"))
    label_zh: str
    label_en: str
    position: int


class Agency(Versioned, table=True):
    """An agency (机构) of a region, in the tree of its type."""

    __tablename__ = "agency"
    __table_args__: Any = (
        one_of("type", AgencyType, name="agency_type_known"),
        Index("agency_region_idx", "region_code", "type"),
        Index("agency_parent_idx", "parent_id"),
        Index("agency_name_key", "type", "region_code", "name", unique=True, postgresql_where="valid_to IS NULL"),
        Index("agency_credit_code_key", "credit_code", unique=True, postgresql_where="credit_code IS NOT NULL"),
    )

    type: str
    level: int = small()
    name: str
    short_name: str | None = None
    region_code: int = Field(sa_type=BigInteger)
    parent_id: UUID | None = Field(default=None, foreign_key="agency.id")
    credit_code: str | None = None  # unified social credit code, GB 32100
    valid_from: date
    valid_to: date | None = None


class Department(Versioned, table=True):
    """A department (部门) inside an agency."""

    __tablename__ = "department"
    __table_args__: Any = (
        one_of("kind", DepartmentKind, name="department_kind_known"),
        Index("department_name_key", "agency_id", "name", unique=True),
    )

    agency_id: UUID = Field(foreign_key="agency.id")
    kind: str
    name: str


class Staff(Versioned, table=True):
    """A member of staff (工作人员) of an agency, with her posts."""

    __tablename__ = "staff"
    __table_args__: Any = (Index("staff_agency_idx", "agency_id", "id"),)

    agency_id: UUID = Field(foreign_key="agency.id")
    department_id: UUID | None = Field(default=None, foreign_key="department.id")
    region_code: int = Field(sa_type=BigInteger)  # where she works: her agency's region or part of it
    name: str
    posts: list[str] = text_array()
    phone_cipher: bytes | None = blob()
    phone_masked: str | None = None
    valid_from: date
    valid_to: date | None = None


class LeadingGroup(Versioned, table=True):
    """A leading group (领导小组) with its office at a department."""

    __tablename__ = "leading_group"

    name: str
    region_code: int = Field(sa_type=BigInteger, index=True)
    office_department_id: UUID | None = Field(default=None, foreign_key="department.id")
    valid_from: date
    valid_to: date | None = None


class LeadingGroupMember(Versioned, table=True):
    """A seat in a leading group."""

    __tablename__ = "leading_group_member"
    __table_args__: Any = (
        one_of("role", LeadingGroupRole, name="leading_group_member_role_known"),
        UniqueConstraint("leading_group_id", "staff_id"),
    )

    leading_group_id: UUID = Field(foreign_key="leading_group.id")
    staff_id: UUID = Field(foreign_key="staff.id")
    role: str
    position: int = small(0)


__all__ = [
    "Agency",
    "CodeItem",
    "CodeList",
    "Department",
    "LeadingGroup",
    "LeadingGroupMember",
    "Region",
    "RegionAlias",
    "Staff",
]
