"""GraphQL types made from the views: one declaration, the same names in camelCase.

A field that masking can withhold is nullable; so is every relation, since its row may lie outside
the caller's scope. Enum values are the same text as in REST.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from domain.naming import camel
from domain.view import Field, Relation, View
from domain.views import views as all_views

_here = sys.modules[__name__]
SCALARS: dict[type, str] = {
    str: "str", int: "int", bool: "bool", UUID: "strawberry.ID", date: "date", datetime: "datetime",
}  # fmt: skip
PAGE_SIZE = 20
MOST_PER_PAGE = 100


@strawberry.interface(description="An object with a global id, the same UUID as in REST.")
class Node:
    """Relay's node."""

    id: strawberry.ID


@strawberry.type(description="Where a page stands in its list (Relay).")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def enum_type(kind: type[StrEnum]) -> str:
    """Register the GraphQL enum of a domain enum and return its name; its names are the values' text."""
    if not hasattr(_here, kind.__name__):
        values = Enum(kind.__name__, {member.value: member.value for member in kind})  # type: ignore[misc]
        setattr(_here, kind.__name__, strawberry.enum(values, description=(kind.__doc__ or "").partition("\n")[0]))
    return kind.__name__


def scalar_annotation(kind: type) -> str:
    """Return the annotation of a scalar, by name."""
    return enum_type(kind) if issubclass(kind, StrEnum) else SCALARS[kind]


def field_annotation(view: View, field: Field) -> str:
    """Return the annotation of a view's field."""
    is_id = field.name == view.key and field.type is not int  # an ID is a text in JSON; a row number is a number
    inner = "strawberry.ID" if is_id else scalar_annotation(field.type)
    if field.many:
        inner = f"list[{inner}]"
    return f"{inner} | None" if field.nullable or field.maskable else inner


def field(annotation: str, *arguments: StrawberryArgument, name: str, description: str = "") -> StrawberryField:
    """Return a field of a type that is made here; nothing resolves it, the planner compiles it."""
    made = StrawberryField(python_name=name, graphql_name=camel(name), description=description or None)
    made.arguments = list(arguments)
    made.metadata = MappingProxyType({"annotation": annotation})
    return made


def argument(name: str, annotation: str, default: object = strawberry.UNSET) -> StrawberryArgument:
    """Return an argument of such a field."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=camel(name),
        type_annotation=StrawberryAnnotation(annotation, namespace=vars(_here)),
        default=default,
    )


def list_arguments(view: View, *, root: bool) -> list[StrawberryArgument]:
    """Return the arguments of a list: a bound page, and filter and order where the view has them."""
    made = [argument("first", "int", PAGE_SIZE), argument("after", "str | None", None)]
    if view.filters:
        made.append(argument("filter", f"{view.name}Filter | None", None))
    if root:
        made.append(argument("order_by", "str | None", None))
    return made


def search_arguments() -> list[StrawberryArgument]:
    """Return the arguments of the search for people."""
    return [
        argument("q", "str | None", None),
        argument("birth_date", "date | None", None),
        argument("region", "str | None", None),
        argument("population", "Population | None", None),
        argument("first", "int", PAGE_SIZE),
        argument("after", "str | None", None),
    ]


def _make(name: str, members: dict[str, Any], decorate: Callable[[type], type], bases: tuple[type, ...] = ()) -> type:
    annotations = {
        key: value.metadata["annotation"] if isinstance(value, StrawberryField) else value
        for key, value in members.items()
    }
    namespace: dict[str, Any] = {"__annotations__": annotations, "__module__": __name__}
    namespace |= {key: value for key, value in members.items() if isinstance(value, StrawberryField)}
    made = decorate(type(name, bases, namespace))
    for one in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        if one.python_name in annotations:  # the decorator resolves at once; ours name types yet to be made
            one.type_annotation = StrawberryAnnotation(annotations[one.python_name], namespace=vars(_here))
    setattr(_here, name, made)
    return made


def _relation(view: View, relation: Relation, views: dict[str, View]) -> StrawberryField:
    target = views[relation.target]
    if relation.kind == "many":
        arguments = list_arguments(target, root=False)
        return field(f"{target.name}Connection | None", *arguments, name=relation.name)
    if relation.kind == "embedded_many":
        return field(f"list[{target.name}]", name=relation.name)
    del view
    return field(f"{target.name} | None", name=relation.name)


@cache
def make_types() -> dict[str, View]:
    """Make the types of all views; returns the views."""
    views = all_views()
    for view in views.values():
        members: dict[str, Any] = {name: field_annotation(view, one) for name, one in view.fields.items()}
        members |= {name: _relation(view, one, views) for name, one in view.relations.items()}
        if view.maskable:
            members["withheld"] = field("list[str]", name="withheld", description="Requested fields that are withheld.")
        if view.actions:
            actions = _make(f"{view.name}Access", dict.fromkeys(view.actions, "bool"), strawberry.type)
            members["access"] = field(actions.__name__, name="access", description="Actions open to the caller.")
        bases = (Node,) if is_node(view) else ()
        _make(view.name, members, strawberry.type(description=view.doc), bases)
        if not view.is_document:
            _make_list(view)
    return views


def is_node(view: View) -> bool:
    """Tell whether a view's rows have a global id."""
    return not view.is_document and view.key == "id" and view.fields["id"].type is UUID


def _make_list(view: View) -> None:
    if view.filters:
        members = {name: f"{scalar_annotation(one.type)} | None = None" for name, one in view.filters.items()}
        _make_filter(view, members)
    _make(f"{view.name}Edge", {"cursor": "str", "node": f"{view.name} | None"}, strawberry.type)
    connection = {
        "edges": f"list[{view.name}Edge]",
        "nodes": f"list[{view.name}]",
        "page_info": "PageInfo",
        "total_count": "int",
    }
    _make(f"{view.name}Connection", connection, strawberry.type)


def _make_filter(view: View, members: dict[str, str]) -> None:
    annotations = {name: annotation.removesuffix(" = None") for name, annotation in members.items()}
    namespace: dict[str, Any] = {
        "__annotations__": annotations,
        "__module__": __name__,
        **dict.fromkeys(members, strawberry.UNSET),
    }
    setattr(_here, f"{view.name}Filter", strawberry.input(type(f"{view.name}Filter", (), namespace)))
