"""The files in ``openapi/`` are what the code says: `make export` after a change of the contract."""

from pathlib import Path

import pytest
from graphql import build_schema

from api.contract import access_matrix, contract, openapi
from auth.policy import PERMISSIONS, ROLES

FOLDER = Path(__file__).resolve().parents[2] / "openapi"
FILES = contract()


@pytest.mark.parametrize("name", FILES)
def test_the_exported_file_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name], "run: make export"


def test_the_graphql_schema_can_be_read_by_others() -> None:
    assert build_schema(FILES["schema.graphql"]).mutation_type is not None


def test_every_operation_asks_for_a_known_permission_or_is_for_everybody() -> None:
    asked = {
        operation["x-permission"]
        for operations in openapi()["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict) and "x-permission" in operation
    }
    assert asked - {""} <= set(PERMISSIONS)  # "": any token will do


def test_the_matrix_names_every_role_and_permission() -> None:
    matrix = access_matrix(openapi())
    assert [role for role in ROLES if f"## {role}\n" not in matrix] == []
    assert [one for one in PERMISSIONS if f"| `{one}` |" not in matrix] == []
