"""What a caller asks to read: one tree for both transports.

REST makes it from ``fields=`` and named parameters, GraphQL from a parsed document. Structure
stands in the tree (which fields, which filters, which page size), values do not: an argument is a
*key* into the mapping that comes with each request, so that one compiled plan serves all of them.
"""

from dataclasses import dataclass
from typing import Literal

from domain.people.search import Search
from domain.view import View

Key = str  # names an argument's value at the time of the request


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar field of the view."""

    field: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A text known beforehand: GraphQL's ``__typename``."""

    text: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """The list of requested fields that the caller's clearance withholds, by their public names."""

    requested: tuple[tuple[str, str], ...]  # (field or relation, public name)


@dataclass(frozen=True, slots=True)
class Actions:
    """The ``access`` object: which actions are open to the caller."""

    items: tuple[tuple[str, "Constant | Action"], ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the view's ``actions``."""

    name: str


@dataclass(frozen=True, slots=True)
class One:
    """A relation to at most one row, or an embedded document (or list of them)."""

    relation: str
    target: "Object"


@dataclass(frozen=True, slots=True)
class Object:
    """A selection on one view, in the order of the answer."""

    view: View
    items: tuple[tuple[str, "Item"], ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """A connection's edges: ``cursor``, ``node``."""

    items: tuple[tuple[str, "Object | Constant | Literal['cursor']"], ...]


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A connection's page info, by the field names of Relay."""

    items: tuple[tuple[str, "Constant | str"], ...]


PagePart = Object | Edges | PageInfo | Constant | Literal["total", "next"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a view's rows: the root list, or a ``many`` relation.

    ``parts`` are the members of the answer: the rows themselves (an ``Object``), edges, page info,
    the total, the token of the next page.
    """

    view: View
    relation: str  # empty at the root
    filters: tuple[tuple[str, Key, int], ...]  # (filter, argument, digits of a division or truth of a flag)
    order: str
    size: int
    after: Key | None
    parts: tuple[tuple[str, PagePart], ...]
    search: Search | None = None  # found by words, in the order of how well they were met


Item = Scalar | Constant | Withheld | Actions | One | Page


@dataclass(frozen=True, slots=True)
class ById:
    """One row by its key; several views where the id alone does not say which (GraphQL ``node``)."""

    key: Key
    targets: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class Below:
    """REST's collection below one row (``/people/{id}/history``); nothing when the row is unseen."""

    key: Key
    view: View
    page: Page


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document that a use case made; the argument is its bytes."""

    key: Key
    target: Object


@dataclass(frozen=True, slots=True)
class Raw:
    """JSON that is ready: what introspection answered. The argument is its value."""

    key: Key


@dataclass(frozen=True, slots=True)
class Nothing:
    """A root that is null because of an error said elsewhere."""


Root = ById | Below | Page | Document | Constant | Raw | Nothing


@dataclass(frozen=True, slots=True)
class Query:
    """All that one statement answers."""

    roots: tuple[tuple[str, Root], ...]
    bare: bool = False  # REST: the one root's JSON without a name around it, its version before it
