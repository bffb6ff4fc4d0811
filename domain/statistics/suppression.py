"""Which numbers may be shown to everybody: small counts hidden, and enough others that none can be computed back.

What is published is one fixed set of tables, and it is made safe as a whole, once; whoever asks
picks from it. For each population there is a *status* table (left behind or not) and one table for
each way of breaking the left-behind down; each has a row for every region of a tree (country,
province, city, county), whose rows add up to their parent's, and columns that add up to the row.

*Primary*: a count of 1 to 4 is hidden (``LEAST``). A zero is shown: that a county has no such child
tells of nobody, and hiding it would hide most of a sparse table; as company for others zeros hide, too.

*Complementary*: in a table the regions to hide lose the same columns, at least two of them, and
below every parent that is shown at least two regions that hold somebody are hidden; below a hidden
parent at least one. Then the hidden cells under a shown parent are a table whose row and column
sums alone are known, with two rows and two columns that are not empty. Such a table can always be
filled in another way: rows × columns / total is positive in every cell, so that each cell can move
both ways, and the corners of the set of all solutions are whole numbers. What remains knowable,
the sum of a hidden group, is never 1 to 4 either. A region whose left-behind are
hidden in the status table is hidden in every other, in full: its row's sum is not to be known.

Sources: 统计法 art. 28 (statistics must not make a single respondent known); Willenborg & de Waal,
*Elements of Statistical Disclosure Control* (2001), ch. 4; the proof is that of transportation
polytopes. ``tests/unit/statistics`` attacks whole publications with exact linear programming.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, TypeVar

LEAST: Final = 5
"""The smallest count that is shown, apart from none at all."""
ROUNDED_TO: Final = 5
"""What is shown is rounded to this, so that two months' tables tell no small difference."""

Place = TypeVar("Place")
Children = Mapping[Place, Sequence[Place]]
"""Each region's children; a region without an entry is a leaf."""
Rows = Mapping[Place, Sequence[int]]


Cells = frozenset[tuple[Place, int]]
"""Regions with a column: what of a table is not shown."""


def is_small(n: int) -> bool:
    """Tell whether a count is too small to be shown."""
    return 0 < n < LEAST


def rounded(n: int) -> int:
    """Return a shown count as it is published: to the nearest multiple, halves do not occur."""
    return (n + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def hide(children: Children[Place], rows: Rows[Place], forced: Collection[Place] = ()) -> Cells[Place]:
    """Return what of one table is hidden. ``forced``: the regions whose left-behind are hidden in the status table."""
    columns = _columns(rows, all_of_them=bool(forced))
    return _cells(children, rows, columns, _regions(children, rows, columns, frozenset(forced)))


def hide_status(children: Children[Place], rows: Rows[Place]) -> Cells[Place]:
    """Return what of a status table is hidden: no column is shown from which a small total would follow."""
    columns = tuple(range(_width(rows)))
    totals = frozenset(place for place, row in rows.items() if is_small(sum(row)))
    return _cells(children, rows, columns, _regions(children, rows, columns, totals))


def _cells(children: Children[Place], rows: Rows[Place], columns: tuple[int, ...], hidden: set[Place]) -> Cells[Place]:
    """Return the hidden cells; where a shown parent is short of nobody, what is missing is known and so it is shown."""
    cells = {(place, column) for place in hidden for column in columns}
    for parent, below in children.items():
        if parent not in hidden:
            group = _leaves(children, hidden, below)
            empty = [column for column in columns if not sum(rows[place][column] for place in group)]
            cells -= {(place, column) for place in _chain(children, hidden, below) for column in empty}
    return frozenset(cells)


def _width(rows: Rows[Place]) -> int:
    return len(next(iter(rows.values()), ()))


def _columns(rows: Rows[Place], *, all_of_them: bool) -> tuple[int, ...]:
    """Return the columns that hidden regions lose: those with a small count, and company for them."""
    everything = range(_width(rows))
    if all_of_them:
        return tuple(everything)
    chosen = {column for column in everything if any(is_small(row[column]) for row in rows.values())}
    others = sorted(set(everything) - chosen, key=lambda column: (sum(row[column] for row in rows.values()), column))
    while chosen and others and (len(chosen) == 1 or any(is_small(_sum(row, chosen)) for row in rows.values())):
        chosen.add(others.pop(0))
    return tuple(sorted(chosen))


def _sum(row: Sequence[int], columns: Collection[int]) -> int:
    return sum(row[column] for column in columns)


def _regions(
    children: Children[Place], rows: Rows[Place], columns: tuple[int, ...], forced: frozenset[Place]
) -> set[Place]:
    hidden = {*forced, *(place for place, row in rows.items() if any(is_small(row[column]) for column in columns))}
    while more := _next(children, rows, columns, hidden, forced):
        hidden.add(more[0])
    return hidden


def _next(
    children: Children[Place],
    rows: Rows[Place],
    columns: tuple[int, ...],
    hidden: Collection[Place],
    forced: frozenset[Place],
) -> tuple[Place] | None:
    """Return one more region that has to be hidden, None when the table is safe."""
    for parent, below in children.items():
        # that a forced region holds nobody is not known either
        held = [place for place in below if place in forced or _sum(rows[place], columns)]
        gone = [place for place in held if place in hidden]
        if not gone and (parent not in hidden or not held):
            continue
        if parent in hidden:
            safe = bool(gone)
        else:
            group = _leaves(children, hidden, below)
            sums = [sum(rows[place][column] for place in group) for column in columns]
            safe = len(gone) > 1 and not any(map(is_small, sums))
        if not safe:
            rest = [place for place in held if place not in hidden]
            return (min(rest, key=lambda place: _sum(rows[place], columns)) if rest else parent,)
    return None


def _leaves(children: Children[Place], hidden: Collection[Place], below: Sequence[Place]) -> list[Place]:
    """Return the lowest hidden regions reached through hidden ones: what a shown parent's table is short of."""
    return [place for place in _chain(children, hidden, below) if not children.get(place)]


def _chain(children: Children[Place], hidden: Collection[Place], below: Sequence[Place]) -> list[Place]:
    """Return all hidden regions reached through hidden ones."""
    found: list[Place] = []
    for place in below:
        if place in hidden:
            found += [place, *_chain(children, hidden, children.get(place, ()))]
    return found


__all__ = ["LEAST", "ROUNDED_TO", "Cells", "hide", "hide_status", "is_small", "rounded"]
