"""Raising a case: who receives it and why, who sees it, and a report about a minor that nobody can stop."""

from typing import Any

import pytest

from tests.api.acts import OFFICE, VILLAGE, Stage
from tests.api.case_acts import case, matter
from tests.api.running import Service, is_problem

FEDERATION, POLICE, NEIGHBOUR, CITY = (
    "womens_federation_county", "police_county", "neighbour_county", "city_supervisor",
)  # fmt: skip
EVERYBODY = (
    "village_worker", "township_worker", OFFICE, FEDERATION, POLICE, NEIGHBOUR, CITY, "ngo_partner", "ngo_partner_2",
    "resident", "guardian",
)  # fmt: skip


async def seen_by(service: Service, path: str) -> set[str]:
    """Return which callers read a row; to the others it is absent, byte for byte as any absent row."""
    seen = set()
    for name in EVERYBODY:
        answer = await (await service.caller(name)).get(path)
        if answer.status_code == 200:
            seen.add(name)
        else:
            is_problem(answer, 404, "not_found")
    return seen


async def raised(service: Service, by: str, body: dict[str, Any], path: str = "/v1/cases") -> dict[str, Any]:
    answer = await (await service.caller(by)).post(path, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def parties(service: Service, key: str, by: str = OFFICE) -> dict[str, str]:
    """Return the roles in which agencies take part, by the agency's type."""
    rows = (await (await service.caller(by)).get(f"/v1/case_parties?case_id={key}&page_size=100")).json()["items"]
    agencies = [await (await service.caller(by)).get(f"/v1/agencies/{one['agency_id']}") for one in rows]
    return {agency.json()["type"]: one["role"] for agency, one in zip(agencies, rows, strict=True)}


async def test_the_matrix_says_who_receives_it_and_the_answer_says_why(service: Service) -> None:
    made = await raised(
        service, "village_worker", matter(Stage(service, "梅"), category="land_rights", audience="woman")
    )
    assert (made["state"], made["number"][:7], made["restricted"]) == ("received", "421081-", False)
    assert made["route"] == {
        "basis": "default", "mode": "lead", "measure_code": "2.5", "lead": "石首市农业农村局",
        "co": ["石首市桃花山镇人民政府", "石首市妇女联合会", "石首市司法局"], "informed": [], "missing": [],
        "why": made["route"]["why"],
    }  # fmt: skip
    assert made["due_at"] == made["accept_by"] < made["finish_by"]
    assert await parties(service, made["id"]) == {
        "agriculture": "lead", "township_government": "co", "womens_federation": "co", "justice": "co",
        "village_committee": "reporter",
    }  # fmt: skip
    told = (await (await service.caller(FEDERATION)).get(f"/v1/notifications?record_id={made['id']}")).json()["items"]
    assert [(one["kind"], one["urgent"]) for one in told] == [("case_received", False)]


async def test_a_case_is_seen_where_it_lies_and_by_who_takes_part(service: Service) -> None:
    made = await case(Stage(service, "兰"), audience="elder")
    assert await seen_by(service, f"/v1/cases/{made['id']}") == {"village_worker", "township_worker", OFFICE, CITY}
    hers = await case(Stage(service, "竹"), audience="woman")
    assert await seen_by(service, f"/v1/cases/{hers['id']}") == {
        "village_worker", "township_worker", OFFICE, FEDERATION, CITY,
    }  # fmt: skip


async def test_a_matter_of_violence_is_seen_by_who_takes_part_alone(service: Service) -> None:
    body = matter(Stage(service, "菊"), category="violence", audience="woman", urgent=True)
    made = await raised(service, "township_worker", body)
    assert (made["restricted"], made["priority_class"]) == (True, "urgent")
    police = (await parties(service, made["id"], POLICE))["public_security"]
    assert police in {"lead", "co"}
    seen = await seen_by(service, f"/v1/cases/{made['id']}")
    assert seen == {"township_worker", POLICE, OFFICE, FEDERATION}
    for name in EVERYBODY:
        listed = (await (await service.caller(name)).get(f"/v1/cases?number={made['number']}&count=true")).json()
        assert listed["total"] == (name in seen), name
    # The township knows that there is a case; what is written about it is for those who work it.
    for name in ("village_worker", "township_worker"):
        beside = await (await service.caller(name)).get(f"/v1/case_entries?case_id={made['id']}&count=true")
        assert beside.json()["total"] == 0
    entries = await (await service.caller(POLICE)).get(f"/v1/case_entries?case_id={made['id']}")
    assert [one["act"] for one in entries.json()["items"]] == ["register"]


async def test_a_report_about_a_minor_needs_nothing_but_words(service: Service) -> None:
    made = await raised(service, "village_worker", {"description": "孩子身上有伤"}, "/v1/cases:report_minor")
    assert (made["source"], made["urgent"], made["restricted"]) == ("mandatory_report", True, True)
    assert (made["title"], made["region"], made["audience"]) == ("孩子身上有伤", VILLAGE, "child")
    found = await parties(service, made["id"], POLICE)
    assert (found["public_security"], found["civil_affairs"]) == ("lead", "co")
    assert await seen_by(service, f"/v1/cases/{made['id']}") >= {"village_worker", POLICE, OFFICE}
    for name in (POLICE, OFFICE):
        inbox = await (await service.caller(name)).get(f"/v1/notifications?record_id={made['id']}")
        assert [(one["kind"], one["urgent"]) for one in inbox.json()["items"]] == [("mandatory_report", True)]
    # Nobody who does not work it learns of it from the log: its event is the county's, and names no file.
    event = (await (await service.caller("auditor")).get(f"/v1/events?aggregate_id={made['id']}")).json()["items"]
    assert [(one["type"], one["region"], one["subject_id"]) for one in event] == [("case.registered", "421081", None)]
    hidden = await (await service.caller("village_worker")).get(f"/v1/events?aggregate_id={made['id']}")
    assert hidden.json()["items"] == []


async def test_what_is_hidden_stays_hidden_when_cases_become_one_or_are_linked(service: Service) -> None:
    guardian, police, office = [await service.caller(name) for name in ("guardian", POLICE, OFFICE)]
    me = (await guardian.get("/v1/me")).json()["person_id"]
    ward = (await office.get(f"/v1/guardianships?guardian_id={me}")).json()["items"][0]["ward_id"]
    body = {"description": "孩子被打", "person_id": ward, "alleged_person_id": me}
    report = await raised(service, "village_worker", body, "/v1/cases:report_minor")
    plain = matter(Stage(service, "槿"), category="fraud_theft_trafficking", audience="child", person_id=ward)
    own = await raised(service, "guardian", {key: one for key, one in plain.items() if key not in {"source", "region"}})
    assert own["agency_id"] == report["agency_id"]

    linked = await police.post(f"/v1/cases/{own['id']}:link", {"other_id": report["id"], "reason": "疑为同一人所为"})
    assert linked.status_code == 200, linked.text
    for name in ("village_worker", "township_worker", "guardian"):
        caller = await service.caller(name)
        assert "疑为同一人所为" not in (await caller.get(f"/v1/case_links?case_id={own['id']}")).text
        assert "疑为同一人所为" not in (await caller.get(f"/v1/case_entries?case_id={own['id']}")).text
    kept = (await police.get(f"/v1/case_links?case_id={report['id']}")).json()["items"]
    assert [(one["other_id"], one["reason"]) for one in kept] == [(own["id"], "疑为同一人所为")]

    merge = {"into_id": own["id"], "reason": "同一件事"}
    done = await police.post(f"/v1/cases/{report['id']}:merge", merge, headers={"if-match": '"1"'})
    assert done.status_code == 200, done.text
    main = (await police.get(f"/v1/cases/{own['id']}")).json()
    assert (main["restricted"], done.json()["restricted"]) == (True, True)
    for one in (own, report):
        is_problem(await guardian.get(f"/v1/cases/{one['id']}"), 404, "not_found")
    # Nor does the log of the region tell anybody but auditors that there is such a case.
    for name, seen in (("city_supervisor", set()), (OFFICE, set()), ("auditor", {"case.registered", "case.merged"})):
        events = await (await service.caller(name)).get(f"/v1/events?aggregate_id={report['id']}&page_size=50")
        assert {one["type"] for one in events.json()["items"]} == seen | ({"case.linked"} if seen else set()), name


@pytest.mark.parametrize("name", ["welfare_system", "ngo_partner", "volunteer", "auditor", "city_supervisor"])
async def test_nobody_is_kept_from_reporting_a_minor_in_danger(service: Service, name: str) -> None:
    nobody = "01980000-0000-7000-8000-000000000000"
    body = {
        "description": "孩子" * 2000, "region": "421081999999", "reporter_phone": "村口小卖部转", "person_id": nobody,
        "alleged_person_id": nobody,
    }  # fmt: skip
    made = await raised(service, name, body, "/v1/cases:report_minor")
    seen = (await (await service.caller(POLICE)).get(f"/v1/cases/{made['id']}")).json()
    assert (seen["region"], seen["person_id"], seen["reporter_phone"]) == ("421081", None, "****部转")


async def test_a_matter_of_guardianship_is_not_shown_to_the_guardian_it_may_be_about(service: Service) -> None:
    guardian, office = await service.caller("guardian"), await service.caller(OFFICE)
    me = (await guardian.get("/v1/me")).json()["person_id"]
    ward = (await office.get(f"/v1/guardianships?guardian_id={me}")).json()["items"][0]["ward_id"]
    body = matter(Stage(service, "槐"), person_id=ward, audience="child", category="guardianship")
    made = await raised(service, "village_worker", body)
    is_problem(await guardian.get(f"/v1/cases/{made['id']}"), 404, "not_found")
    own = await raised(service, "guardian", {key: one for key, one in body.items() if key not in {"source", "region"}})
    assert (await guardian.get(f"/v1/cases/{own['id']}")).status_code == 200


async def test_a_guardian_who_is_accused_sees_nothing_of_it(service: Service) -> None:
    guardian, office = await service.caller("guardian"), await service.caller(OFFICE)
    me = (await guardian.get("/v1/me")).json()
    ward = (await office.get(f"/v1/guardianships?guardian_id={me['person_id']}")).json()["items"][0]["ward_id"]
    open_case = await raised(service, "village_worker", matter(Stage(service, "松"), person_id=ward, audience="child"))
    assert (await guardian.get(f"/v1/cases/{open_case['id']}")).status_code == 200  # her ward's, like any other

    body = {"description": "孩子被打", "person_id": ward, "alleged_person_id": me["person_id"]}
    report = await raised(service, "village_worker", body, "/v1/cases:report_minor")
    plain = matter(Stage(service, "柏"), person_id=ward, audience="child", people=[
        {"person_id": me["person_id"], "role": "alleged"},
    ])  # fmt: skip
    accused = await raised(service, "village_worker", plain)
    listed = {one["id"] for one in await guardian.everything("/v1/cases")}
    assert open_case["id"] in listed
    assert not listed & {report["id"], accused["id"]}
    for one in (report, accused):
        is_problem(await guardian.get(f"/v1/cases/{one['id']}"), 404, "not_found")
        node = await guardian.graphql("query($id: ID!) { node(id: $id) { id } }", {"id": one["id"]})
        assert node.json() == {"data": {"node": None}}


async def test_a_resident_raises_her_own_case_and_follows_it(service: Service) -> None:
    resident = await service.caller("resident")
    me = (await resident.get("/v1/me")).json()
    made = await raised(service, "resident", {"category": "relief", "title": "求助", "description": "家里断粮了"})
    assert (made["source"], made["region"]) == ("mini_program", VILLAGE)
    assert made["id"] in {one["id"] for one in await resident.everything("/v1/cases")}
    assert made["access"] == dict.fromkeys(made["access"], False)
    neighbour = await (await service.caller(OFFICE)).get(f"/v1/people?region={VILLAGE}&page_size=1")
    other = neighbour.json()["items"][0]["id"]
    before = await service.state()
    if other != me["person_id"]:
        body = {"category": "relief", "title": "求助", "description": "邻居", "person_id": other}
        refused = is_problem(await resident.post("/v1/cases", body), 422, "input.invalid")
        assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [("/person_id", "person.unknown")]
    assert await service.state() == before


@pytest.mark.parametrize("name", ["ngo_partner", "auditor", "province_statistician", "platform_admin", "volunteer"])
async def test_who_may_not_raise_cases(service: Service, name: str) -> None:
    before = await service.state()
    caller = await service.caller(name)
    body = matter(Stage(service, "桂"))
    is_problem(await caller.post("/v1/cases", body), 403, "access.forbidden")
    assert await service.state() == before


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"source": "mandatory_report"}, "/source", "case.source_taken"),
        ({"source": "system"}, "/source", "case.source_system"),
        ({"person_id": "01980000-0000-7000-8000-000000000000"}, "/person_id", "person.unknown"),
        ({"household_id": "01980000-0000-7000-8000-000000000000"}, "/household_id", "household.unknown"),
        ({"region": "421081999"}, "/region", "region.unknown"),
        ({"category": "weather"}, "/category", "field.choice"),
        ({"description": "…"}, "/description", "text.blank"),
        ({"urgent": 1}, "/urgent", "field.type"),
    ],
)
async def test_bad_input_is_told_and_nothing_is_written(
    service: Service, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = await service.state()
    body = matter(Stage(service, "枫")) | change
    refused = is_problem(await (await service.caller(OFFICE)).post("/v1/cases", body), 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [(pointer, code)]
    assert await service.state() == before
