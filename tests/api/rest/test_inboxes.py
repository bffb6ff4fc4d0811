"""Inboxes and contracts as their callers meet them, by REST and by GraphQL."""

from typing import Any

import pytest

from tests.api.acts import Stage
from tests.api.acts import opened as opened_file
from tests.api.contract_acts import create_contract, in_effect, partner
from tests.api.running import Service, graphql_problem, is_problem

SUPERVISOR, STRANGERS = "city_supervisor", ("civil_affairs_county", "ngo_partner", "auditor", "civil_affairs_admin")
ABSENT = "01890000-0000-7000-8000-00000000dead"
ASK = """query ($about: ID!) {
  notifications(first: 5, filter: {recordId: $about}) {
    nodes { id kind urgent sentence record recordId staffId readAt }
  }
}"""


async def test_a_supervisor_finds_an_emergency_on_her_desk(service: Service) -> None:
    opening = (await opened_file(Stage(service, "桃")))["id"]
    supervisor = await service.caller(SUPERVISOR)
    path = f"/v1/notifications?record_id={opening}"
    (notice,) = (await supervisor.get(path)).json()["items"]
    assert notice["sentence"] == "【紧急】石首市：所辖工作人员应急打开了一份档案，请复核"
    assert (notice["kind"], notice["urgent"], notice["record"]) == ("break_glass_opened", True, "break_glass")
    assert (notice["staff_id"], notice["read_at"], notice["acknowledged_at"]) == (None, None, None)
    english = (await supervisor.get(path, headers={"accept-language": "en"})).json()["items"][0]["sentence"]
    assert english.startswith("URGENT: 石首市: staff under your supervision opened a file")
    (same,) = (await supervisor.graphql(ASK, {"about": opening})).json()["data"]["notifications"]["nodes"]
    assert same == {
        "id": notice["id"], "kind": "break_glass_opened", "urgent": True, "sentence": notice["sentence"],
        "record": "break_glass", "recordId": opening, "staffId": None, "readAt": None,
    }  # fmt: skip
    for name in STRANGERS:
        caller = await service.caller(name)
        assert (await caller.get(path)).json()["items"] == []
        seen = (await caller.graphql(ASK, {"about": opening})).json()["data"]["notifications"]["nodes"]
        assert seen == []
        absent = is_problem(
            await caller.get("/v1/notifications/01890000-0000-7000-8000-00000000dead"), 404, "not_found"
        )
        unseen = is_problem(await caller.get(f"/v1/notifications/{notice['id']}"), 404, "not_found")
        assert unseen | {"request_id": ""} == absent | {"request_id": ""}


async def test_read_and_acknowledged_leave_the_lists(service: Service) -> None:
    opening = (await opened_file(Stage(service, "杏")))["id"]
    supervisor = await service.caller(SUPERVISOR)

    async def found(**asked: str) -> int:
        page = await supervisor.get("/v1/notifications", params={"record_id": opening, "count": "true", **asked})
        total: int = page.json()["total"]
        return total

    (notice,) = (await supervisor.get(f"/v1/notifications?record_id={opening}")).json()["items"]
    assert (await found(unread="true"), await found(unread="false"), await found(unacknowledged="true")) == (1, 0, 1)
    read = (await supervisor.post(f"/v1/notifications/{notice['id']}:read", {})).json()
    assert read["read_by"].startswith("staff:")
    assert (await found(unread="true"), await found(unread="false"), await found(unacknowledged="true")) == (0, 1, 1)
    taken = await supervisor.graphql(
        "mutation ($id: ID!) { acknowledgeNotification(input: {notificationId: $id}) { __typename } }",
        {"id": notice["id"]},
    )
    assert "errors" not in taken.json()
    assert (await found(unacknowledged="true"), await found(unacknowledged="false"), await found(urgent="true")) == (
        0, 1, 1,
    )  # fmt: skip
    before = await service.state()
    again = await supervisor.post(f"/v1/notifications/{notice['id']}:acknowledge", {})
    is_problem(again, 409, "notification.acknowledged")
    assert await service.state() == before
    is_problem(await supervisor.get("/v1/notifications?kind=gossip"), 400, "input.invalid")


async def test_an_organisation_sees_its_own_contracts_alone(service: Service) -> None:
    stage = Stage(service, "李")
    other = await partner(stage, "石首市邻里守望社会工作服务社")
    made = {"ngo_partner": await in_effect(stage), "ngo_partner_2": await in_effect(stage, ngo_agency_id=other)}
    for name, one in made.items():
        caller = await service.caller(name)
        page = (await caller.get("/v1/service_contracts?count=true")).json()
        assert {row["ngo_agency_id"] for row in page["items"]} == {one["ngo_agency_id"]}
        assert page["total"] == len(page["items"])
        assert {row["state"] for row in page["items"]} <= {"active", "ended"}
        (own,) = [row for row in page["items"] if row["id"] == one["id"]]
        assert (own["amount_fen"], own["quota"], own["assigned"]) == (1_200_000_00, 40, 0)
        assert own["access"] == {"update": False, "activate": False, "end": False}
        for hidden in [contract for caller_name, contract in made.items() if caller_name != name]:
            is_problem(await caller.get(f"/v1/service_contracts/{hidden['id']}"), 404, "not_found")
            node = await caller.graphql("query ($id: ID!) { node(id: $id) { id } }", {"id": hidden["id"]})
            assert node.json()["data"] == {"node": None}
            assert hidden["id"] not in (await caller.get("/v1/service_contracts?page_size=200")).text
    village = await service.caller("village_worker")
    is_problem(await village.get("/v1/service_contracts"), 403, "access.forbidden")
    office = (await (await service.caller("civil_affairs_county")).get("/v1/service_contracts?page_size=200")).json()
    assert {one["id"] for one in made.values()} <= {row["id"] for row in office["items"]}
    (shown,) = [row for row in office["items"] if row["id"] == made["ngo_partner"]["id"]]
    assert shown["access"] == {"update": False, "activate": False, "end": True}
    assert shown["categories"] == ["guardianship", "mental_health"]


async def test_another_department_sees_a_contract_and_may_not_change_it(service: Service) -> None:
    made = await in_effect(Stage(service, "柿"))
    federation, before = await service.caller("womens_federation_county"), await service.state()
    path = f"/v1/service_contracts/{made['id']}"
    assert (await federation.get(path)).status_code == 200
    ended = await federation.post(f"{path}:end", {"reason": "不再需要"}, headers={"if-match": '"2"'})
    is_problem(ended, 403, "contract.not_yours")
    by_graphql = await federation.graphql(
        'mutation ($id: ID!) { endContract(input: {contractId: $id, reason: "不再需要", expectedVersion: 2}) '
        "{ __typename } }",
        {"id": made["id"]},
    )
    graphql_problem(by_graphql, 403, "contract.not_yours")
    assert await service.state() == before


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"quota": 0}, "/quota", "field.too_small"),
        ({"amount_fen": -1}, "/amount_fen", "field.too_small"),
        ({"categories": []}, "/categories", "field.too_short"),
        ({"categories": ["gossip"]}, "/categories/0", "field.choice"),
        ({"regions": ["421022"]}, "/regions/0", "region.outside"),
        ({"ends_on": "2020-01-01"}, "/ends_on", "contract.ends_before_start"),
    ],
)
async def test_terms_are_refused_with_their_place(
    service: Service, changed: dict[str, Any], pointer: str, code: str
) -> None:
    stage = Stage(service, "枣")
    body = (await create_contract(stage)).body | changed
    office, before = await service.caller("civil_affairs_county"), await service.state()
    problem = is_problem(await office.post("/v1/service_contracts", body), 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, code)]
    assert await service.state() == before


async def test_an_office_that_sees_people_by_case_sees_contracts_beside_them(service: Service) -> None:
    """Row-level security has one region for a statement: people by case leave it none, contracts need it."""
    made = await in_effect(Stage(service, "梨"))
    police = await service.caller("police_county")
    beside = "{ people(first: 1) { nodes { id } } serviceContracts(first: 1) { nodes { id buyer { name } } } }"
    data = (await police.graphql(beside)).json()["data"]
    newest = await service.owner.fetchval(
        "SELECT a.person_id FROM person_access a JOIN client c ON c.agency_id = a.grantee_id "
        "WHERE c.client_id = 'demo-police-county' AND a.ended_at IS NULL ORDER BY a.person_id DESC LIMIT 1"
    )
    assert data == {
        "people": {"nodes": [{"id": str(newest)}]},
        "serviceContracts": {"nodes": [{"id": made["id"], "buyer": {"name": "石首市民政局"}}]},
    }
