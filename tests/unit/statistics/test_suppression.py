"""Suppression: whoever holds every published number, exact as they were before rounding, pins no hidden one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.statistics.suppression import LEAST, Cells, hide, hide_status, is_small, rounded
from tests.unit.statistics.attacker import Equation, pinned

ROOT = "country"


@dataclass
class Publication:
    """One population's tables as published: counts by table, region and column; the hidden ones are unknown."""

    children: dict[str, list[str]]
    tables: list[dict[str, tuple[int, ...]]]  # the status table (left behind, not) first
    hidden: list[Cells[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        status = hide_status(self.children, self.tables[0])
        rest = [
            hide(self.children, table, [region for region, column in status if column == 0])
            for table in self.tables[1:]
        ]
        self.hidden = [status, *rest]

    def is_shown(self, table: int, region: str, column: int) -> bool:
        return (region, column) not in self.hidden[table]

    def unknowns(self) -> dict[tuple[int, str, int], int]:
        cells = [
            (table, region, column)
            for table, rows in enumerate(self.tables)
            for region, row in rows.items()
            for column in range(len(row))
            if not self.is_shown(table, region, column)
        ]
        return {cell: number for number, cell in enumerate(cells)}

    def equations(self, unknowns: dict[tuple[int, str, int], int]) -> Iterator[Equation]:
        """Give all that holds between the numbers: parents and children, rows and the left-behind total."""
        for table, rows in enumerate(self.tables):
            width = len(next(iter(rows.values())))
            for parent, below in self.children.items():
                for column in range(width):
                    terms = [(parent, -1), *((child, 1) for child in below)]
                    yield self._equation(unknowns, [((table, region, column), sign) for region, sign in terms])
            for region in rows if table else ():
                row = [((table, region, column), 1) for column in range(width)]
                yield self._equation(unknowns, [*row, ((0, region, 0), -1)])

    def _equation(
        self, unknowns: dict[tuple[int, str, int], int], terms: list[tuple[tuple[int, str, int], int]]
    ) -> Equation:
        known, coefficients = 0, dict[int, int]()
        for cell, sign in terms:
            if cell in unknowns:
                coefficients[unknowns[cell]] = coefficients.get(unknowns[cell], 0) + sign
            else:
                table, region, column = cell
                known += sign * self.tables[table][region][column]
        return coefficients, -known


@st.composite
def publications(draw: st.DrawFn) -> Publication:
    """Draw a country of up to three levels, its counts small enough to be dangerous."""
    children: dict[str, list[str]] = {ROOT: [f"p{n}" for n in range(draw(st.integers(1, 4)))]}
    for province in children[ROOT]:
        if draw(st.booleans()):
            children[province] = [f"{province}c{n}" for n in range(draw(st.integers(1, 3)))]
    leaves = [one for below in children.values() for one in below if one not in children]
    counts = st.one_of(st.integers(0, 8), st.integers(0, 40), st.just(0))
    widths = draw(st.lists(st.integers(2, 3), min_size=1, max_size=2))
    tables: list[dict[str, tuple[int, ...]]] = [{}, *({} for _ in widths)]
    for leaf in leaves:
        first = draw(st.tuples(*(counts for _ in range(widths[0]))))
        total = sum(first)
        tables[0][leaf] = (total, draw(counts))
        tables[1][leaf] = first
        if len(widths) > 1:
            cuts = sorted(draw(st.lists(st.integers(0, total), min_size=widths[1] - 1, max_size=widths[1] - 1)))
            tables[2][leaf] = tuple(b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True))
    for parent in reversed(children):
        for table in tables:
            table[parent] = tuple(map(sum, zip(*(table[child] for child in children[parent]), strict=True)))
    return Publication(children, tables)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(publications())
def test_no_hidden_number_can_be_computed_back(published: Publication) -> None:
    unknowns = published.unknowns()
    equations = [one for one in published.equations(unknowns) if one[0]]
    truth = [published.tables[table][region][column] for table, region, column in unknowns]
    # that nobody is there is shown openly where it stands alone, and may be found where it does not
    fixed = pinned(truth, equations)
    found = [cell for cell, number in unknowns.items() if truth[number] and number in fixed]
    assert found == []


def test_the_attacker_finds_what_is_hidden_carelessly() -> None:
    # x + y = 9, x + z = 7, y = 6: a single hidden row, and a pair whose company is itself known
    assert pinned([3, 6, 4], [({0: 1, 1: 1}, 9), ({0: 1, 2: 1}, 7), ({1: 1}, 6)]) == {0, 1, 2}
    assert pinned([1, 0], [({0: 1, 1: 1}, 1)]) == set()
    assert pinned([0, 0, 5], [({0: 1, 1: 1}, 0), ({2: 1, 1: 1}, 5)]) == {0, 1, 2}  # bounded by being no less than 0


@given(publications())
def test_no_small_count_is_shown(published: Publication) -> None:
    for table, rows in enumerate(published.tables):
        for region, row in rows.items():
            assert not any(is_small(n) and published.is_shown(table, region, column) for column, n in enumerate(row))
    for region, row in published.tables[0].items():
        assert not (is_small(sum(row)) and published.is_shown(0, region, 0) and published.is_shown(0, region, 1))


@given(publications())
def test_what_a_shown_parent_is_short_of_is_no_small_count(published: Publication) -> None:
    for table, rows in enumerate(published.tables):
        for parent, below in published.children.items():
            for column in range(len(rows[parent])):
                if published.is_shown(table, parent, column):
                    gone = [child for child in below if not published.is_shown(table, child, column)]
                    assert not is_small(sum(rows[child][column] for child in gone))


def test_a_county_without_small_counts_is_shown_in_full() -> None:
    rows = {ROOT: (30, 12), "a": (20, 5), "b": (10, 7)}
    assert hide({ROOT: ["a", "b"]}, rows) == frozenset()


def test_the_neighbour_with_the_fewest_keeps_a_hidden_county_company() -> None:
    rows = {ROOT: (70, 66, 90), "a": (3, 6, 30), "b": (40, 40, 30), "c": (27, 20, 30)}
    # b would do as well as c; c hides fewer people. The third column is large everywhere and stays.
    assert hide({ROOT: ["a", "b", "c"]}, rows) == {("a", 0), ("a", 1), ("c", 0), ("c", 1)}


def test_where_there_is_no_neighbour_the_parent_goes_too() -> None:
    rows = {ROOT: (60, 60), "p": (33, 46), "q": (27, 14), "p1": (33, 46), "q1": (3, 8), "q2": (24, 6)}
    children = {ROOT: ["p", "q"], "p": ["p1"], "q": ["q1", "q2"]}
    assert {region for region, _ in hide(children, rows)} == {"q1", "q2"}
    alone = {ROOT: (7, 9), "p": (4, 3), "q": (3, 6)}
    assert {region for region, _ in hide({ROOT: ["p", "q"]}, alone)} == {"p", "q"}
    only = {ROOT: (4, 9), "p": (4, 9)}
    assert {region for region, _ in hide({ROOT: ["p"]}, only)} == {ROOT, "p"}


@pytest.mark.parametrize(("n", "shown"), [(0, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1000, 1000)])
def test_rounding(n: int, shown: int) -> None:
    assert rounded(n) == shown


def test_the_least_count_survives_its_rounding() -> None:
    assert rounded(LEAST) == LEAST
