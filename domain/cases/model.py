"""The values and states of a case.

"Every case has an outcome and every matter a reply" (件件有着落、事事有回音; documents 001 and 003): there is no
way to ``closed`` but through an outcome and a reply, here, in the table's constraints and in both transports.
"""

from enum import StrEnum
from typing import Final

from domain.states import States


class CaseSource(StrEnum):
    """Where a case came from (来源)."""

    REPORT = "report"  # 基层上报
    VISIT = "visit"  # 走访发现
    HOTLINE = "hotline"  # 12338热线
    PETITION = "petition"  # 信访
    MINI_PROGRAM = "mini_program"  # 小程序
    ALARM = "alarm"  # 预警
    SYSTEM = "system"  # 其他系统推送
    MANDATORY_REPORT = "mandatory_report"  # 强制报告（未成年人保护法第十一条）


class CaseState(StrEnum):
    """Where a case stands. ``refused`` needs its reply as well; ``merged`` goes on as another case."""

    RECEIVED = "received"  # 已登记
    REDIRECTED = "redirected"  # 已转办
    ACCEPTED = "accepted"  # 已受理
    REFUSED = "refused"  # 不予受理
    IN_PROGRESS = "in_progress"  # 办理中
    RESOLVED = "resolved"  # 已办结
    REPLIED = "replied"  # 已答复
    CLOSED = "closed"  # 已结案
    MERGED = "merged"  # 已并案


class CaseAct(StrEnum):
    """What is done about a case: the entries of its timeline. Those that change the state stand in ``CASE_STATES``."""

    REGISTER = "register"
    ACCEPT = "accept"
    REDIRECT = "redirect"
    REFUSE = "refuse"
    START = "start"
    RESOLVE = "resolve"
    RESUME = "resume"  # what was thought resolved is not
    REPLY = "reply"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"
    EXTEND = "extend"
    HAND_TO = "hand_to"  # a named member of staff is responsible
    LINK = "link"
    INVOLVE = "involve"
    REFER = "refer"
    ACCEPT_REFERRAL = "accept_referral"
    REJECT_REFERRAL = "reject_referral"
    WITHDRAW_REFERRAL = "withdraw_referral"
    EXPIRE_REFERRAL = "expire_referral"
    END_REFERRAL = "end_referral"  # a co-operation is over
    ASSIGN = "assign"
    HAND_BACK = "hand_back"
    WITHDRAW_ASSIGNMENT = "withdraw_assignment"
    EXPIRE_ASSIGNMENT = "expire_assignment"
    NOTE = "note"
    STEP = "step"
    ATTACH = "attach"
    WARN = "warn"
    ESCALATE = "escalate"


class Outcome(StrEnum):
    """What came of it (办理结果)."""

    SOLVED = "solved"  # 已解决
    PARTLY_SOLVED = "partly_solved"  # 部分解决
    NOT_SOLVED = "not_solved"  # 未能解决
    UNFOUNDED = "unfounded"  # 经查不属实
    WITHDRAWN = "withdrawn"  # 当事人撤回
    REFUSED = "refused"  # 不予受理
    PASSED_ON = "passed_on"  # 已转其他法定途径


class ReplyChannel(StrEnum):
    """How whoever raised the matter was told (答复方式)."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    LETTER = "letter"
    MINI_PROGRAM = "mini_program"
    PUBLIC_NOTICE = "public_notice"  # nobody is known who could be told


class PartyRole(StrEnum):
    """What an agency has to do with a case; from it follows what of the case the agency sees."""

    LEAD = "lead"  # 牵头/主办
    CO = "co"  # 协办
    OVERSEER = "overseer"  # 督办: an upper office, after an escalation
    ASKED = "asked"  # 待接收: a referral waits for its answer
    INFORMED = "informed"  # 知会
    REPORTER = "reporter"  # 上报单位
    NGO = "ngo"  # 承接机构


class PersonRole(StrEnum):
    """What a person has to do with a case."""

    SUBJECT = "subject"  # 当事人
    GUARDIAN = "guardian"  # 监护人
    FAMILY = "family"  # 家庭成员
    WITNESS = "witness"  # 知情人
    ALLEGED = "alleged"  # 涉嫌侵害人: sees nothing of the case


class PriorityClass(StrEnum):
    """What comes first in every work list."""

    URGENT = "urgent"  # a matter of safety
    PRIORITY = "priority"  # 重点对象: hardship, disability, serious illness
    NORMAL = "normal"


# Whoever works the case sees all of it; the others see the case itself, and an NGO its own part.
WORKING: Final = (PartyRole.LEAD, PartyRole.CO, PartyRole.OVERSEER)

CASE_STATES: Final = States(
    "case.not_allowed",
    {
        CaseState.RECEIVED: {
            CaseAct.ACCEPT: CaseState.ACCEPTED,
            CaseAct.REDIRECT: CaseState.REDIRECTED,
            CaseAct.REFUSE: CaseState.REFUSED,
            CaseAct.MERGE: CaseState.MERGED,
            CaseAct.REFER: CaseState.RECEIVED,
        },
        CaseState.REDIRECTED: {
            CaseAct.ACCEPT: CaseState.ACCEPTED,
            CaseAct.REDIRECT: CaseState.REDIRECTED,
            CaseAct.REFUSE: CaseState.REFUSED,
            CaseAct.MERGE: CaseState.MERGED,
            CaseAct.REFER: CaseState.REDIRECTED,
        },
        CaseState.ACCEPTED: {
            CaseAct.START: CaseState.IN_PROGRESS,
            CaseAct.EXTEND: CaseState.ACCEPTED,
            CaseAct.ASSIGN: CaseState.ACCEPTED,
            CaseAct.MERGE: CaseState.MERGED,
            CaseAct.REFER: CaseState.ACCEPTED,
        },
        CaseState.IN_PROGRESS: {
            CaseAct.RESOLVE: CaseState.RESOLVED,
            CaseAct.EXTEND: CaseState.IN_PROGRESS,
            CaseAct.ASSIGN: CaseState.IN_PROGRESS,
            CaseAct.MERGE: CaseState.MERGED,
            CaseAct.REFER: CaseState.IN_PROGRESS,
        },
        CaseState.RESOLVED: {CaseAct.REPLY: CaseState.REPLIED, CaseAct.RESUME: CaseState.IN_PROGRESS},
        CaseState.REFUSED: {CaseAct.REPLY: CaseState.REPLIED, CaseAct.REOPEN: CaseState.IN_PROGRESS},
        CaseState.REPLIED: {CaseAct.CLOSE: CaseState.CLOSED, CaseAct.REOPEN: CaseState.IN_PROGRESS},
        CaseState.CLOSED: {CaseAct.REOPEN: CaseState.IN_PROGRESS},
        CaseState.MERGED: {CaseAct.REOPEN: CaseState.IN_PROGRESS},
    },
)

WAITING: Final = frozenset({CaseState.RECEIVED, CaseState.REDIRECTED})  # for somebody to accept it
UNDER_WAY: Final = frozenset({CaseState.ACCEPTED, CaseState.IN_PROGRESS, CaseState.RESOLVED, CaseState.REFUSED})
OPEN: Final = WAITING | UNDER_WAY  # a deadline runs: nobody has been told an outcome yet

__all__ = [
    "CASE_STATES",
    "OPEN",
    "UNDER_WAY",
    "WAITING",
    "WORKING",
    "CaseAct",
    "CaseSource",
    "CaseState",
    "Outcome",
    "PartyRole",
    "PersonRole",
    "PriorityClass",
    "ReplyChannel",
]
