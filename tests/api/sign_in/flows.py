"""A person in front of the sign-in page, without a browser: its forms, its cookie, the code at the end."""

import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from auth.codes import challenge_of
from auth.secrets import hash_secret
from tests.api.running import Caller, Service

VERIFIER = "a-verifier-of-forty-three-characters-and-more.~_"
BACK = "http://127.0.0.1:8000/docs/oauth2-redirect"
PASSWORD = "江豚回到长江故道里"
ADDRESS = "/oauth/authorize"
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
ASKED = {
    "response_type": "code", "client_id": "console", "redirect_uri": BACK, "state": "st-1",
    "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256",
}  # fmt: skip


@dataclass
class Visitor:
    """One browser: it keeps its cookie, and sends the form it was shown."""

    service: Service
    http: httpx.AsyncClient = field(init=False)
    page: httpx.Response = field(init=False)

    def __post_init__(self) -> None:
        """Take a client of its own: cookies are not shared."""
        transport = httpx.ASGITransport(self.service.app, client=("198.51.100.7", 4000))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    async def arrive(self, **changes: str | None) -> httpx.Response:
        """Come from an app."""
        asked = {name: value for name, value in (ASKED | changes).items() if value is not None}
        self.page = await self.http.get(ADDRESS, params=asked)
        return self.page

    def ticket(self) -> str:
        """Return the ticket of the page that is shown."""
        found = TICKET.search(self.page.text)
        assert found, self.page.text
        return html.unescape(found[1])

    async def submit(self, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        """Send the form that is shown."""
        form = {"ticket": self.ticket(), "action": "continue", **fields}
        answer = await self.http.post(ADDRESS, data=form, headers=headers or {})
        if TICKET.search(answer.text):
            self.page = answer
        return answer

    async def sign_in(self, login: str, password: str = PASSWORD, **changes: str | None) -> str:
        """Go the straight way; returns the code."""
        assert (await self.arrive(**changes)).status_code == 200, self.page.text
        return code_of(await self.submit(login=login, password=password))

    async def redeem(self, given: str, /, **changes: str) -> httpx.Response:
        """Change a code for tokens, as the app does."""
        form = {
            "grant_type": "authorization_code", "client_id": "console", "code": given, "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }  # fmt: skip
        return await self.service.http.post("/oauth/token", data=form | changes)

    async def refresh(self, token: str, **changes: str) -> httpx.Response:
        """Change a refresh token for new ones."""
        form = {"grant_type": "refresh_token", "client_id": "console", "refresh_token": token}
        return await self.service.http.post("/oauth/token", data=form | changes)

    async def tokens(self, login: str) -> dict[str, Any]:
        """Sign in and return the tokens."""
        answer = await self.redeem(await self.sign_in(login))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def caller(self, tokens: dict[str, Any]) -> Caller:
        """Return somebody who calls with an access token."""
        return Caller("signed in", self.service.http, tokens["access_token"])


def answer_of(response: httpx.Response) -> dict[str, str]:
    """Return what a redirect tells the app."""
    assert response.status_code in {302, 303}, response.text
    location = response.headers["location"]
    assert location.startswith(BACK + "?"), location
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


def code_of(response: httpx.Response) -> str:
    """Return the code of a redirect, with what must go along."""
    told = answer_of(response)
    assert told.keys() == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("st-1", "http://127.0.0.1:8000")
    return told["code"]


async def prepare(service: Service, login: str, *, initial: bool = False) -> None:
    """Give an account a known password, no second factor, no failures, and nothing else to hinder it."""
    owner = service.owner
    await owner.execute("DELETE FROM client_lockout")
    account = await owner.fetchval(
        "UPDATE account SET state = 'active', second_factor = false, password_initial = $2 WHERE login = $1 "
        "RETURNING id",
        login, initial,
    )  # fmt: skip
    assert account is not None
    await owner.execute(
        "UPDATE credential SET password_hash = $2, totp_secret_cipher = NULL, totp_step = 0, recovery_hashes = '{}' "
        "WHERE id = $1",
        account, await hash_secret(PASSWORD),
    )  # fmt: skip


__all__ = ["ADDRESS", "ASKED", "BACK", "PASSWORD", "VERIFIER", "Visitor", "answer_of", "code_of", "prepare"]
