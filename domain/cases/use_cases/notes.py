"""Notes and steps: what was found and done about a case, by whoever works it and by its NGO."""

from datetime import date
from typing import Final

from domain.access import Access
from domain.cases.acts import CASE, WORK, of_case, record, tell
from domain.cases.commands import AddNote, ReadNote, RecordStep, RevealReporter
from domain.cases.model import CaseAct, CaseState, PartyRole
from domain.cases.parties import OVER, part_of, works
from domain.cases.records import NoteKind, Satisfaction, StepKind
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

REVEAL: Final = "case_work:reveal"
TOLD: Final = frozenset({CaseState.REPLIED, CaseState.CLOSED})  # whoever raised it can be asked if she is satisfied
NEEDS: Final = {
    StepKind.SERVICE: ("minutes",),
    StepKind.MEDIATION: ("with_whom", "result"),
    StepKind.PETITION_PROXY: ("with_whom",),
    StepKind.LEGAL_AID: ("with_whom",),
    StepKind.CALL_BACK: ("satisfaction",),
}


async def add_note(access: Access, uow: UnitOfWork, command: AddNote) -> Saved:
    """Write a note about a case. Of a confidential one nothing but that there is one is ever listed.

    Raises ``Forbidden`` (``case.no_part``), ``Conflict`` (``case.over``).
    """
    async with uow.begin(access, WORK) as work:
        case = await work.load(CASE, command.case_id)
        await works(work, case, or_as=PartyRole.NGO)
        _goes_on(case)
        words = "secret_note" if command.kind is NoteKind.CONFIDENTIAL else "body"
        made = await _insert(work, case, "case_note", {"kind": command.kind, words: command.body})
        await record(work, case, CaseAct.NOTE, kind=command.kind)
        return await work.commit(made)


async def read_note(access: Access, uow: UnitOfWork, command: ReadNote) -> dict[str, object]:
    """Return the words of a confidential note, once the log durably says who read them and why.

    For whoever leads the case or works it too, an upper office of the lead's own kind, and the agency that wrote
    it. Raises ``Forbidden`` (``case_note.sealed``), ``Conflict`` (``case_note.not_sealed``).
    """
    async with uow.begin(access, REVEAL) as work:
        note = await work.load("case_note", command.note_id, lock=False)
        case = await work.load(CASE, note["case_id"], lock=False)
        if note["kind"] != NoteKind.CONFIDENTIAL:
            raise Conflict("case_note.not_sealed")
        if note["agency_id"] != access.agency_id and not await _opens_notes(work, case):
            raise Forbidden("case_note.sealed")
        words = await work.reveal("case_note", note, ["secret_note"])
        await work.append(of_case(case, "note_read", {"note": str(note["id"])}, purpose=command.purpose))
        return await work.commit({"id": str(note["id"]), "case_id": str(case["id"]), "body": words["secret_note"]})


async def record_step(access: Access, uow: UnitOfWork, command: RecordStep) -> Saved:
    """Record something that was done. After a call-back that found somebody not satisfied the handler is told.

    Raises ``InvalidInput`` with a fault for each field that its kind needs or does not have, and
    ``case_step.too_early``; ``Conflict`` (``case.over``, ``case_step.not_replied``), ``Forbidden``.
    """
    async with uow.begin(access, WORK) as work:
        case = await work.load(CASE, command.case_id)
        # Whether an organisation's work satisfied is asked by the office that bought it.
        calls = command.kind is StepKind.CALL_BACK
        await works(work, case, or_as=None if calls else PartyRole.NGO)
        _check(command)
        if calls:
            if case["state"] not in TOLD:
                raise Conflict("case_step.not_replied")
        else:
            _goes_on(case)
        since: date = (case["replied_at"] if calls else case["received_at"]).astimezone(SHANGHAI).date()
        if command.done_on < since:
            raise InvalidInput(Fault("/done_on", "case_step.too_early", {"since": since.isoformat()}))
        made = await _insert(work, case, "case_step", command.given("case_id"))
        await record(work, case, CaseAct.STEP, kind=command.kind)
        if command.satisfaction is Satisfaction.UNSATISFIED:
            await tell(
                work, case, NoticeKind.CASE_UNSATISFIED, case["agency_id"], case["handler_id"], slot=str(made.id)
            )
        return await work.commit(made)


async def reveal_reporter(access: Access, uow: UnitOfWork, command: RevealReporter) -> dict[str, str | None]:
    """Return who raised a case and her full telephone number, once the log says who saw it and why.

    A resident who raised it herself is reached by the number in her file. Raises ``Forbidden``
    (``case.no_part``).
    """
    async with uow.begin(access, REVEAL) as work:
        case = await work.load(CASE, command.case_id, lock=False)
        await works(work, case)
        name, phone = case["reporter_name"], (await work.reveal(CASE, case, ["reporter_phone"]))["reporter_phone"]
        if case["reporter_id"] is not None and (name is None or phone is None):
            async with work.as_system():
                (raised,) = await work.find("person", where={"id": case["reporter_id"]}, lock=False)
            name = name or raised["name"]
            phone = phone or (await work.reveal("person", raised, ["phone"]))["phone"]
        await work.append(of_case(case, "reporter_revealed", {}, purpose=command.purpose))
        return await work.commit({"reporter_name": name, "reporter_phone": phone})


def _goes_on(case: Row) -> None:
    if case["state"] in OVER:
        raise Conflict("case.over")


async def _insert(work: Work, case: Row, record_name: str, values: dict[str, object]) -> Saved:
    """Insert a row beside a case, in the name of the caller and her agency."""
    own = {"case_id": case["id"], "region_code": case["region_code"]}
    who = {"agency_id": work.access.agency_id, "staff_id": work.access.staff_id}
    async with work.as_system():
        row = await work.insert(record_name, own | who | values)
    return Saved(record_name, row["id"], row["version"])


async def _opens_notes(work: Work, case: Row) -> bool:
    role = await part_of(work, case["id"], lock=False)
    if role is not PartyRole.OVERSEER:
        return role in {PartyRole.LEAD, PartyRole.CO}
    (lead,) = await work.find("agency", where={"id": case["agency_id"]}, lock=False)
    kind: str = lead["type"]
    return kind == work.access.agency_type


def _check(command: RecordStep) -> None:
    """Refuse a step without what its kind needs, and a satisfaction that nobody was asked for."""
    faults = [Fault(f"/{name}", "field.required") for name in NEEDS[command.kind] if getattr(command, name) is None]
    if command.satisfaction is not None and command.kind is not StepKind.CALL_BACK:
        faults.append(Fault("/satisfaction", "case_step.only_call_back"))
    if faults:
        raise InvalidInput(*faults)


__all__ = ["add_note", "read_note", "record_step", "reveal_reporter"]
