"""A desk in an office: what its clerk does in a day, through REST or through GraphQL.

Both desks speak of writes by their names (``api.operations``), of lists by their plurals, and give
back the same rows under the same names, so that one script can be played at either.
"""

import html
import re
import secrets
import time
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from api.operations import WRITES
from auth.codes import challenge_of
from domain.naming import camel, snake
from domain.view import View
from domain.views import views
from domain.writes import Write
from tests.api.acts import Prepared
from tests.api.mutating import input_of, leaves, mutation, snaked

Row = dict[str, Any]
WRITE_BY_NAME: dict[str, Write] = {write.name: write for write in WRITES}
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


class Refused(Exception):
    """A problem (RFC 9457) that the service answered with."""

    def __init__(self, problem: Row) -> None:
        super().__init__(problem["code"])
        self.problem = problem


def sign_in(base: str, login: str, password: str) -> str:
    """Go through the sign-in page as a browser does; returns an access token."""
    verifier, back, state = secrets.token_urlsafe(40), f"{base}/docs/oauth2-redirect", secrets.token_urlsafe(8)
    asked = {
        "response_type": "code", "client_id": "console", "redirect_uri": back, "state": state,
        "code_challenge": challenge_of(verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    with httpx.Client(base_url=base) as browser:
        page = browser.get("/oauth/authorize", params=asked)
        ticket = TICKET.search(page.text)
        assert ticket, page.text
        form = {"ticket": html.unescape(ticket[1]), "action": "continue", "login": login, "password": password}
        sent_back = parse_qs(urlsplit(browser.post("/oauth/authorize", data=form).headers["location"]).query)
        assert sent_back["state"] == [state]
        given = {
            "grant_type": "authorization_code", "client_id": "console", "code": sent_back["code"][0],
            "redirect_uri": back, "code_verifier": verifier,
        }  # fmt: skip
        answer = browser.post("/oauth/token", data=given)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


class Desk(ABC):
    """One signed-in member of staff."""

    transport: str

    def __init__(self, base: str, token: str) -> None:
        self.http = httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}, timeout=30)

    @abstractmethod
    def do(self, act: str, key: str | None = None, version: int | None = None, /, **body: Any) -> Row:
        """Make a write; returns what it answers. Raises ``Refused``."""

    @abstractmethod
    def rows(self, plural: str, **filters: Any) -> list[Row]:
        """Return the first thirty rows of a list. Raises ``Refused``."""

    @abstractmethod
    def one(self, kind: str, key: str) -> Row | None:
        """Return a record; None where there is none to be seen."""

    @abstractmethod
    def search(self, words: str) -> list[Row]:
        """Return who is found."""

    @abstractmethod
    def statistics(self, **asked: Any) -> Row:
        """Return counts."""

    @abstractmethod
    def history(self, person: str) -> list[Row]:
        """Return what happened to a person's file, newest first."""

    def download(self, operation: Row) -> bytes:
        """Wait for an export and fetch it: files travel by REST alone."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            now = self.one("Operation", operation["id"])
            assert now is not None
            assert now["status"] in {"queued", "running", "succeeded"}, now
            if now["status"] == "succeeded":
                answer = self.http.get(f"/v1/operations/{operation['id']}/export.xlsx")
                assert answer.status_code == 200, answer.text
                return answer.content
            time.sleep(0.2)
        raise AssertionError("the roster was not made in a minute")


class RestDesk(Desk):
    """Works through REST."""

    transport = "rest"

    def do(self, act: str, key: str | None = None, version: int | None = None, /, **body: Any) -> Row:
        write = WRITE_BY_NAME[act]
        headers = {} if version is None else {"if-match": f'"{version}"'}
        path = write.path.replace("{id}", key or "")
        return self._answer(self.http.request(write.method, path, json=body, headers=headers))

    def rows(self, plural: str, **filters: Any) -> list[Row]:
        return list(self._answer(self.http.get(f"/v1/{plural}", params={"page_size": 30, **filters}))["items"])

    def one(self, kind: str, key: str) -> Row | None:
        answer = self.http.get(f"/v1/{views()[kind].plural}/{key}")
        return None if answer.status_code == 404 else self._answer(answer)

    def search(self, words: str) -> list[Row]:
        return list(self._answer(self.http.post("/v1/people:search", json={"q": words}))["items"])

    def statistics(self, **asked: Any) -> Row:
        return self._answer(self.http.get("/v1/statistics", params=asked))

    def history(self, person: str) -> list[Row]:
        return list(self._answer(self.http.get(f"/v1/people/{person}/history"))["items"])

    @staticmethod
    def _answer(answer: httpx.Response) -> Row:
        found: Row = answer.json()
        if answer.status_code >= 400:
            raise Refused(found)
        return found


class GraphQLDesk(Desk):
    """Works through GraphQL."""

    transport = "graphql"

    def do(self, act: str, key: str | None = None, version: int | None = None, /, **body: Any) -> Row:
        write = WRITE_BY_NAME[act]
        given = {"input": input_of(write, Prepared(body, key, version))}
        (shown,) = self._ask(mutation(write), given)["done"].values()
        return self._row(shown)

    def rows(self, plural: str, **filters: Any) -> list[Row]:
        view = _listed(plural)
        query = (
            f"query Rows($filter: {view.name}Filter) {{ {camel(plural)}(first: 30, filter: $filter) "
            f"{{ nodes {{ {leaves(view.name)} }} }} }}"
        )
        found = self._ask(query, {"filter": {camel(name): one for name, one in filters.items()}})
        return [self._row(one) for one in found[camel(plural)]["nodes"]]

    def one(self, kind: str, key: str) -> Row | None:
        root = camel(snake(kind))
        found = self._ask(f"query One($id: ID!) {{ {root}(id: $id) {{ {leaves(kind)} }} }}", {"id": key})[root]
        return None if found is None else self._row(found)

    def search(self, words: str) -> list[Row]:
        query = f"query Search($q: String) {{ searchPeople(q: $q) {{ nodes {{ {leaves('Person')} }} }} }}"
        return [self._row(one) for one in self._ask(query, {"q": words})["searchPeople"]["nodes"]]

    def statistics(self, **asked: Any) -> Row:
        given = ", ".join(f"{camel(name)}: {_written(one)}" for name, one in asked.items())
        return self._row(self._ask(f"{{ statistics({given}) {{ {leaves('Statistics')} }} }}", {})["statistics"])

    def history(self, person: str) -> list[Row]:
        shown = f"history(first: 20) {{ nodes {{ {leaves('Event')} }} }}"
        query = f"query History($id: ID!) {{ person(id: $id) {{ {shown} }} }}"
        return [self._row(one) for one in self._ask(query, {"id": person})["person"]["history"]["nodes"]]

    def _ask(self, query: str, variables: Row) -> Row:
        answer = self.http.post("/graphql", json={"query": query, "variables": variables}).json()
        if answer.get("errors"):
            raise Refused(answer["errors"][0]["extensions"])
        found: Row = answer["data"]
        return found

    @staticmethod
    def _row(shown: Row) -> Row:
        found: Row = snaked(shown)
        return found


def _listed(plural: str) -> View:
    return next(view for view in views().values() if view.plural == plural)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


DESKS: tuple[type[Desk], ...] = (RestDesk, GraphQLDesk)

__all__ = ["DESKS", "Desk", "Refused", "Row", "sign_in"]
