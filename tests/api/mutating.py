"""Acts by GraphQL: the mutation of a write, its input made from REST's body, its payload all that REST answers."""

from functools import cache
from pathlib import Path
from typing import Any

import httpx
from graphql import GraphQLNamedType, GraphQLObjectType, GraphQLSchema, build_schema, get_named_type, is_leaf_type

from domain.naming import camel, snake
from domain.views import views
from domain.writes import NODE, Write
from tests.api.acts import Prepared
from tests.api.running import Caller

SCHEMA = Path(__file__).resolve().parents[2] / "openapi" / "schema.graphql"
PROFILES = ("WomanProfile", "ChildProfile", "ElderProfile")


@cache
def schema() -> GraphQLSchema:
    """Return the published schema."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


def leaves(kind: str) -> str:
    """Return the selection of what REST answers unasked: every scalar, ``access``, the documents inside the row."""
    found = _type(kind)
    names = [name for name, one in found.fields.items() if is_leaf_type(get_named_type(one.type))]
    inside = [(name, one.target) for name, one in views()[kind].relations.items() if one.kind.startswith("embedded")]
    names += [f"{camel(name)} {{ {leaves(target)} }}" for name, target in inside]
    pages = [(name, views()[kind].relations[name].target) for name in views()[kind].embeds]
    names += [f"{camel(n)}(first: 100) {{ items: nodes {{ {leaves(t)} }} total: totalCount }}" for n, t in pages]
    if "access" in found.fields:
        names.append(f"access {{ {' '.join(_type(f'{kind}Access').fields)} }}")
    return " ".join(names)


def mutation(write: Write) -> str:
    """Return the document of a write's mutation, answering with what REST answers."""
    kind = write.command.__name__
    if write.answers == NODE:
        shown = f"node {{ __typename {' '.join(f'... on {one} {{ {leaves(one)} }}' for one in PROFILES)} }}"
    else:
        shown = f"{camel(snake(write.answers))} {{ {leaves(write.answers)} }}"
    return f"mutation Act($input: {kind}Input!) {{ done: {camel(write.name)}(input: $input) {{ {shown} }} }}"


def input_of(write: Write, prepared: Prepared) -> dict[str, Any]:
    """Return the input: the body, the id of the path, ``expectedVersion``."""
    made: dict[str, Any] = camelled(prepared.body)
    if write.subject:
        made[camel(write.subject)] = prepared.key
    if prepared.version is not None:
        made["expectedVersion"] = prepared.version
    return made


async def graphql(write: Write, prepared: Prepared, caller: Caller, **given: Any) -> httpx.Response:
    """Do an act by GraphQL; returns the response."""
    return await caller.graphql(mutation(write), {"input": input_of(write, prepared)}, **given)


def payload(answer: httpx.Response) -> Any:
    """Return what a mutation answered, in REST's names."""
    document = answer.json()
    assert "errors" not in document, answer.text
    (shown,) = document["data"]["done"].values()
    return None if shown is None else snaked({name: one for name, one in shown.items() if name != "__typename"})


def camelled(value: Any) -> Any:
    """Return a JSON value with its names in GraphQL's spelling."""
    if isinstance(value, dict):
        return {camel(name): camelled(one) for name, one in value.items()}
    return [camelled(one) for one in value] if isinstance(value, list) else value


def snaked(value: Any) -> Any:
    """Return a JSON value with its names, and those in ``withheld``, in REST's spelling."""
    if isinstance(value, dict):
        return {
            snake(name): [snake(one) for one in inner] if name == "withheld" else snaked(inner)
            for name, inner in value.items()
        }
    return [snaked(one) for one in value] if isinstance(value, list) else value


def _type(kind: str) -> GraphQLObjectType:
    found: GraphQLNamedType | None = schema().type_map.get(kind)
    assert isinstance(found, GraphQLObjectType), kind
    return found


__all__ = ["graphql", "input_of", "leaves", "mutation", "payload", "schema", "snaked"]
