"""Spreadsheets out: workbooks whose texts cannot turn into formulas."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from domain.imports.cells import Cell

_DANGEROUS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
DAY_FORMAT: Final = "yyyy-mm-dd"


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: ``=1+1`` → ``'=1+1`` (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


@dataclass(slots=True)
class Book:
    """A workbook being written and the formats it uses; ``content`` holds its bytes when the block has ended."""

    book: Any  # xlsxwriter.Workbook
    formats: dict[str, Any]
    content: bytes = b""


@contextmanager
def workbook(*, rows_in_order: bool = False, folder: Path | None = None, target: Path | None = None) -> Iterator[Book]:
    """Write a workbook in memory, or to a ``target`` file.

    ``rows_in_order`` keeps one row at a time: large sheets, written downwards; what is not in memory is
    kept in ``folder`` meanwhile.
    """
    import xlsxwriter

    memory = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "constant_memory": rows_in_order,
        "tmpdir": None if folder is None else str(folder),
    }
    book = xlsxwriter.Workbook(memory if target is None else str(target), options)
    written = Book(
        book,
        {
            "title": book.add_format({"bold": True, "font_size": 14, "align": "center"}),
            "header": book.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True}),
            "day": book.add_format({"num_format": DAY_FORMAT}),
            "text": book.add_format({"num_format": "@"}),
            "error": book.add_format({"bg_color": "#FF9999"}),
            "error_day": book.add_format({"bg_color": "#FF9999", "num_format": DAY_FORMAT}),
            "warning": book.add_format({"bg_color": "#FFEB9C"}),
            "warning_day": book.add_format({"bg_color": "#FFEB9C", "num_format": DAY_FORMAT}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        },
    )
    yield written
    book.close()
    written.content = memory.getvalue()


def write_cell(sheet: Any, row: int, column: int, value: Cell, mark: Any = None, day_mark: Any = None) -> None:
    """Write one value by its kind; texts are neutralised, blanks are written only where they carry a mark."""
    if value is None or value == "":
        if mark is not None:
            sheet.write_blank(row, column, None, mark)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day_mark)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, mark)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, mark)
    else:
        sheet.write_string(row, column, neutral(value), mark)


__all__ = ["DAY_FORMAT", "Book", "neutral", "workbook", "write_cell"]
