from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.imports import cells
from domain.imports.cells import Unreadable


@pytest.mark.parametrize(
    ("cell", "day", "exact"),
    [
        (date(2013, 4, 5), date(2013, 4, 5), True),
        (datetime(2013, 4, 5, 8), date(2013, 4, 5), True),  # noqa: DTZ001 - a sheet knows no zone
        (41369.0, date(2013, 4, 5), True),
        ("41369", date(2013, 4, 5), True),
        (20130405.0, date(2013, 4, 5), True),
        ("20130405", date(2013, 4, 5), True),
        ("2013-04-05", date(2013, 4, 5), True),
        ("2013.4.5", date(2013, 4, 5), True),
        ("2013/4/5", date(2013, 4, 5), True),
        ("2013年4月5日", date(2013, 4, 5), True),
        ("２０１３年４月５日", date(2013, 4, 5), True),
        (" 2013 年 4 月 5 日 ", date(2013, 4, 5), True),
        ("2013-04-05 00:00:00", date(2013, 4, 5), True),
        ("2013年4月", date(2013, 4, 1), False),
        ("2013.04", date(2013, 4, 1), False),
    ],
)
def test_a_date_however_written(cell: cells.Cell, day: date, exact: bool) -> None:
    assert cells.date_of(cell) == (day, exact)


@pytest.mark.parametrize("cell", ["去年春天", "2013-13-01", "2013-02-30", "5/4/2013", -3.0, 1e12, "13"])
def test_what_is_no_date_is_refused(cell: cells.Cell) -> None:
    with pytest.raises(Unreadable):
        cells.date_of(cell)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates(), st.datetimes()))
def test_no_cell_raises_anything_else(cell: cells.Cell) -> None:
    assert isinstance(cells.text(cell), str)
    cells.typed_as_number(cell)
    for read in (cells.date_of, cells.count):
        with suppress(Unreadable):
            read(cell)


@pytest.mark.parametrize(("cell", "number"), [("2", 2), (2.0, 2), ("2人", 2), ("３", 3), ("", None), (None, None)])
def test_a_count(cell: cells.Cell, number: int | None) -> None:
    assert cells.count(cell) == number


@pytest.mark.parametrize(
    ("cell", "typed"),
    [
        (4.210812018050437e17, True),
        (421081201805043712, True),
        ("4.21081E+17", True),
        ("421081201805043712", False),
        (12.0, False),
    ],
)
def test_a_number_typed_as_a_number(cell: cells.Cell, typed: bool) -> None:
    assert cells.typed_as_number(cell) is typed


def test_text_is_folded_and_cleaned() -> None:
    assert cells.text(" 张　三\u200b\n") == "张 三"
    assert cells.text(12.0) == "12"
    assert cells.text(True) == "是"
    assert cells.text("'0123") == "0123"


@pytest.mark.parametrize(
    ("row", "column", "address"), [(0, 0, "A1"), (16, 5, "F17"), (0, 25, "Z1"), (9, 26, "AA10"), (9, 701, "ZZ10")]
)
def test_an_address(row: int, column: int, address: str) -> None:
    assert cells.address(row, column) == address
