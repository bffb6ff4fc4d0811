"""What callers may ask of a case. ``version`` is what ``If-Match`` or ``expectedVersion`` said."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.cases.model import CaseSource, Outcome, PersonRole, ReplyChannel
from domain.cases.records import NoteKind, ReferralKind, Satisfaction, StepKind
from domain.commands import Command, Day, Id, LongText, Name, PastDay, RegionCode, ShortText, Statement, Version, choice
from domain.people.commands import Purpose
from domain.people.forms import Phone
from domain.policy.model import Audience, CaseCategory

Story = LongText
MOST_PEOPLE = 20


class Involved(Command):
    """A person of the ledger who has to do with the case."""

    person_id: Id
    role: Annotated[PersonRole, choice(PersonRole)]


People = Annotated[list[Involved], Field(max_length=MOST_PEOPLE)]


class RegisterCase(Command):
    """Raise a case. Where it goes follows from category, audience and place; the answer says to whom and why.

    ``audience`` is read off the person where none is given, ``region`` too. Without a word on it, a case of
    violence is ``restricted``.
    """

    category: Annotated[CaseCategory, choice(CaseCategory)]
    title: ShortText
    description: Story
    source: Annotated[CaseSource, choice(CaseSource)] | None = None  # default: 基层上报; a resident's: 小程序
    audience: Annotated[Audience, choice(Audience)] | None = None
    region: RegionCode | None = None
    urgent: bool = False
    restricted: bool | None = None
    person_id: Id | None = None
    household_id: Id | None = None
    people: People | None = None
    reporter_name: Name | None = None
    reporter_phone: Phone | None = None


class ReportMinor(Command):
    """Report that a minor is harmed or in danger (强制报告, 未成年人保护法 art. 11): nothing but words is needed.

    What else is said helps and never stops it: a place that is none is looked for among those above it, an id that
    is nobody's is left out.
    """

    description: Statement
    title: ShortText | None = None
    category: Annotated[CaseCategory, choice(CaseCategory)] = CaseCategory.VIOLENCE
    region: ShortText | None = None
    person_id: Id | None = None  # the child, if she is on the ledger
    alleged_person_id: Id | None = None  # sees nothing of it, guardian or not
    reporter_name: ShortText | None = None
    reporter_phone: ShortText | None = None


class CaseCommand(Command):
    """An act on a case in the version that was read."""

    case_id: Id
    version: Version


class AcceptCase(CaseCommand):
    """Take a case on."""

    handler_id: Id | None = None
    department_id: Id | None = None
    remark: Story | None = None


class RedirectCase(CaseCommand):
    """Pass a case that was not accepted yet to the agency that is responsible."""

    agency_id: Id
    department_id: Id | None = None
    region: RegionCode | None = None  # where the matter lies, if the new agency is not responsible for the old place
    reason: Story


class RefuseCase(CaseCommand):
    """Refuse a case, with the reason that will be replied."""

    reason: Story


class StartCase(CaseCommand):
    """Begin to work on a case."""

    handler_id: Id | None = None
    remark: Story | None = None


class ResolveCase(CaseCommand):
    """Say what came of a case."""

    outcome: Annotated[Outcome, choice(Outcome)]
    outcome_note: Story


class ResumeCase(CaseCommand):
    """Go on with a case that was thought resolved."""

    reason: Story


class ReplyCase(CaseCommand):
    """Tell whoever raised it what came of it."""

    reply: Story
    channel: Annotated[ReplyChannel, choice(ReplyChannel)]


class CloseCase(CaseCommand):
    """Close a case that has its outcome and its reply."""

    remark: Story | None = None


class ReopenCase(CaseCommand):
    """Take a case up again, with new deadlines."""

    reason: Story


class ExtendCase(CaseCommand):
    """Grant the one extension of the time to finish, before it is over."""

    reason: Story


class ReferCase(CaseCommand):
    """Ask another agency to take a case over, or to work on it too; it has so many working days to answer."""

    agency_id: Id
    department_id: Id | None = None
    kind: Annotated[ReferralKind, choice(ReferralKind)]
    reason: Story
    days: Annotated[int, Field(ge=1, le=15)] = 5  # an urgent case: 24 hours, whatever is said here


class ReferralCommand(Command):
    """An act on a referral. Who comes second is told what became of it."""

    referral_id: Id


class AcceptReferral(ReferralCommand):
    """Take a case over, or work on it too. Handler, department and place are of a transfer alone."""

    handler_id: Id | None = None
    department_id: Id | None = None
    region: RegionCode | None = None  # where the matter lies, if the new agency is not responsible for the old place
    remark: Story | None = None


class RejectReferral(ReferralCommand):
    """Say no, and why."""

    reason: Story


class WithdrawReferral(ReferralCommand):
    """Take a referral back that nobody answered yet."""

    reason: Story | None = None


class EndReferral(ReferralCommand):
    """End a co-operation."""

    reason: Story


class HandCase(CaseCommand):
    """Make a member of the agency's staff responsible by name, or one of its departments."""

    handler_id: Id | None = None
    department_id: Id | None = None
    remark: Story | None = None


class MergeCase(CaseCommand):
    """Go on with this matter as another case that is about the same."""

    into_id: Id
    reason: Story


class LinkCase(Command):
    """Say that two cases have to do with each other."""

    case_id: Id
    other_id: Id
    reason: Story


class InvolvePerson(CaseCommand):
    """Name a person of the ledger who has to do with the case."""

    person_id: Id
    role: Annotated[PersonRole, choice(PersonRole)]


class AttachFile(Command):
    """Put a file beside a case: its bytes, its name, and as what it came (``said``: the part's content type)."""

    case_id: Id
    name: ShortText
    said: Annotated[str, StringConstraints(max_length=200)] = ""
    confidential: bool | None = None
    content: bytes = Field(repr=False)
    scanned: str | None = None  # what the scanner said; None: there is none


class AssignCase(CaseCommand):
    """Give a case to the NGO of a service contract, until a day (that day included; default: the contract's last)."""

    contract_id: Id
    task: Story
    until: Day | None = None


class AssignmentCommand(Command):
    """An act on an assignment in the version that was read."""

    assignment_id: Id
    version: Version


class HandBackAssignment(AssignmentCommand):
    """Hand a case back before its time; ``note`` is the NGO's last word on it and stays with the case."""

    reason: ShortText
    note: Story


class WithdrawAssignment(AssignmentCommand):
    """Take a case back from an NGO."""

    reason: ShortText


class AddNote(Command):
    """Write a note about a case. A confidential one (violence, counselling) is sealed."""

    case_id: Id
    body: Story
    kind: Annotated[NoteKind, choice(NoteKind)] = NoteKind.NORMAL


class ReadNote(Command):
    """Open a confidential note; ``purpose`` goes to the log before its words leave."""

    note_id: Id
    purpose: Purpose


class RecordStep(Command):
    """Record something that was done about a case.

    ``service`` needs ``minutes``; ``mediation`` needs ``with_whom`` and ``result``; ``petition_proxy`` and
    ``legal_aid`` need ``with_whom`` (the office); ``call_back`` needs ``satisfaction``, which the others lack.
    """

    case_id: Id
    kind: Annotated[StepKind, choice(StepKind)]
    done_on: PastDay
    content: Story
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    place: ShortText | None = None
    with_whom: ShortText | None = None
    result: Story | None = None
    satisfaction: Annotated[Satisfaction, choice(Satisfaction)] | None = None


class RevealReporter(Command):
    """See the full telephone number of whoever raised a case; ``purpose`` goes to the log first."""

    case_id: Id
    purpose: Purpose


__all__ = [
    "AcceptCase",
    "AcceptReferral",
    "AddNote",
    "AssignCase",
    "AssignmentCommand",
    "AttachFile",
    "CaseCommand",
    "CloseCase",
    "EndReferral",
    "ExtendCase",
    "HandBackAssignment",
    "HandCase",
    "InvolvePerson",
    "Involved",
    "LinkCase",
    "MergeCase",
    "ReadNote",
    "RecordStep",
    "RedirectCase",
    "ReferCase",
    "ReferralCommand",
    "RefuseCase",
    "RegisterCase",
    "RejectReferral",
    "ReopenCase",
    "ReplyCase",
    "ReportMinor",
    "ResolveCase",
    "ResumeCase",
    "RevealReporter",
    "StartCase",
    "WithdrawAssignment",
    "WithdrawReferral",
]
