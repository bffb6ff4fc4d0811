"""Notices (消息): what is told to an agency's desk or to one of its staff.

A notice holds no personal data: it says what kind of thing happened, to which record, where and by when.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class NoticeKind(StrEnum):
    """What a notice tells."""

    CASE_ASSIGNED = "case_assigned"
    CASE_RECEIVED = "case_received"
    CASE_REFERRED = "case_referred"
    CASE_DUE_SOON = "case_due_soon"
    CASE_OVERDUE = "case_overdue"
    CASE_ESCALATED = "case_escalated"
    CASE_REPLIED = "case_replied"
    CASE_REOPENED = "case_reopened"
    CASE_HANDED_BACK = "case_handed_back"
    CASE_UNSATISFIED = "case_unsatisfied"
    ASSIGNMENT_ENDED = "assignment_ended"
    MANDATORY_REPORT = "mandatory_report"  # 强制报告, 未成年人保护法第十一条
    REFERRAL_DUE = "referral_due"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_REJECTED = "referral_rejected"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    REFERRAL_EXPIRED = "referral_expired"
    REFERRAL_ENDED = "referral_ended"
    CONTRACT_ENDING = "contract_ending"
    CONTRACT_ENDED = "contract_ended"
    BREAK_GLASS_OPENED = "break_glass_opened"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told, to whom, about which record (a table's name and a row's id).

    Without ``staff_id`` the agency's whole desk is told. ``slot`` tells apart what may be told again about
    the same record (the third reminder); two notices alike in agency, staff, kind, record and slot are one.
    """

    kind: NoticeKind
    agency_id: UUID
    record: str
    record_id: UUID
    region_code: int  # 12-digit
    staff_id: UUID | None = None
    urgent: bool = False
    due_at: datetime | None = None
    slot: str = ""


__all__ = ["Notice", "NoticeKind"]
