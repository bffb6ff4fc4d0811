"""Files of cases: the upload and the download. REST only; their rows are read like any other."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile

from api.door import Caller, enter, idempotency_of
from api.problems import Refused
from api.rest.models import model
from api.rest.parameters import boolean, given, unknown
from api.rest.reads import read_one, tagged
from api.rest.routes import PROBLEMS, header
from api.rest.selections import selection
from api.services import Services
from api.writing import ATTACH
from domain.cases.commands import AttachFile
from domain.cases.media import ENDINGS
from domain.cases.use_cases.attachments import Attached, checked
from domain.errors import Fault, InvalidInput
from domain.idempotency import Kept
from domain.reading import row_key
from domain.selection import ById, Query
from domain.view import VIEWS

LARGEST: Final = 20_000_000  # bytes; the form around the file comes on top
FIELDS: Final = ("confidential",)
UPLOAD: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "At most 20 MB: "
                            + ", ".join(one for kind in ENDINGS.values() for one in kind),
                        },
                        "confidential": {
                            "type": "boolean",
                            "description": "For who works the case alone; of a case of violence the default.",
                        },
                    },
                }
            }
        },
    }
}
BYTES: Final = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ENDINGS}


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a form held."""

    name: str
    said: str
    content: bytes
    confidential: bool | None


def router(services: Services) -> APIRouter:
    """Return the routes of attachments."""
    made = APIRouter()
    path_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}

    @made.post(
        "/v1/cases/{id}/attachments", operation_id="attach_file", tags=["cases"], status_code=201, response_model=None,  # noqa: FAST003 - read from the scope, like every id
        responses={201: {"model": model(VIEWS["CaseAttachment"]), "description": "The file's record."}, **PROBLEMS},
        description=ATTACH.doc,
        openapi_extra={
            **UPLOAD, "parameters": [path_id, header("Idempotency-Key", required=False)],
            "x-permission": ATTACH.permission,
        },
    )  # fmt: skip
    async def attach(request: Request) -> Response:
        return await _attach(services, request)

    @made.get(
        "/v1/case_attachments/{id}/content", operation_id="download_attachment", tags=["case_attachments"],  # noqa: FAST003
        response_model=None, responses={200: {"description": "The bytes.", "content": BYTES}, **PROBLEMS},
        openapi_extra={"parameters": [path_id], "x-permission": "case_work:read"},
    )  # fmt: skip
    async def download(request: Request) -> Response:
        """Download a file of a case; each time an event. A confidential one only by who works the case."""
        caller = await enter(services, request.scope, "rest")
        key = await _seen(services, caller, request, "CaseAttachment")
        response = _handed(await services.attachment(caller.access, key, caller.origin))
        response.raw_headers += caller.limits
        return response

    return made


def _handed(file: Attached) -> Response:
    """Return a file as something to be saved, never shown: no browser runs what is in it, no cache keeps it."""
    ending = ENDINGS[file.media_type][0]
    name = f"attachment; filename=\"attachment.{ending}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {"content-type": file.media_type, "content-disposition": name, "cache-control": "private, no-store"}
    return Response(file.content, headers=headers)


async def _seen(services: Services, caller: Caller, request: Request, view: str) -> UUID:
    """Return the key of a row the caller sees; ``NotFound`` for any other."""
    unknown(given(request.scope["query_string"]))
    key = row_key(VIEWS[view], request.path_params["id"])
    await read_one(services.reads, caller.access, VIEWS[view], str(key), b"fields=id")
    return UUID(str(key))


async def _attach(services: Services, request: Request) -> Response:
    caller = await enter(services, request.scope, "rest")
    caller.access.grant(ATTACH.permission)
    case_id = await _seen(services, caller, request, "Case")
    sent = await _sent(request)
    command = AttachFile(
        case_id=case_id, name=sent.name, said=sent.said, confidential=sent.confidential, content=sent.content
    )
    checked(command)
    command = command.model_copy(update={"scanned": await services.scan(sent.content)})
    what = orjson.dumps([sent.name, sent.said, sent.confidential]) + hashlib.sha256(sent.content).digest()
    idempotency = idempotency_of(services, caller, f"POST {request.url.path}".encode(), what)

    async def answer(connection: Any, result: Any) -> Kept:
        query = Query((("row", ById("id", (selection(VIEWS["CaseAttachment"], ""),))),), bare=True)
        read, _ = await services.reads.read(
            caller.access, ("one", "CaseAttachment", ""), lambda: query, {"id": result.id}, connection
        )
        return Kept(ATTACH.status, *tagged(read or b""))

    kept = await services.writer.run(caller.access, ATTACH, command, caller.origin, answer, idempotency)
    response = Response(kept.body, kept.status, media_type="application/json")
    response.raw_headers += [*caller.limits, (b"cache-control", b"no-store"), (b"etag", kept.etag.encode())]
    if kept.replayed:
        response.raw_headers.append((b"idempotency-replayed", b"true"))
    return response


async def _sent(request: Request) -> _Sent:
    """Read the form; every part is known and given once."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise InvalidInput(code="media_type.not_a_file_form", malformed=True)
    async with request.form(max_files=1, max_fields=len(FIELDS)) as form:
        file, confidential = form.get("file"), _confidential(form)
        if not isinstance(file, UploadFile):
            raise InvalidInput(Fault("/file", "field.required"))
        if file.size is not None and file.size > LARGEST:
            raise Refused(413, "http.body_too_large", limit=LARGEST)
        content = await file.read()
    # Browsers of old sent the whole path.
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return _Sent(name, file.content_type or "", content, confidential)


def _confidential(form: FormData) -> bool | None:
    found: bool | None = None
    for name, value in form.multi_items():
        if name == "file":
            continue
        if name not in FIELDS:
            raise InvalidInput(Fault("/form", "field.unknown"), malformed=True)
        if found is not None or not isinstance(value, str):
            raise InvalidInput(Fault(f"/{name}", "parameter.repeated"), malformed=True)
        found = boolean(value, f"/{name}")
    return found
