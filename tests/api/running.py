"""The real application over a copy of the demo county, driven as its callers drive it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import asyncpg
import httpx
import orjson
from starlette.types import ASGIApp, Message

from api.main import create_app
from api.settings import Settings

BASE = "http://127.0.0.1:8000"
# Every table a request can change; how often somebody asked is no fact of the ledger.
LEDGER = (
    "person", "household", "woman_profile", "child_profile", "elder_profile", "kinship", "guardianship", "absence",
    "left_behind_status", "person_access", "agency", "department", "staff", "leading_group", "leading_group_member",
    "transfer", "transfer_person", "break_glass", "event", "idempotency_key", "operation", "operation_file",
    "import_row", "client", "revocation", "rule_set", "campaign", "campaign_village", "campaign_report", "account",
    "venue", "activity", "sign_up", "questionnaire", "survey", "survey_answer", "survey_reply", "survey_tally",
    "research_report", "research_finding",
    "client_document", "credential", "account_session", "authorization_code", "refresh_token",
    "duplicate_candidate", "person_merge",
    "notification", "service_contract",
    "care_case", "case_party", "case_person", "case_entry", "case_referral", "case_assignment", "case_note",
    "case_step", "case_attachment", "attachment_content", "case_link",
)  # fmt: skip
UNVERSIONED = frozenset({
    "survey_tally", "case_entry", "attachment_content",
    "event", "idempotency_key", "operation_file", "import_row", "revocation", "person_access", "rule_set",
    "campaign_report", "authorization_code", "refresh_token",
})  # fmt: skip


class Lifespan:
    """Starts and stops an ASGI application as a server does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        self._heard: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async def run() -> None:
            await self._app(
                {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self._said.get, self._heard.put
            )

        self._task = asyncio.create_task(run())
        await self._tell("startup")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tell("shutdown")
        assert self._task is not None
        await self._task

    async def _tell(self, step: str) -> None:
        await self._said.put({"type": f"lifespan.{step}"})
        answer = await asyncio.wait_for(self._heard.get(), 60)
        assert answer["type"] == f"lifespan.{step}.complete", answer.get("message")


@dataclass(frozen=True, slots=True)
class Caller:
    """One demo caller at a running service."""

    name: str
    http: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Send a request with the caller's token."""
        headers = {"authorization": f"Bearer {self.token}", **given.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **given)

    async def get(self, path: str, **given: Any) -> httpx.Response:
        """Send a GET."""
        return await self.ask("GET", path, **given)

    async def post(self, path: str, body: object = None, **given: Any) -> httpx.Response:
        """Send a POST with a JSON body, or with none."""
        return await self.ask("POST", path, **given, **({} if body is None else {"json": body}))

    async def patch(self, path: str, body: object, version: object = None, **given: Any) -> httpx.Response:
        """Send a PATCH of a version."""
        headers = {} if version is None else {"if-match": f'"{version}"'}
        return await self.ask("PATCH", path, json=body, headers=headers | given.pop("headers", {}), **given)

    async def graphql(self, query: str, variables: Mapping[str, Any] | None = None, **given: Any) -> httpx.Response:
        """Send a GraphQL document."""
        return await self.post("/graphql", {"query": query, "variables": variables or {}}, **given)

    async def everything(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return every row of a list, page by page to the end."""
        rows: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            page = await self.get(
                path, params={"page_size": 200, **parameters, **({"page_token": token} if token else {})}
            )
            assert page.status_code == 200, page.text
            found = page.json()
            rows += found["items"]
            token = found["next_page_token"]
            if token is None:
                return rows


@dataclass(slots=True)
class Service:
    """A running service and the database behind it."""

    app: ASGIApp
    http: httpx.AsyncClient
    owner: asyncpg.Connection
    dsn: str
    tokens: dict[str, str]
    secrets: Mapping[str, tuple[str, str]]  # caller -> client id and secret
    _callers: dict[str, Caller] = field(default_factory=dict)

    async def caller(self, name: str) -> Caller:
        """Return a demo caller, signed in by ``POST /oauth/token`` once a session."""
        if name not in self.tokens:
            form = {"grant_type": "client_credentials"}
            answer = await self.http.post("/oauth/token", data=form, auth=self.secrets[name])
            assert answer.status_code == 200, answer.text
            self.tokens[name] = answer.json()["access_token"]
        if name not in self._callers:
            self._callers[name] = Caller(name, self.http, self.tokens[name])
        return self._callers[name]

    async def state(self) -> dict[str, tuple[int, int]]:
        """Return rows and sum of versions of every table: equal before and after what changed nothing."""
        counted = " UNION ALL ".join(
            f"SELECT '{table}', count(*), {'0' if table in UNVERSIONED else 'coalesce(sum(version), 0)'} FROM {table}"
            for table in LEDGER
        )
        return {row[0]: (row[1], int(row[2])) for row in await self.owner.fetch(counted)}

    async def events_of(self, answer: httpx.Response) -> list[asyncpg.Record]:
        """Return the events that a request left, oldest first."""
        request_id = answer.headers["x-request-id"]
        return list(await self.owner.fetch("SELECT * FROM event WHERE request_id = $1 ORDER BY at, id", request_id))


@asynccontextmanager
async def serving(
    settings: Settings, dsn: str, tokens: dict[str, str], secrets: Mapping[str, tuple[str, str]]
) -> AsyncIterator[Service]:
    """Run the application inside this process and hand out what drives it."""
    app = create_app(settings)
    owner = await asyncpg.connect(dsn)
    try:
        async with Lifespan(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as http:
            yield Service(app, http, owner, dsn, tokens, secrets)
    finally:
        await owner.close()


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is the problem it should be (RFC 9457); returns the document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = orjson.loads(answer.content)
    assert {"type", "title", "status", "detail", "code", "request_id"} <= document.keys()
    assert (document["status"], document["code"], document["type"]) == (status, code, f"/problems/{code}"), document
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


def graphql_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that GraphQL's first error carries the same problem; returns it."""
    (error, *_) = answer.json()["errors"]
    problem: dict[str, Any] = error["extensions"]
    assert (problem["status"], problem["code"]) == (status, code), answer.text
    assert error["message"] == problem["detail"] or code == "graphql.invalid"
    return problem


__all__ = ["Caller", "Lifespan", "Service", "graphql_problem", "is_problem", "serving"]
