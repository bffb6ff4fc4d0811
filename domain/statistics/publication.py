"""What everybody may know: the tables that are published, made safe together.

For each population: *status* (left behind or not), by region down to the county, and one table of
the left-behind for each breakdown. No others exist for whoever may not count people, so no two
questions can be played off against each other. Published at the end of a month, rounded: two
months' tables differ by multiples of ``ROUNDED_TO`` only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from domain.access import RegionRange
from domain.people.model import Population
from domain.statistics.dimensions import BITS, DIMENSIONS, LEFT_BEHIND_SHIFT, Dimension
from domain.statistics.suppression import Cells, hide, hide_status, rounded

STATUS: Final = "status"
STATUSES: Final = ("left_behind", "not_left_behind")
EVERYWHERE: Final = RegionRange(0, 10**12)
WIDTHS: Final = (10**12, 10**10, 10**8, 10**6)
"""Country, province, city, county: below that nothing is published."""


def breakdowns(population: Population) -> list[Dimension]:
    """Return what a population's left-behind are broken down by: each counts everybody once."""
    names = {
        Population.WOMAN: ("age_band", "education", "health", "priority"),
        Population.CHILD: ("age_band", "sex", "schooling", "away", "carer", "rating", "health", "priority"),
        Population.ELDER: ("age_band", "sex", "health", "priority", "living", "self_care"),
    }
    return [DIMENSIONS[name] for name in names[population]]


@dataclass(frozen=True, slots=True)
class Published:
    """One published number; ``n`` is None where it is not shown."""

    population: Population
    breakdown: str
    region: RegionRange
    category: str
    n: int | None


def published(cells: Iterable[tuple[int, int, int]]) -> Iterator[Published]:
    """Give every published number, from (county, cell, n) of all counties; zeros are left out unless hidden."""
    counted = list(cells)
    for population in Population:
        bit = BITS[population]
        own = [(county, cell, n) for county, cell, n in counted if cell & bit]
        left = [one for one in own if one[1] & bit << LEFT_BEHIND_SHIFT]
        status: defaultdict[RegionRange, list[int]] = defaultdict(lambda: [0, 0])
        for county, cell, n in own:
            for region in _up(county):
                status[region][0 if cell & bit << LEFT_BEHIND_SHIFT else 1] += n
        children = _tree(status)
        hidden = hide_status(children, status)
        yield from _shown(population, STATUS, STATUSES, status, hidden)
        for dimension in breakdowns(population):
            rows = {region: [0] * len(dimension.categories) for region in status}
            for county, cell, n in left:
                (value,) = dimension.read((cell & dimension.mask) >> dimension.shift)
                for region in _up(county):
                    rows[region][dimension.categories.index(value)] += n
            missing = hide(children, rows, [region for region, column in hidden if column == 0])
            yield from _shown(population, dimension.name, dimension.categories, rows, missing)


def _up(county: int) -> Iterator[RegionRange]:
    for width in WIDTHS:
        lo = county - county % width
        yield RegionRange(lo, lo + width)


def _tree(regions: Iterable[RegionRange]) -> dict[RegionRange, list[RegionRange]]:
    """Return each region's children among those that hold somebody."""
    children: defaultdict[RegionRange, list[RegionRange]] = defaultdict(list)
    for region in sorted(regions, key=lambda one: (one.lo, -one.hi)):
        width = region.hi - region.lo
        if width < WIDTHS[0]:
            above = WIDTHS[WIDTHS.index(width) - 1]
            lo = region.lo - region.lo % above
            children[RegionRange(lo, lo + above)].append(region)
    return dict(children)


def _shown(
    population: Population,
    breakdown: str,
    categories: tuple[str, ...],
    rows: "dict[RegionRange, list[int]]",
    hidden: Cells[RegionRange],
) -> Iterator[Published]:
    for region, row in rows.items():
        for column, n in enumerate(row):
            if (region, column) in hidden:
                yield Published(population, breakdown, region, categories[column], None)
            elif n:
                yield Published(population, breakdown, region, categories[column], rounded(n))


__all__ = ["STATUS", "STATUSES", "Published", "breakdowns", "published"]
