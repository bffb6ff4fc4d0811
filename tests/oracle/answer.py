"""Runs GraphQL documents over the model with graphql-core itself, on a schema built from the printed one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    execute_sync,
    get_named_type,
    is_leaf_type,
    parse,
    print_schema,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values, get_variable_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

from api.graphql.schema import build
from tests.oracle.data import Row
from tests.oracle.documents import desk, determination, me, proof, routing, statistics, statistics_summary
from tests.oracle.kinds import Way
from tests.oracle.model import Eyes, Page, Refused
from tests.oracle.spec import DOCUMENT_PERMISSIONS, KINDS
from tests.oracle.values import camel, snake

NOWHERE = UUID(int=0)
Nodes = list[FieldNode]


@cache
def schema() -> GraphQLSchema:
    """Return a schema that knows nothing but what the printed one says."""
    return build_schema(print_schema(build(None)))


LISTS = {kind.root: name for name, kind in KINDS.items() if kind.root}
ONES = {camel(snake(name).removeprefix("_")): name for name, kind in KINDS.items() if kind.root}


LEAVES = ("String", "Int", "Boolean", "ID")


def node_kinds() -> list[str]:
    """Return the kinds that have a global id."""
    return [one.name for one in schema().get_possible_types(schema().type_map["Node"])]  # type: ignore[arg-type]


@dataclass
class Seen:
    """A row on its way out, with the fields that asked for it."""

    name: str
    row: Row
    nodes: Nodes


@dataclass
class Part:
    """A part of a row's JSON on its way out, with the fields that asked for it."""

    row: Row
    nodes: Nodes


@dataclass
class Expected:
    """What must be answered: the data, and the roots that are null because of an error."""

    data: dict[str, Any] | None
    refused: set[str]


class Oracle:
    """Answers one document for one caller."""

    def __init__(self, eyes: Eyes, text: str, variables: Mapping[str, Any], operation: str | None = None) -> None:
        self.eyes, self.variables, self.operation_name = eyes, variables, operation
        self.document: DocumentNode = parse(text)
        definitions = self.document.definitions
        self.fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        self.operation = next(
            one for one in operations if operation is None or (one.name and one.name.value == operation)
        )

    def answer(self) -> Expected:
        """Return what must be answered."""
        values = get_variable_values(schema(), self.operation.variable_definitions or (), dict(self.variables))
        if isinstance(values, list):
            return Expected(None, set())
        self.values: VariableValues = values
        query = schema().query_type
        assert query is not None
        roots: dict[str, Nodes] = {}
        for node in self.fields([self.operation.selection_set], query):
            roots.setdefault(response_name(node), []).append(node)
        refused = {name for name, nodes in roots.items() if self.is_refused(query, nodes)}
        self.refused = refused
        result = execute_sync(
            schema(), self.document, variable_values=dict(self.variables), operation_name=self.operation_name,
            field_resolver=self.resolve, type_resolver=lambda seen, *_: seen.name,
        )  # fmt: skip
        assert all(one.path and one.path[0] in refused for one in result.errors or ()), result.errors
        return Expected(result.data, refused)

    # ---- fields as the specification collects them ---------------------------------------------------

    def fields(self, sets: list[SelectionSetNode], parent: GraphQLObjectType) -> Iterator[FieldNode]:
        """Give every field of some selection sets that counts for a concrete type."""
        for one in sets:
            for node in one.selections:
                if not self.included(node):
                    continue
                if isinstance(node, FieldNode):
                    yield node
                elif isinstance(node, InlineFragmentNode):
                    if applies(node.type_condition.name.value if node.type_condition else None, parent):
                        yield from self.fields([node.selection_set], parent)
                elif isinstance(node, FragmentSpreadNode):
                    fragment = self.fragments[node.name.value]
                    if applies(fragment.type_condition.name.value, parent):
                        yield from self.fields([fragment.selection_set], parent)

    def included(self, node: Any) -> bool:
        """Obey @skip and @include."""
        skip = get_directive_values(GraphQLSkipDirective, node, self.values)
        include = get_directive_values(GraphQLIncludeDirective, node, self.values)
        return not (skip and skip["if"]) and not (include and not include["if"])

    # ---- refusals ------------------------------------------------------------------------------------

    def is_refused(self, query: GraphQLObjectType, nodes: Nodes) -> bool:
        """Tell whether a root is null with an error, whatever the data."""
        name = nodes[0].name.value
        try:
            if name in DOCUMENT_PERMISSIONS:
                self.arguments(query, nodes[0])
                return DOCUMENT_PERMISSIONS[name] not in self.eyes.access.grants
            kind = LISTS.get(name) or ONES.get(name)
            self._check(query, nodes, open_=True)
            return kind is not None and not self.eyes.may(KINDS[kind])
        except Refused:
            return True

    def _check(self, parent: GraphQLObjectType, nodes: Nodes, *, open_: bool) -> None:
        """Refuse bad arguments anywhere below, and what is above clearance where it would be read."""
        name = nodes[0].name.value
        if name.startswith("__"):
            return
        given = self.arguments(parent, nodes[0])
        target = get_named_type(parent.fields[name].type)
        if "first" in given:
            kind = target.name.removesuffix("Connection")
            open_ = open_ and self.eyes.may(KINDS[kind])
            self._check_list(parent.name, name, kind, given, open_=open_)
        elif target.name in KINDS:
            open_ = open_ and self.eyes.may(KINDS[target.name])
        sets = [node.selection_set for node in nodes if node.selection_set]
        if not sets:
            return
        types = [target] if isinstance(target, GraphQLObjectType) else schema().get_possible_types(target)
        for one in types:
            below: dict[str, Nodes] = {}
            for node in self.fields(sets, one):
                below.setdefault(response_name(node), []).append(node)
            seen = open_ and (one.name not in KINDS or self.eyes.may(KINDS[one.name]))
            for same in below.values():
                self._check(one, same, open_=seen)

    def arguments(self, parent: GraphQLObjectType, node: FieldNode) -> dict[str, Any]:
        """Return a field's coerced arguments."""
        try:
            return get_argument_values(parent.fields[node.name.value], node, self.values)
        except GraphQLError as error:
            raise Refused(error.message) from error

    def _check_list(self, parent: str, field: str, kind: str, given: Mapping[str, Any], *, open_: bool) -> None:
        if not 1 <= given["first"] <= 100:
            raise Refused("page_size.range")
        order, relation = self.order_of(parent, field, given)
        if order not in KINDS[kind].orders and not relation:
            raise Refused("order.unknown")
        wanted = typed(kind, given.get("filter"))
        if not open_:
            return
        self.eyes.may_ask(KINDS[kind], order, wanted)
        if given.get("after") is not None:
            key = self.eyes.key_of_token(given["after"], kind, relation, order)
            self.eyes.anchor(kind, key, order)

    def order_of(self, parent: str, field: str, given: Mapping[str, Any]) -> tuple[str, str]:
        """Return a list's order and the name of the relation it hangs on."""
        if parent == "Query":
            return given.get("orderBy") or default_order(LISTS[field], given.get("filter")), ""
        return KINDS[parent].ways[field].order, snake(field)

    # ---- resolvers -----------------------------------------------------------------------------------

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """Resolve any field of the schema."""
        name, parent = info.field_name, info.parent_type.name
        nodes = list(info.field_nodes)
        if parent == "Query":
            return None if str(info.path.key) in self.refused else self._root(name, nodes, given)
        if isinstance(source, Seen):
            return self._field(source, name, nodes, given)
        if isinstance(source, Page):
            return self._connection(parent.removesuffix("Connection"), source, name, nodes)
        if isinstance(source, tuple):
            page, row = source
            return page.cursor(row) if name == "cursor" else Seen(parent.removesuffix("Edge"), row, nodes)
        if isinstance(source, Part):
            if name == "withheld":
                return [one for one in self._asked(parent, source.nodes) if self.eyes.uncounted(parent, one)]
            found = None if self.eyes.uncounted(parent, name) else source.row.get(snake(name))
            if isinstance(found, dict | list) and not is_leaf_type(get_named_type(info.return_type)):
                found = parted(found, nodes)
        else:
            found = source.get(snake(name))
        if found is None and "[" in str(info.return_type) and get_named_type(info.return_type).name not in LEAVES:
            return []
        return found if found != {} else None

    def _root(self, name: str, nodes: Nodes, given: Mapping[str, Any]) -> Any:
        if name in {"me", "work"}:
            return me(self.eyes.access) if name == "me" else desk()
        if name == "determination":
            return determination(given["personId"], given.get("asOf"))
        if name in ("statistics", "statisticsSummary"):
            return statistics(given) if name == "statistics" else statistics_summary(given)
        if name == "responsibility":
            return routing(given)
        if name == "eventProof":
            return proof(given["id"])
        if name in LISTS:
            order, _ = self.order_of("Query", name, given)
            return self._page(LISTS[name], self.eyes.visible(LISTS[name]), "", order, given)
        kinds = [ONES[name]] if name in ONES else node_kinds()
        for kind in kinds:
            key = KINDS[kind].key
            for row in self.eyes.whole(kind):
                if str(row[key]) == given[key if name != "node" else "id"]:
                    return Seen(kind, row, nodes)
        return None

    def _page(self, kind: str, rows: list[Row], relation: str, order: str, given: Mapping[str, Any]) -> Page:
        wanted = typed(kind, given.get("filter"))
        return self.eyes.page(
            kind, rows, order, given["first"], relation=relation, after=given.get("after"), wanted=wanted
        )

    def _field(self, seen: Seen, name: str, nodes: Nodes, given: Mapping[str, Any]) -> Any:
        kind = KINDS[seen.name]
        if name == "access":
            return self.eyes.open(kind, seen.row)
        if name == "withheld":
            return self._withheld(seen)
        way = kind.ways.get(name)
        if way is None:
            return self.eyes.value(kind, seen.row, name)
        if way.how in ("document", "documents"):
            return parted(document_of(self.eyes, seen.row, way), nodes)
        if not self.eyes.may(KINDS[way.kind]):
            return None
        rows = related(self.eyes, seen.row, way)
        if way.how == "many":
            return self._page(way.kind, rows, snake(name), way.order, given)
        return Seen(way.kind, rows[0], nodes) if rows else None

    def _withheld(self, seen: Seen) -> list[str]:
        kind, asked = KINDS[seen.name], self._asked(seen.name, seen.nodes)
        return [one for one in asked if one not in ("access", "__typename") and self.eyes.withheld(kind, one)]

    def _asked(self, name: str, nodes: Nodes) -> list[str]:
        """Return the fields of a type that some nodes ask for, each once."""
        parent = schema().get_type(name)
        assert isinstance(parent, GraphQLObjectType)
        sets = [node.selection_set for node in nodes if node.selection_set]
        return [*dict.fromkeys(node.name.value for node in self.fields(sets, parent))]

    def _connection(self, kind: str, page: Page, name: str, nodes: Nodes) -> Any:
        match name:
            case "nodes":
                return [Seen(kind, row, nodes) for row in page.rows]
            case "edges":
                return [(page, row) for row in page.rows]
            case "totalCount":
                return page.total
        return {
            "has_next_page": page.more,
            "has_previous_page": page.after,
            "start_cursor": page.cursor(page.rows[0]) if page.rows else None,
            "end_cursor": page.cursor(page.rows[-1]) if page.rows else None,
        }


def default_order(kind: str, wanted: Mapping[str, Any] | None) -> str:
    """Return the order of a list that asks for none: a search by the beginning of a text is answered in its order."""
    inputs = schema().type_map.get(f"{kind}Filter")
    for name in getattr(inputs, "fields", {}):
        field = snake(name.removesuffix("Prefix"))
        if name.endswith("Prefix") and wanted and wanted.get(name) is not None and field in KINDS[kind].orders:
            return field
    return KINDS[kind].orders[0]


def related(eyes: Eyes, row: Row, way: Way) -> list[Row]:
    """Return the rows a relation leads to, as far as the caller sees them."""
    kind = KINDS[way.kind]
    found = [one for one in eyes.data.where(kind.table, way.theirs, row[way.ours]) if eyes.sees(kind, one)]
    if way.current:
        found = [one for one in found if one["valid_to"] is None]
    return sorted(found, key=lambda one: one[kind.key])  # two divisions of one padded code: the upper one


def document_of(eyes: Eyes, row: Row, way: Way) -> Any:
    """Return a part of a row's JSON; an empty object is none."""
    if way.ours == "progress":
        return progress(row)
    if way.ours.startswith("campaign_"):
        return getattr(eyes, way.ours)(row)
    stored = row[way.ours]
    if way.how == "documents":
        return stored if isinstance(stored, list) else []
    return stored or None


def parted(found: Any, nodes: Nodes) -> Any:
    """Return a part of a row's JSON, or each of a list of them, with what asks for it; an empty one is none."""
    if isinstance(found, list):
        return [parted(one, nodes) for one in found]
    return Part(found, nodes) if found else None


def progress(row: Row) -> Row:
    """Return how far an operation is; the world's running one is over but for its end."""
    began, ended, done, total = row["started_at"], row["finished_at"], row["done"], row["total"]
    seconds = max((ended - began).total_seconds(), 0.001) if began and ended else 9e9
    rate = round(done / seconds) if began else None
    return {"done": done, "total": total, "rate": rate, "eta": 0 if began and not ended and done and total else None}


def typed(kind: str, wanted: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the filters that are given, as values to compare with."""
    found: dict[str, Any] = {}
    if not wanted:
        return found
    inputs = schema().get_type(f"{kind}Filter").fields  # type: ignore[union-attr]
    for name, value in wanted.items():
        if value is None:
            continue
        found[name] = parsed(str(get_named_type(inputs[name].type)), value)
        if name in KINDS[kind].divisions and not (
            value.isdecimal() and len(value) in (2, 4, 6, 9, 12) and value[0] != "0"
        ):
            raise Refused("region.malformed")
    return found


def parsed(type_name: str, value: Any) -> Any:
    """Parse one filter's value; a time without offset is refused."""
    if type_name == "Date":
        return date.fromisoformat(value)
    if type_name == "DateTime":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise Refused("time.offset_missing")
        return moment
    if type_name == "ID":
        try:
            return UUID(value)
        except ValueError:
            return NOWHERE
    return value


def applies(condition: str | None, parent: GraphQLObjectType) -> bool:
    """Tell whether a fragment's condition holds for a concrete type."""
    return condition is None or condition == parent.name or condition in [one.name for one in parent.interfaces]


def response_name(node: FieldNode) -> str:
    """Return a field's name in the answer."""
    return node.alias.value if node.alias else node.name.value
