"""Codes, refresh tokens and the proof that they come from who asked (PKCE, RFC 7636, method S256 alone).

Codes and refresh tokens are 256 random bits and mean nothing by themselves; what is kept of them is
their SHA-256, so that a copy of the database opens nothing.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 section 4.1
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
S256: Final = "S256"


def new_opaque() -> str:
    """Return a fresh code or refresh token; unlike an access token it has no dot in it."""
    return secrets.token_urlsafe(32)


def digest_of(opaque: str) -> bytes:
    """Return what is kept of a code or refresh token."""
    return sha256(opaque.encode(errors="replace")).digest()


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 section 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


__all__ = ["CHALLENGE", "S256", "VERIFIER", "challenge_of", "digest_of", "new_opaque"]
