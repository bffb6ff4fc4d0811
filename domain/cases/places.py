"""Where a matter lies, and which agencies can answer for a place."""

from typing import Final
from uuid import UUID

from domain.agencies.model import AgencyType
from domain.errors import Fault, InvalidInput
from domain.regions.codes import published, range_of
from domain.unit_of_work import Row, Work

# They work on cases that offices give them, and lead none.
NO_OFFICE: Final = frozenset({
    AgencyType.NGO, AgencyType.WOMENS_ASSOCIATION, AgencyType.SCHOOL, AgencyType.PLATFORM_OPERATOR, AgencyType.AUDIT,
    AgencyType.STATISTICS,
})  # fmt: skip


async def office(work: Work, agency_id: UUID, pointer: str = "/agency_id") -> Row:
    """Return an agency in force that may lead a case. Raises ``InvalidInput``."""
    found = await work.find("agency", where={"id": agency_id}, open_until="valid_to", lock=False)
    if not found:
        raise InvalidInput(Fault(pointer, "agency.unknown"))
    if found[0]["type"] in NO_OFFICE:
        raise InvalidInput(Fault(pointer, "case.not_an_office"))
    return found[0]


async def answers_for(work: Work, agency_id: UUID, case: Row, region: str | None) -> int:
    """Return where a matter lies once an agency leads it: inside that agency's region.

    Raises ``InvalidInput``: ``case.elsewhere`` (say where there), ``region.unknown``, those of ``office``.
    """
    agency = await office(work, agency_id)
    place: int = case["region_code"]
    if region is not None:
        number = await work.region(region, work.today)
        if number is None:
            raise InvalidInput(Fault("/region", "region.unknown"))
        place = number
    if agency["region_code"] and place not in range_of(published(agency["region_code"])):
        raise InvalidInput(Fault("/region", "case.elsewhere"))
    return place


__all__ = ["NO_OFFICE", "answers_for", "office"]
