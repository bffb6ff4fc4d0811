"""Shapes of access: equal ones are one, since plans are looked up by the shape itself."""

from dataclasses import replace

import pytest

from domain.access import RegionRange
from domain.regions.codes import range_of
from domain.views import views
from persistence.engine import scope_settings
from persistence.reading.scope import ScopeSql, shape_of
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


def predicate(caller: str, view: str, *, of_one: bool) -> str:
    return ScopeSql(shape_of(CALLERS[caller]), ":{}".format).where(views()[view], "t", of_one=of_one)


@pytest.mark.parametrize("view", ["Person", "Household", "Absence"])
def test_what_a_case_opens_is_asked_by_id_alone_and_of_a_partial_remit_alone(view: str) -> None:
    assert "person_access" in predicate("federation", view, of_one=True)
    assert "person_access" not in predicate("federation", view, of_one=False)
    for caller in ("civil_affairs", "village", "township", "country"):
        assert predicate(caller, view, of_one=True) == predicate(caller, view, of_one=False)
        assert "person_access" not in predicate(caller, view, of_one=True)


def test_who_reads_a_file_by_case_does_not_write_there() -> None:
    federation = CALLERS["federation"]
    assert scope_settings(federation, "people:read").grantee == str(federation.agency_id)
    others = [name for name in federation.grants if name != "people:read"]
    assert {
        scope_settings(federation, name).grantee for name in others if federation.grants[name].rows == "region"
    } == {""}
    assert scope_settings(COUNTY, "people:read").grantee == ""
