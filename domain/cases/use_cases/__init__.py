"""What is done about cases. Each act is one line of the timeline and one event."""

from domain.cases.use_cases.assignments import (
    assign_case,
    expire_assignment,
    hand_back_assignment,
    withdraw_assignment,
)
from domain.cases.use_cases.attachments import attach_file, read_attachment
from domain.cases.use_cases.intake import register_case, report_minor
from domain.cases.use_cases.notes import add_note, read_note, record_step, reveal_reporter
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
    "add_note",
    "assign_case",
    "attach_file",
    "close_case",
    "end_referral",
    "expire_assignment",
    "extend_case",
    "hand_back_assignment",
    "hand_case",
    "involve_person",
    "link_case",
    "merge_case",
    "read_attachment",
    "read_note",
    "record_step",
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
    "reveal_reporter",
    "start_case",
    "withdraw_assignment",
    "withdraw_referral",
]
