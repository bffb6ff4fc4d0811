"""Signing in with a real browser, at the size of a phone: pages, forms, cookies, policies as browsers take them."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize

from api.main import create_app
from api.settings import Mode, Settings
from auth.codes import challenge_of
from auth.secrets import hash_secret
from tests.api.pages.conftest import HOST, Serve
from tests.integration.auth.rows import Ids, add_all, add_client, insert

PHONE: ViewportSize = {"width": 360, "height": 740}
VERIFIER = "v" * 50
BACK = "https://console.example/back"
PASSWORD, NEW = "江豚回到长江故道里", "一只白鹭飞过桃花山"


@pytest.fixture
async def ids(owner: asyncpg.Connection) -> Ids:
    """A member of staff with an account, and the operator's app."""
    ids = await add_all(owner)
    operator = await insert(
        owner, "agency", type="platform_operator", level=1, name="平台运营中心", region_code=420000000000,
        valid_from=date(2024, 1, 1),
    )  # fmt: skip
    await add_client(
        owner, "console", "app", agency_id=operator, roles=[], secret_hashes=[], name="守望控制台",
        redirect_uris=[BACK],
    )  # fmt: skip
    account = await insert(
        owner, "account", staff_id=ids.staff, agency_id=ids.agency, login="zhang.hong", roles=["county_officer"],
        state="active", password_initial=True, second_factor=False,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO credential (id, password_hash, totp_step) VALUES ($1, $2, 0)", account, await hash_secret(PASSWORD)
    )
    return ids


@pytest.fixture
async def base(serve: Serve, database: str, ids: Ids, tmp_path: Path) -> str:
    """A demo installation on the test's database; returns its address."""
    return await serve(create_app(Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path)))


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A telephone without JavaScript; what it would show of the app is a blank page of ours."""
    context = await browser.new_context(
        locale="zh-CN", viewport=PHONE, device_scale_factor=2, has_touch=True, java_script_enabled=False
    )

    async def app(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="back at the app")

    await context.route("https://console.example/**", app)
    page = await context.new_page()
    page.set_default_timeout(20_000)
    yield page
    await context.close()


def asked() -> str:
    return urlencode({
        "response_type": "code", "client_id": "console", "redirect_uri": BACK, "state": "s&t=1",
        "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256",
    })  # fmt: skip


@pytest.mark.slow
async def test_the_whole_way_on_a_phone_without_javascript(base: str, phone: Page, ids: Ids, tmp_path: Path) -> None:
    requested: list[str] = []
    phone.on("request", lambda request: requested.append(request.url))
    await phone.goto(f"{base}/oauth/authorize?{asked()}")
    assert await phone.title() == "登录 · 守望"
    assert "守望控制台" in await phone.inner_text("main")
    assert await fits(phone)
    await phone.screenshot(path=tmp_path / "1-sign-in.png", full_page=True)

    await phone.fill("#login", "zhang.hong")
    await phone.fill("#password", "不是这个密码，猜的")
    await phone.click("button[value=continue]")
    assert await phone.inner_text("[role=alert]") == "登录名或密码不对，或账号不可用。"
    assert await phone.input_value("#login") == "zhang.hong"
    assert await phone.input_value("#password") == ""
    assert await fits(phone)
    await phone.screenshot(path=tmp_path / "2-failed.png", full_page=True)

    await phone.fill("#password", PASSWORD)
    await phone.click("button[value=continue]")
    assert await phone.title() == "设置新密码 · 守望"
    assert await fits(phone)
    await phone.fill("#new", "123456789012")
    await phone.fill("#again", "123456789012")
    await phone.click("button[value=continue]")
    assert "容易被猜到" in await phone.inner_text("[role=alert]")
    await phone.screenshot(path=tmp_path / "3-new-password.png", full_page=True)
    await phone.fill("#new", NEW)
    await phone.fill("#again", NEW)
    await phone.click("button[value=continue]")

    await phone.wait_for_url(f"{BACK}?**")
    told = parse_qs(urlsplit(phone.url).query)
    assert (told["state"], told["iss"]) == (["s&t=1"], ["http://127.0.0.1:8000"])
    assert [one for one in requested if not one.startswith((f"{base}/oauth/authorize", BACK, "data:"))] == []
    form = {
        "grant_type": "authorization_code", "client_id": "console", "code": told["code"][0], "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }  # fmt: skip
    async with httpx.AsyncClient(base_url=base.replace(HOST, "127.0.0.1")) as http:
        tokens = (await http.post("/oauth/token", data=form)).json()
        me = await http.get("/v1/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["sub"] == f"staff:{ids.staff}"


async def fits(page: Page) -> bool:
    """Tell whether nothing has to be pushed sideways, and fields and buttons are wide enough for a thumb."""
    boxes = [await one.bounding_box() for one in await page.query_selector_all("input:not([type=hidden]), button")]
    wide = await page.locator("main").bounding_box()
    assert wide is not None
    return wide["width"] <= PHONE["width"] and all(
        box is not None and box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
        for box in boxes
    )


@pytest.mark.slow
async def test_who_cancels_is_back_at_the_app(base: str, phone: Page) -> None:
    await phone.goto(f"{base}/oauth/authorize?{asked()}")
    await phone.click("button[value=cancel]")
    await phone.wait_for_url(f"{BACK}?**")
    assert parse_qs(urlsplit(phone.url).query)["error"] == ["access_denied"]


@pytest.mark.slow
async def test_no_page_can_frame_it_or_send_its_form(base: str, browser: Browser) -> None:
    """Clickjacking, and a form on another site that posts into a browser where the page was open."""
    context = await browser.new_context(locale="zh-CN")
    framed = f"<iframe src='{base}/oauth/authorize?{asked()}'></iframe>"
    sent = f"<form method=post action='{base}/oauth/authorize'><input name=ticket value=x><button>go</button></form>"

    async def site(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body=framed + sent)

    await context.route("http://evil.example/**", site)
    page = await context.new_page()
    await page.goto("http://evil.example/")
    frame = page.frames[-1]
    assert frame is not page.main_frame
    assert await frame.query_selector("form") is None
    await page.click("text=go")
    assert await page.inner_text("h1") == "页面已失效"
    await context.close()
