"""What a clerk types, and the ways each word of it may be meant."""

from datetime import date

import pytest

from domain.access import Clearance, Sight
from domain.errors import Forbidden, InvalidInput
from domain.people.search import Reading, Said, SearchPeople, permitted, words_of
from domain.people.syllables import SYLLABLES, Spelling, spelling

TODAY = date(2026, 5, 1)
TAIL, DAY, PERIOD, NAME, PINYIN = Reading.TAIL, Reading.DAY, Reading.PERIOD, Reading.NAME, Reading.PINYIN


def read(question: str, *, in_address: bool = False) -> list[Said]:
    return words_of(SearchPeople(q=question), TODAY, in_address=in_address)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("20150312", date(2015, 3, 12), date(2015, 3, 12)),
        ("2015-03-12", date(2015, 3, 12), date(2015, 3, 12)),
        ("2015/3/12", date(2015, 3, 12), date(2015, 3, 12)),
        ("2015年3月12日", date(2015, 3, 12), date(2015, 3, 12)),
        ("２０１５年３月１２日", date(2015, 3, 12), date(2015, 3, 12)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("201512", date(2015, 12, 1), date(2015, 12, 31)),
        ("2015年12月", date(2015, 12, 1), date(2015, 12, 31)),
        ("2015年", date(2015, 1, 1), date(2015, 12, 31)),
    ],
)
def test_times_of_birth(word: str, first: date, last: date) -> None:
    assert read(word) == [Said(born=(first, last), readings=(DAY if first == last else PERIOD,))]


def test_four_digits_are_the_end_of_a_number_and_perhaps_a_year() -> None:
    assert read("2015") == [Said("2015", born=(date(2015, 1, 1), date(2015, 12, 31)), readings=(TAIL, PERIOD))]
    assert read("0815") == [Said("0815", readings=(TAIL,))]
    assert read("2027") == [Said("2027", readings=(TAIL,))]  # nobody is born next year


def test_words_and_their_kinds() -> None:
    assert read("张 桃花山") == [Said(text="张", readings=(NAME,)), Said(text="桃花山", readings=(NAME,))]
    assert read("zhang  wei") == [Said(spelled=Spelling("zhangwei"), readings=(PINYIN,))]
    assert read("ZHANG wei 1234 xi'an") == [
        Said(spelled=Spelling("zhangwei"), readings=(PINYIN,)),
        Said("1234", readings=(TAIL,)),
        Said(spelled=Spelling("xian"), readings=(PINYIN,)),
    ]
    asked = SearchPeople(q="", birth_date="2015-03-12")  # type: ignore[arg-type]
    assert words_of(asked, TODAY, in_address=True) == [
        Said(born=(date(2015, 3, 12), date(2015, 3, 12)), readings=(DAY,))
    ]


def test_whole_numbers_are_taken_in_a_body_only() -> None:
    assert read("110101199003070070") == [Said("110101199003070070", readings=(Reading.IDENTITY,))]
    assert read("110101900307007")[0].readings == (Reading.IDENTITY,)  # fifteen digits are made eighteen
    assert read("19012345678") == [Said("19012345678", readings=(Reading.PHONE,))]
    assert read("+86-19012345678") == [Said("19012345678", readings=(Reading.PHONE,))]
    for number in ("110101199003070070", "19012345678", "0716-7212345", "99999999", "1234567"):
        with pytest.raises(InvalidInput) as refused:
            read(f"张 {number}", in_address=True)
        assert [fault.code for fault in refused.value.faults] == ["search.number_in_address"]
        assert number not in str(refused.value.faults)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "search.empty"),
        ("  ", "search.empty"),
        ("张 123", "search.number"),
        ("123456", "search.number"),
        ("110101199003070071", "identity_number.checksum"),
        ("12345678901", "phone.format"),
        ("一 二 三 四 五 六 七", "search.too_many_words"),
    ],
)
def test_what_cannot_be_meant(question: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(question)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/q", code)]


def test_a_word_above_clearance_is_refused_and_one_half_above_it_loses_that_half() -> None:
    companion = Clearance(personal=Sight.FULL, contact=Sight.MASKED)
    aggregates = Clearance(contact=Sight.MASKED)
    (year,), (number,) = read("2015"), read("110101199003070070")
    assert permitted(year, companion).readings == (TAIL, PERIOD)
    assert permitted(year, aggregates).readings == (TAIL,)
    for said, clearance, field in ((number, companion, "identity_number"), (read("张")[0], aggregates, "name")):
        with pytest.raises(Forbidden) as refused:
            permitted(said, clearance)
        assert (refused.value.code, refused.value.parameters) == ("field.withheld", {"field": field})


def test_nothing_that_was_typed_is_in_a_repr() -> None:
    for word in ("110101199003070070", "19012345678", "张三丰", "zhangsanfeng", "20150312"):
        assert word not in repr(read(word))
        assert "2015" not in repr(read(word))


@pytest.mark.parametrize(
    ("typed", "head", "initials"),
    [
        ("ouyangxx", "ouyangx", "oyxx"), ("zhangxh", "zhangx", "zxh"), ("lih", "lih", "lh"), ("zhangwei", "", ""),
        ("zw", "", ""), ("lvx", "lvx", "lx"), ("LÜx", "lvx", "lx"),
    ],
)  # fmt: skip
def test_spelling(typed: str, head: str, initials: str) -> None:
    assert spelling(typed) == Spelling(typed.lower().replace("ü", "v"), head, initials)


def test_the_syllables_are_those_that_names_have() -> None:
    from domain.people.search import MOST_WORDS
    from domain.pinyin import _readings

    assert MOST_WORDS == 6
    common = "张伟王芳李娜刘强陈静杨洋黄敏赵磊吴军周杰徐丽孙涛马超朱琳胡平郭浩何雪高峰林燕罗斌郑凯梁波谢颖宋佳唐婷许晨"
    assert {_readings()[ord(one)].strip() for one in common} <= SYLLABLES
    assert len(SYLLABLES) > 390
