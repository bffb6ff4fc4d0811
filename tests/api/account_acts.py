"""Acts about accounts, clients, sign-ins and one's own password (``tests.api.acts``)."""

import time
from itertools import count
from typing import Any

from auth.secrets import hash_secret
from auth.totp import code_at
from domain.ids import new_id
from tests.api.acts import ADMIN, OFFICE, VILLAGE, Prepared, Stage, act

AGENCY, PASSWORD = "civil_affairs_admin", "江豚回到长江故道里"
_numbers = count(1)


def login() -> str:
    """Return a login name or client id that nobody has."""
    return f"someone-{next(_numbers)}"


async def colleague(stage: Stage) -> str:
    """Enter a member of staff of the county's civil affairs; returns her id."""
    agency = (await stage.one("/v1/me", AGENCY))["agency"]["id"]
    body = {"agency_id": agency, "name": f"林{stage.sign}", "posts": ["officer"]}
    return str((await stage.create(ADMIN, "/v1/staff", body))["id"])


async def open_account(stage: Stage) -> dict[str, Any]:
    """Open an account of the county's civil affairs and return it."""
    body = {"staff_id": await colleague(stage), "login": login(), "roles": ["county_officer"]}
    made = await stage.create(AGENCY, "/v1/accounts", body)
    return await stage.one(f"/v1/accounts/{made['account_id']}", AGENCY)


async def enter_client(stage: Stage, kind: str = "system") -> dict[str, Any]:
    """Enter a client of the county's civil affairs and return it."""
    of_kind = {"roles": ["integration"]} if kind == "system" else {"redirect_uris": ["https://a.example/back"]}
    made = await stage.create(AGENCY, "/v1/clients", {"client_id": login(), "name": "系统", "kind": kind, **of_kind})
    return await stage.one(f"/v1/clients/{made['id']}", AGENCY)


async def session(stage: Stage, account_id: str) -> str:
    """Let an account be signed in; returns the session's id."""
    made = await stage.service.owner.fetchval(
        "INSERT INTO account_session (id, account_id, staff_id, agency_id, client_id, scope, address, last_used_at,"
        " expires_at) SELECT $1, id, staff_id, agency_id, 'console', '', '203.0.113.0/24', now(), now() + "
        "interval '1 day' FROM account WHERE id = $2 RETURNING id",
        new_id(), account_id,
    )  # fmt: skip
    return str(made)


async def administer(stage: Stage, path: str, version: int) -> None:
    """Do something to a version of an account or client."""
    caller = await stage.service.caller(AGENCY)
    done = await caller.ask("POST", path, headers={"if-match": f'"{version}"'})
    assert done.status_code == 200, done.text


async def own_password(stage: Stage) -> None:
    """Give the office's own account a password we know, and no second factor."""
    account = await stage.service.owner.fetchval("SELECT id FROM account WHERE login = $1", OFFICE)
    await stage.service.owner.execute("UPDATE account SET second_factor = false, version = 1 WHERE id = $1", account)
    await stage.service.owner.execute("DELETE FROM client_lockout")
    await stage.service.owner.execute(
        "UPDATE credential SET password_hash = $2, totp_step = 0 WHERE id = $1",
        account,
        await hash_secret(PASSWORD),
    )


@act(AGENCY, "account.created")
async def create_account(stage: Stage) -> Prepared:
    staff_id = await colleague(stage)
    return Prepared({"staff_id": staff_id, "login": login(), "roles": ["village_worker", "county_officer"]})


@act(AGENCY, "account.suspended", "session.ended")
async def suspend_account(stage: Stage) -> Prepared:
    account = await open_account(stage)
    await session(stage, account["id"])
    return Prepared({}, account["id"], 1)


@act(AGENCY, "account.restored")
async def restore_account(stage: Stage) -> Prepared:
    prepared = await suspend_account(stage)
    await administer(stage, f"/v1/accounts/{prepared.key}:suspend", 1)
    return Prepared({}, prepared.key, 2)


@act(AGENCY, "account.password_reset", "session.ended")
async def reset_password(stage: Stage) -> Prepared:
    account = await open_account(stage)
    await session(stage, account["id"])
    return Prepared({"second_factor": True}, account["id"], 1)


@act(AGENCY, "account.role_given")
async def give_role(stage: Stage) -> Prepared:
    return Prepared({"role": "agency_admin"}, (await open_account(stage))["id"], 1)


@act(AGENCY, "account.role_taken")
async def take_role(stage: Stage) -> Prepared:
    return Prepared({"role": "county_officer"}, (await open_account(stage))["id"], 1)


@act(AGENCY, "client.registered")
async def create_client(stage: Stage) -> Prepared:
    return Prepared({
        "client_id": login(), "name": f"{stage.sign}系统", "kind": "system", "roles": ["integration"],
        "region": VILLAGE, "scope": ["people:read", "codes:read"], "cors_origins": ["https://a.example"],
    })  # fmt: skip


@act(AGENCY, "client.updated")
async def update_client(stage: Stage) -> Prepared:
    body = {"name": f"{stage.sign}控制台", "redirect_uris": ["https://b.example/back"], "cors_origins": []}
    return Prepared(body, (await enter_client(stage, kind="app"))["id"], 1)


@act(AGENCY, "client.secret_made")
async def new_client_secret(stage: Stage) -> Prepared:
    return Prepared({}, (await enter_client(stage))["id"], 1)


@act(AGENCY, "client.secret_retired")
async def retire_client_secret(stage: Stage) -> Prepared:
    client = await enter_client(stage)
    await administer(stage, f"/v1/clients/{client['id']}:new_secret", 1)
    return Prepared({}, client["id"], 2)


DOCUMENT = "query Me {\n\tme { sub } # 我是谁\r\n}"


@act(AGENCY, "client.document_registered")
async def register_document(stage: Stage) -> Prepared:
    return Prepared({"name": f"{stage.sign}首页", "text": DOCUMENT}, (await enter_client(stage))["id"], 1)


@act(AGENCY, "client.document_removed")
async def remove_document(stage: Stage) -> Prepared:
    prepared = await register_document(stage)
    keeper = await stage.service.caller(AGENCY)
    made = await keeper.post(
        f"/v1/clients/{prepared.key}:register_document", prepared.body, headers={"if-match": '"1"'}
    )
    assert made.status_code == 201, made.text
    return Prepared({"sha256": made.json()["sha256"]}, prepared.key, 2)


@act(AGENCY, "client.ended")
async def end_client(stage: Stage) -> Prepared:
    return Prepared({}, (await enter_client(stage))["id"], 1)


@act(AGENCY, "session.ended")
async def end_session(stage: Stage) -> Prepared:
    return Prepared({}, await session(stage, (await open_account(stage))["id"]))


@act(OFFICE, "account.password_changed")
async def change_password(stage: Stage) -> Prepared:
    await own_password(stage)
    return Prepared({"current_password": PASSWORD, "new_password": "一只白鹭飞过桃花山"})


@act(OFFICE, "account.second_factor_offered")
async def enrol_second_factor(stage: Stage) -> Prepared:
    await own_password(stage)
    return Prepared({"current_password": PASSWORD})


@act(OFFICE, "account.second_factor_enrolled")
async def confirm_second_factor(stage: Stage) -> Prepared:
    body = (await enrol_second_factor(stage)).body
    offered = await (await stage.service.caller(OFFICE)).post("/v1/me:enrol_second_factor", body)
    assert offered.status_code == 200, offered.text
    return Prepared({"code": code_at(offered.json()["secret"], time.time())})


@act(OFFICE, "account.second_factor_removed")
async def remove_second_factor(stage: Stage) -> Prepared:
    body = (await confirm_second_factor(stage)).body
    confirmed = await (await stage.service.caller(OFFICE)).post("/v1/me:confirm_second_factor", body)
    assert confirmed.status_code == 200, confirmed.text
    return Prepared({"current_password": PASSWORD})
