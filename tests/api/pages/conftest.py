"""A real browser and a served application, for whatever has a page."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from starlette.types import ASGIApp

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A public name: some libraries hold their tongue on localhost only (Swagger UI's validator).
HOST = "shouwang.example"
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
Serve = Callable[[ASGIApp], Awaitable[str]]


@dataclass
class Visit:
    """A page in a fresh browser context, with everything it asked for and complained about."""

    page: Page
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def left_the_machine(self, base: str) -> list[str]:
        """Return the addresses asked for elsewhere; what a page holds in itself (``data:``, ``blob:``) is not."""
        return [one for one in self.requested if not one.startswith((f"{base}/", "data:", f"blob:{base}/"))]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium; skipped aloud where there is none, but never in CI."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        missing = f"no browser here ({', '.join(BROWSERS)}); Debian: apt-get install chromium"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield launched
        await launched.close()


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """A page of its own; nothing is kept from another test."""
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    page.set_default_timeout(20_000)
    made = Visit(page)

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":  # a breach of the content security policy is one
            made.complaints.append(message.text)

    context.on("request", lambda request: made.requested.append(request.url))
    page.on("console", heard)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    yield made
    await context.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve an application on a free port of this machine; returns its address under a public name."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def start(app: ASGIApp) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=2))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        running.append((server, task))
        while not server.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.01)
        return f"http://{HOST}:{listening.getsockname()[1]}"

    yield start
    for server, task in running:
        server.should_exit = True
        await task
