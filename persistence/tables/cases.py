"""Cases (个案), who takes part in them, and what was done about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from domain.cases.model import (
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
from domain.policy.model import Audience, CaseCategory
from persistence.tables.columns import Keyed, PersonBound, Versioned, at, blob, json_object, moment, one_of, small, soon


class CareCase(PersonBound, table=True):
    """A case. Named so because ``case`` is a word of SQL; everywhere else it is a case.

    ``work_order`` is the place in every work list: the priority class, then the deadline (epoch seconds);
    cases that nobody waits for stand last.
    """

    __tablename__ = "care_case"
    __table_args__: Any = (
        one_of("source", CaseSource, name="care_case_source_known"),
        one_of("category", CaseCategory, name="care_case_category_known"),
        one_of("audience", Audience, name="care_case_audience_known"),
        one_of("state", CaseState, name="care_case_state_known"),
        one_of("outcome", Outcome, name="care_case_outcome_known"),
        one_of("reply_channel", ReplyChannel, name="care_case_channel_known"),
        one_of("priority_class", PriorityClass, name="care_case_priority_known"),
        UniqueConstraint("number", name="care_case_number_key"),
        # Every case has an outcome and every matter a reply (件件有着落、事事有回音).
        CheckConstraint(
            "state NOT IN ('resolved', 'refused', 'replied', 'closed') "
            "OR (outcome IS NOT NULL AND outcome_note IS NOT NULL AND resolved_at IS NOT NULL)",
            name="care_case_has_outcome",
        ),
        CheckConstraint(
            "state NOT IN ('replied', 'closed') "
            "OR (reply IS NOT NULL AND reply_channel IS NOT NULL AND replied_at IS NOT NULL)",
            name="care_case_has_reply",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="care_case_closed"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="care_case_merged"),
        CheckConstraint("extensions BETWEEN 0 AND 1", name="care_case_extended_once"),
        CheckConstraint(
            "(due_at IS NULL) = (state IN ('replied', 'closed', 'merged'))", name="care_case_due_while_open"
        ),
        Index("care_case_region_idx", "region_code", "id"),
        Index("care_case_county_idx", "county", "id"),
        Index("care_case_township_idx", "township", "id"),
        Index("care_case_agency_idx", "agency_id", "id"),
        Index("care_case_agency_work_idx", "agency_id", "work_order", "id"),
        Index("care_case_department_work_idx", "department_id", "work_order", "id"),
        Index("care_case_handler_work_idx", "handler_id", "work_order", "id"),
        Index("care_case_county_work_idx", "county", "work_order", "id"),
        Index("care_case_township_work_idx", "township", "work_order", "id"),
        Index("care_case_work_idx", "work_order", "id"),
        *(
            Index(f"care_case_{name}_open_idx", column, "work_order", "id", postgresql_where="due_at IS NOT NULL")
            for name, column in (("agency", "agency_id"), ("handler", "handler_id"))
        ),
        Index("care_case_person_idx", "person_id", "id"),
        Index("care_case_reporter_idx", "reporter_id", postgresql_where="reporter_id IS NOT NULL"),
        Index("care_case_due_idx", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("care_case_look_idx", "look_at", postgresql_where="look_at IS NOT NULL"),
        Index("care_case_merged_idx", "merged_into_id", postgresql_where="merged_into_id IS NOT NULL"),
    )

    number: str
    source: str
    category: str
    audience: str
    state: str = CaseState.RECEIVED
    urgent: bool = False
    restricted: bool = False  # seen only by the agencies that take part, not by all who look after the person
    priority_class: str = PriorityClass.NORMAL
    work_order: int = Field(sa_type=BigInteger)
    remit: int = small()
    title: str
    description: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id")  # the subject
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    reporter_id: UUID | None = Field(default=None, foreign_key="person.id")  # who raised it, if she is on the ledger
    reporter_agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    reporter_name: str | None = None
    reporter_phone_cipher: bytes | None = blob()
    reporter_phone_masked: str | None = None
    barred: list[UUID] = Field(  # who sees nothing of it, whatever else would open it: the person it accuses
        sa_type=ARRAY(Uuid), sa_column_kwargs={"server_default": text("'{}'")}
    )
    agency_id: UUID = Field(foreign_key="agency.id")  # the lead: who must finish it
    department_id: UUID | None = Field(default=None, foreign_key="department.id")
    handler_id: UUID | None = Field(default=None, foreign_key="staff.id")
    measure_id: UUID | None = Field(default=None, foreign_key="policy_measure.id")  # that it serves
    route: dict[str, Any] = json_object()  # why it went where it went: domain.policy.routing.Route
    received_at: datetime = at()
    accept_by: datetime = at()
    accepted_at: Any = moment()
    finish_by: datetime = at()
    due_at: Any = moment()  # the deadline that runs now
    days_flagged: bool = False  # a year without a published holiday calendar had a part in a deadline
    extensions: int = small(0)
    extension_reason: str | None = None
    warned_for: Any = moment()  # the deadline that was warned of
    escalated_for: Any = moment()  # the deadline that passed, and how far up it was told
    escalation_level: int = small(0)
    look_at: Any = soon()  # when the clock next has something to do about the deadline; null: nothing more
    outcome: str | None = None
    outcome_note: str | None = None
    resolved_at: Any = moment()
    reply: str | None = None
    reply_channel: str | None = None
    replied_at: Any = moment()
    closed_at: Any = moment()
    reopened: int = small(0)
    merged_into_id: UUID | None = Field(default=None, foreign_key="care_case.id")


class OfCase(Versioned):
    """A row that belongs to a case and follows it to whatever region it goes."""

    case_id: UUID = Field(foreign_key="care_case.id")
    region_code: int = Field(sa_type=BigInteger)  # the case's


class CaseParty(OfCase, table=True):
    """An agency that takes part in a case: what opens it beyond region and remit. Ended, not deleted."""

    __tablename__ = "case_party"
    __table_args__: Any = (
        one_of("role", PartyRole, name="case_party_role_known"),
        Index("case_party_current_key", "case_id", "agency_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("case_party_agency_idx", "agency_id", "case_id", postgresql_where="ended_at IS NULL"),
        Index("case_party_ngo_idx", "agency_id", "case_id", postgresql_where="ended_at IS NULL AND role = 'ngo'"),
        Index("case_party_case_idx", "case_id", "id"),
    )

    agency_id: UUID = Field(foreign_key="agency.id")
    role: str
    ended_at: Any = moment()


class CasePerson(OfCase, table=True):
    """A person of a case besides its subject's own row; her file is opened to the agencies that work the case."""

    __tablename__ = "case_person"
    __table_args__: Any = (
        one_of("role", PersonRole, name="case_person_role_known"),
        UniqueConstraint("case_id", "person_id", name="case_person_key"),
        Index("case_person_person_idx", "person_id"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    role: str


class CaseEntry(Keyed, table=True):
    """One line of a case's timeline: an act, by whom, and where the case stood after it. Never changed."""

    __tablename__ = "case_entry"
    __table_args__: Any = (
        one_of("act", CaseAct, name="case_entry_act_known"),
        one_of("state", CaseState, name="case_entry_state_known"),
        Index("case_entry_case_idx", "case_id", "id"),
    )

    case_id: UUID = Field(foreign_key="care_case.id")
    region_code: int = Field(sa_type=BigInteger)
    at: datetime = at()
    act: str
    state: str
    agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    remark: str | None = None


class CaseReferral(OfCase, table=True):
    """One agency asks another to take a case over, or to work on it too.

    ``former_role`` is the part the other had in the case before, and goes back to when it comes to nothing or ends.
    """

    __tablename__ = "case_referral"
    __table_args__: Any = (
        one_of("kind", ReferralKind, name="case_referral_kind_known"),
        one_of("state", ReferralState, name="case_referral_state_known"),
        one_of("former_role", PartyRole, name="case_referral_former_known"),
        Index("case_referral_open_key", "case_id", "to_agency_id", unique=True, postgresql_where="state = 'sent'"),
        Index("case_referral_case_idx", "case_id", "id"),
        Index("case_referral_from_idx", "from_agency_id", "id"),
        Index("case_referral_to_idx", "to_agency_id", "id"),
        Index("case_referral_waiting_idx", "to_agency_id", postgresql_where="state = 'sent'"),
        Index("case_referral_due_idx", "respond_by", postgresql_where="state = 'sent'"),
        Index("case_referral_look_idx", "look_at", postgresql_where="state = 'sent'"),
        Index(
            "case_referral_transfer_key", "case_id", unique=True,
            postgresql_where="state = 'sent' AND kind = 'transfer'",
        ),
    )  # fmt: skip

    kind: str
    state: str = ReferralState.SENT
    from_agency_id: UUID = Field(foreign_key="agency.id")
    to_agency_id: UUID = Field(foreign_key="agency.id")
    to_department_id: UUID | None = Field(default=None, foreign_key="department.id")
    former_role: str | None = None
    reason: str
    respond_by: datetime = at()
    look_at: Any = soon()  # when the clock next has something to do: to remind of it, then to end it
    answered_at: Any = moment()
    answer: str | None = None


class CaseAssignment(OfCase, table=True):
    """A case given to an NGO under a service contract, for a time."""

    __tablename__ = "case_assignment"
    __table_args__: Any = (
        one_of("state", AssignmentState, name="case_assignment_state_known"),
        Index("case_assignment_open_key", "case_id", unique=True, postgresql_where="state = 'open'"),
        Index("case_assignment_case_idx", "case_id", "id"),
        Index("case_assignment_agency_idx", "agency_id", "id"),
        Index("case_assignment_until_idx", "until", postgresql_where="state = 'open'"),
    )

    agency_id: UUID = Field(foreign_key="agency.id")  # the NGO
    contract_id: UUID = Field(foreign_key="service_contract.id")
    assigned_by_id: UUID = Field(foreign_key="agency.id")
    state: str = AssignmentState.OPEN
    task: str
    until: datetime = at()
    ended_at: Any = moment()
    end_reason: str | None = None


class CaseNote(OfCase, table=True):
    """A note. A confidential one (violence, counselling) is sealed, and read one by one, each time on record."""

    __tablename__ = "case_note"
    __table_args__: Any = (
        one_of("kind", NoteKind, name="case_note_kind_known"),
        CheckConstraint(
            "CASE kind WHEN 'normal' THEN body IS NOT NULL AND secret_note_cipher IS NULL "
            "ELSE body IS NULL AND secret_note_cipher IS NOT NULL END",
            name="case_note_sealed",
        ),
        Index("case_note_case_idx", "case_id", "id"),
    )

    kind: str = NoteKind.NORMAL
    agency_id: UUID = Field(foreign_key="agency.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    body: str | None = None
    secret_note_cipher: bytes | None = blob()
    secret_note_masked: str | None = None


class CaseStep(OfCase, table=True):
    """Something done about a case: a service, mediation, petition by proxy, application for legal aid, call-back."""

    __tablename__ = "case_step"
    __table_args__: Any = (
        one_of("kind", StepKind, name="case_step_kind_known"),
        one_of("satisfaction", Satisfaction, name="case_step_satisfaction_known"),
        CheckConstraint("(kind = 'call_back') = (satisfaction IS NOT NULL)", name="case_step_call_back_asks"),
        Index("case_step_case_idx", "case_id", "id"),
    )

    kind: str
    agency_id: UUID = Field(foreign_key="agency.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    done_on: date
    minutes: int | None = None
    place: str | None = None
    with_whom: str | None = None  # the other side of a mediation, the office of a petition
    content: str
    result: str | None = None
    satisfaction: str | None = None


class CaseAttachment(OfCase, table=True):
    """A file of a case. Its bytes stand once for each digest, sealed."""

    __tablename__ = "case_attachment"
    __table_args__: Any = (
        ForeignKeyConstraint(["digest"], ["attachment_content.digest"], name="case_attachment_content"),
        Index("case_attachment_case_idx", "case_id", "id"),
    )

    agency_id: UUID = Field(foreign_key="agency.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    name: str
    media_type: str
    size: int
    digest: str  # SHA-256, hex
    confidential: bool = False


class AttachmentContent(Keyed, table=True):
    """The sealed bytes of an attachment."""

    __tablename__ = "attachment_content"
    __table_args__: Any = (UniqueConstraint("digest", name="attachment_content_key"),)

    digest: str
    content_cipher: bytes | None = blob()
    scanned: str | None = None  # what the scanner said, if one is set up


class CaseLink(OfCase, table=True):
    """Two cases that have to do with each other, each still on its own."""

    __tablename__ = "case_link"
    __table_args__: Any = (
        UniqueConstraint("case_id", "other_id", name="case_link_key"),
        Index("case_link_other_idx", "other_id"),
        CheckConstraint("case_id <> other_id", name="case_link_two"),
    )

    other_id: UUID = Field(foreign_key="care_case.id")
    reason: str


__all__ = [
    "AttachmentContent",
    "CareCase",
    "CaseAssignment",
    "CaseAttachment",
    "CaseEntry",
    "CaseLink",
    "CaseNote",
    "CaseParty",
    "CasePerson",
    "CaseReferral",
    "CaseStep",
]
