"""Tokens: the one module that speaks with python-jose.

python-jose checks signatures; everything else is decided here, before and after, because it
skips a missing ``aud``, takes ``true`` for a time and picks keys by what a header says. Its open
CVEs (a DER public key or an empty key taken as an HMAC secret) need HMAC: here the algorithm is
the constant ES256 and the key an elliptic-curve object, so that path does not exist.

Two kinds are verified: our own access tokens (RFC 9068) and the assertions by which a client
proves who it is (RFC 7523, ``private_key_jwt``). Whatever is wrong becomes ``NotAuthenticated``
with a code; no part of a token is ever repeated in it.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from jose import jws, jwt
from jose.backends.cryptography_backend import CryptographyECKey
from jose.exceptions import JOSEError

from auth.keys import TOKEN_LIFETIME, KeySet, public_of
from domain.errors import InvalidInput, NotAuthenticated
from domain.regions.codes import is_code
from domain.strict_json import read_json

ALGORITHM: Final = "ES256"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - the media type of RFC 9068
MAX_TOKEN_BYTES: Final = 8192
ASSERTION_SECONDS: Final = 300  # the longest an assertion may live: its jti is remembered as long
CLOCK_SKEW_SECONDS: Final = 5  # between our own servers; a token is never taken after its exp
MAX_NAME: Final = 128
SIGNATURE_BYTES: Final = 64  # r and s of P-256
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SUB: Final = re.compile(rf"(?:staff|person):{_UUID}|client:[!-~]{{1,{MAX_NAME}}}")
_UUID_TEXT: Final = re.compile(_UUID)
_SCOPE: Final = re.compile(r"[a-z_]+:[a-z_]+(?: [a-z_]+:[a-z_]+)*|")


@dataclass(frozen=True, slots=True)
class Realm:
    """Whose tokens they are, for whom, and for how many seconds at most."""

    issuer: str
    audience: str
    lifetime: int = int(TOKEN_LIFETIME.total_seconds())


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says; times are Unix seconds."""

    sub: str
    client_id: str
    agency: UUID | None
    region: str | None
    roles: tuple[str, ...]
    scope: tuple[str, ...]
    iat: int
    exp: int
    jti: str
    sid: UUID | None = None  # the sign-in it comes from (OpenID Connect's name for it)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client's proof of who it is: good once, until ``exp``."""

    client_id: str
    jti: str
    exp: int


def sign(claims: Claims, realm: Realm, kid: str, key: ec.EllipticCurvePrivateKey) -> str:
    """Return the signed access token."""
    payload = {
        "iss": realm.issuer,
        "aud": realm.audience,
        "sub": claims.sub,
        "client_id": claims.client_id,
        "agency": str(claims.agency) if claims.agency else None,
        "region": claims.region,
        "roles": list(claims.roles),
        "scope": " ".join(claims.scope),
        "iat": claims.iat,
        "exp": claims.exp,
        "jti": claims.jti,
    } | ({"sid": str(claims.sid)} if claims.sid else {})
    header = {"typ": TOKEN_TYPE, "kid": kid}
    signed: str = jwt.encode(payload, CryptographyECKey(key, ALGORITHM), algorithm=ALGORITHM, headers=header)
    return signed


def verify(token: str, keys: KeySet, realm: Realm, now: float) -> Claims:
    """Return the claims of a valid access token, or raise ``NotAuthenticated``."""
    header, payload = _parts(token)
    if header.keys() - {"alg", "typ", "kid"}:
        raise NotAuthenticated("token.header")  # crit, jku, jwk, x5u and whatever comes next
    if header.get("typ") != TOKEN_TYPE:
        raise NotAuthenticated("token.type")
    kid = header.get("kid")
    key = keys.verifying(kid, datetime.fromtimestamp(now, UTC)) if isinstance(kid, str) else None
    if key is None:
        raise NotAuthenticated("token.key_unknown")
    _check_signature(token, header, key)
    body = _object(payload)
    if body.get("iss") != realm.issuer:
        raise NotAuthenticated("token.issuer")
    if body.get("aud") != realm.audience:
        raise NotAuthenticated("token.audience")
    iat, exp = _times(body, now, realm.lifetime)
    return _claims(body, iat, exp)


def verify_assertion(
    token: str, jwks: Mapping[str, Any], client_id: str, audiences: frozenset[str], now: float
) -> Assertion:
    """Return a client's assertion (RFC 7523 section 3), or raise ``NotAuthenticated``.

    ``audiences`` are the names this server answers to: its issuer and its token endpoint.
    """
    header, payload = _parts(token)
    if header.keys() - {"alg", "typ", "kid"}:
        raise NotAuthenticated("token.header")
    if header.get("typ", "JWT") not in ("JWT", "client-authentication+jwt"):
        raise NotAuthenticated("token.type")
    _check_signature(token, header, _client_key(jwks, header.get("kid")))
    body = _object(payload)
    if body.get("iss") != client_id or body.get("sub") != client_id:
        raise NotAuthenticated("token.issuer")
    meant_for = body.get("aud")
    one = meant_for[0] if isinstance(meant_for, list) and len(meant_for) == 1 else meant_for
    if not isinstance(one, str) or one not in audiences:
        raise NotAuthenticated("token.audience")
    _, exp = _times(body, now, ASSERTION_SECONDS)
    return Assertion(client_id, _name(body, "jti"), exp)


def claimed_client(assertion: str) -> str:
    """Return whom an assertion says it comes from, unverified: only to know whose keys to check it with."""
    _, payload = _parts(assertion)
    return _name(_object(payload), "sub")


def _parts(token: str) -> tuple[dict[str, Any], bytes]:
    """Return the header and the payload's bytes of a token in its only spelling."""
    if len(token) > MAX_TOKEN_BYTES:
        raise NotAuthenticated("token.too_large")
    pieces = token.split(".")
    if len(pieces) != 3:  # noqa: PLR2004 - header.payload.signature
        raise NotAuthenticated("token.malformed")
    header, payload, signature = (_decoded(piece) for piece in pieces)
    if len(signature) != SIGNATURE_BYTES:
        raise NotAuthenticated("token.signature")
    return _object(header), payload


def _decoded(piece: str) -> bytes:
    """Decode base64url without padding; another spelling of the same bytes is refused."""
    try:
        raw = base64.b64decode(piece.encode("ascii") + b"=" * (-len(piece) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAuthenticated("token.malformed") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != piece.encode():
        raise NotAuthenticated("token.malformed")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = read_json(raw)
    except InvalidInput:
        raise NotAuthenticated("token.malformed") from None
    if not isinstance(value, dict):
        raise NotAuthenticated("token.malformed")
    return value


def _check_signature(token: str, header: dict[str, Any], key: ec.EllipticCurvePublicKey) -> None:
    if header.get("alg") != ALGORITHM:
        raise NotAuthenticated("token.algorithm")
    try:
        jws.verify(token, CryptographyECKey(key, ALGORITHM), algorithms=[ALGORITHM])
    except JOSEError:
        raise NotAuthenticated("token.signature") from None


def _client_key(jwks: Mapping[str, Any], kid: object) -> ec.EllipticCurvePublicKey:
    """Return the client's key of that kid; without a kid the client must have just one."""
    listed = jwks.get("keys")
    known = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    named = [one for one in known if one.get("kid") == kid] if kid is not None else known
    if len(named) != 1:
        raise NotAuthenticated("token.key_unknown")
    try:
        return public_of(named[0])
    except ValueError:
        raise NotAuthenticated("token.key_unknown") from None


def _times(body: dict[str, Any], now: float, longest: int) -> tuple[int, int]:
    """Check ``iat``, ``exp`` and, if there, ``nbf``; return the first two."""
    iat, exp = _second(body, "iat"), _second(body, "exp")
    if exp <= now:
        raise NotAuthenticated("token.expired")
    if iat > now + CLOCK_SKEW_SECONDS or ("nbf" in body and _second(body, "nbf") > now + CLOCK_SKEW_SECONDS):
        raise NotAuthenticated("token.not_yet_valid")
    if not 0 < exp - iat <= longest:
        raise NotAuthenticated("token.lifetime")
    return iat, exp


def _second(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or value < 0:  # a bool is an int to isinstance
        raise NotAuthenticated("token.claims")
    return value


def _name(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or not value.isprintable():
        raise NotAuthenticated("token.claims")
    return value


def _claims(body: dict[str, Any], iat: int, exp: int) -> Claims:
    sub, agency, region, roles, scope = (body.get(name) for name in ("sub", "agency", "region", "roles", "scope"))
    sid = body.get("sid")
    good = (
        isinstance(sub, str)
        and _SUB.fullmatch(sub)
        and (agency is None or (isinstance(agency, str) and _UUID_TEXT.fullmatch(agency)))
        and (region is None or (isinstance(region, str) and (region == "0" or is_code(region))))
        and isinstance(roles, list)
        and all(isinstance(role, str) for role in roles)
        and isinstance(scope, str)
        and _SCOPE.fullmatch(scope)
        and (sid is None or (isinstance(sid, str) and _UUID_TEXT.fullmatch(sid)))
    )
    if not good:
        raise NotAuthenticated("token.claims")
    return Claims(
        sub=str(sub),
        client_id=_name(body, "client_id"),
        agency=UUID(agency) if agency else None,
        region=region,
        roles=tuple(roles or ()),
        scope=tuple(str(scope).split()),
        iat=iat,
        exp=exp,
        jti=_name(body, "jti"),
        sid=UUID(sid) if sid else None,
    )


__all__ = ["Assertion", "Claims", "Realm", "claimed_client", "sign", "verify", "verify_assertion"]
