"""Noticing that two files may be one person's: at entry, when facts change, at night, after an import.

Somebody beyond the caller's sight is "under review" to the caller, and a question in her own agency's queue.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from domain.access import Access
from domain.duplicates.model import RaisedBy
from domain.duplicates.work import Match
from domain.events import Event
from domain.unit_of_work import UnitOfWork, Work

# Facts by which two files are compared.
COMPARED: Final = frozenset({"identity_number", "name", "birth_date"})
DECIDE: Final = "duplicates:write"
ASK: Final = "people:write"
_NOWHERE: Final = 0


async def look_for_duplicates(work: Work, people: Iterable[UUID], raised_by: RaisedBy, cause: Event | None) -> int:
    """Enter a question for each file that may be the same person's; returns how many were new.

    Detection sees everybody: whether two files are one person's does not depend on who asks.
    """
    pairs = await work.duplicates.pairs_of(people)
    if not pairs:
        return 0
    raised: list[Event] = []
    async with work.as_system():
        for pair in pairs:
            row = await work.duplicates.add(pair, raised_by)
            if row is not None:
                raised.append(
                    Event(
                        "duplicate.raised", "duplicate", row["id"], pair.region_code, pair.person_id, row["version"],
                        cause_id=cause.id if cause else None, data={"other": pair.other_id, "reasons": pair.reasons},
                    )
                )  # fmt: skip
        await work.append(*raised)
    return len(raised)


async def ask_agencies(work: Work, found: Iterable[Match]) -> None:
    """Ask the agencies of people the caller does not see, each once; a caller without an agency asks nobody."""
    hidden = [one for one in found if not one.seen]
    for one in hidden if work.access.agency_id else ():
        async with work.as_system():
            row = await work.duplicates.ask(one, work.access.agency_id)
            if row is not None:
                asked = Event(
                    "duplicate.asked", "duplicate", row["id"], row["region_code"], one.person_id, row["version"],
                    data={"reasons": one.reasons},
                )  # fmt: skip
                await work.append(asked)


async def ask_holder(access: Access, uow: UnitOfWork, number: str) -> None:
    """Ask the agency of whoever holds an identity number beyond the caller's sight, and keep the question.

    For a write that was refused because of her: the refusal takes back all but this.
    """
    async with uow.begin(access, ASK, aside=True) as work:
        await ask_agencies(work, await work.duplicates.matches("", None, number, _NOWHERE))
        await work.commit(None)


__all__ = ["COMPARED", "DECIDE", "ask_agencies", "ask_holder", "look_for_duplicates"]
