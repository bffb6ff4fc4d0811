"""The ES256 keys that sign access tokens, and their hand-over.

A key's life: made and published at once; signs from ``signs_from``, when every cache of the key
set has seen it; steps back when a younger one signs; is refused from ``retired_at``, when its
last token has expired. A key that leaked is retired at once: its tokens die with it.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from domain.clients.model import SigningKey
from domain.ids import new_id

TOKEN_LIFETIME: Final = timedelta(minutes=10)
JWKS_MAX_AGE: Final = timedelta(minutes=5)  # how long others may keep the key set
HAND_OVER: Final = JWKS_MAX_AGE * 2  # a new key is published this long before it signs
LEEWAY: Final = timedelta(minutes=1)  # clocks of our own servers differ by less
ROTATE_AFTER: Final = timedelta(days=90)
P256_BYTES: Final = 32


def new_key(now: datetime, *, first: bool = False) -> SigningKey:
    """Make a key pair; the first of an installation signs at once, the others after the hand-over."""
    private = ec.generate_private_key(ec.SECP256R1())
    kid = str(new_id())
    return SigningKey(
        kid=kid,
        private_pem=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        public_jwk=jwk_of(private.public_key(), kid),
        signs_from=now if first else now + HAND_OVER,
    )


def retirement(successor: SigningKey, lifetime: timedelta = TOKEN_LIFETIME) -> datetime:
    """When the keys before a successor stop verifying: their last token has expired then."""
    return successor.signs_from + lifetime + LEEWAY


def jwk_of(public: ec.EllipticCurvePublicKey, kid: str) -> dict[str, str]:
    """Return the JWK (RFC 7517) of a P-256 public key."""
    numbers = public.public_numbers()
    x, y = (_base64url(one.to_bytes(P256_BYTES, "big")) for one in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid, "x": x, "y": y}


def public_of(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """Return the P-256 public key of a JWK; raises ``ValueError`` when it is none."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        message = "only P-256 keys are used here"
        raise ValueError(message)
    x, y = (_number(jwk.get(name)) for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _number(text: object) -> int:
    raw = base64.urlsafe_b64decode(f"{text}==") if isinstance(text, str) and text.isascii() else b""
    if len(raw) != P256_BYTES:
        message = "a coordinate of P-256 has 32 bytes"
        raise ValueError(message)
    return int.from_bytes(raw, "big")


@dataclass(frozen=True, slots=True)
class _Loaded:
    stored: SigningKey
    private: ec.EllipticCurvePrivateKey
    public: ec.EllipticCurvePublicKey


class KeySet:
    """The keys of one moment, loaded: replaced whole when the stored ones change."""

    def __init__(self, keys: Iterable[SigningKey] = ()) -> None:
        """Load key pairs; raises ``ValueError`` for a private half that is not P-256."""
        self._keys = {key.kid: _load(key) for key in keys}

    def signing(self, now: datetime) -> tuple[str, ec.EllipticCurvePrivateKey] | None:
        """Return kid and private key of the youngest key that signs now; None if there is none."""
        ready = [one for one in self._keys.values() if one.stored.signs_from <= now and not _retired(one, now)]
        newest = max(ready, key=lambda one: one.stored.signs_from, default=None)
        return (newest.stored.kid, newest.private) if newest else None

    def verifying(self, kid: str, now: datetime) -> ec.EllipticCurvePublicKey | None:
        """Return the public key of a kid; None when unknown or retired."""
        found = self._keys.get(kid)
        return None if found is None or _retired(found, now) else found.public

    def published(self, now: datetime) -> dict[str, list[dict[str, Any]]]:
        """Return the JWK set: every key that signs, will sign, or signed tokens still alive."""
        alive = sorted((one.stored for one in self._keys.values() if not _retired(one, now)), key=lambda key: key.kid)
        return {"keys": [dict(key.public_jwk) for key in alive]}

    def rotation_due(self, now: datetime) -> bool:
        """Tell whether the youngest key has signed long enough, or there is none."""
        newest = max((one.stored.signs_from for one in self._keys.values() if not _retired(one, now)), default=None)
        return newest is None or newest + ROTATE_AFTER <= now


def _load(key: SigningKey) -> _Loaded:
    private = load_pem_private_key(key.private_pem, password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        message = "a signing key is not P-256"
        raise ValueError(message)  # noqa: TRY004 - the value in the database is wrong, not a caller's type
    return _Loaded(key, private, private.public_key())


def _retired(key: _Loaded, now: datetime) -> bool:
    return key.stored.retired_at is not None and key.stored.retired_at <= now


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


__all__ = [
    "HAND_OVER",
    "JWKS_MAX_AGE",
    "TOKEN_LIFETIME",
    "KeySet",
    "jwk_of",
    "new_key",
    "public_of",
    "retirement",
    "utc_now",
]
