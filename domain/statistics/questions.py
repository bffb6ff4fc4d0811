"""What may be asked of the figures, and what a question means in cells."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from domain.access import Access, RegionRange
from domain.commands import Command, RegionCode, choice
from domain.errors import Fault, Forbidden, InvalidInput
from domain.people.model import Population, Remit
from domain.statistics.dimensions import BITS, DIMENSIONS, LEFT_BEHIND_SHIFT, POPULATIONS, Dimension

MOST_MONTHS: Final = 60
PLACE, MONTH = "region", "month"
GROUPS: Final = (PLACE, MONTH, *DIMENSIONS)
FILTERS: Final = tuple(name for name in DIMENSIONS if name not in ("population", "left_behind"))


def _month(value: object) -> object:
    if isinstance(value, str):
        try:
            year, month = value.split("-")
            if len(year) == 4 and len(month) == 2 and value.replace("-", "").isascii():  # noqa: PLR2004 - YYYY-MM
                return date(int(year), int(month), 1)
        except ValueError:
            pass
        raise PydanticCustomError("month.format", "a month is written YYYY-MM")
    return value


def _group(value: str) -> str:
    if value not in GROUPS:
        raise PydanticCustomError("statistics.group_unknown", "nothing to count by", {"known": ", ".join(GROUPS)})
    return value


def category(name: str) -> Any:
    """Return the type of a filter by one category of a dimension."""

    def known(value: str) -> str:
        if value not in DIMENSIONS[name].categories:
            raise PydanticCustomError("field.choice", "not one of the published values")
        return value

    return Annotated[str | None, AfterValidator(lambda value: value if value is None else known(value))]


Month = Annotated[date, BeforeValidator(_month)]


class AskStatistics(Command):
    """Counts of a region: how many people, broken down by up to two things, filtered, month by month."""

    region: RegionCode | None = None
    group_by: Annotated[list[Annotated[str, AfterValidator(_group)]], Field(max_length=2, default_factory=list)]
    month_from: Month | None = None
    month_to: Month | None = None
    population: Annotated[Population | None, choice(Population)] = None
    left_behind: bool | None = None
    sex: category("sex") = None  # type: ignore[valid-type]
    age_band: category("age_band") = None  # type: ignore[valid-type]
    education: category("education") = None  # type: ignore[valid-type]
    schooling: category("schooling") = None  # type: ignore[valid-type]
    away: category("away") = None  # type: ignore[valid-type]
    carer: category("carer") = None  # type: ignore[valid-type]
    rating: category("rating") = None  # type: ignore[valid-type]
    health: category("health") = None  # type: ignore[valid-type]
    priority: category("priority") = None  # type: ignore[valid-type]
    hardship: category("hardship") = None  # type: ignore[valid-type]
    relief: category("relief") = None  # type: ignore[valid-type]
    living: category("living") = None  # type: ignore[valid-type]
    self_care: category("self_care") = None  # type: ignore[valid-type]
    situation: category("situation") = None  # type: ignore[valid-type]


class AskSummary(Command):
    """The statutory summary table of left-behind children of a region."""

    region: RegionCode | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One row of an answer by region: its code, and the parts of it that the caller sees."""

    code: str | None
    name: str | None
    seen: tuple[RegionRange, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """A question in terms of cells: which bits must be what, which tell the groups apart."""

    places: tuple[Place, ...]  # the region itself first, then its children
    mask: int  # these bits of a cell …
    value: int  # … are these
    some: int  # at least one of these, unless 0
    remit: int
    kept: int  # bits of the dimensions that are grouped by
    since: date | None = None  # changes of this month and later are wanted, too


def populations_of(access: Access) -> int:
    """Return the population bits that a caller's remit covers; all where it covers anybody."""
    remit = int(access.remit)
    return POPULATIONS if remit & Remit.ANYONE else remit & POPULATIONS


def seen_of(access: Access, region: RegionRange) -> tuple[RegionRange, ...]:
    """Return the parts of a region that a caller sees: all of it, or her own regions inside it."""
    if any(one.lo <= region.lo and region.hi <= one.hi for one in access.regions):
        return (region,)
    return tuple(one for one in access.regions if region.lo <= one.lo and one.hi <= region.hi)


def counting(access: Access, ask: AskStatistics, places: tuple[Place, ...]) -> Counting:
    """Return what a question means for a caller. Raises ``Forbidden`` beyond her remit."""
    visible = populations_of(access)
    mask, value, some = 0, 0, 0
    left_behind = visible << LEFT_BEHIND_SHIFT
    if ask.population is not None:
        bit = BITS[ask.population]
        if not bit & visible:
            raise Forbidden("statistics.population_outside_remit")
        mask |= bit
        value |= bit
        left_behind = bit << LEFT_BEHIND_SHIFT
    if ask.left_behind is True:
        some = left_behind
    elif ask.left_behind is False:
        mask |= left_behind
    for name in FILTERS:
        wanted = getattr(ask, name)
        if wanted is not None:
            dimension = DIMENSIONS[name]
            stored = dimension.stored(wanted)
            mask |= stored if dimension.flags and stored else dimension.mask
            value |= stored
    kept = 0
    for name in ask.group_by:
        if name in DIMENSIONS:
            kept |= DIMENSIONS[name].mask
    return Counting(places, mask, value, some, int(access.remit), kept, ask.month_from)


def check(ask: AskStatistics, today: date) -> AskStatistics:
    """Check what fields alone cannot; returns the question with its months filled in."""
    faults = []
    if len(set(ask.group_by)) < len(ask.group_by):
        faults.append(Fault("/group_by", "statistics.group_twice"))
    this_month = today.replace(day=1)
    to = ask.month_to or this_month
    since = ask.month_from or (_months_back(to, 11) if MONTH in ask.group_by else None)
    if MONTH not in ask.group_by and (ask.month_from or ask.month_to):
        faults.append(Fault("/month_from" if ask.month_from else "/month_to", "statistics.month_without_group"))
    if since is not None and not (_months_back(to, MOST_MONTHS - 1) <= since <= to <= this_month):
        faults.append(Fault("/month_from", "statistics.month_range", {"most": MOST_MONTHS}))
    if faults:
        raise InvalidInput(*faults)
    return ask.model_copy(update={"month_from": since, "month_to": to})


def _months_back(month: date, months: int) -> date:
    year, month0 = divmod(month.year * 12 + month.month - 1 - months, 12)
    return date(max(year, 1), month0 + 1, 1)


def months_of(ask: AskStatistics) -> list[date]:
    """Return the months of a series, each by its first day."""
    assert ask.month_from is not None
    assert ask.month_to is not None
    months, month = [], ask.month_to
    while month >= ask.month_from:
        months.append(month)
        month = _months_back(month, 1)
    return months[::-1]


def grouped(ask: AskStatistics) -> list[Dimension]:
    """Return the dimensions of cells that a question groups by."""
    return [DIMENSIONS[name] for name in ask.group_by if name in DIMENSIONS]


__all__ = [
    "FILTERS",
    "GROUPS",
    "MONTH",
    "PLACE",
    "AskStatistics",
    "AskSummary",
    "Counting",
    "Place",
    "check",
    "counting",
    "grouped",
    "months_of",
    "populations_of",
    "seen_of",
]
