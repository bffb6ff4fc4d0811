"""Forms on paper's pattern: title, unit line, header with drop-down lists and notes, signatures below."""

from collections.abc import Sequence
from typing import Any, Final

from domain.imports.model import RosterForm
from domain.imports.vocabulary import Column
from persistence.data.forms import vocabulary
from persistence.sheets.writing import DAY_FORMAT, Book, workbook, write_cell

BLANK_ROWS: Final = 500
FIRST_ROW: Final = 3  # below title, unit line and header
TEXT_PARTS: Final = ("identity_number", "phone")
_DAY: Final = ("birth_date", "since", "screened_on", "last_seen_on")
FOOTER: Final = ("单位负责人(签名):", "复核人(签名):", "填表人(签名):")


def roster_columns(form: RosterForm) -> tuple[Column, ...]:
    """Return the columns of a form as printed, the serial number first."""
    return (Column("", "序号"), *vocabulary().forms[form].columns)


def build_template(form: RosterForm) -> bytes:
    """Return a form's blank as XLSX: empty rows ready to be filled in."""
    columns = roster_columns(form)
    with workbook() as out:
        sheet = start(out, vocabulary().forms[form].title, columns)
        finish(sheet, FIRST_ROW + BLANK_ROWS - 1, columns)
    return out.content


def start(out: Book, title: str, columns: Sequence[Column]) -> Any:
    """Write what stands above the people, and return the sheet."""
    sheet = out.book.add_worksheet("花名册")
    for index, column in enumerate(columns):
        part = column.field.rpartition(".")[2]
        kind = out.formats["text" if part in TEXT_PARTS else "day"] if part in (*TEXT_PARTS, *_DAY) else None
        sheet.set_column(index, index, max(8, min(24, 2 * len(column.header) + 2)), kind)
    sheet.merge_range(0, 0, 0, len(columns) - 1, title, out.formats["title"])
    write_cell(sheet, 1, 0, "填报单位(盖章):")
    write_cell(sheet, 1, len(columns) - 3, "填报日期:")
    for index, column in enumerate(columns):
        part = column.field.rpartition(".")[2]
        write_cell(sheet, 2, index, column.header, out.formats["header"])
        if part in TEXT_PARTS:
            sheet.write_comment(2, index, "请以文本格式填写，不要写成数字")
        elif part in _DAY:
            sheet.write_comment(2, index, f"日期格式：{DAY_FORMAT}")
    sheet.freeze_panes(FIRST_ROW, 2)
    return sheet


def finish(sheet: Any, last: int, columns: Sequence[Column]) -> None:
    """Write the drop-down lists down to the ``last`` row of people, and the signatures below it."""
    for index, column in enumerate(columns):
        if column.choices:
            options = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            sheet.data_validation(FIRST_ROW, index, max(last, FIRST_ROW), index, options)
    for index, text in enumerate(FOOTER):
        write_cell(sheet, last + 2, index * 3, text)


__all__ = ["FIRST_ROW", "TEXT_PARTS", "build_template", "finish", "roster_columns", "start"]
