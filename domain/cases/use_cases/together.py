"""Who has a case in hand, who else is in it, and cases that belong together."""

from typing import Any

from domain.access import Access
from domain.cases.acts import CASE, WRITE, advance, check_handler, leads, loaded, record, saved, tell
from domain.cases.commands import HandCase, InvolvePerson, LinkCase, MergeCase
from domain.cases.model import OPEN, CaseAct, CaseState, PartyRole, PersonRole
from domain.cases.parties import close_files, enlist, involve
from domain.cases.records import AssignmentAct
from domain.cases.referring import end_waiting
from domain.cases.use_cases.assignments import end_assignments
from domain.errors import Conflict, Fault, InvalidInput
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Row, Saved, UnitOfWork


async def hand_case(access: Access, uow: UnitOfWork, command: HandCase) -> Saved:
    """Make somebody responsible by name; null takes the name away. Whoever is named is told."""
    async with uow.begin(access, WRITE) as work:
        case = await work.load(CASE, command.case_id, version=command.version)
        leads(access, case)
        if case["state"] not in OPEN:
            raise Conflict("case.not_open")
        await check_handler(work, case["agency_id"], command.handler_id, command.department_id)
        changes = command.given("case_id", "version", "remark")
        if not command.remark and not work.differing(CASE, case, changes):
            return await work.commit(saved(case))
        handed = await advance(work, case, CaseAct.HAND_TO, changes, command.remark)
        if handed["handler_id"] not in {None, case["handler_id"], access.staff_id}:
            await tell(work, handed, NoticeKind.CASE_ASSIGNED, handed["agency_id"], handed["handler_id"])
        return await work.commit(saved(handed))


async def involve_person(access: Access, uow: UnitOfWork, command: InvolvePerson) -> Saved:
    """Name a person of the ledger who has to do with a case; whoever is accused sees nothing of it from now on.

    A case that is over opens nobody's file any more: it is reopened first.
    """
    async with uow.begin(access, WRITE) as work:
        case = await work.load(CASE, command.case_id, version=command.version)
        leads(access, case)
        if case["state"] not in OPEN:
            raise Conflict("case.not_open")
        if not await work.find("person", where={"id": command.person_id}, lock=False):
            raise InvalidInput(Fault("/person_id", "person.unknown"))
        barred = [command.person_id] if command.role is PersonRole.ALLEGED else []
        async with work.as_system():
            await involve(work, case, command.person_id, command.role)
        named = await advance(
            work, case, CaseAct.INVOLVE, {"barred": sorted({*case["barred"], *barred})}, role=command.role
        )
        return await work.commit(saved(named))


async def merge_case(access: Access, uow: UnitOfWork, command: MergeCase) -> Saved:
    """Go on with a matter as another case of the same agency: who raised either is told the one reply.

    Raises ``InvalidInput`` (``case.unknown``, ``case.itself``), ``Conflict`` (``case.not_open``), ``Forbidden``.
    """
    async with uow.begin(access, WRITE) as work:
        if command.into_id == command.case_id:
            raise InvalidInput(Fault("/into_id", "case.itself"))
        # In key order: two who merge two cases into each other do not wait for one another.
        first = await work.find(CASE, where={"id": min(command.case_id, command.into_id)})
        other = await work.find(CASE, where={"id": max(command.case_id, command.into_id)})
        case, state = await loaded(work, command, CaseAct.MERGE)
        main = next((one for one in (*first, *other) if one["id"] == command.into_id), None)
        if main is None:
            raise InvalidInput(Fault("/into_id", "case.unknown"))
        leads(access, main)
        if CaseState(main["state"]) not in OPEN:
            raise Conflict("case.not_open")
        hidden = _hidden(case, main)
        merged = await advance(
            work, case, CaseAct.MERGE, {"state": state, "merged_into_id": main["id"], **hidden}, command.reason
        )
        await end_waiting(work, merged)
        main = await advance(work, main, CaseAct.MERGE, hidden, command.reason, merged=str(case["id"]))
        await end_assignments(work, merged, AssignmentAct.WITHDRAW)
        async with work.as_system():
            await close_files(work, merged)
            if merged["reporter_agency_id"] is not None:
                await enlist(work, main, merged["reporter_agency_id"], PartyRole.REPORTER)
        return await work.commit(saved(merged))


def _hidden(one: Row, other: Row) -> dict[str, Any]:
    """Return from whom two cases that became one matter are hidden: from all from whom either was."""
    return {
        "restricted": one["restricted"] or other["restricted"], "barred": sorted({*one["barred"], *other["barred"]}),
    }  # fmt: skip


async def link_case(access: Access, uow: UnitOfWork, command: LinkCase) -> Saved:
    """Say that two cases have to do with each other; both stand as they are.

    Beside a case that others see nothing is said of a restricted one: that side alone keeps the link.
    """
    async with uow.begin(access, WRITE) as work:
        if command.other_id == command.case_id:
            raise InvalidInput(Fault("/other_id", "case.itself"))
        case = await work.load(CASE, command.case_id)
        leads(access, case)
        found = await work.find(CASE, where={"id": command.other_id}, lock=False)
        if not found:
            raise InvalidInput(Fault("/other_id", "case.unknown"))
        async with work.as_system():
            for one, other in ((case, found[0]), (found[0], case)):
                if other["restricted"] and not one["restricted"]:
                    continue
                await work.insert("case_link", {
                    "case_id": one["id"], "region_code": one["region_code"], "other_id": other["id"],
                    "reason": command.reason,
                })  # fmt: skip
        side, other = (found[0], case) if found[0]["restricted"] else (case, found[0])
        await record(work, side, CaseAct.LINK, command.reason, other=str(other["id"]))
        return await work.commit(saved(case))
