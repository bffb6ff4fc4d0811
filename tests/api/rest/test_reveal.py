"""Revealing secrets: the log says who, what and why before they leave, or they do not leave."""

from typing import Any

import pytest

from tests.api.acts import ADDRESS, PHONE, Stage, identity_number
from tests.api.fixtures import Start
from tests.api.running import Service, graphql_problem, is_problem

DOCUMENT = """mutation($i: RevealInput!) { reveal(input: $i) { revealed { identityNumber phone address } } }"""


@pytest.fixture
async def known(service: Service) -> dict[str, str]:
    number = identity_number()
    person = await Stage(service, "梅").person(identity_number=number, phone=PHONE, address=ADDRESS)
    return {"id": person["id"], "identity_number": number, "phone": PHONE, "address": ADDRESS}


async def test_what_is_revealed_is_in_the_log_first(service: Service, known: dict[str, str]) -> None:
    officer = await service.caller("civil_affairs_county")
    secrets = {name: known[name] for name in ("identity_number", "phone", "address")}
    by_rest = await officer.post(f"/v1/people/{known['id']}:reveal", {"purpose": "入户走访核对身份"})
    assert by_rest.json() == secrets
    assert by_rest.headers["cache-control"] == "no-store"
    by_graphql = await officer.graphql(DOCUMENT, {"i": {"personId": known["id"], "purpose": "入户走访核对身份"}})
    revealed = by_graphql.json()["data"]["reveal"]["revealed"]
    assert revealed == {"identityNumber": known["identity_number"], "phone": PHONE, "address": ADDRESS}
    for answer, channel in ((by_rest, "rest"), (by_graphql, "graphql")):
        (event,) = await service.events_of(answer)
        assert (event["type"], event["purpose"], event["channel"]) == ("person.revealed", "入户走访核对身份", channel)
        assert str(event["subject_id"]) == known["id"]
        assert not any(secret in str(dict(event)) for secret in secrets.values())


async def test_only_what_was_asked_for_leaves(service: Service, known: dict[str, str]) -> None:
    officer = await service.caller("civil_affairs_county")
    answer = await officer.post(
        f"/v1/people/{known['id']}:reveal", {"purpose": "电话联系", "fields": ["phone", "phone"]}
    )
    assert answer.json() == {"identity_number": None, "phone": PHONE, "address": None}
    (event,) = await service.events_of(answer)
    assert event["data"] == '{"fields": ["phone"]}'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "field.required"),
        ({"purpose": ""}, "field.too_short"),
        ({"purpose": "x"}, "field.too_short"),
        ({"purpose": "　 　"}, "text.blank"),
        ({"purpose": "。。。。"}, "text.blank"),
        ({"purpose": "x" * 2001}, "field.too_long"),
        ({"purpose": "核实 19012345678"}, "purpose.number"),
        ({"purpose": "核实", "fields": []}, "field.too_short"),
        ({"purpose": "核实", "fields": ["name"]}, "field.choice"),
        ({"purpose": 7}, "field.type"),
        ({"purpose": "核实", "person_id": "x"}, "field.unknown"),
    ],
)
async def test_a_purpose_is_given(service: Service, known: dict[str, str], body: dict[str, Any], code: str) -> None:
    officer, before = await service.caller("civil_affairs_county"), await service.state()
    problem = is_problem(await officer.post(f"/v1/people/{known['id']}:reveal", body), 422, "input.invalid")
    assert problem["errors"][0]["code"] == code
    assert await service.state() == before


@pytest.mark.parametrize(
    ("caller", "status", "code"),
    [
        ("neighbour_county", 404, "not_found"),
        ("police_county", 404, "not_found"),
        ("resident", 404, "not_found"),
        ("city_supervisor", 403, "access.forbidden"),
        ("province_statistician", 403, "access.forbidden"),
        ("ngo_partner", 403, "access.forbidden"),
        ("welfare_system", 403, "access.forbidden"),
        ("auditor", 403, "access.forbidden"),
        ("platform_admin", 403, "access.forbidden"),
        ("volunteer", 403, "access.forbidden"),
    ],
)
async def test_others_get_nothing(service: Service, known: dict[str, str], caller: str, status: int, code: str) -> None:
    asking, before = await service.caller(caller), await service.state()
    by_rest = await asking.post(f"/v1/people/{known['id']}:reveal", {"purpose": "核实"})
    is_problem(by_rest, status, code)
    by_graphql = await asking.graphql(DOCUMENT, {"i": {"personId": known["id"], "purpose": "核实"}})
    graphql_problem(by_graphql, status, code)
    for answer in (by_rest, by_graphql):
        assert not any(known[name] in answer.text for name in ("identity_number", "phone", "address"))
    assert await service.state() == before


async def test_without_the_log_nothing_is_released(start: Start) -> None:
    service = await start()
    number = identity_number()
    person = await Stage(service, "梅").person(identity_number=number, phone=PHONE, address=ADDRESS)
    officer = await service.caller("civil_affairs_county")
    await service.owner.execute("REVOKE INSERT ON event FROM shouwang_app")
    before = await service.state()
    by_rest = await officer.post(f"/v1/people/{person['id']}:reveal", {"purpose": "核实"})
    by_graphql = await officer.graphql(DOCUMENT, {"i": {"personId": person["id"], "purpose": "核实"}})
    assert by_rest.status_code in {403, 500, 503}
    assert by_rest.headers["content-type"] == "application/problem+json"
    for answer in (by_rest, by_graphql):
        assert not any(secret in answer.text for secret in (number, PHONE, ADDRESS))
    assert await service.state() == before
