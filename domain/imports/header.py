"""Finding the header of a roster: which row it is, and which column holds which field.

Tolerates title and unit rows above it, any order of columns, and headers of up to three lines
(父亲 over 姓名, 电话, …; the group cell may be merged or simply blank to its right). Whatever
depth recognises the most fields is the header.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domain.imports.cells import Cell, text
from domain.imports.model import RosterForm
from domain.imports.vocabulary import Vocabulary, heading, without_brackets

SEARCHED_ROWS = 30
DEEPEST = 3
FEWEST_FIELDS = 3  # fewer is a coincidence: a title row, a list of something else


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is. Rows and columns are 0-based; ``first_row`` is the row below it."""

    form: RosterForm
    first_row: int
    columns: dict[str, int]  # field → column
    headings: dict[str, str]  # field → heading as written, for the report
    unknown: tuple[str, ...] = ()  # headings nobody knows, as written
    repeated: frozenset[str] = field(default_factory=frozenset)  # the last line's texts: a page's repeated header


def find(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary, form: RosterForm = RosterForm.AUTO) -> Header | None:
    """Return the header among the first rows of a sheet, or None. ``auto`` takes the form that fits best."""
    forms = list(vocabulary.forms) if form is RosterForm.AUTO else [form]
    best: Header | None = None
    texts = [[text(cell) for cell in row] for row in rows[: SEARCHED_ROWS + DEEPEST]]
    for depth in range(1, DEEPEST + 1):  # strictly more fields: a deeper reading must earn its extra line
        for top in range(min(len(texts) - depth + 1, SEARCHED_ROWS)):
            columns = _stacked(texts[top : top + depth])
            for one in forms:
                found = _recognise(columns, top + depth, vocabulary, one, texts[top + depth - 1])
                if _fits(found) and (best is None or len(found.columns) > len(best.columns)):
                    best = found
    return best


def _fits(header: Header) -> bool:
    known = header.columns
    return len(known) >= FEWEST_FIELDS and "name" in known and bool(known.keys() & {"identity_number", "birth_date"})


def _stacked(lines: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return each column's heading from top to bottom, group cells spread to their right."""
    width = max(map(len, lines))
    grid = [[*line, *[""] * (width - len(line))] for line in lines]
    for line, below in pairwise(grid):
        for column in range(1, width):
            if not line[column] and below[column] and below[column - 1]:
                line[column] = line[column - 1]
    return [tuple(one for one in stack if one) for stack in zip(*grid, strict=True)]


def _recognise(
    columns: Sequence[tuple[str, ...]],
    first_row: int,
    vocabulary: Vocabulary,
    form: RosterForm,
    last_line: Sequence[str],
) -> Header:
    known: dict[str, int] = {}
    written: dict[str, str] = {}
    unknown = []
    for column, stack in enumerate(columns):
        label = "".join(dict.fromkeys(stack))
        found = _field(stack, vocabulary, form)
        if found is not None and found not in known:
            known[found] = column
            written[found] = label
        elif stack and heading(stack[-1]) not in vocabulary.ignored:
            unknown.append(label)
    repeated = frozenset(one for one in last_line if one)
    return Header(form, first_row, known, written, tuple(unknown), repeated)


def _field(stack: tuple[str, ...], vocabulary: Vocabulary, form: RosterForm) -> str | None:
    """Return the field of one column. Below a relative's group only that relative's fields are meant."""
    if not stack:
        return None
    fields = vocabulary.fields[form]
    lowest = heading(stack[-1])
    above = [heading(one) for one in stack[:-1]]
    people = [vocabulary.groups[one] for one in above if one in vocabulary.groups]
    if people and people[-1] != "subject":
        person = people[-1]
        candidates = [word + lowest for word in map(heading, vocabulary.people[person])] + [lowest]
        matches = (fields.get(one) or fields.get(without_brackets(one)) for one in candidates)
        return next((one for one in matches if one is not None and one.startswith(person + ".")), None)
    candidates = ["".join([*above, lowest]), lowest]
    return next((hit for one in candidates if (hit := fields.get(one) or fields.get(without_brackets(one)))), None)


__all__ = ["Header", "find"]
