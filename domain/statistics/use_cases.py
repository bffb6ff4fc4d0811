"""Reading the statistics: exact for whoever may see the people counted, published figures for everybody else."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from domain.access import EVERYWHERE, Access, RowScope
from domain.errors import Fault, Forbidden, InvalidInput
from domain.people.model import Population
from domain.regions.codes import range_of
from domain.statistics import summary as summary_of
from domain.statistics.answers import Counted, answer
from domain.statistics.publication import STATUS, STATUSES, breakdowns
from domain.statistics.questions import (
    FILTERS,
    PLACE,
    AskStatistics,
    AskSummary,
    Counting,
    Place,
    check,
    counting,
    populations_of,
    seen_of,
)
from domain.statistics.suppression import LEAST, ROUNDED_TO

PERMISSION = "statistics:read"
SUMMARY = "statistics:summary"


@dataclass(frozen=True, slots=True)
class Division:
    """A division by its published code."""

    code: str
    name: str


class Figures(Protocol):
    """What is counted and what is published."""

    async def division(self, code: str) -> Division | None:
        """Return a division, in force or not; None where there is none."""

    async def children(self, code: str | None) -> list[Division]:
        """Return the divisions directly below one, or the provinces."""

    async def count(self, access: Access, asked: Counting) -> Counted:
        """Count cells, all in one snapshot."""

    async def published(
        self, population: Population, breakdown: str, regions: list[str | None]
    ) -> tuple[date | None, list[tuple[str | None, str, int | None]]]:
        """Return (region, category, n or None where hidden) of published tables, and the day they are of."""


async def statistics(access: Access, figures: Figures, ask: AskStatistics, today: date) -> dict[str, Any]:
    """Answer a question, exactly or from what is published, as the caller's grant says.

    Raises ``InvalidInput`` for what cannot be asked, ``Forbidden`` outside region or remit.
    """
    grant = access.grant(PERMISSION)
    asked = check(ask, today)
    if grant.rows is not RowScope.REGION:
        return await _published(figures, ask)
    places = await _places(access, figures, asked.region, below=PLACE in asked.group_by)
    counted = await figures.count(access, counting(access, asked, places))
    return answer(asked, counted, places, populations_of(access))


async def summary(access: Access, figures: Figures, ask: AskSummary) -> dict[str, Any]:
    """Return the summary table of left-behind children, cross-checked. Exact counts only."""
    access.grant(SUMMARY)
    if not populations_of(access) & summary_of.BIT:
        raise Forbidden("statistics.population_outside_remit")
    places = await _places(access, figures, ask.region, below=True)
    left = summary_of.LEFT_BEHIND
    asked = Counting(places, left, left, 0, int(access.remit), summary_of.KEPT)
    return summary_of.summary(await figures.count(access, asked), places)


async def _places(access: Access, figures: Figures, asked: str | None, *, below: bool) -> tuple[Place, ...]:
    code = asked or access.region
    name = None
    if code is not None:
        division = await figures.division(code)
        if division is None:
            raise InvalidInput(Fault("/region", "region.unknown"))
        name = division.name
    within = range_of(code) if code else EVERYWHERE
    seen = seen_of(access, within)
    # Of a region that reaches beyond the caller's own she could count a part, and it would pass for the whole.
    if not seen or (code and not any(one.lo <= within.lo and within.hi <= one.hi for one in access.regions)):
        raise Forbidden("region.outside_scope")
    places = [Place(code, name, seen)]
    if below:
        for one in await figures.children(code):
            seen_below = seen_of(access, range_of(one.code))
            if seen_below:
                places.append(Place(one.code, one.name, seen_below))
    return tuple(places)


async def _published(figures: Figures, ask: AskStatistics) -> dict[str, Any]:
    """Answer from the published tables; what they do not hold is refused, not approximated."""
    population, breakdown = _publishable(ask)
    name = None
    if ask.region is not None:
        division = await figures.division(ask.region)
        if division is None:
            raise InvalidInput(Fault("/region", "region.unknown"))
        name = division.name
    places: dict[str | None, str | None] = {ask.region: name}
    if PLACE in ask.group_by:
        if ask.region is not None and len(ask.region) >= 6:  # noqa: PLR2004 - a county
            raise InvalidInput(Fault("/group_by", "statistics.county_and_above"))
        places |= {one.code: one.name for one in await figures.children(ask.region)}
    as_of, total = await figures.published(population, STATUS, [ask.region])
    shown = await figures.published(population, breakdown, [*places]) if ask.group_by else (as_of, [])
    wanted = _wanted(ask)
    cells = [
        (region, category, n)
        for region, category, n in shown[1]
        if (breakdown != STATUS or category in wanted) and (PLACE not in ask.group_by or region != ask.region)
    ]
    order = [*STATUSES] if breakdown == STATUS else [*_categories(population, breakdown)]
    cells.sort(key=lambda one: (one[0] or "", order.index(one[1])))
    return {
        "region": ask.region,
        "region_name": name,
        "as_of": as_of.isoformat() if as_of else None,
        "group_by": list(ask.group_by),
        "exact": False,
        "suppressed_below": LEAST,
        "rounded_to": ROUNDED_TO,
        "notes": ["published_monthly", "small_counts_hidden", "rounded", "county_and_above"],
        "total": _total([n for _, category, n in total if category in wanted]),
        "cells": _cells(ask, cells, places),
    }


def _publishable(ask: AskStatistics) -> tuple[Population, str]:
    """Return which published table a question asks for. Raises ``InvalidInput`` where there is none."""
    faults = [Fault(f"/{name}", "statistics.not_published") for name in FILTERS if getattr(ask, name) is not None]
    if ask.population is None:
        faults.append(Fault("/population", "statistics.population_needed"))
    if ask.region is not None and len(ask.region) > 6:  # noqa: PLR2004 - a county
        faults.append(Fault("/region", "statistics.county_and_above"))
    others = [name for name in ask.group_by if name != PLACE]
    known = {one.name for one in breakdowns(ask.population)} if ask.population else set()
    if len(others) > 1 or not {*others} <= known | {"left_behind"}:
        faults.append(Fault("/group_by", "statistics.not_published"))
    elif others and others != ["left_behind"] and ask.left_behind is not True:
        faults.append(Fault("/left_behind", "statistics.left_behind_needed"))
    if faults or ask.population is None:
        raise InvalidInput(*faults)
    return ask.population, others[0] if others and others != ["left_behind"] else STATUS


def _categories(population: Population, breakdown: str) -> tuple[str, ...]:
    return next(one.categories for one in breakdowns(population) if one.name == breakdown)


def _wanted(ask: AskStatistics) -> tuple[str, ...]:
    return STATUSES if ask.left_behind is None else STATUSES[:1] if ask.left_behind else STATUSES[1:]


def _total(numbers: list[int | None]) -> int | None:
    return None if None in numbers else sum(n for n in numbers if n is not None)


def _cells(
    ask: AskStatistics, shown: list[tuple[str | None, str, int | None]], places: dict[str | None, str | None]
) -> list[dict[str, Any]]:
    """Return the cells as asked: where only regions are, the statuses of each are one number."""
    by_key: dict[tuple[str, ...], tuple[str | None, list[int | None]]] = {}
    for region, category, n in shown:
        value = category
        if ask.population and "left_behind" in ask.group_by:
            value = str(ask.population) if category == STATUSES[0] else "none"
        key = tuple((region or "") if name == PLACE else value for name in ask.group_by)
        by_key.setdefault(key, (places.get(region), []))[1].append(n)
    return [
        {
            "keys": list(key),
            "region_name": name if PLACE in ask.group_by else None,
            "n": _total(numbers),
            "hidden": None in numbers,
        }
        for key, (name, numbers) in by_key.items()
    ]


__all__ = ["PERMISSION", "SUMMARY", "Division", "Figures", "statistics", "summary"]
