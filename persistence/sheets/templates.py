"""Blank forms: the headings that the import reads, with drop-down lists and text cells for numbers."""

from domain.imports.model import RosterForm
from domain.imports.vocabulary import Column
from persistence.data.forms import vocabulary
from persistence.sheets.writing import DAY_FORMAT, workbook, write_cell

BLANK_ROWS = 500
_TEXT = ("identity_number", "phone")
_DAY = ("birth_date", "since", "screened_on", "last_seen_on")
FOOTER = ("单位负责人(签名):", "复核人(签名):", "填表人(签名):")


def build_template(form: RosterForm) -> bytes:
    """Return a form's blank as XLSX: title, unit line, header, empty rows ready to be filled in."""
    words = vocabulary().forms[form]
    columns = (Column("", "序号"), *words.columns)
    with workbook() as out:
        sheet = out.book.add_worksheet("花名册")
        sheet.merge_range(0, 0, 0, len(columns) - 1, words.title, out.formats["title"])
        write_cell(sheet, 1, 0, "填报单位(盖章):")
        write_cell(sheet, 1, len(columns) - 3, "填报日期:")
        last = 2 + BLANK_ROWS
        for index, column in enumerate(columns):
            part = column.field.rpartition(".")[2]
            kind = out.formats["text" if part in _TEXT else "day"] if part in (*_TEXT, *_DAY) else None
            sheet.set_column(index, index, max(8, min(24, 2 * len(column.header) + 2)), kind)
            write_cell(sheet, 2, index, column.header, out.formats["header"])
            if part in _TEXT:
                sheet.write_comment(2, index, "请以文本格式填写，不要写成数字")
            elif part in _DAY:
                sheet.write_comment(2, index, f"日期格式：{DAY_FORMAT}")
            if column.choices:
                options = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
                sheet.data_validation(3, index, last, index, options)
        sheet.freeze_panes(3, 2)
        for index, text in enumerate(FOOTER):
            write_cell(sheet, last + 2, index * 3, text)
    return out.content


__all__ = ["build_template"]
