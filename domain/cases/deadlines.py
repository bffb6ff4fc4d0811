"""By when a case must be accepted and finished: calendar or working days, by category.

Defaults from petition practice (信访工作条例 2022: accept within 15 days, finish within 60, one extension
of 30). Where another rule sets another time, the table names it. A safety matter is accepted within 24 hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import chinese_calendar

from domain.people.days import SHANGHAI
from domain.policy.model import CaseCategory

URGENT: Final = timedelta(hours=24)
WARNING_DAYS: Final = 3  # before a deadline of days; a quarter of the time before one of hours


@dataclass(frozen=True, slots=True)
class Terms:
    """Days to accept, to finish, and of the one extension; ``working``: holidays and week-ends do not count."""

    accept: int = 15
    finish: int = 60
    extension: int = 30
    working: bool = False


TERMS: Final = {
    # 最低生活保障审核确认办法 (民发〔2021〕57号) art. 24: 30 working days, in special cases 45.
    CaseCategory.RELIEF: Terms(accept=5, finish=30, extension=15, working=True),
    # 法律援助法 art. 43: decided within seven days of the application.
    CaseCategory.LEGAL_AID: Terms(accept=7),
    # 反家庭暴力法 art. 15: at once; what is not finished by then is never left for two months.
    CaseCategory.VIOLENCE: Terms(accept=1, finish=30, extension=15),
    CaseCategory.GUARDIANSHIP: Terms(accept=3, finish=30, extension=15),
    CaseCategory.LOAN: Terms(accept=10, finish=45, extension=15, working=True),
    CaseCategory.EMPLOYMENT_TRAINING: Terms(accept=10, finish=45, extension=15, working=True),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, and whether a year whose holidays are not published yet had a part in it."""

    at: datetime
    flagged: bool


def terms_of(category: CaseCategory) -> Terms:
    """Return the terms of a category."""
    return TERMS.get(category, Terms())


def to_accept(category: CaseCategory, since: datetime, *, urgent: bool) -> Deadline:
    """Return by when a case received (or redirected) at a moment must be accepted."""
    if urgent:
        return Deadline(since + URGENT, flagged=False)
    terms = terms_of(category)
    return after(since, terms.accept, working=terms.working)


def to_finish(category: CaseCategory, since: datetime) -> Deadline:
    """Return by when a case received (or reopened) at a moment must have its outcome and its reply."""
    terms = terms_of(category)
    return after(since, terms.finish, working=terms.working)


def extended(category: CaseCategory, until: datetime) -> Deadline:
    """Return the later deadline of a case whose one extension was granted."""
    terms = terms_of(category)
    return after(until - timedelta(microseconds=1), terms.extension, working=terms.working)


def after(since: datetime, days: int, *, working: bool) -> Deadline:
    """Return the end of the day so many days later, the first day not counted (民法典 art. 201)."""
    day, flagged = since.astimezone(SHANGHAI).date(), False
    if not working:
        return Deadline(end_of(day + timedelta(days=days)), flagged=False)
    while days:
        day += timedelta(days=1)
        works, published = working_day(day)
        flagged = flagged or not published
        days -= works
    return Deadline(end_of(day), flagged)


def working_day(day: date) -> tuple[bool, bool]:
    """Tell whether offices work on a day, and whether that is published; if not, Monday to Friday are taken."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.isoweekday() <= 5, False  # noqa: PLR2004 - Friday


def warned_from(since: datetime, due: datetime) -> datetime:
    """Return from when a deadline is called near: three days before, of a shorter time its last quarter."""
    return max(due - timedelta(days=WARNING_DAYS), due - (due - since) / 4)


def to_answer(since: datetime, days: int, *, urgent: bool) -> Deadline:
    """Return by when a referral sent at a moment must be answered: in working days, urgent ones in 24 hours."""
    return Deadline(since + URGENT, flagged=False) if urgent else after(since, days, working=True)


def reminded_from(since: datetime, due: datetime) -> datetime:
    """Return from when an answer is called near: a day before, of a shorter time its last quarter."""
    return max(due - timedelta(days=1), due - (due - since) / 4)


def end_of(day: date) -> datetime:
    """Return the moment at which a business day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


__all__ = [
    "Deadline", "Terms", "after", "end_of", "extended", "reminded_from", "terms_of", "to_accept", "to_answer",
    "to_finish", "warned_from", "working_day",
]  # fmt: skip
