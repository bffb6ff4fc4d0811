"""What a notice says: a sentence for every kind, in Chinese and in English.

Around it ``persistence.reading.notices`` puts whether it is urgent, where, and by when.
"""

from typing import Final

from domain.notifications.model import NoticeKind

SENTENCES: Final[dict[NoticeKind, tuple[str, str]]] = {
    NoticeKind.CASE_ASSIGNED: ("有个案指派办理", "a case has been assigned here"),
    NoticeKind.CASE_RECEIVED: ("收到新个案，请决定是否受理", "a new case has come in; please decide on it"),
    NoticeKind.CASE_REFERRED: ("收到转办个案，请答复是否接收", "a case has been referred here; please answer"),
    NoticeKind.CASE_DUE_SOON: ("个案办理期限将至", "a case is due soon"),
    NoticeKind.CASE_OVERDUE: ("个案已逾期", "a case is overdue"),
    NoticeKind.CASE_ESCALATED: ("下级个案逾期未办，现由贵处督办", "an overdue case has been escalated here"),
    NoticeKind.CASE_REPLIED: ("个案已有答复", "a case has been replied to"),
    NoticeKind.CASE_REOPENED: ("个案重新办理", "a case has been reopened"),
    NoticeKind.CASE_HANDED_BACK: ("承接机构退回了个案", "a case has been handed back"),
    NoticeKind.CASE_UNSATISFIED: ("回访不满意，可重新办理", "a call-back found somebody not satisfied"),
    NoticeKind.ASSIGNMENT_ENDED: ("个案承接已结束", "an assignment of a case has ended"),
    NoticeKind.MANDATORY_REPORT: (
        "收到侵害未成年人案件强制报告，请立即处置",
        "a mandatory report about a minor has come in; act at once",
    ),
    NoticeKind.REFERRAL_DUE: ("转办个案答复期限将至", "the answer to a referred case is due soon"),
    NoticeKind.REFERRAL_ACCEPTED: ("转办个案已被接收", "a referred case has been accepted"),
    NoticeKind.REFERRAL_REJECTED: ("转办个案被退回", "a referred case has been rejected"),
    NoticeKind.REFERRAL_WITHDRAWN: ("转办个案已撤回", "a referred case has been withdrawn"),
    NoticeKind.REFERRAL_EXPIRED: ("转办个案逾期未答复", "a referral of a case has expired without an answer"),
    NoticeKind.REFERRAL_ENDED: ("个案协办已结束", "the co-operation on a case has ended"),
    NoticeKind.CONTRACT_ENDING: ("政府购买服务合同即将到期", "a service contract is about to end"),
    NoticeKind.CONTRACT_ENDED: ("政府购买服务合同已终止", "a service contract has ended"),
    NoticeKind.BREAK_GLASS_OPENED: (
        "所辖工作人员应急打开了一份档案，请复核",
        "staff under your supervision opened a file in an emergency; please review it",
    ),
}

__all__ = ["SENTENCES"]
