import io
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from domain.imports.model import RosterForm
from domain.imports.operations import REPORT
from persistence.importing import files
from persistence.sheets.templates import build_template
from tests.integration.imports.conftest import ROSTERS, Imports
from tests.integration.imports.papers import CHILD, ELDER, VILLAGE, WOMAN, paper
from tests.integration.imports.test_merging import counts
from tests.integration.imports.test_scope import codes


def two_line_header(row: dict[str, str]) -> bytes:
    """Return the child as another county writes it: groups over fields, other words, other order, XLSX."""
    columns = [
        ("儿童基本情况", "姓 名", "姓名"), ("", "身份证号", "公民身份证号码"), ("", "出生年月", "出生日期"), ("",
        "家庭住址", "现居住地"),
        ("母亲", "姓名", "母亲姓名"), ("", "身份证号码", "母亲公民身份证号码"), ("", "外出务工时间", "母亲外出时间"),
        ("", "打工地点", "母亲务工地点"),
        ("父亲", "姓名", "父亲姓名"), ("", "身份证号码", "父亲公民身份证号码"), ("", "外出务工时间", "父亲外出时间"),
        ("", "打工地点", "父亲务工地点"),
        ("监护人情况", "姓名", "受委托监护人姓名"), ("", "与儿童关系", "与被监护人关系"), ("监护情况", "",
        "监护类型"), ("最喜欢的颜色", "", ""),
    ]  # fmt: skip
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名册")
        sheet.merge_range(0, 0, 0, 15, "某某县农村留守儿童花名册")
        for column, (group, field, source) in enumerate(columns):
            sheet.write(1, column, group)
            sheet.write(2, column, field)
            sheet.write(3, column, row.get(source, "红"))
        sheet.write(5, 0, "填表人:")
        sheet.write(5, 4, "审核人:")
    return out.getvalue()


async def test_another_wording_order_and_a_two_line_header(imports: Imports) -> None:
    operation = await imports.run(two_line_header(CHILD))

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    assert [one["message"] for one in operation["result"]["warnings"]] == ["第“最喜欢的颜色”列不是本表的内容，未读取"]
    assert operation["result"]["warnings"][0]["code"] == "column.unknown"
    assert await imports.owner.fetchval("SELECT count(*) FROM absence") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_in_utf8_and_gb18030(imports: Imports, encoding: str) -> None:
    operation = await imports.run(paper([WOMAN], encoding=encoding))

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    assert operation["result"]["form"] == "woman"


async def test_an_old_xls_file(imports: Imports) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for column, (name, value) in enumerate(WOMAN.items()):
        sheet.write(0, column, name)
        sheet.write(1, column, value)
    out = io.BytesIO()
    book.save(out)

    assert counts(await imports.run(out.getvalue())) == {"rows": 1, "created": 1, "left_behind": 1}


@pytest.mark.parametrize(("form", "row"), [("child", CHILD), ("woman", WOMAN), ("elder", ELDER)])
async def test_a_blank_filled_in_is_read_back(imports: Imports, form: str, row: dict[str, str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(build_template(RosterForm(form))))
    sheet = book.active
    assert sheet is not None
    headings = {cell.value: cell.column for cell in sheet[3]}
    assert row.keys() <= headings.keys()
    for name, value in row.items():
        sheet.cell(4, headings[name], value)
    out = io.BytesIO()
    book.save(out)

    operation = await imports.run(out.getvalue())

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    assert (operation["result"]["form"], operation["result"]["warnings"]) == (form, [])


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 700 * 2**20)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02 not a sheet", "file.unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01", "file.unreadable"),
        (b"%PDF-1.4 1,2,3", "file.unreadable"),
        (b"", "file.empty"),
        ("\ufeff \r\n\r\n".encode(), "file.empty"),
        ("东升镇留守妇女名单见附件\n".encode(), "file.not_a_table"),
        ("姓名,爱好\n张三,钓鱼\n".encode(), "file.form_unrecognised"),
        (paper([{**CHILD, **dict.fromkeys(CHILD, "")}]), "file.no_rows"),
        (b"PK\x03\x04 broken", "file.unreadable"),
        (b"\xff\xfe\xff\xff\xff", "file.encoding"),
        (bomb(), "file.too_large"),
    ],
    ids=[
        "binary",
        "picture",
        "document",
        "nothing",
        "blank",
        "prose",
        "no form",
        "nobody",
        "broken",
        "encoding",
        "bomb",
    ],
)
async def test_a_file_that_is_none_fails_with_a_clear_code(imports: Imports, content: bytes, code: str) -> None:
    operation = await imports.run(content)

    assert (operation["status"], operation["problem"]["code"]) == ("failed", code)
    assert operation["problem"]["message"].endswith(("上传", "文件", "空白表", "人员"))
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 0


async def test_the_report_marks_each_fault_in_its_cell(imports: Imports) -> None:
    operation = await imports.run((ROSTERS / "child-roster.xlsx").read_bytes())

    report = await files.fetch(imports.owner, imports.cipher, operation["id"], REPORT)
    assert report is not None
    book = openpyxl.load_workbook(io.BytesIO(report))
    assert book.sheetnames == ["汇总", "花名册"]
    summary: dict[Any, Any] = {row[0].value: row[1].value for row in book["汇总"].iter_rows()}
    assert (summary["总人数"], summary["新建"], summary["未导入"], summary["重复"], summary["认定为留守"]) == (
        600,
        564,
        31,
        5,
        524,
    )
    sheet = book["花名册"]
    assert (sheet.cell(3, 36).value, sheet.cell(4, 36).value) == ("处理结果", "新建")
    bad = sheet["F17"]  # row 14: the check digit
    assert bad.fill.start_color.rgb == "FFFF9999"
    assert bad.comment is not None
    assert bad.comment.text == "身份证号码的校验位不对，请对照证件核对"
    assert (sheet.cell(17, 36).value, sheet.cell(17, 37).value) == (
        "未导入",
        "F17 身份证号码的校验位不对，请对照证件核对",
    )
    assert sheet.cell(192, 37).value == "与本表第98人是同一人"


async def test_a_number_typed_as_a_number_is_refused_with_its_cell(imports: Imports) -> None:
    typed = WOMAN | {"公民身份证号码": "4.21081E+17"}

    operation = await imports.run(paper([typed]))

    assert counts(operation) == {"rows": 1, "rejected": 1}
    (row,) = await imports.owner.fetch("SELECT faults FROM import_row WHERE operation_id = $1", operation["id"])
    assert row["faults"] == [
        {
            "cell": "D2",
            "column": "公民身份证号码",
            "code": "identity_number.as_number",
            "severity": "error",
            "message": "身份证号码被存成了数字，后几位已经丢失。请把这一列设为“文本”格式后重新填写",
        }
    ]


async def test_a_relatives_wrong_number_warns_and_the_subject_is_taken(imports: Imports) -> None:
    operation = await imports.run(paper([CHILD | {"父亲公民身份证号码": "421081198805060000", "父亲联系电话": "123"}]))

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    assert await codes(imports, operation) == ["identity_number.checksum", "phone.unreadable"]
    father = await imports.owner.fetchrow("SELECT * FROM person WHERE name = '张建国'")
    assert (father["identity_number_blind"], father["phone_blind"]) == (None, None)


async def test_a_house_number_is_kept_sealed_and_masked(imports: Imports) -> None:
    written = f"{VILLAGE}三组12号"
    await imports.run(paper([CHILD | {"现居住地": written}]))

    child = await imports.owner.fetchrow("SELECT * FROM person WHERE name = '张小明'")
    home = await imports.owner.fetchrow("SELECT * FROM household")
    assert imports.cipher.open("person", "address_cipher", child["id"], child["address_cipher"]) == written
    assert imports.cipher.open("household", "address_cipher", home["id"], home["address_cipher"]) == written
    assert (await imports.run(paper([CHILD | {"现居住地": written}])))["result"]["unchanged"] == 1
    assert (await imports.run(paper([CHILD | {"现居住地": f"{VILLAGE}五组1号"}])))["result"]["updated"] == 1
    moved = await imports.owner.fetchrow("SELECT * FROM person WHERE name = '张小明'")
    assert imports.cipher.open("person", "address_cipher", moved["id"], moved["address_cipher"]) == f"{VILLAGE}五组1号"
