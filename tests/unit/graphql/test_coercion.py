"""The short way gives the values that graphql-core's own way gives, and leaves to it what it must refuse."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse
from graphql.execution.values import get_argument_values, get_variable_values

from api.graphql.coercion import Arguments, Variables

SCHEMA = build_schema("""
    enum Colour { RED GREEN }
    input Inner { at: [Int], deep: Inner, name: String = "none" }
    type Query { f(n: Int = 7, id: ID!, on: Boolean, colour: Colour, inner: Inner, many: [Inner!]): Int }
""")
FIELD = SCHEMA.query_type.fields["f"] if SCHEMA.query_type else None
DOCUMENT = """
    query ($n: Int, $id: ID!, $on: Boolean!, $name: String) {
      f(n: $n, id: $id, on: $on, colour: GREEN, inner: {at: [1, $n], deep: {name: $name}},
        many: [{name: $name}, {at: $n2}])
    }
""".replace("$n2", "3")


def ways(document: str, given: dict[str, Any]) -> tuple[Any, Any]:
    """Return the values by graphql-core and by ours: of variables, then of arguments, or the faults' words."""
    operation = parse(document).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    node: Any = operation.selection_set.selections[0]
    theirs = get_variable_values(
        SCHEMA, operation.variable_definitions or (), given, max_errors=20, hide_suggestions=True
    )
    ours = Variables(SCHEMA, operation)
    arguments = Arguments(FIELD, node)  # type: ignore[arg-type]
    found: list[Any] = []
    for values in (theirs, ours.values(given), ours.values(given)):
        if isinstance(values, list):
            found.append([error.message for error in values])
            continue
        made = (
            get_argument_values(FIELD, node, values)  # type: ignore[arg-type]
            if values is theirs
            else arguments.values(values)
        )
        raw = {name: one.value for name, one in values.sources.items()}
        found.append([values.coerced, raw, made])
    assert found[1] == found[2]  # a form is filled in anew each time
    return found[0], found[1]


@pytest.mark.parametrize(
    "given",
    [
        {"n": 1, "id": "a", "on": True, "name": "b"},
        {"n": 2**31 - 1, "id": "", "on": False, "name": ""},
        {"n": 1.0, "id": 5, "on": True, "name": "b"},  # an Int may come as 1.0, an ID as a number
        {"n": None, "id": "a", "on": True, "name": None},
        {"id": "a", "on": True},
        {"n": 2**31, "id": "a", "on": True, "name": "b"},
        {"n": True, "id": "a", "on": True, "name": "b"},
        {"n": 1, "id": "a", "on": 1, "name": 3},
        {"n": 1, "on": True, "name": "b"},
        {"n": 1, "id": "a", "on": True, "name": "b", "other": 1},
    ],
)
def test_values_are_graphql_cores(given: dict[str, Any]) -> None:
    theirs, ours = ways(DOCUMENT, given)
    assert ours == theirs


@pytest.mark.parametrize("given", [{}, {"inner": {"at": 1}}, {"inner": {"at": [1, "x"]}}, {"inner": None}])
def test_input_objects_go_graphql_cores_way(given: dict[str, Any]) -> None:
    theirs, ours = ways('query ($inner: Inner = {at: [9]}) { f(id: "a", inner: $inner) }', given)
    assert ours == theirs


def test_forms_do_not_share_what_callers_give() -> None:
    operation = parse("query ($n: Int) { f(id: 1, inner: {at: [$n]}) }").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    node: Any = operation.selection_set.selections[0]
    variables, arguments = Variables(SCHEMA, operation), Arguments(FIELD, node)  # type: ignore[arg-type]
    made = [arguments.values(variables.values({"n": n})) for n in (1, 2)]  # type: ignore[arg-type]
    assert [one["inner"]["at"] for one in made] == [[1], [2]]
    assert arguments.variables == {"n"}
