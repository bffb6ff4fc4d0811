"""From the rows of a sheet to roster rows: which rows are people, and what each says."""

from collections.abc import Iterable, Iterator, Sequence

from domain.imports import cells as cell_values
from domain.imports.cells import Cell
from domain.imports.faults import RowFault, Severity
from domain.imports.forms import READERS
from domain.imports.header import Header
from domain.imports.people_cells import Survey, read_subject
from domain.imports.roster import RosterRow
from domain.imports.row_cells import RowCells
from domain.imports.vocabulary import Vocabulary, heading


def people_rows(
    rows: Iterable[Sequence[Cell]], header: Header, vocabulary: Vocabulary
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Yield the rows that hold people, each with its number in the sheet (from 1).

    Left out: everything above the header's end, blank rows (a serial number alone is blank),
    signature and total rows, a header repeated on a later page.
    """
    name = header.columns["name"]
    number = header.columns.get("identity_number", name)
    for index, row in enumerate(rows):
        if index < header.first_row or len(row) <= name:
            continue
        if row[name] != "" or (number < len(row) and row[number] != ""):
            again = row[name] in header.repeated and _is_header_again(_filled(row, header), header)
            if not again and not _is_footer(row[:1], vocabulary):
                yield index + 1, row
        elif _filled(row, header) and not _is_footer(row, vocabulary):
            yield index + 1, row


def _filled(row: Sequence[Cell], header: Header) -> list[Cell]:
    return [row[column] for column in header.columns.values() if column < len(row) and row[column] != ""]


def _is_header_again(filled: Sequence[Cell], header: Header) -> bool:
    return all(isinstance(cell, str) and cell_values.text(cell) in header.repeated for cell in filled)


def _is_footer(cells: Sequence[Cell], vocabulary: Vocabulary) -> bool:
    """Tell whether a row is a signature, note or total row.

    Where name or number is filled in, only its very first cell is asked: 合计 may stand there,
    and a person's name may not.
    """
    texts = (heading(cell) for cell in cells if isinstance(cell, str) and cell)
    return any(one.startswith(vocabulary.footers) for one in texts)


def read_row(
    cells: Sequence[Cell], header: Header, survey: Survey, *, number: int, sheet: str, sheet_row: int
) -> RosterRow:
    """Read one person's row. Whatever is wrong is in ``faults``; nothing is raised for bad content."""
    row = RosterRow(number, sheet, sheet_row)
    reader = RowCells(header, survey.vocabulary, cells, sheet_row)
    read_subject(reader, survey, row)
    READERS[header.form](reader, survey, row)
    own = row.subject.identity_number
    if own is not None and any(one.person.identity_number == own for one in row.relatives):
        row.relatives = [one for one in row.relatives if one.person.identity_number != own]
        reader.faults.append(RowFault("", "", "relative.self", Severity.WARNING))
    row.faults, row.repaired = reader.faults, list(dict.fromkeys(reader.repaired))
    return row


__all__ = ["people_rows", "read_row"]
