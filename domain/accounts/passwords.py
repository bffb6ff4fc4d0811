"""What a password must be (NIST SP 800-63B section 5.1.1): long, not common, and nothing about characters.

Twelve characters after NFKC, or a phrase of eight Chinese ones. What is refused is what guessers try
first: well-known words and keyboard runs with a year behind them, one piece again and again, the login.
"""

import re
import unicodedata
from typing import Final

from domain.errors import Fault, InvalidInput

LEAST: Final = 12
LEAST_HAN: Final = 8
MOST: Final = 128
FEWEST_KINDS: Final = 5  # different characters
LEAST_UNCOMMON: Final = 6  # characters that stay when all well-known pieces are taken out

# What the lists of leaked passwords are made of, Chinese ones among them; longest first.
_COMMON: Final = (
    "passw0rd", "password", "p@ssw0rd", "p@ssword", "administrator", "qwertyuiop", "1qaz2wsx3edc", "1qaz2wsx",
    "qazwsxedc", "zaq12wsx", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "iloveyou", "woaini", "woaiwojia",
    "welcome", "letmein", "dragon", "monkey", "sunshine", "princess", "football", "baseball", "superman", "abc",
    "changeme", "default", "guest", "admin", "root", "test", "user", "login", "secret", "master", "hello", "5201314",
    "1314520", "147258369", "7758521", "nihao", "zhongguo", "china", "shouwang", "minzheng", "fulian", "liushou",
    "guanai", "fuwu", "守望", "民政局", "民政", "妇联", "留守", "关爱", "服务", "密码", "管理员", "中国", "我爱你",
)  # fmt: skip
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}(?:[01][0-9][0-3][0-9])?")
_RUNS: Final = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba")
_LEAST_RUN: Final = 3


def normalised(password: str) -> str:
    """Return the one form in which a password is hashed and compared: NFKC (RFC 8265 section 4)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, login: str, pointer: str = "/new_password") -> str:
    """Return the normalised password, or raise ``InvalidInput`` with the reason."""
    text = normalised(password)
    if any(unicodedata.category(one) in {"Cc", "Cs", "Cn"} for one in text):
        raise InvalidInput(Fault(pointer, "text.control_character"))
    if len(text) > MOST:
        raise InvalidInput(Fault(pointer, "password.too_long", {"most": MOST}))
    han = sum("\u4e00" <= one <= "\u9fff" for one in text)
    if len(text) < LEAST and han < LEAST_HAN:
        raise InvalidInput(Fault(pointer, "password.too_short", {"least": LEAST, "han": LEAST_HAN}))
    if is_common(text, login):
        raise InvalidInput(Fault(pointer, "password.common"))
    return text


def is_common(text: str, login: str = "") -> bool:
    """Tell whether guessers would soon have it."""
    plain = text.casefold()
    if len(set(plain)) < FEWEST_KINDS or _repeats(plain):
        return True
    pieces = (*((login.casefold(),) if len(login) >= _LEAST_RUN else ()), *_COMMON)
    rest = _YEAR.sub("", plain)
    for piece in sorted(pieces, key=len, reverse=True):
        rest = rest.replace(piece, "")
    rest = _without_runs(rest)
    return len(rest) < LEAST_UNCOMMON


def _repeats(text: str) -> bool:
    """Tell whether a text is one piece twice or more, such as ``abcdabcdabcd``."""
    return text in (text + text)[1:-1]


def _without_runs(text: str) -> str:
    """Take out digits and letters that follow each other, up or down, and single characters again and again."""
    kept, at = "", 0
    while at < len(text):
        size = max((_run(text, at, one) for one in _RUNS), default=0)
        same = len(text[at:]) - len(text[at:].lstrip(text[at]))
        longest = max(size, same)
        kept += "" if longest >= _LEAST_RUN else text[at]
        at += longest if longest >= _LEAST_RUN else 1
    return kept


def _run(text: str, at: int, line: str) -> int:
    size = 1
    while at + size < len(text) and text[at : at + size + 1] in line:
        size += 1
    return size


__all__ = ["check_password", "is_common", "normalised"]
