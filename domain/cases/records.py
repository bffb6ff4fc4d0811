"""What stands beside a case: referrals, assignments to NGOs, notes and steps, with their values and states."""

from enum import StrEnum
from typing import Final

from domain.states import States


class ReferralKind(StrEnum):
    """What is asked of the other agency."""

    TRANSFER = "transfer"  # 移交: it becomes the lead, and the case goes to it with everything
    COOPERATION = "cooperation"  # 协办: it works on the case too


class ReferralState(StrEnum):
    """``sent`` waits for an answer; after ``accepted`` a co-operation may end, a transfer stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"  # a co-operation that is over


class ReferralAct(StrEnum):
    """What is done about a referral."""

    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    END = "end"


class AssignmentState(StrEnum):
    """Whether an NGO still works the case."""

    OPEN = "open"
    HANDED_BACK = "handed_back"  # by the NGO
    WITHDRAWN = "withdrawn"  # by the agency that gave it
    EXPIRED = "expired"  # its time, or its contract's, is over
    COMPLETED = "completed"  # the case was closed


class AssignmentAct(StrEnum):
    """What is done about an assignment."""

    HAND_BACK = "hand_back"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    COMPLETE = "complete"


class NoteKind(StrEnum):
    """Who reads a note."""

    NORMAL = "normal"
    CONFIDENTIAL = "confidential"  # violence, counselling


class StepKind(StrEnum):
    """What was done."""

    SERVICE = "service"  # 服务记录
    MEDIATION = "mediation"  # 调解
    PETITION_PROXY = "petition_proxy"  # 信访代理
    LEGAL_AID = "legal_aid"  # 法律援助申请
    CALL_BACK = "call_back"  # 满意度回访


class Satisfaction(StrEnum):
    """What whoever raised the matter says of what came of it (满意度)."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNREACHABLE = "unreachable"  # 未能联系


REFERRAL_STATES: Final = States(
    "case_referral.not_allowed",
    {
        ReferralState.SENT: {
            ReferralAct.ACCEPT: ReferralState.ACCEPTED,
            ReferralAct.REJECT: ReferralState.REJECTED,
            ReferralAct.WITHDRAW: ReferralState.WITHDRAWN,
            ReferralAct.EXPIRE: ReferralState.EXPIRED,
        },
        ReferralState.ACCEPTED: {ReferralAct.END: ReferralState.ENDED},
        ReferralState.REJECTED: {},
        ReferralState.WITHDRAWN: {},
        ReferralState.EXPIRED: {},
        ReferralState.ENDED: {},
    },
)
ASSIGNMENT_STATES: Final = States(
    "case_assignment.not_allowed",
    {
        AssignmentState.OPEN: {
            AssignmentAct.HAND_BACK: AssignmentState.HANDED_BACK,
            AssignmentAct.WITHDRAW: AssignmentState.WITHDRAWN,
            AssignmentAct.EXPIRE: AssignmentState.EXPIRED,
            AssignmentAct.COMPLETE: AssignmentState.COMPLETED,
        },
        AssignmentState.HANDED_BACK: {},
        AssignmentState.WITHDRAWN: {},
        AssignmentState.EXPIRED: {},
        AssignmentState.COMPLETED: {},
    },
)

__all__ = [
    "ASSIGNMENT_STATES",
    "REFERRAL_STATES",
    "AssignmentAct",
    "AssignmentState",
    "NoteKind",
    "ReferralAct",
    "ReferralKind",
    "ReferralState",
    "Satisfaction",
    "StepKind",
]
