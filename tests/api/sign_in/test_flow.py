"""Signing in: the straight way, the first password, the second factor, and every attack of RFC 9700 that applies."""

import time

import pytest

from auth.totp import code_at
from tests.api.running import Service, is_problem
from tests.api.sign_in.flows import ADDRESS, BACK, PASSWORD, VERIFIER, Visitor, answer_of, code_of, prepare

LOGIN = "village_worker"


@pytest.fixture
async def visitor(service: Service) -> Visitor:
    await prepare(service, LOGIN)
    return Visitor(service)


async def session_of(service: Service, column: str = "end_reason") -> object:
    """Return something of the newest session."""
    return await service.owner.fetchval(f"SELECT {column} FROM account_session ORDER BY id DESC LIMIT 1")


async def test_the_straight_way(service: Service, visitor: Visitor) -> None:
    tokens = await visitor.tokens(LOGIN)
    assert sorted(tokens) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    me = (await visitor.caller(tokens).get("/v1/me")).json()
    demo = (await (await service.caller(LOGIN)).get("/v1/me")).json()
    assert me["client_id"] == "console"
    for name in ("sub", "roles", "region", "permissions", "agency", "staff_id", "clearance"):
        assert me[name] == demo[name], name
    mine = (await visitor.caller(tokens).get("/v1/sessions")).json()["items"]
    assert (mine[0]["client_id"], mine[0]["address"], mine[0]["ended_at"]) == ("console", "127.0.0.0/24", None)


async def test_the_page_is_closed_to_everything_else(visitor: Visitor) -> None:
    page = await visitor.arrive()
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self' http://127.0.0.1:8000; " in policy
    assert policy.endswith("base-uri 'none'; frame-ancestors 'none'")
    assert (page.headers["x-frame-options"], page.headers["cache-control"]) == ("DENY", "no-store")
    assert "<script" not in page.text
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"}, {"client_id": "demo-village-worker"}, {"client_id": "人\x00"}, {"client_id": None},
        {"redirect_uri": None}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": BACK + "/"},
        {"redirect_uri": BACK + "?a=b"}, {"redirect_uri": "http://127.0.0.1:8000@evil.example/docs/oauth2-redirect"},
        {"redirect_uri": "http://localhost:8000/docs/oauth2-redirect"},
    ],
)  # fmt: skip
async def test_no_address_is_followed_that_was_not_registered(visitor: Visitor, changes: dict[str, str]) -> None:
    page = await visitor.arrive(**changes)
    assert page.status_code == 400
    assert "location" not in page.headers
    assert "evil" not in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "people:read nonsense:read"}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "x.y.z"}, "invalid_request"),
    ],
)
async def test_errors_go_back_to_the_app(visitor: Visitor, changes: dict[str, str | None], error: str) -> None:
    told = answer_of(await visitor.arrive(**changes))
    assert told == {"error": error, "state": "st-1", "iss": "http://127.0.0.1:8000"}


async def test_who_does_not_want_to_goes_back(visitor: Visitor) -> None:
    await visitor.arrive()
    assert answer_of(await visitor.submit(action="cancel"))["error"] == "access_denied"


@pytest.mark.parametrize("login", ["a\0b", "\0", "\u202e", "a" * 500])
async def test_a_login_that_cannot_be_is_no_accident(visitor: Visitor, login: str) -> None:
    await visitor.arrive()
    answer = await visitor.submit(login=login, password=PASSWORD)
    assert answer.status_code == 401
    assert "location" not in answer.headers


async def test_a_form_from_elsewhere_is_worth_nothing(service: Service, visitor: Visitor) -> None:
    await visitor.arrive()
    before = await service.state()
    good = {"login": LOGIN, "password": PASSWORD}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        assert (await visitor.submit(headers, **good)).status_code == 403
    stranger = Visitor(service)
    await stranger.arrive()
    for ticket in (visitor.ticket(), "", "x", visitor.ticket()[:-2] + "AA"):
        refused = await stranger.http.post(ADDRESS, data={**good, "ticket": ticket})
        assert (refused.status_code, "location" in refused.headers) == (403, False)
    without_cookie = Visitor(service)
    assert (await without_cookie.http.post(ADDRESS, data={**good, "ticket": visitor.ticket()})).status_code == 403
    assert await service.state() == before
    assert code_of(await visitor.submit({"sec-fetch-site": "same-origin"}, **good))


async def test_no_cookie_or_ticket_outlives_a_step(service: Service, visitor: Visitor) -> None:
    """A cookie planted before the sign-in is not the one after it (session fixation)."""
    await prepare(service, LOGIN, initial=True)
    await visitor.arrive()
    planted, old = dict(visitor.http.cookies), visitor.ticket()
    await visitor.submit(login=LOGIN, password=PASSWORD)
    assert "设置新密码" in visitor.page.text
    assert dict(visitor.http.cookies) != planted
    thief = Visitor(service)
    thief.http.cookies.update(planted)
    form = {"ticket": visitor.ticket(), "new_password": "偷来的密码不能用呀", "again": "偷来的密码不能用呀"}
    assert (await thief.http.post(ADDRESS, data=form)).status_code == 403
    assert (await visitor.http.post(ADDRESS, data={**form, "ticket": old})).status_code == 403


async def test_an_initial_password_must_be_changed(service: Service, visitor: Visitor) -> None:
    await prepare(service, LOGIN, initial=True)
    await visitor.arrive()
    shown = await visitor.submit(login=LOGIN, password=PASSWORD)
    assert (shown.status_code, "location" in shown.headers) == (200, False)
    new = "一只白鹭飞过桃花山"
    for first, second, said in (
        ("short", "short", "密码至少12个字符"),
        ("password123456", "password123456", "容易被猜到"),
        (new, new + "啊", "不一样"),
        (PASSWORD, PASSWORD, "不能与原来的相同"),
    ):
        refused = await visitor.submit(new_password=first, again=second)
        assert (refused.status_code, said in refused.text) == (422, True), refused.text
        assert 'role="alert"' in refused.text
    assert (await visitor.redeem(code_of(await visitor.submit(new_password=new, again=new)))).status_code == 200
    again = Visitor(service)
    await again.arrive()
    assert (await again.submit(login=LOGIN, password=PASSWORD)).status_code == 401
    assert (await again.submit(login=" Village_Worker ", password=new)).status_code == 303


async def test_the_second_factor(service: Service, visitor: Visitor) -> None:
    caller = visitor.caller(await visitor.tokens(LOGIN))
    wrong = await caller.post("/v1/me:enrol_second_factor", {"current_password": "x"})
    assert is_problem(wrong, 422, "input.invalid")["errors"][0]["code"] == "account.password_wrong"
    offered = (await caller.post("/v1/me:enrol_second_factor", {"current_password": PASSWORD})).json()
    assert offered["otpauth_uri"].startswith("otpauth://totp/")
    assert await visitor.sign_in(LOGIN)  # offered is not confirmed
    now = time.time()
    code = code_at(offered["secret"], now)
    recovery = (await caller.post("/v1/me:confirm_second_factor", {"code": code})).json()["recovery_codes"]
    assert len(recovery) == 10
    stored = await service.owner.fetchrow(
        "SELECT * FROM credential c JOIN account a USING (id) WHERE login = $1", LOGIN
    )
    assert offered["secret"].encode() not in stored["totp_secret_cipher"]
    assert not {*recovery} & {*stored["recovery_hashes"]}

    await visitor.arrive()
    shown = await visitor.submit(login=LOGIN, password=PASSWORD)
    assert ("location" in shown.headers, "两步验证" in shown.text) == (False, True)
    assert (await visitor.submit(code=code)).status_code == 401  # used when it was confirmed
    assert (await visitor.submit(code="000000")).status_code == 401
    later = code_at(offered["secret"], now + 30)
    assert (await visitor.redeem(code_of(await visitor.submit(code=later)))).status_code == 200
    for given, status in ((later, 401), (recovery[3].lower(), 303)):
        await prepare_again(visitor)
        assert (await visitor.submit(code=given)).status_code == status
    await prepare_again(visitor)
    assert (await visitor.submit(code=recovery[3])).status_code == 401
    assert (await caller.post("/v1/me:remove_second_factor", {"current_password": PASSWORD})).status_code == 200
    assert await visitor.sign_in(LOGIN)


async def prepare_again(visitor: Visitor) -> None:
    """Come to the second step once more."""
    await visitor.service.owner.execute("DELETE FROM client_lockout")
    await visitor.arrive()
    await visitor.submit(login=LOGIN, password=PASSWORD)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": VERIFIER + "x"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8001/docs/oauth2-redirect"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_request"),
        ({"client_id": "other-app"}, "invalid_grant"),
        ({"code": "guessed"}, "invalid_grant"),
    ],
)
async def test_a_code_is_bound_to_app_address_and_verifier(
    service: Service, visitor: Visitor, changes: dict[str, str], error: str
) -> None:
    await other_app(service)
    code = await visitor.sign_in(LOGIN)
    before = (await service.state())["account_session"]
    refused = await visitor.redeem(code, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, error)
    assert (await service.state())["account_session"] == before
    spent = error == "invalid_grant" and "code" not in changes
    assert (await visitor.redeem(code)).status_code == (400 if spent else 200)


async def other_app(service: Service) -> None:
    """Let there be another public app of the operator."""
    await service.owner.execute(
        "INSERT INTO client (id, client_id, name, kind, agency_id, scope, redirect_uris, active) SELECT "
        "gen_random_uuid(), 'other-app', '另一应用', 'app', agency_id, '', redirect_uris, true FROM client "
        "WHERE client_id = 'console' ON CONFLICT DO NOTHING"
    )


async def test_a_code_that_comes_twice_takes_back_what_it_gave(service: Service, visitor: Visitor) -> None:
    code = await visitor.sign_in(LOGIN)
    tokens = (await visitor.redeem(code)).json()
    assert (await visitor.caller(tokens).get("/v1/me")).status_code == 200
    assert (await visitor.redeem(code)).json()["error"] == "invalid_grant"
    is_problem(await visitor.caller(tokens).get("/v1/me"), 401, "token.revoked")
    assert (await visitor.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert await session_of(service) == "reuse"


async def test_a_code_dies_after_a_minute(service: Service, visitor: Visitor) -> None:
    code = await visitor.sign_in(LOGIN)
    lives = "SELECT max(expires_at) - now() <= interval '60 s' FROM authorization_code"
    assert await service.owner.fetchval(lives)
    await service.owner.execute("UPDATE authorization_code SET expires_at = now() WHERE session_id IS NULL")
    assert (await visitor.redeem(code)).json()["error"] == "invalid_grant"


async def test_refresh_tokens_rotate_and_reuse_ends_the_family(service: Service, visitor: Visitor) -> None:
    first = await visitor.tokens(LOGIN)
    second = (await visitor.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await visitor.caller(second).get("/v1/me")).status_code == 200
    assert (await visitor.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    for tokens in (first, second):
        is_problem(await visitor.caller(tokens).get("/v1/me"), 401, "token.revoked")
    assert (await visitor.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
    assert await session_of(service) == "reuse"


async def test_a_refresh_token_is_its_apps_own(service: Service, visitor: Visitor) -> None:
    await other_app(service)
    tokens = await visitor.tokens(LOGIN)
    assert (await visitor.refresh(tokens["refresh_token"], client_id="other-app")).json()["error"] == "invalid_grant"
    assert await session_of(service) == "reuse"
    system = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    by_system = await service.http.post("/oauth/token", data=system, auth=service.secrets["welfare_system"])
    assert by_system.json()["error"] == "unauthorized_client"


async def test_a_sign_in_has_an_end(service: Service, visitor: Visitor) -> None:
    tokens = await visitor.tokens(LOGIN)
    lives = "SELECT max(expires_at) <= (SELECT max(expires_at) FROM account_session) FROM refresh_token"
    assert await service.owner.fetchval(lives)
    await service.owner.execute("UPDATE account_session SET expires_at = now()")
    assert (await visitor.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_scope_is_agreed_on_once_and_only_narrowed(visitor: Visitor) -> None:
    code = await visitor.sign_in(LOGIN, scope="people:read codes:read rules:write")
    tokens = (await visitor.redeem(code)).json()
    assert tokens["scope"] == "codes:read people:read"  # she holds no rules:write
    wider = await visitor.refresh(tokens["refresh_token"], scope="people:write")
    assert wider.json()["error"] == "invalid_scope"


async def test_giving_a_refresh_token_back_ends_the_sign_in(service: Service, visitor: Visitor) -> None:
    tokens = await visitor.tokens(LOGIN)
    form = {"client_id": "console", "token": tokens["refresh_token"]}
    assert (await service.http.post("/oauth/revoke", data=form)).status_code == 200
    is_problem(await visitor.caller(tokens).get("/v1/me"), 401, "token.revoked")
    assert await session_of(service) == "revoked"
    asked = await service.http.post("/oauth/introspect", data={**form, "token": tokens["access_token"]})
    assert asked.json()["error"] == "unauthorized_client"


async def test_guessing_locks_and_tells_nothing(service: Service, visitor: Visitor) -> None:
    texts = {}
    for login in (LOGIN, "nobody_at_all"):
        await service.owner.execute("DELETE FROM client_lockout")
        await visitor.arrive()
        answers = [await visitor.submit(login=login, password=f"wrong {at}") for at in range(7)]
        assert [one.status_code for one in answers] == [401] * 6 + [429]
        assert answers[-1].headers["retry-after"] == "1"
        texts[login] = [alert(one.text) for one in answers]
        assert (await visitor.submit(login=login, password=PASSWORD)).status_code == 429  # even the right one
    assert texts[LOGIN] == texts["nobody_at_all"]
    await prepare(service, LOGIN)
    await service.owner.execute("UPDATE account SET state = 'suspended' WHERE login = $1", LOGIN)
    await visitor.arrive()
    shut = await visitor.submit(login=LOGIN, password=PASSWORD)
    assert (shut.status_code, alert(shut.text)) == (401, texts[LOGIN][0])
    await prepare(service, LOGIN)


def alert(text: str) -> str:
    return text.partition('role="alert">')[2].partition("<")[0]


async def test_one_address_does_not_try_all_accounts(service: Service, visitor: Visitor) -> None:
    await service.owner.execute(
        "INSERT INTO client_lockout (name, failures, locked_until) VALUES ('address 198.51.100.7/32', 60, "
        "now() + interval '1 minute') ON CONFLICT (name) DO UPDATE SET locked_until = excluded.locked_until"
    )
    await visitor.arrive()
    assert (await visitor.submit(login=LOGIN, password=PASSWORD)).status_code == 429
    await service.owner.execute("DELETE FROM client_lockout")


async def test_another_agencys_app_is_not_for_her(service: Service, visitor: Visitor) -> None:
    await other_app(service)
    await service.owner.execute(
        "UPDATE client SET agency_id = (SELECT agency_id FROM account WHERE login = 'auditor') "
        "WHERE client_id = 'other-app'"
    )
    await visitor.arrive(client_id="other-app")
    refused = answer_of(await visitor.submit(login=LOGIN, password=PASSWORD))
    assert refused["error"] == "access_denied"
    await service.owner.execute("DELETE FROM client WHERE client_id = 'other-app'")


async def test_no_secret_reaches_the_log(service: Service, visitor: Visitor) -> None:
    tokens = await visitor.tokens(LOGIN)
    logged = await service.owner.fetchval("SELECT string_agg(e::text, ' ') FROM event e")
    for secret in (PASSWORD, tokens["refresh_token"], tokens["access_token"], VERIFIER):
        assert secret not in logged
    assert "198.51.100.7" in logged  # where from, is kept in the log; in the list of sign-ins only roughly
    kept = {row["type"] for row in await service.owner.fetch("SELECT DISTINCT type FROM event")}
    assert {"session.started", "token.issued"} <= kept
