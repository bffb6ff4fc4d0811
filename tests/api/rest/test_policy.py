"""The policy catalogue and the question who is responsible, over both transports."""

from typing import Any

import pytest

from persistence.loading.policies import shipped
from tests.api.running import Service, graphql_problem, is_problem

ASKED = {"category": "land_rights", "region": "421081104209", "on": "2026-11-01"}
ANSWER = """
query ($category: String!, $audience: String, $region: String, $on: Date) {
  responsibility(category: $category, audience: $audience, region: $region, on: $on) {
    category audience region on basis mode missing laws sentence
    measure { id code title documentId documentCode documentTitle documentNumber status level }
    receiver { agencyId agencyName agencyType departmentId departmentName }
    co { agencyName } informed { agencyName }
    why { code message } passed { code message measure { code } }
  }
}
"""
BELOW = """
query ($id: ID!) {
  policyDocument(id: $id) {
    obligations { title dueOn }
    measures(first: 50) { nodes { code responsibilities(first: 5) { nodes { name role departmentKind } } } }
  }
}
"""


async def ask(service: Service, name: str, **asked: str) -> dict[str, Any]:
    """Ask both transports; returns REST's answer, after comparing what both say."""
    caller = await service.caller(name)
    found = await caller.get("/v1/responsibility", params=asked)
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    twin = (await caller.graphql(ANSWER, asked)).json()["data"]["responsibility"]
    for one in ("category", "audience", "region", "on", "basis", "mode", "missing", "laws", "sentence", "why"):
        assert twin[one] == answer[one]
    assert (twin["measure"] or {}).get("code") == (answer["measure"] or {}).get("code")
    assert (twin["receiver"] or {}).get("agencyName") == (answer["receiver"] or {}).get("agency_name")
    for one in ("co", "informed"):
        assert [unit["agencyName"] for unit in twin[one]] == [unit["agency_name"] for unit in answer[one]]
    assert [one["code"] for one in twin["passed"]] == [one["code"] for one in answer["passed"]]
    return answer


async def test_the_demo_county_answers_from_its_document_and_the_default_table(service: Service) -> None:
    answer = await ask(service, "village_worker", **ASKED)
    assert (answer["basis"], answer["mode"], answer["audience"]) == ("default", "lead", "woman")
    assert (answer["measure"]["document_code"], answer["measure"]["code"]) == ("shishou", "2.5")
    assert answer["receiver"]["agency_name"] == "石首市农业农村局"
    assert answer["receiver"]["agency_id"] == str(
        await service.owner.fetchval("SELECT id FROM agency WHERE name = '石首市农业农村局'")
    )
    assert [one["agency_name"] for one in answer["co"]] == [
        "石首市桃花山镇人民政府",
        "石首市妇女联合会",
        "石首市司法局",
    ]
    assert [one["code"] for one in answer["why"]] == ["nearest_measure", "units_unnamed", "default_table"]
    assert answer["laws"] == ["《农村土地承包法》第六条、第十二条、第五十五条", "《妇女权益保障法》第五十五条"]
    assert answer["sentence"] == (
        "依据《关爱农村留守妇女儿童“六大行动”》第2.5项“留守妇女维权行动”；未写明责任单位，按全国默认分工"
        "（《农村土地承包法》第六条、第十二条、第五十五条、《妇女权益保障法》第五十五条），由石首市农业农村局牵头办理，"
        "石首市桃花山镇人民政府、石首市妇女联合会、石首市司法局配合。"
    )


@pytest.mark.parametrize(
    ("region", "category", "document", "measure", "mode", "receiver", "department"),
    [
        ("2301", "violence", "harbin-2014", "2.3.1", "sole", "哈尔滨市妇女联合会", "权益部"),
        ("45", "relief", "guangxi-2020", "2.1", "shared", "广西壮族自治区民政厅", None),
        ("5108", "mental_health", "guangyuan-2012", "3.1", "sole", "广元市妇女联合会", None),
    ],
)
async def test_other_places_answer_from_their_own(  # noqa: PLR0917 - a line of the table
    service: Service, region: str, category: str, document: str, measure: str, mode: str, receiver: str,
    department: str | None,
) -> None:  # fmt: skip
    answer = await ask(service, "auditor", category=category, region=region, audience="woman", on="2026-11-01")
    assert (answer["basis"], answer["mode"]) == ("measure", mode)
    assert (answer["measure"]["document_code"], answer["measure"]["code"]) == (document, measure)
    assert (answer["receiver"]["agency_name"], answer["receiver"]["department_name"]) == (receiver, department)
    assert answer["laws"] == []


async def test_a_draft_never_routes_and_a_place_without_agencies_says_so(service: Service) -> None:
    answer = await ask(service, "resident", category="violence", region="2201", on="2026-11-01")
    assert (answer["basis"], answer["mode"], answer["measure"], answer["receiver"]) == ("none", None, None, None)
    assert [(one["code"], one["measure"]["document_code"]) for one in answer["passed"]] == [
        ("draft", "jilin-2020-draft")
    ]
    assert answer["missing"] == ["public_security", "womens_federation", "civil_affairs", "justice"]


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"category": "quarrel"}, "/category", "field.choice"),
        ({"audience": "man"}, "/audience", "field.choice"),
        ({"region": "42108"}, "/region", "region.format"),
        ({"region": "999999"}, "/region", "region.unknown"),
    ],
)
async def test_a_question_that_is_none(service: Service, changed: dict[str, str], pointer: str, code: str) -> None:
    caller = await service.caller("village_worker")
    before = await service.state()
    answer = await caller.get("/v1/responsibility", params=ASKED | changed)
    problem = is_problem(answer, 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, code)]
    twin = graphql_problem(await caller.graphql(ANSWER, ASKED | changed), 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in twin["errors"]] == [(pointer, code)]
    assert await service.state() == before


async def test_what_is_missing_unknown_or_no_day(service: Service) -> None:
    caller = await service.caller("village_worker")
    problem = is_problem(await caller.get("/v1/responsibility"), 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/category", "field.required")]
    answer = await caller.get("/v1/responsibility", params=ASKED | {"on": "2026-02-30"})
    problem = is_problem(answer, 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/on", "date.unknown")]
    assert (await caller.get("/v1/responsibility", params=ASKED | {"when": "now"})).status_code == 400
    own = await caller.get("/v1/responsibility", params={"category": "other"})
    assert own.json()["region"] == (await caller.get("/v1/me")).json()["region"]
    nobody = await service.http.get("/v1/responsibility", params=ASKED)
    assert nobody.status_code == 401


async def test_everybody_with_a_token_reads_the_documents_and_their_measures(service: Service) -> None:
    for name in ("volunteer", "ngo_partner", "auditor"):
        caller = await service.caller(name)
        documents = await caller.everything("/v1/policy_documents")
        assert sorted(one["code"] for one in documents) == sorted(one.code for one in shipped())
    harbin = next(one for one in documents if one["code"] == "harbin-2014")
    assert (harbin["number"], harbin["region"], harbin["status"]) == ("哈妇发〔2014〕10号", "2301", "in_force")
    found = (await caller.graphql(BELOW, {"id": harbin["id"]})).json()["data"]["policyDocument"]
    assert len(found["measures"]["nodes"]) == 17
    assert found["obligations"][1] == {"title": "全年工作总结", "dueOn": "11-20"}
    (delegates,) = (one for one in found["measures"]["nodes"] if one["code"] == "2.5.2")
    assert delegates["responsibilities"]["nodes"] == [
        {"name": "组织部", "role": "sole", "departmentKind": "organisation"}
    ]
    (same,) = await caller.everything("/v1/measures", code="2.5.2")
    assert same["figures"] == [{"name": "第十九次妇女代表大会代表", "value": 359, "most": None, "unit": "名"}]


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({"categories": "loan", "status": "in_force"}, {"2.1.2", "2.4"}),
        ({"unit_types": "sports", "kind": "measure", "status": "in_force"}, {"2.3"}),
        ({"region": "2301", "audiences": "child", "themes": "safety"}, {"2.3.4"}),
        ({"mode": "unnamed", "categories": "illness"}, {"2.6"}),
    ],
)
async def test_measures_are_filtered(service: Service, wanted: dict[str, str], codes: set[str]) -> None:
    caller = await service.caller("village_worker")
    assert {one["code"] for one in await caller.everything("/v1/measures", **wanted)} == codes


async def test_the_default_table_is_open_with_its_laws(service: Service) -> None:
    caller = await service.caller("resident")
    rows = await caller.everything("/v1/default_routes")
    assert len(rows) == 60
    (row,) = await caller.everything("/v1/default_routes", category="legal_aid", audience="child")
    assert (row["unit_types"], row["laws"]) == (
        ["justice", "civil_affairs"], ["《法律援助法》第五条", "《未成年人保护法》第一百零四条"],
    )  # fmt: skip
