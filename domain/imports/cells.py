"""Reading one cell: repairs what clerks' hands and spreadsheets do to texts, dates and numbers.

A cell comes as the sheet reader gives it: text, number, date, nothing. Each function returns the
repaired value or None where the cell says nothing, and raises ``Unreadable`` where it says
something that is no such value.
"""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta

Cell = str | float | int | bool | date | datetime | None

EXCEL_DAY_ZERO = date(1899, 12, 30)  # serial 1 is 1900-01-01 with Lotus' leap day counted (ECMA-376 18.17.4.1)
_SERIAL = re.compile(r"[1-9][0-9]{4}(\.0+)?")
_FIRST_SERIAL, _LAST_SERIAL = 1, 2_958_465  # 9999-12-31
_PACKED = re.compile(r"(1[89]|20)[0-9]{6}")
_DATED = re.compile(
    r"(?P<y>[0-9]{4})\s*[年./\-]\s*(?P<m>[0-9]{1,2})(?:\s*(?:[月./\-]|月份)\s*(?:(?P<d>[0-9]{1,2})\s*[日号]?)?)?"
    r"(?:[\sT]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_AS_NUMBER = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?1[0-9]|[1-9][0-9]{14,17}\.0+")
_COUNT = re.compile(r"([0-9]{1,3})(?:\.0+)?\s*[人个名位]?")
_LIST = re.compile(r"[、,;|/\s]+")


class Unreadable(ValueError):
    """The cell holds something, but not what its column is for."""


def text(cell: Cell) -> str:
    """Return a cell as text: NFKC, no control characters, runs of white space made one, trimmed."""
    if type(cell) is str:
        if not cell.isascii():
            cell = unicodedata.normalize("NFKC", cell)
        if cell.isalnum():  # most cells: nothing to repair
            return cell
        return _SPACES.sub(" ", _CONTROL.sub("", cell)).strip().removeprefix("'")
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def date_of(cell: Cell) -> tuple[date, bool] | None:
    """Return a day and whether the cell named the day itself (a month counts from its first).

    Understands dates, Excel serials (as number or text), 2013-4-5, 2013.04.05, 2013/4/5,
    20130405, 2013年4月5日, 2013年4月.
    """
    if isinstance(cell, datetime):
        return cell.date(), True
    if isinstance(cell, date):
        return cell, True
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell), True
    written = text(cell)
    if not written:
        return None
    if _SERIAL.fullmatch(written):
        return _from_number(float(written)), True
    if _PACKED.fullmatch(written):
        return _day(int(written[:4]), int(written[4:6]), int(written[6:])), True
    found = _DATED.fullmatch(written)
    if found is None:
        raise Unreadable
    return _day(int(found["y"]), int(found["m"]), int(found["d"] or 1)), found["d"] is not None


def _from_number(number: float) -> date:
    if not math.isfinite(number):
        raise Unreadable
    if _PACKED.fullmatch(str(int(number))):
        packed = int(number)
        return _day(packed // 10000, packed // 100 % 100, packed % 100)
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        raise Unreadable
    return EXCEL_DAY_ZERO + timedelta(days=int(number))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable from None


def count(cell: Cell) -> int | None:
    """Return a number of people (0–999)."""
    written = text(cell)
    if not written:
        return None
    found = _COUNT.fullmatch(written)
    if found is None:
        raise Unreadable
    return int(found[1])


def typed_as_number(cell: Cell) -> bool:
    """Tell whether an identity number was typed as a number: digits beyond the 15th are lost."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= 1e14  # noqa: PLR2004 - 15 digits: the shortest identity number
    return type(cell) is str and _AS_NUMBER.fullmatch(cell.strip()) is not None


def parts(written: str) -> list[str]:
    """Split a cell that lists several values (打工收入、种养殖业)."""
    return [one for one in _LIST.split(written) if one]


def address(row: int, column: int) -> str:
    """Return a cell's address from its 0-based position: (16, 5) → ``F17``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


__all__ = ["Cell", "Unreadable", "address", "count", "date_of", "parts", "text", "typed_as_number"]
