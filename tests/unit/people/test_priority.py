import pytest

from domain.people.model import Population, Remit
from domain.people.priority import priority_of
from domain.people.remits import own_bits, remit_bits


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (((), None, "healthy", None), 0),
        ((("subsistence_allowance", "poverty_file"), None, "healthy", None), 1),
        (((), "肢体", None, None), 1),
        (((), 2, "disabled", None), 1),
        (((), None, "disabled", None), 1),
        (((), None, "chronic", "高血压"), 0),
        (((), None, "serious_illness", None), 1),
        (((), None, None, "尿毒症"), 1),
        ((("destitute",), 1, "serious_illness", "尿毒症"), 3),
    ],
)
def test_priority_counts_the_classes_that_hold(
    arguments: tuple[tuple[str, ...], str | int | None, str, str], expected: int
) -> None:
    assert priority_of(*arguments) == expected


def test_remit_bits() -> None:
    assert remit_bits(()) == int(Remit.ANYONE)
    assert remit_bits({Population.WOMAN}) == 1 + 16 + 128
    assert remit_bits({Population.ELDER}, {Population.CHILD}) == 4 + 64 + 32 + 128
    assert own_bits({Population.WOMAN, Population.CHILD}) == 3
