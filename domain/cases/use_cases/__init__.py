"""What is done about cases. Each act is one line of the timeline and one event."""

from domain.cases.use_cases.attachments import attach_file, read_attachment
from domain.cases.use_cases.intake import register_case, report_minor
from domain.cases.use_cases.progress import (
    accept_case,
    close_case,
    extend_case,
    redirect_case,
    refuse_case,
    reopen_case,
    reply_case,
    resolve_case,
    resume_case,
    start_case,
)
from domain.cases.use_cases.referrals import (
    accept_referral,
    end_referral,
    refer_case,
    reject_referral,
    withdraw_referral,
)
from domain.cases.use_cases.together import hand_case, involve_person, link_case, merge_case

__all__ = [
    "accept_case",
    "accept_referral",
    "attach_file",
    "close_case",
    "end_referral",
    "extend_case",
    "hand_case",
    "involve_person",
    "link_case",
    "merge_case",
    "read_attachment",
    "redirect_case",
    "refer_case",
    "refuse_case",
    "register_case",
    "reject_referral",
    "reopen_case",
    "reply_case",
    "report_minor",
    "resolve_case",
    "resume_case",
    "start_case",
    "withdraw_referral",
]
