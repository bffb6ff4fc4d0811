from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import RegionRange
from domain.imports.cells import Cell
from domain.imports.determination import determine
from domain.imports.faults import SENTENCES
from domain.imports.header import find
from domain.imports.model import RosterForm
from domain.imports.people_cells import Survey
from domain.imports.places import Places
from domain.imports.reading import read_row
from domain.imports.roster import RosterRow
from domain.people.determination import RuleParameters
from domain.people.model import Situation
from persistence.data.forms import vocabulary
from tests.integration.imports.papers import CHILD, WOMAN, number
from tests.unit.imports.test_places import DIVISIONS

AS_OF = date(2026, 11, 1)
PLACES = Places(DIVISIONS, [RegionRange(421081000000, 421082000000)])
SURVEY = Survey(vocabulary(), PLACES, AS_OF, date(2026, 11, 22))


def read(row: dict[str, Any]) -> RosterRow:
    header = find([list(row)], vocabulary())
    assert header is not None
    return read_row(list(row.values()), header, SURVEY, number=1, sheet="名册", sheet_row=4)


def codes(row: RosterRow) -> list[tuple[str, str, str]]:
    return [(one.cell, one.code, one.severity.value) for one in row.faults]


def test_a_clean_row_has_nothing_to_say() -> None:
    row = read(CHILD)

    assert (codes(row), row.repaired, row.region_code) == ([], ["C4", "J4", "N4"], 421081106201)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"姓名": ""}, ("A4", "name.missing", "error")),
        ({"姓名": "张3"}, ("A4", "name.unreadable", "error")),
        ({"公民身份证号码": "421081201503040111"}, ("D4", "identity_number.checksum", "error")),
        ({"公民身份证号码": 4.21081e17}, ("D4", "identity_number.as_number", "error")),
        ({"公民身份证号码": "42108120150304"}, ("D4", "identity_number.format", "error")),
        ({"公民身份证号码": ""}, ("D4", "identity_number.missing", "warning")),
        ({"公民身份证号码": number("2015-03-04", 11, "999999")}, ("D4", "identity_number.division_unknown", "warning")),
        ({"出生日期": "2015-03-05"}, ("C4", "birth_date.future_or_mismatch", "error")),
        ({"出生日期": "春天"}, ("C4", "date.unreadable", "warning")),
        ({"出生日期": "2027-03-05", "公民身份证号码": ""}, ("C4", "birth_date.future_or_mismatch", "error")),
        ({"出生日期": "", "公民身份证号码": ""}, ("C4", "birth_date.missing", "error")),
        ({"性别": "女"}, ("B4", "sex.mismatch", "warning")),
        ({"现居住地": ""}, ("E4", "region.missing", "error")),
        ({"现居住地": "火星"}, ("E4", "region.unknown", "error")),
        ({"现居住地": "东升镇"}, ("E4", "region.not_village", "error")),
        ({"现居住地": "湖北省荆州市公安县某村"}, ("E4", "region.out_of_scope", "error")),
        ({"现居住地": "新村村委会"}, ("E4", "region.ambiguous", "error")),
        ({"父亲公民身份证号码": "421081198805060000"}, ("G4", "identity_number.checksum", "warning")),
        ({"父亲联系电话": "12345"}, ("H4", "phone.unreadable", "warning")),
        ({"父亲外出时间": ""}, ("I4", "absence.since_missing", "warning")),
        ({"监护类型": "不好说"}, ("T4", "value.unknown", "warning")),
        ({"父亲姓名": "张建国（已故）"}, ("F4", "death.date_unknown", "warning")),
        ({"父亲公民身份证号码": CHILD["公民身份证号码"]}, ("", "relative.self", "warning")),
    ],
)
def test_a_fault_names_its_cell(change: dict[str, Any], fault: tuple[str, str, str]) -> None:
    row = read(CHILD | change)

    assert fault in codes(row)
    assert row.rejected is (fault[2] == "error")


def test_every_sentence_is_chinese_and_repeats_no_value() -> None:
    for chinese, english in SENTENCES.values():
        assert "{" not in chinese + english
        assert any("\u4e00" <= one <= "\u9fff" for one in chinese)
        assert english.isascii()


def test_a_dead_father_and_an_absent_mother() -> None:
    row = read(CHILD | {"父亲姓名": "张建国（已故）", "父亲务工地点": "", "父亲外出时间": ""})

    father = row.relative("father")
    assert father is not None
    assert (father.name, father.situation, father.died_on) == ("张建国", Situation.DEAD, AS_OF)
    found = determine(row, RosterForm.CHILD, AS_OF, RuleParameters())
    assert found is not None
    assert found.left_behind


def test_the_dead_guard_nobody_and_of_the_missing_their_situation_tells() -> None:
    row = read(CHILD | {"父亲姓名": "张建国（已故）", "母亲姓名": "王丽（失踪）", "无监护能力方": "父母双方"})

    guards = {one.role: one.guards and one.guards.kind for one in row.relatives if one.role in {"father", "mother"}}
    assert guards == {"father": None, "mother": "parent"}
    assert [row.relative(role).capable for role in ("father", "mother")] == [None, None]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("listed", "written", "code"),
    [
        ("education", "初中", "70"),  # the form's word
        ("education", "初中毕业", "71"),  # GB/T 4658's
        ("relation", "其他", "99"),  # the form's word comes first
        ("relation", "80", "80"),  # so that the standard's 其他 is written as its code
        ("relation", "姑母", "90"),  # GB/T 4761's
        ("relation", "姑姑", "97"),
        ("marital_status", "初婚", "21"),
    ],
)
def test_labels_are_the_forms_words_and_then_the_standards(listed: str, written: str, code: str) -> None:
    assert vocabulary().code(listed, written) == code


def test_a_husband_home_less_than_half_a_year_is_not_away_long_enough() -> None:
    for since, left_behind in (("2026-05-01", True), ("2026-05-02", False)):
        found = determine(read(WOMAN | {"丈夫外出时间": since}), RosterForm.WOMAN, AS_OF, RuleParameters())
        assert found is not None
        assert found.left_behind is left_behind


def test_a_man_in_the_woman_form_is_refused() -> None:
    row = read(WOMAN | {"性别": "男", "公民身份证号码": number("1989-07-08", 21)})

    assert ("B4", "sex.not_female", "error") in codes(row)


CELL = st.one_of(
    st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none(), st.dates(), st.datetimes(),
    st.sampled_from(["—", "无", "是", "已故", "4.21081E+17", "421081201503040110", "２０１５年３月４日", "=1+1"]),
)  # fmt: skip


@pytest.mark.parametrize("form", [RosterForm.CHILD, RosterForm.WOMAN, RosterForm.ELDER])
@given(st.data())
def test_no_row_of_any_content_raises(form: RosterForm, data: st.DataObject) -> None:
    words = vocabulary().forms[form]
    headings: list[Cell] = [column.header for column in (*words.columns, *words.accepted)]
    header = find([headings], vocabulary(), form)
    assert header is not None
    cells = data.draw(st.lists(CELL, max_size=len(headings) + 2))

    row = read_row(cells, header, SURVEY, number=1, sheet="名册", sheet_row=2)

    assert all(one.code in SENTENCES for one in row.faults)
    if not row.rejected:
        determine(row, form, AS_OF, RuleParameters())
