"""Rosters out: a blank form filled in with the people of the ledger, written downwards in bounded memory."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from domain.imports.cells import Cell
from domain.imports.model import RosterForm
from persistence.data.forms import vocabulary
from persistence.sheets.templates import FIRST_ROW, TEXT_PARTS, finish, roster_columns, start
from persistence.sheets.writing import Book, workbook, write_cell

FILE_NAME: Final = "export.xlsx"
MOST_ROWS: Final = 500_000  # Excel ends at 1,048,576


class RosterSheet:
    """A roster being written; ``rows`` counts its people."""

    def __init__(self, form: RosterForm, out: Book, sheet: Any) -> None:
        self.rows = 0
        self._columns = roster_columns(form)
        self._out, self._sheet = out, sheet

    def add(self, cells: Mapping[str, Cell]) -> None:
        """Write one person."""
        line = FIRST_ROW + self.rows
        self.rows += 1
        formats = self._out.formats
        write_cell(self._sheet, line, 0, self.rows)
        for index, column in enumerate(self._columns[1:], 1):
            text = formats["text"] if column.field.rpartition(".")[2] in TEXT_PARTS else None
            value = cells.get(column.field)
            if value is not None:
                write_cell(self._sheet, line, index, value, text, formats["day"])


@contextmanager
def roster(form: RosterForm, folder: Path) -> Iterator[RosterSheet]:
    """Write a roster into ``folder / FILE_NAME``; its parts are kept in the folder meanwhile, never elsewhere."""
    with workbook(rows_in_order=True, folder=folder, target=folder / FILE_NAME) as out:
        sheet = start(out, vocabulary().forms[form].title, roster_columns(form))
        written = RosterSheet(form, out, sheet)
        yield written
        finish(sheet, FIRST_ROW + written.rows, roster_columns(form))


@contextmanager
def private_folder(name: str) -> Iterator[Path]:
    """Give a folder that our user alone reads, emptied before and after: what a killed process left is gone then."""
    folder = Path(tempfile.gettempdir()) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["FILE_NAME", "MOST_ROWS", "RosterSheet", "private_folder", "roster"]
