"""The way of a case from its acceptance to its reply and its end (件件有着落、事事有回音)."""

from typing import Any
from uuid import UUID

from domain.access import Access
from domain.cases.acts import CASE, WRITE, advance, check_handler, loaded, saved, tell
from domain.cases.commands import (
    AcceptCase,
    CloseCase,
    ExtendCase,
    RedirectCase,
    RefuseCase,
    ReopenCase,
    ReplyCase,
    ResolveCase,
    ResumeCase,
    StartCase,
)
from domain.cases.deadlines import extended, to_accept, to_finish
from domain.cases.model import CASE_STATES, CaseAct, CaseState, Outcome, PartyRole
from domain.cases.parties import close_files, enlist, open_files, step_back
from domain.cases.places import answers_for
from domain.cases.records import AssignmentAct
from domain.cases.referring import end_waiting, settle
from domain.cases.use_cases.assignments import end_assignments
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.notifications.model import NoticeKind
from domain.policy.model import CaseCategory
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

_UNDONE = {"outcome": None, "outcome_note": None, "resolved_at": None}
_UNSAID = {"reply": None, "reply_channel": None, "replied_at": None, "closed_at": None}


async def accept_case(access: Access, uow: UnitOfWork, command: AcceptCase) -> Saved:
    """Take a case on; from now on the deadline to finish runs.

    Raises ``Conflict`` (``case.not_allowed`` with the acts that are), ``Forbidden`` (``case.not_yours``).
    """
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.ACCEPT)
        changes = await _handed(work, case, command.handler_id, command.department_id)
        changes |= {"state": state, "accepted_at": await work.now()}
        accepted = await advance(work, case, CaseAct.ACCEPT, changes, command.remark)
        await _tell_handler(work, case, accepted)
        return await work.commit(saved(accepted))


async def redirect_case(access: Access, uow: UnitOfWork, command: RedirectCase) -> Saved:
    """Pass a case on that was not accepted yet: the other agency leads from now on, and this one still sees it.

    The time to finish goes on; the time to accept begins anew, and never ends later than that.
    Raises ``InvalidInput`` (``agency.unknown``, ``case.elsewhere``), ``Conflict``, ``Forbidden``.
    """
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.REDIRECT)
        if command.agency_id == case["agency_id"]:
            raise InvalidInput(Fault("/agency_id", "case.same_agency"))
        region = await answers_for(work, command.agency_id, case, command.region)
        await check_handler(work, command.agency_id, None, command.department_id)
        limit = to_accept(CaseCategory(case["category"]), await work.now(), urgent=case["urgent"])
        changes = {
            "state": state, "agency_id": command.agency_id, "department_id": command.department_id,
            "handler_id": None, "accept_by": min(limit.at, max(case["finish_by"], case["accept_by"])),
            "days_flagged": case["days_flagged"] or limit.flagged,
        }  # fmt: skip
        redirected = await pass_lead(work, case, CaseAct.REDIRECT, changes, region, command.reason)
        await tell(work, redirected, NoticeKind.CASE_RECEIVED, command.agency_id)
        return await work.commit(saved(redirected))


async def pass_lead(
    work: Work, case: Row, act: CaseAct, changes: dict[str, Any], region: int, remark: str | None
) -> Row:
    """Give the lead to another agency with all that stands beside the case; the old one is left a read trace.

    An NGO works it under the old one's contract, so its assignment ends.
    """
    await end_assignments(work, case, AssignmentAct.WITHDRAW)
    async with work.as_system():
        await step_back(work, case, case["agency_id"], PartyRole.INFORMED)
        if region != case["region_code"]:
            await work.move_case(case["id"], region)
        passed = await advance(work, case, act, {**changes, "region_code": region}, remark)
        await enlist(work, passed, passed["agency_id"], PartyRole.LEAD)
    await settle(work, passed)
    return passed


async def refuse_case(access: Access, uow: UnitOfWork, command: RefuseCase) -> Saved:
    """Refuse a case; the reason is its outcome, and whoever raised it is still to be told."""
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.REFUSE)
        changes = {
            "state": state, "outcome": Outcome.REFUSED, "outcome_note": command.reason, "resolved_at": await work.now(),
        }  # fmt: skip
        return await work.commit(saved(await advance(work, case, CaseAct.REFUSE, changes, command.reason)))


async def start_case(access: Access, uow: UnitOfWork, command: StartCase) -> Saved:
    """Begin to work on an accepted case."""
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.START)
        changes = await _handed(work, case, command.handler_id, None)
        started = await advance(work, case, CaseAct.START, {**changes, "state": state}, command.remark)
        await _tell_handler(work, case, started)
        return await work.commit(saved(started))


async def resolve_case(access: Access, uow: UnitOfWork, command: ResolveCase) -> Saved:
    """Say what came of a case. ``refused`` is no outcome of a case that was accepted."""
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.RESOLVE)
        if command.outcome is Outcome.REFUSED:
            raise InvalidInput(Fault("/outcome", "case.outcome_refused"))
        changes = {
            "state": state, "outcome": command.outcome, "outcome_note": command.outcome_note,
            "resolved_at": await work.now(),
        }  # fmt: skip
        resolved = await advance(work, case, CaseAct.RESOLVE, changes, command.outcome_note, outcome=command.outcome)
        return await work.commit(saved(resolved))


async def resume_case(access: Access, uow: UnitOfWork, command: ResumeCase) -> Saved:
    """Go on with a case that was thought resolved; its deadline is the one it had."""
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.RESUME)
        resumed = await advance(work, case, CaseAct.RESUME, {**_UNDONE, "state": state}, command.reason)
        return await work.commit(saved(resumed))


async def reply_case(access: Access, uow: UnitOfWork, command: ReplyCase) -> Saved:
    """Write down what whoever raised the matter was told, and how. Agencies that reported it are told too."""
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.REPLY)
        changes = {
            "state": state, "reply": command.reply, "reply_channel": command.channel, "replied_at": await work.now(),
        }  # fmt: skip
        replied = await advance(work, case, CaseAct.REPLY, changes, command.reply, channel=command.channel)
        async with work.as_system():
            merged = await work.find(CASE, where={"merged_into_id": case["id"]}, lock=False)
        for one in (replied, *merged):
            if one["reporter_agency_id"] not in {None, access.agency_id}:
                await tell(work, one, NoticeKind.CASE_REPLIED, one["reporter_agency_id"], slot=str(replied["version"]))
        return await work.commit(saved(replied))


async def close_case(access: Access, uow: UnitOfWork, command: CloseCase) -> Saved:
    """Close a case that was replied to. What it opened of people's files closes with it."""
    async with uow.begin(access, WRITE) as work:
        case, state = await loaded(work, command, CaseAct.CLOSE)
        changes = {"state": state, "closed_at": await work.now()}
        closed = await advance(work, case, CaseAct.CLOSE, changes, command.remark)
        await end_waiting(work, closed)
        await end_assignments(work, closed, AssignmentAct.COMPLETE)
        async with work.as_system():
            await close_files(work, closed)
        return await work.commit(saved(closed))


async def reopen_case(access: Access, uow: UnitOfWork, command: ReopenCase) -> Saved:
    """Take a case up again: the agency that leads it, or the one that raised it and is not content.

    The time to finish begins anew, and so does the right to one extension.
    """
    async with uow.begin(access, WRITE) as work:
        case = await work.load(CASE, command.case_id, version=command.version)
        if access.agency_id not in {case["agency_id"], case["reporter_agency_id"]}:
            raise Forbidden("case.not_yours")
        state = CASE_STATES.after(CaseState(case["state"]), CaseAct.REOPEN)
        limit = to_finish(CaseCategory(case["category"]), await work.now())
        changes = {
            **_UNDONE, **_UNSAID, "state": state, "merged_into_id": None, "extensions": 0, "extension_reason": None,
            "finish_by": max(limit.at, case["finish_by"]), "days_flagged": case["days_flagged"] or limit.flagged,
            "reopened": case["reopened"] + 1,
            "accepted_at": case["accepted_at"] or await work.now(),
        }  # fmt: skip
        reopened = await advance(work, case, CaseAct.REOPEN, changes, command.reason)
        async with work.as_system():
            await open_files(work, reopened)
        await tell(work, reopened, NoticeKind.CASE_REOPENED, reopened["agency_id"], reopened["handler_id"])
        return await work.commit(saved(reopened))


async def extend_case(access: Access, uow: UnitOfWork, command: ExtendCase) -> Saved:
    """Grant the one extension, before the time is over (信访工作条例 art. 34).

    Raises ``Conflict`` (``case.extended``, ``case.extension_late``).
    """
    async with uow.begin(access, WRITE) as work:
        case, _ = await loaded(work, command, CaseAct.EXTEND)
        if case["extensions"]:
            raise Conflict("case.extended")
        if await work.now() >= case["finish_by"]:
            raise Conflict("case.extension_late")
        limit = extended(CaseCategory(case["category"]), case["finish_by"])
        changes = {
            "finish_by": limit.at, "extensions": 1, "extension_reason": command.reason,
            "days_flagged": case["days_flagged"] or limit.flagged,
        }  # fmt: skip
        return await work.commit(saved(await advance(work, case, CaseAct.EXTEND, changes, command.reason)))


async def _handed(work: Work, case: Row, handler_id: UUID | None, department_id: UUID | None) -> dict[str, Any]:
    """Return the change that puts a case into somebody's hands, where a hand was named."""
    await check_handler(work, case["agency_id"], handler_id, department_id)
    named = {"handler_id": handler_id, "department_id": department_id}
    return {name: value for name, value in named.items() if value is not None}


async def _tell_handler(work: Work, before: Row, after: Row) -> None:
    if after["handler_id"] not in {None, before["handler_id"], work.access.staff_id}:
        await tell(work, after, NoticeKind.CASE_ASSIGNED, after["agency_id"], after["handler_id"])
