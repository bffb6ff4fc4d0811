from datetime import date

import pytest

from domain.codes.identity_number import BadIdentityNumber, division_known, parse

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "written",
    [
        "42108120160918745X",
        "42108120160918745x",
        " 421081 20160918 745x ",
        "４２１０８１２０１６０９１８７４５Ｘ",
        "421081-20160918-745X",
    ],
)
def test_what_hands_do_to_a_number_is_repaired(written: str) -> None:
    number = parse(written, today=TODAY)

    assert (number.number, number.birth_date, number.sex) == ("42108120160918745X", date(2016, 9, 18), "1")


def test_fifteen_digits_become_eighteen() -> None:
    number = parse("130503670401001", today=TODAY)

    assert (number.number, number.birth_date, number.sex) == ("130503196704010016", date(1967, 4, 1), "1")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("421081202202095640", "identity_number.checksum"),
        ("42108120160918745", "identity_number.format"),
        ("4.21081E+17", "identity_number.format"),
        ("", "identity_number.format"),
        ("021081201609187459", "identity_number.format"),
        ("421081201613187456", "identity_number.checksum"),
        ("110101209901010025", "identity_number.birth_date"),
        ("110101201602300018", "identity_number.birth_date"),
    ],
)
def test_a_wrong_number_says_why_and_not_what_it_was(written: str, code: str) -> None:
    with pytest.raises(BadIdentityNumber) as caught:
        parse(written, today=TODAY)

    assert (caught.value.code, str(caught.value)) == (code, code)


@pytest.mark.parametrize(
    ("division", "known"), [("421081", True), ("330113", True), ("810000", True), ("999999", False)]
)
def test_an_unknown_division_is_told(division: str, known: bool) -> None:
    assert division_known(division) is known
