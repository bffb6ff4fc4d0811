"""Every way we could think of to present a token that is not ours, refused with its reason."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from auth import tokens
from auth.keys import KeySet, new_key
from auth.tokens import Claims, Realm
from domain.errors import NotAuthenticated

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
T = int(NOW.timestamp())
ISSUER, AUDIENCE = "https://shouwang.example", "https://shouwang.example/v1"
REALM = Realm(ISSUER, AUDIENCE)
AGENCY = "01890000-0000-7000-8000-00000000000a"
STORED, OLD, RETIRED = (new_key(NOW - timedelta(days=1), first=True) for _ in range(3))
KEYS = KeySet(
    [
        STORED,
        OLD.__class__(OLD.kid, OLD.private_pem, OLD.public_jwk, NOW - timedelta(days=90), NOW + timedelta(minutes=1)),
        OLD.__class__(RETIRED.kid, RETIRED.private_pem, RETIRED.public_jwk, NOW - timedelta(days=90), NOW),
    ]
)
STRANGER = ec.generate_private_key(ec.SECP256R1())
BODY: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "client:county-system",
    "client_id": "county-system",
    "agency": AGENCY,
    "region": "421081",
    "roles": ["integration"],
    "scope": "people:read people:write",
    "iat": T - 10,
    "exp": T + 590,
    "jti": "01890000-0000-7000-8000-0000000000ff",
}
HEADER: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": STORED.kid}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def private(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


OURS = private(STORED.private_pem)


def signature(
    signed: bytes, key: ec.EllipticCurvePrivateKey = OURS, algorithm: hashes.HashAlgorithm | None = None
) -> bytes:
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(algorithm or hashes.SHA256())))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def made(header: bytes, body: bytes, key: ec.EllipticCurvePrivateKey = OURS) -> str:
    """Sign any bytes as header and payload, correctly."""
    signed = f"{b64(header)}.{b64(body)}"
    return f"{signed}.{b64(signature(signed.encode(), key))}"


def token(header: dict[str, Any] | None = None, key: ec.EllipticCurvePrivateKey = OURS, **changes: Any) -> str:
    """Return a good token but for the changes; ``...`` takes a member out."""
    members = {name: value for name, value in (BODY | changes).items() if value is not ...}
    shown = {name: value for name, value in (HEADER | (header or {})).items() if value is not ...}
    return made(json.dumps(shown).encode(), json.dumps(members).encode(), key)


def resigned(alter: Callable[[bytes], bytes]) -> str:
    """Return the good token with an altered signature."""
    head, body, signed = token().split(".")
    raw = base64.urlsafe_b64decode(signed + "==")
    return f"{head}.{body}.{b64(alter(raw))}"


def with_hmac(secret: bytes, algorithm: str = "HS256") -> str:
    signed = f"{b64(json.dumps(HEADER | {'alg': algorithm}).encode())}.{b64(json.dumps(BODY).encode())}"
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256') * 2)}"


def with_rsa() -> str:
    key = rsa.generate_private_key(65537, 2048)
    signed = f"{b64(json.dumps(HEADER | {'alg': 'RS256'}).encode())}.{b64(json.dumps(BODY).encode())}"
    return f"{signed}.{b64(key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()))}"


def swapped_body() -> str:
    head, _, signed = token().split(".")
    return f"{head}.{b64(json.dumps(BODY | {'roles': ['platform_admin']}).encode())}.{signed}"


HEAD_JSON, BODY_JSON = json.dumps(HEADER).encode(), json.dumps(BODY).encode()
GOOD = token()
H, P, S = GOOD.split(".")
DER = OURS.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PEM = OURS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FAR = 2**63

BAD: dict[str, tuple[str, str]] = {
    # its spelling
    "empty": ("", "token.malformed"),
    "one part": ("abc", "token.malformed"),
    "two parts": (f"{H}.{P}", "token.malformed"),
    "four parts": (f"{GOOD}.", "token.malformed"),
    "five parts, encrypted": (f"{H}..{P}.{S}.{S}", "token.malformed"),
    "no signature": (f"{H}.{P}.", "token.signature"),
    "no payload": (f"{H}..{S}", "token.signature"),
    "no header": (f".{P}.{S}", "token.malformed"),
    "padded": (f"{H}=.{P}.{S}", "token.malformed"),
    "plain base64 alphabet": (f"{H}.{P}.{S[:-2]}+/", "token.malformed"),
    "blank inside": (f"{H} .{P}.{S}", "token.malformed"),
    "line break inside": (f"{H}.{P}\n.{S}", "token.malformed"),
    "letters beyond ASCII": (f"{H}.{P}守.{S}", "token.malformed"),
    "other spelling of the same bytes": (GOOD[:-1] + chr(ord(GOOD[-1]) + 1), "token.malformed"),
    "too large": (token(jti="x", roles=["r" * 9000]), "token.too_large"),
    "header no JSON": (made(b"{", BODY_JSON), "token.malformed"),
    "header a list": (made(b"[]", BODY_JSON), "token.malformed"),
    "header twice alg": (made(b'{"alg":"none",' + HEAD_JSON[1:], BODY_JSON), "token.malformed"),
    "header with byte order mark": (made(b"\xef\xbb\xbf" + HEAD_JSON, BODY_JSON), "token.malformed"),
    "payload no JSON": (made(HEAD_JSON, b"hello"), "token.malformed"),
    "payload a text": (made(HEAD_JSON, b'"hello"'), "token.malformed"),
    "payload not UTF-8": (made(HEAD_JSON, b'{"iss":"\xff"}'), "token.malformed"),
    "payload twice exp": (made(HEAD_JSON, BODY_JSON[:-1] + b',"exp":1}'), "token.malformed"),
    "payload with NaN": (made(HEAD_JSON, BODY_JSON[:-1] + b',"nbf":NaN}'), "token.malformed"),
    "payload with a huge number": (made(HEAD_JSON, BODY_JSON[:-1] + b',"n":1' + b"0" * 30 + b"}"), "token.malformed"),
    "payload with NUL": (token(jti="a\0b"), "token.malformed"),
    "payload nested deep": (
        made(HEAD_JSON, BODY_JSON[:-1] + b',"n":' + b"[" * 99 + b"]" * 99 + b"}"),
        "token.malformed",
    ),
    # its header
    "no alg": (token({"alg": ...}), "token.algorithm"),
    "alg none": (token({"alg": "none"}), "token.algorithm"),
    "alg none, unsigned": (f"{b64(json.dumps(HEADER | {'alg': 'none'}).encode())}.{P}.", "token.signature"),
    "alg NoNe": (token({"alg": "NoNe"}), "token.algorithm"),
    "alg in small letters": (token({"alg": "es256"}), "token.algorithm"),
    "alg ES384": (token({"alg": "ES384"}), "token.algorithm"),
    "alg a list": (token({"alg": ["ES256"]}), "token.algorithm"),
    "alg null": (token({"alg": None}), "token.algorithm"),
    "HMAC with the public key in PEM": (with_hmac(PEM), "token.algorithm"),
    "HMAC with the public key in DER": (with_hmac(DER), "token.algorithm"),
    "HMAC with an empty key": (with_hmac(b""), "token.algorithm"),
    "HMAC called ES256": (with_hmac(PEM, "ES256"), "token.signature"),
    "RSA": (with_rsa(), "token.signature"),
    "no typ": (token({"typ": ...}), "token.type"),
    "typ of an identity token": (token({"typ": "JWT"}), "token.type"),
    "typ with its long name": (token({"typ": "application/at+jwt"}), "token.type"),
    "no kid": (token({"kid": ...}), "token.key_unknown"),
    "kid unknown": (token({"kid": "../../etc/passwd"}), "token.key_unknown"),
    "kid a number": (token({"kid": 1}), "token.key_unknown"),
    "kid a list": (token({"kid": [STORED.kid]}), "token.key_unknown"),
    "key retired": (token({"kid": RETIRED.kid}, private(RETIRED.private_pem)), "token.key_unknown"),
    "crit": (token({"crit": ["exp"]}), "token.header"),
    "jku": (token({"jku": "https://evil.example/jwks"}), "token.header"),
    "jwk of the attacker": (token({"jwk": {"kty": "EC"}}, STRANGER), "token.header"),
    "x5u": (token({"x5u": "https://evil.example/cert"}), "token.header"),
    "x5c": (token({"x5c": ["MII"]}), "token.header"),
    "zip": (token({"zip": "DEF"}), "token.header"),
    "b64 off": (token({"b64": False}), "token.header"),
    # its signature
    "signed by a stranger": (token(key=STRANGER), "token.signature"),
    "signed by our other key": (token(key=private(OLD.private_pem)), "token.signature"),
    "payload swapped": (swapped_body(), "token.signature"),
    "header of another": (f"{b64(json.dumps(HEADER | {'kid': OLD.kid}).encode())}.{P}.{S}", "token.signature"),
    "signature all zero": (resigned(lambda _: bytes(64)), "token.signature"),
    "r zero": (resigned(lambda raw: bytes(32) + raw[32:]), "token.signature"),
    "s zero": (resigned(lambda raw: raw[:32] + bytes(32)), "token.signature"),
    "s beyond the order": (resigned(lambda raw: raw[:32] + ORDER.to_bytes(32, "big")), "token.signature"),
    "signature cut": (resigned(lambda raw: raw[:63]), "token.signature"),
    "signature longer": (resigned(lambda raw: raw + b"\0"), "token.signature"),
    "one bit flipped": (resigned(lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])), "token.signature"),
    "r and s exchanged": (resigned(lambda raw: raw[32:] + raw[:32]), "token.signature"),
    "signature in DER": (
        f"{H}.{P}.{b64(OURS.sign(f'{H}.{P}'.encode(), ec.ECDSA(hashes.SHA256())))}",
        "token.signature",
    ),
    "SHA-512 inside": (f"{H}.{P}.{b64(signature(f'{H}.{P}'.encode(), OURS, hashes.SHA512()))}", "token.signature"),
    # whose it is, whom it is for
    "no iss": (token(iss=...), "token.issuer"),
    "another issuer": (token(iss=ISSUER + "/"), "token.issuer"),
    "iss a list": (token(iss=[ISSUER]), "token.issuer"),
    "no aud": (token(aud=...), "token.audience"),
    "aud null": (token(aud=None), "token.audience"),
    "another aud": (token(aud="https://other.example"), "token.audience"),
    "aud a list": (token(aud=[AUDIENCE, "https://other.example"]), "token.audience"),
    # its times
    "no exp": (token(exp=...), "token.claims"),
    "exp a text": (token(exp=str(T + 100)), "token.claims"),
    "exp a fraction": (token(exp=T + 100.5), "token.claims"),
    "exp true": (token(exp=True), "token.claims"),
    "exp negative": (token(exp=-1), "token.claims"),
    "exp beyond int64": (token(exp=FAR), "token.malformed"),
    "expired a second ago": (token(exp=T - 1), "token.expired"),
    "expires now": (token(exp=T), "token.expired"),
    "lives too long": (token(exp=T + 591), "token.lifetime"),
    "lives for ever": (token(exp=FAR - 1), "token.lifetime"),
    "no iat": (token(iat=...), "token.claims"),
    "iat true": (token(iat=True), "token.claims"),
    "iat ahead": (token(iat=T + 60), "token.not_yet_valid"),
    "nbf ahead": (token(nbf=T + 60), "token.not_yet_valid"),
    "nbf a text": (token(nbf="0"), "token.claims"),
    "nbf null": (token(nbf=None), "token.claims"),
    # what it says
    "no sub": (token(sub=...), "token.claims"),
    "sub of no kind": (token(sub="admin"), "token.claims"),
    "sub of the system": (token(sub="system:sealer"), "token.claims"),
    "sub a number": (token(sub=7), "token.claims"),
    "sub no UUID": (token(sub="staff:1"), "token.claims"),
    "sub with a line break": (token(sub="client:a\nb"), "token.claims"),
    "no client_id": (token(client_id=...), "token.claims"),
    "client_id empty": (token(client_id=""), "token.claims"),
    "client_id endless": (token(client_id="c" * 129), "token.claims"),
    "no jti": (token(jti=...), "token.claims"),
    "jti a number": (token(jti=1), "token.claims"),
    "jti endless": (token(jti="j" * 129), "token.claims"),
    "agency no UUID": (token(agency="1"), "token.claims"),
    "region no code": (token(region="%"), "token.claims"),
    "region empty": (token(region=""), "token.claims"),
    "no roles": (token(roles=...), "token.claims"),
    "roles a text": (token(roles="integration"), "token.claims"),
    "roles with a number": (token(roles=[1]), "token.claims"),
    "no scope": (token(scope=...), "token.claims"),
    "scope a list": (token(scope=["people:read"]), "token.claims"),
    "scope with a star": (token(scope="*"), "token.claims"),
}


def checked(text: str, now: float = T) -> Claims:
    return tokens.verify(text, KEYS, REALM, now)


def test_there_are_enough_of_them_and_no_two_are_the_same() -> None:
    assert len({text for text, _ in BAD.values()}) == len(BAD) >= 60


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused_for_its_reason(name: str) -> None:
    text, code = BAD[name]
    with pytest.raises(NotAuthenticated) as caught:
        checked(text)
    assert caught.value.code == code
    assert caught.value.parameters == {}, "nothing of a token is repeated"


def test_a_good_token_is_accepted() -> None:
    assert checked(GOOD) == Claims(
        sub="client:county-system",
        client_id="county-system",
        agency=UUID(AGENCY),
        region="421081",
        roles=("integration",),
        scope=("people:read", "people:write"),
        iat=T - 10,
        exp=T + 590,
        jti="01890000-0000-7000-8000-0000000000ff",
    )
    assert checked(GOOD, T + 589.9).exp == T + 590


def test_what_we_sign_we_accept() -> None:
    claims = checked(GOOD)
    found = KEYS.signing(NOW)
    assert found is not None
    kid, key = found
    assert kid == STORED.kid
    assert checked(tokens.sign(claims, REALM, kid, key)) == claims


def test_a_person_without_agency_and_a_key_about_to_retire_are_fine() -> None:
    person = f"person:{AGENCY}"
    text = token({"kid": OLD.kid}, private(OLD.private_pem), sub=person, agency=None, region=None, scope="", nbf=T)
    assert (checked(text).sub, checked(text).agency, checked(text).scope) == (person, None, ())


def test_jose_never_uses_its_own_curve_arithmetic() -> None:
    from jose.backends import ECKey
    from jose.backends.cryptography_backend import CryptographyECKey

    assert ECKey is CryptographyECKey


# --- assertions of clients (private_key_jwt) -----------------------------------------------------

ENDPOINT = ISSUER + "/oauth/token"
CLAIMS = {"iss": "ngo", "sub": "ngo", "aud": ENDPOINT, "iat": T, "exp": T + 60, "jti": "once"}
CLIENT_JWKS = {"keys": [dict(STORED.public_jwk), dict(OLD.public_jwk)]}


def assertion(header: dict[str, Any] | None = None, key: ec.EllipticCurvePrivateKey = OURS, **changes: Any) -> str:
    shown = {"alg": "ES256", "typ": "JWT", "kid": STORED.kid} | (header or {})
    members = {name: value for name, value in (CLAIMS | changes).items() if value is not ...}
    shown = {name: value for name, value in shown.items() if value is not ...}
    return made(json.dumps(shown).encode(), json.dumps(members).encode(), key)


def proven(text: str, jwks: dict[str, Any] | None = None) -> tokens.Assertion:
    return tokens.verify_assertion(text, CLIENT_JWKS if jwks is None else jwks, "ngo", frozenset({ISSUER, ENDPOINT}), T)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (assertion(key=STRANGER), "token.signature"),
        (assertion({"alg": "HS256"}), "token.algorithm"),
        (assertion({"jwk": {}}), "token.header"),
        (assertion({"typ": "at+jwt"}), "token.type"),
        (assertion({"kid": "no"}), "token.key_unknown"),
        (assertion({"kid": ...}), "token.key_unknown"),
        (assertion(iss="other"), "token.issuer"),
        (assertion(sub="other"), "token.issuer"),
        (assertion(aud="https://other.example"), "token.audience"),
        (assertion(aud=[ENDPOINT, "https://other.example"]), "token.audience"),
        (assertion(aud=...), "token.audience"),
        (assertion(exp=T), "token.expired"),
        (assertion(exp=T + 301), "token.lifetime"),
        (assertion(exp=...), "token.claims"),
        (assertion(jti=...), "token.claims"),
        (assertion(jti="\u202e"), "token.claims"),
        (GOOD, "token.type"),
    ],
)
def test_a_bad_assertion_is_refused(text: str, code: str) -> None:
    with pytest.raises(NotAuthenticated) as caught:
        proven(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "jwks", [{}, {"keys": "no"}, {"keys": [1]}, {"keys": [{"kid": STORED.kid, "kty": "RSA"}]},
             {"keys": [{"kid": STORED.kid, "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
             {"keys": [dict(STORED.public_jwk), dict(STORED.public_jwk)]}]
)  # fmt: skip
def test_a_key_set_that_is_none_proves_nothing(jwks: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated) as caught:
        proven(assertion(), jwks)
    assert caught.value.code == "token.key_unknown"


@pytest.mark.parametrize("text", [assertion(), assertion({"typ": ...}), assertion(aud=[ISSUER]), assertion(aud=ISSUER)])
def test_a_good_assertion_is_accepted(text: str) -> None:
    assert proven(text) == tokens.Assertion("ngo", "once", T + 60)
    assert tokens.claimed_client(text) == "ngo"


def test_one_key_needs_no_kid() -> None:
    assert proven(assertion({"kid": ...}), {"keys": [dict(STORED.public_jwk)]}).jti == "once"


def test_a_signing_key_of_another_curve_is_not_loaded() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="P-256"):
        KeySet([STORED.__class__("k", other, {}, NOW)])
