"""The cells of one row by field, with the bookkeeping of faults and repairs."""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.codes import identity_number, phone
from domain.imports.cells import Cell, Unreadable, address, count, date_of, parts, text, typed_as_number
from domain.imports.faults import RowFault, Severity
from domain.imports.header import Header
from domain.imports.vocabulary import Vocabulary

MASK = "**"  # domain.people.masks
LONGEST_TEXT = 200  # of a free cell that is kept: a sentence, not a file


class RowCells:
    """Reads typed values off one row; what is wrong goes into ``faults``, what was mended into ``repaired``."""

    def __init__(self, header: Header, vocabulary: Vocabulary, cells: Sequence[Cell], sheet_row: int) -> None:
        self._columns: Mapping[str, int] = header.columns
        self._headings = header.headings
        self._words = vocabulary
        width = len(cells)
        # Only what is filled in: half of a roster's cells are blank, and a blank is asked for often.
        self._filled: dict[str, Cell] = {
            field: cells[column] for field, column in header.columns.items() if column < width and cells[column] != ""
        }
        self._sheet_row = sheet_row
        self.faults: list[RowFault] = []
        self.repaired: list[str] = []
        self.masked = False  # some number is masked

    def fault(self, field: str, code: str, severity: Severity = Severity.ERROR) -> None:
        """Note a fault at a field's cell."""
        column = self._columns.get(field)
        where = "" if column is None else address(self._sheet_row - 1, column)
        self.faults.append(RowFault(where, self._headings.get(field, ""), code, severity))

    def warn(self, field: str, code: str) -> None:
        """Note a fault that does not reject the row."""
        self.fault(field, code, Severity.WARNING)

    def first_column(self, *fields: str) -> str:
        """Return the first of some fields that the roster has a column for; a fault is then at a cell."""
        return next((one for one in fields if one in self._columns), fields[0])

    def raw(self, field: str) -> Cell:
        """Return the cell as it came."""
        return self._filled.get(field)

    def text(self, field: str) -> str:
        """Return a text, "" for blanks and words like 无."""
        raw = self._filled.get(field)
        if raw is None:
            return ""
        written = text(raw)
        return "" if written in self._words.none or written.lower() in self._words.none else written

    def note(self, field: str) -> str | None:
        """Return a free text to keep, cut to a bearable length."""
        return self.text(field)[:LONGEST_TEXT] or None

    def contact(self, field: str) -> str | None:
        """Return whom to call, name and number; nothing where the number is masked."""
        written = self.note(field)
        return None if written is None or self._is_masked(written) else written

    def _is_masked(self, written: str) -> bool:
        """Tell whether a cell holds a number as an exported roster shows it: it says nothing, and erases nothing."""
        masked = MASK in written
        if masked and not self.masked:
            self.masked = True
            self.faults.append(RowFault("", "", "value.masked", Severity.WARNING))
        return masked

    def repair(self, field: str) -> None:
        """Note that a cell was mended."""
        column = self._columns.get(field)
        if column is not None:
            self.repaired.append(address(self._sheet_row - 1, column))

    def day(self, field: str) -> tuple[date, bool] | None:
        """Return a day and whether it was written to the day."""
        raw = self._filled.get(field)
        if raw is None or (isinstance(raw, str) and not self.text(field)):
            return None
        try:
            found = date_of(raw)
        except Unreadable:
            self.warn(field, "date.unreadable")
            return None
        if isinstance(raw, str | float | int):
            self.repair(field)
        return found

    def count(self, field: str) -> int | None:
        """Return a number of people."""
        raw = self._filled.get(field)
        if raw is None:
            return None
        if self.text(field) == "":
            return 0  # 无: none of them
        try:
            return count(raw)
        except Unreadable:
            self.warn(field, "number.unreadable")
            return None

    def code(self, listed: str, field: str) -> str | None:
        """Return the code of a label."""
        raw = self._filled.get(field)
        if raw is None:
            return None
        if isinstance(raw, str) and (found := self._words.labels[listed].get(raw)):
            return found  # as most write it
        written = self.text(field)
        if not written:
            return None
        code = self._words.code(listed, written)
        if code is None:
            self.warn(field, "value.unknown")
        return code

    def codes(self, listed: str, field: str) -> tuple[str, ...] | None:
        """Return the codes of a cell with several labels, None where it is blank."""
        written = self.text(field)
        if not written:
            return None
        whole = self._words.code(listed, written)
        if whole is not None:
            return (whole,)
        found = [(one, self._words.code(listed, one)) for one in parts(written)]
        if any(code is None and one not in self._words.no for one, code in found):
            self.warn(field, "value.unknown")
        return tuple(dict.fromkeys(code for _, code in found if code is not None)) or None

    def flag(self, field: str) -> bool | None:
        """Return a yes or no; 无 is a no here."""
        raw = self._filled.get(field)
        if raw is None:
            return None
        if raw in self._words.yes:  # as most write it
            return True
        written = text(raw)
        said = self._words.yes_or_no(written)
        if said is None and written.lower() not in self._words.none:
            self.warn(field, "value.unknown")
        return said

    def identity_number(self, field: str, today: date, severity: Severity) -> identity_number.IdentityNumber | None:
        """Return a checked identity number; ``severity`` is what a wrong one does to the row."""
        raw = self._filled.get(field)
        if raw is None:
            return None
        if typed_as_number(raw):
            self.fault(field, "identity_number.as_number", severity)
            return None
        written = raw if isinstance(raw, str) else str(raw)
        if self._is_masked(written):
            return None
        if written.strip().lower() in self._words.none:
            return None
        try:
            number = identity_number.parse(written.removeprefix("'"), today=today)
        except identity_number.BadIdentityNumber as bad:
            self.fault(field, bad.code, severity)
            return None
        if number.number != written:
            self.repair(field)
        if not identity_number.division_known(number.number[:6]):
            self.warn(field, "identity_number.division_unknown")
        return number

    def phone(self, field: str) -> str | None:
        """Return a telephone number as it is stored; of several in a cell the first that is one."""
        written = self.text(field)
        if not written or self._is_masked(written):
            return None
        for one in (written, *parts(written)):
            if number := phone.normalise(one):
                return number
        self.warn(field, "phone.unreadable")
        return None


__all__ = ["RowCells"]
