"""The writes of cases and of what stands beside them: a part of the table in ``api.operations``."""

from domain.cases import commands as case
from domain.cases import use_cases as cases
from domain.writes import Write
from domain.writes import write as _write

REPORT = "cases:report"
MINORS = "minors:report"
CASES = "cases:write"
WORK = "case_work:write"
REVEAL = "case_work:reveal"

CASE_WRITES: tuple[Write, ...] = (
    _write(cases.register_case, case.RegisterCase, "/v1/cases", "Case", REPORT, status=201),
    _write(cases.report_minor, case.ReportMinor, "/v1/cases:report_minor", "Case", MINORS, status=201),
    *(
        _write(use_case, command, f"/v1/cases/{{id}}:{verb}", "Case", CASES, "case_id")
        for verb, use_case, command in (
            ("accept", cases.accept_case, case.AcceptCase),
            ("redirect", cases.redirect_case, case.RedirectCase),
            ("refuse", cases.refuse_case, case.RefuseCase),
            ("start", cases.start_case, case.StartCase),
            ("resolve", cases.resolve_case, case.ResolveCase),
            ("resume", cases.resume_case, case.ResumeCase),
            ("reply", cases.reply_case, case.ReplyCase),
            ("close", cases.close_case, case.CloseCase),
            ("reopen", cases.reopen_case, case.ReopenCase),
            ("extend", cases.extend_case, case.ExtendCase),
            ("hand_to", cases.hand_case, case.HandCase),
            ("involve_person", cases.involve_person, case.InvolvePerson),
            ("merge", cases.merge_case, case.MergeCase),
            ("link", cases.link_case, case.LinkCase),
        )
    ),
    _write(cases.refer_case, case.ReferCase, "/v1/cases/{id}:refer", "CaseReferral", CASES, "case_id", status=201),
    *(
        _write(use_case, command, f"/v1/case_referrals/{{id}}:{verb}", "CaseReferral", CASES, "referral_id")
        for verb, use_case, command in (
            ("accept", cases.accept_referral, case.AcceptReferral),
            ("reject", cases.reject_referral, case.RejectReferral),
            ("withdraw", cases.withdraw_referral, case.WithdrawReferral),
            ("end", cases.end_referral, case.EndReferral),
        )
    ),
    # in the hands of an NGO
    _write(cases.assign_case, case.AssignCase, "/v1/cases/{id}:assign", "CaseAssignment", CASES, "case_id", status=201),
    _write(
        cases.hand_back_assignment,
        case.HandBackAssignment,
        "/v1/case_assignments/{id}:hand_back",
        "CaseAssignment",
        WORK,
        "assignment_id",
    ),
    _write(
        cases.withdraw_assignment,
        case.WithdrawAssignment,
        "/v1/case_assignments/{id}:withdraw",
        "CaseAssignment",
        CASES,
        "assignment_id",
    ),
    # notes and steps; what opens a secret is done anew each time
    _write(cases.add_note, case.AddNote, "/v1/cases/{id}:add_note", "CaseNote", WORK, "case_id", status=201),
    _write(cases.read_note, case.ReadNote, "/v1/case_notes/{id}:read", "OpenedNote", REVEAL, "note_id", replayed=False),
    _write(cases.record_step, case.RecordStep, "/v1/cases/{id}:record_step", "CaseStep", WORK, "case_id", status=201),
    _write(
        cases.reveal_reporter,
        case.RevealReporter,
        "/v1/cases/{id}:reveal_reporter",
        "RevealedReporter",
        REVEAL,
        "case_id",
        replayed=False,
    ),
)
