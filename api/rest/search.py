"""``/v1/people:search``: by address for names and days, by body for identity and telephone numbers too.

An address is kept in histories, logs and proxies; so a number that belongs to one person is refused
there and taken in a body only.
"""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.door import Caller, enter
from api.problems import problem_bytes
from api.rest.models import page_model
from api.rest.parameters import DEFAULT_PAGE, boolean, given, integer, unknown
from api.rest.reads import Found
from api.rest.routes import FIELDS, PROBLEMS, Lane, declare_read, parameter
from api.rest.selections import selection
from api.rest.writes import json_object
from api.searching import ORDER, ready
from api.services import Services
from domain.errors import InvalidInput, ShouwangError
from domain.people.search import LONGEST_QUESTION, MOST_PER_PAGE, SearchPeople
from domain.selection import Page, PagePart, Query
from domain.view import VIEWS

PATH: Final = "/v1/people:search"
PERMISSION: Final = "people:read"
DOC: Final = (
    "Find people by name, pinyin, initials, last four digits of a telephone number, birth date and place, in any "
    "combination; each word must match. Ranked, within the caller's scope."
)
PARAMETERS: Final = [
    parameter("q", {"type": "string", "maxLength": LONGEST_QUESTION}, "What is looked for, e.g. `张 桃花山 2015`."),
    parameter("birth_date", {"type": "string", "format": "date"}, "Day of birth."),
    parameter("region", {"type": "string"}, "A division and all below it."),
    parameter("population", {"type": "string", "enum": ["woman", "child", "elder"]}, "A profile in force."),
    parameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": DEFAULT_PAGE},
        "Rows a page.",
    ),
    parameter("page_token", {"type": "string", "maxLength": 200}, "Token of the page, from the page before."),
    parameter("count", {"type": "boolean", "default": False}, "Whether to count all rows."),
    FIELDS,
]


async def search_by_address(services: Services, caller: Caller, query: bytes) -> Found:
    """Answer a search whose words stand in the address."""
    caller.access.grant(PERMISSION)
    rest: dict[str, Any] = dict(given(query))
    unknown({name: one for name, one in rest.items() if name not in SearchPeople.model_fields})
    if "page_size" in rest:
        rest["page_size"] = integer(rest["page_size"], "/page_size", 1, MOST_PER_PAGE)
    if "count" in rest:
        rest["count"] = boolean(rest["count"], "/count")
    return await _search(services, caller, SearchPeople.model_validate(rest), in_address=True)


async def _search(services: Services, caller: Caller, asked: SearchPeople, *, in_address: bool) -> Found:
    caller.access.grant(PERMISSION)
    view = VIEWS["Person"]
    chosen = selection(view, asked.fields)
    made = await ready(services.search, caller.access, asked, caller.origin, in_address=in_address)

    def query() -> Query:
        parts: list[tuple[str, PagePart]] = [("items", chosen), ("next_page_token", "next")]
        if asked.count:
            parts.append(("total", "total"))
        after = "after" if made.after else None
        page = Page(view, "", made.filters, ORDER, made.size, after, tuple(parts), made.search)
        return Query((("page", page),), bare=True)

    signature = ("search", made.search, made.filters, made.size, made.after, asked.fields, asked.count)
    body, _ = await services.reads.read(caller.access, signature, query, made.values)
    if body is None:
        raise InvalidInput(code="page_token.stale", malformed=True)
    return Found(body)


def router(services: Services, lane: Lane) -> APIRouter:
    """Return both routes: by address, which the fast lane answers, and by body."""
    made = APIRouter()
    answers = page_model(VIEWS["Person"])
    declare_read(made, lane, PATH, answers, "search_people_by_address", "people", DOC, PARAMETERS, PERMISSION)
    schema = SearchPeople.model_json_schema(ref_template="#/components/schemas/{model}")
    body = {"required": True, "content": {"application/json": {"schema": schema}}}

    @made.post(
        PATH, operation_id="search_people", tags=["people"], response_model=None, description=DOC,
        responses={200: {"model": answers, "description": "A page of people."}, **PROBLEMS},
        openapi_extra={"requestBody": body, "x-permission": PERMISSION},
    )  # fmt: skip
    async def search_people(request: Request) -> Response:
        caller = await enter(services, request.scope, "rest")
        try:
            caller.access.grant(PERMISSION)
            asked = SearchPeople.model_validate(json_object(await request.body(), caller.headers))
            found = await _search(services, caller, asked, in_address=False)
        except ShouwangError as error:  # answered here, so that the limits' headers go with it
            status, headers, content = problem_bytes(error, caller.request_id, caller.language)
            refused = Response(content, status)
            refused.raw_headers = [*headers, *caller.limits]
            return refused
        answer = Response(found.body, media_type="application/json")
        answer.raw_headers += [*caller.limits, (b"cache-control", b"no-store")]
        return answer

    return made


__all__ = ["router", "search_by_address"]
