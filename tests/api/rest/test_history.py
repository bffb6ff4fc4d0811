"""A person's history, and her determination on a day: equal by REST and GraphQL."""

from datetime import timedelta

from domain.people.days import today
from tests.api.acts import Stage
from tests.api.mutating import snaked
from tests.api.running import Service, is_problem

HISTORY = """query($id: ID!) { person(id: $id) { history(first: 50) { totalCount nodes {
  type actor channel purpose requestId changed aggregateVersion subjectId region clientId origin } } } }"""
DETERMINATION = """query($id: ID!, $day: Date) { determination(personId: $id, asOf: $day) { personId asOf
  ruleSet { id source parameters { months childMonths womanMinAge womanMaxAge childUnder elderFrom adultFrom
  toleratedHomeVisitDays womanReasons childReasons elderReasons crossCountyRequired } }
  results { population status since flags nextReviewOn reasons { code message } } } }"""


async def test_history_says_who_did_what_and_never_a_value(service: Service) -> None:
    office = await service.caller("civil_affairs_county")
    person = await Stage(service, "梅").person(phone="19012345678")
    path = f"/v1/people/{person['id']}"
    await office.patch(path, {"name": "何竹", "phone": None}, 1)
    await office.post(f"{path}:reveal", {"purpose": "核对身份"}, headers={"x-request-id": "reveal-1"})
    page = (await office.get(f"{path}/history?count=true")).json()
    assert page["total"] == 3
    revealed, updated, registered = page["items"]
    assert [one["type"] for one in page["items"]] == ["person.revealed", "person.updated", "person.registered"]
    assert updated["changed"] == ["name", "phone"]
    assert (revealed["purpose"], revealed["request_id"], revealed["channel"]) == ("核对身份", "reveal-1", "rest")
    me = (await office.get("/v1/me")).json()
    assert {one["actor"] for one in page["items"]} == {me["sub"]}
    assert {one["actor_agency_id"] for one in page["items"]} == {me["agency"]["id"]}
    assert registered["aggregate_version"] == 1
    assert "19012345678" not in str(page)
    assert "何竹" not in str(page)
    shown = snaked((await office.graphql(HISTORY, {"id": person["id"]})).json()["data"]["person"]["history"])
    assert shown["total_count"] == 3
    assert shown["nodes"] == [{name: one[name] for name in shown["nodes"][0]} for one in page["items"]]
    is_problem(await (await service.caller("neighbour_county")).get(f"{path}/history"), 404, "not_found")
    resident = await service.caller("resident")
    is_problem(await resident.get(f"{path}/history"), 403, "access.forbidden")


async def test_history_pages_to_its_end(service: Service) -> None:
    office = await service.caller("civil_affairs_county")
    person = await Stage(service, "梅").person()
    path = f"/v1/people/{person['id']}"
    for version, name in enumerate(("何竹", "何菊", "何松"), 1):
        assert (await office.patch(path, {"name": name}, version)).status_code == 200
    rows = await office.everything(f"{path}/history", page_size=2)
    assert [row["aggregate_version"] for row in rows] == [4, 3, 2, 1]
    oldest_first = await office.everything(f"{path}/history", page_size=3, order_by="id")
    assert [row["id"] for row in oldest_first] == [row["id"] for row in reversed(rows)]


async def test_a_determination_is_of_a_day(service: Service) -> None:
    """A wife is left behind once her husband has been away for six months, not a day sooner."""
    office, stage = await service.caller("civil_affairs_county"), Stage(service, "梅")
    wife = await stage.person(woman={}, marital_status="20", since="2020-01-01")
    husband = await stage.person(sex="1", marital_status="20")
    kinship = {"person_id": wife["id"], "relative_id": husband["id"], "relation": "11"}
    await stage.create("civil_affairs_county", "/v1/kinships", kinship)
    absence = {"person_id": husband["id"], "since": "2024-03-10", "reason": "work", "destination_region": "4403"}
    await stage.create("civil_affairs_county", "/v1/absences", absence)
    path = f"/v1/people/{wife['id']}/determination"
    before = await service.state()
    for day, status in (("2024-09-09", "not_left_behind"), ("2024-09-10", "left_behind"), (None, "left_behind")):
        shown = (await office.get(path, params={"as_of": day} if day else {})).json()
        assert shown["as_of"] == (day or str(today()))
        (result,) = shown["results"]
        assert (result["population"], result["status"]) == ("woman", status)
        assert all(reason["code"] and reason["message"] for reason in result["reasons"])
        by_graphql = await office.graphql(DETERMINATION, {"id": wife["id"], "day": day})
        assert snaked(by_graphql.json()["data"]["determination"]) == shown
    tomorrow = str(today() + timedelta(1))
    assert (await office.get(path, params={"as_of": tomorrow})).json()["as_of"] == tomorrow
    for query, code in (("as_of=2024-9-1", "date.malformed"), ("as_of=2024-02-30", "date.malformed")):
        problem = is_problem(await office.get(f"{path}?{query}"), 400, "input.invalid")
        assert problem["errors"][0]["code"] == code
    before_the_rules = is_problem(await office.get(f"{path}?as_of=2016-02-03"), 422, "input.invalid")
    assert [one["code"] for one in before_the_rules["errors"]] == ["rules.none_yet"]
    is_problem(await office.get(f"{path}?day=2024-01-01"), 400, "parameter.unknown")
    is_problem(await (await service.caller("neighbour_county")).get(path), 404, "not_found")
    assert await service.state() == before
