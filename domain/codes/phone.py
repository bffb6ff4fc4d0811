"""Telephone numbers of the mainland: mobile (11 digits) and fixed lines with their area code."""

import re
import unicodedata

TAIL_DIGITS = 4
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SEPARATORS = re.compile(r"[\s\-()]+")


def normalise(text: str) -> str | None:
    """Return the number as it is stored and looked up, or None if it is no number in use.

    A mobile number is its 11 digits, a fixed line its area code with the leading 0 and the
    subscriber's number, without separators. Country code 86 falls away.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    digits = _SEPARATORS.sub("", text).removeprefix("+86").removeprefix("0086")
    if _MOBILE.fullmatch(digits):
        return digits  # nearly all; the tables of phonenumbers cost 60 µs a number
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        return digits[2:]
    return _fixed_line(digits)


def tail(number: str) -> str:
    """Return the last four digits: what a caller leaves, what a masked number shows, what is searched for."""
    return number[-TAIL_DIGITS:]


def _fixed_line(digits: str) -> str | None:
    if not (digits.isascii() and digits.isdigit()):
        return None
    import phonenumbers  # heavy: only where a roster or a form brings a fixed line

    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):  # noqa: PLR2004 - China
        return None
    national = phonenumbers.national_significant_number(number)
    fixed = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE
    return f"0{national}" if fixed else national


__all__ = ["TAIL_DIGITS", "normalise", "tail"]
