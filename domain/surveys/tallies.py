"""Tallies: which cells an answer counts in, and which cells may be shown to who sees no person."""

from collections.abc import Iterable, Mapping
from typing import Final

from domain.statistics.suppression import Children, hide
from domain.surveys.answers import Reply
from domain.surveys.work import Cell

WIDTHS: Final = {1: 10**10, 2: 10**8, 3: 10**6, 4: 10**3, 5: 1}
VILLAGE: Final = 5
ANSWERS: Final = ("", "")
Place = tuple[int, int]


def cells(village: int, top: int, answered: Iterable[Reply]) -> list[Cell]:
    """Return the cells of one answer from its village up to the survey's own level, in one order for everybody."""
    values = [ANSWERS, *((one.question, value) for one in answered for value in one.counted)]
    return sorted(
        (level, village // WIDTHS[level] * WIDTHS[level], question, value)
        for level in range(top, VILLAGE + 1)
        for question, value in values
    )


def safe(counted: Mapping[Cell, int]) -> list[Cell]:
    """Return the cells that may be shown: no count of 1 to 4, and none from which one could be computed.

    Each question is a table of regions and values, made safe as a whole by the rule of the published
    statistics (``domain.statistics.suppression``). Where the number of answers itself is hidden,
    everything of that region is.
    """
    places = {cell[:2] for cell in counted}
    children = _tree(places)
    totals = {place: (counted.get((*place, *ANSWERS), 0),) for place in places}
    gone = {place for place, _ in hide(children, totals)}
    shown = [(*place, *ANSWERS) for place in places - gone]
    for question in {cell[2] for cell in counted} - {""}:
        values = sorted({cell[3] for cell in counted if cell[2] == question})
        rows = {place: [counted.get((*place, question, value), 0) for value in values] for place in places}
        hidden = hide(children, rows, gone)
        shown += [
            (*place, question, value)
            for place in places
            for at, value in enumerate(values)
            if (place, at) not in hidden and place not in gone
        ]
    return sorted(one for one in shown if one in counted)


def _tree(places: Iterable[Place]) -> Children[Place]:
    children: dict[Place, list[Place]] = {}
    for level, code in sorted(places):
        above = (level - 1, code // WIDTHS[level - 1] * WIDTHS[level - 1]) if level > 1 else None
        if above in children:
            children[above].append((level, code))
        children[level, code] = []
    return {place: below for place, below in children.items() if below}


__all__ = ["ANSWERS", "VILLAGE", "cells", "safe"]
