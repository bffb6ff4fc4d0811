"""The OAuth endpoints as a client library meets them, on real tables."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from fastapi import FastAPI, Request

from api import problems
from api.middleware.access_log import AccessLog
from api.middleware.gate import Gate
from api.rest import oauth
from auth.authentication import Authenticator
from auth.keys import jwk_of
from auth.oauth import ASSERTION_TYPE, AuthorizationServer
from auth.policy import PERMISSIONS
from auth.rotation import ensure_key, rotate, rotate_if_due
from persistence.auth_store import FREE_FAILURES, AuthStore
from tests.integration.auth.rows import ORIGIN, REALM, SECRET, Ids, add_client

KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
async def http(door: Authenticator, server: AuthorizationServer) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(oauth.router)
    app.state.authorization_server = server
    app.state.cors_origins = frozenset()

    @app.get("/v1/me")
    async def me(request: Request) -> str:
        return (await door.authenticate(request.scope["headers"])).sub

    transport = httpx.ASGITransport(Gate(app, access_log=AccessLog(lambda _: None)), client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://shouwang.example") as client:
        yield client


async def ask(http: httpx.AsyncClient, client_id: str = "welfare", secret: str = SECRET, **form: str) -> httpx.Response:
    """Ask for a token with HTTP Basic."""
    return await http.post(
        "/oauth/token", data={"grant_type": "client_credentials"} | form, auth=httpx.BasicAuth(client_id, secret)
    )


def assertion(client_id: str = "signer", jti: str = "once", **changes: Any) -> str:
    def b64(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    now = int(time.time())
    endpoint = f"{REALM.issuer}/oauth/token"
    claims = {
        "iss": client_id, "sub": client_id, "aud": endpoint, "iat": now, "exp": now + 60, "jti": jti,
    }  # fmt: skip
    signed = f"{b64(json.dumps({'alg': 'ES256', 'kid': 'k'}).encode())}.{b64(json.dumps(claims | changes).encode())}"
    r, s = decode_dss_signature(KEY.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def signed_by(proof: str, **form: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": proof,
    } | form  # fmt: skip


async def test_basic_and_post_give_a_token_that_opens_the_door(http: httpx.AsyncClient) -> None:
    by_basic = await ask(http)
    by_post = await http.post(
        "/oauth/token", data={"grant_type": "client_credentials", "client_id": "welfare", "client_secret": SECRET}
    )
    for answer in (by_basic, by_post):
        assert answer.status_code == 200
        body = answer.json()
        assert sorted(body) == ["access_token", "expires_in", "scope", "token_type"]
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
        assert "people:write" in body["scope"].split()
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
        me = await http.get("/v1/me", headers={"authorization": f"Bearer {body['access_token']}"})
        assert me.json() == "client:welfare"


async def test_without_a_token_the_door_stays_shut(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token.missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="shouwang"'


async def test_a_scope_narrows_and_more_than_allowed_is_refused(http: httpx.AsyncClient) -> None:
    assert (await ask(http, scope="people:read codes:read")).json()["scope"] == "codes:read people:read"
    for scope in ("clients:write", "people:read *", "people:read  codes:read", "人"):
        refused = await ask(http, scope=scope)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "headers", "status", "error"),
    [
        ({}, {}, 401, "invalid_client"),
        ({"client_id": "welfare"}, {}, 401, "invalid_client"),
        ({"client_id": "welfare", "client_secret": "x"}, {}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": "x"}, {}, 401, "invalid_client"),
        ({"client_id": "no\0body", "client_secret": "x"}, {}, 401, "invalid_client"),
        ({"client_id": "守望", "client_secret": "x"}, {}, 401, "invalid_client"),
        ({}, {"authorization": "Bearer abc"}, 401, "invalid_client"),
        ({}, {"authorization": "Basic !"}, 401, "invalid_client"),
        ({}, {"authorization": "Basic " + base64.b64encode(b"welfare").decode()}, 401, "invalid_client"),
        ({}, {"authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()}, 401, "invalid_client"),
        ({"client_id": "a", "client_secret": "x"}, {"authorization": "Basic YTpi"}, 400, "invalid_request"),
        ({"client_id": "b"}, {"authorization": "Basic YTpi"}, 400, "invalid_request"),
        ({"client_assertion": "a.b.c"}, {}, 400, "invalid_request"),
        ({"client_assertion": "a.b.c", "client_assertion_type": ASSERTION_TYPE}, {}, 401, "invalid_client"),
        ({"grant_type": "", "client_id": "welfare", "client_secret": SECRET}, {}, 400, "invalid_request"),
        ({"grant_type": "password", "client_id": "a", "client_secret": "b"}, {}, 400, "unsupported_grant_type"),
    ],
)  # fmt: skip
async def test_bad_requests_get_oauths_answer(
    http: httpx.AsyncClient, form: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    answer = await http.post("/oauth/token", data={"grant_type": "client_credentials"} | form, headers=headers)
    body = answer.json()
    assert (answer.status_code, body["error"], body["code"]) == (status, error, f"oauth.{error}")
    assert body["error_description"].isascii()
    assert body["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert "access_token" not in body


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"grant_type=client_credentials&grant_type=client_credentials", oauth.FORM),
        (b"grant_type=%ff", oauth.FORM),
        (b"\xff", oauth.FORM),
        (b"a=1&" * 100, oauth.FORM),
        (b'{"grant_type": "client_credentials"}', "application/json"),
    ],
)
async def test_what_is_no_form_is_refused(http: httpx.AsyncClient, content: bytes, kind: str) -> None:
    answer = await http.post("/oauth/token", content=content, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_signed_assertion_is_good_once(http: httpx.AsyncClient, owner: asyncpg.Connection, ids: Ids) -> None:
    await add_client(
        owner, "signer", agency_id=ids.agency, secret_hashes=[], jwks={"keys": [jwk_of(KEY.public_key(), "k")]}
    )
    proof = assertion()
    assert (await http.post("/oauth/token", data=signed_by(proof))).status_code == 200
    assert (
        await http.post("/oauth/token", data=signed_by(assertion(jti="two"), client_id="signer"))
    ).status_code == 200
    for bad in (
        signed_by(proof),
        signed_by(assertion(jti="three", aud="https://other.example")),
        signed_by(assertion(jti="four"), client_id="welfare"),
        signed_by(assertion("welfare", "five")),
        signed_by(assertion("nobody", "six")),
    ):
        answer = await http.post("/oauth/token", data=bad)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert (await ask(http, "signer", "")).status_code == 401, "a client without a secret has no empty one"


async def test_guessing_locks_the_name_out_for_longer_and_longer(
    http: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    for name in ("welfare", "nobody"):
        answers = [await ask(http, name, "wrong") for _ in range(FREE_FAILURES + 1)]
        assert [answer.status_code for answer in answers] == [401] * FREE_FAILURES + [429], name
        locked = answers[-1]
        assert (locked.json()["error"], locked.json()["code"]) == ("slow_down", "oauth.locked_out")
        assert locked.headers["retry-after"] == "1"
    assert (await ask(http)).status_code == 429, "the right secret does not help while the name is locked"
    waits = []
    for _ in range(12):
        await owner.execute("UPDATE client_lockout SET locked_until = now()")
        waits.append(int((await ask(http, "welfare", "wrong")).headers["retry-after"]))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    await owner.execute("UPDATE client_lockout SET locked_until = now()")
    assert (await ask(http)).status_code == 200
    assert [row["name"][0] for row in await owner.fetch("SELECT name FROM client_lockout")] == ["?"], "success forgets"
    seconds = [row["seconds"] for row in await owner.fetch(
        "SELECT data->>'seconds' AS seconds FROM event WHERE type = 'client.locked_out' ORDER BY at, id"
    )]  # fmt: skip
    assert seconds[:3] == ["1", "2", "4"]


async def test_unknown_names_share_a_bounded_number_of_rows(http: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    await ask(http, "nobody-1", "x")
    await ask(http, "nobody-2", "x")
    names = [row["name"] for row in await owner.fetch("SELECT name FROM client_lockout ORDER BY name")]
    assert all(len(name) == 5 and name.startswith("?") for name in names)


async def test_a_revoked_token_is_dead_and_others_live(http: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    first, second = (await ask(http)).json()["access_token"], (await ask(http)).json()["access_token"]

    async def me(token: str) -> int:
        return (await http.get("/v1/me", headers={"authorization": f"Bearer {token}"})).status_code

    async def give_back(token: str, client_id: str = "welfare") -> httpx.Response:
        return await http.post("/oauth/revoke", data={"token": token}, auth=httpx.BasicAuth(client_id, SECRET))

    assert await me(first) == 200
    foreign = await give_back(first, "officer")
    assert (foreign.status_code, foreign.json()["error"]) == (400, "unauthorized_client")
    assert await me(first) == 200
    assert (await give_back(first)).status_code == 200
    assert (await me(first), await me(second)) == (401, 200)
    assert (await give_back(first)).status_code == 200, "revoking twice is no error"
    assert (await give_back("nonsense")).status_code == 200
    assert (await http.post("/oauth/revoke", data={"token": second})).status_code == 401
    assert await me(second) == 200
    events = await owner.fetch("SELECT actor, origin, region_code, data FROM event WHERE type = 'token.revoked'")
    assert [(row["actor"], row["origin"], row["region_code"], row["data"]["kind"]) for row in events] == [
        ("client:welfare", "203.0.113.7", 421081000000, "jti")
    ]


async def test_introspection_tells_a_client_of_its_own_tokens_only(
    http: httpx.AsyncClient, owner: asyncpg.Connection, ids: Ids
) -> None:
    await add_client(owner, "operator", roles=["platform_admin"])
    token = (await ask(http, scope="people:read")).json()["access_token"]

    async def told(client_id: str, what: str = token) -> Any:
        answer = await http.post("/oauth/introspect", data={"token": what}, auth=httpx.BasicAuth(client_id, SECRET))
        assert answer.status_code == 200
        return answer.json()

    own = await told("welfare")
    assert {name: own[name] for name in own if name not in ("iat", "exp", "jti")} == {
        "active": True, "token_type": "Bearer", "iss": REALM.issuer, "aud": "shouwang", "sub": "client:welfare",
        "client_id": "welfare", "agency": str(ids.agency), "region": "421081", "roles": ["integration"],
        "scope": "people:read",
    }  # fmt: skip
    assert own["exp"] - own["iat"] == 600
    assert await told("operator") == own
    assert await told("officer") == {"active": False}
    assert await told("welfare", "a.b.c") == {"active": False}
    await owner.execute("UPDATE client SET active = false WHERE client_id = 'welfare'")
    await asyncio.sleep(1.05)
    assert await told("operator") == {"active": False}
    assert (await http.post("/oauth/introspect", data={"token": token})).status_code == 401


async def test_a_client_without_permissions_gets_no_token(http: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    await add_client(owner, "idle", roles=[])
    answer = await ask(http, "idle")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_the_server_describes_itself(http: httpx.AsyncClient) -> None:
    told = (await http.get("/.well-known/oauth-authorization-server")).json()
    assert told["issuer"] == REALM.issuer
    assert told["token_endpoint"] == "https://shouwang.example/oauth/token"
    assert told["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
    assert told["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
    ]  # fmt: skip
    assert "none" not in told["introspection_endpoint_auth_methods_supported"]
    assert told["authorization_endpoint"] == "https://shouwang.example/oauth/authorize"
    assert (told["response_types_supported"], told["code_challenge_methods_supported"]) == (["code"], ["S256"])
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["scopes_supported"] == list(PERMISSIONS)
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
        assert (await http.post(told[name])).status_code == 400
    assert (await http.get(told["jwks_uri"])).status_code == 200


async def test_the_key_set_shows_the_coming_key_before_it_signs(
    http: httpx.AsyncClient, store: AuthStore, door: Authenticator
) -> None:
    before = await http.get("/.well-known/jwks.json")
    one = (await http.get("/.well-known/jwks.json")).json()["keys"]
    assert await rotate(store, ORIGIN)
    await door.refresh()
    two = (await http.get("/.well-known/jwks.json")).json()["keys"]
    assert (before.headers["cache-control"], len(one), len(two)) == ("public, max-age=300", 1, 2)
    assert all("d" not in key for key in two)
    head = (await ask(http)).json()["access_token"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["kid"] == one[0]["kid"], "the old key signs until then"


async def test_private_keys_lie_sealed(store: AuthStore, owner: asyncpg.Connection) -> None:
    assert len(await store.signing_keys()) == 1
    sealed = await owner.fetchval("SELECT private_cipher FROM signing_key")
    assert b"PRIVATE" not in sealed


async def test_two_workers_rotate_once(store: AuthStore) -> None:
    results = await asyncio.gather(*(rotate(store, ORIGIN) for _ in range(4)))
    assert sorted(results).count(True) >= 1
    assert len(await store.signing_keys()) == 1 + results.count(True)


async def test_the_first_key_is_not_the_daily_jobs_to_make(store: AuthStore, owner: asyncpg.Connection) -> None:
    await owner.execute("DELETE FROM signing_key")
    assert await rotate_if_due(store, ORIGIN) is False
    assert not await store.signing_keys()
    await ensure_key(store, ORIGIN)
    assert await rotate_if_due(store, ORIGIN) is False
    assert len(await store.signing_keys()) == 1


async def test_every_token_is_written_down(http: httpx.AsyncClient, owner: asyncpg.Connection, ids: Ids) -> None:
    await ask(http, "officer")
    row = await owner.fetchrow("SELECT * FROM event WHERE type = 'token.issued'")
    assert row is not None
    assert (row["actor"], row["client_id"], row["actor_agency_id"]) == (f"staff:{ids.staff}", "officer", ids.agency)
    assert (row["origin"], row["channel"]) == ("203.0.113.7", "rest")
    assert sorted(row["data"]) == ["jti", "sub"]
