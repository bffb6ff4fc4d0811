from domain.imports.cells import Cell
from domain.imports.header import find
from domain.imports.model import RosterForm
from domain.imports.reading import people_rows
from persistence.data.forms import vocabulary

CHILD = ["序号", "姓名", "出生日期", "公民身份证号码", "现居住地", "父亲姓名", "就学情况"]


def test_titles_above_and_any_order() -> None:
    rows: list[list[Cell]] = [["某县登记表", "", ""], ["单位:", "", ""], list(reversed(CHILD)), ["小学", "张父", "村"]]

    header = find(rows, vocabulary())

    assert header is not None
    assert (header.form, header.first_row, header.unknown) == (RosterForm.CHILD, 3, ())
    assert header.columns == {
        "schooling": 0, "father.name": 1, "place": 2, "identity_number": 3, "birth_date": 4, "name": 5,
    }  # fmt: skip


def test_groups_over_fields() -> None:
    rows: list[list[Cell]] = [
        ["姓名", "身份证号", "父亲", "", "", "母亲", "", "监护类型"],
        ["", "", "姓名", "民族", "电话", "姓名", "电话", ""],
        ["张小明", "421081201503040110", "张父", "汉", "1", "李母", "2", "一般"],
    ]

    header = find(rows, vocabulary())

    assert header is not None
    assert header.first_row == 2
    assert header.columns == {
        "name": 0, "identity_number": 1, "father.name": 2, "father.phone": 4, "mother.name": 5, "mother.phone": 6,
        "care_class": 7,
    }  # fmt: skip
    assert header.unknown == ("父亲民族",)


def test_the_form_is_seen_from_the_header() -> None:
    seen = {}
    for form, words in vocabulary().forms.items():
        header = find([[column.header for column in words.columns]], vocabulary())
        assert header is not None
        assert header.unknown == ()
        assert set(header.columns) == {column.field for column in words.columns}
        seen[form] = header.form
    assert seen == {one: one for one in (RosterForm.CHILD, RosterForm.WOMAN, RosterForm.ELDER)}


def test_headings_with_hints_and_line_breaks() -> None:
    header = find([["姓 名", "出生日期\n(年月日)", "身份证号码（18位）", "丈夫\n姓名"]], vocabulary())

    assert header is not None
    assert set(header.columns) == {"name", "birth_date", "identity_number", "spouse.name"}


def test_no_header_is_none() -> None:
    assert find([["姓名", "爱好"], ["张三", "钓鱼"]], vocabulary()) is None
    assert find([], vocabulary()) is None
    assert find([[""]], vocabulary()) is None


def test_footers_blanks_totals_and_repeated_headers_are_no_people() -> None:
    rows: list[list[Cell]] = [
        list(CHILD),
        ["1", "张小明", "2015-03-04", "", "村", "张父", "小学"],
        ["2", "", "", "", "", "", ""],
        ["", "", "", "", "", "", ""],
        list(CHILD),
        ["3", "", "2016-03-04", "421081201603040110", "村", "", ""],
        ["合计", "3", "", "", "", "", ""],
        ["单位负责人(签名):", "", "", "复核人(签名):", "", "", ""],
        ["备注：以上属实", "", "", "", "", "", ""],
        ["", "", "", "", "填表日期:2026年", "", ""],
    ]
    header = find(rows, vocabulary())
    assert header is not None

    assert [number for number, _ in people_rows(rows, header, vocabulary())] == [2, 6]
