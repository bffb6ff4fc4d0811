"""What only the whole file shows: who is named more than once, which rows are one household.

A first pass reads the numbers alone, and whether two rows say different things of one parent. Only
where they do, a second hears what the file says of these people as a whole: it holds for the
brother's row as well. Memory holds two small numbers per different person while the first pass
runs, and afterwards only the repeated.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from domain.codes.identity_number import LENGTH, OLD_LENGTH, normalise
from domain.imports.cells import Cell
from domain.imports.forms import HOUSEHOLD_ROLES
from domain.imports.header import Header
from domain.imports.model import RosterForm
from domain.imports.roster import Individual, Relative, RosterRow
from domain.people.model import Situation

DECISIVE = ("away", "capable", "situation", "died_on")  # facts of kin that the determination asks for


def compact(number: str) -> int:
    """Return an identity number as the integer it is remembered by: its 17 digits, the check digit follows."""
    return int(number[:17])


def _seen(cell: Cell) -> int | None:
    """Return the remembered form of a cell that looks like a number; it is checked when its row is read."""
    if not isinstance(cell, str) or len(cell) < OLD_LENGTH:
        return None
    if len(cell) == LENGTH and cell[:17].isdecimal() and cell.isascii():
        return int(cell[:17])
    number = normalise(cell)
    if len(number) == OLD_LENGTH:
        number = number[:6] + "19" + number[6:] + "0"
    return int(number[:17]) if len(number) == LENGTH and number[:17].isdecimal() and number.isascii() else None


class WholeFile:
    """The memory of a file, filled by ``look`` for each row in turn, then asked row by row."""

    def __init__(self) -> None:
        self.repeated: set[int] = set()
        self._joined: dict[int, int] = {}  # union-find over numbers that make rows one household
        self._first_row: dict[int, int] = {}
        self._subjects: dict[int, int] = {}  # repeated subject → first row taken
        self._named: dict[int, int] = {}  # (name, birth date, village) → row * 2 + has a number
        self.rows = 0
        self._told: dict[Hashable, int] = {}  # what was first said of somebody, as a hash
        self._contrary: set[Hashable] = set()
        self._said: dict[int | tuple[int, str, str], Individual] = {}  # what the file says of the repeated

    def look(self, cells: Sequence[Cell], mentions: Sequence["Mention"]) -> None:
        """First pass: take note of the people one more row names, and of what it says of them."""
        self.rows += 1
        width, told = len(cells), self._told
        linked: list[int] = []
        for mention in mentions:
            number = _seen(cells[mention.number]) if mention.number < width else None
            key: Hashable = number
            if number is None:
                if not linked or not 0 <= mention.name < width:
                    continue
                key = (linked[0], mention.role, cells[mention.name])
            elif mention.home:
                linked.append(number)
            said = hash(tuple([cells[column] for column in mention.decisive if column < width]))
            before = told.get(key)
            if before is None:
                told[key] = said if mention.decisive else 0
                continue
            if number is not None:
                self.repeated.add(number)
            if mention.decisive and before == 0:
                told[key] = said
            elif mention.decisive and before != said:
                self._contrary.add(key)
        self._link(linked)

    def _link(self, linked: list[int]) -> None:
        first_row = self._first_row
        for one in linked:
            if one not in self._joined and one not in first_row:
                first_row[one] = self.rows
        for one in linked[1:]:
            self._join(linked[0], one)

    def looked(self) -> bool:
        """End the first pass; tells whether two rows say different things of anybody."""
        self._told.clear()
        return bool(self._contrary)

    def is_contrary(self, cells: Sequence[Cell], mentions: Sequence["Mention"]) -> bool:
        """Tell whether a row speaks of somebody of whom another says something else."""
        width = len(cells)
        numbers = [_seen(cells[one.number]) if one.number < width else None for one in mentions]
        if any(number in self._contrary for number in numbers):
            return True
        family = next((number for number, one in zip(numbers, mentions, strict=True) if number and one.home), None)
        return any(
            (family, one.role, cells[one.name]) in self._contrary
            for number, one in zip(numbers, mentions, strict=True)
            if number is None and 0 <= one.name < width
        )

    def listen(self, row: RosterRow, form: RosterForm) -> None:
        """Second pass: keep what a taken row says of its people; of contrary words the first count."""
        if row.rejected:
            return
        for key, one in self._relatives(row, form):
            said = self._said.setdefault(key, Individual())
            for name in DECISIVE:
                if getattr(said, name) in {None, Situation.LIVING}:
                    setattr(said, name, getattr(one.person, name))

    def as_said(self, row: RosterRow, form: RosterForm) -> RosterRow:
        """Return a row as the determination should read it: with what the file as a whole says of her kin."""
        if not self._said:
            return row
        heard, changed = [], False
        for key, one in self._relatives(row, form):
            said = self._said.get(key)
            facts = {} if said is None else {name: getattr(said, name) for name in DECISIVE}
            heard.append(replace(one, person=replace(one.person, **facts)) if facts else one)
            changed = changed or said is not None
        return replace(row, relatives=heard) if changed else row

    def _relatives(self, row: RosterRow, form: RosterForm) -> Iterator[tuple[int | tuple[int, str, str], Relative]]:
        root = self.household_of(row, form)
        for one in row.relatives:
            number = one.person.identity_number
            yield (root, one.relation, one.person.name) if number is None else compact(number), one

    def household_of(self, row: RosterRow, form: RosterForm) -> int:
        """Return the first row of the household that a row belongs to."""
        people = [("", row.subject), *((one.role, one.person) for one in row.relatives)]
        numbers = [
            compact(one.identity_number) for role, one in people if one.identity_number and makes_household(role, form)
        ]
        return self.household(numbers, row.number)

    def household(self, numbers: Iterable[int], row: int) -> int:
        """Return the first row of the household that a row belongs to."""
        return min(
            (self._first_row[root] for one in numbers if (root := self._root(one)) in self._first_row), default=row
        )

    def _root(self, number: int) -> int:
        root = number
        while (above := self._joined.get(root)) is not None:
            root = above
        while number != root:
            self._joined[number], number = root, self._joined[number]
        return root

    def _join(self, one: int, other: int) -> None:
        one, other = self._root(one), self._root(other)
        if one == other:
            return
        first = min(self._first_row[one], self._first_row[other])
        self._joined[other] = one
        self._first_row.pop(other)
        self._first_row[one] = first

    def first_row_of(self, row: RosterRow) -> int | None:
        """Return the earlier row of the same person, or remember this one: a row is taken once.

        The same person: the same identity number; or, where one of the two rows has none, the
        same name, birth date and village.
        """
        subject = row.subject
        number = None if subject.identity_number is None else compact(subject.identity_number)
        named = hash((subject.name, subject.birth_date or date.min, row.region_code))
        if number is not None and number in self._subjects:
            return self._subjects[number]
        earlier = self._named.get(named)
        if earlier is not None and (number is None or not earlier % 2):
            return earlier // 2
        if number is not None and number in self.repeated:
            self._subjects[number] = row.number
        if earlier is None:
            self._named[named] = row.number * 2 + (number is not None)
        return None


class Mention(NamedTuple):
    """The columns in which a form speaks of one person; -1: it has no such column."""

    role: str  # "" for the subject
    number: int
    name: int
    home: bool  # whether sharing this person makes rows one household
    decisive: tuple[int, ...]  # what the determination may rest on, for relatives


def mentions_of(header: Header) -> tuple[Mention, ...]:
    """Return whom the rows below a header speak of, who makes households first."""
    roles = dict.fromkeys(field.rpartition(".")[0] for field in header.columns if field.endswith("identity_number"))
    found = [
        Mention(
            role,
            header.columns[f"{role}.identity_number" if role else "identity_number"],
            header.columns.get(f"{role}.name", -1) if role else -1,
            makes_household(role, header.form),
            tuple(
                column
                for field, column in header.columns.items()
                if role and (field.startswith(f"{role}.") or field == "incapable_parent")
            ),
        )
        for role in roles
    ]
    return tuple(sorted(found, key=lambda one: not one.home))


def makes_household(role: str, form: RosterForm) -> bool:
    """Tell whose number joins rows: a parent's or spouse's; for couples in two rows also the subject's own."""
    return role in HOUSEHOLD_ROLES or (role == "" and form is not RosterForm.CHILD)


__all__ = ["Mention", "WholeFile", "compact", "makes_household", "mentions_of"]
