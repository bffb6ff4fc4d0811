"""What venues and activities share: the place, who runs them, what is saved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.access import Access
from domain.errors import Fault, Forbidden, InvalidInput
from domain.events import Event
from domain.unit_of_work import Row, Saved, Work


async def division(work: Work, code: str) -> int:
    """Return the 12-digit number of a division in force that the caller works in."""
    found = await work.region(code, work.today)
    if found is None:
        raise InvalidInput(Fault("/region", "region.unknown"))
    within_reach(work.access, found)
    return found


def within_reach(access: Access, region_code: int) -> None:
    """Refuse to run what lies outside the caller's region: what is above it is seen, and not hers."""
    if not access.covers(region_code):
        raise Forbidden("region.forbidden")


async def check_host(work: Work, given: Mapping[str, Any], pointer: str = "") -> None:
    """Refuse an agency or a member of staff, where they are named, who is not there or no longer in force."""
    for field, record, code in (
        ("agency_id", "agency", "agency.unknown"),
        ("responsible_id", "staff", "staff.unknown"),
    ):
        wanted: UUID | None = given.get(field)
        if wanted is not None and not await work.find(record, where={"id": wanted}, open_until="valid_to", lock=False):
            raise InvalidInput(Fault(f"{pointer}/{field}", code))


def required(given: Mapping[str, Any], *names: str) -> None:
    """Refuse ``null`` for what a record cannot do without."""
    faults = [Fault(f"/{name}", "field.required") for name in names if name in given and given[name] is None]
    if faults:
        raise InvalidInput(*faults)


async def save(work: Work, record: str, row: Row, changes: Mapping[str, Any], what: str) -> Row:
    """Write changes with an event that names the changed fields, never a value."""
    changed = await work.update(record, row, changes)
    await work.append(event(f"{record}.{what}", changed, changed=sorted(changes)))
    return changed


def event(kind: str, row: Row, **data: object) -> Event:
    """Return the event of an act on a venue or an activity; ``kind`` is ``aggregate.past_participle``."""
    return Event(
        kind, kind.partition(".")[0], row["id"], row["region_code"], aggregate_version=row["version"], data=data
    )


def saved(record: str, row: Row) -> Saved:
    """Return what a write answers with."""
    return Saved(record, row["id"], row["version"])
