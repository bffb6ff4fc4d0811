import pytest

from domain.codes.credit_code import BadCreditCode, parse, with_check


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("91110000600037341L", "91110000600037341L"),
        (" 91110000 600037341l ", "91110000600037341L"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
        (with_check("N2421081MF0A1B2C3"), with_check("N2421081MF0A1B2C3")),  # a rural collective
    ],
)
def test_good_codes_are_normalised(text: str, number: str) -> None:
    assert parse(text).number == number


def test_the_division_is_read_off() -> None:
    assert parse(with_check("54421081MJ0000001")).division == "421081"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91110000600037341M", "credit_code.checksum"),
        ("91110000600037431L", "credit_code.checksum"),  # two places exchanged
        ("91110000-600037341L", "credit_code.format"),
        ("911100006000373", "credit_code.format"),
        ("91110000600O37341L", "credit_code.format"),  # the letter O
        ("91110000٣00037341L", "credit_code.format"),  # an Arabic-Indic digit
        ("Z1110000600037341L", "credit_code.format"),
        ("", "credit_code.format"),
        ("\x00" * 18, "credit_code.format"),
    ],
)
def test_bad_codes_say_why_without_repeating_the_text(text: str, code: str) -> None:
    with pytest.raises(BadCreditCode) as raised:
        parse(text)
    assert raised.value.code == code
    assert str(raised.value) == code
