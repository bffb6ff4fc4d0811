"""The pages over a small application, behind the real gate: what is served, and what a browser makes of it."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256
from typing import Annotated, Any

import httpx
import orjson
import pytest
import strawberry
from fastapi import Depends, FastAPI, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import problems
from api.middleware.gate import Gate
from api.middleware.security_headers import PAGE_POLICY
from api.pages.docs import ASSETS, FOR_A_YEAR, SIGNED_IN, digest, mount_docs
from tests.api.pages.conftest import Serve, Visit

Token = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer(scheme_name="access_token"))]


@strawberry.type
class Me:
    """As the real field, in short."""

    sub: str
    roles: list[str]
    region: str
    permissions: list[str]


@strawberry.type
class Query:
    """What GraphiQL's first query asks for."""

    @strawberry.field
    def me(self, info: strawberry.Info[str, None]) -> Me:
        return Me(sub=info.context, roles=["county_officer"], region="421081000000", permissions=["people:read"])


SCHEMA = strawberry.Schema(Query)


def small(*, graphiql: bool = True) -> Gate:
    """Return an application with one REST operation and one GraphQL field, both telling the token they got."""
    app = FastAPI(title="守望 Shouwang", docs_url=None, redoc_url=None)
    problems.install(app)

    @app.get("/v1/me", summary="我是谁")
    async def me(token: Token) -> dict[str, str]:
        return {"sub": token.credentials}

    @app.post("/graphql", include_in_schema=False)
    async def graphql(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            refused = orjson.dumps({"title": "请先登录", "status": 401, "code": "token.missing"})
            return Response(refused, 401, media_type="application/problem+json")
        asked: dict[str, Any] = orjson.loads(await request.body())
        result = await SCHEMA.execute(asked["query"], asked.get("variables"), context_value=token)
        assert result.errors is None
        return Response(orjson.dumps({"data": result.data}), media_type="application/graphql-response+json")

    mount_docs(app, graphiql=graphiql)
    return Gate(app)


def client(app: Gate) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


PAGES = {"/": "守望 · 接口服务", "/docs": "守望 · REST 接口文档", "/graphiql": "守望 · GraphQL 工作台"}
VENDORED = {
    "graphiql.min.css": "42f6189591b830b14d391333130056c61a98409a7f369c64d070bf686ae4c231",
    "graphiql.min.js": "a330a2be1d2389486840a9d0a834767d9083a23f105879e0de54e4fce83d3513",
    "react-dom.production.min.js": "35f4f974f4b2bcd44da73963347f8952e341f83909e4498227d4e26b98f66f0d",
    "react.production.min.js": "d949f1c3687aedadcedac85261865f29b17cd273997e7f6b2bfc53b2f9d4c4dd",
}


@pytest.mark.parametrize("address", PAGES)
async def test_a_page_is_chinese_has_no_inline_script_and_the_strict_policy(address: str) -> None:
    async with client(small()) as http:
        page = await http.get(address)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].encode() == PAGE_POLICY
    assert b"script-src" not in PAGE_POLICY  # default-src 'self' holds for scripts: none inline, no eval
    assert page.text.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert f"<title>{PAGES[address]}</title>" in page.text
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert re.findall(r"\son\w+=|style=|https?://", page.text) == []
    assert "<!--" not in page.text


async def test_all_that_the_pages_name_is_there() -> None:
    async with client(small()) as http:
        for address in PAGES:
            text = (await http.get(address)).text
            named = set(re.findall(r'(?:href|src)="(static/[^"]+)"', text))
            assert named
            for one in named:
                assert (await http.head(f"/{one}")).status_code == 200, one


@pytest.mark.parametrize("name", sorted(ASSETS))
async def test_a_file_is_packed_typed_and_kept_for_a_year(name: str) -> None:
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    address = f"/static/{digest()}/{name}"
    async with client(small()) as http:
        packed = await http.get(address, headers={"accept-encoding": "gzip"})
        plain = await http.get(address, headers={"accept-encoding": "identity"})
    assert packed.content == plain.content == ASSETS[name].read_bytes()
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, mtime=0))
    assert "content-encoding" not in plain.headers
    for answer in (packed, plain):
        assert answer.headers["content-type"] == types[name.rpartition(".")[2]]
        assert answer.headers["cache-control"] == FOR_A_YEAR == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "accept-encoding"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        "/static/0000000000000000/page.css",  # of another version: must not be kept as this one
        f"/static/{digest()}/README.md",
        f"/static/{digest()}/..%2fdocs.py",
        f"/static/{digest()}/redoc.standalone.js",
        "/static/page.css",
        "/redoc",
    ],
)
async def test_nothing_else_is_served(address: str) -> None:
    async with client(small()) as http:
        refused = await http.get(address)
    assert (refused.status_code, refused.json()["code"]) == (404, "http.not_found")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["cache-control"] == "no-store"


async def test_a_page_is_read_and_not_written_to() -> None:
    async with client(small()) as http:
        refused = await http.post("/docs")
    assert (refused.status_code, refused.json()["code"]) == (405, "http.method_not_allowed")


async def test_without_graphiql_there_is_neither_the_page_nor_a_link() -> None:
    async with client(small(graphiql=False)) as http:
        assert (await http.get("/graphiql")).status_code == 404
        for address in ("/", "/docs"):
            page = await http.get(address)
            assert page.status_code == 200
            assert "graphiql" not in page.text


def test_third_party_files_are_the_published_ones() -> None:
    # React's are npm's byte for byte; GraphiQL's style sheet lost its fonts (assets/README.md).
    assert {name: sha256(ASSETS[name].read_bytes()).hexdigest() for name in VENDORED} == VENDORED
    assert b"@font-face" not in ASSETS["graphiql.min.css"].read_bytes()


async def test_the_page_that_ends_a_sign_in_runs_its_one_script_and_nothing_else() -> None:
    async with client(small()) as http:
        page = await http.get(SIGNED_IN)
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest_of_it = b64encode(sha256(script.encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; script-src 'sha256-{digest_of_it}'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
    assert "swaggerUIRedirectOauth2" in script
    assert re.findall(r"\s(?:src|href|on\w+|style)=|https?://", page.text) == []


@pytest.mark.slow
async def test_the_first_page_leads_on(serve: Serve, visit: Visit) -> None:
    base = await serve(small())
    await visit.page.goto(f"{base}/", wait_until="networkidle")
    assert await visit.page.title() == "守望 · 接口服务"
    await visit.page.click(".doors >> text=REST 接口文档")
    await visit.page.wait_for_selector(".opblock")
    assert visit.page.url == f"{base}/docs"
    assert visit.left_the_machine(base) == []
    assert visit.complaints == []


@pytest.mark.slow
async def test_swagger_shows_and_tries_operations_with_the_token_pasted_once(serve: Serve, visit: Visit) -> None:
    base, page = await serve(small()), visit.page
    await page.goto(f"{base}/docs")
    await page.wait_for_selector(".opblock")
    assert await page.locator(".opblock-summary-path").all_inner_texts() == ["/v1/me"]
    await page.click(".btn.authorize")
    await page.fill(".auth-container input", "Bearer  abc.def.ghi ")
    await page.click(".auth-btn-wrapper .authorize")
    await page.click(".auth-btn-wrapper .btn-done")
    await page.click(".opblock-summary-control")
    assert await answer_of_me(visit) == {"sub": "abc.def.ghi"}

    await page.reload()  # the tab still has the token, and the address the operation
    await page.wait_for_selector(".btn.authorize.locked")
    assert await answer_of_me(visit) == {"sub": "abc.def.ghi"}
    assert await page.evaluate("[localStorage.length, document.cookie]") == [0, ""]

    await page.click(".btn.authorize")
    await page.click(".auth-btn-wrapper button:has-text('Logout')")
    assert await page.evaluate("sessionStorage.getItem('shouwang.token')") is None
    assert visit.left_the_machine(base) == []
    assert visit.complaints == []


async def answer_of_me(visit: Visit) -> Any:
    """Try the open operation, ``GET /v1/me``, in Swagger UI."""
    page = visit.page
    await page.click(".try-out__btn")
    async with page.expect_response("**/v1/me") as answer:
        await page.click(".execute")
    return await (await answer.value).json()


@pytest.mark.slow
async def test_graphiql_loads_the_schema_and_runs_a_query_with_the_token(serve: Serve, visit: Visit) -> None:
    base, page = await serve(small()), visit.page
    await page.goto(f"{base}/graphiql")
    await page.wait_for_selector(".result-window >> text=请先登录")  # the refusal, in the server's words
    assert await page.inner_text("#token-state") == "未填令牌"
    complaints = [one for one in visit.complaints if "401" not in one]  # the browser reports the refusal too

    await page.fill("#token", " bearer abc.def.ghi")
    async with page.expect_response("**/graphql") as schema:
        await page.click("text=使用")
    assert "__schema" in (await (await schema.value).json())["data"]
    assert await page.inner_text("#token-state") == "已填令牌"
    await page.click("[aria-label='Show Documentation Explorer']")
    await page.wait_for_selector(".graphiql-doc-explorer >> text=Query")

    await page.wait_for_selector(".graphiql-query-editor >> text=permissions")
    async with page.expect_response("**/graphql") as found:
        await page.click(".graphiql-execute-button")
    me = {"sub": "abc.def.ghi", "roles": ["county_officer"], "region": "421081000000", "permissions": ["people:read"]}
    assert await (await found.value).json() == {"data": {"me": me}}
    await page.wait_for_selector(".result-window >> text=abc.def.ghi")

    await page.click("text=清除")
    assert await page.evaluate("sessionStorage.getItem('shouwang.token')") is None
    assert await page.input_value("#token") == ""
    assert await page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert visit.left_the_machine(base) == []
    assert complaints == []
