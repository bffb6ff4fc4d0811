import pytest

from domain.access import RegionRange
from domain.imports.places import Division, Place, Places

DIVISIONS = (
    Division("42", "湖北省", None),
    Division("4210", "荆州市", "42"),
    Division("421081", "石首市", "4210"),
    Division("421022", "公安县", "4210"),
    Division("421081106", "东升镇", "421081"),
    Division("421081106201", "童子岗村委会", "421081106"),
    Division("421081109", "高陵镇", "421081"),
    Division("421081109001", "高陵岗居委会", "421081109"),
    Division("421081109201", "高陵岗村委会", "421081109"),
    Division("421081109202", "新村村委会", "421081109", ("老村",)),
    Division("421081106202", "新村村委会", "421081106"),
    Division("11", "北京市", None),
    Division("1101", "市辖区", "11"),
    Division("110101", "东城区", "1101"),
)
COUNTY = RegionRange(421081000000, 421082000000)
PLACES = Places(DIVISIONS, [COUNTY])


@pytest.mark.parametrize(
    "written",
    [
        "湖北省荆州市石首市东升镇童子岗村委会", "湖北省荆州市石首市东升镇童子岗村", "石首市东升镇童子岗",
        "东升镇童子岗村",
        "湖北石首东升镇童子岗村民委员会", "童子岗村", " 湖北省 荆州市 石首市 东升镇 童子岗村 ",
    ],
)  # fmt: skip
def test_a_village_however_written(written: str) -> None:
    assert PLACES.find(written) == Place(421081106201, 5)


def test_what_follows_is_the_house() -> None:
    assert PLACES.find("石首市东升镇童子岗村三组12号") == Place(421081106201, 5, "三组12号")


def test_exact_names_before_stems() -> None:
    assert PLACES.find("高陵镇高陵岗村委会") == Place(421081109201, 5)
    assert PLACES.find("高陵镇高陵岗居委会") == Place(421081109001, 5)
    found = PLACES.find("高陵镇高陵岗")
    assert found is not None
    assert found.ambiguous


def test_a_name_that_several_bear_is_ambiguous_until_the_township_is_written() -> None:
    found = PLACES.find("新村村委会")
    assert found is not None
    assert found.ambiguous
    assert PLACES.find("东升镇新村村委会") == Place(421081106202, 5)


def test_a_former_name() -> None:
    assert PLACES.find("高陵镇老村") == Place(421081109202, 5)


def test_higher_levels_and_what_is_unknown() -> None:
    assert PLACES.find("石首市") == Place(421081000000, 3)
    assert PLACES.find("东升镇") == Place(421081106000, 4)
    assert PLACES.find("北京市东城区") == Place(110101000000, 3)
    assert PLACES.find("北京") == Place(110000000000, 1)
    assert PLACES.find("湖北省荆州市石首市不存在镇无名村") == Place(421081000000, 3, "不存在镇无名村")
    assert PLACES.find("火星") is None
    assert PLACES.find("") is None


def test_reach() -> None:
    elsewhere = PLACES.find("湖北省荆州市公安县某村")
    assert elsewhere is not None
    assert not PLACES.reaches(elsewhere)
    inside = PLACES.find("湖北省")
    assert inside is not None
    assert PLACES.reaches(inside)
