"""A case in the hands of an NGO, under a service contract and until a day (政府购买服务).

While the assignment is open the NGO is a party of the case, which opens to it the case, its people's files and
what it writes itself. When it ends, in whatever way, so does all of that, with the next statement of anybody.
"""

from typing import Final
from uuid import UUID

from domain.access import Access
from domain.cases.acts import CASE, WORK, WRITE, advance, leads, loaded, record, tell
from domain.cases.commands import AssignCase, AssignmentCommand, HandBackAssignment, WithdrawAssignment
from domain.cases.deadlines import end_of
from domain.cases.model import CaseAct, PartyRole
from domain.cases.parties import enlist, step_back
from domain.cases.records import ASSIGNMENT_STATES, AssignmentAct, AssignmentState, NoteKind
from domain.contracts.model import ContractState
from domain.contracts.rules import CONTRACT, check_contract
from domain.errors import Fault, Forbidden, InvalidInput
from domain.notifications.model import NoticeKind
from domain.policy.model import CaseCategory
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

ASSIGNMENT: Final = "case_assignment"


async def assign_case(access: Access, uow: UnitOfWork, command: AssignCase) -> Saved:
    """Give a case to the NGO of one of the agency's contracts; it counts towards the contract's quota.

    Raises ``InvalidInput`` (``contract.unknown``, a ``contract.…`` for each term that it lies outside of,
    ``case_assignment.own_matter``, ``case_assignment.until_past``, ``case_assignment.until_after_contract``),
    ``Conflict`` (``case.not_allowed``, ``case.assigned``), ``Forbidden`` (``case.not_yours``).
    """
    async with uow.begin(access, WRITE) as work:
        case, _ = await loaded(work, command, CaseAct.ASSIGN)
        contract = await _contract(work, case, command.contract_id)
        last = command.until or contract["ends_on"]
        if last < work.today:
            raise InvalidInput(Fault("/until", "case_assignment.until_past"))
        if last > contract["ends_on"]:
            ends = {"ends_on": contract["ends_on"].isoformat()}
            raise InvalidInput(Fault("/until", "case_assignment.until_after_contract", ends))
        async with work.as_system():
            made = await work.insert(ASSIGNMENT, {
                "case_id": case["id"], "region_code": case["region_code"], "agency_id": contract["ngo_agency_id"],
                "contract_id": contract["id"], "assigned_by_id": access.agency_id, "task": command.task,
                "until": end_of(last),
            })  # fmt: skip
            await work.update("service_contract", contract, {"assigned": contract["assigned"] + 1})
            await enlist(work, case, contract["ngo_agency_id"], PartyRole.NGO)
        assigned = await advance(
            work, case, CaseAct.ASSIGN, {}, assignment=str(made["id"]), contract=str(contract["id"])
        )
        await tell(work, assigned, NoticeKind.CASE_ASSIGNED, contract["ngo_agency_id"], slot=str(made["id"]))
        return await work.commit(_saved(made))


async def hand_back_assignment(access: Access, uow: UnitOfWork, command: HandBackAssignment) -> Saved:
    """Hand a case back before its time; the NGO sees nothing of it any more, its notes stay with the case.

    Raises ``Forbidden`` (``case_assignment.not_yours``), ``Conflict`` (``case_assignment.not_allowed``).
    """
    async with uow.begin(access, WORK) as work:
        case, assignment = await _loaded(work, command)
        if assignment["agency_id"] != access.agency_id:
            raise Forbidden("case_assignment.not_yours")
        _allowed(assignment, AssignmentAct.HAND_BACK)
        async with work.as_system():
            await work.insert("case_note", {
                "case_id": case["id"], "region_code": case["region_code"], "kind": NoteKind.NORMAL,
                "agency_id": access.agency_id, "staff_id": access.staff_id, "body": command.note,
            })  # fmt: skip
        ended = await _end(work, case, assignment, AssignmentAct.HAND_BACK, command.reason)
        return await work.commit(_saved(ended))


async def withdraw_assignment(access: Access, uow: UnitOfWork, command: WithdrawAssignment) -> Saved:
    """Take a case back from an NGO. Raises as ``hand_back_assignment``, for the agency that leads the case."""
    async with uow.begin(access, WRITE) as work:
        case, assignment = await _loaded(work, command)
        leads(access, case)
        ended = await _end(work, case, assignment, AssignmentAct.WITHDRAW, command.reason)
        return await work.commit(_saved(ended))


async def expire_assignment(work: Work, assignment_id: UUID) -> list[NoticeKind]:
    """End an assignment whose time or whose contract is over; returns what was told. For the job of the clock."""
    found = await work.find(ASSIGNMENT, where={"id": assignment_id}, lock=False)
    case = await work.claim(CASE, found[0]["case_id"]) if found else None  # the case first, as everywhere
    assignment = await work.claim(ASSIGNMENT, assignment_id) if case else None
    if case is None or assignment is None or assignment["state"] != AssignmentState.OPEN:
        return []
    (contract,) = await work.find("service_contract", where={"id": assignment["contract_id"]}, lock=False)
    if assignment["until"] > await work.now() and contract["state"] != ContractState.ENDED:
        return []
    await _end(work, case, assignment, AssignmentAct.EXPIRE, None)
    return [NoticeKind.ASSIGNMENT_ENDED, NoticeKind.CASE_HANDED_BACK]


async def end_assignments(work: Work, case: Row, act: AssignmentAct, reason: str | None = None) -> None:
    """End the assignment of a case that was closed, or goes on elsewhere or as another. The case is locked."""
    async with work.as_system():
        found = await work.find(ASSIGNMENT, where={"case_id": case["id"], "state": AssignmentState.OPEN})
    for assignment in found:
        await _end(work, case, assignment, act, reason)


async def _contract(work: Work, case: Row, contract_id: UUID) -> Row:
    """Return a contract of the caller's agency, locked while its quota is counted, that covers a case."""
    async with work.as_system():
        found = await work.find("service_contract", where={"id": contract_id})
        if not found or found[0]["buyer_agency_id"] != work.access.agency_id:
            raise InvalidInput(Fault(CONTRACT, "contract.unknown"))
        contract = found[0]
        ngo = contract["ngo_agency_id"]
        check_contract(contract, CaseCategory(case["category"]), case["region_code"], work.today, ngo_agency_id=ngo)
        # An organisation is not paid to work on what it raised itself, or has another part in.
        parties = await work.find("case_party", where={"case_id": case["id"], "agency_id": ngo}, open_until="ended_at")
        if any(one["role"] != PartyRole.NGO for one in parties):
            raise InvalidInput(Fault(CONTRACT, "case_assignment.own_matter"))
        if not await work.find("agency", where={"id": ngo}, open_until="valid_to", lock=False):
            raise InvalidInput(Fault(CONTRACT, "agency.unknown"))
    return contract


async def _loaded(work: Work, command: AssignmentCommand) -> tuple[Row, Row]:
    """Return a case and an assignment of it, locked in this order as everywhere."""
    known = await work.load(ASSIGNMENT, command.assignment_id, lock=False)
    case = await work.load(CASE, known["case_id"])
    return case, await work.load(ASSIGNMENT, command.assignment_id, version=command.version)


def _allowed(assignment: Row, act: AssignmentAct) -> AssignmentState:
    return ASSIGNMENT_STATES.after(AssignmentState(assignment["state"]), act)


async def _end(work: Work, case: Row, assignment: Row, act: AssignmentAct, reason: str | None) -> Row:
    """End an assignment and what it opened; the other side is told."""
    state, ngo = _allowed(assignment, act), assignment["agency_id"]
    async with work.as_system():
        changes = {"state": state, "ended_at": await work.now(), "end_reason": reason}
        ended = await work.update(ASSIGNMENT, assignment, changes)
        await step_back(work, case, ngo, None)
    if act in ENTRIES:
        await record(work, case, ENTRIES[act], reason, assignment=str(assignment["id"]))
    slot = str(assignment["id"])
    if act is not AssignmentAct.HAND_BACK:
        await tell(work, case, NoticeKind.ASSIGNMENT_ENDED, ngo, slot=slot)
    if act in {AssignmentAct.HAND_BACK, AssignmentAct.EXPIRE}:
        await tell(work, case, NoticeKind.CASE_HANDED_BACK, case["agency_id"], case["handler_id"], slot=slot)
    return ended


def _saved(assignment: Row) -> Saved:
    return Saved(ASSIGNMENT, assignment["id"], assignment["version"])


# The act on the case that its timeline tells; that a closed one is completed goes without saying.
ENTRIES: Final = {
    AssignmentAct.HAND_BACK: CaseAct.HAND_BACK,
    AssignmentAct.WITHDRAW: CaseAct.WITHDRAW_ASSIGNMENT,
    AssignmentAct.EXPIRE: CaseAct.EXPIRE_ASSIGNMENT,
}

__all__ = [
    "assign_case",
    "end_assignments",
    "expire_assignment",
    "hand_back_assignment",
    "withdraw_assignment",
]
