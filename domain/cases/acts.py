"""What every act on a case shares: whose it is, the deadline that runs afterwards, the line it leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.cases.commands import CaseCommand
from domain.cases.deadlines import warned_from
from domain.cases.model import CASE_STATES, UNDER_WAY, WAITING, CaseAct, CaseState, PriorityClass
from domain.errors import Fault, Forbidden, InvalidInput
from domain.events import Event
from domain.notifications.model import NoticeKind
from domain.notifications.notices import Notice, notify
from domain.unit_of_work import Row, Saved, Work

WRITE: Final = "cases:write"
WORK: Final = "case_work:write"
CASE: Final = "care_case"
_RANKS: Final = {PriorityClass.URGENT: 0, PriorityClass.PRIORITY: 1, PriorityClass.NORMAL: 2}
_A_RANK: Final = 10**11  # more seconds than any deadline has
NOBODY_WAITS: Final = 9 * _A_RANK
COUNTY: Final = 1_000_000
RESTRICTED: Final = "restricted_case"  # the aggregate of events that auditors alone read
ANEW: Final = frozenset({CaseAct.REDIRECT, CaseAct.REOPEN})  # a deadline begins anew


def leads(access: Access, case: Row) -> None:
    """Refuse whoever is not of the agency that leads the case."""
    if access.agency_id is None or access.agency_id != case["agency_id"]:
        raise Forbidden("case.not_yours")


async def loaded(work: Work, command: CaseCommand, act: CaseAct) -> tuple[Row, CaseState]:
    """Return a case of the caller's agency, locked, and its state after an act."""
    case = await work.load(CASE, command.case_id, version=command.version)
    leads(work.access, case)
    return case, CASE_STATES.after(CaseState(case["state"]), act)


async def advance(
    work: Work, case: Row, act: CaseAct, changes: Mapping[str, Any], remark: str | None = None, **data: object
) -> Row:
    """Write an act on a case: its row with the deadline that now runs, a line of the timeline, an event."""
    after = {**case, **changes}
    after |= {"due_at": due_at(after)}
    order = {"due_at": after["due_at"], "work_order": work_order(after)}
    if (after["due_at"], after["agency_id"]) != (case["due_at"], case["agency_id"]):
        since = await work.now() if act in ANEW else case["received_at"]
        order |= {"look_at": look_at(after["due_at"], since)}
        if after["due_at"] is not None:  # of what was told to somebody, how far up it went stays on record
            order |= {"warned_for": None, "escalated_for": None, "escalation_level": 0}
    async with work.as_system():
        changed = await work.update(CASE, case, work.differing(CASE, case, {**changes, **order}))
    await record(work, changed, act, remark, **data)
    return changed


def due_at(case: Mapping[str, Any]) -> datetime | None:
    """Return the deadline that runs in a state: to accept, then to finish and reply; none once that is done."""
    if case["state"] in WAITING:
        accept: datetime = case["accept_by"]
        return accept
    return case["finish_by"] if case["state"] in UNDER_WAY else None


def look_at(due: datetime | None, since: datetime) -> datetime | None:
    """Return when the clock first has something to do about a deadline that began to run at a moment: to warn of it."""
    return warned_from(since, due) if due else None


def work_order(case: Mapping[str, Any]) -> int:
    """Return the place of a case in work lists: its class first, then its deadline; what nobody waits for is last."""
    if case["due_at"] is None:
        return NOBODY_WAITS
    return _RANKS[PriorityClass(case["priority_class"])] * _A_RANK + int(case["due_at"].timestamp())


async def record(work: Work, case: Row, act: CaseAct, remark: str | None = None, **data: object) -> Event:
    """Write a line of a case's timeline, and its event."""
    async with work.as_system():
        await work.insert("case_entry", {
            "case_id": case["id"], "region_code": case["region_code"], "at": await work.now(), "act": act,
            "state": case["state"], "agency_id": work.access.agency_id, "staff_id": work.access.staff_id,
            "remark": remark,
        })  # fmt: skip
    event = of_case(case, PAST[act], data)
    await work.append(event)
    return event


def of_case(case: Row, verb: str, data: Mapping[str, object], *, purpose: str | None = None) -> Event:
    """Return an event of a case, which says nothing personal.

    Of a restricted case it is the county's, for auditors alone: it tells nobody else that there is one.
    """
    return Event(
        f"case.{verb}",
        RESTRICTED if case["restricted"] else "case",
        case["id"],
        case["region_code"] // COUNTY * COUNTY if case["restricted"] else case["region_code"],
        None if case["restricted"] else case["person_id"],
        aggregate_version=case["version"],
        purpose=purpose,
        data={"category": case["category"], "state": case["state"], **data},
    )


async def tell(
    work: Work, case: Row, kind: NoticeKind, agency_id: UUID, staff_id: UUID | None = None, *, slot: str = ""
) -> None:
    """Put a notice about a case into an inbox."""
    await notify(work, Notice(
        kind, agency_id, CASE, case["id"], case["region_code"], staff_id=staff_id, urgent=case["urgent"],
        due_at=case["due_at"], slot=slot or str(case["version"]),
    ))  # fmt: skip


async def check_handler(work: Work, agency_id: UUID, handler_id: UUID | None, department_id: UUID | None) -> None:
    """Refuse a member of staff or a department that is not of the agency, or no longer."""
    wanted = (("handler_id", "staff", handler_id, "staff.unknown"),
              ("department_id", "department", department_id, "department.unknown"))  # fmt: skip
    for field, table, row_id, code in wanted:
        if row_id is None:
            continue
        where = {"id": row_id, "agency_id": agency_id}
        until = "valid_to" if table == "staff" else None
        if not await work.find(table, where=where, open_until=until, lock=False):
            raise InvalidInput(Fault(f"/{field}", code))


def saved(case: Row) -> Saved:
    """Return what a write answers with."""
    return Saved(CASE, case["id"], case["version"])


PAST: Final = {
    CaseAct.REGISTER: "registered",
    CaseAct.ACCEPT: "accepted",
    CaseAct.REDIRECT: "redirected",
    CaseAct.REFUSE: "refused",
    CaseAct.START: "started",
    CaseAct.RESOLVE: "resolved",
    CaseAct.RESUME: "resumed",
    CaseAct.REPLY: "replied",
    CaseAct.CLOSE: "closed",
    CaseAct.REOPEN: "reopened",
    CaseAct.MERGE: "merged",
    CaseAct.EXTEND: "extended",
    CaseAct.HAND_TO: "handed",
    CaseAct.LINK: "linked",
    CaseAct.INVOLVE: "person_named",
    CaseAct.REFER: "referred",
    CaseAct.ACCEPT_REFERRAL: "referral_accepted",
    CaseAct.REJECT_REFERRAL: "referral_rejected",
    CaseAct.WITHDRAW_REFERRAL: "referral_withdrawn",
    CaseAct.EXPIRE_REFERRAL: "referral_expired",
    CaseAct.END_REFERRAL: "referral_ended",
    CaseAct.ASSIGN: "assigned",
    CaseAct.HAND_BACK: "handed_back",
    CaseAct.WITHDRAW_ASSIGNMENT: "assignment_withdrawn",
    CaseAct.EXPIRE_ASSIGNMENT: "assignment_expired",
    CaseAct.NOTE: "noted",
    CaseAct.STEP: "step_recorded",
    CaseAct.ATTACH: "attached",
    CaseAct.WARN: "warned",
    CaseAct.ESCALATE: "escalated",
}
"""Act → the past participle of its event's type."""

__all__ = [
    "CASE", "COUNTY", "NOBODY_WAITS", "PAST", "WORK", "WRITE", "advance", "check_handler", "due_at", "leads", "loaded",
    "look_at", "of_case", "record", "saved", "tell", "work_order",
]  # fmt: skip
