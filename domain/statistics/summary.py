"""The summary table of left-behind children (统计表), and the cross-checks it is put to.

``total = Σ age bands = Σ schooling = Σ away = Σ carers = Σ ratings; each band = male + female; a region = Σ its
children``: the identities of the form. They are reckoned from one snapshot. One that does not hold (a
child of unknown birth date or school; a child entered at the township itself) is told with what it
should be and what it is: such a table is never shown as right.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from domain.people.model import Health, Population, Schooling
from domain.statistics.answers import Counted
from domain.statistics.dimensions import BITS, DIMENSIONS, LEFT_BEHIND_SHIFT, AgeBand, Away, Carer, Rating, Relief, Sex
from domain.statistics.questions import Place

BANDS: Final = (AgeBand.UNDER_6, AgeBand.SCHOOL_AGE, AgeBand.TEENS)
SEXES: Final = (Sex.MALE, Sex.FEMALE)
# A parent who looks after a left-behind child cannot act as guardian: by the form, nobody does.
CARERS: Final = (Carer.GRANDPARENTS, Carer.OTHER_KIN, Carer.OTHERS, Carer.NOBODY)
BLOCKS: Final[dict[str, tuple[str, ...]]] = {
    "age_band": BANDS,
    "age_band_and_sex": tuple(f"{band}/{sex}" for band in BANDS for sex in SEXES),
    "schooling": tuple(Schooling),
    "away": tuple(Away),
    "carer": CARERS,
    "rating": tuple(Rating),
    "health": tuple(Health),
    "relief": tuple(Relief),
}
SUMS: Final = ("age_band", "schooling", "away", "carer", "rating")
"""Blocks in which every child stands once."""
BIT: Final = BITS[Population.CHILD]
LEFT_BEHIND: Final = BIT << LEFT_BEHIND_SHIFT
KEPT: Final = sum(
    DIMENSIONS[name].mask for name in ("age_band", "sex", "schooling", "away", "carer", "rating", "health", "relief")
)

Counts = Counter[tuple[str, str]]


def summary(counted: Counted, places: tuple[Place, ...]) -> dict[str, Any]:
    """Return the document of the view ``StatisticsSummary``: the region's row first, its children's below."""
    totals: list[int] = [0] * len(places)
    tables: list[Counts] = [Counter() for _ in places]
    for place, _, cell, n in counted.rows:
        totals[place] += n
        for entry in _entries(cell):
            tables[place][entry] += n
    checks = [
        check
        for place, total, table in zip(places, totals, tables, strict=True)
        for check in _within(place, total, table)
    ]
    if len(places) > 1:
        checks += _across(places, totals, tables)
    rows = [
        {
            "region": place.code,
            "region_name": place.name,
            "total": total,
            "counts": [
                {"block": block, "category": category, "n": table[block, category]}
                for block, categories in BLOCKS.items()
                for category in categories
            ],
        }
        for number, (place, total, table) in enumerate(zip(places, totals, tables, strict=True))
        if total or not number
    ]
    return {
        "region": places[0].code,
        "region_name": places[0].name,
        "as_of": counted.as_of.isoformat(),
        "holds": not checks,
        "rows": rows,
        "checks": checks,
    }


def _entries(cell: int) -> Iterable[tuple[str, str]]:
    values = {
        name: tuple(DIMENSIONS[name].read((cell & DIMENSIONS[name].mask) >> DIMENSIONS[name].shift))
        for name in ("age_band", "sex", "schooling", "away", "carer", "rating", "health", "relief")
    }
    (band,), (sex,) = values["age_band"], values["sex"]
    yield "age_band_and_sex", f"{band}/{sex}"
    for name, held in values.items():
        for value in held:
            yield name, Carer.NOBODY if (name, value) == ("carer", Carer.PARENT) else value


def _within(place: Place, total: int, table: Counts) -> Iterable[dict[str, Any]]:
    for block in SUMS:
        yield from _check(place, f"total={block}", total, sum(table[block, one] for one in BLOCKS[block]))
    for band in BANDS:
        by_sex = sum(table["age_band_and_sex", f"{band}/{sex}"] for sex in SEXES)
        yield from _check(place, f"{band}=male+female", table["age_band", band], by_sex)


def _across(places: tuple[Place, ...], totals: list[int], tables: list[Counts]) -> Iterable[dict[str, Any]]:
    yield from _check(places[0], "region=children", totals[0], sum(totals[1:]))
    for block, categories in BLOCKS.items():
        for one in categories:
            below = sum(table[block, one] for table in tables[1:])
            yield from _check(places[0], f"region=children:{block}/{one}", tables[0][block, one], below)


def _check(place: Place, name: str, expected: int, found: int) -> Iterable[dict[str, Any]]:
    if expected != found:
        yield {"region": place.code, "check": name, "expected": expected, "found": found}


__all__ = ["BLOCKS", "KEPT", "LEFT_BEHIND", "summary"]
