"""Answers made of counted cells: the document of the view ``Statistics``."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from domain.statistics.dimensions import BITS, DIMENSIONS, Dimension
from domain.statistics.questions import MONTH, PLACE, AskStatistics, Place, grouped, months_of


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums of one moment. ``rows``: (place's number, None for now or a month for its change, kept bits, n)."""

    as_of: date
    rows: tuple[tuple[int, date | None, int, int], ...]


def _values(dimension: Dimension, cell: int, visible: int) -> Iterable[str]:
    number = (cell & dimension.mask) >> dimension.shift
    if dimension.name in ("population", "left_behind"):
        number &= visible  # another department's population is not told of
    return dimension.read(number)


def answer(ask: AskStatistics, counted: Counted, places: tuple[Place, ...], visible: int) -> dict[str, Any]:
    """Return the answer to a question. Counts of a month are those of its end, the present ones for this month."""
    if ask.population is not None:
        visible = BITS[ask.population]
    wanted = months_of(ask) if MONTH in ask.group_by else [None]
    dimensions = grouped(ask)
    counts: Counter[tuple[str, ...]] = Counter()
    total = 0
    for place, changed, cell, n in counted.rows:
        if changed is None and place == 0:
            total += n
        if (PLACE in ask.group_by) == (place == 0):
            continue
        values = product(*(_values(one, cell, visible) for one in dimensions))
        for combination in values:
            for month in wanted:
                if changed is None or (month is not None and changed > month):
                    key = _key(ask, places[place].code, month, dict(zip(dimensions, combination, strict=True)))
                    counts[key] += n if changed is None else -n
    names = {place.code: place.name for place in places}
    return {
        "region": places[0].code,
        "region_name": places[0].name,
        "as_of": counted.as_of.isoformat(),
        "group_by": list(ask.group_by),
        "exact": True,
        "suppressed_below": None,
        "rounded_to": None,
        "notes": ["categories_overlap"] if any(one.flags for one in dimensions) else [],
        "total": total,
        "cells": [
            {"keys": list(key), "region_name": _name(ask, key, names), "n": n, "hidden": False}
            for key, n in sorted(counts.items(), key=lambda one: _order(ask, one[0]))
            if n
        ],
    }


def _key(ask: AskStatistics, code: str | None, month: date | None, values: dict[Dimension, str]) -> tuple[str, ...]:
    named = {one.name: value for one, value in values.items()}
    if month is not None:
        named[MONTH] = month.isoformat()[:7]
    if code is not None:
        named[PLACE] = code
    return tuple(named[name] for name in ask.group_by)


def _name(ask: AskStatistics, key: tuple[str, ...], names: dict[str | None, str | None]) -> str | None:
    return names.get(key[ask.group_by.index(PLACE)]) if PLACE in ask.group_by else None


def _order(ask: AskStatistics, key: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    return tuple(
        (DIMENSIONS[name].categories.index(value), "") if name in DIMENSIONS else (0, value)
        for name, value in zip(ask.group_by, key, strict=True)
    )


__all__ = ["Counted", "answer"]
