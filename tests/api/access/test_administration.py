"""Administration stays within the agency, and never above the administrator; secrets are shown once."""

import asyncio
from typing import Any

import pytest

from api.operations import WRITES
from domain.writes import Write
from tests.api.account_acts import AGENCY
from tests.api.acts import ACTS, Stage, rest
from tests.api.mutating import graphql
from tests.api.running import Caller, Service, is_problem
from tests.api.sign_in.flows import Visitor, prepare

ADMINISTERED = [one for one in WRITES if one.permission in {"accounts:write", "clients:write"} and one.subject]
SECRET = [one for one in WRITES if one.answers in {"IssuedPassword", "IssuedSecret"}]


async def learned() -> None:
    """Wait as long as a worker may take to learn of a change."""
    await asyncio.sleep(1.0)


async def administrator(service: Service, agency: str, *roles: str) -> Caller:
    """Return an administrator of the agency of a demo account, made by the platform or by hand."""
    name = f"keeper_{agency}"
    if name not in service.secrets:
        await service.owner.execute(
            "INSERT INTO client (id, client_id, name, kind, agency_id, staff_id, region_code, roles, scope, "
            "secret_hashes, active) SELECT gen_random_uuid(), $2, name, kind, agency_id, staff_id, region_code, $3, "
            "'', "
            "secret_hashes, true FROM client WHERE client_id = $1",
            service.secrets[agency][0], name, list(roles),
        )  # fmt: skip
        service.secrets[name] = (name, service.secrets[agency][1])  # type: ignore[index]
    return await service.caller(name)


@pytest.mark.parametrize("write", ADMINISTERED, ids=lambda write: write.name)
async def test_another_agencys_is_not_there(service: Service, write: Write) -> None:
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    other = await administrator(service, "womens_federation_county", "agency_admin", "county_officer")
    before = await service.state()
    theirs = is_problem(await rest(service, write, prepared, other), 404, "not_found")
    absent = await rest(service, write, type(prepared)(prepared.body, "01890000-0000-7000-8000-00000000dead", 1), other)
    assert {**theirs, "request_id": ""} == {**absent.json(), "request_id": ""}
    prepared.version = 99  # not even whether the version is right
    assert (await rest(service, write, prepared, other)).status_code == 404
    by_graphql = (await graphql(write, prepared, other)).json()
    assert by_graphql["errors"][0]["extensions"]["code"] == "not_found"
    assert await service.state() == before


@pytest.mark.parametrize("write", ADMINISTERED, ids=lambda write: write.name)
async def test_the_platform_changes_no_agencys_accounts(service: Service, write: Write) -> None:
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    platform, before = await service.caller("platform_admin"), await service.state()
    code = "account.other_agency" if write.permission == "accounts:write" else "access.forbidden"
    is_problem(await rest(service, write, prepared, platform), 403, code)
    assert await service.state() == before


ABOVE = [one for one in ADMINISTERED if one.permission == "accounts:write"]


@pytest.mark.parametrize("write", ABOVE, ids=lambda write: write.name)
async def test_who_holds_more_is_out_of_reach(service: Service, write: Write) -> None:
    """An administrator without a working role cannot take an officer's account by a new password."""
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    lower = await administrator(service, "civil_affairs_county", "agency_admin")
    before = await service.state()
    is_problem(await rest(service, write, prepared, lower), 403, "account.above")
    by_graphql = (await graphql(write, prepared, lower)).json()
    assert by_graphql["errors"][0]["extensions"]["code"] == "account.above"
    assert await service.state() == before


@pytest.mark.parametrize(
    "write", [one for one in ADMINISTERED if one.permission == "clients:write"], ids=lambda w: w.name
)
async def test_a_client_that_holds_more_is_out_of_reach(service: Service, write: Write) -> None:
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    lower = await administrator(service, "civil_affairs_county", "agency_admin")
    if write.name == "update_client":  # an app holds nothing: give it what a system holds
        await service.owner.execute("UPDATE client SET roles = '{integration}' WHERE id = $1", prepared.key)
    before = await service.state()
    is_problem(await rest(service, write, prepared, lower), 403, "account.above")
    assert await service.state() == before


async def test_no_role_above_ones_own_is_given(service: Service) -> None:
    stage = Stage(service, "梅")
    keeper = await service.caller(AGENCY)
    staff = (await ACTS["create_account"].make(stage)).body["staff_id"]
    lower = await administrator(service, "civil_affairs_county", "agency_admin")
    before = await service.state()
    body: dict[str, Any] = {"staff_id": staff, "login": "someone-above"}
    for role, status, code in (
        ("platform_admin", 422, "input.invalid"), ("auditor", 422, "input.invalid"),
        ("resident", 422, "input.invalid"), ("integration", 422, "input.invalid"),
    ):  # fmt: skip
        is_problem(await keeper.post("/v1/accounts", {**body, "roles": [role]}), status, code)
    for role in ("county_officer", "village_worker", "supervisor"):
        is_problem(await lower.post("/v1/accounts", {**body, "roles": [role]}), 403, "account.above")
    system = {"client_id": "sys-above", "name": "系统", "kind": "system", "roles": ["integration"]}
    is_problem(await lower.post("/v1/clients", system), 403, "account.above")
    changes: tuple[dict[str, Any], ...] = (
        {"roles": ["platform_admin"]}, {"roles": []}, {"redirect_uris": ["https://a.example"]},
    )  # fmt: skip
    for change in changes:
        is_problem(await keeper.post("/v1/clients", {**system, **change}), 422, "input.invalid")
    is_problem(await keeper.post("/v1/clients", {**system, "region": "421022"}), 422, "input.invalid")
    assert await service.state() == before


async def test_nobody_administers_herself(service: Service) -> None:
    keeper = await service.caller(AGENCY)
    own = await service.owner.fetchrow("SELECT id, version FROM account WHERE login = $1", AGENCY)
    before = await service.state()
    for act, body in (
        ("suspend", {}), ("reset_password", {}), ("take_role", {"role": "agency_admin"}),
        ("give_role", {"role": "village_worker"}),
    ):  # fmt: skip
        path, headers = f"/v1/accounts/{own['id']}:{act}", {"if-match": f'"{own["version"]}"'}
        is_problem(await keeper.post(path, body, headers=headers), 409, "account.oneself")
    assert await service.state() == before


async def test_the_platform_opens_the_first_administrator_and_no_other(service: Service) -> None:
    platform, stage = await service.caller("platform_admin"), Stage(service, "梅")
    school = await stage.agency()

    async def member(name: str) -> str:
        body = {"agency_id": school["id"], "name": name, "posts": ["head"]}
        return str((await stage.create("platform_admin", "/v1/staff", body))["id"])

    first, second = await member("林梅"), await member("林兰")
    body = {"staff_id": first, "login": "school.head"}
    before = await service.state()
    is_problem(await platform.post("/v1/accounts", {**body, "roles": ["county_officer"]}), 403, "account.first_only")
    wrong = await platform.post("/v1/accounts", {**body, "roles": ["agency_admin", "platform_admin"]})
    is_problem(wrong, 422, "input.invalid")
    assert await service.state() == before
    made = await platform.post("/v1/accounts", {**body, "roles": ["agency_admin", "county_officer"]})
    assert made.status_code == 201, made.text
    again = {"staff_id": second, "login": "school.second", "roles": ["agency_admin"]}
    before = await service.state()
    is_problem(await platform.post("/v1/accounts", again), 409, "account.has_administrator")
    assert await service.state() == before


@pytest.mark.parametrize("write", SECRET, ids=lambda write: write.name)
async def test_a_secret_is_shown_once_and_kept_nowhere(service: Service, write: Write) -> None:
    prepared = await ACTS[write.name].make(Stage(service, "梅"))
    keeper, headers = await service.caller(AGENCY), {"idempotency-key": f"once-{write.name}"}
    shown = await rest(service, write, prepared, keeper, headers=headers)
    assert shown.status_code == write.status, shown.text
    secret = shown.json().get("initial_password") or shown.json()["client_secret"]
    assert len(secret) >= 16
    second = await rest(service, write, prepared, keeper, headers=headers)
    assert "idempotency-replayed" not in second.headers
    assert second.status_code in {409, 412}
    for table in ("client", "account", "credential", "event", "idempotency_key"):
        kept = await service.owner.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        assert secret not in (kept or "")


async def test_two_secrets_hold_during_the_change(service: Service) -> None:
    keeper = await service.caller(AGENCY)
    body = {"client_id": "sys-two", "name": "系统", "kind": "system", "roles": ["integration"]}
    made = (await keeper.post("/v1/clients", body)).json()

    async def opens(secret: str) -> bool:
        form = {"grant_type": "client_credentials"}
        await service.owner.execute("DELETE FROM client_lockout")
        answer = await service.http.post("/oauth/token", data=form, auth=("sys-two", secret))
        return answer.status_code == 200

    async def act(name: str, version: int) -> dict[str, Any]:
        path = f"/v1/clients/{made['id']}:{name}"
        answer = await keeper.post(path, headers={"if-match": f'"{version}"'})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    first = made["client_secret"]
    second = (await act("new_secret", 1))["client_secret"]
    assert (await opens(first), await opens(second)) == (True, True)
    third = (await act("new_secret", 2))["client_secret"]
    assert [await opens(one) for one in (first, second, third)] == [False, True, True]
    await act("retire_secret", 3)
    assert [await opens(one) for one in (second, third)] == [False, True]
    await act("end", 4)
    assert not await opens(third)


async def test_what_is_taken_bites_at_once(service: Service) -> None:
    """A role, the account, a sign-in: taken by an administrator, gone for tokens that are out."""
    await prepare(service, "village_worker")
    await prepare(service, "civil_affairs_county")
    visitor = Visitor(service)
    keeper = await service.caller(AGENCY)
    signed_in = visitor.caller(await visitor.tokens("civil_affairs_county"))
    assert (await signed_in.get("/v1/people?page_size=1")).status_code == 200
    (session,) = [one for one in (await keeper.get("/v1/sessions")).json()["items"] if one["ended_at"] is None][:1]
    assert (await keeper.post(f"/v1/sessions/{session['id']}:end")).json()["end_reason"] == "administrator"
    await learned()
    is_problem(await signed_in.get("/v1/me"), 401, "token.revoked")

    signed_in = visitor.caller(await visitor.tokens("civil_affairs_county"))
    account = await service.owner.fetchrow("SELECT id, version FROM account WHERE login = 'civil_affairs_county'")
    path, headers = f"/v1/accounts/{account['id']}", {"if-match": f'"{account["version"]}"'}
    taken = await keeper.post(f"{path}:take_role", {"role": "county_officer"}, headers=headers)
    assert taken.json()["roles"] == []
    await learned()
    is_problem(await signed_in.get("/v1/people"), 403, "access.forbidden")
    headers = {"if-match": f'"{taken.json()["version"]}"'}
    given = await keeper.post(f"{path}:give_role", {"role": "county_officer"}, headers=headers)
    headers = {"if-match": f'"{given.json()["version"]}"'}
    assert (await keeper.post(f"{path}:suspend", headers=headers)).json()["state"] == "suspended"
    await learned()
    is_problem(await signed_in.get("/v1/me"), 401, "token.revoked")
    await prepare(service, "civil_affairs_county")


async def test_staff_end_their_own_sign_ins_and_no_others(service: Service) -> None:
    await prepare(service, "village_worker")
    await prepare(service, "civil_affairs_county")
    visitor = Visitor(service)
    mine = visitor.caller(await visitor.tokens("village_worker"))
    await visitor.tokens("civil_affairs_county")
    theirs = await service.owner.fetchval("SELECT id FROM account_session ORDER BY id DESC LIMIT 1")
    before = await service.state()
    is_problem(await mine.post(f"/v1/sessions/{theirs}:end"), 404, "not_found")
    is_problem(await mine.get(f"/v1/sessions/{theirs}"), 404, "not_found")
    assert await service.state() == before
    (own, *_) = (await mine.get("/v1/sessions")).json()["items"]
    assert (await mine.post(f"/v1/sessions/{own['id']}:end")).json()["end_reason"] == "owner"


async def test_pages_call_from_the_origins_of_their_own_client(service: Service) -> None:
    keeper = await service.caller(AGENCY)
    body = {"client_id": "sys-cors", "name": "系统", "kind": "system", "roles": ["integration"]}
    made = (await keeper.post("/v1/clients", {**body, "cors_origins": ["https://a.example"]})).json()
    await learned()
    await keeper.get("/v1/me")  # whoever finds her knowledge too old reads it anew: so do preflights after her
    ask = {"access-control-request-method": "GET"}
    for origin, status in (("https://a.example", 204), ("https://b.example", 403)):
        assert (await service.http.options("/v1/me", headers={**ask, "origin": origin})).status_code == status
    form = {"grant_type": "client_credentials"}
    token = await service.http.post("/oauth/token", data=form, auth=("sys-cors", made["client_secret"]))
    headers = {"authorization": f"Bearer {token.json()['access_token']}"}
    own = await service.http.get("/v1/me", headers={**headers, "origin": "https://a.example"})
    assert (own.status_code, own.headers["access-control-allow-origin"]) == (200, "https://a.example")
    for path in ("/v1/me", "/v1/people"):
        is_problem(
            await service.http.get(path, headers={**headers, "origin": "https://b.example"}), 403, "client.origin"
        )
    is_problem(await keeper.get("/v1/me", headers={"origin": "https://a.example"}), 403, "client.origin")
    assert (await keeper.get("/v1/me", headers={"origin": "http://127.0.0.1:8000"})).status_code == 200


async def test_the_dead_sign_in_no_more(service: Service) -> None:
    stage = Stage(service, "梅")
    person = await stage.person()
    await service.owner.execute(
        "INSERT INTO client (id, client_id, name, kind, person_id, roles, scope, active) "
        "VALUES (gen_random_uuid(), 'late', '居民', 'person', $1, '{resident}', '', true)",
        person["id"],
    )
    office = await service.caller("civil_affairs_county")
    died = await office.post(
        f"/v1/people/{person['id']}:record_death", {"died_on": "2026-01-01"}, headers={"if-match": '"1"'}
    )
    assert died.status_code == 200, died.text
    assert await service.owner.fetchval("SELECT active FROM client WHERE client_id = 'late'") is False
    assert [one["type"] for one in await service.events_of(died)][-1] == "client.ended"
