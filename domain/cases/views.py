"""Read models of cases and of what stands beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.access import FieldClass
from domain.agencies.model import AgencyType
from domain.agencies.views import Agency, Department, StaffMember
from domain.cases.model import (
    CASE_STATES,
    CaseAct,
    CaseSource,
    CaseState,
    Outcome,
    PartyRole,
    PersonRole,
    PriorityClass,
    ReplyChannel,
)
from domain.cases.records import AssignmentState, NoteKind, ReferralKind, ReferralState, Satisfaction, StepKind
from domain.contracts.views import ServiceContract
from domain.people.views import Household, Person
from domain.policy.model import Audience, CaseCategory, ResponsibilityMode, RouteBasis
from domain.policy.views import Measure
from domain.regions.views import Region
from domain.scopes import Cases, OfCase
from domain.view import (
    NAME,
    PERSONAL,
    between,
    computed,
    condition,
    division,
    document,
    embedded,
    eq,
    many,
    one,
    secret,
    view,
    within,
)

READ, WRITE, WORK = "cases:read", "cases:write", "case_work:read"
REPORTER_PHONE = secret(FieldClass.CONTACT, "reporter_phone_masked")
ACTS = (
    "accept", "redirect", "refuse", "start", "resolve", "resume", "reply", "close", "reopen", "merge", "extend",
    "refer", "assign",
)  # fmt: skip


def open_in(act: str) -> tuple[str, list[str]]:
    """Return the states in which an act is allowed, as the ``access`` object asks for them."""
    return "state", [state for state, ways in CASE_STATES.ways.items() if CaseAct(act) in ways]


@view(
    "care_case", plural="cases", permission=READ, scope=Cases(), actor="agency_id",
    actions=dict.fromkeys((*ACTS, "hand_to"), WRITE),
    stages={act: open_in(act) for act in ACTS},
)  # fmt: skip
class Case:
    """A case (个案): who must finish it, by when, where it stands, what came of it and what was replied.

    ``due_at`` is the deadline that runs now: to accept it first, then to finish and reply. ``days_flagged``:
    working days were counted in a year whose holidays are not published yet. ``restricted``: seen only by the
    agencies that take part. ``access`` is open to the agency that leads.
    """

    id: UUID
    version: int
    number: str
    source: CaseSource
    category: CaseCategory
    audience: Audience
    state: CaseState
    urgent: bool
    restricted: bool
    priority_class: PriorityClass
    region: str = division("region_code")
    title: Annotated[str, PERSONAL]
    description: Annotated[str, PERSONAL]
    person_id: UUID | None
    household_id: UUID | None
    reporter_agency_id: UUID | None
    reporter_name: Annotated[str | None, NAME]
    reporter_phone: Annotated[str | None, REPORTER_PHONE]
    agency_id: UUID
    department_id: UUID | None
    handler_id: UUID | None
    measure_id: UUID | None
    received_at: datetime
    accept_by: datetime
    accepted_at: datetime | None
    finish_by: datetime
    due_at: datetime | None
    overdue: bool = computed("case_overdue")
    open: bool = computed("case_open")
    days_flagged: bool
    extensions: int
    extension_reason: str | None
    escalation_level: int
    outcome: Outcome | None
    outcome_note: Annotated[str | None, PERSONAL]
    resolved_at: datetime | None
    reply: Annotated[str | None, PERSONAL]
    reply_channel: ReplyChannel | None
    replied_at: datetime | None
    closed_at: datetime | None
    reopened: int
    merged_into_id: UUID | None
    created_at: datetime
    updated_at: datetime
    route: CaseRoute = embedded("route")
    place: Region = one("region_code", to="lo")
    person: Person = one("person_id")
    household: Household = one("household_id")
    agency: Agency = one("agency_id")
    department: Department = one("department_id")
    handler: StaffMember = one("handler_id")
    measure: Measure = one("measure_id")
    merged_into: Case = one("merged_into_id")
    merged: list[Case] = many("merged_into_id", order="id")
    parties: list[CaseParty] = many("case_id", order="id")
    people: list[CasePerson] = many("case_id", order="id")
    timeline: list[CaseEntry] = many("case_id", order="id")
    referrals: list[CaseReferral] = many("case_id")
    assignments: list[CaseAssignment] = many("case_id")
    notes: list[CaseNote] = many("case_id")
    steps: list[CaseStep] = many("case_id")
    attachments: list[CaseAttachment] = many("case_id")
    links: list[CaseLink] = many("case_id", order="id")
    __filters__ = (
        within("region", "region_code"),
        eq(
            "number", "source", "category", "audience", "state", "urgent", "priority_class", "agency_id",
            "department_id", "handler_id", "person_id", "household_id", "measure_id",
        ),
        between("received_at", "due_at"),
        condition("overdue"),
        condition("open"),
    )  # fmt: skip
    __orders__ = ("-id", "id", "work")
    __order_columns__ = (("work", "work_order"),)


@document()
class CaseRoute:
    """Why a case went where it went, as it was on that day: by a measure of a document, or by the default table.

    ``why`` holds codes; ``GET /v1/responsibility`` says them in words. ``missing``: types that were named and have
    no agency here.
    """

    basis: RouteBasis
    mode: ResponsibilityMode | None
    measure_code: str | None
    lead: str | None
    co: list[str]
    informed: list[str]
    missing: list[AgencyType]
    why: list[str]


@view("case_party", plural="case_parties", permission=WORK, scope=OfCase(own="agency_id"))
class CaseParty:
    """An agency that takes part in a case, and as what."""

    id: UUID
    version: int
    case_id: UUID
    agency_id: UUID
    role: PartyRole
    created_at: datetime
    ended_at: datetime | None
    agency: Agency = one("agency_id")
    case: Case = one("case_id")
    __filters__ = (eq("case_id", "agency_id", "role"),)
    __orders__ = ("-id", "id")


@view("case_person", plural="case_people", permission=WORK, scope=OfCase())
class CasePerson:
    """A person of a case. Her file is open to the agencies that work it, as far as their clearance goes."""

    id: UUID
    version: int
    case_id: UUID
    person_id: UUID
    role: PersonRole
    created_at: datetime
    person: Person = one("person_id")
    __filters__ = (eq("case_id", "person_id", "role"),)
    __orders__ = ("-id", "id")


@view("case_entry", plural="case_entries", permission=WORK, scope=OfCase(own="agency_id"), versioned=False)
class CaseEntry:
    """A line of a case's timeline: what was done, by whom, and where the case stood after it."""

    id: UUID
    case_id: UUID
    at: datetime
    act: CaseAct
    state: CaseState
    agency_id: UUID | None
    staff_id: UUID | None
    remark: Annotated[str | None, PERSONAL]
    agency: Agency = one("agency_id")
    staff: StaffMember = one("staff_id")
    __filters__ = (eq("case_id", "act", "agency_id"), between("at"))
    __orders__ = ("-id", "id")


@view(
    "case_referral", plural="case_referrals", permission=WORK,
    scope=OfCase(own="to_agency_id", parties=("from_agency_id", "to_agency_id")),
)  # fmt: skip
class CaseReferral:
    """One agency asks another to take a case over or to work on it too; it stays with both for good."""

    id: UUID
    version: int
    case_id: UUID
    kind: ReferralKind
    state: ReferralState
    from_agency_id: UUID
    to_agency_id: UUID
    to_department_id: UUID | None
    reason: Annotated[str, PERSONAL]
    respond_by: datetime
    answered_at: datetime | None
    answer: Annotated[str | None, PERSONAL]
    created_at: datetime
    case: Case = one("case_id")
    from_agency: Agency = one("from_agency_id")
    to_agency: Agency = one("to_agency_id")
    __filters__ = (eq("case_id", "kind", "state", "from_agency_id", "to_agency_id"), between("respond_by"))
    __orders__ = ("-id", "id")


@view("case_assignment", plural="case_assignments", permission=WORK, scope=OfCase(own="agency_id"))
class CaseAssignment:
    """A case given to an NGO under a service contract, until a day, for a task in words."""

    id: UUID
    version: int
    case_id: UUID
    agency_id: UUID
    contract_id: UUID
    assigned_by_id: UUID
    state: AssignmentState
    task: Annotated[str, PERSONAL]
    until: datetime
    ended_at: datetime | None
    end_reason: Annotated[str | None, PERSONAL]
    created_at: datetime
    case: Case = one("case_id")
    agency: Agency = one("agency_id")
    contract: ServiceContract = one("contract_id")
    __filters__ = (eq("case_id", "agency_id", "contract_id", "state"),)
    __orders__ = ("-id", "id")


@view("case_note", plural="case_notes", permission=WORK, scope=OfCase(own="agency_id"))
class CaseNote:
    """A note. ``body`` of a confidential one is null here: ``:read`` opens it, and that is put on record."""

    id: UUID
    version: int
    case_id: UUID
    kind: NoteKind
    agency_id: UUID
    staff_id: UUID | None
    body: Annotated[str | None, PERSONAL]
    created_at: datetime
    agency: Agency = one("agency_id")
    staff: StaffMember = one("staff_id")
    __filters__ = (eq("case_id", "kind", "agency_id"),)
    __orders__ = ("-id", "id")


@document(permission="case_work:reveal")
class OpenedNote:
    """The words of a confidential note, released after the event was written."""

    id: UUID
    case_id: UUID
    body: str


@document(permission="case_work:reveal")
class RevealedReporter:
    """Who raised a case and how she is reached, released after the event was written."""

    reporter_name: str | None
    reporter_phone: str | None


@view("case_step", plural="case_steps", permission=WORK, scope=OfCase(own="agency_id"))
class CaseStep:
    """Something done about a case: a service, a mediation, a petition by proxy, legal aid, a call-back.

    ``may_reopen``: whoever was called back is not satisfied, and the case has not been taken up again since.
    """

    id: UUID
    version: int
    case_id: UUID
    kind: StepKind
    agency_id: UUID
    staff_id: UUID | None
    done_on: date
    minutes: int | None
    place: Annotated[str | None, PERSONAL]
    with_whom: Annotated[str | None, PERSONAL]
    content: Annotated[str, PERSONAL]
    result: Annotated[str | None, PERSONAL]
    satisfaction: Satisfaction | None
    may_reopen: bool = computed("case_step_may_reopen")
    created_at: datetime
    agency: Agency = one("agency_id")
    staff: StaffMember = one("staff_id")
    __filters__ = (eq("case_id", "kind", "agency_id", "satisfaction"), between("done_on"))
    __orders__ = ("-id", "id")


@view("case_attachment", plural="case_attachments", permission=WORK, scope=OfCase(own="agency_id"))
class CaseAttachment:
    """A file of a case; its bytes come from ``GET /v1/case_attachments/{id}/content``, which is put on record.

    ``scanned``: a scanner looked at the bytes and found nothing. ``digest`` is their SHA-256. The bytes of a
    ``confidential`` one go only to who works the case.
    """

    id: UUID
    version: int
    case_id: UUID
    agency_id: UUID
    name: Annotated[str, PERSONAL]
    media_type: str
    size: int
    digest: str
    confidential: bool
    scanned: bool = computed("attachment_scanned")
    created_at: datetime
    agency: Agency = one("agency_id")
    __filters__ = (eq("case_id", "agency_id"),)
    __orders__ = ("-id", "id")


@view("case_link", plural="case_links", permission=WORK, scope=OfCase(offices=True))
class CaseLink:
    """Two cases that have to do with each other; each side has its row, and sees the other only if it may.

    An NGO sees none: that there is another case is nothing it was told.
    """

    id: UUID
    version: int
    case_id: UUID
    other_id: UUID
    reason: Annotated[str, PERSONAL]
    created_at: datetime
    other: Case = one("other_id")
    __filters__ = (eq("case_id", "other_id"),)
    __orders__ = ("-id", "id")


__all__ = [
    "Case",
    "CaseAssignment",
    "CaseAttachment",
    "CaseEntry",
    "CaseLink",
    "CaseNote",
    "CaseParty",
    "CasePerson",
    "CaseReferral",
    "CaseRoute",
    "CaseStep",
    "OpenedNote",
    "RevealedReporter",
]
