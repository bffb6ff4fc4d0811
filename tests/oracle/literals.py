"""Values as GraphQL writes them: literals, and variables that are given, defaulted, null or absent."""

import json
from random import Random
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, get_named_type

UNSET: Final = object()


def literal(kind: GraphQLNamedType | None, value: Any) -> str:
    """Write a value of a named type as a literal; texts as a plain or a block string."""
    if value is None:
        return "null"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    if isinstance(kind, GraphQLInputObjectType):
        fields = (f"{name}: {literal(get_named_type(kind.fields[name].type), one)}" for name, one in value.items())
        return "{" + ", ".join(fields) + "}"
    return json.dumps(value, ensure_ascii=isinstance(value, str) and len(value) % 2 == 0 and value.isascii())


def absent_or(
    chance: Random, kind: GraphQLNamedType, value: Any, *, nullable: bool, can_be_absent: bool
) -> tuple[str, Any]:
    """Return a variable's definition (its type and default) and its value, ``UNSET`` where none is sent."""
    way = chance.random()
    if value is None:
        return f"{kind.name}", None if way < 0.5 or not can_be_absent else UNSET
    if way < 0.4:
        return f"{kind.name}!", value
    if way < 0.6:
        return f"{kind.name} = {literal(kind, value)}", UNSET  # the default counts
    if way < 0.7:
        return f"{kind.name}! = {literal(kind, value)}", UNSET
    if way < 0.8:
        return f"{kind.name} = {literal(kind, value)}", None if nullable else value  # an explicit null beats a default
    if way < 0.9 and can_be_absent:
        return kind.name, UNSET
    return (kind.name if nullable or can_be_absent else f"{kind.name}!"), value


__all__ = ["UNSET", "absent_or", "literal"]
