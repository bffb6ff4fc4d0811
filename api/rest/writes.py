"""REST writes: body and headers become the command, the changed row is the answer."""

from typing import Any

import orjson
from fastapi import Request, Response

from api.door import enter, idempotency_of
from api.media import is_json
from api.problems import problem_bytes
from api.rest.bodies import from_elsewhere
from api.rest.parameters import given, unknown
from api.rest.reads import tagged
from api.rest.selections import selection
from api.services import Services
from domain.errors import Fault, InvalidInput, NotFound, PreconditionNeeded, ShouwangError
from domain.idempotency import Kept
from domain.reading import NOWHERE, row_key
from domain.selection import ById, Document, Query
from domain.strict_json import read_json
from domain.view import VIEWS, View
from domain.writes import NODE, Write

ACCEPTED = 202
MOST_DIGITS = 10


async def run_write(services: Services, write: Write, request: Request, key: str | None) -> Response:
    """Run one write and answer with what it changed."""
    caller = await enter(services, request.scope, "rest")
    try:
        caller.access.grant(write.permission)
        unknown(given(request.scope["query_string"]))  # a write has no parameters
        body = await request.body()
        what = f"{request.method} {request.url.path}".encode()
        idempotency = idempotency_of(services, caller, what, body)
        version = if_match(caller.headers.get(b"if-match")) if write.contested else None
        command = write.command.model_validate(command_of(write, body, caller.headers, key, version))

        async def answer(connection: Any, result: Any) -> Kept:
            return await _answer(services, caller.access, write, connection, result)

        kept = await services.writer.run(caller.access, write, command, caller.origin, answer, idempotency)
    except ShouwangError as error:  # answered here, so that the limits' headers go with it
        status, headers, content = problem_bytes(error, caller.request_id, caller.language)
        response = Response(content, status)
        response.raw_headers = [*headers, *caller.limits]
        return response
    response = Response(kept.body, kept.status, media_type="application/json")
    response.raw_headers += [*caller.limits, (b"cache-control", b"no-store")]
    if kept.status == ACCEPTED:  # long work: where it is followed
        response.headers["operation-location"] = f"/v1/operations/{orjson.loads(kept.body)['id']}"
    if kept.etag:
        response.raw_headers.append((b"etag", kept.etag.encode()))
    if kept.replayed:
        response.raw_headers.append((b"idempotency-replayed", b"true"))
    return response


def if_match(raw: bytes | None) -> int:
    """Return the version that ``If-Match: "<version>-<digest>"`` names."""
    if raw is None:
        raise PreconditionNeeded
    text = raw.decode("latin-1").strip().removeprefix("W/").strip('"').partition("-")[0]
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise InvalidInput(Fault("/If-Match", "version.malformed"), malformed=True)
    return int(text)


def command_of(
    write: Write, body: bytes, headers: dict[bytes, bytes], key: str | None, version: int | None
) -> dict[str, object]:
    """Return the object a command is validated from."""
    asked = json_object(body, headers)
    taken = from_elsewhere(write) & asked.keys()
    if taken:
        raise InvalidInput(*(Fault(f"/{name}", "field.unknown") for name in sorted(taken)))
    if write.subject:
        found = row_key(VIEWS["Person"], key or "")  # every record that is written has a UUID
        if found == NOWHERE:
            raise NotFound
        asked[write.subject] = found
    if version is not None:
        asked["version"] = version
    return asked


def json_object(body: bytes, headers: dict[bytes, bytes]) -> dict[str, object]:
    """Return the object in a body; an empty body is an empty one."""
    asked: object = {}
    if body:
        encoding = headers.get(b"content-encoding", b"identity").lower().replace(b"identity", b"")
        if encoding or not is_json(headers.get(b"content-type", b"")):
            raise InvalidInput(code="media_type.unsupported", malformed=True)
        asked = read_json(body)
    if not isinstance(asked, dict):
        raise InvalidInput(Fault("", "json.not_object"), malformed=True)
    return asked


def shown_by(write: Write, result: Any) -> View:
    """Return the view that shows what was written."""
    if write.answers != NODE:
        return VIEWS[write.answers]
    return next(view for view in VIEWS.values() if view.table == result.record)


async def _answer(services: Services, access: Any, write: Write, connection: Any, result: Any) -> Kept:
    """Read what was changed through the compiled path, inside the transaction."""
    view = shown_by(write, result)
    chosen = selection(view, "")
    if view.is_document:
        query = Query((("document", Document("result", chosen)),), bare=True)
        body, _ = await services.reads.read(
            access, ("result", view.name), lambda: query, {"result": result}, connection
        )
        return Kept(write.status, body or b"null")
    query = Query((("row", ById("id", (chosen,))),), bare=True)
    read = None
    if access.may(view.permission):
        one = ("one", view.name, "")
        read, _ = await services.reads.read(access, one, lambda: query, {"id": result.id}, connection)
    if read is None:  # she may write it and not see it: her answer is its id alone
        return Kept(write.status, b'{"id":"%s"}' % str(result.id).encode())
    return Kept(write.status, *tagged(read))
