"""Statistics beside the fast lane: the summary table, its spreadsheet, what is published for everybody."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.door import enter
from api.rest.documents import counted
from api.rest.models import model
from api.rest.parameters import given, unknown
from api.rest.reads import read_document
from api.rest.routes import PROBLEMS, REGION_SCHEMA, statistics_parameters
from api.services import Services
from auth.policy import ANYBODY
from domain.view import VIEWS

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON: Final = "application/json"
PERMISSION: Final = "statistics:summary"
REGION: Final = {
    "name": "region", "in": "query", "required": False, "schema": REGION_SCHEMA,
    "description": "The division; the caller's own by default.",
}  # fmt: skip


def router(services: Services) -> APIRouter:
    """Return the routes."""
    made = APIRouter(tags=["statistics"])
    table, counts = VIEWS["StatisticsSummary"], VIEWS["Statistics"]
    asked: dict[str, Any] = {"parameters": [REGION], "x-permission": PERMISSION}

    @made.get(
        "/v1/statistics/summary", operation_id="get_statistics_summary", response_model=None, description=table.doc,
        responses={200: {"model": model(table), "description": table.doc.partition("\n")[0]}, **PROBLEMS},
        openapi_extra=asked,
    )  # fmt: skip
    async def summary(request: Request) -> Response:
        caller = await enter(services, request.scope, "rest")
        content = await services.statistics.summary(caller.access, summary_asked(request.scope["query_string"]))
        found = await read_document(services.reads, caller.access, table, content)
        return Response(found.body, media_type=JSON, headers={"cache-control": "private, no-cache"})

    @made.get(
        "/v1/statistics/summary.xlsx", operation_id="download_statistics_summary", response_model=None,
        responses={200: {"description": "The table as XLSX.", "content": {XLSX: {}}}, **PROBLEMS},
        openapi_extra=asked,
    )  # fmt: skip
    async def workbook(request: Request) -> Response:
        """Download the summary table; one whose cross-checks do not hold says so at its head."""
        caller = await enter(services, request.scope, "rest")
        content = await services.statistics.workbook(caller.access, summary_asked(request.scope["query_string"]))
        headers = {"content-disposition": 'attachment; filename="summary.xlsx"', "cache-control": "no-store"}
        return Response(content, media_type=XLSX, headers=headers)

    @made.get(
        "/v1/public/statistics", operation_id="get_public_statistics", response_model=None, description=counts.doc,
        responses={200: {"model": model(counts), "description": counts.doc.partition("\n")[0]}, **PROBLEMS},
        openapi_extra={"parameters": statistics_parameters()},
    )  # fmt: skip
    async def public(request: Request) -> Response:
        address = request.client.host if request.client else ""
        limits = await services.limits.admit(f"public:{address}")
        found = await counted(services, ANYBODY, request.scope["query_string"])
        answer = Response(found.body, media_type=JSON, headers={"cache-control": "public, max-age=3600"})
        for name, value in limits:
            answer.headers[name.decode()] = value.decode()
        return answer

    return made


def summary_asked(query: bytes) -> dict[str, object]:
    """Return the region that a summary is asked of."""
    rest = given(query)
    asked: dict[str, object] = {"region": rest.pop("region")} if "region" in rest else {}
    unknown(rest)
    return asked


__all__ = ["router"]
