"""GraphQL over HTTP: what is asked, in which form the answer goes out.

Follows the GraphQL-over-HTTP specification; its audit suite (npm ``graphql-http``) is in the tests.
Errors carry the same problem object as REST in ``extensions``.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl

import orjson
from graphql import GraphQLError, OperationType

from api.graphql.documents import without_values
from api.graphql.executor import ANONYMOUS, Answer, Executor
from api.graphql.registered import Registered
from api.media import JSON, in_utf8, is_json
from api.problems import Refused
from domain.access import Access
from domain.clients.documents import SHA256, digest_of
from domain.errors import Fault, Forbidden, InvalidInput, ShouwangError
from domain.strict_json import read_json

RESPONSE = "application/graphql-response+json"
STAFF_ROLES = frozenset({"county_officer", "platform_admin", "supervisor", "village_worker"})
MOST_PARAMETERS = 10
DIGEST = "/extensions/persistedQuery/sha256Hash"
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_VARIABLE = re.compile(r"Variable '\$(?P<name>\w+)' has invalid value(?: at (?P<path>[\w.\[\]]+))?")


class Problems(Protocol):
    """Turns an error into the problem object of the conventions."""

    def __call__(self, error: ShouwangError) -> dict[str, Any]:
        """Return the members of RFC 9457 and ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A well-formed GraphQL request: a document's text, or the digest of a registered one, or both."""

    query: str | None
    operation: str | None
    variables: Mapping[str, Any]
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes out."""

    status: int
    content_type: str
    body: bytes
    replayed: bool = False


Mutate = Callable[..., Awaitable[Answer]]


class Endpoint:
    """Answers GraphQL requests of authenticated callers."""

    def __init__(
        self, executor: Executor, mutate: Mutate | None, registered: Registered, *, introspection: bool
    ) -> None:
        self.executor, self.mutate, self.registered = executor, mutate, registered
        self.introspection = introspection

    async def answer(
        self,
        access: Access,
        method: str,
        headers: Mapping[bytes, bytes],
        query_string: bytes,
        body: bytes,
        problems: Problems,
        **context: Any,
    ) -> Sent:
        """Answer one request. ``Refused``: nothing we speak is accepted (406), a mutation by GET (405)."""
        media = accepted(headers.get(b"accept", b"").decode("latin-1"))
        if media is None:
            raise Refused(406, "http.not_acceptable")
        try:
            asked = from_get(query_string) if method == "GET" else from_post(headers, body)
        except ShouwangError as error:  # no GraphQL at all: the status says so in either media type
            return encoded(Answer(None, ((None, error),)), media, problems, always_ok=False)
        try:
            answer = await self._run(access, asked, method, **context)
        except ShouwangError as error:
            answer = Answer(None, ((None, error),))
        return encoded(answer, media, problems, always_ok=media == JSON)

    async def _run(self, access: Access, asked: Asked, method: str, **context: Any) -> Answer:
        text = asked.query
        if text is None or access.documents_only:
            text = await self.registered.text(access, text, asked.digest)
        prepared = self.executor.prepare(text, asked.operation, asked.variables)
        if isinstance(prepared, Answer):
            return prepared
        document, operation, values = prepared
        if not self.introspection and document.introspects and not STAFF_ROLES & set(access.roles):
            raise Forbidden("graphql.introspection_closed")
        if operation.operation is OperationType.MUTATION:
            if method == "GET":
                raise Refused(405, "http.method_not_allowed", [(b"allow", b"POST")])
            if self.mutate is None:
                raise InvalidInput(code="graphql.operation_unknown", malformed=True)
            return await self.mutate(access, document, operation, values, **context)
        origin = context.get("origin") or ANONYMOUS
        return await self.executor.query(access, document, operation, values, origin, in_address=method == "GET")


def encoded(answer: Answer, media: str, problems: Problems, *, always_ok: bool) -> Sent:
    """Return an answer's bytes. ``always_ok``: 200 whatever happened, as ``application/json`` asks for."""
    parts = []
    if answer.errors:
        parts.append(b'"errors":' + orjson.dumps([shown(path, one, problems) for path, one in answer.errors]))
    if answer.data is not None:
        parts.append(b'"data":' + answer.data)
    status = 200
    if answer.data is None and not always_ok:
        status = next((_status(error, problems) for _, error in answer.errors), 400)
    return Sent(status, f"{media}; charset=utf-8", b"{" + b",".join(parts) + b"}", answer.replayed)


def _status(error: ShouwangError | GraphQLError, problems: Problems) -> int:
    return int(problems(error)["status"]) if isinstance(error, ShouwangError) else 400


def shown(path: str | None, error: ShouwangError | GraphQLError, problems: Problems) -> dict[str, Any]:
    """Return an error as GraphQL shows it, with our problem in ``extensions``."""
    if isinstance(error, GraphQLError):
        places = [{"line": one.line, "column": one.column} for one in error.locations or ()]
        refused = InvalidInput(*variable_fault(error.message), code="graphql.invalid", malformed=True)
        variable = _VARIABLE.match(error.message)
        message = f"{variable[0]}." if variable else without_values(error.message)
        shape: dict[str, Any] = {"message": message, "locations": places, "extensions": problems(refused)}
    else:
        problem = problems(error)
        shape = {"message": problem["detail"], "extensions": problem}
    if path is not None:
        shape["path"] = [path]
    return shape


def variable_fault(message: str) -> tuple[Fault, ...]:
    """Return where in the variables a value was refused, as REST would say it."""
    found = _VARIABLE.match(message)
    if found is None:
        return ()
    steps = found["path"].replace("[", ".").replace("]", "").split(".") if found["path"] else []
    return (Fault("/".join(["/variables", found["name"], *(step for step in steps if step)]), "field.invalid"),)


@lru_cache(maxsize=64)
def accepted(accept: str) -> str | None:
    """Choose the media type of the answer; none when nothing we speak is accepted.

    Whoever asks for no media type in particular gets the old one, which every client knows (the
    specification's audits 47DE, 80D8).
    """
    if not accept.strip():
        return JSON
    wanted = []
    for one in accept.split(","):
        name, *parameters = (part.strip().lower() for part in one.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        if not in_utf8(parameters):
            continue
        wanted.append((quality, name))
    for _, name in sorted(wanted, key=lambda pair: pair[0], reverse=True):
        if name in (RESPONSE, JSON):
            return name
        if name in ("*/*", "application/*"):
            return JSON
    return None


def from_get(query_string: bytes) -> Asked:
    """Read a request from the query string."""
    try:
        if BROKEN_ESCAPE.search(query_string):
            raise ValueError  # noqa: TRY301 - read on, it would mean itself
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except (UnicodeDecodeError, ValueError):
        raise malformed() from None
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in given:
            raise malformed()
        given[name] = value
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = read_json(given[name].encode("utf-8", "surrogatepass")) if given[name] else None
    return checked(given)


def from_post(headers: Mapping[bytes, bytes], body: bytes) -> Asked:
    """Read a request from a JSON body."""
    if not is_json(headers.get(b"content-type", b"")):
        raise InvalidInput(code="media_type.unsupported", malformed=True)
    given = read_json(body)
    if not isinstance(given, dict):
        raise malformed()
    return checked(given)


def checked(given: Mapping[str, Any]) -> Asked:
    """Check the members of a request; unknown ones are left alone, as the specification asks."""
    query, operation = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    digest = digest_in(extensions)
    if digest is not None and query is None:
        pass
    elif not isinstance(query, str) or not query.strip():
        raise malformed("/query")
    elif digest is not None and digest != digest_of(query):
        raise InvalidInput(Fault(DIGEST, "graphql.digest_differs"), code="graphql.request_malformed", malformed=True)
    if operation is not None and not isinstance(operation, str):
        raise malformed("/operationName")
    if variables is not None and not isinstance(variables, dict):
        raise malformed("/variables")
    return Asked(query, operation or None, variables or {}, digest)


def digest_in(extensions: object) -> str | None:
    """Return the digest by which a registered document is asked; other extensions are left alone."""
    if extensions is not None and not isinstance(extensions, dict):
        raise malformed("/extensions")
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(digest, str) or not SHA256.fullmatch(digest):
        raise InvalidInput(
            Fault(DIGEST, "client_document.sha256_malformed"), code="graphql.request_malformed", malformed=True
        )
    return digest


def malformed(pointer: str = "") -> InvalidInput:
    """Return the error of a request that is not GraphQL over HTTP."""
    return InvalidInput(Fault(pointer, "graphql.request_malformed"), code="graphql.request_malformed", malformed=True)
