"""Values of variables and arguments by forms made once for a document, where graphql-core works them out each time.

What is plain goes this way: variables of the built-in scalars, given in the very form that these keep, and
arguments all of whose variables have a value. Everything else (defaults, nulls, input objects, what is to be
refused) takes graphql-core's own way, which also finds the words for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_argument_values, get_variable_values

KEPT: Mapping[object, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool, GraphQLInt: int}
"""Scalars that keep a value of this Python type as it is."""
INTS = range(-(2**31), 2**31)
MOST_ERRORS = 20
Coerced = Mapping[str, Any]
Maker = Callable[[Coerced], Any]


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema, self._definitions = schema, operation.variable_definitions or ()
        self._plain = self._read()

    def _read(self) -> tuple[tuple[str, type, GraphQLVariableSignature], ...] | None:
        plain = []
        for one in self._definitions:
            signature = get_variable_signature(self._schema, one)
            if isinstance(signature, GraphQLError):
                return None
            named = signature.type.of_type if isinstance(signature.type, GraphQLNonNull) else signature.type
            if named not in KEPT:
                return None
            plain.append((signature.name, KEPT[named], signature))
        return tuple(plain)

    def values(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Return the coerced values of what a request gave, or what is wrong with them."""
        sources, coerced = {}, {}
        for name, kind, signature in self._plain or ():
            value = given.get(name)
            if type(value) is not kind or (kind is int and value not in INTS):
                break
            coerced[name] = value
            sources[name] = VariableValueSource(signature, value)
        else:
            if self._plain is not None:
                return VariableValues(sources, coerced)
        return get_variable_values(
            self._schema, self._definitions, dict(given), max_errors=MOST_ERRORS, hide_suggestions=True
        )


class Arguments:
    """The arguments of one field as the document writes them."""

    def __init__(self, definition: GraphQLField, node: FieldNode) -> None:
        self._definition, self._node = definition, node
        self.variables = frozenset(name for one in node.arguments or () for name in _variables(one.value))
        self._make: Maker | None = None

    def values(self, values: VariableValues) -> dict[str, Any]:
        """Return them for a request's variables; ``GraphQLError`` for what does not fit."""
        coerced = values.coerced
        if any(coerced.get(name) is None for name in self.variables):
            return get_argument_values(self._definition, self._node, values)
        if self._make is None:  # validation has seen that each variable fits where it stands: any value goes there
            marked = VariableValues(values.sources, {name: _Mark(name) for name in self.variables})
            form = get_argument_values(self._definition, self._node, marked)
            self._make = _maker(form) or (lambda _: dict(form))
        made: dict[str, Any] = self._make(coerced)
        return made


class _Mark:
    """Stands in a form for the value of a variable."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def _maker(form: object) -> Maker | None:
    """Return what fills a form in; none where it holds no mark."""
    if isinstance(form, _Mark):
        name = form.name
        return lambda coerced: coerced[name]
    if isinstance(form, dict):
        members = [(key, make) for key, one in form.items() if (make := _maker(one))]
        return (lambda coerced: {**form, **{key: make(coerced) for key, make in members}}) if members else None
    if isinstance(form, list):
        items = [_maker(one) for one in form]
        pairs = list(zip(form, items, strict=True))
        return (lambda coerced: [make(coerced) if make else one for one, make in pairs]) if any(items) else None
    return None


def _variables(value: ValueNode) -> set[str]:
    match value:
        case VariableNode():
            return {value.name.value}
        case ListValueNode():
            return set().union(*map(_variables, value.values))
        case ObjectValueNode():
            return set().union(*(_variables(one.value) for one in value.fields))
    return set()


__all__ = ["Arguments", "Variables"]
