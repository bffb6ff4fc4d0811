"""Asking whether somebody is on the ledger already, and saying that two files are one person's."""

from typing import Final
from uuid import UUID

from domain.access import Access
from domain.duplicates.commands import CheckPerson, ProposeDuplicate
from domain.duplicates.detecting import ASK, DECIDE, ask_agencies
from domain.duplicates.model import DuplicateReason, DuplicateState, RaisedBy, score_of
from domain.duplicates.work import Match, Pair
from domain.errors import Conflict
from domain.events import Event
from domain.ids import new_id
from domain.people.masks import mask_name
from domain.people.use_cases.consequences import event_of, in_force
from domain.people.use_cases.places import place
from domain.regions.codes import published
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

AGAIN: Final = frozenset({DuplicateState.DISTINCT, DuplicateState.SUPERSEDED})


async def check_person(access: Access, uow: UnitOfWork, command: CheckPerson) -> dict[str, object]:
    """Return who may be the same person, before she is registered.

    Somebody beyond the caller's sight is "under review" and no more; her agency finds the question in
    its queue.
    """
    async with uow.begin(access, ASK) as work:
        region = await place(work, command.region)
        found = await work.duplicates.matches(command.name, command.birth_date, command.identity_number, region)
        await ask_agencies(work, found)
        by = sorted(command.model_fields_set - {"region"})
        await work.append(Event("check.made", "check", new_id(), region, data={"by": by}))
        hidden = any(not one.seen for one in found)
        matches = sorted((one for one in found if one.seen), key=lambda one: (-score_of(one.reasons), one.person_id))
        return await work.commit({"under_review": hidden, "matches": [_shown(one) for one in matches]})


def _shown(match: Match) -> dict[str, object]:
    return {
        "person_id": str(match.person_id),
        "name": mask_name(match.name),
        "region": published(match.region_code),
        "birth_year": match.birth_date.year if match.birth_date else None,
        "reasons": [str(one) for one in match.reasons],
        "score": score_of(match.reasons),
    }


async def propose_duplicate(access: Access, uow: UnitOfWork, command: ProposeDuplicate) -> Saved:
    """Say that two files are one person's; a pair that was held distinct is looked at again."""
    async with uow.begin(access, DECIDE) as work:
        first, second = sorted((command.person_id, command.other_id))
        people = {one: in_force(await work.load("person", one)) for one in (first, second)}
        pair = Pair(first, second, people[first]["region_code"], (DuplicateReason.PROPOSED,))
        row = await work.duplicates.add(pair, RaisedBy.PERSON) or await _asked_again(work, first, second)
        event = event_of(
            "duplicate.raised", row, subject=first, purpose=command.reason, other=second, reasons=pair.reasons
        )
        await work.append(event)
        return await work.commit(Saved("duplicate_candidate", row["id"], row["version"]))


async def _asked_again(work: Work, first: UUID, second: UUID) -> Row:
    """Open the question about a pair that was held distinct, or whose merge was set aside."""
    (held,) = await work.find("duplicate_candidate", where={"person_id": first, "other_id": second})
    if held["state"] not in AGAIN:
        raise Conflict("duplicate.exists")
    return await work.update("duplicate_candidate", held, {"state": DuplicateState.OPEN, "decision": None})


__all__ = ["check_person", "propose_duplicate"]
