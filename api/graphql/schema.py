"""The GraphQL schema: roots from the views, mutations from the writes.

Nothing here resolves a field. Reads are compiled (``api.graphql.planner``); a mutation runs the
same use case as its REST twin and its payload is read through the same compiled path.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from api.graphql import types
from api.graphql.types import argument, field, is_node, list_arguments, search_arguments
from domain.naming import camel, snake
from domain.reading import read_day, read_time
from domain.statistics.questions import AskStatistics
from domain.view import View

_ASKED = {"group_by": "list[str] | None", "left_behind": "bool | None"}
DOCUMENTS = {
    "me": ("Me", ()),
    "statistics": ("Statistics", tuple((name, _ASKED.get(name, "str | None")) for name in AskStatistics.model_fields)),
    "statisticsSummary": ("StatisticsSummary", (("region", "str | None"),)),
    "responsibility": (
        "Routing",
        (("category", "str"), ("audience", "str | None"), ("region", "str | None"), ("on", "date | None")),
    ),
    "determination": ("Determination", (("person_id", "strawberry.ID"), ("as_of", "date | None"))),
    "work": ("Desk", ()),
    "eventProof": ("EventProof", (("id", "strawberry.ID"),)),
}
"""Roots whose rows a use case makes: GraphQL name → (view, arguments)."""


SEARCH = "searchPeople"
SEARCH_DOC = (
    "Find people by any words that fit them: name, pinyin, initials, identity number, telephone number or its last "
    "four digits, birth date, place."
)


def _text(read: Callable[[str], Any]) -> Callable[[object], Any]:
    def parse(value: object) -> Any:
        if not isinstance(value, str):
            raise TypeError
        return read(value)

    return parse


STRICT: dict[object, Any] = {
    date: strawberry.scalar(name="Date", description="YYYY-MM-DD", serialize=str, parse_value=_text(read_day)),
    datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339",
        serialize=str,
        parse_value=_text(read_time),
    ),
}
"""Days and times in the one form that REST takes, too."""


def single_name(view: View) -> str:
    """Return the root field for one row, e.g. ``person``."""
    return snake(view.name)


@cache
def root_fields() -> dict[str, tuple[str, View]]:
    """Return every root read by its GraphQL name: (``one`` | ``list`` | ``document`` | ``search``, view)."""
    views = types.make_types()
    roots: dict[str, tuple[str, View]] = {}
    for view in views.values():
        if view.plural:
            roots[camel(single_name(view))] = ("one", view)
            roots[camel(view.plural)] = ("list", view)
    roots |= {name: ("document", views[target]) for name, (target, _) in DOCUMENTS.items()}
    return roots | {SEARCH: ("search", views["Person"])}


def _query() -> type:
    members: dict[str, object] = {}
    for name, (kind, view) in root_fields().items():
        if kind == "one":
            key = argument(view.key, "strawberry.ID")
            members[snake(name)] = field(f"{view.name} | None", key, name=snake(name), description=view.doc)
        elif kind == "list":
            made = field(f"{view.name}Connection | None", *list_arguments(view, root=True), name=snake(name))
            members[snake(name)] = made
        elif kind == "search":
            arguments = search_arguments()
            made = field(f"{view.name}Connection | None", *arguments, name=snake(name), description=SEARCH_DOC)
            members[snake(name)] = made
        else:
            arguments = [
                argument(one, annotation, None if annotation.endswith("None") else strawberry.UNSET)
                for one, annotation in DOCUMENTS[name][1]
            ]
            members[snake(name)] = field(f"{view.name} | None", *arguments, name=snake(name), description=view.doc)
    members["node"] = field("Node | None", argument("id", "strawberry.ID"), name="node")
    return types._make("Query", members, strawberry.type)


def node_views() -> tuple[View, ...]:
    """Return the views that ``node(id)`` may find: all that have a global id, as Relay asks."""
    return tuple(view for view in types.make_types().values() if is_node(view))


def build(mutation: type | None) -> GraphQLSchema:
    """Build the schema; ``mutation`` is made by ``api.graphql.mutations``."""
    query = _query()
    every = [getattr(types, view.name) for view in types.make_types().values()]
    schema = strawberry.Schema(
        query, mutation, types=every, config=StrawberryConfig(auto_camel_case=True, scalar_map=STRICT)
    )
    return schema._schema  # noqa: SLF001 - the planner works on graphql-core's form of it
