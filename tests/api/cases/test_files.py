"""The file of whoever a case is about, read by an office that looks after a part of the people only."""

from typing import Any

from tests.api.acts import OFFICE, VILLAGE, Stage
from tests.api.case_acts import case
from tests.api.referral_acts import FEDERATION, agency
from tests.api.running import Service, is_problem

SEEN = """query ($case: ID!, $person: ID!) {
  case(id: $case) { person { id name } people(first: 5) { nodes { person { id } } } }
  person(id: $person) { id elder { personId } }
  people(filter: {region: "421081104209"}, first: 100) { nodes { id } }
}"""


async def widower(stage: Stage) -> dict[str, Any]:
    """Register an elder man who lives alone: no woman, no child, and none in his household."""
    return await stage.person(sex="1", birth_date="1940-05-05", elder={"living_arrangement": "alone"})


async def asked(service: Service, made: dict[str, Any], to: str) -> str:
    """Have an agency work on a case too; returns the referral."""
    office = await service.caller(OFFICE)
    body = {"agency_id": to, "kind": "cooperation", "reason": "请协助照料"}
    answer = await office.post(f"/v1/cases/{made['id']}:refer", body, headers={"if-match": f'"{made["version"]}"'})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_case_opens_the_file_to_who_works_it_and_nobody_writes_there(service: Service) -> None:
    stage = Stage(service, "梅")
    him = await widower(stage)
    key = him["id"]
    federation = await service.caller(FEDERATION)
    is_problem(await federation.get(f"/v1/people/{key}"), 404, "not_found")

    made = await case(stage, "accept", person_id=key, audience="elder")
    referral = await asked(service, made, await agency(stage, "womens_federation"))
    # Whoever is asked reads the case, and not yet the file.
    assert (await federation.get(f"/v1/cases/{made['id']}")).status_code == 200
    is_problem(await federation.get(f"/v1/people/{key}"), 404, "not_found")
    assert (await federation.post(f"/v1/case_referrals/{referral}:accept", {})).status_code == 200

    read = await federation.get(f"/v1/people/{key}")
    assert (read.status_code, read.json()["id"], read.json()["name"]) == (200, key, him["name"])
    seen = (await federation.graphql(SEEN, {"case": made["id"], "person": key})).json()["data"]
    assert seen["case"] == {"person": {"id": key, "name": him["name"]}, "people": {"nodes": [{"person": {"id": key}}]}}
    assert seen["person"] == {"id": key, "elder": {"personId": key}}
    assert key not in {one["id"] for one in seen["people"]["nodes"]}
    listed = await federation.everything("/v1/people", region=VILLAGE)
    assert key not in {one["id"] for one in listed}
    assert (await federation.get(f"/v1/elder_profiles?person_id={key}")).json()["items"] == []

    before = await service.state()
    body = {"name": "改名"}
    is_problem(await federation.patch(f"/v1/people/{key}", body, him["version"]), 403, "access.forbidden")
    absence = {"person_id": key, "reason": "work", "since": "2025-01-01"}
    refused = await federation.post("/v1/absences", absence)
    assert refused.status_code in {403, 404, 422}, refused.text
    assert await service.state() == before

    assert (await federation.post(f"/v1/case_referrals/{referral}:end", {"reason": "已办好"})).status_code == 200
    is_problem(await federation.get(f"/v1/people/{key}"), 404, "not_found")
    answer = await federation.graphql(SEEN, {"case": made["id"], "person": key})
    assert (answer.json()["data"]["case"], answer.json()["data"]["person"]) == (None, None)
