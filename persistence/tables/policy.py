"""The policy catalogue: documents, their measures, who is responsible for each, and the national default table."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from domain.agencies.model import AgencyType, DepartmentKind
from domain.policy.model import (
    Audience,
    CaseCategory,
    MeasureKind,
    PolicyStatus,
    ResponsibilityMode,
    ResponsibilityRole,
)
from persistence.tables.columns import Keyed, Versioned, json_object, one_of, small, text_array


class PolicyDocument(Versioned, table=True):
    """A policy document (政策文件). A newer version replaces it by ``code`` and keeps its id.

    ``digest`` is that of the data it was loaded from: the same data loads once.
    """

    __tablename__ = "policy_document"
    __table_args__: Any = (
        one_of("status", PolicyStatus, name="policy_document_status_known"),
        CheckConstraint("valid_to > valid_from", name="policy_document_dated"),
        UniqueConstraint("code", name="policy_document_code_key"),
        Index("policy_document_region_idx", "region_code", "id"),
    )

    code: str
    title: str
    number: str | None = None  # 文号
    status: str
    region_code: int = Field(sa_type=BigInteger)
    level: int = small()  # of its region: 1 province to 5 village
    issuers: list[dict[str, Any]] = json_object()
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None  # the first day it no longer holds
    audiences: list[str] = text_array()
    summary: str
    figures: list[dict[str, Any]] = json_object()
    obligations: list[dict[str, Any]] = json_object()
    consultation: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    digest: str


class PolicyMeasure(Versioned, table=True):
    """A measure (措施) of a document, with what of its document decides where it holds.

    ``dropped`` marks one that the document's newest version no longer has: what refers to it keeps it.
    """

    __tablename__ = "policy_measure"
    __table_args__: Any = (
        one_of("kind", MeasureKind, name="policy_measure_kind_known"),
        one_of("mode", ResponsibilityMode, name="policy_measure_mode_known"),
        one_of("status", PolicyStatus, name="policy_measure_status_known"),
        UniqueConstraint("document_id", "code", name="policy_measure_code_key"),
        Index("policy_measure_region_idx", "region_code", "id"),
    )

    document_id: UUID = Field(foreign_key="policy_document.id")
    code: str  # as the document numbers it: 2.1.3
    position: int = small()  # in the document, from 1
    section: str  # the title of the section it stands in
    title: str
    summary: str
    kind: str
    mode: str
    everybody: bool  # 各相关部门: everybody concerned, besides those named
    audiences: list[str] = text_array()
    themes: list[str] = text_array()
    categories: list[str] = text_array()
    unit_types: list[str] = text_array()
    figures: list[dict[str, Any]] = json_object()
    region_code: int = Field(sa_type=BigInteger)
    level: int = small()
    status: str
    valid_from: date | None = None
    valid_to: date | None = None
    dropped: bool


class PolicyResponsibility(Keyed, table=True):
    """One unit that a measure names, as printed."""

    __tablename__ = "policy_responsibility"
    __table_args__: Any = (
        one_of("unit_type", AgencyType, name="policy_responsibility_type_known"),
        one_of("department_kind", DepartmentKind, name="policy_responsibility_department_known"),
        one_of("role", ResponsibilityRole, name="policy_responsibility_role_known"),
        UniqueConstraint("measure_id", "position", name="policy_responsibility_position_key"),
    )

    measure_id: UUID = Field(foreign_key="policy_measure.id")
    position: int = small()  # as named, from 1
    name: str
    unit_type: str
    department_kind: str | None = None
    role: str


class DefaultRoute(Keyed, table=True):
    """Who receives what no document answers: the national table. The first unit type receives, the others help."""

    __tablename__ = "default_route"
    __table_args__: Any = (
        one_of("category", CaseCategory, name="default_route_category_known"),
        one_of("audience", Audience, name="default_route_audience_known"),
        UniqueConstraint("category", "audience", name="default_route_key"),
    )

    category: str
    audience: str
    unit_types: list[str] = text_array()
    laws: list[str] = text_array()


__all__ = ["DefaultRoute", "PolicyDocument", "PolicyMeasure", "PolicyResponsibility"]
