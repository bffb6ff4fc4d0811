"""Read models of the policy catalogue, and the answer of the responsibility matrix."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.agencies.model import AgencyType, DepartmentKind
from domain.policy.model import (
    Audience,
    CaseCategory,
    MeasureKind,
    PolicyStatus,
    ReportPeriod,
    ResponsibilityMode,
    ResponsibilityRole,
    RouteBasis,
    Theme,
)
from domain.regions.views import Region
from domain.scopes import Everybody
from domain.view import division, document, embedded, eq, has, many, one, view, within

READ = "policy:read"


@view("policy_document", plural="policy_documents", permission=READ, scope=Everybody())
class PolicyDocument:
    """A policy document (政策文件): whom it is for, where and since when it holds, what it asks for."""

    id: UUID
    version: int
    code: str
    title: str
    number: str | None
    status: PolicyStatus
    region: str = division("region_code")
    issued_on: date | None
    valid_from: date | None
    valid_to: date | None
    audiences: list[Audience]
    summary: str
    issuers: list[PolicyIssuer] = embedded("issuers")
    figures: list[PolicyFigure] = embedded("figures")
    obligations: list[PolicyObligation] = embedded("obligations")
    consultation: PolicyConsultation = embedded("consultation")
    place: Region = one("region_code", to="lo")
    measures: list[Measure] = many("document_id", order="id")
    __filters__ = (within("region", "region_code"), eq("code", "status"), has("audiences"))
    __orders__ = ("-id", "id")


@view("policy_measure", plural="measures", permission=READ, scope=Everybody())
class Measure:
    """A measure (措施) of a policy document, and who is responsible for it."""

    id: UUID
    version: int
    document_id: UUID
    code: str
    position: int
    section: str
    title: str
    summary: str
    kind: MeasureKind
    mode: ResponsibilityMode
    everybody: bool
    audiences: list[Audience]
    themes: list[Theme]
    categories: list[CaseCategory]
    unit_types: list[AgencyType]
    region: str = division("region_code")
    status: PolicyStatus
    valid_from: date | None
    valid_to: date | None
    dropped: bool
    figures: list[PolicyFigure] = embedded("figures")
    document: PolicyDocument = one("document_id")
    place: Region = one("region_code", to="lo")
    responsibilities: list[Responsibility] = many("measure_id", order="id")
    __filters__ = (
        within("region", "region_code"),
        eq("document_id", "code", "status", "kind", "mode", "dropped"),
        has("audiences"),
        has("themes"),
        has("categories"),
        has("unit_types"),
    )
    __orders__ = ("-id", "id")
    __embeds__ = ("responsibilities",)


@view("policy_responsibility", permission=READ, scope=Everybody(), versioned=False)
class Responsibility:
    """A unit that a measure names, as printed, and its part: lead 牵头, co 配合, shared 按职责分工, sole 负责."""

    id: UUID
    measure_id: UUID
    position: int
    name: str
    unit_type: AgencyType
    department_kind: DepartmentKind | None
    role: ResponsibilityRole
    measure: Measure = one("measure_id")
    __orders__ = ("id",)


@view("default_route", plural="default_routes", permission=READ, scope=Everybody(), versioned=False)
class DefaultRoute:
    """A row of the national default table: who receives what no document answers, and the laws behind it."""

    id: UUID
    category: CaseCategory
    audience: Audience
    unit_types: list[AgencyType]
    laws: list[str]
    __filters__ = (eq("category", "audience"),)
    __orders__ = ("id",)


@document(permission=READ)
class PolicyIssuer:
    """An agency that issued a document."""

    name: str
    type: AgencyType


@document(permission=READ)
class PolicyFigure:
    """A number that a document sets: exactly ``value``, or from ``value`` to ``most``."""

    name: str
    value: int
    most: int | None
    unit: str


@document(permission=READ)
class PolicyObligation:
    """A report a document asks for; ``due_on`` is MM-DD of a year, or DD of a quarter's last month."""

    title: str
    period: ReportPeriod
    due: str
    due_on: str | None
    to: str
    cases: PolicyCases = embedded("cases")


@document(permission=READ)
class PolicyCases:
    """How many typical cases a report brings along."""

    least: int
    most: int


@document(permission=READ)
class PolicyConsultation:
    """When and how a draft may be commented on."""

    opens_on: date
    closes_on: date
    channels: list[str]


@document(permission=READ)
class Routing:
    """Who is responsible for a matter, and why: the measure that decides, or the national default table.

    With ``basis`` ``default`` and a ``measure``, the measure is the ground of the service but names no unit that
    is there. ``missing`` are unit types that were named and have no agency here.
    """

    category: CaseCategory
    audience: Audience
    region: str
    on: date
    basis: RouteBasis
    mode: ResponsibilityMode | None
    measure: RoutingMeasure = embedded("measure")
    receiver: RoutingUnit = embedded("receiver")
    co: list[RoutingUnit] = embedded("co")
    informed: list[RoutingUnit] = embedded("informed")
    missing: list[AgencyType]
    laws: list[str]
    why: list[RoutingReason] = embedded("why")
    passed: list[RoutingPassed] = embedded("passed")
    sentence: str


@document(permission=READ)
class RoutingMeasure:
    """A measure of the catalogue that was looked at; ``level`` is its place's: 1 province to 5 village."""

    id: UUID
    code: str
    title: str
    document_id: UUID
    document_code: str
    document_title: str
    document_number: str | None
    status: PolicyStatus
    level: int


@document(permission=READ)
class RoutingUnit:
    """An agency, or a department inside it."""

    agency_id: UUID
    agency_name: str
    agency_type: AgencyType
    department_id: UUID | None
    department_name: str | None


@document(permission=READ)
class RoutingReason:
    """A reason of the answer: a stable code and a sentence."""

    code: str
    message: str


@document(permission=READ)
class RoutingPassed:
    """A measure that was passed over, and why."""

    code: str
    message: str
    measure: RoutingMeasure = embedded("measure")


__all__ = ["DefaultRoute", "Measure", "PolicyDocument", "Responsibility", "Routing"]
