"""Rules of the directory, pure: where an agency may stand, where a member of staff may work."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from domain.agencies.model import LeadingGroupRole
from domain.errors import Conflict, Fault, InvalidInput
from domain.regions.codes import level_of, published, range_of


def region_inside(code: int, outer: int, pointer: str = "/region") -> None:
    """Refuse a division that lies outside another; both as 12-digit numbers."""
    if code not in range_of(published(outer)):
        raise InvalidInput(Fault(pointer, "region.outside", {"region": published(outer)}))


def beneath(child_region: int, parent_region: int) -> None:
    """Refuse a child agency whose region is not the parent's or part of it.

    The level follows from the region, so a child is never on a higher level than its parent.
    """
    region_inside(child_region, parent_region, "/parent_id")


def level(code: int) -> int:
    """Return the level of an agency from its region: 1 province … 5 village."""
    return level_of(published(code))


def not_a_descendant(agency_id: UUID, ancestors: Collection[UUID]) -> None:
    """Refuse a parent that stands below the agency itself."""
    if agency_id in ancestors:
        raise InvalidInput(Fault("/parent_id", "agency.parent_below"))


def ends_after_start(valid_from: date, valid_to: date) -> None:
    """Refuse an end before the beginning."""
    if valid_to < valid_from:
        raise InvalidInput(Fault("/valid_to", "validity.reversed", {"valid_from": valid_from.isoformat()}))


def still_open(valid_to: date | None, otherwise: Conflict) -> None:
    """Refuse to change what has ended."""
    if valid_to is not None:
        raise otherwise


def one_head(seats: Sequence[tuple[UUID, LeadingGroupRole]]) -> None:
    """Refuse a leading group without exactly one head, or with two seats for one member."""
    if sum(role is LeadingGroupRole.HEAD for _, role in seats) != 1:
        raise InvalidInput(Fault("/seats", "leading_group.one_head"))
    members = [member for member, _ in seats]
    repeated = next((at for at, member in enumerate(members) if member in members[:at]), None)
    if repeated is not None:
        raise InvalidInput(Fault(f"/seats/{repeated}/staff_id", "leading_group.seat_doubled"))
