"""Limits on a GraphQL document, checked on the parsed tree before graphql-core validates it.

Validation of 2,000 hostile tokens blocks for 190 to 720 ms (measured), so what is too large, too
deep or too costly is refused first. Cost is the number of rows that can be returned: page sizes
multiply down the tree. Names of answers end at 63 bytes, where ``row_to_json`` would cut them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from domain.errors import Fault, InvalidInput


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may hold at most."""

    characters: int = 100_000  # comments and spaces are no tokens, and a text is one
    tokens: int = 2_000
    depth: int = 15
    fields: int = 1_000  # after fragments are expanded
    cost: int = 10_000  # rows that can be returned
    same_name: int = 40  # fields of one response name in one merged selection set: validation compares them in pairs
    introspections: int = 2  # times that all types are listed
    members: int = 200  # of one object or list among the values: each fault in it repeats all of it
    roots: int = 20
    operations: int = 10
    name_bytes: int = 63


@dataclass(slots=True)
class Names:
    """Response names of one merged selection set: how often each is written, and the names below it."""

    count: int = 0
    below: "dict[str, Names]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: how deep, for how many rows, within which fragments."""

    depth: int = 1
    rows: int = 1
    spreads: tuple[str, ...] = ()


class DocumentLimits:
    """Walks the operations of a document and refuses what is over a limit."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> None:
        self.schema, self.limits, self.document = schema, limits, document
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        self.variables: Mapping[str, object] = {}
        self.reached: set[str] = set()
        self._start()

    def _start(self) -> None:
        self.fields = self.cost = self.roots = self.introspections = 0

    def check(self, variables: Mapping[str, object]) -> None:
        """Refuse the document when one of its operations is over a limit."""
        if len(self.operations) > self.limits.operations:
            raise refused("operations", self.limits.operations)
        for operation in self.operations:
            self._start()
            self.variables = {**dict(_defaults(operation)), **variables}
            self._walk(operation.selection_set, self.schema.get_root_type(operation.operation), Place(), Names())
        self._start()
        for name, fragment in self.fragments.items():  # validation compares the fields of unused ones, too
            if name not in self.reached:
                on = self._narrowed(fragment.type_condition, None)
                self._walk(fragment.selection_set, on, Place(depth=2, spreads=(name,)), Names())

    def check_values(self) -> None:
        """Refuse names and values that no caller means and validation would take long over."""
        for node in _nodes(self.document):
            # Unknown names are compared with ours letter by letter.
            if isinstance(node, NameNode) and len(node.value) > self.limits.name_bytes:
                raise refused("name", self.limits.name_bytes)
            members = node.fields if isinstance(node, ObjectValueNode) else ()
            if len(node.values if isinstance(node, ListValueNode) else members) > self.limits.members:
                raise refused("members", self.limits.members)

    def _walk(self, selections: SelectionSetNode, parent: object, place: Place, names: Names) -> None:
        if place.depth > self.limits.depth:
            raise refused("depth", self.limits.depth)
        for selection in selections.selections:
            self.fields += 1
            if self.fields > self.limits.fields:
                raise refused("fields", self.limits.fields)
            if isinstance(selection, FieldNode):
                self._field(selection, parent, place, names)
            elif isinstance(selection, InlineFragmentNode):
                self._walk(selection.selection_set, self._narrowed(selection.type_condition, parent), place, names)
            elif isinstance(selection, FragmentSpreadNode):
                self._spread(selection.name.value, parent, place, names)

    def _spread(self, name: str, parent: object, place: Place, names: Names) -> None:
        if name in place.spreads:
            raise refused("fragment_cycle", 0)
        self.reached.add(name)
        fragment = self.fragments.get(name)
        if fragment is not None:  # an unknown one is validation's to tell
            inside = Place(place.depth, place.rows, (*place.spreads, name))
            self._walk(fragment.selection_set, self._narrowed(fragment.type_condition, parent), inside, names)

    def _field(self, node: FieldNode, parent: object, place: Place, names: Names) -> None:
        name = node.alias.value if node.alias else node.name.value
        if len(name) > self.limits.name_bytes:
            raise refused("name", self.limits.name_bytes)
        here = names.below.setdefault(name, Names())
        here.count += 1
        if here.count > self.limits.same_name:
            raise refused("same_name", self.limits.same_name)
        if place.depth == 1:
            self.roots += 1
            if self.roots > self.limits.roots:
                raise refused("roots", self.limits.roots)
        definition = _definition(self.schema, parent, node.name.value)
        if node.selection_set is None:
            return
        if node.name.value == "types":  # __schema.types
            self.introspections += 1
            if self.introspections > self.limits.introspections:
                raise refused("introspections", self.limits.introspections)
        below = place.rows * self._page_size(node, definition)
        self.cost += below
        if self.cost > self.limits.cost:
            raise refused("cost", self.limits.cost)
        target = get_named_type(definition.type) if definition else None
        self._walk(node.selection_set, target, Place(place.depth + 1, below, place.spreads), here)

    def _page_size(self, node: FieldNode, definition: GraphQLField | None) -> int:
        if definition is None or "first" not in definition.args:
            return 1
        for one in node.arguments or ():
            if one.name.value != "first":
                continue
            if isinstance(one.value, IntValueNode):
                return max(_integer(one.value), 1)
            if isinstance(one.value, VariableNode):
                value = self.variables.get(one.value.name.value)
                if isinstance(value, int | float):  # 100.0 is an Int, too
                    return int(min(max(value, 1), self.limits.cost + 1))
        return int(definition.args["first"].default_value or 1)

    def _narrowed(self, condition: object, parent: object) -> object:
        return self.schema.get_type(condition.name.value) if condition is not None else parent  # type: ignore[attr-defined]


def check_variables(variables: Mapping[str, object], limits: Limits) -> None:
    """Refuse variables that hold an object or list too large to be meant."""
    left: list[object] = list(variables.values())
    while left:
        value = left.pop()
        if isinstance(value, dict | list):
            if len(value) > limits.members:
                raise refused("members", limits.members)
            left.extend(value.values() if isinstance(value, dict) else value)


def _defaults(operation: OperationDefinitionNode) -> Iterator[tuple[str, int]]:
    for one in operation.variable_definitions or ():
        if isinstance(one.default_value, IntValueNode):
            yield one.variable.name.value, _integer(one.default_value)


def _integer(node: IntValueNode) -> int:
    return int(node.value[:9])  # nine digits are over any limit


def _nodes(document: DocumentNode) -> Iterator[Node]:
    """Give every node of a document."""
    left: list[Node] = [document]
    while left:
        node = left.pop()
        yield node
        for key in node.keys:
            value = getattr(node, key) if key != "loc" else None
            if isinstance(value, Node):
                left.append(value)
            elif isinstance(value, tuple):
                left.extend(value)


def _definition(schema: GraphQLSchema, parent: object, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return schema.get_field(parent, name)  # knows __schema and __type
    return None


def refused(limit: str, most: int) -> InvalidInput:
    """Return the problem of a document over a limit."""
    return InvalidInput(
        Fault("/query", f"graphql.{limit}", {"most": most}),
        code="graphql.too_complex",
        malformed=True,
        limit=limit,
        most=most,
    )
