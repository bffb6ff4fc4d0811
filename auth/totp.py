"""The second factor: time-based one-time passwords (RFC 6238, by ``cryptography``) and recovery codes.

A code is good for its own half minute and one to each side, and once: whoever looks over a shoulder
cannot use it again. Recovery codes are 80 random bits, so a plain SHA-256 keeps them.
"""

import secrets
import time
from base64 import b32decode, b32encode
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ISSUER: Final = "守望"
PERIOD: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10


def new_totp(login: str) -> tuple[str, str]:
    """Return a secret of 160 bits in base32 and its ``otpauth://`` address."""
    secret = b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return secret, _totp(secret).get_provisioning_uri(login, ISSUER)


def code_at(secret: str, moment: float) -> str:
    """Return the code of a moment, in Unix seconds."""
    return _totp(secret).generate(int(moment)).decode()


def totp_step(secret: str, code: str, now: float | None = None) -> int | None:
    """Return the time step of a code, the present one or one off (RFC 6238 section 5.2); None: wrong."""
    present = int(time.time() if now is None else now) // PERIOD
    steps = (present - 1, present, present + 1)
    found = [step for step in steps if compare_digest(code_at(secret, step * PERIOD).encode(), code.encode())]
    return max(found, default=None)


def recovery_codes() -> dict[str, str]:
    """Return recovery codes, as they are written down, with their hashes."""
    codes = [b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    return {"-".join(code[at : at + 4] for at in range(0, 16, 4)): recovery_hash(code) for code in codes}


def recovery_hash(code: str) -> str:
    """Return the hash of a recovery code, however it was written down."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    return sha256(plain.encode()).hexdigest()


def _totp(secret: str) -> TOTP:
    # SHA-1 is what authenticator apps understand; inside HMAC its weakness does not matter (RFC 6238).
    return TOTP(b32decode(secret), DIGITS, SHA1(), PERIOD)  # noqa: S303


__all__ = ["code_at", "new_totp", "recovery_codes", "recovery_hash", "totp_step"]
