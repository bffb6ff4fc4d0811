"""Citizen identity numbers (公民身份号码), GB 11643-1999: 17 digits and a check character.

Positions 1–6 division, 7–14 birth date, 15–17 sequence (odd: male), 18 check character by
ISO 7064 MOD 11-2. First-generation numbers have 15 digits: a year of two digits (19xx) and no
check character. The division part is not held against a bearer: it keeps the code of the place of
first registration, long after that division was renamed or merged.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum.cn import ric

OLD_LENGTH, LENGTH = 15, 18
MALE, FEMALE = "1", "2"  # GB/T 2261.1
_PERMIT_PLACES = ("81", "82", "83")  # residence permits of Hong Kong, Macao and Taiwan people
_EARLIEST_YEAR = 1850
_SHAPE = re.compile(r"[1-9][0-9]{14}(?:[0-9]{2}[0-9X])?")


class BadIdentityNumber(ValueError):
    """Not an identity number; ``code`` says why. Never carries the number itself."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A checked number of 18 characters and what can be read off it."""

    number: str
    birth_date: date
    sex: str  # GB/T 2261.1


def normalise(text: str) -> str:
    """Return the number as it is compared: NFKC (full-width digits), no inner spaces, capital X."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.split()).replace("-", "").upper()


def parse(text: str, *, today: date) -> IdentityNumber:
    """Check a number as written on paper and return its normal form.

    Raises ``BadIdentityNumber`` with ``identity_number.format`` (not 15 or 18 characters of the
    right kind), ``identity_number.birth_date`` (no such day, or later than ``today``) or
    ``identity_number.checksum``.
    """
    number = normalise(text)
    if _SHAPE.fullmatch(number) is None:
        raise BadIdentityNumber("identity_number.format")
    if len(number) == OLD_LENGTH:
        number = number[:6] + "19" + number[6:]
        number += ric.calc_check_digit(number + "0")
    if ric.calc_check_digit(number) != number[-1]:
        raise BadIdentityNumber("identity_number.checksum")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadIdentityNumber("identity_number.birth_date") from None
    if born > today or born.year < _EARLIEST_YEAR:
        raise BadIdentityNumber("identity_number.birth_date")
    return IdentityNumber(number, born, MALE if int(number[16]) % 2 else FEMALE)


@lru_cache(maxsize=8192)
def division_known(division: str) -> bool:
    """Tell whether the first six digits are a division known to the number tables.

    False is worth a warning, no more: the tables end some years back and new divisions (330113)
    are missing from them.
    """
    if division.startswith(_PERMIT_PLACES):
        return True
    from stdnum import numdb

    return any(properties for _, properties in numdb.get("cn/loc").info(division))


__all__ = ["BadIdentityNumber", "IdentityNumber", "division_known", "normalise", "parse"]
