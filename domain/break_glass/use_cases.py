"""Opening a file in an emergency, reading under it, ending and reviewing it (conventions, "Break-glass").

An opening lets one member of staff read one file for at most three hours. Its end stands in the
predicates themselves: no job has to run for it. Whoever reads under it names it with each request,
and each read is an event before anything is released.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from domain.access import Access, Opening
from domain.break_glass.commands import EndBreakGlass, OpenFile, ReviewBreakGlass
from domain.break_glass.model import VIA, Review
from domain.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from domain.events import Event, Origin
from domain.notifications.notices import Notice, NoticeKind, notify
from domain.people.use_cases.places import COUNTY_DIGITS
from domain.regions.codes import LEVELS, padded, published
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "break_glass:write"
REVIEW: Final = "break_glass:review"
COUNTY: Final = 1_000_000


async def open_file(access: Access, uow: UnitOfWork, command: OpenFile) -> Saved:
    """Open one file outside the caller's region or remit, read-only; her supervisor is told at once.

    Raises ``NotFound``, ``Conflict`` (``break_glass.not_needed``, ``break_glass.ambiguous``,
    ``break_glass.open``, ``break_glass.file_closed``), ``Forbidden`` (``break_glass.oneself``).
    """
    async with uow.begin(access, WRITE) as work:
        if not access.regions:
            raise Forbidden("break_glass.not_yours")
        person_id = await _whom(work, command)
        if await work.find("person", where={"id": person_id}, lock=False):
            raise Conflict("break_glass.not_needed")
        async with work.as_system():
            (person,) = await work.find("person", where={"id": person_id})
            if person["died_on"] is not None or person["deregistered_on"] is not None:
                raise Conflict("break_glass.file_closed")
            if await _is_oneself(work, access, person):
                raise Forbidden("break_glass.oneself")
            now = await work.now()
            mine = {"actor": access.sub, "person_id": person_id}
            earlier = await work.find(VIA, where=mine, open_until="ended_at", lock=False)
            if any(one["expires_at"] > now for one in earlier):
                raise Conflict("break_glass.open")
            values = mine | {
                "region_code": person["region_code"],
                "opener_region_code": access.regions[0].lo,
                # Also for the supervisors of whoever opens it, whose remit need not be hers.
                "remit": person["remit"] | access.remit,
                "agency_id": access.agency_id,
                "supervisor_agency_id": await _supervisor(work, access),
                "reason": command.reason,
                "expires_at": now + timedelta(hours=command.hours),
            }
            opening = await work.insert(VIA, values)
            # The opening itself is what the file is open to, so that it opens this file and no other.
            await work.open_access(opening["id"], person_id, VIA, opening["id"], until=opening["expires_at"])
        await notify(work, *_to_supervisor(opening))
        told = {"supervisor": opening["supervisor_agency_id"], "hours": command.hours}
        await work.append(*_events("opened", opening, purpose=command.reason, **told))
        return await work.commit(Saved(VIA, opening["id"], opening["version"]))


async def end_break_glass(access: Access, uow: UnitOfWork, command: EndBreakGlass) -> Saved:
    """Close the file before its time: by whoever opened it, or by her supervisor."""
    async with uow.begin(access, WRITE) as work:
        opening = await work.load(VIA, command.opening_id)
        supervises = access.may(REVIEW) and access.covers(opening["opener_region_code"])
        if opening["actor"] != access.sub and not supervises:
            raise Forbidden("break_glass.not_yours")
        now = await work.now()
        if opening["ended_at"] is not None or opening["expires_at"] <= now:
            raise Conflict("break_glass.ended")
        async with work.as_system():
            ended = await work.update(VIA, opening, {"ended_at": now, "ended_by": access.sub})
            await work.end_access(VIA, opening["id"])
        await work.append(*_events("ended", ended))
        return await work.commit(Saved(VIA, ended["id"], ended["version"]))


async def review_break_glass(access: Access, uow: UnitOfWork, command: ReviewBreakGlass) -> Saved:
    """Say whether it was right to open the file; nobody reviews herself."""
    async with uow.begin(access, REVIEW) as work:
        opening = await work.load(VIA, command.opening_id)
        if opening["actor"] == access.sub:
            raise Forbidden("break_glass.own")
        if not access.covers(opening["opener_region_code"]):
            raise Forbidden("break_glass.not_yours")
        if opening["state"] == Review.REVIEWED:
            raise Conflict("break_glass.reviewed")
        said = {
            "state": Review.REVIEWED,
            "verdict": command.verdict,
            "note": command.note,
            "reviewed_at": await work.now(),
            "reviewed_by": access.sub,
        }
        reviewed = await work.update(VIA, opening, said)
        await work.append(*_events("reviewed", reviewed, purpose=command.note, verdict=command.verdict))
        return await work.commit(Saved(VIA, reviewed["id"], reviewed["version"]))


async def opening_of(access: Access, uow: UnitOfWork, opening_id: UUID, origin: Origin) -> Opening:
    """Return the caller's own opening that is still in force; ``Forbidden`` alike for any other."""
    async with uow.begin(access, WRITE) as work, work.as_system():
        found = await work.find(VIA, where={"id": opening_id, "actor": access.sub}, open_until="ended_at", lock=False)
        if not found or found[0]["expires_at"] <= await work.now():
            raise Forbidden("break_glass.closed")
        return Opening(opening_id, found[0]["person_id"], found[0]["opener_region_code"], origin)


async def note_read(access: Access, uow: UnitOfWork, views: Sequence[str]) -> None:
    """Write down, durably, that views of an opened file are about to be read."""
    opening = access.opening
    assert opening is not None
    async with uow.begin(access, "people:read") as work:
        seen = {"views": list(views)}
        await work.append(Event(f"{VIA}.read", VIA, opening.id, opening.region_code, opening.person_id, data=seen))
        await work.commit(None)


async def _whom(work: Work, command: OpenFile) -> UUID:
    """Return the one person who is meant, wherever she is."""
    if command.identity_number is not None:
        holder = await work.holder_of(command.identity_number)
        if holder is None:
            raise NotFound
        return holder[0]
    where: dict[str, Any] = {"id": command.person_id}
    if command.region is not None:
        if len(command.region) < COUNTY_DIGITS:
            raise InvalidInput(Fault("/region", "region.too_coarse"))
        where = {
            "county": padded(command.region) // COUNTY,
            "name": command.name,
            "birth_date": command.birth_date,
        }
    async with work.as_system():
        found = await work.find("person", where=where, lock=False)
    if not found:
        raise NotFound
    if len(found) > 1:
        raise Conflict("break_glass.ambiguous")
    person_id: UUID = found[0]["id"]
    return person_id


async def _is_oneself(work: Work, access: Access, person: Row) -> bool:
    """Tell whether a person is the member of staff who asks: of her name and her telephone number."""
    for staff in await work.find("staff", where={"id": access.staff_id}, lock=False):
        phone = (await work.reveal("staff", staff, ["phone"]))["phone"]
        if phone is not None and staff["name"] == person["name"]:
            return bool(phone == (await work.reveal("person", person, ["phone"]))["phone"])
    return bool(person["id"] == access.person_id)


async def _supervisor(work: Work, access: Access) -> UUID | None:
    """Return the agency that supervises the caller's: the one above it, else its like in the next region up."""
    found: UUID | None = None
    for agency in await work.find("agency", where={"id": access.agency_id}, lock=False):
        found = agency["parent_id"]
        code = published(agency["region_code"])
        above = sorted((digits for digits in LEVELS if digits < len(code)), reverse=True)
        for digits in above if found is None else ():
            where = {"type": agency["type"], "region_code": padded(code[:digits])}
            likes = await work.find("agency", where=where, open_until="valid_to", lock=False)
            if likes:
                return likes[0]["id"]  # type: ignore[no-any-return]
    return found


def _to_supervisor(opening: Row) -> list[Notice]:
    """Return the notice for the desk of the agency that supervises whoever opened the file, if there is one."""
    supervisor, here = opening["supervisor_agency_id"], opening["opener_region_code"]
    if supervisor is None:
        return []
    return [Notice(NoticeKind.BREAK_GLASS_OPENED, supervisor, VIA, opening["id"], here, urgent=True)]


def _events(what: str, opening: Row, *, purpose: str | None = None, **data: object) -> list[Event]:
    """Return the events of an act for both places: where the caller is supervised, and where the file is kept."""
    places = dict.fromkeys((opening["opener_region_code"], opening["region_code"]))
    return [
        Event(
            type=f"{VIA}.{what}",
            aggregate=VIA,
            aggregate_id=opening["id"],
            region_code=place,
            subject_id=opening["person_id"],
            aggregate_version=opening["version"],
            purpose=purpose,
            data=data,
        )
        for place in places
    ]


__all__ = ["end_break_glass", "note_read", "open_file", "opening_of", "review_break_glass"]
