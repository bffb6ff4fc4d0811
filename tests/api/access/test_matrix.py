"""Every operation of both transports, by every caller and by nobody, against ``openapi/access-matrix.md``."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNonNull, get_named_type

from persistence.demo.callers import CALLERS
from tests.api.mutating import leaves, schema
from tests.api.running import Caller, Service, graphql_problem, is_problem

MATRIX = Path(__file__).resolve().parents[3] / "openapi" / "access-matrix.md"
ABSENT = "01890000-0000-7000-8000-00000000dead"
# Whoever runs, signs in or reads the documentation has no token yet.
PUBLIC = frozenset({
    "GET /healthz", "GET /readyz", "GET /metrics", "POST /oauth/token", "POST /oauth/revoke", "POST /oauth/introspect",
    "GET /.well-known/oauth-authorization-server", "GET /.well-known/jwks.json", "GET /v1/public/statistics",
})  # fmt: skip
ALSO = {
    "GET /v1/people/{id}/history": "people:read",
    "GET /v1/break_glass/{id}/events": "break_glass:read",
}  # events below a person: whoever sees the person
# An agency whose type has no remit keeps the rest for the people of cases referred to it (auth.policy).
LOST_WITHOUT_REMIT = re.compile(
    "break_glass:|campaign_villages:|campaigns:|duplicates:|events:|exports:|imports:|people:write|research_reports:write|sign_ups:|survey_|surveys:write|"
    "statistics:summary|transfers:|venues:write"
)


def matrix() -> tuple[dict[str, str], dict[str, set[str]], set[str]]:
    """Return operation → permission, role → permissions, and the agency types with a remit, as published."""
    operations: dict[str, str] = {}
    roles: dict[str, set[str]] = {}
    remits: set[str] = set()
    title = ""
    for line in MATRIX.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            title = line[3:]
        if not line.startswith("| ") or line.startswith("| ---"):
            continue
        first, second = (cell.strip() for cell in line.strip("|").split("|")[:2])
        name = first.strip("`")
        if title.endswith("Operations") and first != "permission":
            permission = name if ":" in name else ""
            operations |= dict.fromkeys(re.findall("`([^`]+)`", second), permission)
        elif title.endswith("Remit by type of agency") and name != "agency":
            remits.add(name)
        elif name != "permission":
            roles.setdefault(title, set()).add(name)
    return operations, roles, remits


OPERATIONS, ROLES, REMITS = matrix()
REST = sorted(one for one in OPERATIONS if one.partition(" ")[0].isupper())
QUERIES = sorted(one.removeprefix("query ") for one in OPERATIONS if one.startswith("query "))
MUTATIONS = sorted(one.removeprefix("mutation ") for one in OPERATIONS if one.startswith("mutation "))
ALL_CALLERS = [one.name for one in CALLERS]


async def may(caller: Caller) -> set[str]:
    """Return the permissions that the published table gives a demo caller."""
    me = (await caller.get("/v1/me")).json()
    granted = {permission for role in me["roles"] for permission in ROLES[role]}
    if me["agency"] and me["agency"]["type"] not in REMITS:
        by_region = set(me["roles"]) & {"county_officer", "village_worker", "supervisor"}
        granted = {one for one in granted if not (by_region and LOST_WITHOUT_REMIT.match(one))}
    return granted


async def test_every_operation_has_a_row(service: Service) -> None:
    document = (await service.http.get("/openapi.json")).json()
    served = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and "responses" in operation
    }
    assert served - set(REST) - PUBLIC == set()
    assert set(REST) - served == set()
    query, mutation = schema().query_type, schema().mutation_type
    assert query is not None
    assert mutation is not None
    assert set(query.fields) - {"node"} == set(QUERIES)  # what ``node`` finds, the rows of its views say
    assert set(mutation.fields) == set(MUTATIONS)


async def test_nobody_gets_in_without_a_token(service: Service) -> None:
    before = await service.state()
    for operation in REST:
        method, path = operation.split(" ")
        refused = await service.http.request(method, path.replace("{id}", ABSENT), json={})
        is_problem(refused, 401, "token.missing")
        assert refused.headers["www-authenticate"] == 'Bearer realm="shouwang"'
    for name in (*QUERIES, *MUTATIONS, "node"):
        refused = await service.http.post("/graphql", json={"query": document(name)})
        is_problem(refused, 401, "token.missing")
    for header in ("Bearer x", "Bearer ", "Basic eDp5", "Bearer a.b.c", "bearer " + "x" * 9000):
        refused = await service.http.get("/v1/people", headers={"authorization": header})
        assert refused.status_code == 401
        assert refused.json()["code"].startswith("token.")
    assert await service.state() == before


@pytest.mark.parametrize("name", ALL_CALLERS)
async def test_rest_opens_what_the_table_says(service: Service, name: str) -> None:
    caller = await service.caller(name)
    allowed, before = await may(caller), await service.state()
    assert set((await caller.get("/v1/me")).json()["permissions"]) == allowed
    for operation in REST:
        method, path = operation.split(" ")
        headers = {} if method == "GET" else {"if-match": '"1"'}
        answer = await caller.ask(method, path.replace("{id}", ABSENT), headers=headers, **_body(method))
        needed = {OPERATIONS[operation], ALSO.get(operation, "")} - {""}
        if not needed <= allowed:
            is_problem(answer, 403, "access.forbidden")
        else:
            assert answer.status_code in {200, 404, 415, 422}, (operation, answer.text)
    assert await service.state() == before


@pytest.mark.parametrize("name", ALL_CALLERS)
async def test_graphql_opens_what_the_table_says(service: Service, name: str) -> None:
    caller = await service.caller(name)
    allowed, before = await may(caller), await service.state()
    for field in QUERIES:
        answer = await caller.graphql(document(field))
        permission = OPERATIONS[f"query {field}"]
        if permission and permission not in allowed:
            graphql_problem(answer, 403, "access.forbidden")
            assert answer.json().get("data") in (None, {"it": None})
        else:
            for error in answer.json().get("errors", ()):
                asked = field in {"searchPeople", "responsibility"} or field.startswith("statistics")
                refused = "input.invalid" if asked else "not_found"
                assert error["extensions"]["code"] == refused
    for field in MUTATIONS:
        answer = await caller.graphql(document(field))
        if OPERATIONS[f"mutation {field}"] not in allowed:
            graphql_problem(answer, 403, "access.forbidden")
            assert answer.json()["data"] == {"it": None}
        else:
            assert answer.json()["errors"][0]["extensions"]["status"] in {404, 422}, answer.text
    assert await service.state() == before


# A case is raised with nothing but words: here it has none.
WORDS_ALONE = {"registerCase", "reportMinor"}


def _body(method: str) -> dict[str, Any]:
    return {} if method == "GET" else {"json": {}}


def document(field: str) -> str:
    """Return a document that asks for one root field, with arguments that name nobody."""
    query, mutation = schema().query_type, schema().mutation_type
    assert query is not None
    assert mutation is not None
    root = mutation if field in mutation.fields else query
    definition = root.fields[field]
    needed = {name: one for name, one in definition.args.items() if isinstance(one.type, GraphQLNonNull)}
    given = ", ".join(f"{name}: {_literal(one.type)}" for name, one in needed.items() if name != "first")
    if field in WORDS_ALONE:
        given = given.replace('"91"', '"…"')
    kind = get_named_type(definition.type)
    below = "__typename" if kind.name == "Node" or kind.name.endswith(("Connection", "Payload")) else leaves(kind.name)
    verb = "mutation" if root is mutation else "query"
    return f"{verb} {{ it: {field}{f'({given})' if given else ''} {{ {below} }} }}"


def _literal(kind: Any) -> str:
    """Return a literal of a type: absent ids, the least that an input needs."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        needed = (
            f"{name}: {_literal(one.type)}"
            for name, one in named.fields.items()
            if isinstance(one.type, GraphQLNonNull)
        )
        literal = "{" + ", ".join(needed) + "}"
    elif isinstance(named, GraphQLEnumType):
        literal = next(iter(named.values))
    else:
        known = {"ID": f'"{ABSENT}"', "Int": "1", "Date": '"2020-01-01"', "DateTime": '"2020-01-01T00:00:00Z"'}
        literal = (known | {"Boolean": "true"}).get(named.name, '"91"')
    return f"[{literal}]" if str(kind).strip("!").startswith("[") else literal
