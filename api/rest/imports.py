"""Census imports: the upload, the progress as a stream, the report, the blank forms. REST only."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import FormData, UploadFile

from api.door import Caller, enter, idempotency_of
from api.rest.models import model
from api.rest.parameters import day, given, unknown
from api.rest.reads import read_one, tagged
from api.rest.routes import PROBLEMS, header
from api.rest.selections import selection
from api.services import Services
from api.writing import IMPORT
from domain.errors import Fault, InvalidInput, NotFound
from domain.idempotency import Kept
from domain.imports.model import ImportMode, OperationStatus, RosterForm
from domain.imports.use_cases import StartImport
from domain.reading import NOWHERE, row_key
from domain.selection import ById, Query
from domain.view import VIEWS

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS: Final = ("form", "mode", "as_of")
ENDED: Final = {OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.CANCELLED}
LOOK_SECONDS: Final = 0.5
LONGEST_STREAM: Final = 3_600.0
UPLOAD: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "mode"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "XLSX, XLS, or CSV in UTF-8 or GB18030.",
                        },
                        "form": {"type": "string", "enum": [one.value for one in RosterForm], "default": "auto"},
                        "mode": {"type": "string", "enum": [one.value for one in ImportMode]},
                        "as_of": {"type": "string", "format": "date", "description": "The day the roster describes."},
                    },
                }
            }
        },
    }
}


def router(services: Services) -> APIRouter:
    """Return the routes of imports."""
    made = APIRouter()
    operation = model(VIEWS["Operation"])
    once = [header("Idempotency-Key", required=False)]
    path_id = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]

    @made.post(
        "/v1/imports", operation_id="start_import", tags=["imports"], status_code=202, response_model=None,
        responses={202: {"model": operation, "description": "Queued; see Operation-Location."}, **PROBLEMS},
        openapi_extra={**UPLOAD, "parameters": once, "x-permission": "imports:write"},
    )  # fmt: skip
    async def start_import(request: Request) -> Response:
        """Import a census roster. The answer is the operation; its progress and result are read there."""
        return await _start(services, request)

    @made.get(
        "/v1/operations/{id}/report", operation_id="get_operation_report", tags=["operations"], response_model=None,  # noqa: FAST003 - read from the scope, like every id
        responses={200: {"description": "XLSX with the faults marked.", "content": {XLSX: {}}}, **PROBLEMS},
        openapi_extra={"parameters": path_id, "x-permission": "imports:read"},
    )  # fmt: skip
    async def report(request: Request) -> Response:
        """Download the report of an ended import: the roster with its faults marked and explained."""
        caller = await enter(services, request.scope, "rest")
        key = await _seen(services, caller, request)
        content = await services.report(caller.access, key)
        name = f'attachment; filename="report-{key}.xlsx"'
        return Response(content, media_type=XLSX, headers={"content-disposition": name, "cache-control": "no-store"})

    @made.get(
        "/v1/operations/{id}/export.xlsx", operation_id="download_export", tags=["operations"], response_model=None,  # noqa: FAST003
        responses={200: {"description": "The roster as XLSX; kept for 24 hours.", "content": {XLSX: {}}}, **PROBLEMS},
        openapi_extra={"parameters": path_id, "x-permission": "exports:read"},
    )  # fmt: skip
    async def export(request: Request) -> Response:
        """Download a finished roster. Only by whoever asked for it, and each time an event."""
        caller = await enter(services, request.scope, "rest")
        caller.access.grant("exports:read")
        unknown(given(request.scope["query_string"]))
        key = row_key(VIEWS["Operation"], request.path_params["id"])
        content = await services.export(caller.access, key, caller.origin)
        name = f'attachment; filename="roster-{key}.xlsx"'
        return Response(content, media_type=XLSX, headers={"content-disposition": name, "cache-control": "no-store"})

    @made.get(
        "/v1/operations/{id}/progress", operation_id="stream_operation", tags=["operations"], response_model=None,  # noqa: FAST003
        responses={200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}}, **PROBLEMS},
        openapi_extra={"parameters": path_id, "x-permission": "imports:read"},
    )  # fmt: skip
    async def progress(request: Request) -> Response:
        """Follow an operation as server-sent events until it has ended."""
        caller = await enter(services, request.scope, "rest")
        key = await _seen(services, caller, request)
        stream = _progress(services, caller, str(key))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})

    @made.get(
        "/v1/forms/{id}/template.xlsx", operation_id="get_form_template", tags=["imports"], response_model=None,  # noqa: FAST003
        responses={200: {"description": "A blank form as XLSX.", "content": {XLSX: {}}}, **PROBLEMS},
        openapi_extra={"parameters": path_id, "x-permission": "codes:read"},
    )  # fmt: skip
    async def template(request: Request) -> Response:
        """Download the blank of a census form: child, woman or elder."""
        caller = await enter(services, request.scope, "rest")
        caller.access.grant("codes:read")
        unknown(given(request.scope["query_string"]))
        name = request.path_params["id"]
        if name not in {RosterForm.CHILD, RosterForm.WOMAN, RosterForm.ELDER}:
            raise NotFound
        content = await services.template(RosterForm(name))
        return Response(
            content, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}.xlsx"'}
        )

    return made


async def _start(services: Services, request: Request) -> Response:
    caller = await enter(services, request.scope, "rest")
    caller.access.grant("imports:write")
    asked, digest = await _asked(request)
    what = orjson.dumps([asked.form, asked.mode, asked.as_of])
    idempotency = idempotency_of(services, caller, b"POST /v1/imports", what + digest)

    async def answer(connection: Any, result: Any) -> Kept:
        query = Query((("row", ById("id", (selection(VIEWS["Operation"], ""),))),), bare=True)
        read, _ = await services.reads.read(
            caller.access, ("one", "Operation", ""), lambda: query, {"id": result.id}, connection
        )
        return Kept(202, tagged(read or b"")[0], str(result.id))

    kept = await services.writer.run(caller.access, IMPORT, asked, caller.origin, answer, idempotency)
    response = Response(kept.body, 202, media_type="application/json")
    response.headers["operation-location"] = f"/v1/operations/{kept.etag}"
    if kept.replayed:
        response.headers["idempotency-replayed"] = "true"
    response.raw_headers += caller.limits
    return response


async def _asked(request: Request) -> tuple[StartImport, bytes]:
    """Read the form; every part is known and given once."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise InvalidInput(code="media_type.not_a_form", malformed=True)
    async with request.form(max_files=1, max_fields=len(FIELDS)) as form:
        parts = _parts(form)
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput(Fault("/file", "field.required"))
        content = await file.read()
    asked = StartImport(
        form=RosterForm(_one_of(parts, "form", RosterForm, RosterForm.AUTO)),
        mode=ImportMode(_one_of(parts, "mode", ImportMode, None)),
        as_of=_as_of(parts),
        content=content,
    )
    return asked, hashlib.sha256(content).digest()


def _parts(form: FormData) -> dict[str, str]:
    parts: dict[str, str] = {}
    for name, value in form.multi_items():
        if name == "file":
            continue
        if name not in FIELDS:
            raise InvalidInput(Fault("/form", "field.unknown"), malformed=True)
        if name in parts or not isinstance(value, str):
            raise InvalidInput(Fault(f"/{name}", "parameter.repeated"), malformed=True)
        parts[name] = value
    return parts


def _one_of(parts: dict[str, str], name: str, kind: type[RosterForm | ImportMode], default: str | None) -> str:
    value = parts.get(name, default)
    if value is None:
        raise InvalidInput(Fault(f"/{name}", "field.required"))
    if value not in {one.value for one in kind}:
        raise InvalidInput(Fault(f"/{name}", "value.unknown", {"known": ", ".join(one.value for one in kind)}))
    return value


def _as_of(parts: dict[str, str]) -> date | None:
    return day(parts["as_of"], "/as_of") if parts.get("as_of") else None


async def _seen(services: Services, caller: Caller, request: Request) -> Any:
    """Return the key of an operation the caller's agency started; ``NotFound`` for any other."""
    caller.access.grant("imports:read")
    unknown(given(request.scope["query_string"]))
    key = row_key(VIEWS["Operation"], request.path_params["id"])
    if key == NOWHERE:
        raise NotFound
    await read_one(services.reads, caller.access, VIEWS["Operation"], str(key), b"fields=id")
    return key


async def _progress(services: Services, caller: Caller, key: str) -> AsyncIterator[bytes]:
    """Yield the operation whenever it has changed; the last one has ended."""
    last = b""
    for _ in range(int(LONGEST_STREAM / LOOK_SECONDS)):
        found = await read_one(
            services.reads, caller.access, VIEWS["Operation"], key, b"fields=id,status,progress,result,problem"
        )
        if found.body != last:
            last = found.body
            yield b"event: operation\ndata: " + last + b"\n\n"
        if orjson.loads(last)["status"] in ENDED:
            return
        await asyncio.sleep(LOOK_SECONDS)
