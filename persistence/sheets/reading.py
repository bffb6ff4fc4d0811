"""Spreadsheets in: XLSX, XLS and CSV as rows of cells, with the size checked before anything is parsed."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from domain.imports.cells import Cell
from domain.imports.faults import BadFile

LARGEST_FILE: Final = 100 * 2**20
LARGEST_EXPANDED: Final = 600 * 2**20  # of all parts of a workbook: ~200,000 rows of the child form
HIGHEST_RATIO: Final = 200  # sheets of real rosters are deflated 10 to 60 times
MOST_PARTS: Final = 2_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF_16, _PDF = (b"\xff\xfe", b"\xfe\xff"), b"%PDF-"
SEPARATORS: Final = ",\t;"
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name and its rows; row 0 is the spreadsheet's row 1."""

    name: str
    rows: Iterable[list[Cell]]


class _BookRows:
    """Rows of a workbook's sheet, turned into Python values each time they are asked for."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def __iter__(self) -> Iterator[list[Cell]]:
        rows = self._sheet.iter_rows()
        start = self._sheet.start  # rows come from the first of the sheet, columns from the first that is used
        if start is None or start[1] == 0:
            return iter(rows)
        return ([""] * start[1] + row for row in rows)


class _TextRows:
    """Rows of a CSV, split each time they are asked for."""

    def __init__(self, text: str, separator: str) -> None:
        self._text, self._separator = text, separator

    def __iter__(self) -> Iterator[list[Cell]]:
        try:
            for line in csv.reader(io.StringIO(self._text, newline=""), delimiter=self._separator):
                yield list[Cell](line)
        except csv.Error:
            raise BadFile("file.unreadable") from None


def check_size(content: bytes) -> None:
    """Refuse what would grow beyond bounds when opened (zip bombs), before it is opened.

    The directory's own sizes are not trusted: the parts are inflated piece by piece and counted.
    Raises ``BadFile``.
    """
    if len(content) > LARGEST_FILE:
        raise BadFile("file.too_large")
    if not content.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or any(one.flag_bits & 1 for one in parts):
                raise BadFile("file.too_large" if len(parts) > MOST_PARTS else "file.encrypted")
            if sum(one.file_size for one in parts) > LARGEST_EXPANDED:
                raise BadFile("file.too_large")
            _count_out(archive, parts, len(content))
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError):  # the second: a packing unknown
        raise BadFile("file.unreadable") from None


def _count_out(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], packed: int) -> None:
    allowed = min(LARGEST_EXPANDED, max(packed * HIGHEST_RATIO, 16 * 2**20))
    total = 0
    for part in parts:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                total += len(piece)
                if total > allowed:
                    raise BadFile("file.too_large")


def read(content: bytes) -> list[Sheet]:
    """Return the sheets of a file; its kind is seen from its first bytes, never from its name.

    Raises ``BadFile``. Call ``check_size`` first, and this in a bounded process: the workbook
    parser holds a whole sheet.
    """
    if content.startswith((_ZIP, _OLE)):
        return _workbook(content)
    return [Sheet("CSV", _csv(content))]


def _workbook(content: bytes) -> list[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            one.name
            for one in book.sheets_metadata
            if one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible
        ]
        return [Sheet(name, _BookRows(book.get_sheet_by_name(name))) for name in visible]
    except calamine.PasswordError:
        raise BadFile("file.encrypted") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise BadFile("file.unreadable") from None


def _csv(content: bytes) -> _TextRows:
    """Read comma-, tab- or semicolon-separated text in UTF-8 or GB18030."""
    if content.startswith(_UTF_16):
        raise BadFile("file.encoding")
    if b"\0" in content or content.startswith(_PDF):  # a picture, a document: no text, whatever it is called
        raise BadFile("file.unreadable")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            decoded = content.decode("gb18030")
        except UnicodeDecodeError:
            raise BadFile("file.encoding") from None
    if not decoded.strip():
        raise BadFile("file.empty")
    if not any(one in decoded for one in SEPARATORS):
        raise BadFile("file.not_a_table")
    separator = max(SEPARATORS, key=decoded[:10_000].count)
    return _TextRows(decoded, separator)


__all__ = ["LARGEST_EXPANDED", "LARGEST_FILE", "Sheet", "check_size", "read"]
