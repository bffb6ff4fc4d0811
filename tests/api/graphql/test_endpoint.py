"""What GraphQL promises beyond HTTP: one mutation a document, bounded documents, nodes, closed introspection."""

from typing import Any

import pytest

from api.graphql.limits import Limits
from tests.api.acts import VILLAGE, Stage
from tests.api.fixtures import Start
from tests.api.running import Caller, Service, graphql_problem

RESPONSE = "application/graphql-response+json"
LIMITS = Limits()


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


def fields(count: int) -> str:
    return " ".join(f"f{n}: sub" for n in range(count))


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        ("{ me { " + fields(1_100) + " } }", "graphql.tokens"),
        ("{ me { " + "sub " * (LIMITS.same_name + 1) + "} }", "graphql.same_name"),
        ("{ " + " ".join(f"m{n}: me {{ sub }}" for n in range(LIMITS.roots + 1)) + " }", "graphql.roots"),
        ("{ people(first: 100) { nodes { kin(first: 100) { nodes { id } } } } }", "graphql.cost"),
        ("query($n: Int!) { people(first: $n) { nodes { kin(first: $n) { nodes { id } } } } }", "graphql.cost"),
        ('{ region(code: "42") ' + "{ parent " * 20 + "{ code }" + " }" * 20 + " }", "graphql.depth"),
        ("{ me { " + "a" * 64 + ": sub } }", "graphql.name"),
        (" ".join(f"query q{n} {{ me {{ sub }} }}" for n in range(LIMITS.operations + 1)), "graphql.operations"),
        ("{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }", "graphql.fragment_cycle"),
    ],
    ids=lambda value: value if value.startswith("graphql.") else "",
)  # fmt: skip
async def test_what_is_too_much_is_refused(service: Service, officer: Caller, document: str, limit: str) -> None:
    answer = await officer.post(
        "/graphql",
        {"query": document, "variables": {"n": 100}, "operationName": "q0" if "q0" in document else None},
        headers={"accept": RESPONSE},
    )
    assert answer.status_code == 400
    problem = graphql_problem(answer, 400, "graphql.too_complex")
    assert [one["code"] for one in problem["errors"]] == [limit]
    assert "data" not in answer.json()


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
async def test_a_page_has_its_bounds(officer: Caller, first: int) -> None:
    answer = await officer.graphql("query($n: Int!) { people(first: $n) { totalCount } }", {"n": first})
    problem = answer.json()["errors"][0]["extensions"]
    assert (problem["status"], problem["errors"][0]["code"]) in {(400, "page_size.range"), (400, "graphql.cost")}


async def test_a_document_changes_one_thing(service: Service, officer: Caller) -> None:
    body = f'input: {{region: "{VILLAGE}", name: "何梅"}}'
    before = await service.state()
    one = f"registerPerson({body}) {{ person {{ id }} }}"
    two = f"mutation {{ a: {one} b: {one} }}"
    answer = await officer.graphql(two)
    graphql_problem(answer, 400, "graphql.one_mutation")
    assert answer.json().get("data") is None
    assert await service.state() == before
    named = f"mutation One {{ {one} }} query Two {{ me {{ sub }} }}"
    asked = await officer.post("/graphql", {"query": named, "operationName": "Two"})
    assert asked.json()["data"].keys() == {"me"}
    assert await service.state() == before
    unnamed = await officer.post("/graphql", {"query": named})
    graphql_problem(unnamed, 400, "graphql.operation_unknown")
    assert await service.state() == before


async def test_a_change_is_not_made_by_get(service: Service, officer: Caller) -> None:
    before = await service.state()
    document = f'mutation {{ registerPerson(input: {{region: "{VILLAGE}", name: "何梅"}}) {{ person {{ id }} }} }}'
    answer = await officer.get("/graphql", params={"query": document})
    assert (answer.status_code, answer.headers["allow"], answer.json()["code"]) == (
        405,
        "POST",
        "http.method_not_allowed",
    )
    assert await service.state() == before


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        (None, 200, "application/json; charset=utf-8"),
        ("*/*", 200, "application/json; charset=utf-8"),
        ("application/json", 200, "application/json; charset=utf-8"),
        (RESPONSE, 200, f"{RESPONSE}; charset=utf-8"),
        (f"application/json;q=0.5, {RESPONSE}", 200, f"{RESPONSE}; charset=utf-8"),
        ("text/html", 406, "application/problem+json"),
        ("application/json; charset=utf-16", 406, "application/problem+json"),
    ],
)
async def test_the_answer_has_a_form_that_was_asked_for(
    officer: Caller, accept: str | None, status: int, kind: str
) -> None:
    headers = {"accept": accept} if accept else {"accept": ""}
    answer = await officer.graphql("{ me { sub } }", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)


@pytest.mark.parametrize(("media", "status"), [("application/json", 200), (RESPONSE, 400)])
async def test_a_document_that_does_not_fit_says_so(officer: Caller, media: str, status: int) -> None:
    answer = await officer.graphql("{ nobody }", headers={"accept": media})
    assert answer.status_code == status
    graphql_problem(answer, 400, "graphql.invalid")
    assert answer.json()["errors"][0]["locations"] == [{"line": 1, "column": 3}]
    assert "data" not in answer.json()


async def test_a_failed_root_leaves_the_others(service: Service) -> None:
    auditor = await service.caller("auditor")
    document = "{ me { clientId } people(first: 1) { totalCount } codes(first: 1) { totalCount } }"
    answer = (await auditor.graphql(document)).json()
    assert answer["data"]["me"] == {"clientId": "demo-auditor"}
    assert answer["data"]["people"] is None
    assert answer["data"]["codes"]["totalCount"] > 5
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["people"], "access.forbidden")


async def test_a_node_is_found_by_its_id(service: Service, officer: Caller) -> None:
    person = await Stage(service, "梅").person(new_household=True)
    asked = """query($id: ID!) { node(id: $id) { __typename id ... on Person { name } ... on Household { headId } } }"""
    found = (await officer.graphql(asked, {"id": person["id"]})).json()
    assert found == {"data": {"node": {"__typename": "Person", "id": person["id"], "name": "陈梅"}}}
    home = (await officer.graphql(asked, {"id": person["household_id"]})).json()["data"]["node"]
    assert home == {"__typename": "Household", "id": person["household_id"], "headId": person["id"]}
    stranger = await service.caller("neighbour_county")
    for key in (person["id"], "01890000-0000-7000-8000-00000000dead", "x", ""):
        assert (await stranger.graphql(asked, {"id": key})).json() == {"data": {"node": None}}


async def test_introspection_is_for_staff_outside_the_demo(start: Start) -> None:
    service = await start(graphql_introspection=False)
    document = "{ __schema { queryType { name } } }"
    staff: dict[str, Any] = (await (await service.caller("civil_affairs_county")).graphql(document)).json()
    assert staff == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    for name in ("resident", "ngo_partner", "welfare_system"):
        refused = await (await service.caller(name)).graphql(document)
        graphql_problem(refused, 403, "graphql.introspection_closed")
        named = await (await service.caller(name)).graphql("{ me { __typename } }")
        assert named.json() == {"data": {"me": {"__typename": "Me"}}}


async def test_the_schema_served_is_the_one_published(officer: Caller) -> None:
    from graphql import build_client_schema, get_introspection_query, lexicographic_sort_schema, print_schema

    from tests.api.mutating import schema

    query = get_introspection_query(descriptions=False)
    answer = (await officer.graphql(query)).json()
    assert "errors" not in answer, answer["errors"]
    served = print_schema(lexicographic_sort_schema(build_client_schema(answer["data"])))
    published = build_client_schema(_introspected(schema()))
    assert served == print_schema(lexicographic_sort_schema(published))


def _introspected(published: Any) -> Any:
    from graphql import introspection_from_schema

    return introspection_from_schema(published, descriptions=False)
