"""Where a record may be written: a division in force, precise enough, inside the caller's scope."""

from domain.errors import Fault, Forbidden, InvalidInput
from domain.unit_of_work import Work

COUNTY_DIGITS = 6  # a person lives in a county at least, better in a village


async def place(work: Work, code: str, pointer: str = "/region") -> int:
    """Return the 12-digit number of a division.

    Raises ``InvalidInput`` (``region.too_coarse``, ``region.unknown``) or ``Forbidden``
    (``region.outside_scope``).
    """
    if len(code) < COUNTY_DIGITS:
        raise InvalidInput(Fault(pointer, "region.too_coarse"))
    number = await work.region(code, work.today)
    if number is None:
        raise InvalidInput(Fault(pointer, "region.unknown"))
    if not work.access.covers(number):
        raise Forbidden("region.outside_scope")
    return number
