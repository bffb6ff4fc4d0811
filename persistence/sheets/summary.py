"""The summary table of left-behind children as a workbook: the form's headings, the checks beside it."""

from collections.abc import Mapping
from typing import Any, Final

from domain.statistics.summary import BLOCKS
from persistence.sheets.writing import Book, workbook, write_cell

TITLE: Final = "农村留守儿童统计表"
FAILED: Final = "核对未通过：本表有 {count} 项数据不平，见“核对”表，不得作为正式数据使用"
HEADS: Final = {
    "age_band": "年龄段（岁）",
    "age_band_and_sex": "年龄段（岁）与性别",
    "schooling": "就学情况",
    "away": "父母外出情况",
    "carer": "委托监护情况",
    "rating": "监护情况评定",
    "health": "身体情况",
    "relief": "救助帮扶情况",
}
LABELS: Final = {
    "not_yet": "未入园", "kindergarten": "幼儿园", "primary": "小学", "junior": "初中", "senior": "高中",
    "vocational": "中职", "dropped_out": "辍学", "not_in_school": "不在学",
    "both": "父母双方外出", "one_other_incapable": "一方外出另一方无监护能力",
    "grandparents": "（外）祖父母", "other_kin": "其他亲属", "others": "其他人", "nobody": "无人监护",
    "good": "较好", "average": "一般", "poor": "较差",
    "healthy": "健康", "disabled": "残疾", "chronic": "慢性病", "serious_illness": "重大疾病",
    "subsistence_allowance": "低保", "temporary": "临时救助", "medical": "医疗救助", "housing": "住房救助",
    "other": "其他",
}  # fmt: skip
SEXES: Final = {"1": "男", "2": "女"}
FIRST: Final = ("区划代码", "区域", "合计")
HEAD_ROWS: Final = 4
CHECKS: Final = ("区域", "核对项", "应为", "实为")


def label(category: str) -> str:
    """Return the heading of a category: ``0-5/1`` → ``0-5 男``."""
    band, _, sex = category.partition("/")
    return f"{band} {SEXES[sex]}" if sex else LABELS.get(category, category)


def build_summary(content: Mapping[str, Any]) -> bytes:
    """Return the document of ``StatisticsSummary`` as XLSX; a check that does not hold stands above the title."""
    with workbook() as out:
        sheet = out.book.add_worksheet("统计表")
        _heading(out, sheet, content)
        for line, row in enumerate(content["rows"], HEAD_ROWS):
            values = [row["region"], row["region_name"], row["total"], *(one["n"] for one in row["counts"])]
            for place, value in enumerate(values):
                write_cell(sheet, line, place, value)
        sheet.set_column(1, 1, 16)
        sheet.freeze_panes(HEAD_ROWS, len(FIRST))
        if content["checks"]:
            _checks(out, content["checks"])
    return out.content


def _heading(out: Book, sheet: Any, content: Mapping[str, Any]) -> None:
    width = len(FIRST) + sum(len(categories) for categories in BLOCKS.values())
    sheet.merge_range(0, 0, 0, width - 1, TITLE, out.formats["title"])
    write_cell(sheet, 1, 0, f"统计区域：{content['region_name'] or '全国'}　截至：{content['as_of']}")
    if content["checks"]:
        write_cell(sheet, 1, 4, FAILED.format(count=len(content["checks"])), out.formats["error"])
    for place, heading in enumerate(FIRST):
        sheet.merge_range(2, place, 3, place, heading, out.formats["header"])
    at = len(FIRST)
    for block, categories in BLOCKS.items():
        sheet.merge_range(2, at, 2, at + len(categories) - 1, HEADS[block], out.formats["header"])
        for one in categories:
            write_cell(sheet, 3, at, label(one), out.formats["header"])
            at += 1


def _checks(out: Book, failed: list[Mapping[str, Any]]) -> None:
    sheet = out.book.add_worksheet("核对")
    for place, heading in enumerate(CHECKS):
        write_cell(sheet, 0, place, heading, out.formats["header"])
    for line, check in enumerate(failed, 1):
        for place, name in enumerate(("region", "check", "expected", "found")):
            write_cell(sheet, line, place, check[name])


__all__ = ["build_summary"]
