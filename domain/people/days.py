"""Dates as the offices count them: business days of Asia/Shanghai, whole months and years."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.errors import Fault, InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def today() -> date:
    """Return the business date: what the calendar shows in China now."""
    return datetime.now(SHANGHAI).date()


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later; a day the month lacks becomes its last day.

    Aug 31 + 6 months = Feb 28 (Feb 29 in a leap year), as Civil Code art. 202 ends a period.
    """
    if months == 0:
        return day
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    leap = month0 == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month0 + 1, min(day.day, _LAST_DAY[month0] + leap))


def birthday(birth_date: date, age: int) -> date:
    """Return the day somebody turns ``age``; born on Feb 29, she does so on Feb 28 of a common year."""
    return add_months(birth_date, 12 * age)


def age_on(birth_date: date, day: date) -> int:
    """Return completed years; negative before birth."""
    years = day.year - birth_date.year
    return years if birthday(birth_date, years) <= day else years - 1


def refuse_before_birth(birth_date: date | None, on: date, pointer: str) -> None:
    """Refuse what is said to have happened to somebody before she was born; ``InvalidInput`` at ``pointer``."""
    if birth_date is not None and on < birth_date:
        raise InvalidInput(Fault(pointer, "date.before_birth"))
