"""Referral between departments (转介): asked, then accepted, rejected, withdrawn or expired.

Until it is accepted the case stays where it is, and the other agency reads it as whoever is asked. Then a
transfer passes the lead with all that stands beside the case; a co-operation opens the case to one more agency.
Whoever acts locks the case first, so that of two opposite acts one wins and the other is told which.
"""

from domain.access import Access
from domain.agencies.model import AgencyType
from domain.cases.acts import CASE, WRITE, advance, check_handler, leads, loaded, record, tell
from domain.cases.commands import (
    AcceptReferral,
    EndReferral,
    ReferCase,
    ReferralCommand,
    RejectReferral,
    WithdrawReferral,
)
from domain.cases.deadlines import reminded_from, to_answer
from domain.cases.model import CASE_STATES, WAITING, CaseAct, CaseState, PartyRole
from domain.cases.parties import enlist
from domain.cases.places import answers_for, office
from domain.cases.records import ReferralAct, ReferralKind
from domain.cases.referring import REFERRAL, answer, give_up, state_after, tell_of
from domain.cases.use_cases.progress import pass_lead
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Row, Saved, UnitOfWork, Work


async def refer_case(access: Access, uow: UnitOfWork, command: ReferCase) -> Saved:
    """Ask another agency to take a case over, or to work on it too.

    Raises ``InvalidInput`` (``agency.unknown``, ``case.same_agency``, ``case.not_an_office``, ``case.assign_instead``),
    ``Conflict`` (``case.not_accepted``: redirect it; ``case.takes_part``, ``case.referral_open``,
    ``case.transfer_open``), ``Forbidden``.
    """
    async with uow.begin(access, WRITE) as work:
        case, _ = await loaded(work, command, CaseAct.REFER)
        await _check_receiver(work, case, command)
        now = await work.now()
        limit = to_answer(now, command.days, urgent=case["urgent"])
        async with work.as_system():
            former = await _role(work, case, command.agency_id)
            if command.kind is ReferralKind.COOPERATION and former is PartyRole.CO:
                raise Conflict("case.takes_part")
            referral = await work.insert(REFERRAL, {
                "case_id": case["id"], "region_code": case["region_code"], "kind": command.kind,
                "from_agency_id": case["agency_id"], "to_agency_id": command.agency_id,
                "to_department_id": command.department_id, "former_role": former, "reason": command.reason,
                "created_at": now, "respond_by": limit.at, "look_at": reminded_from(now, limit.at),
            })  # fmt: skip
            await enlist(work, case, command.agency_id, PartyRole.ASKED)
        flagged = {"days_flagged": case["days_flagged"] or limit.flagged}
        await advance(work, case, CaseAct.REFER, flagged, command.reason, referral=str(referral["id"]))
        await tell_of(work, case, referral, NoticeKind.CASE_REFERRED, command.agency_id)
        return await work.commit(_saved(referral))


async def accept_referral(access: Access, uow: UnitOfWork, command: AcceptReferral) -> Saved:
    """Take a case over with everything, or work on it too.

    Raises ``Conflict`` (``case_referral.not_allowed``, ``case.not_allowed``), ``InvalidInput`` (``case.elsewhere``,
    ``case_referral.transfer_only``), ``Forbidden`` (``case_referral.not_yours``).
    """
    async with uow.begin(access, WRITE) as work:
        case, referral = await _asked(work, command, ReferralAct.ACCEPT)
        CASE_STATES.after(CaseState(case["state"]), CaseAct.REFER)
        if referral["kind"] == ReferralKind.TRANSFER:
            referral = await _take_over(work, case, referral, command)
        else:
            referral = await _work_too(work, case, referral, command)
        return await work.commit(_saved(referral))


async def reject_referral(access: Access, uow: UnitOfWork, command: RejectReferral) -> Saved:
    """Say no; the case stays where it is."""
    async with uow.begin(access, WRITE) as work:
        case, referral = await _asked(work, command, ReferralAct.REJECT)
        return await work.commit(_saved(await give_up(work, case, referral, ReferralAct.REJECT, command.reason)))


async def withdraw_referral(access: Access, uow: UnitOfWork, command: WithdrawReferral) -> Saved:
    """Take a referral back that nobody answered yet: whoever leads the case."""
    async with uow.begin(access, WRITE) as work:
        case, referral = await _both(work, command)
        if access.agency_id not in {case["agency_id"], referral["from_agency_id"]}:
            raise Forbidden("case_referral.not_yours")
        state_after(referral, ReferralAct.WITHDRAW)  # before the lead: who has just lost it is told to whom
        leads(access, case)
        return await work.commit(_saved(await give_up(work, case, referral, ReferralAct.WITHDRAW, command.reason)))


async def end_referral(access: Access, uow: UnitOfWork, command: EndReferral) -> Saved:
    """End a co-operation: whoever leads the case, or whoever works on it too."""
    async with uow.begin(access, WRITE) as work:
        case, referral = await _both(work, command)
        if access.agency_id not in {case["agency_id"], referral["to_agency_id"]}:
            raise Forbidden("case_referral.not_yours")
        state_after(referral, ReferralAct.END)
        return await work.commit(_saved(await give_up(work, case, referral, ReferralAct.END, command.reason)))


async def _take_over(work: Work, case: Row, referral: Row, command: AcceptReferral) -> Row:
    agency_id = referral["to_agency_id"]
    region = await answers_for(work, agency_id, case, command.region)
    department_id = command.department_id or referral["to_department_id"]
    await check_handler(work, agency_id, command.handler_id, department_id)
    accepted = await answer(work, case, referral, ReferralAct.ACCEPT, command.remark)
    changes = {"agency_id": agency_id, "department_id": department_id, "handler_id": command.handler_id}
    passed = await pass_lead(work, case, CaseAct.ACCEPT_REFERRAL, changes, region, command.remark)
    if command.handler_id not in {None, work.access.staff_id}:
        await tell(work, passed, NoticeKind.CASE_ASSIGNED, agency_id, command.handler_id)
    return accepted


async def _work_too(work: Work, case: Row, referral: Row, command: AcceptReferral) -> Row:
    given = [Fault(f"/{name}", "case_referral.transfer_only") for name in ("handler_id", "department_id", "region")
             if getattr(command, name) is not None]  # fmt: skip
    if given:
        raise InvalidInput(*given)
    accepted = await answer(work, case, referral, ReferralAct.ACCEPT, command.remark)
    async with work.as_system():
        # What it was asked as may have changed since: an escalation may have made it an overseer.
        role = await _role(work, case, referral["to_agency_id"])
        if role is not PartyRole.ASKED and role != referral["former_role"]:
            accepted = await work.update(REFERRAL, accepted, {"former_role": role})
        await enlist(work, case, referral["to_agency_id"], PartyRole.CO)
    await record(work, case, CaseAct.ACCEPT_REFERRAL, command.remark, referral=str(referral["id"]))
    return accepted


async def _check_receiver(work: Work, case: Row, command: ReferCase) -> None:
    """Refuse whom this cannot be asked of."""
    if command.agency_id == case["agency_id"]:
        raise InvalidInput(Fault("/agency_id", "case.same_agency"))
    if command.kind is ReferralKind.TRANSFER:
        if case["state"] in WAITING:
            raise Conflict("case.not_accepted")
        await office(work, command.agency_id)
    else:
        found = await work.find("agency", where={"id": command.agency_id}, open_until="valid_to", lock=False)
        if not found:
            raise InvalidInput(Fault("/agency_id", "agency.unknown"))
        # An association that has it by assignment sees its own part alone, and nothing when that ends.
        if found[0]["type"] == AgencyType.NGO or await _role(work, case, command.agency_id) is PartyRole.NGO:
            raise InvalidInput(Fault("/agency_id", "case.assign_instead"))
        if found[0]["type"] == AgencyType.PLATFORM_OPERATOR:
            raise InvalidInput(Fault("/agency_id", "case.not_an_office"))
    await check_handler(work, command.agency_id, None, command.department_id)


async def _role(work: Work, case: Row, agency_id: object) -> PartyRole | None:
    where = {"case_id": case["id"], "agency_id": agency_id}
    found = await work.find("case_party", where=where, open_until="ended_at")
    return PartyRole(found[0]["role"]) if found else None


async def _asked(work: Work, command: ReferralCommand, act: ReferralAct) -> tuple[Row, Row]:
    """Return case and referral for an act of the agency that was asked."""
    case, referral = await _both(work, command)
    if work.access.agency_id is None or work.access.agency_id != referral["to_agency_id"]:
        raise Forbidden("case_referral.not_yours")
    state_after(referral, act)
    return case, referral


async def _both(work: Work, command: ReferralCommand) -> tuple[Row, Row]:
    """Return a referral that the caller sees, and its case; both locked, the case first."""
    seen = await work.load(REFERRAL, command.referral_id, lock=False)
    async with work.as_system():
        (case,) = await work.find(CASE, where={"id": seen["case_id"]})
        (referral,) = await work.find(REFERRAL, where={"id": seen["id"]})
    return case, referral


def _saved(referral: Row) -> Saved:
    return Saved(REFERRAL, referral["id"], referral["version"])


__all__ = ["accept_referral", "end_referral", "refer_case", "reject_referral", "withdraw_referral"]
