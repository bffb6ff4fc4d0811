"""Shapes of access: equal ones are one, since plans are looked up by the shape itself."""

from dataclasses import replace

import pytest

from domain.access import RegionRange
from domain.regions.codes import range_of
from persistence.reading.scope import shape_of
from tests.oracle.callers import CALLERS

COUNTY = CALLERS["civil_affairs"]


def test_offices_of_two_counties_share_their_plans_and_those_of_two_kinds_do_not() -> None:
    assert shape_of(CALLERS["neighbour"]) is shape_of(COUNTY)
    assert shape_of(replace(COUNTY, sub="staff:another")) is shape_of(COUNTY)
    assert shape_of(CALLERS["federation"]) is not shape_of(COUNTY)


@pytest.mark.parametrize(
    ("code", "place"),
    [("421081100201", "village"), ("421081100", "township"), ("421081", "county"), ("4210", "range"), ("42", "range")],
)
def test_a_place_is_known_by_its_width(code: str, place: str) -> None:
    assert shape_of(replace(COUNTY, regions=(range_of(code),))).place == place


def test_a_range_as_wide_as_a_county_and_astride_of_two_is_no_county() -> None:
    astride = RegionRange(421_081_500_000, 421_082_500_000)
    assert shape_of(replace(COUNTY, regions=(astride,))).place == "range"
