"""The service as a model-based test asks it: by either transport, from another thread."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx

from api.operations import WRITES
from tests.api.acts import Prepared, rest
from tests.api.cases.model import EVERYBODY, OK, Eyes, Said
from tests.api.mutating import graphql, payload
from tests.api.running import Caller, Service

BY_WRITE = {write.name: write for write in WRITES}
Found = TypeVar("Found")
NEWEST = "/v1/cases?page_size=50&fields=id&order_by=-id&count=true"


class County:
    """The service, the callers as it knows them, and how it is asked from another thread."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service, self._loop = service, loop
        self.eyes: dict[str, Eyes] = {}
        self.routes: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.offices: dict[str, str] = {}
        self.contracts: dict[str, str] = {}

    def wait(self, what: Coroutine[Any, Any, Found]) -> Found:
        """Let the service's own loop do something."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)

    async def know(self) -> None:
        """Learn who the callers are."""
        for who in EVERYBODY:
            me = (await (await self.service.caller(who.name)).get("/v1/me")).json()
            wards = await self.service.owner.fetch(
                "SELECT person_id FROM person_access WHERE grantee_id::text = $1 AND via = 'guardianship'",
                me["person_id"] or "",
            )
            agency = me["agency"] and me["agency"]["id"]
            self.eyes[who.name] = Eyes(
                who, agency, me["person_id"], frozenset(str(one[0]) for one in wards), me["staff_id"]
            )
        rows = await self.service.owner.fetch("SELECT id, name FROM agency")
        self.offices = {row["name"]: str(row["id"]) for row in rows}
        rows = await self.service.owner.fetch("SELECT id, title FROM service_contract")
        self.contracts = {row["title"]: str(row["id"]) for row in rows}

    async def caller(self, name: str) -> Caller:
        return await self.service.caller(name)

    async def route(self, category: str, audience: str, region: str) -> dict[str, Any]:
        """Ask the matrix where a matter goes: what it answers is proven elsewhere."""
        key = (category, audience, region)
        if key not in self.routes:
            asked = {"category": category, "audience": audience, "region": region}
            answer = await (await self.caller("auditor")).get("/v1/responsibility", params=asked)
            self.routes[key] = answer.json()
        return self.routes[key]

    async def do(self, by: str, name: str, prepared: Prepared, door: str) -> tuple[Said, dict[str, Any]]:
        """Do an act by one of the transports; returns what was said, and the row."""
        write, caller = BY_WRITE[name], await self.caller(by)
        if door == "rest":
            answer = await rest(self.service, write, prepared, caller)
            body: dict[str, Any] = answer.json()
            return ((200, None), body) if answer.is_success else ((body["status"], body["code"]), body)
        answer = await graphql(write, prepared, caller)
        errors = answer.json().get("errors")
        if errors:
            problem = errors[0]["extensions"]
            return (problem["status"], problem["code"]), problem
        return OK, payload(answer)

    def get(self, name: str, path: str) -> httpx.Response:
        """Read by REST."""

        async def get() -> httpx.Response:
            return await (await self.caller(name)).get(path)

        return self.wait(get())

    def listed(self, name: str) -> tuple[set[str], int]:
        """Return the newest of a list by REST, and its count."""
        answer = self.get(name, NEWEST).json()
        return {row["id"] for row in answer["items"]}, answer["total"]

    def by_graphql(self, name: str, ids: list[str]) -> tuple[set[str], int, dict[str, tuple[int, str]]]:
        """Return the same by GraphQL, and each case asked for by its id."""
        each = " ".join(f'c{at}: case(id: "{one}") {{ id version state }}' for at, one in enumerate(ids))
        text = f'{{ cases(first: 50, orderBy: "-id") {{ totalCount nodes {{ id }} }} {each} }}'

        async def ask() -> Any:
            return (await (await self.caller(name)).graphql(text)).json()["data"]

        data = self.wait(ask())
        rows = [data[f"c{at}"] for at in range(len(ids))]
        seen = {row["id"]: (row["version"], row["state"]) for row in rows if row}
        return {one["id"] for one in data["cases"]["nodes"]}, data["cases"]["totalCount"], seen


__all__ = ["County"]
