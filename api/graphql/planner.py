"""From a validated document and its variables to what shall be read.

Fields are collected as the GraphQL specification says (merged, fragments expanded, directives
obeyed) and become the same tree that REST makes from its parameters. What varies with a request
without changing the tree (ids, filter values, cursors) is an argument; everything else is structure
and part of the plan's signature.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from api.graphql.arguments import Structure
from api.graphql.coercion import Arguments
from domain.naming import snake
from domain.selection import (
    Action,
    Actions,
    ById,
    Constant,
    Document,
    Edges,
    Item,
    Nothing,
    Object,
    One,
    Page,
    PageInfo,
    Query,
    Raw,
    Root,
    Scalar,
    Withheld,
)
from domain.view import VIEWS, View

Nodes = list[FieldNode]


@dataclass(slots=True)
class Source:
    """A field with arguments, met on the walk. What they come to is kept where no variable is among them."""

    root: str  # response name of the root it stands under
    key: str
    kind: str
    view: View | None
    definition: GraphQLField
    node: FieldNode
    arguments: Arguments
    evaluated: tuple[Structure, Mapping[str, object]] | None = None


@dataclass(slots=True)
class Walk:
    """One walk through an operation; ``structures`` decides what arguments make of it."""

    schema: GraphQLSchema
    roots: Mapping[str, tuple[str, View]]
    nodes: tuple[View, ...]
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, object]
    sources: list[Source] = field(default_factory=list)
    structures: Mapping[str, Structure] = field(default_factory=dict)
    _root: str = ""

    def query(
        self,
        operation: OperationDefinitionNode,
        dropped: frozenset[str] = frozenset(),
        ready: frozenset[str] = frozenset(),
    ) -> Query:
        """Return the tree of an operation; roots in ``dropped`` become null, those in ``ready`` are JSON already."""
        root_type = self.schema.query_type
        if root_type is None:
            raise TypeError
        collected = self.collect([operation.selection_set], root_type)
        roots: list[tuple[str, Root]] = []
        for name, nodes in collected.items():
            self._root = name
            read = Raw(name) if name in ready else self.root(root_type, nodes)  # a dropped root's sources count too
            roots.append((name, Nothing() if name in dropped else read))
        return Query(tuple(roots))

    def root(self, parent: GraphQLObjectType, nodes: Nodes) -> Root:
        """Return one root read."""
        written = nodes[0].name.value
        if written == "__typename":
            return Constant(parent.name)
        definition = parent.fields[written]
        if written == "node":
            key = self.source("node", None, definition, nodes[0])
            return ById(key, tuple(self.object(view, nodes) for view in self.nodes))
        kind, view = self.roots[written]
        key = self.source(kind, view, definition, nodes[0])
        if kind == "one":
            return ById(key, (self.object(view, nodes),))
        if kind == "document":
            return Document(key, self.object(view, nodes))
        return self.page(view, "", key, nodes)

    def source(self, kind: str, view: View | None, definition: GraphQLField, node: FieldNode) -> str:
        """Note a field with arguments and return the key of its values."""
        key = f"a{len(self.sources)}"
        self.sources.append(Source(self._root, key, kind, view, definition, node, Arguments(definition, node)))
        return key

    # ---- selection sets ----------------------------------------------------------------------------

    def collect(self, sets: list[SelectionSetNode], parent: GraphQLObjectType) -> dict[str, Nodes]:
        """Collect fields by response name, as the specification's CollectFields does."""
        collected: dict[str, Nodes] = {}
        seen: set[str] = set()
        for one in sets:
            self._collect(one, parent, collected, seen)
        return collected

    def _collect(
        self, selections: SelectionSetNode, parent: GraphQLObjectType, into: dict[str, Nodes], seen: set[str]
    ) -> None:
        for selection in selections.selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                name = selection.alias.value if selection.alias else selection.name.value
                into.setdefault(name, []).append(selection)
            elif isinstance(selection, InlineFragmentNode):
                if self._applies(selection.type_condition, parent):
                    self._collect(selection.selection_set, parent, into, seen)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = self.fragments[selection.name.value]
                if self._applies(fragment.type_condition, parent):
                    self._collect(fragment.selection_set, parent, into, seen)

    def _included(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            if directive.name.value in ("skip", "include"):
                given = (directive.arguments or ())[0].value
                value = self.variables.get(given.name.value) if isinstance(given, VariableNode) else given.value  # type: ignore[attr-defined]
                if bool(value) is (directive.name.value == "skip"):
                    return False
        return True

    def _applies(self, condition: Any, parent: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == parent.name:
            return True
        wanted = self.schema.get_type(condition.name.value)
        return isinstance(wanted, GraphQLInterfaceType) and self.schema.is_sub_type(wanted, parent)

    def _below(self, nodes: Nodes) -> list[SelectionSetNode]:
        return [node.selection_set for node in nodes if node.selection_set is not None]

    def _type(self, name: str) -> GraphQLObjectType:
        found = self.schema.get_type(name)
        if not isinstance(found, GraphQLObjectType):
            raise TypeError(name)
        return found

    # ---- views -------------------------------------------------------------------------------------

    def object(self, view: View, nodes: Nodes) -> Object:
        """Return the selection on one view under fields merged by response name."""
        parent = self._type(view.name)
        collected = self.collect(self._below(nodes), parent)
        items = tuple((name, self._item(view, parent, below, collected)) for name, below in collected.items())
        return Object(view, items)

    def _item(self, view: View, parent: GraphQLObjectType, nodes: Nodes, collected: dict[str, Nodes]) -> Item:
        written = nodes[0].name.value
        name = snake(written)
        if written == "__typename":
            return Constant(parent.name)
        if name == "withheld" and view.maskable:
            asked = dict.fromkeys(one[0].name.value for one in collected.values())
            pairs = ((snake(one), one) for one in asked)
            return Withheld(tuple(pair for pair in pairs if pair[0] in view.fields or pair[0] in view.relations))
        if name == "access" and view.actions:
            actions = self.collect(self._below(nodes), self._type(f"{view.name}Access"))
            return Actions(tuple((key, self._action(view, below[0])) for key, below in actions.items()))
        if name in view.fields:
            return Scalar(name)
        relation = view.relations[name]
        target = VIEWS[relation.target]
        if relation.kind != "many":
            return One(name, self.object(target, nodes))
        key = self.source("list", target, parent.fields[written], nodes[0])
        return self.page(target, name, key, nodes, relation.order)

    def _action(self, view: View, node: FieldNode) -> "Constant | Action":
        return Constant(f"{view.name}Access") if node.name.value == "__typename" else Action(snake(node.name.value))

    def page(self, view: View, relation: str, key: str, nodes: Nodes, order: str = "") -> Page:
        """Return a connection's page; a relation has its own order, a root the one asked for."""
        structure = self.structures.get(key) or Structure(order=view.orders[0])
        parts = tuple(self._parts(view, nodes))
        filters = tuple((name, f"{key}.{name}", how) for name, how in structure.filters)
        after = f"{key}.after" if structure.after else None
        chosen = order or structure.order
        return Page(view, relation, filters, chosen, structure.size, after, parts, structure.search)

    def _parts(self, view: View, nodes: Nodes) -> Iterator[tuple[str, Any]]:
        connection = self._type(f"{view.name}Connection")
        for name, below in self.collect(self._below(nodes), connection).items():
            match below[0].name.value:
                case "__typename":
                    yield name, Constant(connection.name)
                case "nodes":
                    yield name, self.object(view, below)
                case "edges":
                    yield name, Edges(tuple(self._edge(view, below)))
                case "pageInfo":
                    yield name, PageInfo(tuple(self._page_info(below)))
                case _:
                    yield name, "total"

    def _edge(self, view: View, nodes: Nodes) -> Iterator[tuple[str, Any]]:
        edge = self._type(f"{view.name}Edge")
        for name, below in self.collect(self._below(nodes), edge).items():
            match below[0].name.value:
                case "__typename":
                    yield name, Constant(edge.name)
                case "node":
                    yield name, self.object(view, below)
                case _:
                    yield name, "cursor"

    def _page_info(self, nodes: Nodes) -> Iterator[tuple[str, Any]]:
        info = self._type("PageInfo")
        for name, below in self.collect(self._below(nodes), info).items():
            written = below[0].name.value
            yield name, Constant(info.name) if written == "__typename" else written
