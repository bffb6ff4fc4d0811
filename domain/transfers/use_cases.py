"""Handing files over between regions (转档): asked for, then accepted, rejected, withdrawn or expired.

Until it is accepted everything stays with the holder, who goes on working with the file. Then, in one
transaction, all records go; the holder keeps the request and her log up to that moment.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Fault, InvalidInput
from domain.people.masks import mask_name
from domain.people.use_cases.consequences import in_force, reevaluate
from domain.people.use_cases.places import COUNTY_DIGITS, place
from domain.transfers.commands import AcceptTransfer, ClaimPerson, RejectTransfer, RequestTransfer, WithdrawTransfer
from domain.transfers.model import TransferKind, TransferState
from domain.transfers.moving import (
    Destination,
    as_they_were,
    joined,
    members_of,
    own_members,
    refuse_outside,
    relocate,
)
from domain.transfers.requests import (
    WRITE,
    between,
    close,
    described,
    may_decide,
    may_withdraw,
    refuse_asked_for,
    still_open,
    told,
)
from domain.unit_of_work import Row, Saved, UnitOfWork, Work


async def request_transfer(access: Access, uow: UnitOfWork, command: RequestTransfer) -> Saved:
    """Offer a file of the caller's own to another region.

    Raises ``InvalidInput`` (``transfer.not_needed``: the place is the caller's too, so she just moves),
    ``Conflict`` (``transfer.open``), ``Forbidden`` (``household.outside_scope``).
    """
    async with uow.begin(access, WRITE) as work:
        seen = await work.load("person", command.person_id, lock=False)
        region = await _elsewhere(work, command.region)
        home = seen["household_id"] if command.together else None
        members = await own_members(work, home, seen["region_code"]) if home else [seen]
        await work.lock_circle(*(one["id"] for one in members))
        in_force(await work.load("person", seen["id"]))
        people = await as_they_were(work, members)
        await refuse_asked_for(work, people)
        remit = 0
        for one in people:
            remit |= one["remit"]
        values = {
            "kind": TransferKind.HANDOVER, "person_id": seen["id"], "household_id": home,
            "holder_region_code": seen["region_code"], "from_region_code": seen["region_code"],
            "to_region_code": region, "remit": remit,
        }  # fmt: skip
        async with work.as_system():
            listed = await described(work, people)
        return await _requested(work, values, command, listed)


async def claim_person(access: Access, uow: UnitOfWork, command: ClaimPerson) -> Saved:
    """Ask the holder for the file of somebody who lives here now.

    The answer tells no more of her than the caller said. Raises ``Conflict`` (``transfer.nobody``: she
    is on no ledger; ``person.duplicate``: she is on the caller's; ``person.under_review``: she cannot
    be asked for, and why is not the caller's to know).
    """
    async with uow.begin(access, WRITE) as work:
        region = await place(work, command.region)
        holder = await work.holder_of(command.identity_number)
        if holder is None:
            raise Conflict("transfer.nobody")
        person_id, seen = holder
        if seen:
            raise Conflict("person.duplicate", id=str(person_id))
        await work.lock_circle(person_id)
        async with work.as_system():
            (person,) = await work.find("person", where={"id": person_id})
            asked_for = await work.find("transfer_person", where={"person_id": person_id, "open": True}, lock=False)
        if asked_for or person["died_on"] or person["deregistered_on"]:
            raise Conflict("person.under_review")
        values = {
            "kind": TransferKind.CLAIM, "person_id": person_id,
            "household_id": person["household_id"] if command.together else None,
            "holder_region_code": person["region_code"], "to_region_code": region,
            # Seen by whoever has her in remit there, and by whoever asks here: that it is not is told to neither.
            "remit": person["remit"] | access.remit,
        }  # fmt: skip
        born = int(command.identity_number[6:10])
        said = {"name_masked": mask_name(command.name), "birth_year": born, "populations": [], "records": None}
        return await _requested(work, values, command, {person_id: said})


async def accept_transfer(access: Access, uow: UnitOfWork, command: AcceptTransfer) -> Saved:
    """Accept a request: the person, her household if it was asked for, and every record go at once.

    Raises ``Forbidden`` (``transfer.not_yours``), ``Conflict`` that says what became of it before.
    """
    async with uow.begin(access, WRITE) as work:
        seen = await work.load("transfer", command.transfer_id, lock=False)
        may_decide(access, seen)
        await still_open(work, seen["id"], lock=False)
        to = seen["to_region_code"] if command.region is None else await place(work, command.region)
        members = await _members(work, seen)
        circle = await work.lock_circle(*(one["id"] for one in members))
        transfer = await still_open(work, seen["id"])
        people = await as_they_were(work, members)
        await refuse_asked_for(work, people, besides=transfer["id"])
        if transfer["kind"] == TransferKind.CLAIM:
            refuse_outside(work, people)
        home = transfer["household_id"] or await joined(work, command.household_id, to)
        async with work.as_system():
            listed = await described(work, people)
        places = {"from_region_code": transfer["holder_region_code"], "to_region_code": to}
        closed, event = await close(work, transfer, TransferState.ACCEPTED, **places)
        await _note_handed_over(work, closed, listed)
        moved_on = command.moved_on or work.today
        await relocate(work, people, Destination(to, moved_on, transfer["reason"], home, command.address, event))
        await reevaluate(work, circle, work.today, event)
        return await work.commit(Saved("transfer", closed["id"], closed["version"]))


async def reject_transfer(access: Access, uow: UnitOfWork, command: RejectTransfer) -> Saved:
    """Refuse a request; the file stays where it is."""
    async with uow.begin(access, WRITE) as work:
        may_decide(access, await work.load("transfer", command.transfer_id, lock=False))
        transfer = await still_open(work, command.transfer_id)
        closed, _ = await close(work, transfer, TransferState.REJECTED, note=command.note)
        return await work.commit(Saved("transfer", closed["id"], closed["version"]))


async def withdraw_transfer(access: Access, uow: UnitOfWork, command: WithdrawTransfer) -> Saved:
    """Take a request of one's own side back."""
    async with uow.begin(access, WRITE) as work:
        may_withdraw(access, await work.load("transfer", command.transfer_id, lock=False))
        transfer = await still_open(work, command.transfer_id)
        closed, _ = await close(work, transfer, TransferState.WITHDRAWN, note=command.note)
        return await work.commit(Saved("transfer", closed["id"], closed["version"]))


async def expire_transfer(work: Work, transfer_id: UUID) -> bool:
    """End one request that nobody decided in time; tells whether it still waited."""
    (transfer,) = await work.find("transfer", where={"id": transfer_id})
    if transfer["state"] != TransferState.REQUESTED or transfer["due_on"] >= work.today:
        return False
    await close(work, transfer, TransferState.EXPIRED)
    return True


async def _elsewhere(work: Work, code: str) -> int:
    """Return the number of a division outside the caller's scope."""
    if len(code) < COUNTY_DIGITS:
        raise InvalidInput(Fault("/region", "region.too_coarse"))
    number = await work.region(code, work.today)
    if number is None:
        raise InvalidInput(Fault("/region", "region.unknown"))
    if work.access.covers(number):
        raise InvalidInput(Fault("/region", "transfer.not_needed"))
    return number


async def _requested(
    work: Work, values: dict[str, Any], command: RequestTransfer | ClaimPerson, listed: dict[UUID, dict[str, Any]]
) -> Saved:
    asked = {
        "reason": command.reason,
        "due_on": work.today + timedelta(days=command.days),
        "requested_by": work.access.sub,
        "requested_by_agency_id": work.access.agency_id,
    }
    transfer = await work.insert("transfer", values | asked)
    for person_id, known in listed.items():
        row = {"transfer_id": transfer["id"], "person_id": person_id} | between(transfer) | known
        await work.insert("transfer_person", row)
    await told(work, transfer, TransferState.REQUESTED, purpose=command.reason)
    return await work.commit(Saved("transfer", transfer["id"], transfer["version"]))


async def _members(work: Work, transfer: Row) -> list[Row]:
    """Return who goes as things stand now: of a household everybody, also who was born into it since."""
    async with work.as_system():
        (person,) = await work.find("person", where={"id": transfer["person_id"]}, lock=False)
        if transfer["household_id"] is None:
            return [person]
    return await members_of(work, transfer["household_id"], transfer["holder_region_code"])


async def _note_handed_over(work: Work, transfer: Row, listed: dict[UUID, dict[str, Any]]) -> None:
    """Keep who went, with what was known of each at that moment: the holder's read trace."""
    async with work.as_system():
        rows = {
            one["person_id"]: one for one in await work.find("transfer_person", where={"transfer_id": transfer["id"]})
        }
        for person_id, known in listed.items():
            gone = known | {"open": False, "handed_over": True}
            if person_id in rows:
                await work.update("transfer_person", rows[person_id], gone)
            else:
                row = {"transfer_id": transfer["id"], "person_id": person_id} | between(transfer)
                await work.insert("transfer_person", row | gone)


__all__ = [
    "accept_transfer",
    "claim_person",
    "expire_transfer",
    "reject_transfer",
    "request_transfer",
    "withdraw_transfer",
]
