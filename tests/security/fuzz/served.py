"""A service in a thread of its own behind a real server, so that synchronous generators can shoot at it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn

from api.main import create_app
from api.settings import Settings


@dataclass(frozen=True)
class Target:
    """An address, the tokens of some callers, and ids that are there, by collection."""

    address: str
    tokens: dict[str, str]
    ids: dict[str, list[str]] = field(default_factory=dict)


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the application on a free port; yields its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def signed_in(address: str, secrets: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Return a token for each caller."""
    tokens = {}
    for name, credentials in secrets.items():
        answer = httpx.post(f"{address}/oauth/token", data={"grant_type": "client_credentials"}, auth=credentials)
        tokens[name] = answer.raise_for_status().json()["access_token"]
    return tokens


def some_ids(address: str, tokens: dict[str, str], collections: list[str]) -> dict[str, list[str]]:
    """Return a few ids of every collection, as an office or the administrator sees them.

    The latest ones: none of them is a caller's own, whose token would end with what is done to it.
    """
    found: dict[str, list[str]] = {}
    for plural in collections:
        for caller in ("civil_affairs_county", "platform_admin"):
            headers = {"authorization": f"Bearer {tokens[caller]}"}
            answer = httpx.get(f"{address}/v1/{plural}?page_size=20", headers=headers)
            if answer.status_code == 200:
                found[plural] = [one.get("id") or one["code"] for one in answer.json()["items"]]
                break
    return found


__all__ = ["Target", "serving", "signed_in", "some_ids"]
