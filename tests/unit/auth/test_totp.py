"""The second factor, by the test vectors of RFC 6238 and by its edges."""

import re
from base64 import b32encode
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from auth.totp import code_at, new_totp, recovery_codes, recovery_hash, totp_step

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_of_the_standard(moment: int, code: str) -> None:
    assert code_at(SECRET, moment) == code  # appendix B, its last six digits
    assert totp_step(SECRET, code, moment) == moment // 30


def test_a_code_is_good_half_a_minute_early_or_late_and_no_more() -> None:
    code = code_at(SECRET, 3000)
    assert [totp_step(SECRET, code, now) for now in (2969, 2970, 3000, 3059, 3060)] == [None, 100, 100, 100, None]
    for wrong in ("", "000000", "28708", "abcdef", "２８７０８２"):
        assert totp_step(SECRET, wrong, 59) is None


def test_what_an_authenticator_app_is_told() -> None:
    secret, address = new_totp("zhang.hong")
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/守望:zhang.hong")
    told = parse_qs(parts.query)
    assert (told["secret"], told["issuer"]) == ([secret], ["守望"])
    assert new_totp("zhang.hong")[0] != secret


def test_recovery_codes_are_many_different_and_forgiving_to_write() -> None:
    codes = recovery_codes()
    assert len(codes) == len({*codes.values()}) == 10
    for code, hashed in codes.items():
        assert re.fullmatch("[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
        assert recovery_hash(code.lower().replace("-", " ")) == hashed == recovery_hash(code)
