"""Service contracts from their draft to their end; the buyer's own agency keeps them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.cases.records import AssignmentState
from domain.cases.use_cases.assignments import expire_assignment
from domain.contracts import rules
from domain.contracts.commands import ActivateContract, CreateContract, EndContract, UpdateContract
from domain.contracts.model import CONTRACT_STATES, PARTNERS, REMIND_DAYS, ContractAct, ContractState
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.events import Event
from domain.notifications.notices import Notice, NoticeKind, notify
from domain.regions.codes import published, range_of
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "contracts:write"
RECORD: Final = "service_contract"
NEEDED: Final = ("ngo_agency_id", "title", "starts_on", "ends_on", "categories", "regions", "quota")


async def create_contract(access: Access, uow: UnitOfWork, command: CreateContract) -> Saved:
    """Draw up a contract of the caller's agency with a social organisation; only the buyer's region sees it yet."""
    async with uow.begin(access, WRITE) as work:
        buyer = await _buyer(work)
        given = command.given()
        await _check(work, buyer["region_code"], given)
        values = given | {
            "buyer_agency_id": buyer["id"], "region_code": buyer["region_code"], "state": ContractState.DRAFT,
        }  # fmt: skip
        row = await work.insert(RECORD, values)
        await work.append(_event("created", row))
        return await work.commit(_saved(row))


async def update_contract(access: Access, uow: UnitOfWork, command: UpdateContract) -> Saved:
    """Change a draft. Raises ``Conflict`` (``contract.not_allowed``) once it is in effect."""
    async with uow.begin(access, WRITE) as work:
        row, _ = await _own(work, command.contract_id, command.version, ContractAct.UPDATE)
        given = command.given("contract_id", "version")
        faults = [Fault(f"/{name}", "field.required") for name in NEEDED if name in given and given[name] is None]
        if faults:
            raise InvalidInput(*faults)
        changes = work.differing(RECORD, row, given)
        if changes:
            await _check(work, row["region_code"], {**row, **changes})
            row = await work.update(RECORD, row, changes)
            await work.append(_event("updated", row, changed=sorted(changes)))
        return await work.commit(_saved(row))


async def activate_contract(access: Access, uow: UnitOfWork, command: ActivateContract) -> Saved:
    """Put a contract into effect; its organisation must still be there and its period not be over."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _own(work, command.contract_id, command.version, ContractAct.ACTIVATE)
        if row["ends_on"] < work.today:
            raise Conflict("contract.period_over", ends_on=row["ends_on"].isoformat())
        await _check(work, row["region_code"], row)
        row = await work.update(RECORD, row, {"state": state, "activated_on": work.today})
        await work.append(_event("activated", row))
        return await work.commit(_saved(row))


async def end_contract(access: Access, uow: UnitOfWork, command: EndContract) -> Saved:
    """End a contract before its time, or drop a draft; the organisation is told, and its cases go back at once."""
    async with uow.begin(access, WRITE) as work:
        row, _ = await _own(work, command.contract_id, command.version, ContractAct.END)
        row = await _ended(work, row, {"end_reason": command.reason}, purpose=command.reason)
        async with work.as_system():
            given = {"contract_id": row["id"], "state": AssignmentState.OPEN}
            for one in await work.find("case_assignment", where=given, lock=False):
                await expire_assignment(work, one["id"])  # what is being written just now, the clock ends
        return await work.commit(_saved(row))


async def expire_contract(work: Work, contract_id: UUID) -> bool:
    """End a contract whose period is over; tells whether it was still in effect."""
    row = await work.load(RECORD, contract_id)
    if row["state"] != ContractState.ACTIVE or row["ends_on"] >= work.today:
        return False
    await _ended(work, row, {})
    return True


async def remind_of_end(work: Work, contract_id: UUID) -> int:
    """Remind buyer and organisation that a contract is about to end, once for each of ``REMIND_DAYS``."""
    row = await work.load(RECORD, contract_id, lock=False)
    left = (row["ends_on"] - work.today).days
    due = [days for days in REMIND_DAYS if left <= days]
    if row["state"] != ContractState.ACTIVE or left < 0 or not due:
        return 0
    sides = (row["buyer_agency_id"], row["ngo_agency_id"])
    return await notify(work, *(_notice(NoticeKind.CONTRACT_ENDING, row, one, slot=str(min(due))) for one in sides))


async def _buyer(work: Work) -> Row:
    """Return the caller's own agency, in whose name she buys."""
    found = await work.find("agency", where={"id": work.access.agency_id}, open_until="valid_to", lock=False)
    if not found or not work.access.covers(found[0]["region_code"]):
        raise Forbidden("contract.not_yours")
    return found[0]


async def _own(work: Work, contract_id: UUID, version: int, act: ContractAct) -> tuple[Row, ContractState]:
    """Return a contract of the caller's agency, locked, and its state after an act."""
    row = await work.load(RECORD, contract_id, version=version)
    if row["buyer_agency_id"] != work.access.agency_id:
        raise Forbidden("contract.not_yours")
    return row, CONTRACT_STATES.after(ContractState(row["state"]), act)


async def _check(work: Work, region_code: int, terms: Mapping[str, Any]) -> None:
    """Refuse terms that cannot stand: the period, who is bought from, the places."""
    starts_on: date = terms["starts_on"]
    rules.in_order(starts_on, terms["ends_on"])
    partners = await work.find("agency", where={"id": terms["ngo_agency_id"]}, open_until="valid_to", lock=False)
    if not partners:
        raise InvalidInput(Fault("/ngo_agency_id", "agency.unknown"))
    if partners[0]["type"] not in PARTNERS:
        raise InvalidInput(Fault("/ngo_agency_id", "contract.not_a_partner"))
    own, faults = range_of(published(region_code)), []
    for at, code in enumerate(terms["regions"]):
        found = await work.region(code, work.today)
        if found is None:
            faults.append(Fault(f"/regions/{at}", "region.unknown"))
        elif not (own.lo <= range_of(code).lo and range_of(code).hi <= own.hi):
            faults.append(Fault(f"/regions/{at}", "region.outside", {"region": published(region_code)}))
    if faults:
        raise InvalidInput(*faults)


async def _ended(work: Work, row: Row, why: Mapping[str, Any], *, purpose: str | None = None) -> Row:
    known = row["state"] == ContractState.ACTIVE
    state = CONTRACT_STATES.after(ContractState(row["state"]), ContractAct.END)
    row = await work.update(RECORD, row, {"state": state, "ended_on": work.today, **why})
    await work.append(_event("ended", row, purpose=purpose))
    if known:
        await notify(work, _notice(NoticeKind.CONTRACT_ENDED, row, row["ngo_agency_id"]))
    return row


def _notice(kind: NoticeKind, row: Row, agency_id: UUID, *, slot: str = "") -> Notice:
    return Notice(kind, agency_id, RECORD, row["id"], row["region_code"], slot=slot)


def _event(what: str, row: Row, *, purpose: str | None = None, **data: object) -> Event:
    return Event(
        f"{RECORD}.{what}", RECORD, row["id"], row["region_code"], aggregate_version=row["version"], purpose=purpose,
        data=data,
    )  # fmt: skip


def _saved(row: Row) -> Saved:
    return Saved(RECORD, row["id"], row["version"])


__all__ = [
    "activate_contract",
    "create_contract",
    "end_contract",
    "expire_contract",
    "remind_of_end",
    "update_contract",
]
