"""The REST routes as FastAPI declares them, made from the views and the list of writes.

Reads are answered by the fast lane before they get here; they are declared so that OpenAPI is true
and so that nothing changes for whoever mounts the router alone.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from api.rest.bodies import body_schema
from api.rest.models import Model, model, page_model
from api.rest.parameters import DEFAULT_PAGE, MOST_PER_PAGE
from api.rest.reads import Read
from api.rest.writes import run_write
from api.services import Services
from domain.people.model import Population
from domain.policy.model import Audience, CaseCategory
from domain.statistics.dimensions import DIMENSIONS
from domain.statistics.questions import FILTERS, GROUPS
from domain.view import VIEWS, Filter, View
from domain.views import views
from domain.writes import NODE, Write

NESTED = {
    ("people", "history"): ("Person", "history"),
    ("operations", "rows"): ("Operation", "rows"),
    ("break_glass", "events"): ("BreakGlassOpening", "events"),
}
PROBLEM: dict[str, Any] = {
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "A problem (RFC 9457).", **PROBLEM},
    "5XX": {"description": "A problem.", **PROBLEM},
}


def reads() -> dict[tuple[str, ...], Read]:
    """Return every compiled read by its path shape."""
    found: dict[tuple[str, ...], Read] = {}
    for view in views().values():
        if view.plural:
            found["v1", view.plural] = Read("list", view)
            found["v1", view.plural, "{id}"] = Read("one", view)
    for (plural, name), (view_name, relation) in NESTED.items():
        found["v1", plural, "{id}", name] = Read("below", VIEWS[view_name], relation)
    return found


def read_routes(lane: "Lane") -> APIRouter:
    """Declare the reads; ``lane`` answers them."""
    router = APIRouter()
    for shape, read in reads().items():
        view = read.listed
        path = "/" + "/".join(shape)
        one = read.kind == "one"
        declare_read(
            router, lane, path, model(view) if one else page_model(view),
            name=f"get_{view.table}" if one else "list_" + "_".join(part for part in shape[1:] if part != "{id}"),
            tag=view.plural or read.view.plural,
            doc=view.doc,
            parameters=[
                *_path(path),
                *([FIELDS] if one else list_parameters(view)),
                *([OPENING] if read.permission == "people:read" else []),
            ],
            permission=read.permission,
        )  # fmt: skip
    declare_read(router, lane, "/v1/me", model(VIEWS["Me"]), "get_me", "me", VIEWS["Me"].doc, [], "")
    path = "/v1/people/{id}/determination"
    as_of = parameter("as_of", {"type": "string", "format": "date"}, "The day to determine for; today by default.")
    document = VIEWS["Determination"]
    declare_read(
        router,
        lane,
        path,
        model(document),
        "get_determination",
        "people",
        document.doc,
        [*_path(path), as_of, OPENING],
        "people:read",
    )
    counts = VIEWS["Statistics"]
    declare_read(
        router, lane, "/v1/statistics", model(counts), "get_statistics", "statistics", counts.doc,
        statistics_parameters(), counts.permission,
    )  # fmt: skip
    routing = VIEWS["Routing"]
    declare_read(
        router, lane, "/v1/responsibility", model(routing), "get_responsibility", "measures", routing.doc,
        responsibility_parameters(), routing.permission,
    )  # fmt: skip
    work = VIEWS["Desk"]
    declare_read(router, lane, "/v1/work", model(work), "get_work", "cases", work.doc, [], work.permission)
    proof = VIEWS["EventProof"]
    path = "/v1/events/{id}/proof"
    declare_read(
        router, lane, path, model(proof), "get_event_proof", "events", proof.doc, _path(path), proof.permission
    )
    return router


def statistics_parameters() -> list[dict[str, Any]]:
    """Return the parameters of a question about the figures."""
    names = ", ".join(GROUPS)
    month = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
    return [
        parameter("region", REGION_SCHEMA, "The division; the caller's own by default."),
        parameter("group_by", {"type": "string", "maxLength": 60}, f"One or two, comma-separated, of: {names}."),
        parameter("month_from", month, "First month of a series; needs `group_by=month`."),
        parameter("month_to", month, "Last month of a series; this one by default."),
        parameter("population", {"type": "string", "enum": [*Population]}, "Only this population."),
        parameter("left_behind", {"type": "boolean"}, "Only the left-behind of the population, or only the others."),
        *(parameter(one, {"type": "string", "enum": [*DIMENSIONS[one].categories]}, "Filter.") for one in FILTERS),
    ]


def responsibility_parameters() -> list[dict[str, Any]]:
    """Return the parameters of the question who is responsible."""
    category = parameter("category", {"type": "string", "enum": [*CaseCategory]}, "What the matter is about.")
    return [
        category | {"required": True},
        parameter("audience", {"type": "string", "enum": [*Audience]}, "Whom it is about; a woman by default."),
        parameter("region", REGION_SCHEMA, "Where; the caller's own region by default."),
        parameter("on", {"type": "string", "format": "date"}, "The day to answer for; today by default."),
    ]


class AnyRecord(Model):
    """A record of one of several views."""

    id: str


class Lane:
    """Hands a declared read to the fast lane's own handler, for whoever mounts the router without it."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the fast lane does."""
        await self.app(scope, receive, send)


def declare_read(  # noqa: PLR0913, PLR0917 - what OpenAPI says of one operation
    router: APIRouter,
    lane: Lane,
    path: str,
    answers: type[BaseModel],
    name: str,
    tag: str,
    doc: str,
    parameters: list[dict[str, Any]],
    permission: str,
) -> None:
    """Declare a read that the fast lane answers."""

    async def read(request: Request) -> Response:
        return _Handed(lane, request)

    router.add_api_route(
        path, read, methods=["GET"], name=name, operation_id=name, tags=[tag], response_model=None,
        description=doc, responses={200: {"model": answers, "description": doc.partition("\n")[0]}, **PROBLEMS},
        openapi_extra={"parameters": parameters, "x-permission": permission},
    )  # fmt: skip


class _Handed(Response):
    def __init__(self, lane: Lane, request: Request) -> None:
        super().__init__()
        self._lane, self._request = lane, request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._lane(scope, receive, send)


def write_routes(services: Services, writes: Iterable[Write]) -> APIRouter:
    """Declare the writes; ``PATCH`` also as ``POST …:update``, since ``wx.request`` has no PATCH."""
    router = APIRouter()
    for write in writes:
        _declare_write(router, services, write, write.path, write.method, write.name)
        if write.method == "PATCH":
            _declare_write(router, services, write, f"{write.path}:update", "POST", f"{write.name}_by_post")
    return router


def _declare_write(router: APIRouter, services: Services, write: Write, path: str, method: str, name: str) -> None:
    async def run(request: Request) -> Response:
        key = request.path_params.get("id")
        return await run_write(services, write, request, key)

    removed = write.path.endswith(":remove")  # what is gone is not shown: its id alone
    answers = AnyRecord if write.answers == NODE or removed else model(VIEWS[write.answers])
    headers = [header("Idempotency-Key", required=False)] if method == "POST" else []
    if write.contested:
        headers.append(header("If-Match", required=True))
    schema = body_schema(write)
    extra: dict[str, Any] = {"parameters": [*_path(path), *headers], "x-permission": write.permission}
    if schema is not None:
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    router.add_api_route(
        path, run, methods=[method], name=name, operation_id=name, tags=[write.path.split("/")[2].partition(":")[0]],
        response_model=None, status_code=write.status, description=write.doc,
        responses={write.status: {"model": answers, "description": write.doc.partition("\n")[0]}, **PROBLEMS},
        openapi_extra=extra,
    )  # fmt: skip


# ---- parameters in OpenAPI's words ------------------------------------------------------------------


REGION_SCHEMA = {"type": "string", "pattern": "^[1-9][0-9]([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$"}


def parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    """Return a query parameter in OpenAPI's words."""
    return {"name": name, "in": "query", "required": False, "schema": dict(schema), "description": description}


def header(name: str, *, required: bool) -> dict[str, Any]:
    """Return a header as OpenAPI declares it."""
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"}}


OPENING = header("Break-Glass", required=False) | {
    "description": "An opening of the caller's (`POST /v1/break_glass`): the request then reads that one file."
}
FIELDS = parameter(
    "fields", {"type": "string", "maxLength": 500}, "Fields to answer, comma-separated; `relation.field` reaches on."
)


def _path(path: str) -> list[dict[str, Any]]:
    if "{id}" not in path:
        return []
    return [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]


def list_parameters(view: View) -> list[dict[str, Any]]:
    """Return a list's query parameters."""
    size = {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": DEFAULT_PAGE}
    return [
        FIELDS,
        parameter("page_size", size, "Rows a page."),
        parameter("page_token", {"type": "string", "maxLength": 500}, "Token of the page, from the page before."),
        parameter(
            "order_by",
            {"type": "string", "enum": list(view.orders)},
            f"Order; {view.orders[0]} unless a prefix is searched.",
        ),
        parameter("count", {"type": "boolean", "default": False}, "Whether to count all rows."),
        *(parameter(one.name, _schema(one), "Filter.") for one in view.filters.values()),
    ]


def _schema(one: Filter) -> dict[str, Any]:
    if one.op == "within":
        return REGION_SCHEMA
    formats = {"date": "date", "datetime": "date-time", "UUID": "uuid"}
    if one.type.__name__ in formats:
        return {"type": "string", "format": formats[one.type.__name__]}
    if one.type is bool:
        return {"type": "boolean"}
    if one.type is int:
        return {"type": "integer", "format": "int32"}
    if one.type is str:
        return {"type": "string", "maxLength": 500}
    return {"type": "string", "enum": [member.value for member in cast("type[StrEnum]", one.type)]}
