"""An attacker with every published number: linear programming in exact arithmetic over the hidden cells."""

from collections.abc import Sequence
from fractions import Fraction

Equation = tuple[dict[int, int], int]
"""Coefficients by unknown, and what they add up to."""


def pinned(truth: Sequence[int], equations: Sequence[Equation]) -> set[int]:
    """Return the unknowns, 0 or more each, that can have no other value than the true one.

    Each corner of the set of solutions that is met clears all unknowns that differ from the truth
    there; what is left is driven to its least and its largest value.
    """
    left = set(range(len(truth)))
    solver = _Simplex(len(truth), equations)
    while left:
        target = min(left)
        for sign in (1, -1):
            corner = solver.minimise({target: sign})
            left -= {target} if corner is None else {one for one in left if corner[one] != truth[one]}
            if target not in left:
                break
        else:
            return {target} | {one for one in left if one != target and _fixed(solver, one, truth[one])}
    return set()


def _fixed(solver: "_Simplex", target: int, truth: int) -> bool:
    corners = [solver.minimise({target: sign}) for sign in (1, -1)]
    return all(corner is not None and corner[target] == truth for corner in corners)


class _Simplex:
    """A tableau that stays feasible from one goal to the next; Bland's rule, so that it ends."""

    def __init__(self, unknowns: int, equations: Sequence[Equation]) -> None:
        self.unknowns = unknowns
        self.rows: list[dict[int, Fraction]] = []  # sparse; key -1 is the right side
        self.basis: list[int] = []
        for index, (coefficients, total) in enumerate(equations):
            sign = -1 if total < 0 else 1
            row = {unknown: Fraction(sign * factor) for unknown, factor in coefficients.items() if factor}
            self.rows.append({**row, unknowns + index: Fraction(1), -1: Fraction(sign * total)})
            self.basis.append(unknowns + index)
        self._optimise({unknowns + index: Fraction(1) for index in range(len(self.rows))})
        for index in range(len(self.rows) - 1, -1, -1):  # an artificial unknown left over stands for no equation
            if self.basis[index] >= unknowns:
                assert not self.rows[index].get(-1), "what is published contradicts itself"
                entering = next((j for j, value in self.rows[index].items() if 0 <= j < unknowns and value), None)
                if entering is None:
                    del self.rows[index], self.basis[index]
                else:
                    self._pivot(index, entering)
        for row in self.rows:
            for j in [j for j in row if j >= unknowns]:
                del row[j]

    def minimise(self, cost: dict[int, int]) -> list[Fraction] | None:
        """Return a solution that is best; None where there is no bound."""
        if not self._optimise({j: Fraction(value) for j, value in cost.items()}):
            return None
        found = [Fraction(0)] * self.unknowns
        for unknown, row in zip(self.basis, self.rows, strict=True):
            found[unknown] = row.get(-1, Fraction(0))
        return found

    def _optimise(self, cost: dict[int, Fraction]) -> bool:
        reduced = dict(cost)
        for unknown, row in zip(self.basis, self.rows, strict=True):
            self._subtract(reduced, row, reduced.get(unknown, Fraction(0)))
        while True:
            entering = min((j for j, value in reduced.items() if j >= 0 and value < 0), default=None)
            if entering is None:
                return True
            ratios = [
                (row.get(-1, Fraction(0)) / row[entering], self.basis[index], index)
                for index, row in enumerate(self.rows)
                if row.get(entering, 0) > 0
            ]
            if not ratios:
                return False
            index = min(ratios)[2]
            self._pivot(index, entering)
            self._subtract(reduced, self.rows[index], reduced[entering])

    def _pivot(self, leaving: int, entering: int) -> None:
        pivot = self.rows[leaving][entering]
        self.rows[leaving] = {j: value / pivot for j, value in self.rows[leaving].items()}
        for index, row in enumerate(self.rows):
            if index != leaving and row.get(entering):
                self._subtract(row, self.rows[leaving], row[entering])
        self.basis[leaving] = entering

    @staticmethod
    def _subtract(row: dict[int, Fraction], other: dict[int, Fraction], factor: Fraction) -> None:
        if factor:
            for j, value in other.items():
                left = row.get(j, Fraction(0)) - factor * value
                if left:
                    row[j] = left
                else:
                    row.pop(j, None)
