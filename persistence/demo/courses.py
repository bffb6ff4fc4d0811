"""How a case of the demo county goes on: accepted, worked, referred, assigned, resolved, replied, closed.

A course runs by chance from act to act until today; what a staged one must come by is named.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final

from domain.cases.deadlines import end_of, extended, to_accept, to_answer, to_finish, warned_from, working_day
from domain.cases.model import WAITING, CaseAct, CaseSource, Outcome, PartyRole, ReplyChannel
from domain.cases.records import AssignmentAct, NoteKind, ReferralAct, ReferralKind, Satisfaction, StepKind
from domain.cases.use_cases.clock import A_LEVEL, A_LEVEL_URGENT
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from domain.policy.model import Audience, CaseCategory
from persistence.demo import case_texts as texts
from persistence.demo.case_chances import (
    ASSIGNMENTS,
    CHANCES,
    NO_OUTCOME,
    NO_REPLY,
    OTHER_OFFICES,
    OUTCOMES,
    REFERRALS,
    STEPS,
    Wants,
)
from persistence.demo.case_offices import Office
from persistence.demo.case_texts import Matter
from persistence.demo.docket import Docket, File
from persistence.demo.history import Act
from persistence.demo.people import Maker

Row = dict[str, Any]
JOB: Final = Act(None, channel="job", sub="system:cases")
DAY: Final = timedelta(days=1)


class NotYet(Exception):
    """What comes next lies in the future."""


class Course:
    """One case's way."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a course is made of
        self, make: Maker, docket: Docket, office: Office, now: datetime, file: File, matter: Matter, wants: Wants
    ) -> None:
        self._make, self._docket, self._office, self._now = make, docket, office, now
        self._file, self._matter = file, matter
        self._wants = {one for one in wants if ":" not in one}
        self._set = dict(one.split(":") for one in wants if ":" in one)
        self.twin: Callable[[datetime], File] | None = None
        self.twins: list[File] = []
        self._chance = not wants
        if self._chance:
            self._wants |= {one for one, share in CHANCES.items() if make.happens(share)}

    def run(self) -> None:
        """Tell the case until it is closed, merged, or today has come."""
        if "redirect" in self._wants and self._row["source"] != CaseSource.MANDATORY_REPORT:
            self._redirect()
        if "refuse" in self._wants:
            self._refuse()
            return
        self._accept()
        self._start()
        self._beside()
        self._work()
        self._finish()
        if "reopen" in self._wants:
            self._reopen()
            self._finish()

    # ---- time ---------------------------------------------------------------------------------

    @property
    def _row(self) -> Row:
        return self._file.row

    def _move(self, least: float, most: float) -> datetime:
        """Return a moment of a working day so many days later; what ran out before it is told first."""
        days = self._make.chance.uniform(least, most)
        at = self._file.at + timedelta(days=days)
        if days >= 1:
            day = at.astimezone(SHANGHAI).date()
            while not working_day(day)[0]:
                day += DAY
            at = datetime.combine(
                day, time(self._make.chance.randint(9, 16), self._make.chance.randrange(60)), SHANGHAI
            )
        at = max(at, self._file.at + timedelta(minutes=7))
        self._runs_out(min(at, self._now))
        at = max(at, self._file.at + timedelta(minutes=7))
        if at >= self._now:
            raise NotYet
        return at

    def _soon(self, most: float) -> datetime:
        """Return a moment within so many days; of a staged case within one, whatever holidays there are."""
        return self._move(0.05, most if self._chance else 0.8)

    def _runs_out(self, until: datetime) -> None:
        """Tell the warnings and escalations before a moment."""
        row, due = self._row, self._row["due_at"]
        if due is None:
            return
        since = row["received_at"] if row["state"] in WAITING else row["accepted_at"] or row["received_at"]
        warn = max(warned_from(since, due), self._file.at)
        if row["warned_for"] != due and warn < until:
            row |= {"warned_for": due, "look_at": due}
            self._docket.record(self._file, CaseAct.WARN, warn, JOB)
            self._docket.tell(self._file, NoticeKind.CASE_DUE_SOON, row["agency_id"], row["handler_id"])
        if due < until:
            self._passed(due, until)

    def _passed(self, due: datetime, until: datetime) -> None:
        """Tell that a deadline has passed, and each further day (urgent: six hours) one office further up."""
        row, step = self._row, A_LEVEL_URGENT if self._row["urgent"] else A_LEVEL
        if row["escalated_for"] != due:
            row |= {"escalated_for": due, "escalation_level": 0}
            self._docket.tell(self._file, NoticeKind.CASE_OVERDUE, row["agency_id"])
        above = self._office.above(row["agency_id"])
        for level, upper in enumerate(above[row["escalation_level"] :], row["escalation_level"] + 1):
            if due + level * step >= until:
                break
            row["escalation_level"] = level
            self._docket.record(self._file, CaseAct.ESCALATE, due + level * step, JOB, level=level, to=str(upper))
            self._docket.enlist(self._file, upper, PartyRole.OVERSEER)
            self._docket.tell(self._file, NoticeKind.CASE_ESCALATED, upper)
        level = row["escalation_level"]
        row["look_at"] = due + (level + 1) * step if level < len(above) else None

    def _lead(self) -> Act:
        handler = self._row["handler_id"]
        if handler is None:
            return Act(self._office.worker(self._row["agency_id"]))
        return Act({"id": handler, "agency_id": self._row["agency_id"]})

    def _stop(self, stage: str) -> None:
        if self._set.get("stop") == stage:
            self._runs_out(self._now)
            raise NotYet

    # ---- the way ------------------------------------------------------------------------------

    def _redirect(self) -> None:
        key = OTHER_OFFICES.get(CaseCategory(self._row["category"]))
        to = self._office.agency(key)["id"] if key else None
        if to is None or to == self._row["agency_id"]:
            return
        at = self._move(0.2, 2)
        row, old, by = self._row, self._row["agency_id"], self._lead()
        limit = to_accept(CaseCategory(row["category"]), at, urgent=row["urgent"])
        changes = {
            "agency_id": to, "department_id": None, "handler_id": None,
            "accept_by": min(limit.at, max(row["finish_by"], row["accept_by"])),
            "days_flagged": row["days_flagged"] or limit.flagged,
        }  # fmt: skip
        self._docket.act(self._file, CaseAct.REDIRECT, at, by, changes, texts.REDIRECTED)
        self._docket.step_back(self._file, old, PartyRole.INFORMED)
        self._docket.enlist(self._file, to, PartyRole.LEAD)
        self._docket.tell(self._file, NoticeKind.CASE_RECEIVED, to)

    def _refuse(self) -> None:
        reason, reply = self._make.chance.choice(texts.REFUSED)
        at = self._move(0.3, 4)
        changes = {"outcome": Outcome.REFUSED, "outcome_note": reason, "resolved_at": at}
        self._docket.act(self._file, CaseAct.REFUSE, at, self._lead(), changes, reason)
        self._reply(reply)
        self._close()

    def _accept(self) -> None:
        self._stop("received")
        days = (self._row["accept_by"] - self._file.at) / DAY
        at = self._move(days + 0.3, days + 3) if "late" in self._wants else self._soon(max(days * 0.6, 0.1))
        row = self._row
        handler = self._office.worker(row["agency_id"])
        department = self._office.department(row["agency_id"], Audience(row["audience"])) or row["department_id"]
        changes = {"accepted_at": at, "handler_id": handler["id"], "department_id": department}
        head = self._lead()
        self._docket.act(self._file, CaseAct.ACCEPT, at, head, changes)
        if head.by and head.by["id"] != handler["id"]:
            self._docket.tell(self._file, NoticeKind.CASE_ASSIGNED, row["agency_id"], handler["id"])

    def _start(self) -> None:
        self._docket.act(self._file, CaseAct.START, self._soon(3), self._lead())

    def _work(self) -> None:
        """Do what there is to do in the time there is; late ones need longer."""
        if "extend" in self._wants and self._move(1, 4) < self._row["finish_by"]:
            self._extend()
        left = max((self._row["finish_by"] - self._file.at) / DAY, 3)
        share = 1.4 if "late" in self._wants and "stop" not in self._set else self._make.chance.uniform(0.3, 0.85)
        kind = STEPS.get(CaseCategory(self._row["category"]), StepKind.SERVICE)
        if self._row["source"] == CaseSource.PETITION and self._make.happens(0.5):
            kind = StepKind.PETITION_PROXY
        parts = len(self._matter.done) + 1
        for done in self._matter.done:
            at = self._move(left * share * 0.5 / parts, left * share / parts)
            with_whom = {
                StepKind.MEDIATION: "双方当事人",
                StepKind.PETITION_PROXY: "市信访局",
                StepKind.LEGAL_AID: "市法律援助中心",
            }.get(kind)
            result = "达成一致" if kind is StepKind.MEDIATION else None
            minutes = self._make.chance.choice((40, 60, 90)) if kind is StepKind.SERVICE else None
            self._docket.step(
                self._file, kind, at, self._lead(), done, minutes=minutes, with_whom=with_whom, result=result,
                place="当事人家中",
            )  # fmt: skip
            if self._make.happens(0.5):
                self._docket.note(self._file, self._file.at, self._lead(), self._make.chance.choice(texts.NOTES))
        if "secret" in self._wants or (self._row["category"] == CaseCategory.VIOLENCE and self._make.happens(0.6)):
            secret = self._make.chance.choice(texts.SECRETS)
            self._docket.note(self._file, self._file.at, self._lead(), secret, NoteKind.CONFIDENTIAL)
        if "merge" in self._wants:
            self._merge()
        self._stop("work")

    def _extend(self) -> None:
        row = self._row
        limit = extended(CaseCategory(row["category"]), row["finish_by"])
        reason = self._make.chance.choice(texts.EXTENDED)
        changes = {
            "finish_by": limit.at, "extensions": 1, "extension_reason": reason,
            "days_flagged": row["days_flagged"] or limit.flagged,
        }  # fmt: skip
        self._docket.act(self._file, CaseAct.EXTEND, self._file.at, self._lead(), changes, reason)

    def _finish(self) -> None:
        """Resolve, reply, ask whether it helped, close."""
        self._resolve()
        if "resume" in self._wants:
            at = self._move(1, 4)
            self._docket.act(self._file, CaseAct.RESUME, at, self._lead(), NO_OUTCOME, texts.RESUMED)
            self._resolve()
        self._reply(self._matter.reply)
        if self._make.happens(0.6) or "unhappy" in self._wants:
            unhappy = "unhappy" in self._wants and not self._row["reopened"]
            said = Satisfaction.UNSATISFIED if unhappy else self._make.chance.choice(
                (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.SATISFIED, Satisfaction.UNREACHABLE)
            )  # fmt: skip
            at = self._move(2, 9)
            self._docket.step(self._file, StepKind.CALL_BACK, at, self._lead(), texts.CALLED, satisfaction=said)
        self._close()

    def _resolve(self) -> None:
        at, outcome = self._move(0.5, 4), self._make.one_of(OUTCOMES)
        note = self._matter.outcome
        changes = {"outcome": outcome, "outcome_note": note, "resolved_at": at}
        self._docket.act(self._file, CaseAct.RESOLVE, at, self._lead(), changes, note, outcome=str(outcome))

    def _reply(self, reply: str) -> None:
        at = self._move(0.1, 3)
        mini = self._row["source"] == CaseSource.MINI_PROGRAM
        channel = ReplyChannel.MINI_PROGRAM if mini else self._make.one_of(
            {ReplyChannel.PHONE: 5, ReplyChannel.IN_PERSON: 5, ReplyChannel.LETTER: 1}
        )  # fmt: skip
        changes = {"reply": reply, "reply_channel": channel, "replied_at": at}
        self._docket.act(self._file, CaseAct.REPLY, at, self._lead(), changes, reply, channel=str(channel))
        reporter = self._row["reporter_agency_id"]
        if reporter not in {None, self._row["agency_id"]}:
            self._docket.tell(self._file, NoticeKind.CASE_REPLIED, reporter)

    def _close(self) -> None:
        at = self._move(1, 6)
        if self._file.assignment:
            self._docket.end_assignment(self._file, AssignmentAct.COMPLETE, at, JOB, None)
        self._docket.act(self._file, CaseAct.CLOSE, at, self._lead(), {"closed_at": at})

    def _reopen(self) -> None:
        at = self._move(4, 20)
        row = self._row
        limit = to_finish(CaseCategory(row["category"]), at)
        changes = {
            **NO_OUTCOME, **NO_REPLY, "extensions": 0, "extension_reason": None, "escalation_level": 0,
            "finish_by": max(limit.at, row["finish_by"]), "days_flagged": row["days_flagged"] or limit.flagged,
            "reopened": row["reopened"] + 1, "accepted_at": row["accepted_at"] or at,
        }  # fmt: skip
        self._docket.act(self._file, CaseAct.REOPEN, at, self._lead(), changes, texts.REOPENED)
        self._docket.reopen_files(self._file)
        self._docket.tell(self._file, NoticeKind.CASE_REOPENED, row["agency_id"], row["handler_id"])

    def _merge(self) -> None:
        """Find the same matter raised once more, from another side, and go on with both as one."""
        assert self.twin is not None
        at = self._move(0.5, 2)
        twin = self.twin(at)
        self.twins.append(twin)
        if twin.row["agency_id"] != self._row["agency_id"]:
            return
        by, at = self._lead(), at + timedelta(hours=3)
        if at >= self._now:
            raise NotYet
        self._docket.act(twin, CaseAct.MERGE, at, by, {"merged_into_id": self._row["id"]}, texts.MERGED)
        self._docket.record(self._file, CaseAct.MERGE, at, by, texts.MERGED, merged=str(twin.row["id"]))
        reporter = twin.row["reporter_agency_id"]
        if reporter is not None:
            self._docket.enlist(self._file, reporter, PartyRole.REPORTER)

    # ---- with others --------------------------------------------------------------------------

    def _beside(self) -> None:
        answer = self._set.get("refer") or (self._make.one_of(REFERRALS) if self._chance else "")
        if answer:
            self._refer(answer)
        end = self._set.get("assign") or (self._make.one_of(ASSIGNMENTS) if self._chance and not answer else "")
        if end:
            self._assign(end)
        if "link" in self._wants and self.twin is not None:
            at = self._move(0.5, 2)
            other = self.twin(at)
            self.twins.append(other)
            self._docket.link(self._file, other, at, self._lead(), "同一家庭")

    def _refer(self, answer: str) -> None:
        """Ask another office; ``open`` and ``overdue`` stay without an answer."""
        key = OTHER_OFFICES.get(CaseCategory(self._row["category"]))
        to = self._office.agency(key) if key else None
        if to is None or self._file.parties.get(to["id"], {}).get("role") in {PartyRole.LEAD, PartyRole.CO}:
            return
        transfer = "transfer" in self._wants
        at = max(self._now - 1.5 * DAY, self._file.at + timedelta(hours=2)) if answer == "open" else self._soon(2)
        self._runs_out(at)
        kind, reason = (
            (ReferralKind.TRANSFER, texts.TRANSFER) if transfer else (ReferralKind.COOPERATION, texts.COOPERATION)
        )
        urgent = self._row["urgent"]
        respond_by = to_answer(at, 5, urgent=urgent).at
        referral = self._docket.refer(self._file, kind, to, at, self._lead(), reason, respond_by)
        self._docket.tell(self._file, NoticeKind.CASE_REFERRED, to["id"])
        if answer in {"open", "overdue"}:
            return
        if answer == "expire":
            self._runs_out(min(respond_by, self._now))
            if respond_by >= self._now:
                raise NotYet
            self._docket.answer(self._file, referral, ReferralAct.EXPIRE, respond_by, JOB, None)
            return
        left = (respond_by - self._file.at) / DAY
        at = self._move(0.1, max(left * 0.5, 0.2))
        by = self._lead() if answer == "withdraw" else Act(self._office.worker(to["id"]))
        self._docket.answer(self._file, referral, ReferralAct(answer), at, by, texts.ANSWERS[answer])

    def _assign(self, end: str) -> None:
        """Give the case to the organisation whose contract covers it; it visits, and the case comes back or ends."""
        at = self._move(0.2, 3)
        contract = self._office.contract(self._row, at.astimezone(SHANGHAI).date())
        if contract is None:
            return
        contract["assigned"] += 1
        until = (max(at, self._now) + 60 * DAY if end == "open" else at + 150 * DAY).astimezone(SHANGHAI).date()
        until = end_of(min(until, contract["ends_on"]))
        self._docket.assign(self._file, contract, at, self._lead(), texts.TASK, until)
        self._docket.tell(self._file, NoticeKind.CASE_ASSIGNED, contract["ngo_agency_id"])
        worker = Act(self._office.worker(contract["ngo_agency_id"]))
        for _ in range(self._make.chance.randint(1, 3)):
            at = self._move(1, 4)
            minutes = self._make.chance.choice((45, 60, 90))
            self._docket.step(self._file, StepKind.SERVICE, at, worker, texts.VISITED, minutes=minutes)
        if "secret" in self._wants:
            secret = self._make.chance.choice(texts.SECRETS)
            self._docket.note(self._file, self._file.at, worker, secret, NoteKind.CONFIDENTIAL)
        if end in {"hand_back", "withdraw"}:
            by, act, reason = (
                (worker, AssignmentAct.HAND_BACK, texts.HANDED_BACK) if end == "hand_back"
                else (self._lead(), AssignmentAct.WITHDRAW, texts.TAKEN_BACK)
            )  # fmt: skip
            self._docket.end_assignment(self._file, act, self._move(1, 4), by, reason)
            if end == "hand_back":
                self._docket.tell(self._file, NoticeKind.CASE_HANDED_BACK, self._row["agency_id"])


__all__ = ["Course", "NotYet"]
