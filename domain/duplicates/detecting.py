"""Noticing that two files may be one person's: at entry, when facts change, at night, after an import."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from domain.duplicates.model import RaisedBy
from domain.events import Event
from domain.unit_of_work import Work

# Facts by which two files are compared.
COMPARED: Final = frozenset({"identity_number", "name", "birth_date"})
DECIDE: Final = "duplicates:write"


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


__all__ = ["COMPARED", "DECIDE", "look_for_duplicates"]
