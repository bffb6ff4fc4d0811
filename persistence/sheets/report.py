"""The report of an import: the uploaded roster with its faults marked, and a summary in front."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from domain.imports.model import RowOutcome
from domain.imports.operations import ImportResult
from persistence.sheets.reading import Sheet
from persistence.sheets.writing import Book, workbook, write_cell

OUTCOMES: Final = {
    RowOutcome.CREATED: "新建",
    RowOutcome.UPDATED: "更新",
    RowOutcome.UNCHANGED: "无变化",
    RowOutcome.DUPLICATE: "重复",
    RowOutcome.REJECTED: "未导入",
}
# A larger roster comes back with the rows in question only: nobody leafs through 100,000 good ones.
WHOLE_UP_TO: Final = 5_000
_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]+)")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """How a row ended, as ``import_row`` keeps it."""

    sheet: str
    sheet_row: int
    outcome: RowOutcome
    first_row: int | None = None
    faults: Sequence[Mapping[str, str]] = ()
    repaired: Sequence[str] = ()

    def remarks(self) -> str:
        """Return what the clerk should know of the row, in one cell."""
        said = [f"{one['cell']} {one['message']}".strip() for one in self.faults]
        if self.first_row is not None:
            said.insert(0, f"与本表第{self.first_row}人是同一人")
        if self.repaired:
            said.append(f"已自动规范：{'、'.join(self.repaired)}")
        return "；".join(said)


@dataclass(slots=True)
class _Marks:
    """The faults of a sheet's row by column: the worst severity and all sentences."""

    severity: dict[int, str] = field(default_factory=dict)
    sentences: dict[int, list[str]] = field(default_factory=dict)


def build_report(rows: Iterable[ReportRow], original: Sequence[Sheet], result: ImportResult, status: str) -> bytes:
    """Return the report as XLSX.

    Sheets: 汇总 (counts, unknown columns), then each sheet of the upload with faulty cells red
    (rejected) or yellow (to be checked), a comment on each, and the columns 处理结果 and 说明.
    """
    by_place = {(one.sheet, one.sheet_row): one for one in rows}
    whole = result.rows <= WHOLE_UP_TO
    with workbook(rows_in_order=True) as out:
        _summary(out, result, status, whole=whole)
        for sheet in original:
            if any(name == sheet.name for name, _ in by_place):
                _marked(out, sheet, by_place, whole=whole)
    return out.content


def _summary(out: Book, result: ImportResult, status: str, *, whole: bool) -> None:
    sheet = out.book.add_worksheet("汇总")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 60)
    lines: list[tuple[str, Any]] = [
        ("调查日期", result.as_of.isoformat()),
        ("处理情况", {"succeeded": "已完成", "cancelled": "已取消，此前的行已导入"}.get(status, status)),
        ("总人数", result.rows),
        *((OUTCOMES[outcome], getattr(result, outcome.value)) for outcome in RowOutcome),
        ("认定为留守", result.left_behind),
        ("认定为非留守", result.not_left_behind),
        *(("提示", one.message) for one in result.warnings),
        (
            "说明",
            "红色单元格有错误，该行未导入；黄色单元格请核对，该行已导入。改正后重新上传整张表即可，已导入的行不会重复。",
        ),
    ]
    if not whole:
        lines.append(("说明", "本表人数较多，后面只列出有问题的行。"))
    for row, (name, value) in enumerate(lines):
        write_cell(sheet, row, 0, name, out.formats["header"])
        write_cell(sheet, row, 1, value, out.formats["wrapped"])


def _marked(out: Book, sheet: Sheet, rows: Mapping[tuple[str, int], ReportRow], *, whole: bool) -> None:
    page = out.book.add_worksheet(_free_name(out, sheet.name))
    first_person = min(number for name, number in rows if name == sheet.name)
    width = 0
    line = 0
    for index, cells in enumerate(sheet.rows):
        number = index + 1
        found = rows.get((sheet.name, number))
        above = number < first_person
        width = max(width, len(cells)) if above else width or len(cells)
        if not whole and not above and (found is None or not _in_question(found)):
            continue
        marks = _marks(found)
        for column, value in enumerate(cells):
            severity = marks.severity.get(column, "")
            day = out.formats[f"{severity}_day"] if severity else out.formats["day"]
            write_cell(page, line, column, value, out.formats.get(severity), day)
        for column, sentences in marks.sentences.items():
            page.write_comment(line, column, "\n".join(sentences))
        if number == first_person - 1:
            write_cell(page, line, width, "处理结果", out.formats["header"])
            write_cell(page, line, width + 1, "说明", out.formats["header"])
        if found is not None:
            bad = out.formats["error"] if found.outcome is RowOutcome.REJECTED else None
            write_cell(page, line, width, OUTCOMES[found.outcome], bad)
            write_cell(page, line, width + 1, found.remarks())
        line += 1


def _in_question(row: ReportRow) -> bool:
    return row.outcome in {RowOutcome.REJECTED, RowOutcome.DUPLICATE} or bool(row.faults)


def _marks(row: ReportRow | None) -> _Marks:
    marks = _Marks()
    for fault in row.faults if row is not None else ():
        place = _CELL.fullmatch(fault["cell"])
        if place is None:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        severity = fault.get("severity", "error")
        marks.severity[column - 1] = "error" if "error" in {severity, marks.severity.get(column - 1)} else "warning"
        marks.sentences.setdefault(column - 1, []).append(fault["message"])
    return marks


def _free_name(out: Book, wanted: str) -> str:
    """Return a sheet name Excel takes that is not 汇总 again."""
    name = re.sub(r"[\[\]:*?/\\]", "_", wanted)[:28].strip("'") or "名册"
    return f"{name}_1" if name in {one.name for one in out.book.worksheets()} else name


__all__ = ["OUTCOMES", "ReportRow", "build_report"]
