"""What every act on a request shares: who may decide it, what it tells, how it ends."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Forbidden
from domain.events import Event
from domain.people.masks import mask_name
from domain.transfers.model import CLOSED, TransferKind, TransferState
from domain.unit_of_work import Row, Work

WRITE: Final = "transfers:write"


def may_decide(access: Access, transfer: Row) -> None:
    """Refuse whoever is not on the side that was asked."""
    handover = transfer["kind"] == TransferKind.HANDOVER
    _on_side(access, transfer["to_region_code" if handover else "holder_region_code"])


def may_withdraw(access: Access, transfer: Row) -> None:
    """Refuse whoever is not on the side that asked."""
    handover = transfer["kind"] == TransferKind.HANDOVER
    _on_side(access, transfer["holder_region_code" if handover else "to_region_code"])


def _on_side(access: Access, region: int) -> None:
    if not access.covers(region):
        raise Forbidden("transfer.not_yours")


async def still_open(work: Work, transfer_id: UUID, *, lock: bool = True) -> Row:
    """Return a request that waits; ``Conflict`` says what became of one that does not."""
    transfer = await work.load("transfer", transfer_id, lock=lock)
    if transfer["state"] != TransferState.REQUESTED:
        raise Conflict(CLOSED[transfer["state"]])
    if transfer["due_on"] < work.today:
        raise Conflict("transfer.expired")
    return transfer


async def described(work: Work, people: Iterable[Row]) -> dict[UUID, dict[str, Any]]:
    """Return of each person as much as the other side may know before she is handed over."""
    listed = list(people)
    held = await work.populations(one["id"] for one in listed)
    records = await work.records_of(one["id"] for one in listed)
    return {
        one["id"]: {
            "name_masked": mask_name(one["name"]),
            "birth_year": one["birth_date"].year if one["birth_date"] else None,
            "populations": sorted(held[one["id"]]),
            "records": records[one["id"]],
        }
        for one in listed
    }


def between(transfer: Row) -> dict[str, Any]:
    """Return the columns by which both sides see a row of a request."""
    return {name: transfer[name] for name in ("holder_region_code", "to_region_code", "remit")}


async def close(
    work: Work, transfer: Row, state: TransferState, *, note: str | None = None, cause: Event | None = None,
    **changes: Any,
) -> tuple[Row, Event]:  # fmt: skip
    """End a locked request, tell both sides, and let its people be asked for again; returns the holder's event."""
    async with work.as_system():
        decided = {
            "state": state,
            "note": note,
            "decided_at": await work.now(),
            "decided_by": work.access.sub,
            "decided_by_agency_id": work.access.agency_id,
        }
        closed = await work.update("transfer", transfer, decided | changes)
        for one in await work.find("transfer_person", where={"transfer_id": transfer["id"]}):
            await work.update("transfer_person", one, {"open": False} | between(closed))
    return closed, await told(work, closed, state, cause=cause, purpose=note)


async def told(
    work: Work, transfer: Row, what: str, *, cause: Event | None = None, purpose: str | None = None
) -> Event:
    """Write an act down in the logs of both sides; returns the holder's event.

    The receiver's names the person only once she is hers.
    """
    accepted = transfer["state"] == TransferState.ACCEPTED
    sides = (
        (transfer["holder_region_code"], transfer["person_id"]),
        (transfer["to_region_code"], transfer["person_id"] if accepted else None),
    )
    events = [
        Event(
            type=f"transfer.{what}",
            aggregate="transfer",
            aggregate_id=transfer["id"],
            region_code=region,
            subject_id=subject,
            aggregate_version=transfer["version"],
            purpose=purpose,
            cause_id=cause.id if cause else None,
            data={"kind": transfer["kind"], "due_on": transfer["due_on"]},
        )
        for region, subject in sides
    ]
    await work.append(*events)
    return events[0]


async def end_requests(work: Work, person_id: UUID, cause: Event) -> None:
    """Withdraw what was asked of a person whose file has closed; her household's goes on without her."""
    async with work.as_system():
        for one in await work.find("transfer_person", where={"person_id": person_id, "open": True}, lock=False):
            (transfer,) = await work.find("transfer", where={"id": one["transfer_id"]})
            if transfer["household_id"] is None and transfer["state"] == TransferState.REQUESTED:
                await close(work, transfer, TransferState.WITHDRAWN, cause=cause)


async def refuse_asked_for(work: Work, people: Iterable[Row], besides: UUID | None = None) -> None:
    """Refuse to move locked people of whom a request waits."""
    async with work.as_system():
        for person in people:
            waiting = await work.find("transfer_person", where={"person_id": person["id"], "open": True}, lock=False)
            if any(one["transfer_id"] != besides for one in waiting):
                raise Conflict("transfer.open")


__all__ = [
    "WRITE",
    "between",
    "close",
    "described",
    "end_requests",
    "may_decide",
    "may_withdraw",
    "refuse_asked_for",
    "still_open",
    "told",
]
