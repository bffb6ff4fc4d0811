"""How a read model is declared: once, and everything that shows it follows.

A *view* names its source table, its typed fields with their sensitivity class, its relations, the
filters and orders that callers may use, and whose eyes reach it. From it come the REST schema, the
GraphQL type, the SQL, the masking, the documents and the clients::

    @view("guardianship", plural="guardianships", permission="people:read", scope=Subject("ward_id"))
    class Guardianship:
        id: UUID
        kind: GuardianshipKind
        capability: Annotated[Capability | None, HEALTH]
        ward: Person = one("ward_id")
        __filters__ = (eq("kind"), between("valid_from"))
        __orders__ = ("-id",)

A *document* is a view without a table: its rows are JSON that a use case made (who am I, the
explanation of a determination) or a ``jsonb`` column (the result of an operation).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from domain.access import FieldClass
from domain.scopes import Everybody, Scope

Scalar = type[str] | type[int] | type[bool] | type[UUID] | type[date] | type[datetime] | type[StrEnum]
SCALARS = (str, int, bool, UUID, date, datetime)


# ---- fields ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A field's class. ``masked`` names the stored masked column, ``mask`` a mask made on reading.

    ``only_masked``: no view ever shows the full form; it leaves by ``reveal`` alone. ``remit``: the field
    counts people, and is for those whose remit covers everybody it counts.
    """

    field_class: FieldClass
    masked: str | None = None
    mask: Literal["name"] | None = None
    only_masked: bool = False
    remit: int = 0  # bits of ``Remit``


PERSONAL = Sensitive(FieldClass.PERSONAL)
NAME = Sensitive(FieldClass.PERSONAL, mask="name")
HEALTH = Sensitive(FieldClass.HEALTH)
HARDSHIP = Sensitive(FieldClass.HARDSHIP)


def secret(field_class: FieldClass, column: str) -> Sensitive:
    """Return the class of an encrypted field whose masked form is stored in ``column``."""
    return Sensitive(field_class, masked=column, only_masked=True)


def count_of(remit: int) -> Sensitive:
    """Return the class of a count of people whom a remit covers; ``Remit.ANYONE`` is a count of everybody."""
    return Sensitive(FieldClass.OPEN, remit=int(remit))


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field comes from when it is not the column of its own name.

    ``division`` turns the stored 12-digit number into the published code; ``computed`` names an
    expression of ``persistence.reading.expressions``.
    """

    name: str = ""
    division: bool = False
    computed: bool = False


def column(name: str) -> Any:
    """Read the field from another column."""
    return Column(name)


def division(name: str) -> Any:
    """Read a division code, published with 2 to 12 digits, from a 12-digit number."""
    return Column(name, division=True)


def computed(name: str) -> Any:
    """Read the field from a named expression over the row."""
    return Column(name, computed=True)


@dataclass(frozen=True, slots=True)
class Field:
    """A scalar field, or a list of scalars."""

    name: str
    type: Scalar
    nullable: bool
    many: bool
    sensitive: Sensitive
    source: Column

    @property
    def maskable(self) -> bool:
        """Whether some caller may get null here for want of clearance."""
        return self.sensitive.field_class is not FieldClass.OPEN or self.sensitive.remit != 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A way to another view: ``one`` by our column, ``many`` by theirs, ``embedded`` in our JSON."""

    kind: Literal["one", "many", "embedded", "embedded_many"]
    key: str  # one: our column; many: their column; embedded: our jsonb column or named expression
    to_key: str = "id"  # one: their column
    order: str = ""  # many: default order
    where: str = ""  # a named condition of persistence.reading.expressions
    name: str = ""
    target: str = ""


def one(key: str, *, to: str = "id", where: str = "") -> Any:
    """Relate to the one row of the annotated view whose ``to`` equals our ``key``."""
    return Relation("one", key, to_key=to, where=where)


def many(key: str, *, on: str = "id", order: str = "-id") -> Any:
    """Relate to the rows of the annotated view whose ``key`` equals our ``on``."""
    return Relation("many", key, to_key=on, order=order)


def embedded(key: str) -> Any:
    """Relate to a document inside our row (a list of them where the annotation is a list)."""
    return Relation("embedded", key)


# ---- filters and orders ----------------------------------------------------------------------------

FilterOp = Literal["eq", "from", "to", "within", "has", "population", "prefix", "current", "condition"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One named parameter of a list. It is refused when its field is above the caller's clearance."""

    name: str
    field: str  # the view's field whose class decides
    column: str
    op: FilterOp
    type: Scalar


FilterMaker = Callable[[dict[str, Field]], tuple[Filter, ...]]


def eq(*names: str) -> FilterMaker:
    """Filter by equality, one parameter a field."""
    return lambda fields: tuple(Filter(name, name, fields[name].source.name, "eq", fields[name].type) for name in names)


def between(*names: str) -> FilterMaker:
    """Filter by ``<name>_from`` (inclusive) and ``<name>_to`` (inclusive)."""
    return lambda fields: tuple(
        Filter(f"{name}_{end}", name, fields[name].source.name, "from" if end == "from" else "to", fields[name].type)
        for name in names
        for end in ("from", "to")
    )


def has(name: str) -> FilterMaker:
    """Filter a list field by one of its values."""
    return lambda fields: (Filter(name, name, fields[name].source.name, "has", fields[name].type),)


def prefix(*names: str) -> FilterMaker:
    """Filter by how a text begins (``<name>_prefix``), by code point."""
    return lambda fields: tuple(
        Filter(f"{name}_prefix", name, fields[name].source.name, "prefix", fields[name].type) for name in names
    )


def within(name: str, column: str) -> FilterMaker:
    """Filter by a division and all below it, ``name=421081``."""
    return lambda _: (Filter(name, "id", column, "within", str),)


def population(name: str, kind: type[StrEnum]) -> FilterMaker:
    """Filter people by a profile in force."""
    return lambda _: (Filter(name, "id", "remit", "population", kind),)


def current(name: str, column: str) -> FilterMaker:
    """Filter by whether a dated row is still open, ``current=true``; the class is that of the field it asks."""

    def make(fields: dict[str, Field]) -> tuple[Filter, ...]:
        asked = next((one.name for one in fields.values() if one.source.name == column), "id")
        return (Filter(name, asked, column, "current", bool),)

    return make


def condition(name: str) -> FilterMaker:
    """Filter by whether a computed yes-or-no field holds, ``late=true``."""
    return lambda fields: (Filter(name, name, fields[name].source.name, "condition", bool),)


# ---- the view --------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class View:
    """A declared read model. Compared and hashed by identity: there is one of each."""

    name: str
    table: str  # empty: a document
    plural: str  # the REST collection, e.g. "people"; empty: not listed at the root
    permission: str  # what a caller needs to reach it
    scope: Scope
    key: str  # the column that identifies a row and ends every order
    versioned: bool  # it has a version column: single reads carry an ETag of it
    doc: str
    declared: type
    actions: dict[str, str] = field(default_factory=dict)  # access object: action -> permission
    stages: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)  # action -> column, its open values
    actor: str = ""  # the column of the one agency whose actions these are
    fields: dict[str, Field] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    filters: dict[str, Filter] = field(default_factory=dict)
    orders: tuple[str, ...] = ()
    embeds: tuple[str, ...] = ()  # relations that REST answers without being asked
    order_columns: dict[str, str] = field(default_factory=dict)  # where an order's column is not the field's

    @property
    def is_document(self) -> bool:
        """Whether rows come as JSON from a use case or a column instead of a table."""
        return not self.table

    @property
    def maskable(self) -> bool:
        """Whether answers carry ``withheld``."""
        return any(one.maskable for one in self.fields.values())


VIEWS: dict[str, View] = {}


def view(  # noqa: PLR0913 - what a declaration may say, by name
    table: str = "",
    *,
    plural: str = "",
    permission: str,
    scope: Scope,
    key: str = "id",
    versioned: bool = True,
    actions: dict[str, str] | None = None,
    stages: Mapping[str, tuple[str, Sequence[str]]] | None = None,
    actor: str = "",
) -> Callable[[type], type]:
    """Declare a read model; the decorated class's annotations are its fields and relations.

    ``actions`` are open to who has their permission (and is of the agency in the column ``actor``); one named in
    ``stages`` only while a column has one of the values.
    """

    def declare(declared: type) -> type:
        VIEWS[declared.__name__] = View(
            declared.__name__, table, plural, permission, scope, key, versioned and bool(table),
            (declared.__doc__ or "").strip(), declared, actions or {}, stages or {}, actor,
        )  # fmt: skip
        return declared

    return declare


def document(*, permission: str = "codes:read") -> Callable[[type], type]:
    """Declare a view whose rows are JSON documents."""
    return view(permission=permission, scope=Everybody(), versioned=False)


def resolve() -> dict[str, View]:
    """Read the annotations of all declared views, once all of them are known; returns the registry."""
    for one_view in VIEWS.values():
        if not one_view.fields:
            _resolve(one_view)
    return VIEWS


def _resolve(one_view: View) -> None:
    declared = one_view.declared
    namespace = {name: other.declared for name, other in VIEWS.items()} | vars(sys.modules[declared.__module__])
    for name, written in declared.__annotations__.items():
        annotation = eval(written, namespace) if isinstance(written, str) else written  # noqa: S307 - our own source
        default = getattr(declared, name, None)
        if isinstance(default, Relation):
            target, is_list = _target(annotation)
            kind = "embedded_many" if default.kind == "embedded" and is_list else default.kind
            one_view.relations[name] = Relation(
                kind, default.key, default.to_key, default.order, default.where, name, target
            )
        else:
            one_view.fields[name] = _field(name, annotation, default)
    makers: tuple[FilterMaker, ...] = getattr(declared, "__filters__", ())
    one_view.filters = {one_filter.name: one_filter for make in makers for one_filter in make(one_view.fields)}
    one_view.embeds = getattr(declared, "__embeds__", ())
    one_view.order_columns = dict(getattr(declared, "__order_columns__", ()))
    one_view.orders = getattr(declared, "__orders__", (f"-{one_view.key}",))


def _field(name: str, annotation: Any, default: object) -> Field:
    sensitive = Sensitive(FieldClass.OPEN)
    if get_origin(annotation) is Annotated:
        annotation, *marks = get_args(annotation)
        sensitive = next(mark for mark in marks if isinstance(mark, Sensitive))
    annotation, nullable = _optional(annotation)
    many_values = get_origin(annotation) is list
    base = get_args(annotation)[0] if many_values else annotation
    source = default if isinstance(default, Column) else Column(name)
    return Field(name, base, nullable, many_values, sensitive, source)


def _optional(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, UnionType):
        inner = [one_type for one_type in get_args(annotation) if one_type is not NoneType]
        return inner[0], True
    return annotation, False


def _target(annotation: Any) -> tuple[str, bool]:
    annotation, _ = _optional(annotation)
    if get_origin(annotation) is list:
        return get_args(annotation)[0].__name__, True
    return annotation.__name__, False
