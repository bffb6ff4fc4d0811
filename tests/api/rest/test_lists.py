"""Lists: filters, orders, picked fields, totals, tokens to the end; whatever is not understood is refused."""

from typing import Any

import pytest

from domain.naming import camel
from tests.api.acts import VILLAGE
from tests.api.running import Caller, Service, graphql_problem, is_problem

COUNTY = "person.county = 421081"
POPULATIONS = {"woman": 1, "child": 2, "elder": 4}


@pytest.fixture(scope="module")
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


async def ids(service: Service, where: str, order: str = "id DESC") -> list[str]:
    rows = await service.owner.fetch(f"SELECT id FROM person WHERE {COUNTY} AND {where} ORDER BY {order}")
    return [str(row["id"]) for row in rows]


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({}, "true"),
        ({"region": VILLAGE}, f"region_code = {VILLAGE}"),
        ({"region": "421081104"}, "region_code / 1000 = 421081104"),
        ({"region": "421022"}, "false"),
        ({"population": "woman"}, "remit & 1 <> 0"),
        ({"population": "child", "sex": "2"}, "remit & 2 <> 0 AND sex = '2'"),
        ({"hardship": "destitute"}, "'destitute' = ANY (hardship)"),
        ({"health": "disabled"}, "health = 'disabled'"),
        ({"birth_date_from": "2015-01-01"}, "birth_date >= '2015-01-01'"),
        ({"birth_date_from": "2015-01-01", "birth_date_to": "2015-12-31"}, "date_part('year', birth_date) = 2015"),
        ({"situation": "imprisoned"}, "situation = 'imprisoned'"),
        ({"name": "nobody of this name"}, "false"),
    ],
)  # fmt: skip
async def test_filters_find_what_sql_finds(
    service: Service, officer: Caller, asked: dict[str, str], where: str
) -> None:
    expected = await ids(service, where)
    page = await officer.get("/v1/people", params={**asked, "count": "true", "fields": "id", "page_size": 200})
    assert page.json()["total"] == len(expected)
    assert [one["id"] for one in page.json()["items"]] == expected[:200]
    document = """query($filter: PersonFilter) { people(first: 100, filter: $filter) { totalCount nodes { id } } }"""
    by_graphql = (await officer.graphql(document, {"filter": {camel(name): one for name, one in asked.items()}})).json()
    assert by_graphql["data"]["people"]["totalCount"] == len(expected)
    assert [one["id"] for one in by_graphql["data"]["people"]["nodes"]] == expected[:100]


@pytest.mark.parametrize(
    ("order", "by"),
    [
        ("-id", "id DESC"),
        ("id", "id"),
        ("name", 'name_pinyin COLLATE "C", id'),
        ("-name", 'name_pinyin COLLATE "C" DESC, id DESC'),
        ("priority", "priority, id"),
        ("-priority", "priority DESC, id DESC"),
    ],
)
async def test_pages_walk_to_the_end_in_order(service: Service, officer: Caller, order: str, by: str) -> None:
    expected = await ids(service, "region_code / 1000 = 421081104", by)
    assert len(expected) > 200
    rows = await officer.everything("/v1/people", region="421081104", order_by=order, fields="id", page_size=97)
    assert [one["id"] for one in rows] == expected
    document = """query($after: String, $order: String!) {
      people(first: 100, after: $after, orderBy: $order, filter: {region: "421081104"}) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    found: list[str] = []
    after = None
    while True:
        answer = (await officer.graphql(document, {"after": after, "order": order})).json()["data"]["people"]
        found += [edge["node"]["id"] for edge in answer["edges"]]
        assert answer["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert answer["pageInfo"]["endCursor"] == answer["edges"][-1]["cursor"]
        after = answer["pageInfo"]["endCursor"]
        if not answer["pageInfo"]["hasNextPage"]:
            break
    assert found == expected


async def test_a_token_belongs_to_its_list(officer: Caller, service: Service) -> None:
    page = await officer.get("/v1/people?page_size=5&order_by=id")
    token = page.json()["next_page_token"]
    for other in ("order_by=-id", "order_by=name", "order_by=-priority"):
        answer = await officer.get(f"/v1/people?page_size=5&{other}&page_token={token}")
        assert answer.status_code == 400
        assert answer.json()["code"] in {"page_token.invalid", "page_token.stale"}
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), token.split(".")[0], "x", "." * 50, "%F0%9F%98%80"):
        is_problem(await officer.get(f"/v1/people?page_token={forged}"), 400, "page_token.invalid")
    stranger = await service.caller("neighbour_county")
    theirs = await stranger.get(f"/v1/people?page_size=5&order_by=id&page_token={token}")
    seen = {one["region"][:6] for one in theirs.json().get("items", ())}
    assert seen <= {"421022"}  # a token moves a window, it opens none


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("colour=red", "/colour", "parameter.unknown"),
        ("Sex=2", "/Sex", "parameter.unknown"),
        ("sex=2&sex=1", "/sex", "parameter.repeated"),
        ("page_size=0", "/page_size", "number.range"),
        ("page_size=201", "/page_size", "number.range"),
        ("page_size=1e3", "/page_size", "number.range"),
        ("page_size=%D9%A3", "/page_size", "number.range"),
        ("page_size=", "/page_size", "number.range"),
        ("page_size=99999999999999999999", "/page_size", "number.range"),
        ("count=yes", "/count", "boolean.malformed"),
        ("order_by=birth_date", "/order_by", "order.unknown"),
        ("order_by=id%3BDROP%20TABLE%20person", "/order_by", "order.unknown"),
        ("region=4210811", "/region", "region.malformed"),
        ("region=421081%25", "/region", "region.malformed"),
        ("population=men", "/population", "value.unknown"),
        ("birth_date_from=2020-2-30", "/birth_date_from", "date.malformed"),
        ("birth_date_from=2020-02-30", "/birth_date_from", "date.malformed"),
        ("updated_at_from=2020-02-20", "/updated_at_from", "time.malformed"),
        ("updated_at_from=2020-02-20T00:00:00", "/updated_at_from", "time.offset_missing"),
        ("household_id=7", "/household_id", "id.malformed"),
        ("fields=nme", "/fields", "fields.unknown"),
        ("fields=id,", "/fields", "fields.unknown"),
        ("fields=identity_number_cipher", "/fields", "fields.unknown"),
        ("fields=remit", "/fields", "fields.unknown"),
        ("fields=household.members.household.members.id", "/fields", "fields.too_many"),
        ("fields=" + ",".join(["id"] * 101), "/fields", "fields.too_many"),
        ("name=%00", "/name", "text.invalid"),
        ("name=%zz", "", "query.malformed"),
        ("name=%ff", "", "query.malformed"),
        ("&".join(f"p{n}=1" for n in range(60)), "", "query.malformed"),
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_refused(officer: Caller, query: str, pointer: str, code: str) -> None:
    answer = await officer.get(f"/v1/people?{query}")
    document = is_problem(answer, 400, answer.json()["code"])
    assert document["code"] in {"input.invalid", "parameter.unknown"}
    assert [(one["pointer"], one["code"]) for one in document["errors"]] == [(pointer, code)]
    assert all(one["message"] for one in document["errors"])


async def test_fields_pick_what_is_answered(officer: Caller) -> None:
    plain = (await officer.get("/v1/people?page_size=1&population=child")).json()["items"][0]
    picked = (
        await officer.get(f"/v1/people/{plain['id']}?fields=id,name,child.schooling,guardianships.guardian.name")
    ).json()
    assert picked.keys() == {"id", "name", "child", "guardianships", "withheld"}
    assert (picked["id"], picked["name"]) == (plain["id"], plain["name"])
    assert picked["child"].keys() == {"schooling", "withheld"}
    assert picked["guardianships"].keys() == {"items", "total"}
    assert all(one.keys() == {"guardian", "withheld"} for one in picked["guardianships"]["items"])
    assert "child" not in plain
    assert plain.keys() >= {"id", "version", "region", "name", "identity_number", "withheld", "access"}


async def test_nothing_is_counted_unasked(officer: Caller) -> None:
    assert "total" not in (await officer.get("/v1/people?page_size=1")).json()
    assert (await officer.get("/v1/people?page_size=1&count=false")).json().keys() == {"items", "next_page_token"}


@pytest.mark.parametrize(
    ("caller", "query", "graphql", "field"),
    [
        ("ngo_partner", "order_by=-priority", 'orderBy: "-priority"', "priority"),
        ("ngo_partner", "health=disabled", "filter: {health: disabled}", "health"),
        ("ngo_partner", "hardship=destitute&count=true", "filter: {hardship: destitute}", "hardship"),
        ("volunteer", "health=disabled", "filter: {health: disabled}", "health"),
        ("volunteer", "order_by=priority", 'orderBy: "priority"', "priority"),
    ],
)
async def test_nobody_sorts_or_filters_by_what_she_may_not_see(
    service: Service, caller: str, query: str, graphql: str, field: str
) -> None:
    asking = await service.caller(caller)
    by_rest = is_problem(await asking.get(f"/v1/people?{query}"), 403, "field.withheld")
    assert field in by_rest["detail"]
    by_graphql = await asking.graphql(f"{{ people({graphql}) {{ totalCount nodes {{ id }} }} }}")
    graphql_problem(by_graphql, 403, "field.withheld")
    assert by_graphql.json().get("data") in (None, {"people": None})


async def test_every_list_answers_and_keeps_its_bounds(service: Service) -> None:
    document: dict[str, Any] = (await service.http.get("/openapi.json")).json()
    asking = await service.caller("civil_affairs_admin")  # an officer who sees the lists of her agency, too
    lists = [
        path for path, one in document["paths"].items() if one.get("get", {}).get("operationId", "").startswith("list_")
    ]
    assert len(lists) >= 20
    for path in lists:
        path = path.replace("{id}", "x")  # noqa: PLW2901 - nobody's history is 404
        answer = await asking.get(path)
        assert answer.status_code == (404 if "/x/" in path else 200), path
        if answer.status_code == 200:
            assert len(answer.json()["items"]) <= 20
            is_problem(await asking.get(f"{path}?nonsense=1"), 400, "parameter.unknown")
