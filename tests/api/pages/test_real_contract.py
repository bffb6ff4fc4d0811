"""The pages over the whole application: every operation is shown, and the first query runs for a real caller."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from playwright.async_api import Page

from api.main import create_app
from api.pages.docs import SIGNED_IN
from api.settings import Mode, Settings
from auth.secrets import hash_secret
from tests.api.pages.conftest import HOST, Serve, Visit
from tests.integration.auth.rows import SECRET, Ids, add_all, add_client, insert

PASSWORD = "江豚回到长江故道里"


@pytest.fixture
async def ids(owner: asyncpg.Connection) -> Ids:
    return await add_all(owner)


@pytest.fixture
async def base(serve: Serve, database: str, ids: Ids, tmp_path: Path) -> str:
    """A demo installation on the test's database; returns its address."""
    return await serve(create_app(Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path)))


async def get_token(base: str) -> str:
    """Return an access token of a county officer."""
    async with httpx.AsyncClient(base_url=base.replace(HOST, "127.0.0.1")) as http:
        form = {"grant_type": "client_credentials"}
        answer = await http.post("/oauth/token", data=form, auth=("officer", SECRET))
    assert answer.status_code == 200
    return str(answer.json()["access_token"])


@pytest.mark.slow
async def test_swagger_shows_every_operation(base: str, visit: Visit) -> None:
    page = visit.page
    await page.goto(f"{base}/docs")
    await page.wait_for_selector(".opblock")
    document = await page.evaluate("fetch('openapi.json').then((answer) => answer.json())")
    operations = [(path, verb) for path, verbs in document["paths"].items() for verb in verbs if verb != "parameters"]
    assert len(operations) > 20
    assert await page.locator(".opblock").count() == len(operations)
    assert sorted(await page.locator(".opblock-summary-path").all_inner_texts()) == sorted(p for p, _ in operations)
    assert await page.locator(".btn.authorize").count() == 1
    assert visit.left_the_machine(base) == []
    assert visit.complaints == []


@pytest.mark.slow
async def test_graphiql_loads_the_schema_and_runs_its_first_query(base: str, ids: Ids, visit: Visit) -> None:
    page, token = visit.page, await get_token(base)
    await page.goto(f"{base}/")
    await page.evaluate("token => sessionStorage.setItem('shouwang.token', token)", token)
    async with page.expect_response("**/graphql") as schema:
        await page.click(".doors >> text=GraphQL")
    shown = await (await schema.value).json()
    assert "errors" not in shown
    assert shown["data"]["__schema"]["queryType"]["name"] == "Query"
    await page.wait_for_selector(".graphiql-query-editor >> text=permissions")
    async with page.expect_response("**/graphql") as found:
        await page.click(".graphiql-execute-button")
    answer = await (await found.value).json()
    assert "errors" not in answer
    assert answer["data"]["me"]["roles"] == ["county_officer"]
    assert answer["data"]["me"]["sub"] == f"staff:{ids.staff}"
    await page.wait_for_selector(".result-window >> text=county_officer")
    assert await page.locator(".CodeMirror-lint-mark-error").count() == 0
    assert visit.left_the_machine(base) == []
    assert visit.complaints == []


@pytest.fixture
async def account(owner: asyncpg.Connection, ids: Ids) -> None:
    """A member of staff who can sign in, and the page's own app, as an operator registers it."""
    await add_client(
        owner, "console", "app", agency_id=ids.agency, roles=[], secret_hashes=[], name="守望接口文档",
        redirect_uris=[f"http://127.0.0.1{SIGNED_IN}"],
    )  # fmt: skip
    account = await insert(
        owner, "account", staff_id=ids.staff, agency_id=ids.agency, login="zhang.hong", roles=["county_officer"],
        state="active", password_initial=False, second_factor=False,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO credential (id, password_hash, totp_step) VALUES ($1, $2, 0)", account, await hash_secret(PASSWORD)
    )


async def ask_to_sign_in(page: Page) -> Page:
    """Press "Authorize" in Swagger UI; returns the window that opens."""
    await page.click(".btn.authorize")
    by_sign_in = page.locator(".auth-container", has_text="authorizationCode with PKCE")
    assert await by_sign_in.locator("input#client_id_authorizationCode").input_value() == "console"
    async with page.expect_popup() as opened:
        await by_sign_in.locator("button.authorize").click()
    return await opened.value


@pytest.mark.slow
async def test_authorize_signs_in_and_tries_an_operation(base: str, ids: Ids, account: None, visit: Visit) -> None:
    """As in a browser of a developer's own machine: windows, forms, policies and codes as they are."""
    base, page = base.replace(HOST, "127.0.0.1"), visit.page
    await page.goto(f"{base}/docs")
    await page.wait_for_selector(".opblock")
    window = await ask_to_sign_in(page)
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: complaints.append(str(error)))
    asked = parse_qs(urlsplit(window.url).query)
    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (
        ["console"], ["code"], ["S256"],
    )  # fmt: skip
    assert asked["redirect_uri"] == [f"{base}{SIGNED_IN}"]
    await window.fill("#login", "zhang.hong")
    await window.fill("#password", PASSWORD)
    async with page.expect_response("**/oauth/token") as exchanged, window.expect_event("close"):
        await window.click("button[value=continue]")
    assert (await exchanged.value).status == 200
    await page.wait_for_selector(".auth-container >> text=Logout")
    await page.click(".auth-btn-wrapper .btn-done >> nth=0")

    operation = page.locator(".opblock", has=page.locator(".opblock-summary-path[data-path='/v1/me']"))
    await operation.locator(".opblock-summary-control").click()
    await operation.locator(".try-out__btn").click()
    async with page.expect_response("**/v1/me") as answer:
        await operation.locator(".execute").click()
    assert (await (await answer.value).json())["sub"] == f"staff:{ids.staff}"
    assert await page.evaluate("sessionStorage.getItem('shouwang.token') !== null")  # GraphiQL's, too
    assert visit.left_the_machine(base) == []
    assert visit.complaints + complaints == []


@pytest.mark.slow
async def test_who_cancels_the_sign_in_is_told_so(base: str, account: None, visit: Visit) -> None:
    base, page = base.replace(HOST, "127.0.0.1"), visit.page
    await page.goto(f"{base}/docs")
    await page.wait_for_selector(".opblock")
    window = await ask_to_sign_in(page)
    async with window.expect_event("close"):
        await window.click("button[value=cancel]")
    await page.wait_for_selector(".auth-container .errors >> text=access_denied")
    assert await page.evaluate("sessionStorage.getItem('shouwang.token')") is None
    assert visit.left_the_machine(base) == []
    assert visit.complaints == []
