import pytest

from domain.codes.phone import normalise


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13812341234", "13812341234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("+86 138 1234 1234", "13812341234"),
        ("8613812341234", "13812341234"),
        ("138-1234-1234", "13812341234"),
        ("0716-7212345", "07167212345"),
        ("(010)62334567", "01062334567"),
        ("12345", None),
        ("1381234123", None),
        ("电话", None),
        ("", None),
    ],
)
def test_a_number_has_one_form_or_none(written: str, number: str | None) -> None:
    assert normalise(written) == number
