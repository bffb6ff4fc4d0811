"""Deadlines of cases: calendar and working days, the published holidays, and what is not published yet."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.deadlines import after, extended, terms_of, to_accept, to_finish, warned_from, working_day
from domain.people.days import SHANGHAI
from domain.policy.model import CaseCategory


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("since", "days", "working", "until"),
    [
        ("2026-03-02 09:00", 15, False, "2026-03-18"),  # the end of 17 March
        ("2026-03-02 23:59", 15, False, "2026-03-18"),
        ("2026-03-02 09:00", 5, True, "2026-03-10"),  # Monday to the next Monday
        ("2026-02-13 09:00", 2, True, "2026-02-25"),  # 14 February is a day worked, the feast ends on the 23rd
        ("2026-09-30 09:00", 1, True, "2026-10-09"),  # the week of the national day
        ("2026-01-31 09:00", 60, False, "2026-04-02"),
    ],
)
def test_a_term_ends_with_its_last_day(since: str, days: int, working: bool, until: str) -> None:
    found = after(at(since), days, working=working)
    assert (found.at, found.flagged) == (at(until), False)


def test_a_year_without_published_holidays_is_flagged() -> None:
    found = after(at("2031-09-30 09:00"), 1, working=True)
    assert (found.at, found.flagged) == (at("2031-10-02"), True)
    assert working_day(date(2031, 10, 1)) == (True, False)
    assert after(at("2031-09-30 09:00"), 1, working=False).flagged is False


def test_defaults_are_those_of_petition_practice() -> None:
    since = at("2026-03-02 09:00")
    assert to_accept(CaseCategory.OTHER, since, urgent=False).at == at("2026-03-18")
    assert to_finish(CaseCategory.OTHER, since).at == at("2026-05-02")
    assert extended(CaseCategory.OTHER, at("2026-05-02")).at == at("2026-06-01")
    assert to_accept(CaseCategory.OTHER, since, urgent=True).at == at("2026-03-03 09:00")


def test_social_assistance_counts_thirty_working_days_and_fifteen_more() -> None:
    terms = terms_of(CaseCategory.RELIEF)
    assert (terms.finish, terms.extension, terms.working) == (30, 15, True)
    finish = to_finish(CaseCategory.RELIEF, at("2026-03-02 09:00"))
    assert finish.at == at("2026-04-15")  # the day of the dead, 6 April, does not count
    assert extended(CaseCategory.RELIEF, finish.at).at == at("2026-05-09")  # nor the first of May, to the fifth


def test_what_is_near_is_warned_of_once_it_is_near() -> None:
    received, due = at("2026-03-02 00:00"), at("2026-03-17 00:00")
    assert warned_from(received, due) == at("2026-03-14 00:00")
    assert warned_from(received, received + timedelta(hours=24)) == received + timedelta(hours=18)


@given(
    since=st.datetimes(at("2019-01-01 00:00").replace(tzinfo=None), at("2035-01-01 00:00").replace(tzinfo=None)),
    category=st.sampled_from(CaseCategory),
    urgent=st.booleans(),
)
def test_no_deadline_lies_before_what_it_is_counted_from(since: datetime, category: CaseCategory, urgent: bool) -> None:
    begun = since.replace(tzinfo=SHANGHAI)
    finish = to_finish(category, begun)
    assert to_accept(category, begun, urgent=urgent).at > begun
    assert finish.at > begun
    assert extended(category, finish.at).at > finish.at
    assert begun < warned_from(begun, finish.at) < finish.at
