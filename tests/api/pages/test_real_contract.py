"""The pages over the whole application: every operation is shown, and the first query runs for a real caller."""

from pathlib import Path

import asyncpg
import httpx
import pytest

from api.main import create_app
from api.settings import Mode, Settings
from tests.api.pages.conftest import HOST, Serve, Visit
from tests.integration.auth.rows import SECRET, Ids, add_all


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
