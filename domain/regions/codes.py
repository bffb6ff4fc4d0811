"""Division codes: 2, 4, 6, 9 or 12 digits, and the 12-digit number they are stored as."""

import re

from domain.access import RegionRange

LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}  # digits -> level: province, city, county, township, village
_CODE = re.compile(r"[1-9][0-9](?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?")


def is_code(text: str) -> bool:
    """Tell whether a text has the form of a division code."""
    return _CODE.fullmatch(text) is not None


def level_of(code: str) -> int:
    """Return 1 (province) to 5 (village)."""
    return LEVELS[len(code)]


def padded(code: str) -> int:
    """Return the 12-digit number a code is stored as, e.g. ``"421081"`` → 421081000000."""
    return int(code.ljust(12, "0"))


def width_of(digits: int) -> int:
    """Return how many 12-digit codes lie below a division of so many digits."""
    return int(10 ** (12 - digits))


def range_of(code: str) -> RegionRange:
    """Return the half-open range of 12-digit codes below a division."""
    width = width_of(len(code))
    return RegionRange(int(code) * width, (int(code) + 1) * width)


def published(code: int) -> str:
    """Return the shortest published form of a stored 12-digit number."""
    for digits in (10, 8, 6, 3):
        if code % 10**digits == 0:
            return str(code // 10**digits)
    return str(code)
