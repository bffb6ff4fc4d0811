"""Unified social credit codes (统一社会信用代码), GB 32100-2015: 17 places and a check character.

Place 1 registering authority (5 civil affairs, 9 market regulation, 1 staffing commission, N rural
collectives, …), place 2 kind of organisation, places 3–8 division of registration, places 9–17
organisation code (GB 11714), place 18 check character modulo 31. I, O, S, V and Z do not occur.

Only the check character is asked of python-stdnum. Its ``validate`` wants a digit in place 1 and
so refuses the codes of rural collectives (N2…), and it lets hyphens pass anywhere. The
organisation code's own check character (place 17) is not tested: place 18 covers it.
"""

import re
import unicodedata
from dataclasses import dataclass

from stdnum.cn import uscc

_SHAPE = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


class BadCreditCode(ValueError):
    """Not a credit code; ``code`` says why. Never carries the text itself."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A checked code in its normal form."""

    number: str

    @property
    def division(self) -> str:
        """The six digits of the division it was registered in (which may since have been renamed)."""
        return self.number[2:8]


def parse(text: str) -> CreditCode:
    """Check a code as written on paper: full width, lower case and blanks are repaired.

    Raises ``BadCreditCode`` with ``credit_code.format`` or ``credit_code.checksum``.
    """
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if _SHAPE.fullmatch(number) is None:
        raise BadCreditCode("credit_code.format")
    if uscc.calc_check_digit(number[:17]) != number[17]:
        raise BadCreditCode("credit_code.checksum")
    return CreditCode(number)


def with_check(first_17: str) -> str:
    """Return a code completed with its check character."""
    return first_17 + uscc.calc_check_digit(first_17)


__all__ = ["BadCreditCode", "CreditCode", "parse", "with_check"]
